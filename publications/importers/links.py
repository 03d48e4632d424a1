"""Rewrite the links of a text to the new addresses of imported texts; report links to unknown targets."""

import html
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urljoin, urlsplit

from publications.markup import fragment_on_page
from publications.slugs import normalize_redirect_path
from publications.stored_messages import gettext as _

from .imported_file import OLD_LINK, ImportLog

INLINE_TARGET = re.compile(r"\]\([ \t]*+(<[^<>\n]*+>|[^\s()<>]*+(?:\([^\s()]*+\)[^\s()<>]*+)*+)(?=[\s)])")
DEFINITION = re.compile(r"^( {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*)<?([^\s<>]+)>?", re.MULTILINE)
ANCHOR_HREF = re.compile(r"""(<a\b[^<>]*?\bhref\s*=\s*)(?:"([^"<>\n]*)"|'([^'<>\n]*)')""", re.IGNORECASE)
ACCOUNT = re.compile(r"^(\s*(?:[a-zA-Z][a-zA-Z0-9+.-]*+:)?//)[^/?#\s]*@")
SLASHES = re.compile("/{2,}")
ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


class AddressRewriter:
    """Rewrites addresses in a text to the new addresses of imported texts.

    Args:
        addresses: new addresses by old path.
        site: the address of the old site, for links whose target is not imported.
        page: the path of the text on the old site, the base of unknown relative links.
    """

    def __init__(self, addresses: Mapping[str, str], site: str, log: ImportLog, page: str = "/") -> None:
        self.addresses, self.site, self.log, self.page = addresses, site, log, page
        self._rewritten: dict[str, str] = {}

    def rewrite(self, address: str) -> str:
        """Return the new address of a link, with spaces and brackets encoded."""
        address = address.strip()
        if address not in self._rewritten:
            self._rewritten[address] = (
                self._new_address(address).replace(" ", "%20").replace("(", "%28").replace(")", "%29")
            )
        return self._rewritten[address]

    def _new_address(self, address: str) -> str:
        if not address or address.startswith(("#", "image:")):
            return address
        if address.startswith("//"):
            return f"https:{address}"
        if ABSOLUTE.match(address):
            is_own = self.site and host_of(address) == host_of(self.site)
            new = self.addresses.get(normalize_redirect_path(address)) if is_own else None
            if not new:
                return self._keep_old_address(address) if is_own else address
            fragment = fragment_on_page(address.partition("#")[2])
            return f"{new}{'#' if fragment else ''}{fragment}"
        path, mark, fragment = address.partition("#")
        new = (
            self.addresses.get(normalize_redirect_path(path))
            if path.startswith("/")
            else self._resolve_relative_address(path)
        )
        if new and new == normalize_redirect_path(path):
            return address  # the old address of a text that is hidden
        if new:
            self.log.changed("link", _("%(old)s leads to %(new)s now.") % {"old": address, "new": new})
            return new + (mark + fragment_on_page(fragment) if fragment else "")
        return self._unknown_address(address)

    def _resolve_relative_address(self, path: str) -> str | None:
        """Return the new address for a relative path, or None."""
        return self.addresses.get(normalize_redirect_path(urljoin(self.page, path)))

    def _unknown_address(self, address: str) -> str:
        if self.site:
            absolute_url = urljoin(
                urljoin(self.site, f"{normalize_redirect_path(self.page).rstrip('/')}/"), address
            )
            self.log.changed(
                "link", _("%(old)s leads to %(new)s now.") % {"old": address, "new": absolute_url}
            )
            return self._keep_old_address(absolute_url)
        self.log.guessed(
            "link-lost", _("A link to another page of the old site stays as it was: %s") % address
        )
        return address

    def _keep_old_address(self, address: str) -> str:
        """Return an absolute address on the old site, and note that the import has no page for it."""
        self.log.guessed(
            OLD_LINK, _("A link leads to a page of the old site that did not come: %s") % address
        )
        return address


def addresses_in(text: str) -> list[str]:
    """Return the addresses of all links in a text."""
    addresses = [match[1].strip("<>") for match in INLINE_TARGET.finditer(text)]
    addresses += [match[2] for match in DEFINITION.finditer(text)]
    addresses += [
        html.unescape(match[2] if match[2] is not None else match[3]) for match in ANCHOR_HREF.finditer(text)
    ]
    return list(dict.fromkeys(addresses))


def host_of(address: str) -> str:
    """Return the host of an address without `www.`, or ""."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def address_on_site(address: str, site: str) -> str:
    """Return path and query of an address if it is one of the site, otherwise ""."""
    if not address.strip():
        return ""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    if parts.netloc and host_of(address.strip()) != host_of(site):
        return ""
    path = SLASHES.sub("/", parts.path) or "/"
    return f"{path}?{parts.query}" if parts.query else path


def is_address_of(address: str, paths: Iterable[str], site: str) -> bool:
    """Whether an address is one of these paths of a site, whatever its scheme, `www.` and closing slash."""
    path = address_on_site(address, site)
    return bool(path) and link_key(path) in map(link_key, paths)


def without_account(address: str) -> str:
    """Return an address without the name and password before its host."""
    return ACCOUNT.sub(r"\1", address)


def link_key(address: str) -> str:
    """Return the key of an old address among those of texts; one with a query is looked up as it is."""
    return address if "?" in address else normalize_redirect_path(address)
