"""Tables and lists of faults, printed."""

from collections.abc import Iterable, Sequence


def print_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their headings, the first column aligned left and the others right."""
    lines = [[str(head) for head in headings], *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    print(f"\n{title}")
    for line in lines:
        first, *others = zip(line, widths, strict=True)
        print("  " + first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others), sep="  ")


def print_faults(faults: Iterable[tuple[str, str]], most: int = 40) -> None:
    """Print faults, given as (where, what): each once, with the places where it occurs."""
    places: dict[str, dict[str, None]] = {}
    for where, what in faults:
        places.setdefault(what, {})[where] = None
    for what, occurrences in list(places.items())[:most]:
        first, others = ", ".join([*occurrences][:3]), len(occurrences) - 3
        print(f"  ! {what}\n      {first}" + (f" and {others} more" if others > 0 else ""))
    if len(places) > most:
        print(f"  … and {len(places) - most} more faults")
