"""Citations in the styles that readers are asked for, in the language of the page.

APA: Publication Manual of the American Psychological Association, 7th edition. Chicago: The Chicago Manual of
Style, 17th edition, author-date. Harvard: as Cite Them Right has it. The day of access is left to whoever cites.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape

from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from publications.locales import text_direction
from publications.models import doi_url

from .record import Name, Record

APA_MOST, CHICAGO_MOST, HARVARD_MOST = 20, 10, 3
CHICAGO_FIRST = 7
ENDS = (".", "?", "!", "…")
TAG = re.compile("<[^<>]*>")  # of those written here; in what they hold every "<" is a character
QUOTES = {"sv": "””"}


@dataclass(frozen=True)
class Citation:
    """A citation in one style, as HTML whose text is the citation in plain words."""

    style: str
    html: SafeString


def citations(record: Record) -> list[Citation]:
    return [Citation(style, write(record)) for style, write in STYLES.items()]


def apa(record: Record) -> SafeString:
    """Berg, A., & Ek, B. (2026, May 3). Title [Quick Comment]. Publisher. https://…"""
    year = record.published.year
    day = gettext("%(year)d, %(day)s") % {"year": year, "day": date_format(record.published, gettext("F j"))}
    date = str(year) if record.is_report else day
    work = f"({record.label})" if record.is_report else f"[{record.kind}]"
    editors = [
        f"{name.initials} {name.family}".strip() if name.family else name.full for name in _editors(record)
    ]
    edited = f" ({_joined(editors, ' & ')}, {_abbreviated(editors)})" if editors else ""
    by = _apa_authors(record.creators)
    return _sentences(
        f"{_stopped(by)} ({date})",
        format_html("{}{} {}", _italic(record), edited, work),
        "" if by == record.publisher else record.publisher,
        address=record,
    )


def chicago(record: Record) -> SafeString:
    """Berg, Ann, and Bo Ek. 2026. “Title.” Quick Comment. Publisher, May 3, 2026. https://…"""
    day = date_format(record.published, gettext("F j, Y"))
    by = _chicago_authors(record.creators)
    if record.is_report:
        work = [_italic(record), record.label, record.publisher]
    else:
        work = [_quoted(record), record.kind, f"{record.publisher}, {day}"]
    editors = [name.full for name in _editors(record)]
    edited = gettext("Edited by %(names)s") % {"names": _joined(editors, _and())} if editors else ""
    return _sentences(by, str(record.published.year), work[0], edited, *work[1:], address=record)


def harvard(record: Record) -> SafeString:
    """Berg, A. and Ek, B. (2026) Title. Quick Comment, 3 May. Publisher. Available at: https://…"""
    by = _harvard_authors(record.creators)
    day = date_format(record.published, gettext("j F"))
    return _sentences(
        format_html("{} ({}) {}", by, record.published.year, _italic(record)),
        record.label if record.is_report else f"{record.kind}, {day}",
        record.publisher,
        address=record,
        before=gettext("Available at:"),
    )


STYLES: dict[str, Callable[[Record], SafeString]] = {
    "APA 7": apa,
    "Chicago 17": chicago,
    "Harvard": harvard,
}


def _sentences(*parts: str, address: Record, before: str = "") -> SafeString:
    """The parts, each with its full stop, then the address, which has none."""
    told = format_html_join(" ", "{}", ((_stopped(part),) for part in parts if part))
    where = doi_url(address.doi) if address.doi and address.is_current else address.url
    return format_html("{} {}", told, f"{before} {where}".strip())


def _stopped(text: str) -> str:
    """The text with a full stop, unless it ends in a stop of its own, be it within quotation marks or italics."""
    shown = unescape(TAG.sub("", text)) if isinstance(text, SafeString) else text
    shown = shown.rstrip("\"'”’»")
    if shown.endswith(ENDS):
        return text
    return format_html("{}.", text) if isinstance(text, SafeString) else f"{text}."


def _italic(record: Record) -> SafeString:
    return format_html("<i{}>{}</i>", _language_attributes(record), " ".join(record.title.split()))


def _quoted(record: Record) -> SafeString:
    """In the quotation marks of the page, the stop inside them as in Chicago; those of the title become single."""
    title = " ".join(record.title.split()).translate({ord("“"): "‘", ord("”"): "’"})
    stop = "" if title.endswith(ENDS) else "."
    opening, closing = QUOTES.get(get_language() or "", "“”")
    return format_html("{}<span{}>{}{}</span>{}", opening, _language_attributes(record), title, stop, closing)


def _language_attributes(record: Record) -> SafeString:
    """The language of the title, where it is not that of the page."""
    if record.language == get_language():
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', record.language, text_direction(record.language))


def _editors(record: Record) -> list[Name]:
    return [person.name for person in record.editors]


def _abbreviated(editors: Sequence[str]) -> str:
    return ngettext("Ed.", "Eds.", len(editors))


def _and() -> str:
    return f" {gettext('and')} "


def _joined(names: Sequence[str], last: str, comma: str = ", ") -> str:
    """A, B and C"""
    return last.join([comma.join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _by_initials(name: Name, between: str = " ") -> str:
    """Berg, A. B."""
    initials = name.initials.replace(" ", between)
    return ", ".join(part for part in (name.family, initials, name.suffix) if part) or name.full


def _apa_authors(names: Sequence[Name]) -> str:
    turned = [_by_initials(name) for name in names]
    if len(turned) > APA_MOST:
        return f"{', '.join(turned[: APA_MOST - 1])}, . . . {turned[-1]}"
    return _joined(turned, ", & ")


def _chicago_authors(names: Sequence[Name]) -> str:
    """The first name turned round, the others as they are read."""
    read = [names[0].inverted, *(name.full for name in names[1:])]
    if len(read) > CHICAGO_MOST:
        return f"{', '.join(read[:CHICAGO_FIRST])}, et al."
    return _joined(read, gettext(", and "))


def _harvard_authors(names: Sequence[Name]) -> SafeString:
    turned = [_by_initials(name, between="") for name in names]
    if len(turned) > HARVARD_MOST:
        return format_html("{} <i>et al.</i>", turned[0])
    return conditional_escape(_joined(turned, _and()))
