"""The record as a page shows it: references to copy, formats to fetch, and what the head tells machines."""

from collections.abc import Sequence

from publications.models import Edition

from . import linked, markdown
from .faces import REFERENCES, face_url
from .record import Record
from .references import references
from .tags import Picture, as_html, links_of, tags_of


def shown(record: Record, edition: Edition, *, fetched: bool = True) -> dict[str, object]:
    """What the page of an edition needs to be cited from; a preview has nothing to fetch."""
    number = None if record.is_current else edition.number
    formats = [
        {"name": face.name, "url": face_url(edition, ending, number)} for ending, face in REFERENCES.items()
    ]
    return {"references": references(record), "formats": formats if fetched else []}


def head_of(
    record: Record,
    edition: Edition,
    breadcrumb: Sequence[dict[str, str]],
    *,
    card: Picture | None = None,
    cover: Picture | None = None,
) -> dict[str, object]:
    """What the head of its page tells: tags, ways, and linked data of the piece and of the way to it.

    Messages show the card; the cover, which is a picture of something, belongs to what the piece is, and where there is
    none the card does.
    """
    text = {"rel": "alternate", "href": face_url(edition, "md"), "type": markdown.MEDIA_TYPE}
    nodes = [linked.piece(record, cover or card), linked.breadcrumb(breadcrumb, record.url)]
    return {
        "tags_of_record": as_html(tags_of(record, card)),
        "links_of_record": [*links_of(record), text],
        "linked_data": linked.script(nodes),
    }
