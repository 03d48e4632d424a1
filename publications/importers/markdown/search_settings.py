"""What fields of a text say of its page to search engines."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..access_words import join_name, join_names
from ..imported_file import ImportNote, other_original_note, unindexed_note
from ..links import is_address_of
from .front_matter import as_flag, as_text

CANONICAL_KEYS = join_names("canonical", "canonical url", "canonical link")
ROBOTS_KEYS = join_names("robots", "meta robots")
UNINDEXED_FLAGS = {
    **dict.fromkeys(join_names("no index", "noindex", "robots no index", "robots noindex"), True),
    **dict.fromkeys(join_names("sitemap"), False),
}
"""Flags that keep a text out of search engines, and what they say then."""


def read_search_settings(
    fields: Mapping[str, Any], paths: Iterable[str], site: str
) -> Iterator[tuple[str, ImportNote | None]]:
    """Yield the keys of such fields, each with the note on it, or None if it says what holds here too.

    Args:
        paths: the old addresses of the text.
        site: the address of the old site.
    """
    for key, value in fields.items():
        name, text, flag = join_name(key), as_text(value), as_flag(value)
        if isinstance(value, dict) and as_flag(value.get("disable")):  # sitemap.disable of Hugo
            flag = False
        if name in CANONICAL_KEYS and text:
            yield key, None if is_address_of(text, paths, site) else other_original_note(text)
        is_unindexed = flag is not None and UNINDEXED_FLAGS.get(name) is flag
        if is_unindexed or (name in ROBOTS_KEYS and "noindex" in text.lower()):
            yield key, unindexed_note()
