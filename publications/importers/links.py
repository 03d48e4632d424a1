"""Where links lead: to the new address of a piece that came along, else where they led. What is unknown is told."""

import html
import re
from collections.abc import Mapping
from posixpath import normpath
from urllib.parse import unquote, urljoin, urlsplit

from django.utils.translation import gettext as _

from publications.addresses import former
from publications.markup import fragment_on_page

from .arrival import Telling

INLINE = re.compile(r"\]\([ \t]*+(<[^<>\n]*+>|[^\s()<>]*+(?:\([^\s()]*+\)[^\s()<>]*+)*+)(?=[\s)])")
DEFINED = re.compile(r"^( {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*)<?([^\s<>]+)>?", re.MULTILINE)
ANCHOR = re.compile(r"""(<a\b[^<>]*?\bhref\s*=\s*)(?:"([^"<>\n]*)"|'([^'<>\n]*)')""", re.IGNORECASE)
ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


class Links:
    """Leads the links of one file. `addresses` are new ones by old path, `file:` place and `end:` of a place.

    `page` is the path at which the old site had the file: relative links that are not known lead on from there.
    """

    def __init__(
        self, source: str, addresses: Mapping[str, str], site: str, telling: Telling, page: str = "/"
    ) -> None:
        self.source, self.addresses, self.site, self.telling = source, addresses, site, telling
        self.page = page
        self.led: dict[str, str] = {}

    def lead_all(self, text: str) -> str:
        text = INLINE.sub(lambda found: f"]({self.lead(found[1].strip('<>'))}", text)
        text = DEFINED.sub(lambda found: f"{found[1]}{self.lead(found[2])}", text)
        return ANCHOR.sub(self._anchor, text)

    def _anchor(self, found: re.Match[str]) -> str:
        address = html.unescape(found[2] if found[2] is not None else found[3])
        return f'{found[1]}"{html.escape(self.lead(address))}"'

    def lead(self, address: str) -> str:
        """The address a link is to have. Spaces are written so that no parser stumbles."""
        address = address.strip()
        if address not in self.led:
            self.led[address] = (
                self._lead(address).replace(" ", "%20").replace("(", "%28").replace(")", "%29")
            )
        return self.led[address]

    def _lead(self, address: str) -> str:
        if not address or address.startswith(("#", "image:")):
            return address
        if address.startswith("//"):
            return f"https:{address}"
        if address.startswith("post:"):
            return self._of_post(address)
        if ELSEWHERE.match(address):
            is_own = self.site and host_of(address) == host_of(self.site)
            new = self.addresses.get(former(address)) if is_own else None
            fragment = fragment_on_page(address.partition("#")[2])
            return f"{new}{'#' if fragment else ''}{fragment}" if new else address
        path, mark, fragment = address.partition("#")
        new = self.addresses.get(former(path)) if path.startswith("/") else self._beside(path)
        if new:
            self.telling.changed("link", _("%(old)s leads to %(new)s now.") % {"old": address, "new": new})
            return new + (mark + fragment_on_page(fragment) if fragment else "")
        return self._unknown(address)

    def _beside(self, path: str) -> str | None:
        """A relative path means a file beside this one, or an old address."""
        folder = self.source.rpartition("/")[0]
        as_page = path.removeprefix("../") if path.startswith("../") and path.endswith("/") else path
        for each in (as_page, path):  # a page that ends in a slash stands a step below its file
            place = normpath(f"{folder}/{unquote(each)}" if folder else unquote(each)).lstrip("/")
            names = (place, f"{place}.md", f"{place}/index.md", place.removesuffix(".html") + ".md")
            for name in names:
                if found := self.addresses.get(f"file:{name}"):
                    return found
        return self.addresses.get(former(f"/{path.lstrip('./')}"))

    def _of_post(self, address: str) -> str:
        """A file named by `ref`, `link` or `post_url`: by its path, or the end of it."""
        name, mark, fragment = address.removeprefix("post:").strip("/\"' ").partition("#")
        if not name:
            return f"#{fragment}"
        plain = name.removeprefix("_posts/").removesuffix(".md").removesuffix("/_index").strip("/")
        wanted = (f"file:{plain}.md", f"file:{plain}/index.md", f"file:{name}", f"end:{plain}")
        new = next((self.addresses[key] for key in wanted if key in self.addresses), "")
        if not new:
            self.telling.changed("link-lost", _("A link names a file that did not come along: %s") % name)
            return urljoin(self.site, f"/{plain}/") + mark + fragment
        self.telling.changed("link", _("%(old)s leads to %(new)s now.") % {"old": name, "new": new})
        return new + mark + fragment_on_page(fragment)

    def _unknown(self, address: str) -> str:
        if self.site:
            whole = urljoin(urljoin(self.site, f"{former(self.page).rstrip('/')}/"), address)
            self.telling.changed("link", _("%(old)s leads to %(new)s now.") % {"old": address, "new": whole})
            return whole
        self.telling.guessed(
            "link-lost", _("A link to another page of the old site stays as it was: %s") % address
        )
        return address


def addresses_in(text: str) -> list[str]:
    """All that a text links to, for whoever compares."""
    found: list[str] = [match[1].strip("<>") for match in INLINE.finditer(text)]
    found += [match[2] for match in DEFINED.finditer(text)]
    found += [
        html.unescape(match[2] if match[2] is not None else match[3]) for match in ANCHOR.finditer(text)
    ]
    return list(dict.fromkeys(found))


def host_of(address: str) -> str:
    """The host of an address without `www.`; nothing where it names none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
