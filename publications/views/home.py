"""The front page: a lead, what is new, and the ways into everything else."""

from operator import attrgetter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from publications.locales import LOCALES, current_locale
from publications.metadata import json_ld
from publications.models import (
    Author,
    Edition,
    SiteSettings,
    count_authors,
    home_editions,
    site_settings,
    social_addresses,
    top_counts,
)
from publications.presentation import (
    author_summaries,
    build_lead_teaser,
    feeds_for,
    localized_path,
    paths_in_locales,
    render_page,
    topic_summaries_by_kind,
)

from .topics import tags_with_counts, teasers_by_kind

LATEST = 5
BESIDE_A_COVER = 8
PEOPLE = 8
TOPICS = 16


def front_door(request: HttpRequest) -> HttpResponse:
    return redirect(localized_path(LOCALES[0], "publications:home"))


def home(request: HttpRequest) -> HttpResponse:
    """The pinned piece leads while it is public, else the newest."""
    site = site_settings()
    above = _above(site)
    made, shelved = teasers_by_kind(above)
    return render_page(
        request,
        "pages/home.html",
        section="home",
        canonical=request.path,
        has_social_image=True,
        site=site,
        linked_data=json_ld.script(
            [
                json_ld.organisation(site, current_locale(), social_addresses()),
                json_ld.website(site, current_locale()),
            ]
        ),
        lead=build_lead_teaser(above[0], made[0]) if above else None,
        latest=made[1:],
        teaser_groups=shelved,
        topics=SimpleLazyObject(lambda: topic_summaries_by_kind(tags_with_counts(), most=TOPICS)),
        people=SimpleLazyObject(lambda: author_summaries(_latest_writers())),
        feeds=feeds_for(current_locale()),
        alternates=paths_in_locales("publications:home"),
    )


def _above(site: SiteSettings) -> list[Edition]:
    """The lead, then the newest; more of them beside a cover."""
    lead, *others = home_editions(current_locale(), pinned=site.lead_id) or [None]
    return [lead, *others[: BESIDE_A_COVER if lead.cover_id else LATEST]] if lead else []


def _latest_writers() -> list[Author]:
    """Those whose newest piece is the newest; the first by name among equals."""
    newest = attrgetter("newest")
    latest = top_counts(count_authors(current_locale(), {}), PEOPLE, newest)
    told = Author.objects.select_related("portrait").order_by("name").attach_counts(latest)
    return sorted(told, key=newest, reverse=True)[:PEOPLE]
