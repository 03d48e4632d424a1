"""The old addresses of texts: where readers and links found them on the site that is left."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from ..links import address_on_site
from .posts import PAGE, POST, IndexedPost, LibraryFile

_DATE = re.compile(r"/(\d{4})/(\d{1,2})(?:/(\d{1,2}))?(?=/|\Z)")
_NUMBER = re.compile(r"[?&](?:p|page_id)=(\d{1,18})")
_OLD_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")


def former_addresses(post: IndexedPost, site: str) -> tuple[str, ...]:
    """Return the addresses of a post: its own first, then those of earlier slugs and dates, and the numbered ones."""
    own = address_on_site(post.link, site)
    addresses = [
        own,
        *_earlier_addresses(own, post),
        _permanent_address(post, site),
        *_numbered(post, site),
    ]
    return tuple(dict.fromkeys(address for address in addresses if address and not _is_home(address, site)))


def _permanent_address(post: IndexedPost, site: str) -> str:
    """Return the address in the guid of a post, or "" if it has the number of another post, as that of a copied one."""
    address = address_on_site(post.guid, site)
    match = _NUMBER.search(address)
    return "" if match and int(match[1]) != post.post_id else address


def _is_home(address: str, site: str) -> bool:
    """Whether it is the home page, which is no address of a text."""
    return address.rstrip("/") == urlsplit(site).path.rstrip("/")


def _earlier_addresses(own: str, post: IndexedPost) -> Iterator[str]:
    """Yield the addresses that the post had before its slug or date was changed, by the form of its own address."""
    if not own or "?" in own:
        return
    for slug in post.old_slugs:
        if changed := _replace_last(own, post.slug, slug):
            yield changed
    for date in post.old_dates:
        if (match := _OLD_DATE.match(date)) and (changed := _replace_date(own, match)) != own:
            yield changed


def _replace_last(path: str, slug: str, replacement: str) -> str:
    """Return a path with another slug in the place of the last one, or "" if it does not have the slug."""
    before, separator, last = path.rstrip("/").rpartition("/")
    suffix = path[len(path.rstrip("/")) :]
    if unquote(last).casefold() == unquote(slug).casefold():
        return f"{before}{separator}{replacement}{suffix}"
    stem, dot, ending = last.partition(".")
    if dot and unquote(stem).casefold() == unquote(slug).casefold():
        return f"{before}{separator}{replacement}.{ending}{suffix}"
    return ""


def _replace_date(path: str, date: re.Match[str]) -> str:
    def replace(match: re.Match[str]) -> str:
        day = f"/{date[3]}" if match[3] else ""
        return f"/{date[1]}/{date[2]}{day}"

    return _DATE.sub(replace, path, count=1)


def _numbered(post: IndexedPost, site: str) -> Iterator[str]:
    """Yield the addresses that WordPress answers by number, whatever the form of the others."""
    home = urlsplit(site).path.rstrip("/") + "/"
    yield f"{home}?p={post.post_id}"
    if post.post_type == PAGE:
        yield f"{home}?page_id={post.post_id}"
    elif post.post_type != POST:
        yield f"{home}?post_type={post.post_type}&p={post.post_id}"


def list_part_addresses(addresses: Iterable[str], language: str, site: str) -> list[str]:
    """Return the addresses of a post in one language: with its code as the first folder, and as a parameter."""
    home = urlsplit(site).path.rstrip("/")
    paths = [address for address in addresses if "?" not in address]
    return [
        *(f"{home}/{language}{path.removeprefix(home)}" for path in paths),
        *(f"{path}?lang={language}" for path in paths),
    ]


def attachment_addresses(attachment: LibraryFile, site: str) -> tuple[str, ...]:
    """Return the addresses of the page that WordPress makes for a file."""
    page, home = address_on_site(attachment.page, site), urlsplit(site).path.rstrip("/") + "/"
    numbered = f"{home}?attachment_id={attachment.post_id}"
    return tuple(
        address for address in dict.fromkeys((page, numbered)) if address and not _is_home(address, site)
    )
