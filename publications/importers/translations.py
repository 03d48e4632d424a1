"""Which texts of a source are translations of which, where it says which texts belong together."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from publications.locales import LOCALES

from .source import SourceEntry


def choose_original(languages: Iterable[str], language: str) -> str:
    """Return the language of the original of a text: English, else that of the import, the other locale, the first.

    Args:
        languages: those that the text is in.
        language: that of the import.
    """
    available = list(languages)
    return min(available, key=[*LOCALES[:1], language, *LOCALES, *available].index)


def link_translations[Entry: SourceEntry](
    entries: Iterable[Entry], groups: Mapping[str, str], language: str
) -> list[Entry]:
    """Return entries with the originals of translations set, originals first.

    Texts of one language in a group are no translations of each other, and none of it is one.

    Args:
        groups: the names of groups of a text and its translations, by uid.
        language: that of the import.
    """
    by_group: dict[str, list[Entry]] = {}
    for entry in entries:
        by_group.setdefault(groups.get(entry.uid) or entry.uid, []).append(entry)
    linked: list[Entry] = []
    for group in by_group.values():
        by_language = {entry.language: entry for entry in group}
        if len(by_language) < len(group):
            linked += group
            continue
        original = by_language[choose_original(by_language, language)]
        linked += [
            entry if entry is original else replace(entry, translation_of=original.uid) for entry in group
        ]
    return sorted(linked, key=lambda entry: bool(entry.translation_of))
