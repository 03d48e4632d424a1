"""What of a text no reader will see as it was typed: told when it is saved, not found out after publishing."""

import re

from django.utils.translation import gettext as _

from publications.html_tree import ALLOWED, DROPPED, HTML

CODE = re.compile(
    r"^(`{3,}|~{3,})[^\n]*\n(?:(?!\1)[^\n]*\n)*(?:\1|\Z)"
    r"|(?<!`)(`{1,3})(?!`)[^\n]{1,500}?(?<!`)\2(?!`)|^(?: {4}|\t)[^\n]*$",
    re.MULTILINE,
)
ELEMENT = re.compile(r"<([A-Za-z][A-Za-z0-9]*)(?=[\s/>])")
ELSEWHERE = re.compile(r"!\[[^\]\n]*\]\(\s*<?(?:https?:)?//", re.IGNORECASE)
SCRIPTED = re.compile(r"\]\(\s*<?(?:javascript|data|vbscript):", re.IGNORECASE)


def find_dropped_markup(body: str) -> list[str]:
    """Sentences for whoever saved a text: which elements, pictures and links do not come along."""
    text = CODE.sub("", body)
    named = {name.lower() for name in ELEMENT.findall(text)}
    gone, bare = sorted(named & DROPPED), sorted(named & (HTML - ALLOWED - DROPPED))
    told = {
        _("Not shown, with all that stands in it: %(what)s. Put a link there instead."): _list_elements(gone),
        _("Only the words in it are shown: %(what)s."): _list_elements(bare),
    }
    found = [said % {"what": what} for said, what in told.items() if what]
    if ELSEWHERE.search(text):
        found.append(_("A picture of another site is shown as a link. Take it into the library to show it."))
    if SCRIPTED.search(text):
        found.append(_("A link that is no address of a page is shown as words alone."))
    return found


def _list_elements(names: list[str]) -> str:
    return ", ".join(f"<{name}>" for name in names[:8])
