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


def tell(faults: Iterable[str], most: int = 40) -> None:
    """Print what is wrong, a line each, up to a screenful."""
    told = list(faults)
    for fault in told[:most]:
        print(f"  ! {fault}")
    if len(told) > most:
        print(f"  … and {len(told) - most} more")
