"""Fields of Word: what an instruction asks for, and which of the fields around a place hold its words back."""

import re
from dataclasses import dataclass

HYPERLINK = re.compile(
    r'HYPERLINK\s+(?P<inner>\\l\s+)?(?:"(?P<quoted>[^"]*)"|(?P<bare>\S+))(?P<rest>.*)',
    re.DOTALL | re.IGNORECASE,
)
PLACE = re.compile(r'\\l\s+(?:"([^"]*)"|(\S+))', re.IGNORECASE)
LEFT_OUT = {"TOC", "INDEX", "TOA", "RD", "XE", "TC", "TA"}
UNREPORTED_FIELDS = {
    "HYPERLINK",
    "PAGE",
    "NUMPAGES",
    "SECTIONPAGES",
    "ADDIN",
    "FORMTEXT",
    "FORMCHECKBOX",
    "FORMDROPDOWN",
    "",
}
"""Fields that are told in another way, or of which nothing is to be told."""


@dataclass
class ComplexField:
    """A field that is open: its instruction until it is separated, then its result."""

    instruction: str = ""
    is_result: bool = False

    @property
    def name(self) -> str:
        return (self.instruction.split() or [""])[0].upper()

    @property
    def address(self) -> str:
        """Where a hyperlink leads: an address, or `#` and the name of a place in the text."""
        found = HYPERLINK.match(self.instruction.strip())
        if not found:
            return ""
        target = found["quoted"] or found["bare"] or ""
        if found["inner"]:
            return f"#{target}"
        place = PLACE.search(found["rest"])
        return f"{target}#{place[1] or place[2]}" if place else target


class FieldStack:
    """The fields around the place that is being read, the innermost last. They may span paragraphs."""

    def __init__(self) -> None:
        self.open: list[ComplexField] = []

    @property
    def is_suppressed(self) -> bool:
        """Whether words here are an instruction, or of something that our page makes itself."""
        return any(not each.is_result or each.name in LEFT_OUT for each in self.open)

    @property
    def is_left_out(self) -> bool:
        return any(each.is_result and each.name in LEFT_OUT for each in self.open)

    @property
    def address(self) -> str:
        return next((each.address for each in reversed(self.open) if each.is_result and each.address), "")

    def begin(self) -> None:
        self.open.append(ComplexField())

    def add_instruction(self, text: str) -> None:
        if self.open and not self.open[-1].is_result:
            self.open[-1].instruction += text

    def separate(self) -> None:
        if self.open:
            self.open[-1].is_result = True

    def end(self) -> ComplexField:
        return self.open.pop() if self.open else ComplexField()
