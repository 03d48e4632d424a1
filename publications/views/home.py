"""The front page: a lead, what is new, and the ways into everything else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from publications.languages import TREES
from publications.models import Author, Edition, Site, Tag
from publications.presentation import (
    card,
    cards,
    current_tree,
    everywhere,
    feeds_for,
    in_tree,
    page,
    subjects_by_kind,
    writers,
)

from .shelves import shelves_of

LATEST = 5
PEOPLE = 8


def front_door(request: HttpRequest) -> HttpResponse:
    return redirect(in_tree(TREES[0], "publications:home"))


def home(request: HttpRequest) -> HttpResponse:
    """The pinned piece leads while it is public, else the newest."""
    live = Edition.objects.live().in_tree(current_tree()).newest_first()
    newest = list(live.for_cards()[: LATEST + 1])
    site = Site.objects.first() or Site()
    lead = live.for_cards().text_for(site.lead_id) or next(iter(newest), None)
    latest = [edition for edition in newest if edition != lead][:LATEST]
    people = Author.objects.known().with_pieces(live).select_related("portrait").order_by("-newest", "name")
    return page(
        request,
        "home.html",
        section="home",
        canonical=request.path,
        description=site.description,
        lead=card(lead) if lead else None,
        latest=cards(latest),
        shelves=shelves_of(live.for_cards(), without=[lead, *latest] if lead else []),
        subjects=subjects_by_kind(Tag.objects.with_pieces(live)),
        people=writers(people[:PEOPLE]),
        feeds=feeds_for(current_tree()),
        alternates=everywhere("publications:home"),
    )
