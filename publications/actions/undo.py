"""Undo the last action of a publication: publishing, scheduling or withdrawing.

A scheduled edition is cancelled. A live one is replaced by the text before it, as a new edition; the first edition is
withdrawn. A withdrawn text is published again as it was, as a new edition. `plan_undo` says which. A text that an undo
has made public cannot be undone: publish the draft instead. A retraction is the exception, as `publish` refuses what is
retracted: it can be undone also after a withdrawal was.

An import is undone with all editions that it has published: readers see the text before the first of them, also where
the undo of a later import has made one of them public again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import search
from publications.models import (
    FOREVER,
    ActionType,
    AuditEntry,
    Change,
    Edition,
    EndReason,
    Publication,
    find_missing_approval,
    needs_approval,
)
from publications.reserved_disk_space import retry_with_reserved_space

from .hidden_reason import revoke_confirmation
from .news import store_missing_translation_news, store_republication_news, store_unapproved_news
from .public_state import WINDOW_ACTIONS, refuse_outdated_state
from .transaction import ActionContext, ActionRefused, Outdated, begin_action, lock_publication
from .windows import (
    cancel_scheduled,
    copy_edition,
    end_edition,
    store_editions,
)

TEXTS = ("body", "html", "plain_text", "paragraphs")
"""Fields of editions that a plan does not need."""


class UndoType(Enum):
    CANCEL = "cancel"
    RESTORE = "restore"
    WITHDRAW = "withdraw"
    REPUBLISH = "republish"


@dataclass(frozen=True)
class UndoPlan:
    """What an undo does: the edition that it is about, the one whose text it publishes, and the end of that."""

    type: UndoType
    edition: Edition
    restored: Edition | None = None
    until: datetime = FOREVER

    @property
    def has_end(self) -> bool:
        return self.until < FOREVER


def plan_undo(publication: Publication) -> UndoPlan | None:
    """Return what `undo` would do now, or None where there is nothing to undo."""
    return _plan(_read_editions([publication.pk])[publication.pk], timezone.now())


def plan_import_undos(publications: Iterable[int], import_editions: Collection[int]) -> dict[int, UndoPlan]:
    """Return what `undo` would do now for an import, by publication, without those that show nothing of it."""
    now, editions = timezone.now(), _read_editions(publications)
    plans = {pk: _plan_import(rows, now, import_editions) for pk, rows in editions.items()}
    return {pk: plan for pk, plan in plans.items() if plan}


def find_live_origins(publications: Iterable[int]) -> dict[int, int]:
    """Return by publication the primary key of the edition whose text readers see, which the live one may copy."""
    now, editions = timezone.now(), _read_editions(publications)
    return {pk: _origin_of(live, rows).pk for pk, rows in editions.items() if (live := _live_of(rows, now))}


def find_undone_imports(publications: Collection[int]) -> set[int]:
    """Return the publications that the undo of an import has withdrawn, as the last action on them."""
    entries = AuditEntry.objects.filter(publication__in=publications, action__in=WINDOW_ACTIONS)
    last = dict(entries.order_by("site_version").values_list("publication", "detail"))
    return {publication for publication, detail in last.items() if _is_import_withdrawal(detail)}


def _is_import_withdrawal(detail: dict) -> bool:
    """Whether an audit entry says so; a text that an undo has restored may have ended since, as its editor decided."""
    return bool(detail.get("is_import")) and not detail.get("restored")


def _read_editions(publications: Iterable[int]) -> dict[int, list[Edition]]:
    """Return the editions of publications by primary key of these, without those that were cancelled."""
    editions: dict[int, list[Edition]] = defaultdict(list)
    for edition in Edition.objects.not_cancelled().filter(publication__in=list(publications)).defer(*TEXTS):
        editions[edition.publication_id].append(edition)
    return editions


@retry_with_reserved_space
@transaction.atomic
def undo(
    publication: Publication,
    *,
    by,
    edition: int | None = None,
    state: str | None = None,
    import_editions: Collection[int] | None = None,
) -> Edition | None:
    """Undo the last action of a publication.

    Args:
        edition: the number of the edition that the editor wants to undo; None is not compared.
        state: the `public_state` that the editor saw; None is not compared.
        import_editions: the primary keys of the editions that an import has published, to undo that import; None to
            undo the last action.

    Returns:
        The new edition where a text is public again, else None.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
        Outdated: what is public has changed since the editor saw it.
        ActionRefused: there is nothing to undo.
    """
    action = begin_action(by=by, publication=publication)
    publication = lock_publication(publication)
    refuse_outdated_state(publication, state)
    editions = _read_editions([publication.pk])[publication.pk]
    is_import = import_editions is not None
    plan = _plan_import(editions, action.at, import_editions) if is_import else _plan(editions, action.at)
    if not plan:
        raise ActionRefused(
            _("There is nothing to take back here. To change what readers see, publish the draft.")
        )
    if edition is not None and edition != plan.edition.number:
        raise Outdated(_("Something else has been published since. Look again before you take it back."))
    restored = _UNDO_FUNCTIONS[plan.type](publication, plan, action)
    revoke_confirmation(publication)
    reason = find_missing_approval(restored) if restored else ""
    is_unapproved = bool(restored) and (bool(reason) or needs_approval(publication))
    if is_unapproved:
        store_unapproved_news(restored, by=by, at=action.at)
    store_missing_translation_news(publication, by=by, at=action.at)
    search.sync_publication(publication, action.at)
    action.write_audit_entry(
        _ACTION_TYPES.get(plan.type, ActionType.UNDO),
        plan.edition,
        publication=publication,
        recorded_editions=(restored,),
        edition=plan.edition.number,
        restored=plan.restored.number if plan.restored else None,
        is_import=is_import,
        without_approval=reason,
        by_one_person=is_unapproved,
    )
    return restored


def _plan(editions: Sequence[Edition], at: datetime) -> UndoPlan | None:
    """Return a plan for the last action; `editions` are those of the publication that are not cancelled."""
    if scheduled := _scheduled_of(editions, at):
        return UndoPlan(UndoType.CANCEL, scheduled)
    live = _live_of(editions, at)
    if not live:
        return _plan_republication(editions, at)
    if live.restored_from_id and not live.is_retracted:
        return None
    return _plan_replacement(live, editions, at)


def _plan_import(
    editions: Sequence[Edition], at: datetime, import_editions: Collection[int]
) -> UndoPlan | None:
    live = _live_of(editions, at)
    if not live or _scheduled_of(editions, at) or _origin_of(live, editions).pk not in import_editions:
        return None
    return _plan_replacement(live, editions, at, import_editions)


def _scheduled_of(editions: Sequence[Edition], at: datetime) -> Edition | None:
    return next((each for each in editions if not each.end_reason and each.visible_from > at), None)


def _live_of(editions: Sequence[Edition], at: datetime) -> Edition | None:
    return next((each for each in editions if each.visible_from <= at < each.visible_until), None)


def _plan_replacement(
    live: Edition, editions: Sequence[Edition], at: datetime, import_editions: Collection[int] = ()
) -> UndoPlan:
    previous = _find_previous(live, editions, at, import_editions)
    if not previous:
        return UndoPlan(UndoType.WITHDRAW, live)
    return UndoPlan(UndoType.RESTORE, live, previous, previous.expires_at)


def _find_previous(
    edition: Edition, editions: Sequence[Edition], at: datetime, import_editions: Collection[int]
) -> Edition | None:
    """Return the edition that readers saw before this one, without those that an import has published, or None."""
    start = _origin_of(edition, editions).visible_from
    before = (
        each
        for each in editions
        if each.end_reason != EndReason.UNDONE
        and each.visible_until == start > each.visible_from
        and each.expires_at > at
    )
    previous = next(before, None)
    if previous and _origin_of(previous, editions).pk in import_editions:
        return _find_previous(previous, editions, at, import_editions)
    return previous


def _origin_of(edition: Edition, editions: Sequence[Edition]) -> Edition:
    """Return the edition whose text this one shows again, or itself."""
    by_pk = {each.pk: each for each in editions}
    while edition.restored_from_id:
        edition = by_pk[edition.restored_from_id]
    return edition


def _plan_republication(editions: Sequence[Edition], at: datetime) -> UndoPlan | None:
    """Return a plan for the text that was withdrawn last, unless it would have ended by now."""
    started = [edition for edition in editions if edition.visible_from <= at]
    last = max(started, key=lambda edition: edition.visible_from, default=None)
    if not last or last.end_reason != EndReason.WITHDRAWN:
        return None
    until = _end_before_withdrawal(last)
    return UndoPlan(UndoType.REPUBLISH, last, last, until) if until > at else None


def _end_before_withdrawal(edition: Edition) -> datetime:
    """Return the end that a withdrawn edition had: withdrawing has replaced it, its audit entry has kept it."""
    entry = (
        AuditEntry.objects.filter(
            publication=edition.publication_id, action=ActionType.WITHDRAW, detail__edition=edition.number
        )
        .order_by("-site_version")
        .first()
    )
    until = entry.detail.get("until") if entry else None
    return datetime.fromisoformat(until) if until else FOREVER


def _cancel(publication: Publication, plan: UndoPlan, action: ActionContext) -> None:
    cancel_scheduled(publication, action.at)
    publication.press_links.revoke()


def _withdraw(publication: Publication, plan: UndoPlan, action: ActionContext) -> None:
    end_edition(plan.edition, at=action.at, reason=EndReason.UNDONE)


def _restore(publication: Publication, plan: UndoPlan, action: ActionContext) -> Edition:
    end_edition(plan.edition, at=action.at, reason=EndReason.UNDONE)
    return _store_copy(publication, plan, action)


def _republish(publication: Publication, plan: UndoPlan, action: ActionContext) -> Edition:
    edition = _store_copy(publication, plan, action)
    store_republication_news(edition, by=action.by)
    return edition


def _store_copy(publication: Publication, plan: UndoPlan, action: ActionContext) -> Edition:
    copy = copy_edition(plan.restored)
    edition = copy.edition
    edition.number = publication.editions.next_number()
    edition.change, edition.published_by = Change.SILENT, action.by
    edition.visible_from, edition.expires_at, edition.visible_until = action.at, plan.until, plan.until
    edition.restored_from = plan.restored
    return store_editions([copy])[0]


_UNDO_FUNCTIONS = {
    UndoType.CANCEL: _cancel,
    UndoType.RESTORE: _restore,
    UndoType.WITHDRAW: _withdraw,
    UndoType.REPUBLISH: _republish,
}
_ACTION_TYPES = {UndoType.CANCEL: ActionType.CANCEL, UndoType.REPUBLISH: ActionType.REPUBLISH}
