"""Plain values: a draft for the checks, and the issues that they report."""

from collections.abc import Container, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from publications.html_tree import VERBATIM, Element, parse
from publications.markup import inline_text

MAX_QUOTED_CHARACTERS = 80
MAX_LINE_START = 40


def truncate_text(text: str, limit: int = MAX_QUOTED_CHARACTERS) -> str:
    """Return the text on one line in at most `limit` characters, cut after a word, with an ellipsis if it was cut."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    cut = text[: max(limit - 1, 0)]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:–—") + "…"


@dataclass(frozen=True)
class PreflightIssue:
    """An issue that a check reports.

    Attributes:
        name: the subject of the issue.
        text: a sentence that names the problem and the remedy.
        field: the form field to correct, or "".
        line: the line of the body, from 1; 0 if unknown.
        line_start: how that line begins, where the text does not say it: plain text fields number no lines.
        pk: of the author or tag that is to be changed on its own page, or None.
    """

    name: str
    text: str
    field: str = ""
    line: int = 0
    pk: int | None = None
    line_start: str = ""


@dataclass(frozen=True)
class TextLink:
    """A link of the rendered text."""

    href: str
    text: str
    in_notes: bool = False


@dataclass(frozen=True)
class DraftImage:
    """An image of the text or the cover, and whether the library has alternative text for it."""

    key: str
    filename: str
    has_alt: bool
    has_alt_in_language: bool
    is_cover: bool = False


@dataclass(frozen=True, kw_only=True)
class PreflightDraft:
    """The draft as it would be published.

    Attributes:
        rendering_error: why the body cannot be rendered, or "".
        hidden_text: why the site that it was imported from hid it, or "".
        retraction: why nothing is published any more, of a retracted publication, or "".
        missing_fields: pairs of a form field and a sentence.
        proposed_authors: by the primary key of each author who is not accepted, a sentence.
        broken_links: the reason by address within the site.
        live_links: those of them that readers follow in vain already.
        pending_links: those of them that work once a draft is published, with its primary key.
        duplicates: other publications of the same title.
        future_date: the date that readers are to see, where it is still to come.
        hidden_items: what an issue of the newsletter has that readers do not see now: the title, and when it will be
            public, or "".
        similar_tags: by new tag, the tags that are spelled nearly like it.
        untranslated_tags: new tags without a Swedish name, by primary key.
        untitled_authors: authors who have a title in the other language only.
        attachment_problems: by file name, what is wrong with an attachment, or "".
        lost_attachments: files that the store does not have whole.
        open_comments: the number of comments that are not resolved.
    """

    title: str = ""
    summary: str = ""
    key_points: str = ""
    body: str = ""
    html: str = ""
    rendering_error: str = ""
    headings: tuple[tuple[int, str], ...] = ()
    hidden_text: str = ""
    retraction: str = ""
    missing_fields: tuple[tuple[str, str], ...] = ()
    proposed_authors: Mapping[int, str] = field(default_factory=dict)
    images: tuple[DraftImage, ...] = ()
    broken_links: Mapping[str, str] = field(default_factory=dict)
    live_links: Set[str] = frozenset()
    pending_links: Mapping[str, int] = field(default_factory=dict)
    duplicates: tuple[str, ...] = ()
    slug: str = ""
    custom_slug: str = ""
    was_public: bool = False
    future_date: str = ""
    tags: int = 0
    is_listed: bool = True
    hidden_items: tuple[tuple[str, str], ...] = ()
    similar_tags: Mapping[str, Sequence[str]] = field(default_factory=dict)
    untranslated_tags: Mapping[int, str] = field(default_factory=dict)
    untitled_authors: tuple[str, ...] = ()
    attachment_problems: Mapping[str, str] = field(default_factory=dict)
    lost_attachments: tuple[str, ...] = ()
    open_comments: int = 0

    def line_of(self, text: str) -> int:
        """Return the first line of the body that has a text, from 1; 0 without one."""
        at = self.body.find(text) if text else -1
        return self.body.count("\n", 0, at) + 1 if at >= 0 else 0

    def position_of(self, image: DraftImage) -> tuple[str, int]:
        """Return the form field that shows an image, and the line of the text."""
        if image.key in self.images_without_alt:
            return "body", self.line_of(f"image:{image.key}")
        return "cover_choice", 0

    def line_start(self, line: int) -> str:
        """Return how a line of the body begins; "" for line 0."""
        return truncate_text(self._lines[line - 1], MAX_LINE_START) if line else ""

    @cached_property
    def _lines(self) -> list[str]:
        return self.body.split("\n")

    @property
    def texts(self) -> dict[str, str]:
        """The texts that readers see, by form field; the body without code."""
        return {
            "title": self.title,
            "summary": self.summary,
            "key_points": self.key_points,
            "body": self.text,
        }

    @cached_property
    def links(self) -> tuple[TextLink, ...]:
        """The links of the rendered text, without those between footnotes and their references."""
        in_notes = {id(link) for section in self._root.find_all("section") for link in section.find_all("a")}
        return tuple(
            TextLink(link.get("href"), inline_text(link), id(link) in in_notes)
            for link in self._root.find_all("a")
            if link.get("href") and not link.get("class").startswith("footnote")
        )

    @cached_property
    def images_without_alt(self) -> frozenset[str]:
        """The keys of images that have no alternative text in the body."""
        images = self._root.find_all("img")
        return frozenset(image.get("data-image") for image in images if not image.get("alt").strip())

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The ids in the rendered text."""
        return frozenset(element.get("id") for element in self._root.walk()) - {""}

    @cached_property
    def text(self) -> str:
        """The rendered text without code."""
        return _text_outside_code(self._root)

    @cached_property
    def code(self) -> str:
        """The text of code elements."""
        return "".join(element.text for element in self._root.find_all(*VERBATIM))

    @cached_property
    def _root(self) -> Element:
        return parse(self.html)


def describe_broken_links(
    draft: PreflightDraft, addresses: Container[str], *, name: str = "link"
) -> Iterator[PreflightIssue]:
    """Yield an issue of a name for each broken link of a draft that has one of these addresses."""
    for link in {link.href: link for link in draft.links}.values():
        reason = draft.broken_links.get(link.href)
        if reason and link.href in addresses:
            text = _("The link “%(text)s” (%(href)s) leads nowhere: %(reason)s")
            values = {"text": truncate_text(link.text), "href": link.href[:120], "reason": reason}
            yield PreflightIssue(name, text % values, "body", draft.line_of(link.href))


def _text_outside_code(element: Element) -> str:
    return "".join(
        child if isinstance(child, str) else _text_outside_code(child)
        for child in element.children
        if isinstance(child, str) or child.tag not in VERBATIM
    )
