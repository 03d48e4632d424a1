"""A folder that `wget --mirror` or a like program saved, as a copy of a site.

The addresses are made from the names of files: a folder for each host, `?` or `@` before a query, and a suffix `.html`
that wget added (`--adjust-extension`). The folder has neither status nor headers: what redirected is not in it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from publications.stored_messages import gettext as _

from ..imported_file import ImportRefused, describe_link
from .addresses import QUERY_CHARACTERS, address_key, resolve_address
from .content_types import HTML_SUFFIXES, guess_type, is_html
from .site_copy import HTML_TYPES, CopiedResource, SiteCopy

SNIFFED_BYTES = 4_096
UNKNOWN_HOST = "old-site.invalid"
ORIGINAL_SUFFIX = ".orig"
"""Of the page before wget converted its links (`--backup-converted`)."""
ADDED_SUFFIX = ".html"
QUERY_MARKS = ("?", "@")
HOST_SCHEME = "https"
FOLDER_PAGE = "index.html"


class MirrorCopy(SiteCopy):
    """The files of a folder."""

    def read_body(self, resource: CopiedResource, limit: int | None = None) -> bytes:
        with resource.path.open("rb") as file:
            return file.read(-1 if limit is None else limit)


def list_mirrored_files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder in order, without hidden ones; links that lead out of it are not followed."""
    for path in _list_shown(folder):
        if path.is_file() and not _leads_out(path, folder):
            yield path


def _list_skipped_links(folder: Path) -> Iterator[Path]:
    """Yield the links in a folder whose pages are not read: to folders, out of it, or to nothing."""
    for path in _list_shown(folder):
        if path.is_symlink() and (not path.is_file() or _leads_out(path, folder)):
            yield path


def _list_shown(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _leads_out(path: Path, folder: Path) -> bool:
    return not path.resolve().is_relative_to(folder.resolve())


def open_mirror_copy(folder: Path, site: str = "") -> MirrorCopy:
    """Return the site in a folder.

    Args:
        site: the address of the site; "" takes it from the folder of its host.

    Raises:
        ImportRefused: it holds no page.
    """
    copy = MirrorCopy()
    hosts = _list_host_folders(folder)
    root, site = _find_root(folder, hosts, site)
    copy.damaged |= {
        os.fsencode(link.relative_to(folder)).decode("utf-8", "backslashreplace"): describe_link()
        for link in _list_skipped_links(folder)
    }
    copy.other_hosts.update({host.name: _count_files(host) for host in hosts if host != root})
    paths = list(list_mirrored_files(root))
    names = {path.relative_to(root).as_posix() for path in paths}
    resources = []
    for path in paths:
        name = path.relative_to(root).as_posix()
        if name.endswith(ORIGINAL_SUFFIX) and name.removesuffix(ORIGINAL_SUFFIX) in names:
            continue
        resource = _describe_file(path, name, names, site)
        resources.append(resource)
        copy.aliases.setdefault(address_key(f"{site}/{_quote_name(name)}"), address_key(resource.address))
    copy.keep_main_site(resources, site)
    if not any(copy.pages):
        message = _("“%s” holds no page of HTML. Give the folder that wget --mirror made of the old site.")
        raise ImportRefused(message % folder.name)
    return copy


def _list_host_folders(folder: Path) -> list[Path]:
    """Return the folders of hosts in a folder; none if it is the folder of a host and has pages of its own."""
    paths = list(folder.iterdir())
    is_host = _is_host(folder.resolve().name)
    if is_host and any(path.is_file() and _is_page(path, path.name) for path in paths):
        return []
    return [path for path in paths if path.is_dir() and not path.is_symlink() and _is_host(path.name)]


def _count_files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def _find_root(folder: Path, hosts: list[Path], site: str) -> tuple[Path, str]:
    """Return the folder of the host, and the address of the site."""
    if hosts:
        root = max(hosts, key=_count_files)
        return root, site or f"{HOST_SCHEME}://{_host_in(root.name)}"
    host = _host_in(folder.resolve().name) if _is_host(folder.resolve().name) else UNKNOWN_HOST
    return folder, site or f"{HOST_SCHEME}://{host}"


def _is_host(name: str) -> bool:
    """Whether a folder is named as a host: `www.old.example`, or `127.0.0.1:8080` (`+8080` on Windows)."""
    host = _host_in(name).partition(":")[0]
    labels = host.split(".")
    is_program = f".{labels[-1].lower()}" in HTML_SUFFIXES  # `index.php/news/` is a path
    return len(labels) > 1 and not is_program and all(label.replace("-", "").isalnum() for label in labels)


def _host_in(name: str) -> str:
    return name.replace("+", ":")


def _describe_file(path: Path, name: str, names: set[str], site: str) -> CopiedResource:
    original = path.with_name(f"{path.name}{ORIGINAL_SUFFIX}")
    place = original if original.is_file() else path
    is_page = _is_page(place, name)
    address = resolve_address(f"/{_address_in_name(name, names, is_page=is_page)}", site)
    content_type = HTML_TYPES[0] if is_page else guess_type(f"{site}/{_quote_name(name.partition('?')[0])}")
    if not is_page and content_type in HTML_TYPES:
        content_type = "application/octet-stream"
    return CopiedResource(
        address=address or f"{site}/{_quote_name(name)}",
        content_type=content_type,
        path=place,
        size=place.stat().st_size,
    )


def _is_page(path: Path, name: str) -> bool:
    suffix = Path(name.partition("?")[0].partition("@")[0]).suffix.lower()
    if suffix and suffix not in HTML_SUFFIXES and not name.lower().endswith(ADDED_SUFFIX):
        return False
    with path.open("rb") as file:
        beginning = file.read(SNIFFED_BYTES)
    return is_html(beginning) or (suffix in HTML_SUFFIXES and b"<" in beginning and b"\0" not in beginning)


def _address_in_name(name: str, names: set[str], *, is_page: bool) -> str:
    """Return the path and query that a file was saved from."""
    plain = name
    if is_page and name.endswith(ADDED_SUFFIX):
        shorter = name.removesuffix(ADDED_SUFFIX)
        last = shorter.rpartition("/")[2]
        has_other_suffix = Path(last.partition("?")[0].partition("@")[0]).suffix.lower() in HTML_SUFFIXES
        if has_other_suffix or any(mark in last for mark in QUERY_MARKS):
            plain = shorter
    folder, _slash, last = plain.rpartition("/")
    position = next((last.index(mark) for mark in QUERY_MARKS if mark in last[1:] and "=" in last), -1)
    path, query = (last[:position], last[position + 1 :]) if position > 0 else (last, "")
    path = "" if path == FOLDER_PAGE else path
    whole = f"{folder}/{path}" if folder else path
    address = quote(unquote_to_bytes(os.fsencode(whole)))
    if not query:
        return address
    return (
        f"{address}?{quote(unquote_to_bytes(os.fsencode(query)).replace(b' ', b'+'), safe=QUERY_CHARACTERS)}"
    )


def _quote_name(name: str) -> str:
    """Return the name of a file as a path; it may be no UTF-8, as that of an old server."""
    return quote(os.fsencode(name))
