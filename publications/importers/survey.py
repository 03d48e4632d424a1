"""A first look over all files: who is who, in which language, at which address. Pieces may then refer to each other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.utils.translation import gettext as _

from publications.addresses import former
from publications.languages import LONGEST, TREES

from .arrival import Refusal
from .card import Card, card_of, source_of
from .old_ids import fragments_in
from .old_site import OldSite, find_old_site
from .other_files import describe_other_files
from .taxonomies import Taxonomies, describes_taxonomy, find_taxonomies, is_list_page

TEXTS = (".md", ".markdown", ".mdown", ".mkd")


@dataclass
class Survey:
    """All files of a folder in the order they are taken in, originals before translations.

    `neighbours` stand beside a single file and are not taken in; it may refer to those that are on the site.
    """

    root: Path
    cards: list[Card]
    refused: dict[str, str] = field(default_factory=dict)
    neighbours: list[Card] = field(default_factory=list)
    old_site: OldSite = field(default_factory=OldSite)
    taxonomies: Taxonomies = field(default_factory=Taxonomies)

    @property
    def wanted(self) -> frozenset[str]:
        """The fragments that links of all these files lead to."""
        of_files = (card.fragments for card in (*self.cards, *self.neighbours))
        return frozenset().union(*of_files, *map(fragments_in, self.old_site.included()))

    @property
    def uids(self) -> set[str]:
        return {card.uid for card in (*self.cards, *self.neighbours)}

    def settle(self, given: Mapping[str, str], taken: set[tuple[str, str]]) -> "Survey":
        """Give each piece an address of its own: the one it has on the site, else the one it wants or the next.

        `given` are slugs by uid, `taken` are trees and slugs that are nobody's to take. The same files get the same
        addresses however often, and in how many runs, they are taken in.
        """
        held = taken | {(card.tree, given[card.uid]) for card in self.cards if given.get(card.uid)}
        settled = []
        for card in self.cards:
            slug = given.get(card.uid) or _free(card, held)
            if card.stated_slug and (card.tree, card.stated_slug) not in held:
                slug = card.stated_slug
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
    """Look over a folder, or a single file. A file that cannot be read is refused, the others stay.

    Raises Refusal where there is no Markdown at all, with a sentence that says what there is.
    """
    if path.is_dir():
        files = list(_texts(path.rglob("*"), path))
        if not files:
            raise Refusal(describe_other_files(path))
        cards, refused = _look_over(files, path, language, permalink)
        site = find_old_site(path)
        return Survey(path, cards, refused, old_site=site, taxonomies=find_taxonomies(path, site))
    if path.suffix.lower() not in TEXTS:
        raise Refusal(describe_other_files(path))
    root = path.parent
    site = find_old_site(root)
    files = dict.fromkeys([path, *_texts(root.glob("*"), root)])
    cards, refused = _look_over(files, root, language, permalink)
    return Survey(
        root,
        cards=[card for card in cards if card.path == path],
        refused={source: reason for source, reason in refused.items() if source == source_of(path, root)},
        neighbours=[card for card in cards if card.path != path],
        old_site=site,
        taxonomies=find_taxonomies(root, site),
    )


def _look_over(
    files: Iterable[Path], root: Path, language: str, permalink: str
) -> tuple[list[Card], dict[str, str]]:
    """The cards, originals before translations, and by source why files have none."""
    cards: dict[str, Card] = {}
    refused: dict[str, str] = {}
    for file in files:
        source = source_of(file, root)
        if is_list_page(file):
            if not describes_taxonomy(file):
                refused[source] = _("It describes a list of the old site and is no text of its own.")
            continue
        try:
            card = card_of(file, root, language, permalink)
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
