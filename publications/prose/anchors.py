"""Ids on a page, each given once."""

from collections.abc import Iterable


class Anchors:
    """Gives ids that are not taken; a second of the same name gets a number."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)
        self.numbers: dict[str, int] = {}

    def give(self, wanted: str) -> str:
        anchor = wanted
        while anchor in self.taken:
            self.numbers[wanted] = self.numbers.get(wanted, 1) + 1
            anchor = f"{wanted}-{self.numbers[wanted]}"
        self.taken.add(anchor)
        return anchor
