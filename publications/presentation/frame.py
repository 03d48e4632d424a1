"""The frame of every public page: site, tree, language switch, canonical address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext, override

from publications.addresses import absolute, in_tree
from publications.languages import NAMES, TREES
from publications.models import Site, once, the_site

from .menus import href, leads_to, links_of, menus
from .social_images import social_image_tags
from .ways import current_tree, way_to


def page(
    request: HttpRequest, template: str, *, status: int = 200, site: Site | None = None, **context
) -> HttpResponse:
    """Show a template within the frame.

    `alternates` maps languages to the paths of this very page in them; the switch leads there, or home and says so.
    `section` names the list of the menu that the page is of. `feeds` are those of the page, each with title and url.
    `has_finder` tells that the page has a field to search in of its own. `site` is its row, where it is at hand.
    `has_social_image` tells that a social image of the page stands at its path; `social_image_of` is the path of
    another page whose social image it shows instead.
    `document_title` names the page among all others, where `title`, which may be its heading, does not.
    """
    tree, site = current_tree(), site or the_site()
    alternates, canonical = context.pop("alternates", {}), context.pop("canonical", "")
    frame = {
        **_ways(),
        **_standing(
            site,
            path=request.path,
            section=context.get("section", ""),
            has_finder=context.get("has_finder", False),
        ),
        "site": site,
        "tree": tree,
        "languages": [_switch(code, tree, alternates) for code in TREES],
        "canonical": absolute(iri_to_uri(canonical)) if canonical else "",
        **_shared(request, site, context),
        "alternates": [] if context.get("robots") else _told_to_machines(alternates),
    }
    context["document_title"] = _document_title(context)
    context["description"] = context.get("description") or site.description or site.name
    return render(request, template, {**frame, **context}, status=status)


def _document_title(context: dict) -> str:
    """What tabs, bookmarks and search results call the page; each page of a list says which it is."""
    title = context.get("document_title") or context.get("title", "")
    number = getattr(context.get("page"), "number", 1)
    return (
        gettext("%(title)s – page %(number)d") % {"title": title, "number": number} if number > 1 else title
    )


def _shared(request: HttpRequest, site: Site, context: dict) -> dict[str, object]:
    """The address and the social image that messengers show of a page which has one."""
    image_of = context.pop("social_image_of", "")
    if context.pop("has_social_image", False):
        image_of = request.path
    if not image_of:
        return {"shared_url": "", "social_image": None}
    return {
        "shared_url": absolute(iri_to_uri(request.get_full_path())),
        "social_image": social_image_tags(image_of, context.get("title") or site.name),
    }


def _ways() -> dict[str, str]:
    """Where every page leads."""
    return {"home_url": way_to("home"), "list_url": way_to("list"), "feed_url": way_to("feed")}


def _standing(site: Site, *, path: str, section: str, has_finder: bool) -> dict[str, str]:
    """The parts of the frame that pages have in common, as HTML: made once an epoch for all with the same marks."""
    tree = current_tree()
    links = links_of(tree)
    path = path if leads_to(links, path) else ""

    def made() -> dict[str, str]:
        told = {
            **_ways(),
            "site": site,
            "publisher": site.publisher.splitlines(),
            "newsletter_url": href(site.newsletter),
            "tree": tree,
            "menus": menus(links, path=path, section=section),
            "has_finder": has_finder,
        }
        return {
            part: render_to_string(f"partials/{part}.html", told) for part in ("masthead_links", "footer")
        }

    return once(("frame", tree, path, section, has_finder), made)


def _told_to_machines(alternates: dict[str, str]) -> list[dict[str, str]]:
    """The languages that the page is in, where there are several."""
    several = alternates.items() if len(alternates) > 1 else ()
    return [{"language": code, "url": absolute(url)} for code, url in several]


def everywhere(name: str, **parts) -> dict[str, str]:
    """The paths of a page that every tree has."""
    return {tree: in_tree(tree, name, **parts) for tree in TREES}


def way_here(*steps: str | tuple[str, str]) -> list[dict[str, str]]:
    """A breadcrumb from the home page: steps with the name of their page, then where the reader is."""
    home = {"label": gettext("Home"), "url": way_to("home")}
    return [home, *(_step(step) for step in steps)]


def _step(step: str | tuple[str, str]) -> dict[str, str]:
    if isinstance(step, str):
        return {"label": step}
    label, name = step
    return {"label": label, "url": reverse(name)}


def _switch(code: str, tree: str, alternates: dict[str, str]) -> dict[str, object]:
    """The way to the page in a language; where it is not in it, the way home, in the words of that language."""
    with override(code):
        leads_home = "" if code in alternates else gettext("To the home page")
    return {
        "code": code,
        "label": NAMES[code],
        "url": alternates.get(code) or in_tree(code, "publications:home"),
        "leads_home": leads_home,
        "current": code == tree,
    }
