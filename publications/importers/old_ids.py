"""Ids of the old site, kept so that links with a fragment land: those that a text gives, and those that its generator
gave to headings.

A heading carries its first id as `{#grain}`; every other id is an `<a id="grain"></a>` where it stood. Words that begin
an item or a paragraph (`**Grain:** …`) get an id where some link of the import leads to one made of them.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Set
from urllib.parse import quote, unquote

from publications.markup import github_slug

from .aside import MARK, Aside
from .liquid_values import slugify
from .old_site import OldSite

LABELLED = r"(?:[^{}\n]*?[ \t:])??#(?P<id>[^\s{}]+)[^{}\n]*"
HEADING = re.compile(
    r"^(?P<marks> {0,3}(?:> ?)*#{1,6}[ \t]+)(?P<words>\S[^\n]*?)[ \t]*#*[ \t]*$", re.MULTILINE
)
UNDERLINED = re.compile(r"(?<=\n\n)(?P<words>(?![#>|*+\-\s\d`~<:]|\{:)\S[^\n]*)(?=\n(?:=+|-{2,})[ \t]*\n)")
OWN_ID = re.compile(rf"[ \t]*\{{:?{LABELLED}\}}[ \t]*$")
NEXT_LINE = re.compile(rf"\n[ \t]*\{{:{LABELLED}\}}[ \t]*(?=\n|\Z)")
BLOCK = re.compile(rf"^[ \t>]*\{{:{LABELLED}\}}[ \t]*$", re.MULTILINE)
IN_ITEM = re.compile(
    rf"^(?P<marks>[ \t>]*(?:[*+-]|\d{{1,9}}[.)])[ \t]+)\{{:{LABELLED}\}}[ \t]*", re.MULTILINE
)
IN_LINE = re.compile(rf"(?<=[*_\])`\ue001])\{{:{LABELLED}\}}")
STARTS = re.compile(r"[ \t>]*(?:(?:[*+-]|\d{1,9}[.)])[ \t]+)?")
LEAD = re.compile(
    r"^(?P<marks>[ \t]*(?:[*+-]|\d{1,9}[.)])[ \t]+|(?<=\n\n) {0,3})"
    r"(?P<words>\*\*[^*\n]++\*\*|__[^_\n]++__|\*[^*\n]++\*|_[^_\n]++_|\[[^\[\]\n]++\](?=[\[(]))",
    re.MULTILINE,
)
TAGGED = re.compile(
    r"<(?:div|section|article|aside|figure|details|summary|p|span|li|dt|dd|blockquote|main|header|nav)\b"
    r"""[^<>]*?\bid\s*=\s*(?:"(?P<double>[^"<>]+)"|'(?P<single>[^'<>]+)')[^<>]*>""",
    re.IGNORECASE,
)
AS_MARK = re.compile(r"[^\s{}=\"'<>&]+")
LINKED = re.compile(
    r"""(?:\]\(|\]:[ \t]*<?|href=["']?|ref[ \t]+["']|\{\{[ \t]*["']|%\})[^\s"'()<>#]*#([^\s"'()<>{}|]{1,200})"""
)
LINK = re.compile(r"!?\[([^\[\]\n]*)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])?")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def _kramdown(text: str) -> str:
    plain = re.sub(r"[^a-zA-Z0-9 -]", "", re.sub(r"^[^a-zA-Z]+", "", text))
    return plain.replace(" ", "-").lower() or "section"


def _blackfriday(text: str) -> str:
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def _markdown_it(text: str) -> str:
    return quote(re.sub(r"\s+", "-", text.strip().lower()), safe="!'()*~-_.")


RULES: dict[str, Callable[[str], str]] = {
    "github": github_slug,
    "kramdown": _kramdown,
    "blackfriday": _blackfriday,
    "markdown-it": _markdown_it,
}
"""How generators make the id of a heading: GitHub's rule (kramdown as Jekyll has it, goldmark), kramdown's own,
Blackfriday's (Hugo before 0.60), and that of markdown-it-anchor (Eleventy)."""


def heading_rules(site: OldSite) -> tuple[str, ...]:
    """Return the names of the rules by which a site made ids of headings."""
    if site.generator == "jekyll" and re.search(
        r"^\s+input:\s*[\"']?[Kk]ramdown", site.settings, re.MULTILINE
    ):
        return ("kramdown",)
    if site.generator == "hugo" and re.search(r"blackfriday", site.settings, re.IGNORECASE):
        return ("blackfriday",)
    return ("github", "markdown-it") if site.generator == "eleventy" else ("github",)


def fragments_in(text: str) -> frozenset[str]:
    """The fragments that links in a text lead to."""
    return frozenset(unquote(each) for each in LINKED.findall(text)) if "#" in text else frozenset()


