"""The summary of a piece: as its file has it, without marks, else its first paragraph."""

import re

from django.utils.translation import gettext as _

from publications import markup

from . import values
from .arrival import Telling
from .links import addresses_in

LONGEST_EXCERPT = 300
LATIN = "A-Za-zÀ-ÖØ-öø-ÿ"
PLAIN = re.compile(rf"[{LATIN}](?:[{LATIN}0-9]++|[ ,;?]|\.(?!\.))*+")
"""Texts without a sign that Markdown or typography might read."""


def unmarked(text: str, telling: Telling) -> str:
    """A summary as plain text. Links in it are told, for a summary has none."""
    if PLAIN.fullmatch(text):
        return text
    try:
        rendered = markup.render_markdown(text)
    except markup.Unrenderable:
        return values.plain(text)
    for address in addresses_in(rendered.html):
        telling.dropped("link-summary", _("A link in the summary was left out: %s") % address)
    plain = " ".join(rendered.text.split())
    return plain if plain else values.plain(text)


def excerpt(rendered: markup.RenderedText | None) -> str:
    """The first paragraph that is more than a few words, or its beginning."""
    paragraphs = [" ".join(each.text.split()) for each in rendered.paragraphs] if rendered else []
    first = next((each for each in paragraphs if len(each.split()) > 3), "")
    if len(first) <= LONGEST_EXCERPT:
        return first
    return first[:LONGEST_EXCERPT].rpartition(" ")[0].rstrip(",;:– ") + " …"
