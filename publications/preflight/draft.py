"""A draft as the checks see it, and the issues that they report. Plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from publications.html_tree import VERBATIM, Element, parse
from publications.markup import inline_text


@dataclass(frozen=True)
class PreflightIssue:
    """What a check reports. `field` is the field of the form in which it is mended, if any.

    `line` is the line of the text, from one; 0 where it is not known.
    """

    name: str
    text: str
    field: str = ""
    line: int = 0


@dataclass(frozen=True)
class TextLink:
    """A link as readers meet it."""

    href: str
    text: str
    in_notes: bool = False


@dataclass(frozen=True)
class DraftImage:
    """An image in the text, or its cover, and whether the library has alternative text for it."""

    key: str
    filename: str
    has_words: bool
    has_words_in_language: bool
    is_cover: bool = False


@dataclass(frozen=True, kw_only=True)
class PreflightDraft:
    """The draft as it would be published.

    Attributes:
        missing: pairs of a field and a sentence.
        broken_links: the reason by address within the site.
        duplicates: other publications of the same title.
        future_date: the date that readers are to see, where it is still to come.
        similar_tags: by new tag, the tags that are spelled nearly like it.
        untranslated_tags: new tags without a Swedish name.
        untitled_authors: authors who have a title in the other language only.
        attachment_problems: by file name, what is wrong with an attachment, or "".
        lost_attachments: files that the store does not have whole.
    """

    title: str = ""
    summary: str = ""
    key_points: str = ""
    body: str = ""
    html: str = ""
    unrenderable: str = ""
    headings: tuple[tuple[int, str], ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    images: tuple[DraftImage, ...] = ()
    broken_links: Mapping[str, str] = field(default_factory=dict)
    duplicates: tuple[str, ...] = ()
    slug: str = ""
    own_slug: str = ""
    was_public: bool = False
    future_date: str = ""
    tags: int = 0
    similar_tags: Mapping[str, Sequence[str]] = field(default_factory=dict)
    untranslated_tags: tuple[str, ...] = ()
    untitled_authors: tuple[str, ...] = ()
    attachment_problems: Mapping[str, str] = field(default_factory=dict)
    lost_attachments: tuple[str, ...] = ()

    def line_of(self, words: str) -> int:
        """The line of the text, from one, in which words stand first; nought where they stand nowhere."""
        at = self.body.find(words) if words else -1
        return self.body.count("\n", 0, at) + 1 if at >= 0 else 0

    @property
    def texts(self) -> dict[str, str]:
        """The words that readers see, by field of the form; those of the text without its code."""
        return {
            "title": self.title,
            "summary": self.summary,
            "key_points": self.key_points,
            "body": self.words,
        }

    @cached_property
    def links(self) -> tuple[TextLink, ...]:
        """The links of the text as readers meet them, without those between notes and their references."""
        in_notes = {id(link) for section in self._root.find_all("section") for link in section.find_all("a")}
        return tuple(
            TextLink(link.get("href"), inline_text(link), id(link) in in_notes)
            for link in self._root.find_all("a")
            if link.get("href") and not link.get("class").startswith("footnote")
        )

    @cached_property
    def images_without_alt(self) -> frozenset[str]:
        """The keys of images that the text shows without alternative text of its own."""
        images = self._root.find_all("img")
        return frozenset(image.get("data-image") for image in images if not image.get("alt").strip())

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The ids in the text."""
        return frozenset(element.get("id") for element in self._root.walk()) - {""}

    @cached_property
    def words(self) -> str:
        """The text that readers see, without code."""
        return _text_outside_code(self._root)

    @cached_property
    def code(self) -> str:
        """The text that is shown as it was typed."""
        return "".join(element.text for element in self._root.find_all(*VERBATIM))

    @cached_property
    def _root(self) -> Element:
        return parse(self.html)


def _text_outside_code(element: Element) -> str:
    return "".join(
        child if isinstance(child, str) else _text_outside_code(child)
        for child in element.children
        if isinstance(child, str) or child.tag not in VERBATIM
    )
