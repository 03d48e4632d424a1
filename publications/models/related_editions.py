"""The editions shown as related to another: what staff have linked, then what is similar.

What an issue of the newsletter links to is its contents, all of it, and nothing else is shown beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from publications.locales import datetime_with_zone

from .edition import Edition
from .prepared_queries import DATETIME, INTEGER, INTEGERS, InList, PreparedQuery
from .publication import Publication, RelatedLink
from .similarity import Similarity, similar_publications
from .teasers import teaser_editions

RELATED_EDITIONS = 4


@dataclass(frozen=True)
class RelatedEdition:
    """An edition related to another: linked by staff, or with the similarity that it is suggested for."""

    edition: Edition
    similarity: Similarity | None = None


def related_editions(publication_pk: int) -> list[RelatedEdition]:
    """Return live editions of linked publications, in their order, then the most similar ones."""
    now = timezone.now()
    linked = [edition.pk for edition in _linked_editions(publication=publication_pk, now=now)]
    similar = {
        row.similar_edition_id: row for row in similar_publications(publication_pk, now, RELATED_EDITIONS)
    }
    editions = teaser_editions([*linked, *similar][:RELATED_EDITIONS])
    return [RelatedEdition(edition, similar.get(edition.pk)) for edition in editions]


def issue_editions(publication_pks: Iterable[int]) -> dict[int, list[Edition]]:
    """Return the live editions that issues of the newsletter show, in their order, by the issue's publication.

    What has been withdrawn is not among them, and what was corrected or redacted is shown as it is now.
    """
    pks: dict[int, list[int]] = {pk: [] for pk in publication_pks}
    for issue, edition in _issue_links.values_list(publications=pks, now=timezone.now()) if pks else ():
        pks[issue].append(edition)
    editions = {
        edition.pk: edition for edition in teaser_editions(pk for each in pks.values() for pk in each)
    }
    return {issue: [editions[pk] for pk in each if pk in editions] for issue, each in pks.items()}


def late_issue_items(issue: Publication, at: datetime) -> list[Edition]:
    """Return the scheduled editions of what an issue has that readers do not see at a moment, in its order."""
    late = Edition.objects.scheduled().filter(visible_from__gt=at, publication__linked_from__source=issue)
    late = late.exclude(publication__in=Edition.objects.live(at).values("publication"))
    return list(late.order_by("publication__linked_from__position").without_texts())


def late_issue_item_errors(issue: Publication, at: datetime) -> list[str]:
    """Return a sentence for each text that an issue has and that is public after it goes out, at a moment.

    Args:
        issue: of any kind: only those of the newsletter have contents.
    """
    text = _(
        "“%(title)s” is not public until %(time)s, and the mail of the issue would leave it out: schedule the issue "
        "for then or later, or take the text out of its related publications."
    )
    return [
        text % {"title": edition.title, "time": datetime_with_zone(edition.visible_from)}
        for edition in (late_issue_items(issue, at) if issue.kind.is_newsletter else ())
    ]


def _editions_linked_by_staff(publication: int, now: datetime) -> QuerySet[Edition]:
    linked = Edition.objects.live(now).filter(publication__linked_from__source=publication)
    return linked.order_by("publication__linked_from__position").only("pk")[:RELATED_EDITIONS]


_linked_editions = PreparedQuery(_editions_linked_by_staff, publication=INTEGER, now=DATETIME)
_issue_links = PreparedQuery(
    lambda publications, now: (
        RelatedLink.objects.filter(
            InList(F("source"), publications),
            target__editions__visible_from__lte=now,
            target__editions__visible_until__gt=now,
        )
        .order_by("source", "position", "pk")
        .values_list("source", "target__editions")
    ),
    publications=INTEGERS,
    now=DATETIME,
)
