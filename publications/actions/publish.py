"""Publish drafts: now or later, for ever or until a given time, one draft or a thousand in the same way.

Each draft is checked and planned before anything is written. Then series numbers, drafts, addresses, revisions,
editions with their rows and audit entries are written, each in as many statements for a thousand drafts as for one.
No other module makes editions of drafts.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from publications import search
from publications.models import (
    FOREVER,
    ActionType,
    Address,
    AuditEntry,
    Change,
    Edition,
    Publication,
    Revision,
    RevisionReason,
    SeriesNumber,
)
from publications.snapshot import PrerenderedTexts

from .changed_pages import find_publications_showing
from .news import move_news, store_news, store_unapproved_news
from .publish_batch import PublishBatch
from .publish_plan import PublishOptions, PublishPlan, plan_edition
from .transaction import ActionRefused, ClockBehind, save_site_version, store_audit_entries
from .windows import cancel_scheduled, cut_windows, reschedule, store_editions

MAX_DRAFTS_WITH_CHANGED_PUBLICATIONS = 20
"""If more are published together, as by an import, every page counts as changed."""

PublishResult = Edition | ActionRefused
"""The edition of a draft, or why there is none."""


@transaction.atomic
def publish(
    publication: Publication,
    *,
    by: User | None,
    at: datetime | None = None,
    until: datetime | None = None,
    change: Change | str | None = None,
    note: str = "",
    seen: str | None = None,
    state: str | None = None,
    keep_scheduled: bool = False,
    without_approval: str = "",
    although_hidden: bool = False,
) -> Edition:
    """Make a draft public, now or at the given time, for ever or until a given time.

    Args:
        at: when the edition becomes live; None means now.
        until: when it ends; None means never.
        change: the type of change since the previous edition, a silent fix when None; the first is always `first`.
        note: what readers read about a correction or an update. A correction needs one.
        seen: the digest of the draft that the editor saw; None is not compared.
        state: the `public_state` that the editor saw; None is not compared.
        keep_scheduled: let a scheduled edition become live at its time, after this one, instead of replacing it.
        without_approval: why a kind that needs two people is published by one, or why its scheduled edition is kept,
            which nobody has approved after this one; news for all staff.
        although_hidden: publish it also if the site that it was imported from hid it: the reason is gone, unless
            this edition is cancelled or undone.

    Returns:
        The stored edition.

    Raises:
        NotReady: a required field is missing (`reasons` lists them), the old site hid it, or an issue of the newsletter
            has what is scheduled for later.
        Outdated: the draft or what is public has changed since the editor saw it.
        ClockBehind: the clock of the server is behind the last action.
        ActionRefused: the draft cannot be published in this way.
    """
    options = PublishOptions(
        at=at, until=until, change=change, note=note, seen=seen, state=state, keep_scheduled=keep_scheduled,
        without_approval=without_approval, although_hidden=although_hidden,
    )  # fmt: skip
    result = _publish({publication.pk: options}, by=by, brings_news=True)[publication.pk]
    if isinstance(result, ActionRefused):
        raise result
    publication.refresh_from_db()
    return result


@transaction.atomic
def publish_many(
    publications: Sequence[Publication],
    *,
    by: User | None,
    prerendered: PrerenderedTexts | None = None,
    until_by_pk: Mapping[int, datetime] | None = None,
    defer_similarity: bool = False,
    without_approval: str = "",
    was_public_elsewhere: bool = False,
    although_hidden: bool = False,
) -> list[PublishResult]:
    """Publish drafts now, each by an action with an audit entry and a site version of its own, without news for staff.

    Args:
        prerendered: texts that were rendered before the transaction.
        until_by_pk: when the editions of some publications end, by primary key of the publication.
        defer_similarity: leave the similarity of first editions to `search.similarity.complete`.
        without_approval: why kinds that need two people are published by one.
        was_public_elsewhere: whether the publications were public on another site: they get no new series numbers.
        although_hidden: publish also those that the site that they were imported from hid.

    Returns:
        For each publication its edition, or why it was refused. A refusal does not affect the others.

    Raises:
        ClockBehind: the clock of the server is behind the last action. Nothing is published.
    """
    ends = until_by_pk or {}
    options = {
        publication.pk: PublishOptions(
            until=ends.get(publication.pk),
            without_approval=without_approval,
            may_be_numbered=not was_public_elsewhere,
            although_hidden=although_hidden,
        )
        for publication in publications
    }
    results = _publish(options, by=by, prerendered=prerendered, defer_similarity=defer_similarity)
    return [results[publication.pk] for publication in publications]


def _publish(
    options: Mapping[int, PublishOptions],
    *,
    by: User | None,
    prerendered: PrerenderedTexts | None = None,
    defer_similarity: bool = False,
    brings_news: bool = False,
) -> dict[int, PublishResult]:
    """Publish the drafts with these primary keys; return the result for each. Raises ClockBehind."""
    if not options:
        return {}
    batch = PublishBatch(list(options), by=by, prerendered=prerendered or {})
    results: dict[int, PublishResult] = {}
    plans: list[PublishPlan] = []
    for publication in batch.publications:
        try:
            with batch.open_action(publication) as action:
                plans.append(plan_edition(publication, options[publication.pk], action, batch))
        except ClockBehind:
            raise
        except ActionRefused as refusal:
            results[publication.pk] = refusal
    if plans:
        _store_plans(plans, batch)
        changed = _find_changed_publications(plans)  # where they were shown until now
        _update_search(plans, defer_similarity=defer_similarity)
        changed = None if changed is None else changed | _find_changed_publications(plans)
        store_audit_entries([_build_audit_entry(plan, changed) for plan in plans])
        _store_unapproved_news(plans, by=by)
        if brings_news:
            _store_news_of(plans, by=by)
        save_site_version(batch.site_version)
    return results | {plan.publication.pk: plan.edition for plan in plans}


def _store_plans(plans: Sequence[PublishPlan], batch: PublishBatch) -> None:
    for plan in plans:
        if plan.scheduled:
            plan.replaced = cancel_scheduled(plan.publication, plan.action.at)
    _store_drafts(plans, batch)
    for plan in plans:
        plan.edition.digest = plan.publication.digest
        if not plan.is_first:
            cut_windows(plan.publication, at=plan.window.start)
    store_editions([plan.rows for plan in plans])
    for plan in plans:
        if plan.scheduled and plan.options.keep_scheduled:
            plan.kept_without_approval = plan.find_kept_reason()
            plan.rescheduled = reschedule(plan.scheduled, after=plan.edition)
        if plan.edition.is_scheduled:
            plan.publication.press_links.open().update(embargoed_until=plan.edition.visible_from)


def _store_unapproved_news(plans: Sequence[PublishPlan], *, by: User | None) -> None:
    """Store the news that one person published what needs two, also for an import: it is news for all staff."""
    for plan in plans:
        if plan.is_unapproved:
            store_unapproved_news(plan.edition, by=by, at=plan.action.at)
        if plan.kept_without_approval:
            store_unapproved_news(plan.rescheduled, by=by, at=plan.action.at)


def _store_news_of(plans: Sequence[PublishPlan], *, by: User | None) -> None:
    for plan in plans:
        store_news(plan.edition, by=by, at=plan.action.at)
        if plan.rescheduled:
            move_news(plan.scheduled.edition, plan.rescheduled)


def _store_drafts(plans: Iterable[PublishPlan], batch: PublishBatch) -> None:
    """Store the drafts with their addresses and series numbers, and a revision of each, which sets its digest."""
    SeriesNumber.objects.bulk_create(number for number in batch.series_numbers.values() if not number.pk)
    changed = [plan.publication for plan in plans if plan.is_draft_changed]
    Publication.objects.bulk_update(changed, ["published_at", "series_number", "slug"])
    Address.objects.bulk_create(
        batch.addresses, ignore_conflicts=True
    )  # an address may already be that of its publication
    if hidden := [plan.publication.pk for plan in plans if plan.publication.hidden_reason]:
        Publication.objects.filter(pk__in=hidden).update(hidden_reason=None)
    publications = [plan.publication for plan in plans]
    Revision.objects.create_many_from(
        publications, by=batch.by, reason=RevisionReason.PUBLISHED, reload=False
    )


def _update_search(plans: Sequence[PublishPlan], *, defer_similarity: bool) -> None:
    search.index_editions([plan.rows for plan in plans if plan.is_first], defer_similarity=defer_similarity)
    for plan in plans:
        if not plan.is_first:
            search.sync_publication(plan.publication, plan.action.at)


def _find_changed_publications(plans: Sequence[PublishPlan]) -> set[int] | None:
    """Return the publications whose pages show the drafts, or None (every page) for many drafts."""
    if len(plans) > MAX_DRAFTS_WITH_CHANGED_PUBLICATIONS:
        return None
    return find_publications_showing([plan.publication.pk for plan in plans])


def _build_audit_entry(plan: PublishPlan, changed_publications: Collection[int] | None) -> AuditEntry:
    edition = plan.edition
    return plan.action.build_audit_entry(
        ActionType.SCHEDULE if edition.is_scheduled else ActionType.PUBLISH,
        edition,
        publication=plan.publication,
        changed_publications=changed_publications,
        recorded_editions=(edition, plan.rescheduled),
        public=None
        if plan.approvals is None
        else {"two_people": [approval.site_version for approval in plan.approvals]},
        edition=edition.number,
        change=edition.change,
        note=edition.change_note,
        at=edition.visible_from.isoformat(),
        until=edition.expires_at.isoformat() if edition.expires_at < FOREVER else "",
        replaced=plan.replaced.number if plan.replaced else None,
        kept=plan.rescheduled.number if plan.rescheduled else None,
        kept_without_approval=plan.kept_without_approval,
        approved_by=[approval.approved_by.get_username() for approval in plan.approvals or ()],
        without_approval=plan.options.without_approval.strip() if plan.is_unapproved else "",
        although_hidden=plan.publication.hidden_reason,
    )
