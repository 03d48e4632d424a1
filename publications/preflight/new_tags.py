"""New tags: those that no other tag is spelled like, and those that are nearly spelled like one."""

from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.translation import gettext as _

MAX_SIMILAR_NAMES = 3
MIN_SIMILARITY = 0.75  # of the names of two tags, from 0 to 1


def similar_tag_names(name: str, names: Iterable[str]) -> list[str]:
    """Return those of the names that are spelled nearly like a name, the most similar first."""
    by_spelling = {other.casefold(): other for other in names}
    matches = get_close_matches(name.casefold(), by_spelling, n=MAX_SIMILAR_NAMES, cutoff=MIN_SIMILARITY)
    return [by_spelling[match] for match in matches]


def describe_new_tag(name: str, similar: Iterable[str]) -> str:
    """Return a sentence that says that a tag is new, and which tags are spelled nearly like it."""
    near = ", ".join(f"“{other}”" for other in similar)
    if not near:
        return _("“%(name)s” is a new tag.") % {"name": name}
    sentence = _(
        "“%(name)s” is a new tag. Spelled nearly so: %(near)s. Put that in its place if you meant it."
    )
    return sentence % {"name": name, "near": near}
