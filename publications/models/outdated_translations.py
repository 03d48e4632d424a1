"""Translations that have not followed a change of their counterpart in another language, and checks that say they need
no change.

A translation group is replayed in the order in which its editors worked: a correction or an update leaves the other
languages behind, and whatever is published of one of these follows all that has been published of the others by then.
An edition that follows is no change that others would have to follow in turn. Silent fixes leave nobody behind.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import permutations
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.editorial_status import EditorialStatus

from .edition import Change, Edition
from .edition_queryset import WITHDRAWN_OR_UNDONE, EndReason
from .publication import Publication

CHANGES_TO_FOLLOW = (Change.CORRECTION, Change.UPDATE, Change.RETRACTION, Change.CONCERN)


class TranslationCheck(models.Model):
    """The statement of an editor that a text needs no change although its counterpart has changed or ended.

    Attributes:
        publication: the text that stays as it is.
        edition: the edition of the counterpart that the editor has seen.
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="translation_checks")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("check of a translation")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.publication} / {self.edition}"


class CounterpartEvent(models.TextChoices):
    """What happened to the counterpart that a text has not followed."""

    CORRECTED = "corrected", _("Corrected")
    UPDATED = "updated", _("Updated")
    RETRACTED = "retracted", _("Retracted")
    CONCERN = "concern", _("Expression of concern")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


@dataclass(frozen=True, kw_only=True)
class OutdatedTranslation:
    """A text that has not followed its counterpart.

    Attributes:
        publication: the text that has not followed; with `pk`, `title` and `language` alone.
        counterpart: the text that has changed or ended; the same columns.
        event: what happened to the counterpart, a correction before an update.
        at: when it happened last.
        edition: the number of the edition of the counterpart that is to be followed.
        followed: the number of the edition that was followed last, or 0.
        is_public: whether readers see the text that has not followed; otherwise it is a draft.
    """

    publication: Publication
    counterpart: Publication
    event: CounterpartEvent
    at: datetime
    edition: int
    followed: int
    is_public: bool

    @property
    def is_ended(self) -> bool:
        """Whether the counterpart is no longer public."""
        return self.event in (CounterpartEvent.WITHDRAWN, CounterpartEvent.EXPIRED)


class _Edition(NamedTuple):
    number: int
    change: str
    visible_from: datetime
    visible_until: datetime
    end_reason: str
    restored_from: int | None
    created_at: datetime
    editorial_status: str


class _Check(NamedTuple):
    at: datetime
    counterpart: int
    number: int


@dataclass
class _Member:
    """A publication of a group with its editions that were not cancelled, in order, and its checks."""

    publication: Publication
    editions: list[_Edition] = field(default_factory=list)
    checks: list[_Check] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.publication.pk

    def last_started(self, at: datetime) -> _Edition | None:
        return max(
            (edition for edition in self.editions if edition.visible_from <= at),
            key=lambda edition: edition.visible_from,
            default=None,
        )

    def is_live(self, at: datetime) -> bool:
        return any(edition.visible_from <= at < edition.visible_until for edition in self.editions)


def find_outdated_translations(
    sources: Collection[int] | None = None, *, at: datetime | None = None
) -> list[OutdatedTranslation]:
    """Return the texts that have not followed a counterpart.

    Args:
        sources: the primary keys of the source publications of groups to look at; None means all groups.
        at: the time whose state is meant; None means now.
    """
    now = at or timezone.now()
    return [
        outdated
        for members in _read_groups(_changed_sources(now) if sources is None else sources)
        for outdated in _find_in_group(members, now)
    ]


def outdated_translations_of(publication: Publication) -> list[OutdatedTranslation]:
    """Return what has not followed in the group of a publication, where it is one of the two."""
    group = find_outdated_translations([publication.source_publication.pk])
    return [each for each in group if publication.pk in (each.publication.pk, each.counterpart.pk)]


def _changed_sources(at: datetime) -> list[int]:
    """Return the source publications of groups in which anything was corrected, updated or has ended."""
    translated = Publication.objects.exclude(translation_of=None).order_by().values("translation_of")
    own = Edition.objects.filter(publication=OuterRef("pk")).order_by()
    changed = Exists(own.filter(change__in=CHANGES_TO_FOLLOW))
    ended = Exists(own.ever_public(at)) & ~Exists(own.live(at))
    members = Publication.objects.filter(Q(translation_of__isnull=False) | Q(pk__in=translated))
    sources = members.filter(changed | ended).order_by().values_list(Coalesce("translation_of", "pk"))
    return [pk for (pk,) in sources.distinct()]


