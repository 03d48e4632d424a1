"""The frame of every public page: site, tree, language switch, canonical address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import get_language, gettext

from publications.addresses import absolute, in_tree
from publications.languages import NAMES, TREES
from publications.models import Site

from .menus import href, menus


def page(request: HttpRequest, template: str, *, status: int = 200, **context) -> HttpResponse:
    """Show a template within the frame.

    `alternates` maps languages to the paths of this very page in them; the switch leads there, or home.
    `section` names the list of the menu that the page is of. `feeds` are those of the page, each with title and url.
    `site` is its row, where it is at hand.
    """
    tree = current_tree()
    alternates = context.pop("alternates", {})
    canonical = context.pop("canonical", "")
    site = context.pop("site", None) or Site.objects.first() or Site()
    frame = {
        "site": site,
        "menus": menus(tree, path=request.path, section=context.get("section", "")),
        "publisher": site.publisher.splitlines(),
        "newsletter_url": href(site.newsletter),
        "tree": tree,
        "languages": [_switch(code, tree, alternates) for code in TREES],
        "home_url": reverse("publications:home"),
        "list_url": reverse("publications:list"),
        "feed_url": reverse("publications:feed"),
        "canonical": absolute(iri_to_uri(canonical)) if canonical else "",
        "alternates": [
            {"language": code, "url": absolute(url)}
            for code, url in alternates.items()
            if len(alternates) > 1 and not context.get("robots")
        ],
    }
    context["description"] = context.get("description") or site.description
    return render(request, template, {**frame, **context}, status=status)


def current_tree() -> str:
    """The tree that the address of this page stands in."""
    language = get_language() or TREES[0]
    return language if language in TREES else TREES[0]


def everywhere(name: str, **parts) -> dict[str, str]:
    """The paths of a page that every tree has."""
    return {tree: in_tree(tree, name, **parts) for tree in TREES}


def way_here(*steps: str | tuple[str, str]) -> list[dict[str, str]]:
    """A breadcrumb from the home page: steps with the name of their page, then where the reader is."""
    home = {"label": gettext("Home"), "url": reverse("publications:home")}
    return [home, *(_step(step) for step in steps)]


def _step(step: str | tuple[str, str]) -> dict[str, str]:
    if isinstance(step, str):
        return {"label": step}
    label, name = step
    return {"label": label, "url": reverse(name)}


def _switch(code: str, tree: str, alternates: dict[str, str]) -> dict[str, object]:
    return {
        "code": code,
        "label": NAMES[code],
        "url": alternates.get(code) or in_tree(code, "publications:home"),
        "current": code == tree,
    }
