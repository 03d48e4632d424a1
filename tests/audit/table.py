"""Small tables on the screen."""

from collections.abc import Iterable, Sequence


def show(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their heads, the first column to the left and the others to the right."""
    lines = [[str(head) for head in heads], *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]
    print(f"\n{title}")
    for line in lines:
        first, *others = zip(line, widths, strict=True)
        print("  " + first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others), sep="  ")


def tell(faults: Iterable[tuple[str, str]], most: int = 40) -> None:
    """Print what is wrong, given as (where, what): each fault once, with the places where it was found."""
    places: dict[str, dict[str, None]] = {}
    for where, what in faults:
        places.setdefault(what, {})[where] = None
    for what, found in list(places.items())[:most]:
        first, others = ", ".join([*found][:3]), len(found) - 3
        print(f"  ! {what}\n      {first}" + (f" and {others} more" if others > 0 else ""))
    if len(places) > most:
        print(f"  … and {len(places) - most} faults more")
