"""Remove a name from everything: all publications and all rows beside them, one transaction for each publication.

The steps may be interrupted and repeated: what is done stays done, and is not found again. The name itself is stored
nowhere, so whoever repeats them gives it again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from publications import renditions
from publications.locales import LOCALES
from publications.markup import NameRedaction
from publications.models import (
    ActionType,
    Author,
    Edition,
    Image,
    Publication,
    SitePage,
    Tag,
)
from publications.reserved_disk_space import retry_with_reserved_space

from .name_checks import check_replacement, check_spelling
from .name_deletions import delete_conditions, delete_decisions, delete_rows
from .name_manuscripts import save_drafts
from .name_preview import NamePreview
from .name_rows import (
    accounts_with_name,
    drafts_with,
    is_renamed,
    redact_other_audit_entries,
    redact_rows,
    rename_author,
    slugs_of,
)
from .recorded_editions import ChangedEditions
from .redact import PassageNotFound, redact_publication
from .redacted_files import delete_unused_files, is_in_image, remove_image_metadata, search_files_of
from .redacted_values import redact_file_name
from .redaction_marks import default_redaction_mark
from .redaction_report import RedactionReport
from .save import editions_showing
from .transaction import ActionRefused, begin_action

MAX_SPELLINGS = 20
Refused = tuple[Publication | SitePage, list[str]]
"""What a name cannot be removed from, with the reasons."""
SECONDS_BETWEEN_LOCKS = 0.02
"""In which others get the lock of SQLite: it is not handed on in turn, and a sign-in waits for it too."""
MAX_PREVIEW_SECONDS = 60
"""How long a preview looks at publications: the web server ends a request of the desk after five minutes."""


@dataclass(frozen=True, kw_only=True)
class NameRemoval:
    """A name to be removed.

    Attributes:
        spellings: each is removed wherever it stands.
        replacement: what stands in its place: one of `FIXED_MARKS` or a pen name; None is "[redacted]" in the language
            of each text.
        author: the row of the person, whose bylines are changed whatever they say; None for somebody without one.
        reason: for the audit log.
    """

    spellings: tuple[str, ...]
    replacement: str | None = None
    author: Author | None = None
    reason: str = ""

    def redaction(self, language: str, *, searches_files: bool = True) -> NameRedaction:
        """Return a new redaction for texts in a language."""
        mark = default_redaction_mark(language) if self.replacement is None else self.replacement
        return NameRedaction(self.spellings, mark, searches_files=searches_files)


def check_name(removal: NameRemoval) -> None:
    """Check that a name can be removed safely.

    Raises:
        ActionRefused: there are no spellings or too many, one is refused by `check_spelling`, or what is to stand in
            their place holds the name or is refused by `check_replacement`.
    """
    if not removal.spellings:
        raise ActionRefused(_("Give the name, each spelling on a line of its own."))
    if len(removal.spellings) > MAX_SPELLINGS:
        raise ActionRefused(_("Give at most %d spellings at once, the others after that.") % MAX_SPELLINGS)
    redaction = removal.redaction(LOCALES[0])
    for spelling in redaction.passages:
        check_spelling(spelling)
    if redaction.is_in_text_or_address(redaction.mark):
        raise ActionRefused(_("What stands in its place holds the name itself. Choose another text."))
    if removal.replacement is not None:
        check_replacement(removal.replacement)


@retry_with_reserved_space
@transaction.atomic
def remove_name_from_rows(removal: NameRemoval, *, by) -> dict[str, int]:
    """Remove a name from all rows beside publications. Accounts are not changed, nor site pages that refuse it.

    Returns:
        The number of changed rows by model; empty if none held the name.

    Raises:
        ActionRefused: as `check_name` does, or the replacement is too long for a column.
        ClockBehind: the clock of the server is behind the last action.
    """
    check_name(removal)
    rows, _refused = _remove_from_rows(removal, by=by)
    if not rows:
        transaction.set_rollback(True)  # no new site version
    return rows


def _remove_from_rows(removal: NameRemoval, *, by) -> tuple[dict[str, int], list[Refused]]:
    action = begin_action(by=by)
    redactions = {locale: removal.redaction(locale) for locale in LOCALES}
    redaction = redactions[LOCALES[0]]
    transaction.on_commit(renditions.delete_all_documents)
    editions, entries = ChangedEditions(), {}
    author = Author.objects.filter(pk=removal.author.pk).first() if removal.author else None
    has_changed = bool(author) and not is_renamed(author, redaction.mark)
    before = slugs_of(Author), slugs_of(Tag)
    deleted = delete_decisions(redaction, author) + delete_conditions(redaction, author)
    if author and has_changed:
        entries = rename_author(author, redaction.mark, action.at, editions)
    rows, refused = redact_rows(redactions, action.at)
    rows += delete_rows(redaction) + deleted
    rows[Author._meta.label] += has_changed
    _save_drafts(*before, editions, by=by)
    entries = redact_other_audit_entries(redaction, entries)
    if entries:
        rows["publications.AuditEntry"] += len(entries)
    action.write_audit_entry(
        ActionType.REDACT, _("A name"), recorded_editions=editions.store_digests(),
        differing=editions.list_differing(), redacted_entries=entries, kind="name",
        mark=redaction.mark, rows=sum(rows.values()), why=redaction.redact_text(removal.reason),
    )  # fmt: skip
    return dict(+rows), refused


def _save_drafts(
    author_slugs: dict[int, str], tag_slugs: dict[int, str], editions: ChangedEditions, *, by
) -> None:
    """Save the drafts whose authors or tags have other slugs than these, with `editions` that are as they are."""
    authors = [pk for pk, slug in slugs_of(Author).items() if author_slugs[pk] != slug]
    tags = [pk for pk, slug in slugs_of(Tag).items() if tag_slugs[pk] != slug]
    drafts = list(drafts_with(authors, tags))
    editions.check(Edition.objects.filter(publication__in=drafts))
    save_drafts(drafts, by=by)


def remove_name_from_publication(
    publication: Publication, removal: NameRemoval, *, by
) -> RedactionReport | None:
    """Remove a name from everything that is stored of a publication.

    Returns:
        What was replaced and what was left, or None if it does not hold the name, or has been purged.

    Raises:
        ActionRefused: as `check_name` and `redact` do.
    """
    check_name(removal)
    redaction = removal.redaction(publication.language)
    search_files_of(publication, redaction)
    return _redact_publication(publication, redaction, reason=removal.reason, by=by)


@retry_with_reserved_space
@transaction.atomic
def _redact_publication(
    publication: Publication, redaction: NameRedaction, *, reason: str, by
) -> RedactionReport | None:
    try:
        with transaction.atomic():
            return redact_publication(publication, redaction, by=by, reason=reason)
    except (PassageNotFound, Publication.DoesNotExist):
        return None


def remove_name_from_image(image: Image, removal: NameRemoval, *, by) -> bool:
    """Replace the original of an image whose metadata hold a name by one without metadata.

    Returns:
        Whether it was replaced. One that is damaged stays, and one that has been deleted is none.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
    """
    redaction = removal.redaction(LOCALES[0])
    if not is_in_image(image, redaction):  # read before the transaction, in which nobody else can write
        return False
    return _remove_metadata(image, redaction, reason=removal.reason, by=by)


@retry_with_reserved_space
@transaction.atomic
def _remove_metadata(image: Image, redaction: NameRedaction, *, reason: str, by) -> bool:
    action = begin_action(by=by)
    try:
        image.refresh_from_db()
    except Image.DoesNotExist:
        transaction.set_rollback(True)
        return False
    editions = ChangedEditions(editions_showing(image))
    if not remove_image_metadata(image):
        transaction.set_rollback(True)
        return False
    action.write_audit_entry(
        ActionType.REDACT, redact_file_name(image.filename, redaction), kind="image", pk=image.pk, mark=redaction.mark,
        why=redaction.redact_text(reason), recorded_editions=editions.store_digests(),
        differing=editions.list_differing(),
    )  # fmt: skip
    return True


def remove_name_from_unused_files(
    removal: NameRemoval, *, progress: Callable[[], None] = lambda: None
) -> int:
    """Delete stored files that no row refers to and that hold a name; return their number.

    Args:
        progress: called before each file is read.
    """
    return delete_unused_files(removal.redaction(LOCALES[0]), progress)


def publications_to_search(*, after: int = 0) -> list[Publication]:
    """Return all publications, deleted drafts too, in the order in which a name is removed from them.

    Args:
        after: the primary key of the last one that is done.
    """
    return list(Publication.with_deleted.filter(pk__gt=after).order_by("pk").only("pk", "title", "language"))


def preview_name_removal(removal: NameRemoval, *, by) -> NamePreview:
    """Return what removing a name would change. Each step is done and rolled back, so that both agree.

    Only the removal itself searches attachments and pictures, and the publications that are left after
    `MAX_PREVIEW_SECONDS`.

    Raises:
        ActionRefused: as `check_name` does.
    """
    check_name(removal)
    rows, refused = _preview_rows(removal, by=by)
    preview = NamePreview(rows=rows, refused=refused)
    preview.accounts = [
        account.get_username() for account in accounts_with_name(removal.redaction(LOCALES[0]))
    ]
    publications, ends_at = publications_to_search(), time.monotonic() + MAX_PREVIEW_SECONDS
    for done, publication in enumerate(publications):
        if time.monotonic() > ends_at:
            preview.unsearched = len(publications) - done
            break
        preview.searched += 1
        try:
            if report := _preview_publication(publication, removal, by=by):
                preview.publications.append((publication, report))
        except ActionRefused as refusal:
            preview.refused.append((publication, refusal.reasons))
        time.sleep(SECONDS_BETWEEN_LOCKS)
    return preview


@retry_with_reserved_space
@transaction.atomic
def _preview_rows(removal: NameRemoval, *, by) -> tuple[dict[str, int], list[Refused]]:
    changes = _remove_from_rows(removal, by=by)
    transaction.set_rollback(True)
    return changes


@retry_with_reserved_space
@transaction.atomic
def _preview_publication(publication: Publication, removal: NameRemoval, *, by) -> RedactionReport | None:
    redaction = removal.redaction(publication.language, searches_files=False)
    report = _redact_publication(publication, redaction, reason=removal.reason, by=by)
    transaction.set_rollback(True)
    return report
