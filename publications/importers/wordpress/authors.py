"""The authors of an export: accounts of WordPress, and the guest authors and bylines of Co-Authors Plus."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from publications.slugs import slugify

from ..source_authors import AuthorList, SourceAuthor
from .export_item import read_number
from .index import ExportIndex
from .posts import PORTRAIT, UPLOADS, IndexedPost, plain_name

AUTHOR_TAXONOMY = "author"
"""The taxonomy of Co-Authors Plus: the name of a term is the login, its slug "cap-" and the name in addresses."""
TERM_PREFIX = "cap-"
_HTML = re.compile(r"<[^<>]*+>")


def read_authors(index: ExportIndex) -> AuthorList:
    """Return the authors by login and by the name in their addresses."""
    page_names = {
        term["name"].casefold(): slug for (kind, slug), term in index.terms.items() if kind == AUTHOR_TAXONOMY
    }
    authors: dict[str, SourceAuthor] = {}
    for login, account in index.authors.items():
        page_name = page_names.get(login, "").removeprefix(TERM_PREFIX) or slugify(login)
        _add_author(authors, index, login, _account_name(account), page_name)
    for slug, guest in index.guests.items():
        page_name = slug.removeprefix(TERM_PREFIX)
        author = _add_author(authors, index, page_name, _guest_name(guest, page_name), page_name, guest)
        for name in (guest.get("cap-user_login"), guest.get("cap-linked_account"), slug):
            if name and (name == guest.get("cap-linked_account") or name.casefold() not in authors):
                authors[name.casefold()] = author
    return AuthorList(authors)


def _add_author(
    authors: dict[str, SourceAuthor],
    index: ExportIndex,
    login: str,
    name: str,
    page_name: str,
    guest: Mapping[str, str] = MappingProxyType({}),
) -> SourceAuthor:
    home = urlsplit(index.address).path.rstrip("/")
    portrait = index.attachments.get(read_number(guest.get(PORTRAIT, "")))
    author = SourceAuthor(
        slugify(name) or slugify(login),
        name,
        (f"{home}/author/{page_name}/",),
        biography=plain_name(_HTML.sub(" ", guest.get("cap-description", ""))),
        portrait=f"{UPLOADS}{portrait.upload}" if portrait and portrait.upload else "",
    )
    authors[login.casefold()] = author
    authors.setdefault(page_name.casefold(), author)
    return author


def _account_name(account: Mapping[str, str]) -> str:
    """Return the name that an account shows, or its first and last name, or its login."""
    display_name = plain_name(account.get("wp:author_display_name", ""))
    full_name = plain_name(
        f"{account.get('wp:author_first_name', '')} {account.get('wp:author_last_name', '')}"
    )
    login = account.get("wp:author_login", "")
    return next(filter(None, (display_name, full_name, login)), "")


def _guest_name(guest: Mapping[str, str], page_name: str) -> str:
    full_name = f"{guest.get('cap-first_name', '')} {guest.get('cap-last_name', '')}"
    names = map(plain_name, (guest.get("cap-display_name", ""), full_name, page_name))
    return next(filter(None, names), page_name)


def find_person(number: str, index: ExportIndex) -> str:
    """Return the id of the guest author, or of the account, of a number, or ""."""
    guests = (slug for slug, guest in index.guests.items() if guest.get("number") == number)
    logins = (login for login, account in index.authors.items() if account.get("wp:author_id") == number)
    return next(guests, "") or next(logins, "")


def authors_of(post: IndexedPost) -> tuple[str, ...]:
    """Return the logins of the authors of a post, in their order.

    An export lists the authors of Co-Authors Plus by name. Where they are in another order, it is that of the byline;
    otherwise the account that the post is of comes first, as that plugin makes it that of the first author.
    """
    names = [
        term.name or term.slug.removeprefix(TERM_PREFIX)
        for term in post.terms
        if term.taxonomy == AUTHOR_TAXONOMY
    ]
    if not names:
        return (post.creator,) if post.creator else ()
    if names == sorted(names, key=str.casefold):
        names.sort(key=lambda name: name.casefold() != post.creator.casefold())
    return tuple(dict.fromkeys(names))
