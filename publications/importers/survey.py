"""A first look over all files: who is who, in which language, at which address. Pieces may then refer to each other."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from publications.addresses import former
from publications.languages import LONGEST, NAMES, TREES, slugify, tree_of

from . import dates, frontmatter, values
from .arrival import Refusal, Telling

NAMESPACE = UUID("6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a71")  # of uids made from the place of a file
TEXTS = (".md", ".markdown", ".mdown", ".mkd")
INDEX = ("index", "_index")
STATED = ("permalink", "url")
REDIRECTS = ("redirect_from", "aliases", "redirects", "former_paths")


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

    @property
    def tree(self) -> str:
        return tree_of(self.language)


@dataclass
class Survey:
    """All files of a folder in the order they are taken in, originals before translations.

    `neighbours` stand beside a single file and are not taken in; it may refer to those that are on the site.
    """

    root: Path
    cards: list[Card]
    refused: dict[str, str] = field(default_factory=dict)
    neighbours: list[Card] = field(default_factory=list)

    @property
    def uids(self) -> set[str]:
        return {card.uid for card in (*self.cards, *self.neighbours)}

    def settle(self, given: Mapping[str, str], taken: set[tuple[str, str]]) -> "Survey":
        """Give each piece an address of its own: the one it has on the site, else the one it wants or the next.

        `given` are slugs by uid, `taken` are trees and slugs that belong to others. The same files get the same
        addresses however often, and in how many runs, they are taken in.
        """
        held = taken | {(card.tree, given[card.uid]) for card in self.cards if given.get(card.uid)}
        settled = []
        for card in self.cards:
            slug = given.get(card.uid) or _free(card, held)
            held.add((card.tree, slug))
            settled.append(replace(card, slug=slug))
        here = [replace(card, slug=given[card.uid]) for card in self.neighbours if given.get(card.uid)]
        return replace(self, cards=settled, neighbours=here)

    def addresses(self, address: Callable[[str, str], str]) -> dict[str, str]:
        """Old paths, places of files and ends of places, with the address that each piece will have."""
        found: dict[str, str] = {}
        for card in (*self.cards, *self.neighbours):
            new = address(card.tree, card.slug)
            for old in (*card.old_paths, *filter(None, map(former, card.former_paths))):
                found.setdefault(old, new)
            found[f"file:{card.source}"] = new
            for end in _ends(card.source.removesuffix(".md")):
                found.setdefault(f"end:{end}", new)
        return found

    def names(self) -> dict[tuple[str, str], str]:
        """Uids by language and what a piece may be called in a list of related ones."""
        found: dict[tuple[str, str], str] = {}
        for place in range(2):  # the name of the file first, then what else it goes by
            for card in (*self.cards, *self.neighbours):
                for name in card.names[place : place + 1]:
                    found.setdefault((card.language, name), card.uid)
        return found


def _ends(place: str) -> list[str]:
    """`a/b/c` by all that it may be called from elsewhere: c, b/c and a/b/c."""
    parts = place.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]


def survey(path: Path, *, language: str = TREES[0], permalink: str = "") -> Survey:
    """Look over a folder, or a single file. A file that cannot be read is refused, the others stay."""
    if path.is_dir():
        cards, refused = _look_over(_texts(path.rglob("*"), path), path, language, permalink)
        return Survey(path, cards, refused)
    root = path.parent
    files = dict.fromkeys([path, *_texts(root.glob("*"), root)])
    cards, refused = _look_over(files, root, language, permalink)
    return Survey(
        root,
        cards=[card for card in cards if card.path == path],
        refused={source: reason for source, reason in refused.items() if source == path.name},
        neighbours=[card for card in cards if card.path != path],
    )


def _look_over(
    files: Iterable[Path], root: Path, language: str, permalink: str
) -> tuple[list[Card], dict[str, str]]:
    """The cards, originals before translations, and by source why files have none."""
    cards: dict[str, Card] = {}
    refused: dict[str, str] = {}
    for file in files:
        source = file.relative_to(root).as_posix()
        try:
            card = _card(file, root, language, permalink)
            if card.uid in cards:
                raise Refusal(_("It has the uid of “%s”: give it one of its own.") % cards[card.uid].source)
            cards[card.uid] = card
        except Refusal as reason:
            refused[source] = str(reason)
        except OSError as reason:
            refused[source] = _("The file cannot be read (%s).") % (reason.strerror or reason)
    found = _as_families(list(cards.values()), language)
    return sorted(found, key=lambda card: (bool(card.translation_of), card.source)), refused


def _texts(files: Iterable[Path], root: Path) -> Iterator[Path]:
    for file in sorted(files):
        is_hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
        if file.suffix.lower() in TEXTS and not is_hidden and not file.is_dir():
            yield file


def content_of(path: Path) -> bytes:
    """The bytes of a file that is one. Raises Refusal and OSError."""
    if path.is_symlink() or not path.is_file():
        raise Refusal(_("This is no plain file: links are not followed."))
    if path.stat().st_size > frontmatter.LARGEST:
        raise Refusal(_("The file is larger than 2 MB: it is no text for readers."))
    return path.read_bytes()


def _card(file: Path, root: Path, default: str, permalink: str) -> Card:
    fields = frontmatter.read(content_of(file), Telling()).fields
    source = file.relative_to(root).as_posix()
    stem, spoken = _stem_and_language(file, root, fields)
    wanted = _wanted_slug(fields, stem)
    stated = [at for at in values.texts(values.first(fields, *STATED)) if at.startswith(("/", "http"))]
    earlier = [*stated, *values.texts(values.first(fields, *REDIRECTS))]
    day = _day(fields, stem)
    name = dates.IN_NAME.sub("", stem).lstrip("-_ .") or stem
    if permalink and day:
        earlier.append(_filled(permalink, day, name))
    plain = [
        f"/{each.year:04}/{each.month:02}/{each.day:02}/{name}" for each in (day, dates.in_name(stem)) if each
    ]
    return Card(
        source=source,
        path=file,
        uid=_uid(fields, f"{root.resolve().name}/{source}"),
        language=spoken or default,
        family=_family(file, root),
        wanted=wanted,
        names=(slugify(name), *filter(None, [slugify(values.text(fields.get("class")))])),
        former_paths=tuple(dict.fromkeys(earlier)),
        old_paths=tuple(dict.fromkeys(former(path) for path in plain)),
    )


def _uid(fields: dict[str, Any], place: str) -> str:
    """Its own, as our manuscripts have one, else one made from its place: folder and path below it."""
    try:
        return str(UUID(values.text(fields.get("uid"))))
    except ValueError:
        return str(uuid5(NAMESPACE, place))


def language_code(written: str) -> str:
    """`es-PR`, `sv_SE` and `EN` as the site knows them; nothing for a language it does not know."""
    code = re.split(r"[-_.]", written.strip().lower())[0]
    return (
        {"nb": "no", "nn": "no"}.get(code, code) if {"nb": "no", "nn": "no"}.get(code, code) in NAMES else ""
    )


def _stem_and_language(file: Path, root: Path, fields: dict[str, Any]) -> tuple[str, str]:
    """The name of the piece, and its language: as stated, by the end of its name, or by its folder."""
    stem, ending = _without_language(file.stem)
    if stem in INDEX and file.parent != root:
        stem = file.parent.name
    stated = language_code(values.text(values.first(fields, "lang", "language", "locale")))
    folders = [part for part in reversed(file.relative_to(root).parent.parts) if part in NAMES]
    return stem, stated or ending or (folders[0] if folders else "") or (
        root.name if root.name in NAMES else ""
    )


def _without_language(stem: str) -> tuple[str, str]:
    name, _dot, ending = stem.rpartition(".")
    return (name, ending) if name and ending in NAMES else (stem, "")


def _family(file: Path, root: Path) -> str:
    """What a text and its translations share: the path without the language."""
    parts = [part for part in file.relative_to(root).parent.parts if part not in NAMES]
    return "/".join([*parts, _without_language(file.stem)[0]])


def _as_families(cards: list[Card], default: str) -> list[Card]:
    """Let translations name their original: the English text, else that in the language of the import."""
    families: dict[str, list[Card]] = {}
    for card in cards:
        families.setdefault(card.family, []).append(card)
    found = []
    for family in families.values():
        spoken = [card.language for card in family]
        if len(family) == 1 or len(set(spoken)) < len(spoken):
            found += family
            continue
        order = [TREES[0], default, *spoken]
        original = min(family, key=lambda card: order.index(card.language))
        found += [card if card is original else replace(card, translation_of=original.uid) for card in family]
    return found


def _day(fields: dict[str, Any], stem: str):
    return dates.moment(
        values.text(values.first(fields, "date", "published_at", "pubDate"))
    ) or dates.in_name(stem)


def _filled(pattern: str, day, name: str) -> str:
    """An old address as Jekyll and Hugo write its pattern: /:year/:month/:day/:title/."""
    parts = {
        "year": f"{day.year:04}",
        "month": f"{day.month:02}",
        "day": f"{day.day:02}",
        "i_day": str(day.day),
    }
    names = dict.fromkeys(("title", "slug", "filename", "contentbasename"), name)
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


def _free(card: Card, held: set[tuple[str, str]]) -> str:
    if (card.tree, card.wanted) not in held:
        return card.wanted
    stem = card.wanted[: LONGEST - 6].rstrip("-")
    if card.translation_of and (card.tree, f"{stem}-{card.language}") not in held:
        return f"{stem}-{card.language}"
    number = 2
    while (card.tree, f"{stem}-{number}") in held:
        number += 1
    return f"{stem}-{number}"
