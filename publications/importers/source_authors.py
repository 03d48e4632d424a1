"""The authors of an import, by their ids and names in the source, without e-mail addresses, whatever the source."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from publications.slugs import fold_name, slugify
from publications.stored_messages import gettext as _

from .imported_file import ImportLog

MAX_NAME_CHARACTERS = 120
_IN_ADDRESS = r"[^\s@<>()\[\],;:\"'“”]"
_MAIL = re.compile(rf"(?<!{_IN_ADDRESS})(?P<local>{_IN_ADDRESS}++)@{_IN_ADDRESS}++")
_EMPTY_BRACKETS = re.compile(r"<\s*>|\(\s*\)|\[\s*\]")
_AROUND_NAME = " ,;:|/–-\"'“”"


@dataclass(frozen=True)
class SourceAuthor:
    """An author of the import: slug, full name, and the old paths of their page.

    A profile has a biography, an address on the fediverse as written, and the path of a portrait, relative to its
    `folder`. `is_known` is false for an author who is not in the list; `had_mail` is true if the name in the source
    has an e-mail address.
    """

    slug: str
    name: str
    former_paths: tuple[str, ...] = ()
    is_known: bool = True
    biography: str = ""
    portrait: str = ""
    fediverse_address: str = ""
    folder: Path = Path()
    had_mail: bool = False


class AuthorList:
    """Authors by id and by name. E-mail addresses are in no name and in no slug, as both are public."""

    def __init__(self, authors: dict[str, SourceAuthor]) -> None:
        self.by_id = {
            author_id.casefold(): _without_mail(author_id, author) for author_id, author in authors.items()
        }
        self.by_name = {fold_name(author.name): author for author in reversed(self.by_id.values())}

    def find(self, name: str) -> SourceAuthor:
        """Return the author with an id or a name; an unlisted one gets a slug and a name made from it."""
        had_mail, full_name = has_mail(name), remove_mail(name)
        for key in (fold_name(name), fold_name(full_name)):
            if author := self.by_id.get(key) or self.by_name.get(key):
                return author
        slug = slugify(full_name if had_mail else name)
        return SourceAuthor(slug, full_name, is_known=False, had_mail=had_mail)


def _without_mail(author_id: str, author: SourceAuthor) -> SourceAuthor:
    """Return an author whose name has no address, nor the slug if it was made from one."""
    name = remove_mail(author.name) if has_mail(author.name) else author.name[:MAX_NAME_CHARACTERS]
    is_from_mail = any(has_mail(text) and author.slug == slugify(text) for text in (author.name, author_id))
    slug = slugify(name) if is_from_mail else author.slug
    return replace(author, name=name, slug=slug, had_mail=author.had_mail or has_mail(author.name))


def has_mail(text: str) -> bool:
    return "@" in text and bool(_MAIL.search(text))


def remove_mail(name: str) -> str:
    """Return the name of an author without e-mail addresses: of one that is nothing else, what stands before the @."""
    match = _MAIL.search(name)
    if not match:
        return build_name(name)
    rest = _EMPTY_BRACKETS.sub("", _MAIL.sub("", name)).strip(_AROUND_NAME)
    return build_name(rest or re.sub(r"[.+_]+", "-", match["local"].lower()))


def note_mail(author: SourceAuthor, log: ImportLog) -> None:
    """Note that the name of an author had an e-mail address, without showing it."""
    if author.had_mail:
        message = _("An e-mail address was left out of the name of an author: check the name “%s”.")
        log.changed("author", message % author.name)


def build_name(name: str) -> str:
    """Return the name for an id: Elyse Voegeli for `elyse-voegeli`; text with spaces or capitals is a name already."""
    plain = " ".join(name.split())
    if " " in plain or plain != plain.lower():
        return plain[:MAX_NAME_CHARACTERS]
    return " ".join(word.capitalize() for word in plain.replace("_", "-").split("-") if word)[
        :MAX_NAME_CHARACTERS
    ]
