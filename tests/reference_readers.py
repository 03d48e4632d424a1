"""References read by parsers of others: what a reader's own program makes of ours."""

import json
from dataclasses import dataclass
from datetime import date

import rispy
from citeproc.source.json import CiteProcJSON
from pybtex.database import Person, parse_string
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

SYMBOLS = {
    "textbraceleft": "{", "textbraceright": "}", "textless": "<", "textgreater": ">", "textbar": "|",
    "textasciicircum": "^", "textasciitilde": "~", "textasciigrave": "`", "textbackslash": "\\",
}  # fmt: skip
"""Symbols that every LaTeX knows (ltoutenc) and this decoder partly does not."""


@dataclass(frozen=True)
class Read:
    """What a parser found. Names are those that references turn round: family name first."""

    title: str
    authors: list[str]
    day: date
    url: str
    doi: str = ""


def by_pybtex(text: str) -> Read:
    entry = next(iter(parse_string(text, "bibtex").entries.values()))
    fields = entry.fields
    assert fields["month"][:3] == f"{date.fromisoformat(fields['date']):%b}"
    assert fields["year"] == fields["date"][:4]
    return Read(
        plain(fields["title"]),
        [_turned(person) for person in entry.persons["author"]],
        date.fromisoformat(fields["date"]),
        fields["url"],
        fields.get("doi", ""),
    )


def _turned(person: Person) -> str:
    """Berg, Ann; a name that braces keep whole has no second part."""
    family = " ".join([*person.prelast_names, *person.last_names])
    given = " ".join([*person.first_names, *person.middle_names])
    parts = [family, given, " ".join(person.lineage_names)]
    return ", ".join(plain(part) for part in parts if part)


def plain(latex: str) -> str:
    """The words that LaTeX would print, in one line."""
    known = get_default_latex_context_db()
    symbols = [MacroTextSpec(name, simplify_repl=sign) for name, sign in SYMBOLS.items()]
    known.add_context_category("symbols", prepend=True, macros=symbols)
    decoder = LatexNodes2Text(latex_context=known, math_mode="verbatim", strict_latex_spaces=True)
    return " ".join(decoder.latex_to_text(latex).split())


def by_rispy(text: str) -> Read:
    entry = rispy.loads(text)[0]
    year, month, day = entry["date"].split("/")[:3]
    assert entry["year"] == year
    return Read(
        entry["title"],
        entry["authors"],
        date(int(year), int(month), int(day)),
        entry["urls"][0],
        entry.get("doi", ""),
    )


def by_citeproc(text: str) -> Read:
    entry = next(iter(CiteProcJSON(json.loads(text)).values()))
    names = [
        ", ".join(name.get(part) for part in ("literal", "family", "given", "suffix") if name.get(part))
        for name in entry.author
    ]
    issued = entry.issued
    return Read(
        str(entry.title), names, date(issued.year, issued.month, issued.day), str(entry.get("URL")), str(entry.get("DOI") or "")
    )  # fmt: skip


READERS = {"bib": by_pybtex, "ris": by_rispy, "csl.json": by_citeproc}
