"""The authors of an import, by their ids and names in the source."""

from dataclasses import dataclass
from pathlib import Path

from publications.slugs import slugify

MAX_NAME_CHARACTERS = 120


@dataclass(frozen=True)
class SourceAuthor:
    """An author of the import: slug, full name, and the old paths of their page.

    A profile has a biography and the path of a portrait, relative to its `folder`. `is_known` is false for an
    author who is not in the list.
    """

    slug: str
    name: str
    former_paths: tuple[str, ...] = ()
    is_known: bool = True
    biography: str = ""
    portrait: str = ""
    folder: Path = Path()


class AuthorList:
    """Authors by id and by name."""

    def __init__(self, authors: dict[str, SourceAuthor]) -> None:
        self.by_id = {author_id.casefold(): author for author_id, author in authors.items()}
        self.by_name = {author.name.casefold(): author for author in reversed(authors.values())}

    def find(self, name: str) -> SourceAuthor:
        """Return the author with an id or a name; an unlisted one gets a slug and a name made from it."""
        key = " ".join(name.split()).casefold()
        author = self.by_id.get(key) or self.by_name.get(key)
        return author or SourceAuthor(slugify(name), build_name(name), is_known=False)


def build_name(name: str) -> str:
    """Return the name for an id: Elyse Voegeli for `elyse-voegeli`; text with spaces or capitals is a name already."""
    plain = " ".join(name.split())
    if " " in plain or plain != plain.lower():
        return plain[:MAX_NAME_CHARACTERS]
    return " ".join(word.capitalize() for word in plain.replace("_", "-").split("-") if word)[
        :MAX_NAME_CHARACTERS
    ]
