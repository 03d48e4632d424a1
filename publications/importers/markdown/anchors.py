"""Keep the anchors of the old site, so that links with a fragment still work: explicit ids, and generated heading ids.

The first id of a heading is written as `{#grain}`, every other id as `<a id="grain"></a>` at its position. Text that
begins a list item or a paragraph (`**Grain:** …`) gets an id if a link of the import points to one made from it.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Set
from urllib.parse import quote, unquote

from publications.markup import github_slug

from .front_matter import TAG
from .liquid_values import slugify
from .placeholders import MARK, Placeholders
from .source_site import SourceSite

ATTRIBUTE_LIST_ID = r"(?:[^{}\n]*?[ \t:])??#(?P<id>[^\s{}]+)[^{}\n]*"
HEADING = re.compile(
    r"^(?P<marks> {0,3}(?:> ?)*#{1,6}[ \t]+)(?P<words>\S[^\n]*?)[ \t]*#*[ \t]*$", re.MULTILINE
)
UNDERLINED_HEADING = re.compile(
    r"(?<=\n\n)(?P<words>(?![#>|*+\-\s\d`~<:]|\{:)\S[^\n]*)(?=\n(?:=+|-{2,})[ \t]*\n)"
)
HEADING_ID = re.compile(rf"[ \t]*\{{:?{ATTRIBUTE_LIST_ID}\}}[ \t]*$")
ID_ON_NEXT_LINE = re.compile(rf"\n[ \t]*\{{:{ATTRIBUTE_LIST_ID}\}}[ \t]*(?=\n|\Z)")
BLOCK_ID = re.compile(rf"^[ \t>]*\{{:{ATTRIBUTE_LIST_ID}\}}[ \t]*$", re.MULTILINE)
ITEM_ID = re.compile(
    rf"^(?P<marks>[ \t>]*(?:[*+-]|\d{{1,9}}[.)])[ \t]+)\{{:{ATTRIBUTE_LIST_ID}\}}[ \t]*", re.MULTILINE
)
INLINE_ID = re.compile(rf"(?<=[*_\])`\ue001])\{{:{ATTRIBUTE_LIST_ID}\}}")
BLOCK_PREFIX = re.compile(r"[ \t>]*(?:(?:[*+-]|\d{1,9}[.)])[ \t]+)?")
LEADING_TEXT = re.compile(
    r"^(?P<marks>[ \t]*(?:[*+-]|\d{1,9}[.)])[ \t]+|(?<=\n\n) {0,3})"
    r"(?P<words>\*\*[^*\n]++\*\*|__[^_\n]++__|\*[^*\n]++\*|_[^_\n]++_|\[[^\[\]\n]++\](?=[\[(]))",
    re.MULTILINE,
)
TAG_WITH_ID = re.compile(
    r"<(?:div|section|article|aside|figure|details|summary|p|span|li|dt|dd|blockquote|main|header|nav)\b"
    r"""[^<>]*?\bid\s*=\s*(?:"(?P<double>[^"<>]+)"|'(?P<single>[^'<>]+)')[^<>]*>""",
    re.IGNORECASE,
)
SIMPLE_ID = re.compile(r"[^\s{}=\"'<>&]+")
LINKED_FRAGMENT = re.compile(
    r"""(?:\]\(|\]:[ \t]*<?|href=["']?|ref[ \t]+["']|\{\{[ \t]*["']|%\})[^\s"'()<>#]*#([^\s"'()<>{}|]{1,200})"""
)
LINK = re.compile(r"!?\[([^\[\]\n]*)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])?")


def _kramdown_slug(text: str) -> str:
    plain_text = re.sub(r"[^a-zA-Z0-9 -]", "", re.sub(r"^[^a-zA-Z]+", "", text))
    return plain_text.replace(" ", "-").lower() or "section"


def _blackfriday_slug(text: str) -> str:
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def _markdown_it_slug(text: str) -> str:
    return quote(re.sub(r"\s+", "-", text.strip().lower()), safe="!'()*~-_.")


SLUG_RULES: dict[str, Callable[[str], str]] = {
    "github": github_slug,
    "kramdown": _kramdown_slug,
    "blackfriday": _blackfriday_slug,
    "markdown-it": _markdown_it_slug,
}
"""The rules of generators for heading ids: GitHub's (Jekyll's kramdown, goldmark), kramdown's own, Blackfriday's (Hugo
before 0.60), and that of markdown-it-anchor (Eleventy)."""


def slug_rules_of(site: SourceSite) -> tuple[str, ...]:
    """Return the names of the rules by which a site generated heading ids."""
    if site.generator == "jekyll" and re.search(
        r"^\s+input:\s*[\"']?[Kk]ramdown", site.settings, re.MULTILINE
    ):
        return ("kramdown",)
    if site.generator == "hugo" and re.search(r"blackfriday", site.settings, re.IGNORECASE):
        return ("blackfriday",)
    return ("github", "markdown-it") if site.generator == "eleventy" else ("github",)


def fragments_in(text: str) -> frozenset[str]:
    """Return the fragments of the links in a text."""
    return (
        frozenset(unquote(fragment) for fragment in LINKED_FRAGMENT.findall(text))
        if "#" in text
        else frozenset()
    )


