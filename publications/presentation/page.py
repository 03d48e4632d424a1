"""What every public page has: menus, breadcrumb, language switch, canonical address, title and social image."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext, override

from publications.locales import LANGUAGE_NAMES, LOCALES, absolute_url, language_label, localized_path
from publications.models import (
    LinkPlacement,
    MenuLink,
    SiteSettings,
    link_url,
    menu_links,
    menu_paths,
    site_settings,
)

from ..locales import current_locale
from .links import localized_url, social_image_tags

RELATIONS = {LinkPlacement.SOCIAL: "me"}


@dataclass(frozen=True)
class MenuItem:
    """A link of the menu or footer. `words_in` and `leads_to` name a language where it is not that of the page."""

    label: str
    url: str
    words_in: str = ""
    leads_to: str = ""
    language_label: str = ""
    current: str = ""
    rel: str = ""
    is_page: bool = False


def render_page(
    request: HttpRequest, template: str, *, status: int = 200, site: SiteSettings | None = None, **context
) -> HttpResponse:
    """Render a template with what every public page has.

    Args:
        site: its row, where it is at hand.
        context: what the template shows, and of the page itself:

            - `title`, its heading, and `document_title`, which names it among all others where the heading does not
            - `section`: the list of the menu that it belongs to
            - `alternates`: its paths by language; the language switch leads there, or home and says so
            - `canonical`: its canonical path
            - `feeds`: its feeds, each with title and url
            - `has_finder`: whether it has a search field of its own
            - `has_social_image`: whether its social image stands at its path; `social_image_of` is the path of
              another page whose social image it shows instead
    """
    locale, site = current_locale(), site or site_settings()
    alternates, canonical = context.pop("alternates", {}), context.pop("canonical", "")
    section = context.get("section", "")
    links = SimpleLazyObject(menu_links)
    current_path = request.path if request.path in menu_paths(links, locale) else ""
    frame = {
        "home_url": localized_url("home"),
        "list_url": localized_url("list"),
        "feed_url": localized_url("feed"),
        "newsletter_url": lambda: link_url(site.newsletter),
        "publisher": lambda: site.publisher.splitlines(),
        "menus": SimpleLazyObject(lambda: build_menus(links, locale, path=current_path, section=section)),
        "current_path": current_path,
        "site": site,
        "locale": locale,
        "languages": [_language_link(code, locale, alternates) for code in LOCALES],
        "canonical": absolute_url(iri_to_uri(canonical)) if canonical else "",
        **_social_image(request, site, context),
        "alternates": [] if context.get("robots") else _alternate_links(alternates),
    }
    context["document_title"] = _document_title(context)
    context["description"] = context.get("description") or site.description or site.name
    return render(request, template, {**frame, **context}, status=status)


def paths_in_locales(name: str, **kwargs: str) -> dict[str, str]:
    """Return the paths of a page that every locale has."""
    return {locale: localized_path(locale, name, **kwargs) for locale in LOCALES}


def breadcrumb(*steps: str | tuple[str, str]) -> list[dict[str, str]]:
    """Return a breadcrumb from the home page: steps with the URL name of their page, then the title of this one."""
    home = {"label": gettext("Home"), "url": localized_url("home")}
    return [home, *(_breadcrumb_step(step) for step in steps)]


def build_menus(
    links: Iterable[MenuLink], locale: str, *, path: str, section: str
) -> dict[str, list[MenuItem]]:
    """Return the `menu_links` by their places.

    A page that has no text in the locale is still linked, in the language it has, and marked with it. The menu stands
    at the foot as well: there its pages (`house`) come before those of the footer, and the rest (`ways`) keeps to
    itself.

    Args:
        path, section: the current page and the section it is of, whose links are marked.
    """
    menus: dict[str, list[MenuItem]] = {place.value: [] for place in LinkPlacement}
    for link in links:
        if item := _menu_item(link, locale):
            menus[link.place].append(_marked(item, link, path=path, section=section))
    pages = [item for item in menus[LinkPlacement.MENU] if item.is_page]
    urls = {item.url for item in pages}
    menus["house"] = [*pages, *(item for item in menus[LinkPlacement.FOOTER] if item.url not in urls)]
    menus["ways"] = [item for item in menus[LinkPlacement.MENU] if not item.is_page]
    return menus


def _menu_item(link: MenuLink, locale: str) -> MenuItem | None:
    url = link.url_in(locale)
    if link.page_id:
        return _page_item(link, url, locale) if url else None
    label, language = _text_in(link, "label", locale)
    if link.section:
        return MenuItem(label or str(link.get_section_display()), url, words_in=language)
    rel = RELATIONS.get(link.place, "external") if url.startswith("http") else ""
    words_in = (
        "" if link.place == LinkPlacement.SOCIAL else language
    )  # accounts are called the same in every language
    return MenuItem(label, url, words_in=words_in, rel=rel)


def _page_item(link: MenuLink, url: str, locale: str) -> MenuItem:
    label, words_in = _text_in(link, "label", locale)
    if not label:
        label, words_in = _text_in(link.page, "title", locale)
    language = link.page_locale(locale)
    other = language if language != locale else ""
    return MenuItem(
        label,
        url,
        words_in=words_in,
        leads_to=other,
        language_label=language_label(other) if other else "",
        is_page=True,
    )


def _marked(item: MenuItem, link: MenuLink, *, path: str, section: str) -> MenuItem:
    if item.url == path and (link.page_id or link.section):
        return replace(item, current="page")
    return replace(item, current="true") if link.section and link.section == section else item


def _text_in(row, field: str, locale: str) -> tuple[str, str]:
    """A text of the row, and its language where it is not that of the locale."""
    for code in (locale, *(code for code in LOCALES if code != locale)):
        if text := getattr(row, f"{field}_{code}"):
            return text, code if code != locale else ""
    return "", ""


def _language_link(code: str, locale: str, alternates: dict[str, str]) -> dict[str, object]:
    """The way to the page in a language; where it is not in it, the way home, in the words of that language."""
    with override(code):
        leads_home = "" if code in alternates else gettext("To the home page")
    return {
        "code": code,
        "label": LANGUAGE_NAMES[code],
        "url": alternates.get(code) or localized_path(code, "publications:home"),
        "leads_home": leads_home,
        "current": code == locale,
    }


def _alternate_links(alternates: dict[str, str]) -> list[dict[str, str]]:
    """The languages that the page is in, where there are several."""
    several = alternates.items() if len(alternates) > 1 else ()
    return [{"language": code, "url": absolute_url(url)} for code, url in several]


def _breadcrumb_step(step: str | tuple[str, str]) -> dict[str, str]:
    if isinstance(step, str):
        return {"label": step}
    label, name = step
    return {"label": label, "url": reverse(name)}


def _document_title(context: dict) -> str:
    """What tabs, bookmarks and search results call the page; each page of a list says which it is."""
    title = context.get("document_title") or context.get("title", "")
    number = getattr(context.get("page"), "number", 1)
    return (
        gettext("%(title)s – page %(number)d") % {"title": title, "number": number} if number > 1 else title
    )


def _social_image(request: HttpRequest, site: SiteSettings, context: dict) -> dict[str, object]:
    """The address and the social image that messengers show of a page which has one."""
    image_of = context.pop("social_image_of", "")
    if context.pop("has_social_image", False):
        image_of = request.path
    if not image_of:
        return {"shared_url": "", "social_image": None}
    return {
        "shared_url": absolute_url(iri_to_uri(request.get_full_path())),
        "social_image": social_image_tags(image_of, context.get("title") or site.name),
    }
