"""The passages of earlier editions that the live one does not have, so that links to them say so.

A server never sees the fragment of a URL. The page therefore has an element for the id of each such passage, which
style sheets show only if it is the target: no script is needed.
"""

from dataclasses import dataclass

from publications.models import Edition, EditionWithRows

from .links import edition_url

MAX_EDITIONS = 20
"""Earlier editions that are searched, the newest first: their paragraphs are read for each page that is rendered."""
MAX_PASSAGES = 100


@dataclass(frozen=True)
class RemovedPassage:
    """A paragraph or heading by its id, and where the last edition that has it shows it."""

    anchor: str
    number: int
    url: str


def find_removed_passages(rows: EditionWithRows) -> list[RemovedPassage]:
    """Return the paragraphs and headings that readable editions before this one have, in at most one query."""
    edition = rows.edition
    pks = [earlier.pk for earlier in rows.history if earlier.number < edition.number][-MAX_EDITIONS:]
    if not pks:
        return []
    earlier = Edition.objects.filter(pk__in=pks).order_by("-number")
    passages: dict[str, RemovedPassage] = {}
    for number, paragraphs, contents in earlier.values_list("number", "paragraphs", "contents"):
        for anchor in (*(entry[0] for entry in paragraphs), *(entry[-1] for entry in contents)):
            if anchor not in passages and f'id="{anchor}"' not in edition.html:
                url = f"{edition_url(edition, number)}#{anchor}"
                passages[anchor] = RemovedPassage(anchor, number, url)
    return [*passages.values()][:MAX_PASSAGES]
