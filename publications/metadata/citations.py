"""Citations in the usual styles, in the current language.

APA: Publication Manual of the American Psychological Association, 7th edition. Chicago: The Chicago Manual of
Style, 17th edition, author-date. Harvard: Cite Them Right. The date of access is left to the reader.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape

from django.utils.encoding import uri_to_iri
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from publications.locales import format_day, text_direction

from .names import Name
from .record import Record

APA_MAX_NAMES, CHICAGO_MAX_NAMES, HARVARD_MAX_NAMES = 20, 10, 3
CHICAGO_SHOWN_NAMES = 7
END_MARKS = (".", "?", "!", "…")
TAG = re.compile("<[^<>]*>")  # text within our tags is escaped
QUOTES = {"sv": "””"}


@dataclass(frozen=True)
class Citation:
    """A citation in one style; the text of its HTML is the citation as plain text."""

    style: str
    html: SafeString


def citations(record: Record) -> list[Citation]:
    return [Citation(style, render(record)) for style, render in STYLES.items()]


def apa(record: Record) -> SafeString:
    """Berg, A., & Ek, B. (2026, May 3). Title [Quick Comment]. Publisher. https://…"""
    year = record.published_on.year
    day = gettext("%(year)d, %(day)s") % {
        "year": year,
        "day": format_day(record.published_on, gettext("F j")),
    }
    date = str(year) if record.is_report else day
    work = f"({record.label})" if record.is_report else f"[{record.kind}]"
    editors = [
        f"{name.initials} {name.family}".strip() if name.family else name.full for name in _editors(record)
    ]
    editor_part = f" ({_join_names(editors, ' & ')}, {_editor_label(editors)})" if editors else ""
    author_names = _apa_authors(record.creators)
    return _sentences(
        f"{_with_full_stop(author_names)} ({date})",
        format_html("{}{} {}", _italic_title(record), editor_part, work),
        "" if author_names == record.publisher else record.publisher,
        record=record,
    )


def chicago(record: Record) -> SafeString:
    """Berg, Ann, and Bo Ek. 2026. “Title.” Quick Comment. Publisher, May 3, 2026. https://…"""
    day = format_day(record.published_on, gettext("F j, Y"))
    author_names = _chicago_authors(record.creators)
    if record.is_report:
        work = [_italic_title(record), record.label, record.publisher]
    else:
        work = [_quoted_title(record), record.kind, f"{record.publisher}, {day}"]
    editors = [name.full for name in _editors(record)]
    editor_part = gettext("Edited by %(names)s") % {"names": _join_names(editors, _and())} if editors else ""
    return _sentences(
        author_names, str(record.published_on.year), work[0], editor_part, *work[1:], record=record
    )


def harvard(record: Record) -> SafeString:
    """Berg, A. and Ek, B. (2026) Title. Quick Comment, 3 May. Publisher. Available at: https://…"""
    author_names = _harvard_authors(record.creators)
    day = format_day(record.published_on, gettext("j F"))
    return _sentences(
        format_html("{} ({}) {}", author_names, record.published_on.year, _italic_title(record)),
        record.label if record.is_report else f"{record.kind}, {day}",
        record.publisher,
        record=record,
        url_label=gettext("Available at:"),
    )


STYLES: dict[str, Callable[[Record], SafeString]] = {
    "APA 7": apa,
    "Chicago 17": chicago,
    "Harvard": harvard,
}


def _sentences(*parts: str, record: Record, url_label: str = "") -> SafeString:
    """Return the parts, each with its full stop, then the address, decoded for readers, which has none."""
    sentences = format_html_join(" ", "{}", ((_with_full_stop(part),) for part in parts if part))
    return format_html("{} {}", sentences, f"{url_label} {uri_to_iri(record.citation_url)}".strip())


def _with_full_stop(text: str) -> str:
    """Return the text with a full stop, unless it ends in an end mark, also within quotation marks or italics."""
    plain = unescape(TAG.sub("", text)) if isinstance(text, SafeString) else text
    plain = plain.rstrip("\"'”’»")
    if plain.endswith(END_MARKS):
        return text
    return format_html("{}.", text) if isinstance(text, SafeString) else f"{text}."


def _italic_title(record: Record) -> SafeString:
    return format_html("<i{}>{}</i>", _language_attributes(record), " ".join(record.title.split()))


def _quoted_title(record: Record) -> SafeString:
    """Return the title in quotation marks with the stop inside, as in Chicago; its own marks become single."""
    title = " ".join(record.title.split()).translate({ord("“"): "‘", ord("”"): "’"})
    stop = "" if title.endswith(END_MARKS) else "."
    open_quote, close_quote = QUOTES.get(get_language() or "", "“”")
    return format_html(
        "{}<span{}>{}{}</span>{}", open_quote, _language_attributes(record), title, stop, close_quote
    )


def _language_attributes(record: Record) -> SafeString:
    """Return the attributes for the language of the title, if it is not the current one."""
    if record.language == get_language():
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', record.language, text_direction(record.language))


def _editors(record: Record) -> list[Name]:
    return [person.name for person in record.editors]


def _editor_label(editors: Sequence[str]) -> str:
    return ngettext("Ed.", "Eds.", len(editors))


def _and() -> str:
    return f" {gettext('and')} "


def _join_names(names: Sequence[str], last: str, comma: str = ", ") -> str:
    """Return "A, B and C"."""
    return last.join([comma.join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _name_with_initials(name: Name, between: str = " ") -> str:
    """Return "Berg, A. B."."""
    initials = name.initials.replace(" ", between)
    return ", ".join(part for part in (name.family, initials, name.suffix) if part) or name.full


def _apa_authors(names: Sequence[Name]) -> str:
    inverted_names = [_name_with_initials(name) for name in names]
    if len(inverted_names) > APA_MAX_NAMES:
        return f"{', '.join(inverted_names[: APA_MAX_NAMES - 1])}, . . . {inverted_names[-1]}"
    return _join_names(inverted_names, ", & ")


def _chicago_authors(names: Sequence[Name]) -> str:
    """Invert the first name only."""
    names_in_order = [names[0].inverted, *(name.full for name in names[1:])]
    if len(names_in_order) > CHICAGO_MAX_NAMES:
        return f"{', '.join(names_in_order[:CHICAGO_SHOWN_NAMES])}, et al."
    return _join_names(names_in_order, gettext(", and "))


def _harvard_authors(names: Sequence[Name]) -> SafeString:
    inverted_names = [_name_with_initials(name, between="") for name in names]
    if len(inverted_names) > HARVARD_MAX_NAMES:
        return format_html("{} <i>et al.</i>", inverted_names[0])
    return conditional_escape(_join_names(inverted_names, _and()))
