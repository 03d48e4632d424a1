"""Markup in a text that readers do not see as it was typed: elements, images and links that are dropped."""

import re

from django.utils.translation import gettext as _

from publications.html_tree import ALLOWED, DROPPED, HTML

MAX_NAMED_ELEMENTS = 8
CODE = re.compile(
    r"^(`{3,}|~{3,})[^\n]*\n(?:(?!\1)[^\n]*\n)*(?:\1|\Z)"
    r"|(?<!`)(`{1,3})(?!`)[^\n]{1,500}?(?<!`)\2(?!`)|^(?: {4}|\t)[^\n]*$",
    re.MULTILINE,
)
ELEMENT = re.compile(r"<([A-Za-z][A-Za-z0-9]*)(?=[\s/>])")
EXTERNAL_IMAGE = re.compile(r"!\[[^\]\n]*\]\(\s*<?(?:https?:)?//", re.IGNORECASE)
SCRIPT_LINK = re.compile(r"\]\(\s*<?(?:javascript|data|vbscript):", re.IGNORECASE)


def find_dropped_markup(body: str) -> list[str]:
    """Return a sentence for each sort of markup in a Markdown text that is not shown as typed; code is passed over."""
    text = CODE.sub("", body)
    elements = {name.lower() for name in ELEMENT.findall(text)}
    sentences = []
    if dropped := elements & DROPPED:
        sentence = _("Not shown, with all that stands in it: %(what)s. Put a link there instead.")
        sentences.append(sentence % {"what": _list_elements(dropped)})
    if unwrapped := elements & (HTML - ALLOWED - DROPPED):
        sentences.append(_("Only the words in it are shown: %(what)s.") % {"what": _list_elements(unwrapped)})
    if EXTERNAL_IMAGE.search(text):
        sentences.append(
            _("A picture of another site is shown as a link. Take it into the image library to show it.")
        )
    if SCRIPT_LINK.search(text):
        sentences.append(_("A link that is no address of a page is shown as words alone."))
    return sentences


def _list_elements(names: set[str]) -> str:
    return ", ".join(f"<{name}>" for name in sorted(names)[:MAX_NAMED_ELEMENTS])
