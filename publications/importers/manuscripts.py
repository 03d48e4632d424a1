"""Create a draft from a manuscript with its files, or update one. Nothing public changes here.

Authors, tags, images and files are looked up or created; what is created or left out is reported. The stored content is
the manuscript as normalized by `normalize`; `ImportCache` caches rows over many manuscripts.
"""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from publications import actions
from publications.locales import LANGUAGE_NAMES
from publications.manuscript import Manuscript
from publications.models import Publication, RevisionReason
from publications.stored_messages import gettext as _

from .import_cache import ImportCache
from .manuscript_files import Files, ManuscriptFiles
from .normalize import is_uid
from .pending_drafts import ImportedDraft, PendingDraft, prepare_draft, store_drafts


class ManuscriptRefused(ValueError):
    """A manuscript that cannot be stored; the message gives the reason."""


@transaction.atomic
def import_manuscript(
    manuscript: Manuscript,
    files: Files | ManuscriptFiles | None = None,
    *,
    by: User | None,
    reason: RevisionReason = RevisionReason.IMPORTED,
    import_cache: ImportCache | None = None,
) -> ImportedDraft:
    """Create the draft of a manuscript, or update the publication with its uid, and store a revision.

    Args:
        files: contents of the files that the manuscript names.
        by: the user in the revision; None for the system.
        reason: the reason in the revision.
        import_cache: cached rows, for several manuscripts.

    Returns:
        The publication with messages on what was created or left out.

    Raises:
        ManuscriptRefused: the kind or language is unknown, or a uid is invalid.
    """
    files = files if isinstance(files, ManuscriptFiles) else ManuscriptFiles(files or {})
    existing = Publication.objects.filter(uid=manuscript.uid).first() if is_uid(manuscript.uid) else None
    import_cache = import_cache or ImportCache()
    _validate(manuscript, import_cache)
    pending = prepare_draft(manuscript, files, existing, import_cache, by)
    store_drafts([pending])
    actions.store_revision(pending.publication, by=by, reason=reason)
    return pending.result


@transaction.atomic
def import_manuscripts(
    items: Sequence[tuple[Manuscript, ManuscriptFiles, Publication | None]],
    *,
    by: User | None,
    import_cache: ImportCache,
    reason: RevisionReason = RevisionReason.IMPORTED,
) -> list[ImportedDraft | ManuscriptRefused]:
    """Create or update many drafts in one transaction.

    Args:
        items: each a manuscript, its files, and the publication to update or None.
        by: the user in the revisions; None for the system.
        import_cache: cached rows.
        reason: the reason in the revisions.

    Returns:
        The result of each manuscript, or the refusal, which does not affect the others.

    Raises:
        DatabaseError: nothing is stored.
    """
    results: list[ImportedDraft | ManuscriptRefused] = []
    pending: list[PendingDraft] = []
    stored = 0
    for manuscript, files, existing in items:
        try:
            _validate(manuscript, import_cache)
        except ManuscriptRefused as error:
            results.append(error)
            continue
        if _is_translation_of_pending(pending[stored:], manuscript, existing):
            store_drafts(pending[stored:])  # so that its original or its translations can be found
            stored = len(pending)
        pending.append(prepare_draft(manuscript, files, existing, import_cache, by))
        results.append(pending[-1].result)
    store_drafts(pending[stored:])
    actions.store_revisions([draft.publication for draft in pending], by=by, reason=reason)
    return results


def _is_translation_of_pending(
    pending: Sequence[PendingDraft], manuscript: Manuscript, existing: Publication | None
) -> bool:
    """Whether the original of a translation, or a translation of it, is among the drafts not stored yet."""
    if not manuscript.translation_of:
        return False
    original = UUID(manuscript.translation_of)
    pk = existing.pk if existing else None
    return any(
        draft.uid == original or (pk and draft.publication.translation_of_id == pk) for draft in pending
    )


def _validate(manuscript: Manuscript, import_cache: ImportCache) -> None:
    """Raise ManuscriptRefused if the kind or language is unknown, or a uid is invalid."""
    if manuscript.kind not in import_cache.kinds:
        values = {"kind": manuscript.kind, "known": ", ".join(import_cache.kinds)}
        raise ManuscriptRefused(_("There is no kind “%(kind)s”. There are: %(known)s.") % values)
    if manuscript.language not in LANGUAGE_NAMES:
        raise ManuscriptRefused(
            _("The language “%(language)s” is not known.") % {"language": manuscript.language}
        )
    for uid in (manuscript.uid, manuscript.translation_of):
        if uid and not is_uid(uid):
            raise ManuscriptRefused(_("“%(uid)s” is not a uid.") % {"uid": uid})
