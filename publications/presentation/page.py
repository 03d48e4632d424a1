"""The context of every public page: menus, breadcrumb, language switch, canonical URL, title and social image."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.encoding import iri_to_uri
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext, override

from accounts.mail import can_send_mail
from publications.locales import (
    LANGUAGE_NAMES,
    LOCALES,
    absolute_url,
    current_locale,
    language_label,
    localized_path,
)
from publications.models import (
    KIND,
    NEWSLETTER,
    LinkPlacement,
    MenuLink,
    SiteSettings,
    link_url,
    menu_links,
    menu_paths,
    site_settings,
)
from publications.search import MAX_QUERY_CHARACTERS

from .links import localized_url, social_image_tags

LONG_TITLE = 80  # characters; a longer title is set smaller
LINK_RELATIONS = {LinkPlacement.SOCIAL: "me"}
DEFAULT_CONTEXT = {
    "robots": "",
    "feeds": (),
    "notice": "",
    "has_search_form": False,
    "alert_choices": (),
    "tick_error": "",
    "typed_email": "",
}
"""Values of names that the base template tests and few pages set.

Django resolves a missing name by an exception that it catches, which is slow.
"""


@dataclass(frozen=True)
class NavigationLink:
    """A link of the menu or footer.

    Attributes:
        label_language, target_language: language of the label and of the linked page, if not that of this page.
        language_label: the target language in words, or "".
        current: the value of `aria-current`, or "".
    """

    label: str
    url: str
    label_language: str = ""
    target_language: str = ""
    language_label: str = ""
    current: str = ""
    rel: str = ""
    is_page: bool = False


def render_page(
    request: HttpRequest,
    template: str,
    *,
    status: int = 200,
    site: SiteSettings | None = None,
    publication_pk: int | None = None,
    **context,
) -> HttpResponse:
    """Render a template with the context of every public page. It has no request: the page is the same for everyone.

    Args:
        site: the site settings, if the caller has read them.
        publication_pk: the primary key of the publication whose page this is, if any. The response has it too.
        context: the context of the template. These names have a meaning for every page:

            - `title`: its heading; `document_title`: its `<title>` if the heading is not unique
            - `has_long_title`: whether the heading is set smaller, if it is not `title`
            - `section`: the section of the menu that it belongs to
            - `alternates`: its paths by language, for the language switch; other languages lead to the home page
            - `canonical`: its canonical path
            - `feeds`: its feeds, see `feeds_for`
            - `has_search_form`: whether it has a search form of its own
            - `has_social_image`: whether it has a social image; `social_image_of`: the path of another page whose
              social image it shows
    """
    locale, site = current_locale(), site or site_settings()
    alternates, canonical = context.pop("alternates", {}), context.pop("canonical", "")
    section = context.get("section", "")
    links = SimpleLazyObject(menu_links)
    current_path = request.path if request.path in menu_paths(links, locale) else ""
    page_context = {
        "home_url": localized_url("home"),
        "list_url": localized_url("list"),
        "max_query_length": MAX_QUERY_CHARACTERS,
        "feed_url": localized_url("feed"),
        "verify_url": localized_url("verify"),
        "other_addresses_url": localized_url("other_addresses") if _has_other_addresses() else "",
        "alerts_url": alerts_url(),
        "newsletter_url": newsletter_url(site),
        "publisher": SimpleLazyObject(site.publisher.splitlines),
        "menus": SimpleLazyObject(lambda: build_menus(links, locale, path=current_path, section=section)),
        "current_path": current_path,
        "site": site,
        "has_long_title": is_long_title(context.get("title", "")),
        "locale": locale,
        "languages": [_language_link(code, locale, alternates) for code in LOCALES],
        "canonical": absolute_url(iri_to_uri(canonical)) if canonical else "",
        **_social_image_context(request, site, context),
        "alternates": [] if context.get("robots") else _alternate_links(alternates),
    }
    context["document_title"] = _document_title(context)
    context["description"] = context.get("description") or site.description or site.name
    html = render_to_string(template, {**DEFAULT_CONTEXT, **page_context, **context})
    response = HttpResponse(html, status=status)
    response.publication_pk = publication_pk
    return response


def identity_links(urls: Iterable[str]) -> list[dict[str, str]]:
    """Return links for the head of a page (`head_links`) to the profiles of whom it is about, as the menu has them."""
    return [{"rel": LINK_RELATIONS[LinkPlacement.SOCIAL], "href": url} for url in urls]


def alerts_url() -> str:
    """Return the path of the page to sign up for alerts in the current locale; "" where the site sends no mail."""
    return localized_path(current_locale(), "subscriptions:sign_up") if can_send_mail() else ""


def newsletter_url(site: SiteSettings) -> str:
    """Return where readers sign up for the newsletter: the address that an editor typed, else our form.

    It is "" where neither is. Every site has the kind.
    """
    return link_url(site.newsletter) or newsletter_form_url()


def newsletter_form_url() -> str:
    """Return the path of our form for the newsletter in the current locale; "" where the site sends no mail."""
    path = alerts_url()
    return f"{path}?{urlencode({KIND: NEWSLETTER})}" if path else ""


def is_long_title(title: str) -> bool:
    """Return whether a title is set smaller."""
    return len(title) > LONG_TITLE


def paths_in_locales(name: str, **kwargs: str) -> dict[str, str]:
    """Return the paths of a page that every locale has."""
    return {locale: localized_path(locale, name, **kwargs) for locale in LOCALES}


def breadcrumb(*steps: str | tuple[str, str]) -> list[dict[str, str]]:
    """Return the breadcrumb from the home page: (label, URL name) pairs, then the title of this page."""
    return [breadcrumb_step(gettext("Home"), localized_url("home")), *(_named_step(step) for step in steps)]


def breadcrumb_step(label: str, url: str = "", language: str = "") -> dict[str, str]:
    """Return a step of a breadcrumb; the page itself has no URL, a publication has the language of its title."""
    return {"label": label, "url": url, "language": language}


def build_menus(
    links: Iterable[MenuLink], locale: str, *, path: str, section: str
) -> dict[str, list[NavigationLink]]:
    """Return the links by placement, with two lists for the footer: `about_pages` and `sections`.

    A page without a text in the locale is linked in the language it has, and marked with it. The footer repeats the
    menu: `about_pages` are its pages followed by the links of the footer, `sections` its other links.

    Args:
        path, section: the current page and its section, whose links get `aria-current`.
    """
    menus: dict[str, list[NavigationLink]] = {place.value: [] for place in LinkPlacement}
    for menu_link in links:
        if link := _navigation_link(menu_link, locale):
            menus[menu_link.place].append(_mark_current(link, menu_link, path=path, section=section))
    pages = [link for link in menus[LinkPlacement.MENU] if link.is_page]
    urls = {link.url for link in pages}
    menus["about_pages"] = [*pages, *(link for link in menus[LinkPlacement.FOOTER] if link.url not in urls)]
    menus["sections"] = [link for link in menus[LinkPlacement.MENU] if not link.is_page]
    return menus


def _navigation_link(link: MenuLink, locale: str) -> NavigationLink | None:
    url = link.url_in(locale)
    if link.page_id:
        return _page_link(link, url, locale) if url else None
    label, language = _translated_text(link, "label", locale)
    if link.section:
        return NavigationLink(label or str(link.get_section_display()), url, label_language=language)
    rel = LINK_RELATIONS.get(link.place, "external") if url.startswith("http") else ""
    if link.place == LinkPlacement.SOCIAL:
        language = ""  # names of social accounts are the same in every language
    return NavigationLink(label, url, label_language=language, rel=rel)


def _page_link(link: MenuLink, url: str, locale: str) -> NavigationLink:
    label, label_language = _translated_text(link, "label", locale)
    if not label:
        label, label_language = _translated_text(link.page, "title", locale)
    language = link.page_locale(locale)
    target_language = language if language != locale else ""
    return NavigationLink(
        label,
        url,
        label_language=label_language,
        target_language=target_language,
        language_label=language_label(target_language) if target_language else "",
        is_page=True,
    )


def _mark_current(link: NavigationLink, menu_link: MenuLink, *, path: str, section: str) -> NavigationLink:
    if link.url == path and (menu_link.page_id or menu_link.section):
        return replace(link, current="page")
    return replace(link, current="true") if menu_link.section and menu_link.section == section else link


def _translated_text(row, field: str, locale: str) -> tuple[str, str]:
    """Return a text of the row in the locale, or in another one with that language as second value."""
    for code in (locale, *(code for code in LOCALES if code != locale)):
        if text := getattr(row, f"{field}_{code}"):
            return text, code if code != locale else ""
    return "", ""


def _language_link(code: str, locale: str, alternates: dict[str, str]) -> dict[str, object]:
    """Return the link to the page in a language; without that translation, to the home page and labelled so."""
    link = {"code": code, "label": LANGUAGE_NAMES[code], "current": code == locale, "fallback_label": ""}
    if code in alternates:
        return {**link, "url": alternates[code]}
    with override(code):
        return {**link, "url": localized_url("home"), "fallback_label": gettext("To the home page")}


def _alternate_links(alternates: dict[str, str]) -> list[dict[str, str]]:
    """Return the `hreflang` links of a page in several languages; none for a page in one."""
    if len(alternates) < 2:
        return []
    return [{"language": code, "url": absolute_url(url)} for code, url in alternates.items()]


def _named_step(step: str | tuple[str, str]) -> dict[str, str]:
    if isinstance(step, str):
        return breadcrumb_step(step)
    label, name = step
    return breadcrumb_step(label, localized_path(current_locale(), name))


def _has_other_addresses() -> bool:
    return bool(settings.ONION_URL or settings.MIRROR_URLS)


def _document_title(context: dict) -> str:
    """Return the `<title>` of the page; from page 2 of a list on with the number of the page."""
    title = context.get("document_title") or context.get("title", "")
    number = getattr(context.get("page"), "number", 1)
    return (
        gettext("%(title)s – page %(number)d") % {"title": title, "number": number} if number > 1 else title
    )


def _social_image_context(request: HttpRequest, site: SiteSettings, context: dict) -> dict[str, object]:
    """Return URL and social image for the Open Graph tags.

    Removes `has_social_image` and `social_image_of` from the context.
    """
    image_path = context.pop("social_image_of", "")
    if context.pop("has_social_image", False):
        image_path = request.path
    if not image_path:
        return {"shared_url": "", "social_image": None}
    return {
        "shared_url": absolute_url(iri_to_uri(request.get_full_path())),
        "social_image": social_image_tags(image_path, context.get("title") or site.name),
    }
