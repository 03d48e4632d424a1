"""Topics, countries and series: all of them, and a page for each; teasers by kind."""

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
    count_by,
    count_tags,
    editions_by_kind,
    facet_of,
    kinds_by_pk,
    site_settings,
    top_counts,
    topic_lead,
)
from publications.presentation import (
    Teaser,
    TeaserGroup,
    author_summaries,
    breadcrumb,
    build_lead_teaser,
    build_teasers,
    feeds_for,
    paragraphs,
    paths_in_locales,
    render_page,
    teaser_groups,
    topic_summaries_by_kind,
)

from .descriptions import breadcrumb_context, describe_topic, describe_topics

PEOPLE = 8


def tags_with_counts() -> list[Tag]:
    """Return all tags of live editions that the locale lists, with their counts."""
    return Tag.objects.order_by("pk").attach_counts(count_tags(current_locale(), {}))


def topic_list(request: HttpRequest) -> HttpResponse:
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
    """What the site has on a topic."""
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
        introduction=paragraphs(tag.introduction),
        responsible=_responsible(tag),
        feeds=feeds_for(current_locale(), tag=tag),
        **_topic_context(tag),
        **breadcrumb_context(request, breadcrumb((_("Topics"), "publications:topics"), tag.label)),
        alternates=paths_in_locales("publications:topic", slug=slug),
    )


def topic_or_404(slug: str) -> Tag:
    """The topic of this address; one that no live piece names is as if it were not there."""
    tag = get_object_or_404(Tag.objects.select_related("responsible__portrait"), slug=slug)
    if not Edition.objects.live().tagged(tag).exists():
        raise Http404
    return tag


def _topic_context(tag: Tag) -> dict[str, object]:
    """What stands on it in the tree of the page: the lead, the newest of each kind, who writes, and the way to all."""
    chosen = {facet_of(tag).name: tag.slug}
    lead = topic_lead(current_locale(), tag)
    made, shelved = teasers_by_kind([lead] if lead else [], tag, **chosen)
    return {
        "lead": build_lead_teaser(lead, made[0]) if lead else None,
        "teaser_groups": shelved,
        "total": sum(count_kinds(**chosen).values()),
        "all_url": f"{reverse('publications:list')}?{urlencode(chosen)}",
        "people": author_summaries(_people(chosen)),
    }


def _people(chosen: dict[str, str]) -> list[Author]:
    """Those who write on it most, the latest first among equals."""
    top = top_counts(count_authors(current_locale(), chosen), PEOPLE, attrgetter("count", "newest"))
    authors = Author.objects.select_related("portrait").order_by("name").attach_counts(top)
    return sorted(authors, key=attrgetter("pieces", "newest"), reverse=True)[:PEOPLE]


def _responsible(tag: Tag):
    """Named while readers can know the person: by a live piece, and not under a pen name."""
    person = tag.responsible
    if not person or person.is_pseudonymous or not Edition.objects.live().authored_by(person).exists():
        return None
    return author_summaries([person])[0]


def teasers_by_kind(
    above: list[Edition], tag: Tag | None = None, **asked: str
) -> tuple[list[Teaser], list[TeaserGroup]]:
    """The cards of what stands above; then the newest of each kind but those, in the tree or on the tag in it.

    `asked` are the filters of the lists behind the groups.
    """
    counts = count_kinds(**asked)
    below = editions_by_kind(counts, current_locale(), tag=tag, without=above)
    made = build_teasers([*above, *below])
    placed = zip(below, made[len(above) :], strict=True)
    return made[: len(above)], teaser_groups(placed, counts, lambda kind: _list_url(kind=kind.slug, **asked))


def count_kinds(**asked: str) -> dict[Kind, int]:
    """How many pieces there are of each kind, in the order of the kinds."""
    counts = count_by("kind", current_locale(), asked)
    return {kind: counts[pk].count for pk, kind in kinds_by_pk().items() if pk in counts}


def _list_url(**asked: str) -> str:
    return f"{reverse('publications:list')}?{urlencode(asked)}"
