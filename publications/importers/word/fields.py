"""Fields of Word: parse their instructions, and track which fields suppress the text within them."""

import re
from dataclasses import dataclass

TOKEN = re.compile(r'"(?P<quoted>(?:\\.|[^"\\])*)"?|(?P<bare>[^\s"]+)', re.DOTALL)
ESCAPE = re.compile(r'\\(["\\])')
SWITCHES_WITH_ARGUMENT = {"\\l", "\\o", "\\t", "\\*"}
"""The switches of HYPERLINK that an argument follows (ISO/IEC 29500-1, 17.16.5.25), and the general one."""
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
        name = TOKEN.match(self.instruction.strip())
        return name[0].upper() if name else ""

    @property
    def address(self) -> str:
        """The target of a hyperlink: an address, or `#` with the name of a bookmark."""
        if self.name != "HYPERLINK":
            return ""
        target, switches = parse_arguments(self.instruction.strip()[len(self.name) :])
        anchor = switches.get("\\l", "")
        return f"{target}#{anchor}" if anchor else target


def parse_arguments(arguments: str) -> tuple[str, dict[str, str]]:
    """Return the first argument of a field that belongs to no switch, and the arguments of switches by switch."""
    target, switch, switches = "", "", {}
    for token in TOKEN.finditer(arguments):
        if (token["bare"] or "").startswith("\\"):
            switch = token["bare"].casefold()
            continue
        text = token["bare"] or ESCAPE.sub(r"\1", token["quoted"])
        if switch in SWITCHES_WITH_ARGUMENT:
            switches.setdefault(switch, text)
        else:
            target = target or text
        switch = ""
    return target, switches


class FieldStack:
    """The fields around the current position, the innermost last. They may span paragraphs."""

    def __init__(self) -> None:
        self.open: list[ComplexField] = []

    @property
    def is_text_suppressed(self) -> bool:
        """Whether text here is an instruction, or content that pages generate themselves."""
        return any(not field.is_result or field.name in OMITTED_FIELDS for field in self.open)

    @property
    def is_in_omitted_field(self) -> bool:
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
