"""The page that comes of a text, as publishing will render it: what is told of words is told of the very page."""

import re
from html import unescape

from django.utils.translation import gettext as _

from publications import markup
from publications.manuscript import Manuscript

from . import words
from .arrival import Share, Telling
from .links import addresses_in

ID = re.compile(r'\bid="([^"]+)"')
OWN_IDS = ("p-", "fn-", "fnref-")


def rendered_as_published(text: Manuscript, telling: Telling) -> markup.RenderedText | None:
    try:
        return markup.render_markdown(text.body, language=text.language)
    except markup.Unrenderable as reason:
        telling.dropped("render", _("The text cannot be shown as it is: %s") % reason)
        return None


def share_of(source: str, text: Manuscript, rendered: markup.RenderedText | None, telling: Telling) -> Share:
    """How much of a source stands on the page; words that do not are told."""
    if rendered is None:
        return Share()
    page = rendered.text if text.title in source else f"{rendered.text}\n{text.title}"
    share = words.compare(source, page)
    if share.missing:
        told = _("Words of the file that are not in the text: %s") % " ".join(share.missing)
        telling.dropped("words", told)
    return share


def tell_losses(text: Manuscript, rendered: markup.RenderedText | None, telling: Telling) -> None:
    """Name the links and pictures of a text that its page lacks."""
    if rendered is None:
        return
    there = {_spelled(each) for each in addresses_in(rendered.html)}
    for address in addresses_in(text.body):
        if not address.startswith("image:") and _spelled(address).rstrip() not in there:
            telling.dropped("link-gone", _("A link could not be kept: %s") % address)
    for picture in text.images:
        if picture.key not in (*rendered.images, text.cover):
            told = _("A picture could not be placed in the text: %s") % picture.file
            telling.dropped("image-missing", told)


def anchors_in(rendered: markup.RenderedText | None) -> frozenset[str]:
    """The ids of a page that links of other texts may lead to."""
    ids = ID.findall(rendered.html) if rendered else ()
    return frozenset(unescape(each) for each in ids if not each.startswith(OWN_IDS))


def fragment_links_in(rendered: markup.RenderedText | None) -> tuple[str, ...]:
    """The links of a page that lead to an id, of this page or another of the site."""
    if rendered is None or "#" not in rendered.html:
        return ()
    found = (each for each in addresses_in(rendered.html) if each.startswith(("#", "/")) and "#" in each)
    return tuple(each for each in found if not each.partition("#")[2].startswith(OWN_IDS))


def _spelled(address: str) -> str:
    return unescape(address).replace("%20", " ")
