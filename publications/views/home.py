"""The home page: the lead, the newest publications, topics and authors."""

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
    identity_links,
    localized_path,
    paths_in_locales,
    render_page,
    topic_summaries_by_kind,
)

from .topics import tags_with_counts, teasers_by_kind

MAX_LATEST = 5
MAX_LATEST_BESIDE_COVER = 8
MAX_AUTHORS = 8
MAX_TOPICS = 16


def root_redirect(request: HttpRequest) -> HttpResponse:
    """Redirect `/` to the home page of the first locale."""
    return redirect(localized_path(LOCALES[0], "publications:home"))


def home(request: HttpRequest) -> HttpResponse:
    """Show the home page. The pinned publication leads while it is live, else the newest."""
    site = site_settings()
    editions = _lead_and_latest(site)
    teasers, groups = teasers_by_kind(editions)
    return render_page(
        request,
        "pages/home.html",
        section="home",
        canonical=request.path,
        has_social_image=True,
        site=site,
        json_ld=json_ld.render_json_ld(
            [
                json_ld.organisation(site, current_locale(), social_addresses()),
                json_ld.website(site, current_locale()),
            ]
        ),
        head_links=identity_links(social_addresses()),
        lead=build_lead_teaser(editions[0], teasers[0]) if editions else None,
        latest=teasers[1:],
        teaser_groups=groups,
        topics=SimpleLazyObject(lambda: topic_summaries_by_kind(tags_with_counts(), limit=MAX_TOPICS)),
        people=SimpleLazyObject(lambda: author_summaries(_latest_authors())),
        feeds=feeds_for(current_locale()),
        alternates=paths_in_locales("publications:home"),
    )


def _lead_and_latest(site: SiteSettings) -> list[Edition]:
    """Return the lead and the newest editions; more of these if the lead has a cover."""
    lead, *others = home_editions(current_locale(), pinned=site.lead_id) or [None]
    return [lead, *others[: MAX_LATEST_BESIDE_COVER if lead.cover_id else MAX_LATEST]] if lead else []


def _latest_authors() -> list[Author]:
    """Return the authors of the newest publications, the newest first, then by name."""
    newest = attrgetter("newest")
    counts = top_counts(count_authors(current_locale(), {}), MAX_AUTHORS, newest)
    authors = Author.objects.select_related("portrait").order_by("name").attach_counts(counts)
    return sorted(authors, key=newest, reverse=True)[:MAX_AUTHORS]
