"""Redact: replace a name or a passage everywhere, in every edition, the draft and its history.

The passage is found whatever its capitals, line breaks, apostrophes and emphasis. Addresses, file names, audit entries
and revisions are redacted too. What rows beside publications say, such as an author or an image, `remove_name` redacts.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from publications import markup, renditions
from publications.diff import tokens_of
from publications.html_tree import parse
from publications.models import (
    ActionType,
    ArchiveImport,
    Edition,
    Publication,
    RedactedAddress,
    ServedPdf,
)
from publications.reserved_disk_space import retry_with_reserved_space

from .name_manuscripts import update_edition_digests
from .news import store_redaction_news
from .recorded_editions import ChangedEditions
from .redacted_addresses import paths_of, publications_linking_to
from .redacted_rows import (
    redact_audit_entries,
    redact_draft,
    redact_editions,
    redact_related_rows,
    update_autosave_versions,
)
from .redacted_values import EDITION_TEXTS
from .redaction_marks import check_mark, default_redaction_mark
from .redaction_report import RedactionReport, build_report
from .transaction import ActionRefused, Outdated, begin_action, lock_publication

MIN_PASSAGE_CHARACTERS = 3
MAX_PASSAGE_CHARACTERS = 500  # a longer one takes seconds, in which nobody else can write


class PassageNotFound(ActionRefused):
    """Nothing contains the passage."""


def check_passage(passage: str) -> None:
    """Check that a passage is not too long to be redacted at once.

    Raises:
        ActionRefused: it has more than `MAX_PASSAGE_CHARACTERS`.
    """
    if len(passage) > MAX_PASSAGE_CHARACTERS:
        raise ActionRefused(
            _("The passage is too long: give at most %(limit)d characters, or redact it in parts.")
            % {"limit": MAX_PASSAGE_CHARACTERS}
        )


@retry_with_reserved_space
@transaction.atomic
def preview_redaction(
    publication: Publication, passage: str, *, by, mark: str | None = None
) -> RedactionReport:
    """Return what `redact` would do. It is done and rolled back, so that both agree.

    Raises:
        ActionRefused, ClockBehind: as `redact` does.
    """
    report = _redact(publication, passage, by=by, reason="", mark=mark)
    transaction.set_rollback(True)
    return report


@retry_with_reserved_space
@transaction.atomic
def redact(
    publication: Publication,
    passage: str,
    *,
    by,
    reason: str = "",
    mark: str | None = None,
    seen: str | None = None,
) -> RedactionReport:
    """Replace a passage by a mark in everything that is stored of a publication.

    Addresses made from the passage are deleted, and never used again. The audit entry holds the number of words of the
    passage, not the passage.

    Args:
        passage: the text to redact, as readers see it.
        reason: the reason, for the audit log alone.
        mark: one of `redaction_marks`; None is "[redacted]" in the language of the text.
        seen: the fingerprint of the report that the editor saw; None is not compared.

    Returns:
        What was replaced and what was left.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
        Outdated: the report differs from the one that was seen.
        ActionRefused: the mark is another one, or the passage is too short or too long, is not found, or would still be
            readable somewhere.
    """
    report = _redact(publication, passage, by=by, reason=reason, mark=mark)
    if seen is not None and seen != report.fingerprint:
        raise Outdated(_("What would go is not what you were shown. Look at it again."))
    publication.refresh_from_db()
    return report


def _redact(publication: Publication, passage: str, *, by, reason: str, mark: str | None) -> RedactionReport:
    check_passage(passage)
    if mark is None:
        mark = default_redaction_mark(publication.language)
    check_mark(mark, publication.language)
    redaction = markup.Redaction(passage, mark)
    if len(redaction.passage) < MIN_PASSAGE_CHARACTERS:
        raise ActionRefused(
            _("The passage is too short to be taken out safely: give at least three characters.")
        )
    report = redact_publication(publication, redaction, by=by, reason=reason)
    store_redaction_news(publication, by=by)
    return report


def redact_publication(
    publication: Publication, redaction: markup.Redaction, *, by, reason: str
) -> RedactionReport:
    """Redact a passage, or all spellings of a name, in everything that is stored of a publication.

    An edition that was not as the audit log has recorded it is redacted, and stays a fault of `manage.py verify`. The
    caller has opened a transaction.

    Raises:
        PassageNotFound: nothing that is stored of the publication contains it.
        ClockBehind, ActionRefused: as `redact` does.
    """
    action = begin_action(by=by, publication=publication)
    publication = lock_publication(publication, or_deleted=True)
    digest, paths = publication.digest, paths_of(publication)
    changed = ChangedEditions(publication.editions.all())
    editions = redact_editions(publication, redaction)
    Edition.objects.filter(pk__in=[edition.pk for edition in editions]).update(record_changed_at=action.at)
    is_in_draft = redact_draft(publication, redaction, by=by)
    is_in_rows = redact_related_rows(publication, redaction)
    entries = redact_audit_entries(publication, redaction)
    if not (editions or is_in_draft or is_in_rows or entries):
        raise PassageNotFound(
            _(
                "The passage stands nowhere in this publication. Check its spelling there, or look for fewer words."
            )
        )
    if not publication.editions.live().exists():  # else they lead to the public page
        publication.press_links.revoke()
    ArchiveImport.objects.all().delete_with_archives()  # one that is running ends after its batch
    if is_in_draft:
        update_autosave_versions(publication)
    update_edition_digests(publication, digest)
    _refuse_readable_passage(publication, redaction)
    given_up = paths - paths_of(publication)
    RedactedAddress.objects.store(given_up)
    linked_from = publications_linking_to(given_up, other_than=publication)
    report = build_report(publication, redaction, editions, linked_from)
    ServedPdf.forget(editions)
    transaction.on_commit(lambda: renditions.delete_renditions(publication.pk))
    action.write_audit_entry(
        ActionType.REDACT, publication, publication=publication, recorded_editions=changed.store_digests(),
        redacted_entries=entries, differing=sorted(edition.number for edition in changed.differing),
        editions=report.editions, mark=report.mark, words=_count_words(redaction), why=redaction.redact_text(reason),
    )  # fmt: skip
    return report


def _count_words(redaction: markup.Redaction) -> int:
    """Return the number of words of the passage, or 0 (unknown) where the spellings of a name differ in it."""
    counts = {sum(token.is_word for token in tokens_of(passage)) for passage in redaction.passages}
    return counts.pop() if len(counts) == 1 else 0


def _refuse_readable_passage(publication: Publication, redaction: markup.Redaction) -> None:
    """Raise ActionRefused where readers could still read the passage because markup divides it."""
    for edition in publication.editions.all():
        if _is_readable_in(edition, redaction):
            raise ActionRefused(
                _(
                    "The passage would still be read in edition %(number)d: markup divides it. Give it in parts."
                )
                % {"number": edition.number}
            )


def _is_readable_in(edition: Edition, redaction: markup.Redaction) -> bool:
    headings = [text for _level, text, _anchor in edition.contents]
    texts = (getattr(edition, name) for name in EDITION_TEXTS)
    if any(map(redaction.is_in, (*texts, edition.plain_text, *headings))):
        return True
    values = markup.readable_attributes(parse(edition.html))
    return any(
        redaction.is_in_address(value) if name == "href" else redaction.is_in(value) for name, value in values
    )
