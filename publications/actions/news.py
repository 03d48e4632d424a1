"""The news that an edition brings, stored by the action that stores the edition."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from publications.models import (
    CHANGES_TO_FOLLOW,
    Author,
    Change,
    Edition,
    Image,
    Kind,
    NameRemovalRecord,
    NewsEvent,
    NewsType,
    Publication,
    find_outdated_translations,
    needs_approval,
)

REMINDER_TIME = time(6)
"""When on the day before, in the time zone of the site: ahead of the daily mail."""
NEWS_OF_CHANGES = {
    Change.FIRST: NewsType.PUBLISHED,
    Change.CORRECTION: NewsType.CORRECTED,
    Change.UPDATE: NewsType.CORRECTED,
    Change.RETRACTION: NewsType.CORRECTED,
    Change.CONCERN: NewsType.CORRECTED,
    Change.LIFTED: NewsType.CORRECTED,
}
"""Silent fixes are no news."""


def store_news(edition: Edition, *, by, at: datetime) -> None:
    """Store the news of a new edition: its publication and, of a scheduled one, a reminder on the day before."""
    NewsEvent.objects.bulk_create(_events_of(edition, by=by, at=at))
    if edition.change in CHANGES_TO_FOLLOW:
        store_translation_news(edition, by=by, at=edition.visible_from)


def store_unapproved_news(edition: Edition, *, by, at: datetime, is_withdrawn: bool = False) -> None:
    """Store that one person published, scheduled, marked, retracted or withdrew an edition whose kind needs two."""
    NewsEvent.objects.create(
        type=NewsType.UNAPPROVED,
        happens_at=at,
        by=by,
        publication_id=edition.publication_id,
        edition=edition,
        counts={"withdrawn": 1} if is_withdrawn else {},
    )


def store_rule_news(kind: Kind, *, by, at: datetime) -> None:
    """Store that a kind needs two people from now on, or no longer."""
    counts = {"kind": kind.pk, "needs_approval": kind.needs_approval}
    NewsEvent.objects.create(type=NewsType.UNAPPROVED, happens_at=at, by=by, counts=counts)


def store_signature_news(author: Author, *, by, at: datetime) -> None:
    """Store that published editions that needed two people are signed with another name, or lead to the author."""
    if _needs_two_people(Edition.objects.filter(bylines__author=author)):
        NewsEvent.objects.create(type=NewsType.UNAPPROVED, happens_at=at, by=by, counts={"author": author.pk})


def store_picture_news(image: Image, *, by, at: datetime) -> None:
    """Store that published editions that needed two people show another picture, or another text about it."""
    if _needs_two_people(Edition.objects.filter(image_rows__image=image)):
        NewsEvent.objects.create(type=NewsType.UNAPPROVED, happens_at=at, by=by, counts={"image": image.pk})


def store_redaction_news(publication: Publication, *, by) -> None:
    """Store that one person redacted a passage of a publication that needs two, if it is or was public, or waits."""
    edition = publication.editions.not_cancelled().latest()
    if edition and needs_approval(publication):
        NewsEvent.objects.create(
            type=NewsType.UNAPPROVED, by=by, publication=publication, edition=edition, counts={"redacted": 1}
        )


def store_name_removal_news(record: NameRemovalRecord, *, by) -> None:
    """Store that one person removes a name everywhere, if anything that is or was public, or waits, needed two."""
    if _needs_two_people(Edition.objects.all()):
        NewsEvent.objects.create(type=NewsType.UNAPPROVED, by=by, counts={"name_removal": record.pk})


def _needs_two_people(editions: QuerySet[Edition]) -> bool:
    """Return whether any of these is of a publication whose editions have needed two people; cancelled ones aside."""
    needing = Edition.objects.not_cancelled().filter(kind__needs_approval=True)
    return editions.not_cancelled().filter(publication__in=needing.values("publication")).exists()


def store_translation_news(edition: Edition, *, by, at: datetime) -> None:
    """Store which texts in other languages do not follow an edition that starts or is withdrawn at the given time."""
    outdated = find_outdated_translations([edition.publication.source_publication.pk], at=at)
    NewsEvent.objects.bulk_create(
        NewsEvent(
            type=NewsType.TRANSLATION, happens_at=at, by=by, publication=each.publication, edition=edition
        )
        for each in outdated
        if each.counterpart.pk == edition.publication_id
        and each.edition == edition.number
        and (each.is_public or not each.is_ended)
    )


def store_republication_news(edition: Edition, *, by) -> None:
    """Store that a withdrawn text is public again, as the news of its first publication were withdrawn with it."""
    NewsEvent.objects.create(
        type=NewsType.PUBLISHED,
        happens_at=edition.visible_from,
        by=by,
        publication_id=edition.publication_id,
        edition=edition,
    )


def store_missing_translation_news(publication: Publication, *, by, at: datetime) -> None:
    """Store what has not followed in the group of a publication and is not among the news, as after an undo."""
    news = NewsEvent.objects.due().current().filter(type=NewsType.TRANSLATION)
    for each in find_outdated_translations([publication.source_publication.pk]):
        if news.filter(publication=each.publication, edition__publication=each.counterpart).exists():
            continue
        editions = each.counterpart.editions
        NewsEvent.objects.create(
            type=NewsType.TRANSLATION,
            happens_at=each.at if each.is_ended else at,
            by=by,
            publication=each.publication,
            edition=editions.live().first() or editions.get(number=each.edition),
        )


def move_news(scheduled: Edition, copy: Edition) -> None:
    """Let the news of a scheduled edition hold for its copy, which takes its place; no news is repeated.

    That nobody approved it stays with the edition that it was said of.
    """
    news = NewsEvent.objects.filter(edition=scheduled).exclude(type=NewsType.UNAPPROVED)
    if copy.change == Change.SILENT:
        news.exclude(type=NewsType.TOMORROW).delete()
    news.update(edition=copy)


def _events_of(edition: Edition, *, by, at: datetime) -> Iterable[NewsEvent]:
    rows = {"by": by, "publication_id": edition.publication_id, "edition": edition}
    if news_type := NEWS_OF_CHANGES.get(Change(edition.change)):
        yield NewsEvent(type=news_type, happens_at=edition.visible_from, **rows)
    if edition.is_scheduled and (reminded_at := _reminder(edition.visible_from, at)):
        yield NewsEvent(type=NewsType.TOMORROW, happens_at=reminded_at, **rows)


def _reminder(starts_at: datetime, now: datetime) -> datetime | None:
    """Return the morning before, or now if that is past; None on the day itself."""
    day_before = timezone.localtime(starts_at).date() - timedelta(days=1)
    if timezone.localtime(now).date() > day_before:
        return None
    return max(now, timezone.make_aware(datetime.combine(day_before, REMINDER_TIME)))