def _read_groups(sources: Collection[int]) -> Iterator[list[_Member]]:
    """Yield the members of each group that has several, read in three statements."""
    in_group = Q(pk__in=sources) | Q(translation_of__in=sources)
    columns = ("title", "language", "translation_of", "created_at")
    publications = Publication.objects.filter(in_group).order_by().only(*columns)
    members = {publication.pk: _Member(publication) for publication in publications}
    rows = Edition.objects.not_cancelled().filter(publication__in=members).order_by("number")
    for pk, *values in rows.values_list("publication", *_Edition._fields):
        members[pk].editions.append(_Edition(*values))
    checks = TranslationCheck.objects.filter(publication__in=members)
    for pk, *values in checks.values_list("publication", "at", "edition__publication", "edition__number"):
        members[pk].checks.append(_Check(*values))
    groups: dict[int, list[_Member]] = defaultdict(list)
    for member in members.values():
        groups[member.publication.translation_of_id or member.pk].append(member)
    return (group for group in groups.values() if len(group) > 1)


def _find_in_group(members: list[_Member], now: datetime) -> Iterator[OutdatedTranslation]:
    to_follow = _replay(members)
    for member, counterpart in permutations(members, 2):
        last_own = member.last_started(now)
        if last_own and (not member.is_live(now) or last_own.editorial_status == EditorialStatus.RETRACTED):
            continue  # nobody reads it, or is to rely on it
        last = counterpart.last_started(now)
        has_ended = last and not counterpart.is_live(now)
        if has_ended and not _is_checked(member, counterpart, last):
            event = (
                CounterpartEvent.WITHDRAWN
                if last.end_reason in WITHDRAWN_OR_UNDONE
                else CounterpartEvent.EXPIRED
            )
            yield _outdated(member, counterpart, [last], now, event, last.visible_until)
        editions = [each for each in to_follow[member.pk, counterpart.pk] if each.visible_from <= now]
        if editions and not has_ended:
            changes = {edition.change for edition in editions}
            event = next(event for change, event in _EVENTS_OF_CHANGES.items() if change in changes)
            yield _outdated(member, counterpart, editions, now, event, editions[-1].visible_from)


_EVENTS_OF_CHANGES = {
    Change.RETRACTION: CounterpartEvent.RETRACTED,
    Change.CONCERN: CounterpartEvent.CONCERN,
    Change.CORRECTION: CounterpartEvent.CORRECTED,
    Change.UPDATE: CounterpartEvent.UPDATED,
}
"""The event of several changes is that of the first of these."""


def _replay(members: list[_Member]) -> dict[tuple[int, int], list[_Edition]]:
    """Return the editions to follow, by the primary keys of the text that has not followed and of the changed one."""
    to_follow: dict[tuple[int, int], list[_Edition]] = defaultdict(list)
    for _at, member, step in sorted(_steps(members), key=lambda step: step[0]):
        others = [other.pk for other in members if other is not member]
        if isinstance(step, _Check):
            pair = member.pk, step.counterpart
            to_follow[pair] = [edition for edition in to_follow[pair] if edition.number > step.number]
            continue
        followed = [to_follow.pop((member.pk, other), []) for other in others]
        has_followed = any(followed)
        if step and step.change == Change.LIFTED:
            for other in others:
                pair = other, member.pk
                to_follow[pair] = [edition for edition in to_follow[pair] if edition.change != Change.CONCERN]
        if step and step.change in CHANGES_TO_FOLLOW and not has_followed:
            for other in others:
                to_follow[other, member.pk].append(step)
    return to_follow


def _steps(members: Iterable[_Member]) -> Iterator[tuple[datetime, _Member, _Edition | _Check | None]]:
    """Yield what editors did: None for the beginning of a draft, an edition, or a check of a counterpart's edition."""
    for member in members:
        yield member.publication.created_at, member, None
        for edition in member.editions:
            if edition.end_reason != EndReason.UNDONE and not edition.restored_from:
                yield edition.created_at, member, edition
        for check in member.checks:
            yield check.at, member, check


def _is_checked(member: _Member, counterpart: _Member, last: _Edition) -> bool:
    """Return whether a text may stay although its counterpart ended: an editor says so, or published it since."""
    is_published = any(
        edition.created_at > last.visible_until
        for edition in member.editions
        if edition.end_reason != EndReason.UNDONE and not edition.restored_from
    )
    return is_published or any(
        check.counterpart == counterpart.pk and check.number >= last.number and check.at >= last.visible_until
        for check in member.checks
    )


def _outdated(
    member: _Member,
    counterpart: _Member,
    editions: list[_Edition],
    now: datetime,
    event: CounterpartEvent,
    at: datetime,
) -> OutdatedTranslation:
    followed = [
        each.number
        for each in counterpart.editions
        if each.number < editions[0].number and each.end_reason != EndReason.UNDONE
    ]
    return OutdatedTranslation(
        publication=member.publication,
        counterpart=counterpart.publication,
        event=event,
        at=at,
        edition=editions[-1].number,
        followed=max(followed, default=0),
        is_public=member.is_live(now),
    )
