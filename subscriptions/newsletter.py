"""Issues of the newsletter: what a new one may have, and what one has, as it is now.

An issue is a publication of the kind `NEWSLETTER`. What it has are its related links, so that a publication which was
withdrawn, corrected or redacted is shown, and mailed, as readers see it at that moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from publications.locales import absolute_url, other_language_label
from publications.models import (
    NEWSLETTER,
    Edition,
    EditionTag,
    EndReason,
    Publication,
    RelatedLink,
    TagKind,
    issue_editions,
    truncate_to_minute,
)
from publications.presentation import build_teasers

from .labels import join_details

MAX_PROPOSED = 20
"""As many as a publication may link to."""
FIRST_PERIOD = timedelta(days=30)
"""What the first issue proposes: publications of this long."""


@dataclass(frozen=True)
class IssueItem:
    """A publication in an issue.

    Attributes:
        title: with what marks a retraction or concern.
        details: its kind, its authors, the day of its publication, and its language if another than that of the mail.
        language, direction: those of the text.
        url: absolute.
    """

    title: str
    details: str
    summary: str
    language: str
    direction: str
    url: str


@dataclass(frozen=True)
class ProposedTopic:
    """Publications that are new since the last issue, under the first of their themes by name.

    Attributes:
        label: the name of the theme, or what stands for none.
        editions: the newest first; `in_issue` of each is another issue that is not public and has it, or None.
    """

    label: str
    editions: list[Edition]


def build_issue(edition: Edition) -> list[IssueItem]:
    """Return what an issue has, in its order and in the current language: live editions, as they are now.

    Args:
        edition: of the issue; one that is not stored yet has the links of its publication as well.

    Returns:
        The items, without publications that readers do not see now.
    """
    editions = issue_editions([edition.publication_id])[edition.publication_id]
    return [
        IssueItem(
            title=each.marked_title,
            details=join_details(
                teaser.kind, teaser.byline, teaser.published_on, other_language_label(each.language)
            ),
            summary=each.summary,
            language=each.language,
            direction=each.direction,
            url=absolute_url(each.get_absolute_url()),
        )
        for each, teaser in zip(editions, build_teasers(editions), strict=True)
    ]


def find_last_issue(language: str) -> Edition | None:
    """Return the first edition of the issue in a language that readers saw last, withdrawn or not, but not taken back.

    A correction makes no issue a later one: what was new between the two would never be proposed.

    Args:
        language: the code of the language of the issue.
    """
    issues = _list_issues(language)
    earlier = issues.filter(publication=OuterRef("publication"), number__lt=OuterRef("number"))
    return issues.filter(~Exists(earlier)).order_by("-published_at", "-pk").first()


def _list_issues(language: str) -> QuerySet:
    """Return the editions of issues in a language that readers see or saw, without those that were taken back."""
    issues = Edition.objects.ever_public().filter(kind__slug=NEWSLETTER, language=language)
    return issues.exclude(end_reason=EndReason.UNDONE)


def propose_topics(locale: str) -> list[ProposedTopic]:
    """Return what is new for readers of a locale since its last issue, or was not public then and is again, by topic.

    Args:
        locale: its code, which is the language of its issues.

    Returns:
        The largest topic first, those without one last; at most `MAX_PROPOSED` editions in all.
    """
    last = find_last_issue(locale)
    since = truncate_to_minute(last.published_at) if last else timezone.now() - FIRST_PERIOD
    is_new = Q(published_at__gte=since)
    if last:
        is_new |= Q(pk__in=_list_back(last)) & ~Q(publication__in=_list_mailed(locale))
    editions = Edition.objects.live().listed().for_locale(locale).filter(is_new)
    if last:
        editions = editions.exclude(publication__linked_from__source=last.publication_id)
    newest = list(editions.newest_first().select_related("kind").without_texts()[:MAX_PROPOSED])
    _mark_chosen(newest, locale)
    return _group_by_topic(newest)


def _list_back(last: Edition) -> QuerySet:
    """Return the keys of live editions before which nothing was public when an issue became public."""
    at = last.visible_from
    shown = Edition.objects.not_cancelled().filter(
        publication=OuterRef("publication"), visible_from__lte=at, visible_until__gt=at
    )
    earlier = Edition.objects.ever_public().filter(
        publication=OuterRef("publication"), number__lt=OuterRef("number"), visible_until__lte=at
    )
    return Edition.objects.live().filter(~Exists(shown), Exists(earlier), visible_from__gte=at).values("pk")


def _list_mailed(language: str) -> QuerySet:
    """Return the keys of the publications that the public issues in a language have."""
    issues = _list_issues(language).values("publication")
    return RelatedLink.objects.filter(source__in=issues).values("target")


def _mark_chosen(editions: Sequence[Edition], language: str) -> None:
    """Set `in_issue` of each edition: the newest issue in a language that has it and is not public."""
    live = Edition.objects.live().values("publication")
    issues = Publication.objects.filter(kind__slug=NEWSLETTER, language=language).exclude(pk__in=live)
    links = RelatedLink.objects.filter(
        source__in=issues, target__in=[each.publication_id for each in editions]
    )
    chosen = {link.target_id: link.source for link in links.select_related("source").order_by("source")}
    for edition in editions:
        edition.in_issue = chosen.get(edition.publication_id)


def list_proposed(pks: Iterable[int | None]) -> list[int]:
    """Return those of these publications that are public, each once, as many as an issue may have.

    Args:
        pks: keys of publications in the order of the issue; None and what there is not are left out.
    """
    keys = list(dict.fromkeys(pk for pk in pks if pk))
    live = set(Edition.objects.live().filter(publication__in=keys).values_list("publication", flat=True))
    return [pk for pk in keys if pk in live][:MAX_PROPOSED]


def _group_by_topic(editions: Sequence[Edition]) -> list[ProposedTopic]:
    rows = EditionTag.objects.filter(edition__in=editions, tag__kind=TagKind.THEME).select_related("tag")
    labels: dict[int, str] = {}
    for row in rows.order_by("tag__name"):
        labels.setdefault(row.edition_id, row.tag.label)
    topics: dict[str, list[Edition]] = {}
    for edition in editions:
        topics.setdefault(labels.get(edition.pk, ""), []).append(edition)
    ordered = sorted(topics.items(), key=lambda topic: (not topic[0], -len(topic[1]), topic[0]))
    return [ProposedTopic(label or _("Without a topic"), each) for label, each in ordered]
