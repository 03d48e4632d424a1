"""A rendered text in its passages: paragraphs, headings, lists, tables, each as the HTML it is."""

from dataclasses import dataclass
from html.parser import HTMLParser

from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator

VOID = {"br", "hr", "img", "source", "wbr", "col"}
QUOTED = 200


@dataclass(frozen=True)
class Passage:
    """One passage: its number in the text, from one on, and its HTML, safe as `prose` has stored it."""

    number: int
    html: SafeString

    @property
    def words(self) -> str:
        return Truncator(" ".join(strip_tags(self.html).split())).chars(QUOTED)


def passages_of(html: str) -> list[Passage]:
    """Take a stored text apart at its outermost elements; what the sanitiser wrote is well formed."""
    splitter = _Splitter()
    splitter.feed(html)
    splitter.close()
    parts = [part for part in splitter.parts if part.strip()]
    return [Passage(number, SafeString(part)) for number, part in enumerate(parts, start=1)]


class _Splitter(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts = [""]
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self._write(self.get_starttag_text() or "")
        self.depth += tag not in VOID
        self._end_part()

    def handle_endtag(self, tag: str) -> None:
        self._write(f"</{tag}>")
        self.depth -= tag not in VOID
        self._end_part()

    def handle_data(self, data: str) -> None:
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        self._write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._write(f"&#{name};")

    def _write(self, text: str) -> None:
        self.parts[-1] += text

    def _end_part(self) -> None:
        if self.depth <= 0:
            self.parts.append("")
