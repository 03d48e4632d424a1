"""The live editions of feeds, with the columns and rows of their entries."""

from collections.abc import Iterable

from django.db.models import F
from django.utils import timezone

from .edition import Edition
from .edition_with_rows import EditionWithRows
from .kind import attach_kinds
from .prepared_queries import DATETIME, INTEGERS, InList, PreparedQuery

ENTRY_COLUMNS = (
    "publication", "translation_group", "kind", "language", "locale", "title", "slug", "summary", "key_points", "cover",
    "external_url", "word_count", "html",
)  # fmt: skip
ENTRY_ROWS = ("bylines", "tags", "images", "attachments", "translations")


def feed_editions(publications: Iterable[int]) -> list[EditionWithRows]:
    """Return the live editions of publications, with the columns and rows of entries of feeds."""
    editions = _editions(publications=publications, now=timezone.now())
    attach_kinds(editions)
    return EditionWithRows.from_editions(editions, rows=ENTRY_ROWS)


_editions = PreparedQuery(
    lambda publications, now: (
        Edition.objects.live(now)
        .filter(InList(F("publication"), publications))
        .order_by()
        .select_related("cover")
        .annotate(uid=F("publication__uid"))
        .only(*ENTRY_COLUMNS)
    ),
    publications=INTEGERS,
    now=DATETIME,
)
