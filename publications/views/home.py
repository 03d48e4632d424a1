"""The front page: a lead, what is new, and the ways into everything else."""

from operator import attrgetter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from publications.languages import TREES
from publications.metadata import linked
from publications.models import Author, Edition, counted_by_authors, foremost, the_site
from publications.presentation import (
    cards,
    current_tree,
    everywhere,
    feeds_for,
    in_tree,
    lead_card,
    page,
    subjects_by_kind,
    writers,
)

from .describing import accounts
from .shelves import ABOVE, shelves_of
from .topics import tags_with_pieces

LATEST = 5
BESIDE_A_COVER = ABOVE - 1
PEOPLE = 8
TOPICS = 16


def front_door(request: HttpRequest) -> HttpResponse:
    return redirect(in_tree(TREES[0], "publications:home"))


def home(request: HttpRequest) -> HttpResponse:
    """The pinned piece leads while it is public, else the newest."""
    live = Edition.objects.live().in_tree(current_tree()).newest_first()
    newest = list(live.for_cards()[:ABOVE])
    site = the_site()
    lead = live.for_cards().text_for(site.lead_id) or next(iter(newest), None)
    room = BESIDE_A_COVER if lead and lead.cover_id else LATEST
    latest = [edition for edition in newest if edition != lead][:room]
    return page(
        request,
        "home.html",
        section="home",
        canonical=request.path,
        site=site,
        linked_data=linked.script(
            [linked.organisation(site, current_tree(), accounts()), linked.website(site, current_tree())]
        ),
        lead=lead_card(lead),
        latest=cards(latest),
        shelves=shelves_of(without=[lead, *latest] if lead else []),
        subjects=subjects_by_kind(tags_with_pieces(), most=TOPICS),
        people=writers(_latest_writers()),
        feeds=feeds_for(current_tree()),
        alternates=everywhere("publications:home"),
    )


def _latest_writers() -> list[Author]:
    """Those whose newest piece is the newest; the first by name among equals."""
    latest = foremost(counted_by_authors(current_tree(), {}), PEOPLE, attrgetter("newest"))
    told = Author.objects.select_related("portrait").order_by("name").told(latest)
    return sorted(told, key=attrgetter("newest"), reverse=True)[:PEOPLE]
