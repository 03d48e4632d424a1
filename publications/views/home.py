"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from publications.languages import TREES
from publications.models import Edition, Kind
from publications.presentation import card, cards, current_tree, everywhere, in_tree, page, rows_by_kind

LATEST = 6
PER_KIND = 4


def front_door(request: HttpRequest) -> HttpResponse:
    return redirect(in_tree(TREES[0], "publications:home"))


def home(request: HttpRequest) -> HttpResponse:
    live = Edition.objects.live().in_tree(current_tree()).newest_first().for_cards()
    newest = list(live[:LATEST])
    shown = [edition.pk for edition in newest]
    others = [
        edition
        for kind in Kind.objects.all()
        for edition in live.filter(kind=kind).exclude(pk__in=shown)[:PER_KIND]
    ]
    return page(
        request,
        "home.html",
        section="home",
        canonical=request.path,
        lead=card(newest[0]) if newest else None,
        latest=cards(newest[1:]),
        rows=rows_by_kind(others, reverse("publications:list")),
        alternates=everywhere("publications:home"),
    )
