"""People: who is behind the ids and names in front matter. Reads a table (CSV) or a folder of profiles."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from publications import markup
from publications.languages import slugify

from . import frontmatter, values
from .arrival import Refusal, Telling

LONGEST_NAME = 120


@dataclass(frozen=True)
class Person:
    """Somebody who writes: the address to be, the full name, and where their page was.

    A profile has a biography and the address of a portrait, which is looked for from `home`, its folder.
    """

    slug: str
    name: str
    former_paths: tuple[str, ...] = ()
    is_known: bool = True
    biography: str = ""
    portrait: str = ""
    home: Path = Path()


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
        text = path.read_bytes().decode("utf-8-sig").replace("\0", "")
        rows = list(csv.DictReader(io.StringIO(text)))
    except UnicodeDecodeError as reason:
        raise Refusal(_("“%s” is not UTF-8. Save it as “CSV UTF-8”, then try again.") % path) from reason
    except (OSError, csv.Error) as reason:
        why = getattr(reason, "strerror", None) or reason
        raise Refusal(_("“%(path)s” cannot be read: %(why)s") % {"path": path, "why": why}) from reason
    return [(values.text(row.get("id") or row.get("slug")), row) for row in rows]


def _profiles(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """The fields of each profile by its id: of a file (`ann.md`, `ann.yml`), or of a folder (`ann/_index.md`)."""
    found = []
    for path in sorted(each for each in folder.glob("*.*") if each.stem not in LIST_PAGES):
        if path.suffix.lower() in (".md", ".markdown", ".yml", ".yaml"):
            found.append((path.stem, path, ""))
    for path in sorted(each for name in LIST_PAGES for each in folder.glob(f"*/{name}.md")):
        found.append((path.parent.name, path, f"/{folder.name}/{path.parent.name}/"))
    read = ((identity, _profile(path, page)) for identity, path, page in found)
    return [(identity, fields) for identity, fields in read if fields is not None]


def _profile(path: Path, page: str) -> dict[str, Any] | None:
    """The fields of a profile with its text and its place; None where it cannot be read."""
    try:
        content = path.read_bytes()
        is_framed = b"---" in content[:10] or b"+++" in content[:10]
        front = frontmatter.read(content if is_framed else b"---\n" + content + b"\n---\n", Telling())
    except (Refusal, OSError):
        return None
    return front.fields | {"body": front.body, "home": path.parent, "page": page}


LIST_PAGES = ("_index", "index")
NAMES = ("display_name", "full_name", "name", "title")
BIOGRAPHY = ("biography", "bio", "about", "description", "summary")
PORTRAIT = ("portrait", "avatar", "photo", "image", "picture", "headshot")


def _person(identity: str, row: dict[str, Any]) -> Person | None:
    parts = " ".join(values.text(row.get(name)) for name in ("first_name", "last_name"))
    stated = [values.text(row.get(name)) for name in NAMES]
    name = next(filter(None, [*stated[:2], parts.strip(), *stated[2:]]), "")
    slug = slugify(identity)
    if not slug:
        return None
    home = row.get("home") if isinstance(row.get("home"), Path) else Path()
    return Person(
        slug,
        (name or _as_name(identity))[:LONGEST_NAME],
        tuple(filter(None, [*values.texts(row.get("redirect_from")), values.text(row.get("page"))])),
        biography=_biography(row),
        portrait=values.text(values.first(row, *PORTRAIT)) or _portrait_in(home),
        home=home,
    )


def _biography(row: dict[str, Any]) -> str:
    """What a profile says of a person, as plain paragraphs."""
    written = str(row.get("body") or "").strip() or values.text(values.first(row, *BIOGRAPHY))
    if not written:
        return ""
    try:
        return markup.render_markdown(written).text
    except markup.Unrenderable:
        return values.plain(written)


def _portrait_in(home: Path) -> str:
    """The picture in the folder of a profile."""
    if home == Path() or not any((home / f"{name}.md").exists() for name in LIST_PAGES):
        return ""
    return next((path.name for path in sorted(home.glob("*")) if path.suffix.lower() in PICTURES), "")


PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def _as_name(written: str) -> str:
    """`elyse-voegeli` as Elyse Voegeli; what holds a space or a capital is a name already."""
    plain = " ".join(written.split())
    if " " in plain or plain != plain.lower():
        return plain[:LONGEST_NAME]
    return " ".join(word.capitalize() for word in plain.replace("_", "-").split("-") if word)[:LONGEST_NAME]
