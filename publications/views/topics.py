"""The list of topics, countries and series, and the page of each; teasers by kind."""

from operator import attrgetter
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from publications.locales import current_locale
from publications.models import (
    Author,
    Edition,
    Kind,
    Tag,
    count_authors,
    count_by_facet,
    count_tags,
    editions_by_kind,
    facet_of,
    is_public,
    kinds_by_pk,
    site_settings,
    top_counts,
    topic_lead,
)
from publications.presentation import (
    AuthorSummary,
    Teaser,
    TeaserGroup,
    author_summaries,
    breadcrumb,
    build_lead_teaser,
    build_teasers,
    feeds_for,
    paragraphs_html,
    paths_in_locales,
    render_page,
    teaser_groups,
    topic_summaries_by_kind,
)

from .descriptions import breadcrumb_context, describe_topic, describe_topics

MAX_AUTHORS = 8


def tags_with_counts() -> list[Tag]:
    """Return all tags of live editions that the locale lists, with their counts."""
    return Tag.objects.order_by("pk").attach_counts(count_tags(current_locale(), {}))


def topic_list(request: HttpRequest) -> HttpResponse:
    """List all topics, countries and series with live publications."""
    site = site_settings()
    return render_page(
        request,
        "pages/topics.html",
        section="topics",
        title=_("Topics"),
        site=site,
        description=describe_topics(site),
        has_social_image=True,
        canonical=request.path,
        topics=SimpleLazyObject(lambda: topic_summaries_by_kind(tags_with_counts())),
        **breadcrumb_context(request, breadcrumb(_("Topics"))),
        alternates=paths_in_locales("publications:topics"),
    )


def topic_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a topic: its lead, the newest publications of each kind, and who writes on it."""
    tag, site = topic_or_404(slug), site_settings()
    return render_page(
        request,
        "pages/topic.html",
        section="topics",
        title=tag.label,
        site=site,
        description=describe_topic(tag, site),
        has_social_image=True,
        canonical=request.path,
        label=facet_of(tag).label,
        introduction=paragraphs_html(tag.introduction),
        responsible=_responsible_author(tag),
        feeds=feeds_for(current_locale(), tag=tag),
        **_topic_context(tag),
        **breadcrumb_context(request, breadcrumb((_("Topics"), "publications:topics"), tag.label)),
        alternates=paths_in_locales("publications:topic", slug=slug),
    )


def topic_or_404(slug: str) -> Tag:
    """Return the topic with this slug. Raises Http404 also if it has no live publication."""
    tag = get_object_or_404(Tag.objects.select_related("responsible__portrait"), slug=slug)
    if not is_public(facet_of(tag), slug):
        raise Http404
    return tag


def _topic_context(tag: Tag) -> dict[str, object]:
    """Return the publications and authors of the topic in the current locale."""
    filters = {facet_of(tag).name: tag.slug}
    lead = topic_lead(current_locale(), tag)
    teasers, groups = teasers_by_kind([lead] if lead else [], tag, **filters)
    return {
        "lead": build_lead_teaser(lead, teasers[0]) if lead else None,
        "teaser_groups": groups,
        "total": sum(count_kinds(**filters).values()),
        "all_url": _list_url(**filters),
        "alert_choice": urlencode(filters),
        "people": author_summaries(_top_authors(filters)),
    }


def _top_authors(filters: dict[str, str]) -> list[Author]:
    """Return the authors with most publications, then with the newest."""
    counts = top_counts(count_authors(current_locale(), filters), MAX_AUTHORS, attrgetter("count", "newest"))
    authors = Author.objects.select_related("portrait").order_by("name").attach_counts(counts)
    return sorted(authors, key=attrgetter("edition_count", "newest"), reverse=True)[:MAX_AUTHORS]


def _responsible_author(tag: Tag) -> AuthorSummary | None:
    """Return the person responsible for the topic, or None if that is a pen name or has no live publication."""
    author = tag.responsible
    if not author or author.is_pseudonymous or not is_public(facet_of(author), author.slug):
        return None
    return author_summaries([author])[0]


def teasers_by_kind(
    leading: list[Edition], tag: Tag | None = None, **filters: str
) -> tuple[list[Teaser], list[TeaserGroup]]:
    """Return the teasers of the leading editions, and groups of the newest other editions of each kind.

    Args:
        leading: editions that the page shows above the groups.
        tag: a topic; without one, the editions of the whole locale are grouped.
        filters: the facets of the lists that the groups link to.
    """
    counts = count_kinds(**filters)
    grouped = editions_by_kind(counts, current_locale(), tag=tag, exclude=leading)
    teasers = build_teasers([*leading, *grouped])
    groups = teaser_groups(
        zip(grouped, teasers[len(leading) :], strict=True),
        counts,
        lambda kind: _list_url(kind=kind.slug, **filters),
    )
    return teasers[: len(leading)], groups


def count_kinds(**filters: str) -> dict[Kind, int]:
    """Return how many publications there are of each kind, in the order of the kinds."""
    counts = count_by_facet("kind", current_locale(), filters)
    return {kind: counts[pk].count for pk, kind in kinds_by_pk().items() if pk in counts}


def _list_url(**filters: str) -> str:
    return f"{reverse('publications:list')}?{urlencode(filters)}"
