"""Read rendered text as a browser would; and fragments of text that have broken renderers."""

import re
from html.parser import HTMLParser

from hypothesis import strategies as st

from publications.markup import render_markdown
from publications.markup.links import PAGE_IDS


def _names(names: str) -> set[str]:
    return set(names.split())


INLINE_TAGS = _names(
    "a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup u var"
)
BLOCK_TAGS = _names(
    "blockquote br caption dd div dl dt figcaption figure h2 h3 h4 h5 h6 hr img li ol p pre section table "
    "tbody td tfoot th thead tr ul wbr"
)
ATTRIBUTES = _names(
    "alt aria-label class colspan data-align data-image dir href id lang reversed role rowspan scope start "
    "tabindex title type value"
)
CLASSES = {"footnotes", "footnote-ref", "footnote-backref", "table-scroll"}
IDS = re.compile(r"p-[a-z2-7]{6}(-\d+)?|s-[^\s\"'<>&]+|fn(ref)?-\d+(-\d+)?")
ADDRESSES = re.compile(r"(?i)(https?://|mailto:|tel:)|(?![a-z][a-z0-9+.-]*:)(?![/\\]{2})")

# Fragments of Markdown and HTML that have broken renderers before; in any order they must break nothing.
FRAGMENTS = [
    "a", "word", "é", "日本", "Чёрное", " ", "  \n", "\n", "\n\n", "\n    ", "\n> ", "\n- ", "\n  - ", "\n1. ",
    "# ", "### ", "\n---\n", "\n===\n", "*", "**", "_", "__", "`", "``", "\\", "[", "]", "(", ")", "![",
    "[a](b)", "[a](b 'c')", "[x](javascript:alert(1))", "[x](//host)", "[a][b]", '\n[b]: /c "d"\n', "[^1]",
    "\n\n[^1]: note [^1]\n\n", "|", "\n|-|-|\n", "{#a .b onclick=c}", "{: ", "}", "\n*[word]: Title\n",
    "![alt](image:abcdef 'cap')", "![e](http://x/y.png)", '"', "'", "--", "...", "&", "&amp;", "&#65;", "&#1;",
    "&#x202e;", "<", ">", "<b>", "</b>", "<b onclick=x>", "<p id=main>", "</p>", "<div>", "</div>", "<table>",
    "<tr>", "<td>", "<th>", "</table>", "<li>", "<ul>", "</ul>", "<script>", "</script>", "<style>",
    "<svg onload=x>", "<iframe src=x>", "<img src=x onerror=y>", "<a href='javascript:x'>", '<a href="/x">',
    "</a>", "<!--", "-->", "<!x>", "<?x?>", "<http://a.b>", "<a@b.c>", "<pre>", "<code>", "</code>", "<h1>",
    "<dl>", "<dd>", "<caption>", "<x>", "\x00", "\x02", "\r\n", "\u2028", "\ufdd0", "\ufdd50\ufdd6", "\ufeff",
    "\u0301", "\ud800",
]  # fmt: skip
MARKDOWN = st.lists(st.sampled_from(FRAGMENTS), max_size=24).map("".join)


class Page(HTMLParser):
    """HTML as a browser parses it: elements with attributes, and the visible text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.is_in_number = False
        self.feed(html)
        self.close()

    @property
    def words(self) -> list[str]:
        return self.text.split()

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _tag, attributes in self.elements if name in attributes]

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        self.text += "" if tag in INLINE_TAGS | {"img", "wbr"} else " "
        self.text += attributes.get("alt", "")
        self.is_in_number = attributes.get("class", "").startswith("footnote-") or self.is_in_number

    def handle_endtag(self, tag):
        self.text += "" if tag in INLINE_TAGS else " "
        self.is_in_number = self.is_in_number and tag != "a"

    def handle_data(self, data):
        self.text += "" if self.is_in_number else data


def html_of(markdown: str, **more) -> str:
    return render_markdown(markdown, **more).html


def assert_safe(html: str) -> None:
    page = Page(html)
    assert {tag for tag, _attributes in page.elements} <= INLINE_TAGS | BLOCK_TAGS
    assert {name for _tag, attributes in page.elements for name in attributes} <= ATTRIBUTES
    assert set(page.values("class")) <= CLASSES
    ids = [attributes["id"] for tag, attributes in page.elements if "id" in attributes and tag != "span"]
    assert all(IDS.fullmatch(anchor) for anchor in ids)
    assert PAGE_IDS.isdisjoint(page.values("id"))
    assert all(ADDRESSES.match(address) for address in page.values("href"))
    assert len(page.values("id")) == len(set(page.values("id")))