def keep_ids(text: str, *, rules: Iterable[str], wanted: Set[str], aside: Aside) -> str:
    """The text with the ids of the old site in the form of our own Markdown."""
    keeping = Keeping(tuple(rules), wanted, aside)
    text = keeping.headings(f"\n\n{text}\n")
    text = keeping.blocks(text)
    text = IN_ITEM.sub(lambda found: found["marks"] + keeping.place(found["id"]), text)
    text = IN_LINE.sub(lambda found: keeping.place(found["id"]), text)
    text = TAGGED.sub(keeping.tag, text)
    return LEAD.sub(keeping.lead, text).strip("\n")


class Keeping:
    """Keeps the ids of one text, each once."""

    def __init__(self, rules: tuple[str, ...], wanted: Set[str], aside: Aside) -> None:
        self.rules, self.wanted, self.aside = rules, wanted, aside
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in RULES}
        self.given: set[str] = set()

    def place(self, name: str) -> str:
        """An empty link that carries an id."""
        if name in self.given:
            return ""
        self.given.add(name)
        return self.aside.keep(f'<a id="{html.escape(name)}"></a>')

    def headings(self, text: str) -> str:
        """All headings with their ids; an id on the line below belongs to them."""
        pieces, place = [], 0
        found = [*HEADING.finditer(text), *UNDERLINED.finditer(text)]
        for each in sorted(found, key=lambda each: each.start()):
            below = NEXT_LINE.match(text, each.end())
            marks = each.groupdict().get("marks") or ""
            words = each["words"]
            pieces += [text[place : each.start()], marks, self._heading(words, below["id"] if below else "")]
            place = below.end() if below else each.end()
        return "".join([*pieces, text[place:]])

    def _heading(self, words: str, below: str) -> str:
        own = OWN_ID.search(words)
        words = words[: own.start()] if own else words
        given = (own["id"] if own else "") or below
        names = [name for name in self._names(words, given) if name not in self.given]
        if not names:
            return words
        self.given.update(names)
        marked = names.pop(0) if AS_MARK.fullmatch(names[0]) else ""
        places = "".join(f'<a id="{html.escape(name)}"></a>' for name in names)
        return f"{self.aside.keep(places) if places else ''}{words}" + (
            f" {self.aside.keep(f'{{#{marked}}}')}" if marked else ""
        )

    def _names(self, words: str, given: str) -> list[str]:
        """The id that was given, else those of the generator; and others by which links of the import know it."""
        plain = plain_words(self.aside.put_back(words) if MARK.search(words) else words)
        made = {} if given else {name: self._numbered(name, rule(plain)) for name, rule in RULES.items()}
        names = [
            given,
            *(made[name] for name in self.rules if made),
            *(each for each in made.values() if each in self.wanted),
        ]
        return list(dict.fromkeys(filter(None, names)))

    def _numbered(self, rule: str, name: str) -> str:
        count = self.counts[rule][name]
        self.counts[rule][name] += 1
        return f"{name}-{count}" if count and name else name

    def blocks(self, text: str) -> str:
        """Ids on a line of their own: of the block above, or of the one below where a blank line is above."""
        parts = re.split(r"(\n{2,})", text)
        return "".join(self._block(part) if "{:" in part else part for part in parts)

    def _block(self, block: str) -> str:
        found = BLOCK.search(block)
        if not found:
            return block
        rest = block[: found.start()].removesuffix("\n") + block[found.end() :]
        if not rest.strip():
            return self.place(found["id"])
        start = len(rest) - len(rest.lstrip("\n"))
        marks = STARTS.match(rest, start)
        return rest[: marks.end()] + self.place(found["id"]) + rest[marks.end() :]

    def tag(self, found: re.Match[str]) -> str:
        """The id of an element that only frames text, where a link leads to it."""
        name = found["double"] or found["single"]
        return found[0] + (self.place(name) if name in self.wanted else "")

    def lead(self, found: re.Match[str]) -> str:
        plain = plain_words(found["words"]).rstrip(": ")
        made = (slugify(plain, "latin"), slugify(plain), github_slug(plain))
        names = [name for name in dict.fromkeys(made) if name in self.wanted]
        return found["marks"] + "".join(map(self.place, names)) + found["words"]


def plain_words(words: str) -> str:
    """The words of a heading without markup."""
    words = html.unescape(TAG.sub("", LINK.sub(r"\1", LINK.sub(r"\1", words))))
    words = re.sub(r"\\([^\w\s])", r"\1", re.sub(r"(?<!\\)[*`]+", "", words))
    return re.sub(r"(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)", "", words).strip()