def keep_anchors(
    text: str, *, rules: Iterable[str], linked_fragments: Set[str], placeholders: Placeholders
) -> str:
    """Return the text with the ids of the old site in the site's Markdown syntax.

    Args:
        rules: names of SLUG_RULES by which the old site generated heading ids.
        linked_fragments: the fragments that links of the import point to.
        placeholders: stores the HTML of ids.
    """
    keeper = AnchorKeeper(tuple(rules), linked_fragments, placeholders)
    text = keeper.keep_heading_ids(f"\n\n{text}\n")
    text = keeper.keep_block_ids(text)
    text = ITEM_ID.sub(lambda match: match["marks"] + keeper.build_anchor(match["id"]), text)
    text = INLINE_ID.sub(lambda match: keeper.build_anchor(match["id"]), text)
    text = TAG_WITH_ID.sub(keeper.keep_tag_id, text)
    return LEADING_TEXT.sub(keeper.keep_leading_text_id, text).strip("\n")


class AnchorKeeper:
    """Keeps the distinct ids of one text; `linked_fragments` are those that links of the import point to."""

    def __init__(
        self, rules: tuple[str, ...], linked_fragments: Set[str], placeholders: Placeholders
    ) -> None:
        self.rules, self.linked_fragments, self.placeholders = rules, linked_fragments, placeholders
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in SLUG_RULES}
        self.used: set[str] = set()

    def build_anchor(self, name: str) -> str:
        """Return a placeholder for an empty link with an id, or "" if the id is used already."""
        if name in self.used:
            return ""
        self.used.add(name)
        return self.placeholders.keep(f'<a id="{html.escape(name)}"></a>')

    def keep_heading_ids(self, text: str) -> str:
        """Return the text with the ids of all headings; an id on the next line belongs to the heading."""
        parts, position = [], 0
        matches = [*HEADING.finditer(text), *UNDERLINED_HEADING.finditer(text)]
        for match in sorted(matches, key=lambda match: match.start()):
            next_line = ID_ON_NEXT_LINE.match(text, match.end())
            marks = match.groupdict().get("marks") or ""
            words = match["words"]
            parts += [
                text[position : match.start()],
                marks,
                self._heading(words, next_line["id"] if next_line else ""),
            ]
            position = next_line.end() if next_line else match.end()
        return "".join([*parts, text[position:]])

    def _heading(self, words: str, next_line: str) -> str:
        own_id = HEADING_ID.search(words)
        words = words[: own_id.start()] if own_id else words
        explicit_id = (own_id["id"] if own_id else "") or next_line
        names = [name for name in self._names(words, explicit_id) if name not in self.used]
        if not names:
            return words
        self.used.update(names)
        marker = names.pop(0) if SIMPLE_ID.fullmatch(names[0]) else ""
        anchors_html = "".join(f'<a id="{html.escape(name)}"></a>' for name in names)
        return f"{self.placeholders.keep(anchors_html) if anchors_html else ''}{words}" + (
            f" {self.placeholders.keep(f'{{#{marker}}}')}" if marker else ""
        )

    def _names(self, words: str, explicit_id: str) -> list[str]:
        """Return the explicit id, otherwise the generated ids, and others that links of the import use."""
        plain_text = plain_words(self.placeholders.restore(words) if MARK.search(words) else words)
        generated = (
            {}
            if explicit_id
            else {name: self._add_number(name, rule(plain_text)) for name, rule in SLUG_RULES.items()}
        )
        names = [
            explicit_id,
            *(generated[name] for name in self.rules if generated),
            *(name for name in generated.values() if name in self.linked_fragments),
        ]
        return list(dict.fromkeys(filter(None, names)))

    def _add_number(self, rule: str, name: str) -> str:
        count = self.counts[rule][name]
        self.counts[rule][name] += 1
        return f"{name}-{count}" if count and name else name

    def keep_block_ids(self, text: str) -> str:
        """Return the text with ids on separate lines moved into the block above, or below after a blank line."""
        parts = re.split(r"(\n{2,})", text)
        return "".join(self._block(part) if "{:" in part else part for part in parts)

    def _block(self, block: str) -> str:
        match = BLOCK_ID.search(block)
        if not match:
            return block
        rest = block[: match.start()].removesuffix("\n") + block[match.end() :]
        if not rest.strip():
            return self.build_anchor(match["id"])
        start = len(rest) - len(rest.lstrip("\n"))
        marks = BLOCK_PREFIX.match(rest, start)
        return rest[: marks.end()] + self.build_anchor(match["id"]) + rest[marks.end() :]

    def keep_tag_id(self, match: re.Match[str]) -> str:
        """Return an HTML tag with its id as an anchor if a link points to it."""
        name = match["double"] or match["single"]
        return match[0] + (self.build_anchor(name) if name in self.linked_fragments else "")

    def keep_leading_text_id(self, match: re.Match[str]) -> str:
        plain_text = plain_words(match["words"]).rstrip(": ")
        generated = (slugify(plain_text, "latin"), slugify(plain_text), github_slug(plain_text))
        names = [name for name in dict.fromkeys(generated) if name in self.linked_fragments]
        return match["marks"] + "".join(map(self.build_anchor, names)) + match["words"]


def plain_words(words: str) -> str:
    """Return the text of a heading without markup."""
    words = html.unescape(TAG.sub("", LINK.sub(r"\1", LINK.sub(r"\1", words))))
    words = re.sub(r"\\([^\w\s])", r"\1", re.sub(r"(?<!\\)[*`]+", "", words))
    return re.sub(r"(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)", "", words).strip()
