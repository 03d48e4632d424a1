"""Redact several spellings of one name at once, such as “Vera Holm” and “Holm, Vera”."""

import re
from collections.abc import Callable, Sequence

from .redaction import Redaction

ADDRESS = re.compile(r"[^\s\"'<>()\[\]{}“”]*[-_/%+.@][^\s\"'<>()\[\]{}“”]*")
"""What may be an address or a file name in a text, such as “vera-holm.docx”."""


def sort_spellings(spellings: Sequence[str]) -> list[str]:
    """Return spellings in the order in which they are replaced.

    One with others in it comes first, then those in the natural order of their words: in “Vera Holm, Vera said” the
    name is “Vera Holm”, and not “Holm, Vera”.
    """
    unique = list(dict.fromkeys(spellings))
    folded = [spelling.casefold() for spelling in unique]

    def order(spelling: str) -> tuple[int, bool, int]:
        contained = sum(other in spelling.casefold() for other in folded)
        return -contained, "," in spelling, -len(spelling)

    return sorted(unique, key=order)


class NameRedaction(Redaction):
    """The spellings of a name, each of which is redacted wherever it stands, and the text that replaces them.

    In texts it is also replaced where it is written as an address is: “vera-holm.docx”. A longer spelling is replaced
    before a shorter one that is part of it. What was removed is recorded for all of them together.

    Args:
        spellings: at least one.
        mark: must contain none of the spellings; it would be redacted in turn.
        searches_files: whether uploaded files of all formats are searched, which takes long.
    """

    def __init__(self, spellings: Sequence[str], mark: str, *, searches_files: bool = True) -> None:
        first, *others = sort_spellings(spellings)
        super().__init__(first, mark)
        self.searches_files = searches_files
        self._others = [Redaction(spelling, mark) for spelling in others]
        for other in self._others:
            other.spellings, other.links = self.spellings, self.links
            other.addresses, other.files = self.addresses, self.files

    @property
    def passages(self) -> list[str]:
        return [self.passage, *(other.passage for other in self._others)]

    def redact_text(self, text: str) -> str:
        text = self._replace_addresses(super().redact_text(text), super().is_in_address)
        for other in self._others:
            text = self._replace_addresses(other.redact_text(text), other.is_in_address)
        return text

    def redact_markdown(self, source: str) -> str:
        source = self._replace_addresses(super().redact_markdown(source), super().is_in_address)
        for other in self._others:
            source = self._replace_addresses(other.redact_markdown(source), other.is_in_address)
        return source

    def _replace_addresses(self, text: str, is_in_address: Callable[[str], bool]) -> str:
        """Replace what is written as an address and names a spelling, before a shorter one is looked for in it."""

        def replace(match: re.Match[str]) -> str:
            address = match[0].rstrip(".")
            if not is_in_address(address):
                return match[0]
            self.addresses.add(address)
            return self.mark + match[0][len(address) :]

        return ADDRESS.sub(replace, text)

    def is_in(self, text: str) -> bool:
        return super().is_in(text) or any(other.is_in(text) for other in self._others)

    def is_in_address(self, address: str) -> bool:
        return super().is_in_address(address) or any(other.is_in_address(address) for other in self._others)

    def has_any_name_in(self, address: str) -> bool:
        return super().has_any_name_in(address) or any(
            other.has_any_name_in(address) for other in self._others
        )

    def has_each_word_in(self, text: str) -> bool:
        return super().has_each_word_in(text) or any(other.has_each_word_in(text) for other in self._others)

    def remaining_words(self, text: str) -> set[str]:
        return super().remaining_words(text).union(*(other.remaining_words(text) for other in self._others))
