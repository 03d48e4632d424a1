"""The steps of a removal. Each may be interrupted, and all may be repeated: what is done is not found again."""

import logging
import time
import traceback
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import override

from publications import actions, renditions
from publications.actions import NameRemoval
from publications.locales import LOCALES
from publications.models import Image, NameRemovalRecord, RemovalStage, UserSettings
from publications.name_search import UPLOADED_FILES, NameMatcher, Occurrence, Searched, compact_database

MAX_LISTED = 500
"""How many places, pictures and files that could not be read a report names."""
SECONDS_BETWEEN_STORES = 5

Search = Callable[..., Iterator[Occurrence]]
"""`publications.management.name_check.search_everything`: it renders the public site, which is above this package."""

logger = logging.getLogger(__name__)


def run_removal(removal: NameRemoval, record: NameRemovalRecord, *, search: Search) -> None:
    """Remove a name in all steps, search for what is left, and store the report.

    Publications that refuse are listed; the others go on. An error that ends the removal is stored and logged.
    """
    with override(UserSettings.language_of(record.started_by) or LOCALES[0]):
        try:
            _remove(removal, record)
            report = find_remains(removal, record, search)
        except actions.ActionRefused as refusal:
            record.store(stage=RemovalStage.FAILED, report={"error": " ".join(refusal.reasons)})
        except Exception as error:
            # without the message, which may quote a value: in that, the name would get into the log
            frames = "".join(traceback.format_tb(error.__traceback__))
            logger.error("The removal of a name failed: %s\n%s", type(error).__name__, frames)
            message = _("It failed: %(error)s. What is done stays done. Start it again.")
            record.store(
                stage=RemovalStage.FAILED, report={"error": message % {"error": type(error).__name__}}
            )
        else:
            record.store(stage=RemovalStage.DONE, report=report)


def _remove(removal: NameRemoval, record: NameRemovalRecord) -> None:
    by = record.started_by
    record.store(stage=RemovalStage.ROWS, done=0, total=0, report={})
    actions.remove_name_from_rows(removal, by=by)
    images = list(Image.objects.order_by("pk"))
    for done, image in enumerate(images):
        record.store(stage=RemovalStage.IMAGES, done=done, total=len(images))
        actions.remove_name_from_image(image, removal, by=by)
    _remove_from_publications(removal, record)
    record.store(stage=RemovalStage.FILES, done=0, total=0)
    actions.remove_name_from_unused_files(removal, progress=_limit_stores(record))
    # again, as a removal may have been killed after its transaction, or a PDF rendered from what it read before
    renditions.delete_all_documents()


def _remove_from_publications(removal: NameRemoval, record: NameRemovalRecord) -> None:
    publications = actions.publications_to_search()
    changed, refused = set(record.changed_publications), set()
    for done, publication in enumerate(publications):
        try:
            if actions.remove_name_from_publication(publication, removal, by=record.started_by):
                changed.add(publication.pk)
        except actions.ClockBehind:
            raise
        except actions.ActionRefused:
            refused.add(publication.pk)
        record.store(
            stage=RemovalStage.PUBLICATIONS, done=done + 1, total=len(publications),
            changed_publications=sorted(changed), refused_publications=sorted(refused),
        )  # fmt: skip
        time.sleep(actions.SECONDS_BETWEEN_LOCKS)


def find_remains(removal: NameRemoval, record: NameRemovalRecord, search: Search) -> dict[str, object]:
    """Return what is left of a name: places, pictures to look at, what could not be read, accounts.

    Places are named without the name. The database is rewritten first, without what was deleted from it.
    """
    record.store(stage=RemovalStage.COMPACT, done=0, total=0)
    is_compacted = _compact()
    record.store(stage=RemovalStage.SEARCH)
    store = _limit_stores(record)
    searched = Searched(progress=lambda _files: store())
    matcher, redaction = NameMatcher(removal.spellings), removal.redaction(LOCALES[0])
    found = search(matcher, searched, progress=lambda _what, done, total: store(done=done, total=total))
    places = list(dict.fromkeys(redaction.redact_text(occurrence.place) for occurrence in found))
    return {
        "count": len(places),
        "places": places[:MAX_LISTED],
        "files": searched.files,
        "pictures": [redaction.redact_text(place) for place in searched.pictures if _is_uploaded(place)][
            :MAX_LISTED
        ],
        "unread": [redaction.redact_text(place) for place in searched.unread][:MAX_LISTED],
        "accounts": [account.pk for account in actions.accounts_with_name(redaction)],
        "is_compacted": is_compacted,
    }


def _limit_stores(record: NameRemovalRecord) -> Callable[..., None]:
    """Return a function that stores columns of a record, or its time alone, but only every few seconds."""
    stored_at = time.monotonic()

    def store(**columns: int) -> None:
        nonlocal stored_at
        if time.monotonic() - stored_at > SECONDS_BETWEEN_STORES:
            record.store(**columns)
            stored_at = time.monotonic()

    return store


def _is_uploaded(place: str) -> bool:
    """Return whether a picture is an original: of its sizes, which the site makes, each would be listed again."""
    return place.startswith(UPLOADED_FILES) or str(settings.ORIGINALS) in place


def _compact() -> bool:
    """Rewrite the database without deleted rows; return False where others use it or the disk has no room."""
    try:
        compact_database()
    except DatabaseError:
        logger.warning("The database could not be rewritten without what was deleted from it.", exc_info=True)
        return False
    return True
