"""A copy of the mirror that works under any host name, from a folder and from one zip.

Links between its files are relative and name `index.html`, or `page=2.html` and `from=1.html` for a page with a query,
as no web server may be there to find it. Links to what is not in the mirror (searches, the desk) lead to the site
itself, as do canonical links and metadata, which say where a text is published. Compressed variants are left out.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from publications.locales import LOCALES

from .checksums import signed_sums
from .copy_contents import CopyContents, all_contents
from .mirror_folder import MirrorFolder
from .mirror_paths import CSS_URL, INDEX, TAG, address_of, file_name_of

URL_ATTRIBUTE = re.compile(r'(\s(?:href|src|srcset|action)=")([^"]*)"')
CANONICAL = re.compile(r'^<link\s(?:[^>]*\s)?(?:rel="canonical"|hreflang=)')
PRELOAD = '<link rel="preload" '
MODULE = '<script type="module" '
PAGE_LANGUAGE = re.compile(r'<html lang="([^"]+)"')
MAIN = re.compile(r"<main\b[^<>]*>")
MARKED_LINK = "<a data-on-web "  # of a link that leaves the copy, for style sheets
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest of the format; the same files make the same archive
ZIP_MODE = 0o100644 << 16


class PortableMirror:
    """The files of a mirror with portable links. The mirror itself is not changed.

    Args:
        contents: which of them; None for all. `index.html` is its start page.
    """

    def __init__(self, mirror: MirrorFolder, contents: CopyContents | None = None) -> None:
        self._mirror = mirror
        self._contents = contents or all_contents(mirror)
        self._all_names = self._contents.all_names

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name and the content of every file, sorted by name."""
        for name in self._all_names:
            if name in self._contents.attachments:
                yield name, self._contents.read_attachment(name)
            else:
                is_start = name == INDEX and bool(self._contents.start)
                yield name, self._make_portable(name, self._contents.start if is_start else name)

    def remove_stale(self, root: Path | None, file: Path | None) -> None:
        """Remove from a copy what the mirror no longer has, and the archive, which is of before."""
        if root:
            MirrorFolder(root, has_variants=False).remove_unlisted(
                f"/{quote(name)}" for name in self._all_names
            )
        if file:
            file.unlink(missing_ok=True)

    def write_folder(self, root: Path) -> None:
        """Bring a folder up to date, which is empty or written by this method. Raises NotAMirror."""
        folder = MirrorFolder(root, has_variants=False)
        folder.remove_unlisted(f"/{quote(name)}" for name in self._all_names)
        for name, body in self.files():
            folder.write_page(f"/{quote(name)}", body)
        folder.write_sums()

    def write_zip(self, file: Path) -> None:
        """Write all files and their signed sums into one archive, atomically. The same site makes the same bytes."""
        temporary_file = file.with_name(f".{file.name}.part")
        digests: dict[str, str] = {}
        try:
            with zipfile.ZipFile(temporary_file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
                for name, body in self.files():
                    _write_entry(archive, name, body)
                    digests[name] = sha256(body).hexdigest()
                for name, body in signed_sums(digests).items():
                    _write_entry(archive, name, body)
            temporary_file.replace(file)
        finally:
            temporary_file.unlink(missing_ok=True)

    def _make_portable(self, name: str, source: str) -> bytes:
        body = (self._mirror.root / source).read_bytes()
        path = address_of(source)
        if name.endswith(".html"):
            page = TAG.sub(lambda tag: self._portable_tag(tag[0], path, name), body.decode())
            return _mark_as_copy(page, has_pdfs=self._contents.has_pdfs).encode()
        if name.endswith(".css"):
            return CSS_URL.sub(
                lambda match: self._portable_css_url(match, path, name), body.decode()
            ).encode()
        if name.endswith(".js"):
            return b'(()=>{"use strict";' + body + b"\n})();"  # the scope of a module
        return body

    def _portable_tag(self, tag: str, path: str, name: str) -> str:
        if CANONICAL.match(tag):
            return tag
        if tag.startswith(PRELOAD):  # a hint, of which browsers complain in a folder
            return ""
        if tag.startswith(MODULE):  # browsers load no modules from a folder
            tag = tag.replace(MODULE, "<script defer ", 1)
        if tag.startswith("<form ") and " action=" not in tag:
            tag = tag.replace("<form ", f'<form action="{escape(path)}" ', 1)
        tag = URL_ATTRIBUTE.sub(lambda match: f'{match[1]}{self._portable_value(match, path, name)}"', tag)
        is_link_to_site = tag.startswith("<a ") and f' href="{escape(settings.SITE_URL)}' in tag
        return tag.replace("<a ", MARKED_LINK, 1) if is_link_to_site else tag

    def _portable_value(self, match: re.Match, path: str, name: str) -> str:
        attribute, value = match[1].strip(' ="\n'), unescape(match[2])
        if attribute == "action":
            return escape(urljoin(f"{settings.SITE_URL}{path}", value))
        if attribute != "srcset":
            return escape(self._portable_url(value, path, name))
        candidates = [part.split() for part in value.split(",") if part.strip()]
        return escape(
            ", ".join(" ".join([self._portable_url(url, path, name), *size]) for url, *size in candidates)
        )

    def _portable_css_url(self, match: re.Match, path: str, name: str) -> str:
        url = self._portable_url(match[1], path, name)
        return match[0] if url == match[1] else f'url("{url}")'

    def _portable_url(self, url: str, path: str, name: str) -> str:
        """Return the URL relative to the file `name` if its file is in the mirror, else the URL at the site."""
        if url.startswith("#"):
            return url
        try:
            absolute = urljoin(f"{settings.SITE_URL}{path}", url.strip())
            parts = urlsplit(absolute)
        except ValueError:  # not a URL, such as http://[
            return url
        site = urlsplit(settings.SITE_URL)
        if (parts.scheme, parts.netloc) != (site.scheme, site.netloc):
            return absolute if url.startswith("//") else url
        target = file_name_of(parts.path, parts.query)
        if (
            target and f"{target}/{INDEX}" in self._contents.names
        ):  # without the last slash, as people type it
            target = f"{target}/{INDEX}"
        if target not in self._contents.names and target not in self._contents.attachments:
            return absolute
        relative = quote(posixpath.relpath(target, posixpath.dirname(name) or "."))
        return f"{relative}#{parts.fragment}" if parts.fragment else relative


def _mark_as_copy(page: str, *, has_pdfs: bool) -> str:
    """Say at the top of a page that it is of a copy, and what the site itself has or answers."""
    language = PAGE_LANGUAGE.search(page)
    with override(language[1] if language else LOCALES[0]):
        text = _("This is a copy of %(site)s. Searches, forms and links marked ↗ lead to the site itself.")
        text %= {"site": settings.SITE_URL}
        if not has_pdfs:
            text = f"{text} {_('The PDFs of the texts are not in the copy.')}"
    notice = f'<p class="notice">{escape(text)}</p>'
    return MAIN.sub(lambda main: f"{main[0]}{notice}", page, count=1)


def _write_entry(archive: zipfile.ZipFile, name: str, body: bytes) -> None:
    entry = zipfile.ZipInfo(name, ZIP_TIME)
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, ZIP_MODE, 3
    archive.writestr(entry, body)
