"""People: who is behind the ids and names in front matter. Reads a table (CSV) or a folder of profiles."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from publications.languages import slugify

from . import frontmatter, values
from .arrival import Refusal, Telling

LONGEST_NAME = 120


@dataclass(frozen=True)
class Person:
    """Somebody who writes: the address to be, the full name, and where their page was."""

    slug: str
    name: str
    former_paths: tuple[str, ...] = ()
    is_known: bool = True


class People:
    """Persons by id and by name."""

    def __init__(self, persons: dict[str, Person]) -> None:
        self.by_id = {identity.casefold(): person for identity, person in persons.items()}
        self.by_name = {person.name.casefold(): person for person in reversed(persons.values())}

    def find(self, written: str) -> Person:
        """Whom an id or a name means; somebody unknown gets a name made from it."""
        key = " ".join(written.split()).casefold()
        known = self.by_id.get(key) or self.by_name.get(key)
        return known or Person(slugify(written), _as_name(written), is_known=False)


def read(path: Path | None) -> People:
    """Read a CSV with `id` and names, or a folder of profiles. Raises Refusal."""
    if path is None:
        return People({})
    rows = _profiles(path) if path.is_dir() else _table(path)
    persons = {identity: person for identity, row in rows if (person := _person(identity, row))}
    if not persons:
        raise Refusal(_("“%s” names nobody: it needs a column “id”, or a file for each person.") % path)
    return People(persons)


def _table(path: Path) -> list[tuple[str, dict[str, Any]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace").replace("\0", "")
        rows = list(csv.DictReader(io.StringIO(text)))
    except (OSError, csv.Error) as reason:
        raise Refusal(_("“%(path)s” cannot be read: %(why)s") % {"path": path, "why": reason}) from reason
    return [(values.text(row.get("id") or row.get("slug")), row) for row in rows]


def _profiles(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for path in sorted(folder.glob("*.*")):
        if path.suffix.lower() in (".md", ".markdown", ".yml", ".yaml"):
            content = path.read_bytes()
            framed = content if b"---" in content[:10] else b"---\n" + content + b"\n---\n"
            try:
                found.append((path.stem, frontmatter.read(framed, Telling()).fields))
            except Refusal:
                continue
    return found


def _person(identity: str, row: dict[str, Any]) -> Person | None:
    parts = " ".join(values.text(row.get(name)) for name in ("first_name", "last_name"))
    name = next(
        (
            each
            for each in (values.text(row.get("full_name")), parts.strip(), values.text(row.get("name")))
            if each
        ),
        "",
    )
    slug = slugify(identity)
    if not slug:
        return None
    return Person(
        slug, (name or _as_name(identity))[:LONGEST_NAME], tuple(values.texts(row.get("redirect_from")))
    )


def _as_name(written: str) -> str:
    """`elyse-voegeli` as Elyse Voegeli; what holds a space or a capital is a name already."""
    plain = " ".join(written.split())
    if " " in plain or plain != plain.lower():
        return plain[:LONGEST_NAME]
    return " ".join(word.capitalize() for word in plain.replace("_", "-").split("-") if word)[:LONGEST_NAME]
