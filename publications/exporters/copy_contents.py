"""What a portable copy has: the files of the mirror, all or those of one topic, and files of publications."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import QuerySet

from publications.locales import LOCALES, localized_path
from publications.models import (
    Author,
    Edition,
    EditionAttachment,
    Tag,
    original_exists,
    original_storage,
)
from publications.presentation import attachment_url

from .mirror_folder import MirrorFolder
from .mirror_paths import INDEX, address_of, file_name_of, links_of, normalize_path

HOMES = tuple(f"{locale}/{INDEX}" for locale in LOCALES)
MEDIA_TYPES = {".html": "text/html", ".css": "text/css"}
ASSET_FOLDERS = ("static/", "media/")


class UnknownTopic(Exception):
    """No live publication has the topic; the message names those that some have."""


@dataclass(frozen=True)
class CopyContents:
    """The files of a copy.

    Attributes:
        names: those of the mirror.
        start: the name of the page that the copy begins with, or "".
        attachments: the originals of files of publications, by the names that they have in the copy.
    """

    names: Set[str]
    start: str
    attachments: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_names(self) -> list[str]:
        """The names of all files of the copy, sorted."""
        return sorted({*self.names, *self.attachments, *([INDEX] if self.start else [])})

    @cached_property
    def has_pdfs(self) -> bool:
        """Whether PDFs of texts are in the copy, as `--with-pdf` writes them."""
        return any(name.endswith(".pdf") for name in self.names)

    def read_attachment(self, name: str) -> bytes:
        with original_storage().open(self.attachments[name]) as file:
            return file.read()


def all_contents(mirror: MirrorFolder, *, with_files: bool = False) -> CopyContents:
    """Return the contents of a copy of the whole site, which begins with a home page."""
    names = _names_in(mirror)
    start = next((name for name in HOMES if name in names), "")
    return CopyContents(names, start, _find_attachments(Edition.objects.live()) if with_files else {})


def topic_contents(mirror: MirrorFolder, tag: Tag, *, with_files: bool = False) -> CopyContents:
    """Return the contents of a copy of one topic, which begins with its page.

    It has the live publications of the topic with their editions and records, their authors who have a page, and
    what their pages show.
    """
    editions = Edition.objects.live().tagged(tag)
    authors = Author.objects.not_pseudonymous().filter(published__edition__in=editions).distinct()
    topic_paths = [localized_path(locale, "publications:topic", slug=tag.slug) for locale in LOCALES]
    paths = [
        *topic_paths,
        *(edition.get_absolute_url() for edition in editions),
        *(
            localized_path(code, "publications:author", slug=author.slug)
            for author in authors
            for code in LOCALES
        ),
    ]
    names, folders = _names_in(mirror), {file_name_of(path).removesuffix(f"/{INDEX}") for path in paths}
    pages = {name for name in names if _is_below(name, folders)}
    start = next((name for path in topic_paths if (name := file_name_of(path)) in names), "")
    attachments = _find_attachments(editions) if with_files else {}
    return CopyContents(pages | _find_assets(mirror, pages, names), start, attachments)


def find_topic(slug: str) -> Tag:
    """Return the topic, country or series with a slug. Raises UnknownTopic."""
    live = Edition.objects.live().listed()
    tags = Tag.objects.filter(published__edition__in=live).distinct().order_by("slug")
    tag = tags.filter(slug=slug).first()
    if not tag:
        raise UnknownTopic(slug, list(tags.values_list("slug", flat=True)))
    return tag


def _names_in(mirror: MirrorFolder) -> frozenset[str]:
    return frozenset(file.relative_to(mirror.root).as_posix() for file in mirror.public_files())


def _is_below(name: str, folders: Set[str]) -> bool:
    """Return whether a file is in one of the folders, or beside one with its name, as rye.bib is beside rye/."""
    parts = name.split("/")
    parents = {"/".join(parts[:depth]) for depth in range(1, len(parts))}
    return not folders.isdisjoint(parents) or name.partition(".")[0] in folders


def _find_assets(mirror: MirrorFolder, pages: Iterable[str], names: Set[str]) -> set[str]:
    """Return the style sheets, scripts, fonts, images and icons that pages show."""
    assets: set[str] = set()
    queue = [name for name in pages if name.endswith(".html")]
    while queue:
        linked = {name for name in _links_in(mirror, queue.pop()) if name in names and _is_asset(name)}
        queue += [name for name in linked - assets if name.endswith(".css")]
        assets |= linked
    return assets


def _links_in(mirror: MirrorFolder, name: str) -> Iterator[str]:
    media_type = MEDIA_TYPES[name[name.rindex(".") :]]
    path = normalize_path(address_of(name).partition("?")[0])
    return (file_name_of(link) for link in links_of(path, media_type, (mirror.root / name).read_bytes()))


def _is_asset(name: str) -> bool:
    """Return whether a file is of the design, an image, or an icon in the first folder."""
    return name.startswith(ASSET_FOLDERS) or ("/" not in name and not name.endswith(".html"))


def _find_attachments(live: QuerySet[Edition]) -> dict[str, str]:
    """Return the originals of the files that readers of these publications may have, by their names in a copy."""
    editions = {edition.publication_id: edition for edition in live.without_texts()}
    files = EditionAttachment.objects.filter(
        edition__in=Edition.objects.readable(), edition__publication__in=editions
    ).select_related("edition")
    return {
        file_name_of(attachment_url(editions[file.edition.publication_id], file)): file.original
        for file in files.order_by("edition__number", "position")
        if original_exists(file.original, size=file.size)
    }
