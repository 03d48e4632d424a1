"""A text of another system, whose text is HTML, before it is read as a manuscript."""

from dataclasses import dataclass
from datetime import datetime

from ..imported_file import ImportNote
from ..source import SourceEntry


@dataclass(frozen=True, kw_only=True)
class SourceArticle:
    """A text with its fields, as an export or a page has them.

    Args:
        entry: what the import knows of it; it has the language, the uid, the slug, the authors and the tags.
        title, summary: as plain text or HTML; an empty summary is made of the first paragraph.
        html: the text, as HTML.
        url: its absolute URL on the old site, the base of relative links; "" if it has none.
        published_at: with its zone, or None.
        cover, cover_alt, cover_credit: the address of its main image, its alternative text, and who made it, as plain
            text or HTML.
        kind: the slug of a kind of this site; "" is the default of the import.
        number: of a report in its series, such as 7/2012.
        related: the old addresses of related texts, in order.
        files: the old addresses of attached files, with their labels.
        is_draft: whether it must not be published: a draft, a private text or one with a password.
        notes: what was changed, left out or guessed before.
    """

    entry: SourceEntry
    title: str
    html: str
    url: str = ""
    summary: str = ""
    published_at: datetime | None = None
    cover: str = ""
    cover_alt: str = ""
    cover_credit: str = ""
    kind: str = ""
    number: str = ""
    related: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    is_draft: bool = False
    notes: tuple[ImportNote, ...] = ()
