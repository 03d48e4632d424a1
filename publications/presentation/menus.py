"""The links of menu, footer and social accounts, as every page shows them in its tree.

A page that has no text in the tree is still linked, in the language it has, and marked with it: a reader who
looks for the contact page is better served with the English one than with none.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse

from publications.addresses import in_tree
from publications.languages import TREES, language_label
from publications.models import Place, Section, SiteLink, once

SECTIONS = {
    Section.PUBLICATIONS: "publications:list",
    Section.TOPICS: "publications:topics",
    Section.AUTHORS: "publications:authors",
}
RELATIONS = {Place.SOCIAL: "me"}
TEXTS = [f"page__{field}_{tree}" for field in ("body", "html") for tree in TREES]


@dataclass(frozen=True)
class Way:
    """A link of the frame. `words_in` and `leads_to` name a language where it is not that of the tree."""

    label: str
    url: str
    words_in: str = ""
    leads_to: str = ""
    language_label: str = ""
    current: str = ""
    rel: str = ""
    is_page: bool = False


Known = list[tuple[SiteLink, Way]]


def links_of(tree: str) -> Known:
    """All links of the frame in a tree: one query an epoch."""
    return once(("ways", tree), lambda: _ways(tree))


def leads_to(links: Known, path: str) -> bool:
    """Whether one of the links does; pages that none leads to are marked alike."""
    return any(way.url == path for _link, way in links)


def menus(links: Known, *, path: str, section: str) -> dict[str, list[Way]]:
    """The links by their places: the page at `path` and the `section` it is of are marked.

    The menu stands at the foot as well: there its pages (`house`) come before those of the footer, and the
    rest (`ways`) keeps to itself.
    """
    found: dict[str, list[Way]] = {place.value: [] for place in Place}
    for link, way in links:
        found[link.place].append(_marked(way, link, path=path, section=section))
    pages = [way for way in found[Place.MENU] if way.is_page]
    known = {way.url for way in pages}
    found["house"] = [*pages, *(way for way in found[Place.FOOTER] if way.url not in known)]
    found["ways"] = [way for way in found[Place.MENU] if not way.is_page]
    return found


def href(address: str) -> str:
    """Where an address leads that an editor typed: an e-mail address is one too."""
    is_mail = "@" in address and not address.startswith("/") and not urlsplit(address).scheme
    return f"mailto:{address}" if is_mail else address


def _links():
    """Pages come without their texts, but with whether they have one."""
    told = {
        f"told_{tree}": ExpressionWrapper(
            ~Q(**{f"page__title_{tree}": ""}) & ~Q(**{f"page__body_{tree}": ""}), BooleanField()
        )
        for tree in TREES
    }
    return SiteLink.objects.select_related("page").defer(*TEXTS).annotate(**told)


def _ways(tree: str) -> Known:
    return [(link, way) for link in _links() if (way := _way(link, tree))]


def _marked(way: Way, link: SiteLink, *, path: str, section: str) -> Way:
    if way.url == path and (link.page_id or link.section):
        return replace(way, current="page")
    return replace(way, current="true") if link.section and link.section == section else way


def _way(link: SiteLink, tree: str) -> Way | None:
    if link.page_id:
        return _to_page(link, tree)
    if link.section:
        words, language = _words(link, "label", tree)
        label = words or str(link.get_section_display())
        return Way(label, reverse(SECTIONS[Section(link.section)]), words_in=language)
    return _elsewhere(link, tree)


def _to_page(link: SiteLink, tree: str) -> Way | None:
    language = next((code for code in _first(tree) if getattr(link, f"told_{code}")), "")
    if not language:
        return None
    words, words_in = _words(link, "label", tree)
    if not words:
        words, words_in = _words(link.page, "title", tree)
    url = in_tree(language, "publications:site-page", slug=getattr(link.page, f"slug_{language}"))
    foreign = language if language != tree else ""
    return Way(
        words,
        url,
        words_in=words_in,
        leads_to=foreign,
        language_label=language_label(foreign) if foreign else "",
        is_page=True,
    )


def _elsewhere(link: SiteLink, tree: str) -> Way:
    """To an address that was typed. The names of social accounts are the same in every language."""
    label, language = _words(link, "label", tree)
    url = href(link.worded("address", tree))
    rel = RELATIONS.get(link.place, "external") if url.startswith("http") else ""
    return Way(label, url, words_in="" if link.place == Place.SOCIAL else language, rel=rel)


def _words(row, field: str, tree: str) -> tuple[str, str]:
    """A text of the row, and its language where it is not that of the tree."""
    for code in _first(tree):
        if text := getattr(row, f"{field}_{code}"):
            return text, code if code != tree else ""
    return "", ""


def _first(tree: str) -> list[str]:
    return [tree, *(code for code in TREES if code != tree)]
