"""Fields of Word: parse their instructions, and track which fields suppress the text within them."""

import re
from dataclasses import dataclass

HYPERLINK = re.compile(
    r'HYPERLINK\s+(?P<inner>\\l\s+)?(?:"(?P<quoted>[^"]*)"|(?P<bare>\S+))(?P<rest>.*)',
    re.DOTALL | re.IGNORECASE,
)
ANCHOR_SWITCH = re.compile(r'\\l\s+(?:"([^"]*)"|(\S+))', re.IGNORECASE)
OMITTED_FIELDS = {"TOC", "INDEX", "TOA", "RD", "XE", "TC", "TA"}
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
"""Fields that are not reported, or reported in another way."""


@dataclass
class ComplexField:
    """An open field, within its instruction first and then, after the separator, within its result."""

    instruction: str = ""
    is_result: bool = False

    @property
    def name(self) -> str:
        return (self.instruction.split() or [""])[0].upper()

    @property
    def address(self) -> str:
        """The target of a hyperlink: an address, or `#` with the name of a bookmark."""
        match = HYPERLINK.match(self.instruction.strip())
        if not match:
            return ""
        target = match["quoted"] or match["bare"] or ""
        if match["inner"]:
            return f"#{target}"
        anchor = ANCHOR_SWITCH.search(match["rest"])
        return f"{target}#{anchor[1] or anchor[2]}" if anchor else target


class FieldStack:
    """The fields around the current position, the innermost last. They may span paragraphs."""

    def __init__(self) -> None:
        self.open: list[ComplexField] = []

    @property
    def is_suppressed(self) -> bool:
        """Whether text here is an instruction, or content that pages generate themselves."""
        return any(not field.is_result or field.name in OMITTED_FIELDS for field in self.open)

    @property
    def is_omitted(self) -> bool:
        return any(field.is_result and field.name in OMITTED_FIELDS for field in self.open)

    @property
    def address(self) -> str:
        return next((field.address for field in reversed(self.open) if field.is_result and field.address), "")

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
