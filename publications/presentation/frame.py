"""The frame of every public page: site, tree, language switch, canonical address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language

from publications.languages import NAMES, TREES
from publications.models import Site

from .parts import absolute


def page(request: HttpRequest, template: str, *, status: int = 200, **context) -> HttpResponse:
    """Show a template within the frame.

    `alternates` maps languages to the paths of this very page in them; the switch leads there, or home.
    """
    tree = current_tree()
    alternates = context.pop("alternates", {})
    canonical = context.pop("canonical", "")
    frame = {
        "site": Site.objects.first() or Site(),
        "tree": tree,
        "languages": [_switch(code, tree, alternates) for code in TREES],
        "home_url": reverse("publications:home"),
        "list_url": reverse("publications:list"),
        "canonical": absolute(canonical) if canonical else "",
        "alternates": [
            {"language": code, "url": absolute(url)}
            for code, url in alternates.items()
            if len(alternates) > 1
        ],
    }
    return render(request, template, {**frame, **context}, status=status)


def current_tree() -> str:
    """The tree that the address of this page stands in."""
    language = get_language() or TREES[0]
    return language if language in TREES else TREES[0]


def in_tree(tree: str, name: str, **parts) -> str:
    """The path of a named page in a tree."""
    with translation.override(tree):
        return reverse(name, kwargs=parts or None)


def everywhere(name: str) -> dict[str, str]:
    """The paths of a page that every tree has."""
    return {tree: in_tree(tree, name) for tree in TREES}


def _switch(code: str, tree: str, alternates: dict[str, str]) -> dict[str, object]:
    return {
        "code": code,
        "label": NAMES[code],
        "url": alternates.get(code) or in_tree(code, "publications:home"),
        "current": code == tree,
    }
