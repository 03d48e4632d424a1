"""The card of a file: who it is, in which language, at which address, before anybody has read its text."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from publications.addresses import former
from publications.languages import NAMES, TREES, slugify, tree_of

from . import dates, frontmatter, values
from .arrival import Refusal, Telling
from .fields import names_in, tags_in
from .old_ids import fragments_in

NAMESPACE = UUID("6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a71")  # of uids made from the place of a file
INDEX = ("index", "_index")
STATED = ("permalink", "url")
REDIRECTS = ("redirect_from", "aliases", "redirects", "former_paths")
NAME_PLACEHOLDERS = ("title", "filename", "contentbasename")  # in a pattern of addresses
SLUG_PLACEHOLDERS = ("slug", "slugorfilename", "slugorcontentbasename")
OTHER_CODES = {"nb": "no", "nn": "no"} | {name.lower(): code for code, name in NAMES.items()}


@dataclass(frozen=True)
class Card:
    """What others need to know of a file."""

    source: str
    path: Path
    uid: str
    language: str
    family: str
    wanted: str
    names: tuple[str, ...] = ()
    former_paths: tuple[str, ...] = ()
    old_paths: tuple[str, ...] = ()
    translation_of: str = ""
    slug: str = ""
    fragments: frozenset[str] = frozenset()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    is_own: bool = False
    stated_slug: str = ""  # of a manuscript of ours, whose publication follows it where it is free

    @property
    def stem(self) -> str:
        """The name of the file, or of the folder that it is the index of."""
        return self.path.parent.name if self.path.stem in INDEX else self.path.stem

    @property
    def tree(self) -> str:
        return tree_of(self.language)


def content_of(path: Path) -> bytes:
    """The bytes of a file that is one. Raises Refusal and OSError."""
    if path.is_symlink() or not path.is_file():
        raise Refusal(_("This is no plain file: links are not followed."))
    if path.stat().st_size > frontmatter.LARGEST:
        raise Refusal(_("The file is larger than 2 MB: it is no text for readers."))
    return path.read_bytes()


def source_of(file: Path, root: Path) -> str:
    """The path of a file below the root, with what is not UTF-8 in it escaped, so that reports can name it."""
    return os.fsencode(file.relative_to(root).as_posix()).decode("utf-8", "backslashreplace")


def tell_address(card: Card, telling: Telling) -> None:
    """Report an address that is not the one the file asks for."""
    if card.slug != card.wanted:
        told = _("The address “%(wanted)s” is taken: it became “%(slug)s”.")
        telling.changed("address", told % {"wanted": card.wanted, "slug": card.slug})


def card_of(file: Path, root: Path, default: str, permalink: str) -> Card:
    """The card of a file below the root. Raises Refusal and OSError."""
    front = frontmatter.read(content_of(file), Telling())
    fields = front.fields
    source = file.relative_to(root).as_posix()
    place = f"{root.resolve().name}/{source}"
    if any(unicodedata.category(letter) == "Cs" for letter in place):  # what Python takes other bytes for
        raise Refusal(_("The name of the file, or of a folder that it is in, is not UTF-8. Rename it."))
    stem, spoken = _stem_and_language(file, root, fields)
    name = dates.IN_NAME.sub("", stem).lstrip("-_ .") or stem
    return Card(
        source=source,
        path=file,
        uid=_uid(fields, place),
        fragments=fragments_in(front.body),
        tags=tuple(tags_in(fields)),
        authors=tuple(names_in(fields)),
        is_own=_is_own(fields),
        stated_slug=slugify(values.text(fields.get("slug"))) if _is_own(fields) else "",
        language=spoken or default,
        family=_family(file, root),
        wanted=_wanted_slug(fields, stem),
        names=(slugify(name), *filter(None, [slugify(values.text(fields.get("class")))])),
        former_paths=_stated_paths(fields, _day(fields, stem), name, permalink),
        old_paths=_usual_paths((_day(fields, stem), dates.in_name(stem)), name),
    )


def _stated_paths(fields: dict[str, Any], day: datetime | None, name: str, permalink: str) -> tuple[str, ...]:
    """Old addresses that the file names, and that by which the old site made them."""
    stated = [at for at in values.texts(values.first(fields, *STATED)) if at.startswith(("/", "http"))]
    stated += values.texts(values.first(fields, *REDIRECTS))
    if permalink and day:
        stated.append(_filled(permalink, day, name, values.text(fields.get("slug")) or name))
    return tuple(dict.fromkeys(stated))


def _usual_paths(days: Iterable[datetime | None], name: str) -> tuple[str, ...]:
    """Where Jekyll has posts that say nothing else: links are looked for there, readers are not led on from there."""
    paths = (f"/{day.year:04}/{day.month:02}/{day.day:02}/{name}" for day in days if day)
    return tuple(dict.fromkeys(map(former, paths)))


def _is_own(fields: dict[str, Any]) -> bool:
    """Whether a file says that it is a manuscript of this project; `format: standard` of others does not."""
    return values.text(fields.get("format")).isdecimal()


def _uid(fields: dict[str, Any], place: str) -> str:
    """Return the uid that a manuscript of ours states, else one made from the place: folder and path below it.

    What other files state is never used: it could be the uid of a publication that they do not mean.
    """
    try:
        return str(UUID(values.text(fields.get("uid")) if _is_own(fields) else ""))
    except ValueError:
        return str(uuid5(NAMESPACE, place))


def language_code(written: str) -> str:
    """`es-PR`, `sv_SE`, `EN` and `Svenska` as the site knows them; nothing for a language it does not know."""
    plain = written.strip().lower()
    code = OTHER_CODES.get(plain) or re.split(r"[-_.]", plain)[0]
    code = OTHER_CODES.get(code, code)
    return code if code in NAMES else ""


def _stem_and_language(file: Path, root: Path, fields: dict[str, Any]) -> tuple[str, str]:
    """The name of the piece, and its language: as stated, by the end of its name, or by its folder.

    Raises Refusal for a language that the site does not have: its text would be read as another.
    """
    stem, ending = _without_language(file.stem)
    if stem in INDEX and file.parent != root:
        stem = file.parent.name
    stated = values.text(values.first(fields, "lang", "language", "locale"))
    spoken = stated or ending or next(_languages_above(file, root), "")
    if spoken and not language_code(spoken):
        told = _("Its language “%(language)s” is none that this site has texts in: %(known)s.")
        raise Refusal(told % {"language": spoken, "known": ", ".join(NAMES)})
    return stem, language_code(spoken)


def _languages_above(file: Path, root: Path) -> Iterator[str]:
    """The folders around a file, below the root and with it, that are named by a language, the nearest first."""
    folders = [folder for folder in file.parents if folder == root or folder.is_relative_to(root)]
    return (folder.name for folder in folders if folder.name in NAMES or _stands_for_language(folder))


@lru_cache(maxsize=4_000)
def _stands_for_language(folder: Path) -> bool:
    """Whether a folder is one of several that are named by languages: `pt` beside `en`, not `it` alone."""
    return folder.name in LANG_INFO and any((folder.parent / tree).is_dir() for tree in TREES)


def _without_language(stem: str) -> tuple[str, str]:
    name, _dot, ending = stem.rpartition(".")
    return (name, ending) if name and (ending in NAMES or ending in LANG_INFO) else (stem, "")


def _family(file: Path, root: Path) -> str:
    """What a text and its translations share: the path without the language."""
    parts = [part for part in file.relative_to(root).parent.parts if part not in NAMES]
    return "/".join([*parts, _without_language(file.stem)[0]])


def _day(fields: dict[str, Any], stem: str) -> datetime | None:
    return dates.moment(dates.written_in(fields, dates.PUBLISHED)) or dates.in_name(stem)


def _filled(pattern: str, day: datetime, name: str, slug: str) -> str:
    """An old address as Jekyll and Hugo write its pattern: /:year/:month/:day/:title/.

    `:slug` is the slug that front matter states, else the name of the file (gohugo.io/configuration/permalinks).
    """
    parts = {
        "year": f"{day.year:04}",
        "month": f"{day.month:02}",
        "day": f"{day.day:02}",
        "i_day": str(day.day),
    }
    names = dict.fromkeys(NAME_PLACEHOLDERS, name) | dict.fromkeys(SLUG_PLACEHOLDERS, slug)
    return re.sub(r":([a-z_]+)", lambda found: (parts | names).get(found[1], found[0]), pattern)


def _wanted_slug(fields: dict[str, Any], stem: str) -> str:
    stated = values.text(values.first(fields, *STATED)).rstrip("/").rpartition("/")[2]
    stated = "" if "{" in stated or ":" in stated else re.sub(r"\.html?$", "", stated)
    name = dates.IN_NAME.sub("", stem)
    return (
        slugify(values.text(fields.get("slug")))
        or slugify(stated)
        or slugify(name)
        or slugify(stem)
        or "publication"
    )
