"""BibTeX: for LaTeX, JabRef and their like. Written so that BibTeX, biblatex and Biber read it alike.

Specials are written as LaTeX commands, letters of every alphabet as they are, in UTF-8. A brace is always a
command: BibTeX counts braces, escaped or not. Addresses and DOIs stand as they are: styles take them to the letter.
"""

import re
from collections.abc import Sequence

from .names import Name
from .record import Record

MEDIA_TYPE = "application/x-bibtex"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
OPEN, CLOSE, EMPTY = "\ue000", "\ue001", "\ue002"
"""Braces of ours, until all others are commands. Unicode gives these signs no meaning."""
COMMANDS = {
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "`": r"{\textasciigrave}", "<": r"{\textless}", ">": r"{\textgreater}", "|": r"{\textbar}",
    OPEN: "{", CLOSE: "}", EMPTY: "{}",
}  # fmt: skip
LIGATURE = re.compile(r"(?<=-)-|(?<=')'|(?<=,),|(?<=[?!])`")
"""Signs that LaTeX would join with the one before them: "--" is not a dash here."""
CAPITAL = re.compile(r"[^\W_]*[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩЀ-Я][^\W_]*")
INNER_CAPITAL = re.compile(r"\w[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩЀ-Я]")
LIST_SIGNS = re.compile(r",|\band\b", re.IGNORECASE)


def document(record: Record) -> str:
    fields = {name: value for name, value in _fields(record).items() if value}
    lines = [f"  {name} = {value}," for name, value in fields.items()]
    kind = "techreport" if record.is_report else "misc"
    return "\n".join([f"@{kind}{{{record.key},", *lines, "}", ""])


def _fields(record: Record) -> dict[str, str]:
    day = record.published
    return {
        "author": _braced(_people(record.creators)),
        "editor": _braced(_people([person.name for person in record.editors])),
        "title": _braced(_title(record.title)),
        **_of_kind(record),
        "year": _braced(str(day.year)),
        "month": MONTHS[day.month - 1],
        "date": _braced(day.isoformat()),
        "url": _braced(record.url),
        "doi": _braced(record.doi.replace("{", "%7B").replace("}", "%7D")),
        "isbn": _braced(record.isbn),
        "note": _braced(_escaped(f"Text: {record.external_url}")) if record.external_url else "",
        "language": _braced(record.language),
        "keywords": _braced(_escaped(", ".join(word.replace(",", " ") for word in record.keywords))),
        "abstract": _braced(_escaped(record.summary)),
    }


def _of_kind(record: Record) -> dict[str, str]:
    publisher = _braced(_escaped(record.publisher))
    if record.is_report:
        return {
            "type": _braced(_escaped(record.kind)),
            "number": _braced(_escaped(record.number)),
            "institution": publisher,
        }
    return {"howpublished": _braced(_escaped(record.kind)), "publisher": publisher}


def _braced(text: str) -> str:
    return f"{{{text}}}" if text else ""


def _escaped(text: str) -> str:
    """The text on one line, in LaTeX."""
    return _written(_settled(text))


def _settled(text: str) -> str:
    return " ".join(re.sub(f"[{OPEN}{CLOSE}{EMPTY}]", "", text).split())


def _written(text: str) -> str:
    parted = LIGATURE.sub(lambda match: EMPTY + match[0], text)
    return "".join(COMMANDS.get(sign, sign) for sign in parted)


def _title(text: str) -> str:
    """Words with a capital keep it, whatever the style does to titles; that of the first word may go."""
    first, space, rest = _settled(text).partition(" ")
    kept = CAPITAL.sub(_kept, rest)
    return _written((CAPITAL.sub(_kept, first) if INNER_CAPITAL.search(first) else first) + space + kept)


def _kept(word: re.Match[str]) -> str:
    return f"{OPEN}{word[0]}{CLOSE}"


def _people(names: Sequence[Name]) -> str:
    return " and ".join(_name(name) for name in names)


def _name(name: Name) -> str:
    """Berg, Ann; an organisation, or somebody of one name, in braces, so that it stays whole."""
    if not name.family:
        return _braced(_escaped(name.full))
    parts = [name.family, name.suffix, name.given] if name.suffix else [name.family, name.given]
    return ", ".join(_part(part) for part in parts)


def _part(words: str) -> str:
    escaped = _escaped(words)
    return _braced(escaped) if LIST_SIGNS.search(words) else escaped
