"""Read what mails may have named before texts ended, by as many queries for many endings as for one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from publications.locales import LOCALES
from publications.models import Edition, EndReason, list_showing_locales

from .events import TYPE_OF_CHANGE, is_news
from .models import AlertEvent, AlertType, Timing
from .periods import PERIODS, list_matched, next_end
from .retention import MAIL_DAYS

LONGEST_PERIOD = max(period.length for period in PERIODS.values())
EDITION_COLUMNS = ("publication_id", "language", "translation_group", "change", "end_reason", "published_at")

type Limits = Mapping[tuple[Timing, str], datetime]
"""By when readers of a timing and a locale had chosen a text, to count as mailed about it."""


class Digest(NamedTuple):
    """The daily or weekly mail that an event was in: when its period ended, and the locales whose readers it named."""

    timing: Timing
    end: datetime
    locales: tuple[str, ...]


class EarlierEvent(NamedTuple):
    """An event whose mails may be kept."""

    pk: int
    edition: int
    publication: int
    matched_at: datetime
    digests: tuple[Digest, ...]


class EarlierEvents:
    """The events before some endings, of the same publications."""

    def __init__(self, endings: Sequence[AlertEvent]) -> None:
        publications = {event.edition.publication_id for event in endings}
        editions = Edition.objects.ever_public().filter(publication__in=publications)
        self._editions = list(
            editions.order_by("-visible_from", "-pk").only(*EDITION_COLUMNS, "visible_from", "visible_until")
        )
        self._languages = self._list_languages()
        self._events = [self._place(event) for event in _list_logged(publications)]

    def list_before(self, ending: AlertEvent) -> list[EarlierEvent]:
        """Return the other events of the publication, or of an edition that was taken back."""
        publication, edition = ending.edition.publication_id, ending.edition_id
        is_mistake = ending.type == AlertType.TAKEN_BACK
        return [
            event
            for event in self._events
            if event.pk != ending.pk
            and event.publication == publication
            and (event.edition == edition or not is_mistake)
        ]

    def find_limits(self, ending: AlertEvent) -> Limits:
        """Return by when readers had chosen what was last in mails of which the log says no more; empty if none was."""
        if not (edition := self._find_last_unlogged(ending.edition.publication_id)):
            return {}
        at = edition.visible_from
        ends = {Timing.AT_ONCE: at, **{timing: next_end(timing, at) for timing in PERIODS}}
        return {
            (timing, locale): end
            for timing, end in ends.items()
            for locale in self._list_locales(edition, end)
        }

    def _find_last_unlogged(self, publication: int) -> Edition | None:
        limit = timezone.now() - timedelta(days=MAIL_DAYS)
        mailed = (
            edition
            for edition in self._editions
            if edition.publication_id == publication
            and edition.visible_from <= limit
            and edition.change in TYPE_OF_CHANGE
            and edition.end_reason != EndReason.UNDONE
            and is_news(TYPE_OF_CHANGE[edition.change], edition, edition.visible_from)
        )
        return next(mailed, None)

    def _place(self, event: AlertEvent) -> EarlierEvent:
        return EarlierEvent(
            event.pk,
            event.edition_id,
            event.edition.publication_id,
            event.matched_at,
            tuple(self._list_digests(event)),
        )

    def _list_digests(self, event: AlertEvent) -> Iterator[Digest]:
        for timing in PERIODS:
            end = next_end(timing, event.matched_at - timedelta.resolution)
            yield Digest(timing, end, self._list_locales(event.edition, end))

    def _list_locales(self, edition: Edition, at: datetime) -> tuple[str, ...]:
        """Return the locales that listed a text at a moment, by its translations of then."""
        languages = {
            language
            for language, start, end in self._languages[edition.translation_group]
            if start <= at < end
        }
        return tuple(code for code in LOCALES if code in list_showing_locales(edition.language, languages))

    def _list_languages(self) -> Mapping[int, list[tuple[str, datetime, datetime]]]:
        """Return when there was which language of the translation groups."""
        groups = {edition.translation_group for edition in self._editions}
        editions = Edition.objects.ever_public().filter(translation_group__in=groups).order_by()
        columns = ("translation_group", "language", "visible_from", "visible_until")
        languages: dict[int, list[tuple[str, datetime, datetime]]] = defaultdict(list)
        for group, *language_and_times in editions.values_list(*columns):
            languages[group].append(tuple(language_and_times))
        return languages


def _list_logged(publications: set[int]) -> list[AlertEvent]:
    """Return the events of publications whose mails may be kept."""
    now = timezone.now()
    events = list_matched(now - timedelta(days=MAIL_DAYS) - LONGEST_PERIOD, now)
    columns = (f"edition__{name}" for name in ("publication_id", "language", "translation_group"))
    own = events.filter(edition__publication__in=publications).select_related("edition")
    return list(own.only("edition_id", "matched_at", *columns).order_by("pk"))
