"""BibTeX, for LaTeX, JabRef and the like: read the same way by BibTeX, biblatex and Biber.

Special characters are written as LaTeX commands, letters of every alphabet as they are, in UTF-8. A brace is always
written as a command: BibTeX counts braces, escaped or not. URLs and DOIs are not escaped: styles take them verbatim.
"""

import re
from collections.abc import Sequence

from .names import Name
from .record import Record

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
OPEN, CLOSE, EMPTY = "\ue000", "\ue001", "\ue002"
"""Private use characters in place of our own braces, while all other braces are escaped."""
COMMANDS = {
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "`": r"{\textasciigrave}", "<": r"{\textless}", ">": r"{\textgreater}", "|": r"{\textbar}",
    OPEN: "{", CLOSE: "}", EMPTY: "{}",
}  # fmt: skip
LIGATURE = re.compile(r"(?<=-)-|(?<=')'|(?<=,),|(?<=[?!])`")
"""Characters that LaTeX would join with the one before them: "--" is not a dash here."""
CAPITAL = re.compile(r"[^\W_]*[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩЀ-Я][^\W_]*")
INNER_CAPITAL = re.compile(r"\w[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩЀ-Я]")
LIST_SEPARATORS = re.compile(r",|\band\b", re.IGNORECASE)


def to_bibtex(record: Record) -> str:
    """Return a record as BibTeX: `techreport` if its kind is numbered, else `misc`."""
    fields = {name: value for name, value in _fields(record).items() if value}
    lines = [f"  {name} = {value}," for name, value in fields.items()]
    entry_type = "techreport" if record.is_report else "misc"
    return "\n".join([f"@{entry_type}{{{record.key},", *lines, "}", ""])


def _fields(record: Record) -> dict[str, str]:
    day = record.published_on
    return {
        "author": _brace(_people(record.creators)),
        "editor": _brace(_people([person.name for person in record.editors])),
        "title": _brace(_title(record.title)),
        **_kind_fields(record),
        "year": _brace(str(day.year)),
        "month": MONTHS[day.month - 1],
        "date": _brace(day.isoformat()),
        "url": _brace(record.url),
        "doi": _brace(record.doi.replace("{", "%7B").replace("}", "%7D")),
        "isbn": _brace(record.isbn),
        "note": _brace(_escape(" ".join(record.notes))),
        "language": _brace(record.language),
        "keywords": _brace(_escape(", ".join(word.replace(",", " ") for word in record.keywords))),
        "abstract": _brace(_escape(record.summary)),
    }


def _kind_fields(record: Record) -> dict[str, str]:
    publisher = _brace(_escape(record.publisher))
    if record.is_report:
        return {
            "type": _brace(_escape(record.kind)),
            "number": _brace(_escape(record.number)),
            "institution": publisher,
        }
    return {"howpublished": _brace(_escape(record.kind)), "publisher": publisher}


def _brace(text: str) -> str:
    return f"{{{text}}}" if text else ""


def _escape(text: str) -> str:
    """Return the text on one line, in LaTeX."""
    return _escape_specials(_one_line(text))


def _one_line(text: str) -> str:
    return " ".join(re.sub(f"[{OPEN}{CLOSE}{EMPTY}]", "", text).split())


def _escape_specials(text: str) -> str:
    separated = LIGATURE.sub(lambda match: EMPTY + match[0], text)
    return "".join(COMMANDS.get(character, character) for character in separated)


def _title(text: str) -> str:
    """Protect the capitals of words, which styles may lower; those of the first word only if it has inner ones."""
    first, space, rest = _one_line(text).partition(" ")
    protected = CAPITAL.sub(_protect, rest)
    protected_first = CAPITAL.sub(_protect, first) if INNER_CAPITAL.search(first) else first
    return _escape_specials(protected_first + space + protected)


def _protect(word: re.Match[str]) -> str:
    return f"{OPEN}{word[0]}{CLOSE}"


def _people(names: Sequence[Name]) -> str:
    return " and ".join(_name(name) for name in names)


def _name(name: Name) -> str:
    """Return "Berg, Ann"; an organisation, or a person with one name, in braces, so that it is not split."""
    if not name.family:
        return _brace(_escape(name.full))
    parts = [name.family, name.suffix, name.given] if name.suffix else [name.family, name.given]
    return ", ".join(_part(part) for part in parts)


def _part(words: str) -> str:
    escaped = _escape(words)
    return _brace(escaped) if LIST_SEPARATORS.search(words) else escaped
