"""Parsers of reference formats, from the libraries pybtex, rispy and citeproc."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache

import rispy
from citeproc.source.json import CiteProcJSON
from pybtex.database import Person
from pybtex.database.input.bibtex import Parser
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

SYMBOLS = {
    "textbraceleft": "{", "textbraceright": "}", "textless": "<", "textgreater": ">", "textbar": "|",
    "textasciicircum": "^", "textasciitilde": "~", "textasciigrave": "`", "textbackslash": "\\",
}  # fmt: skip
"""Symbols that every LaTeX knows (ltoutenc) and this decoder partly does not."""


@dataclass(frozen=True)
class ParsedReference:
    """A parsed reference; names are inverted, family name first."""

    title: str
    authors: list[str]
    published: date
    url: str
    doi: str = ""


def parse_bibtex(text: str) -> ParsedReference:
    entry = next(iter(Parser().parse_string(text).entries.values()))
    fields = entry.fields
    assert fields["month"][:3] == f"{date.fromisoformat(fields['date']):%b}"
    assert fields["year"] == fields["date"][:4]
    return ParsedReference(
        latex_to_plain(fields["title"]),
        [_inverted(person) for person in entry.persons["author"]],
        date.fromisoformat(fields["date"]),
        fields["url"],
        fields.get("doi", ""),
    )


def _inverted(person: Person) -> str:
    """Return "Berg, Ann"; a name in braces has one part only."""
    family = " ".join([*person.prelast_names, *person.last_names])
    given = " ".join([*person.first_names, *person.middle_names])
    parts = [family, given, " ".join(person.lineage_names)]
    return ", ".join(latex_to_plain(part) for part in parts if part)


def latex_to_plain(latex: str) -> str:
    """Return the text that LaTeX would print, on one line."""
    return " ".join(_latex_decoder().latex_to_text(latex).split())


@cache
def _latex_decoder() -> LatexNodes2Text:
    context = get_default_latex_context_db()
    symbols = [MacroTextSpec(name, simplify_repl=symbol) for name, symbol in SYMBOLS.items()]
    context.add_context_category("symbols", prepend=True, macros=symbols)
    return LatexNodes2Text(latex_context=context, math_mode="verbatim", strict_latex_spaces=True)


def parse_ris(text: str) -> ParsedReference:
    entry = rispy.loads(text)[0]
    year, month, day = entry["date"].split("/")[:3]
    assert entry["year"] == year
    return ParsedReference(
        entry["title"],
        entry["authors"],
        date(int(year), int(month), int(day)),
        entry["urls"][0],
        entry.get("doi", ""),
    )


def parse_csl(text: str) -> ParsedReference:
    entry = next(iter(CiteProcJSON(json.loads(text)).values()))
    names = [
        ", ".join(name.get(part) for part in ("literal", "family", "given", "suffix") if name.get(part))
        for name in entry.author
    ]
    issued = entry.issued
    return ParsedReference(
        str(entry.title), names, date(issued.year, issued.month, issued.day), str(entry.get("URL")), str(entry.get("DOI") or "")
    )  # fmt: skip


PARSERS = {"bib": parse_bibtex, "ris": parse_ris, "csl.json": parse_csl}
