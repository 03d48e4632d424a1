"""What the reader of a source has to know of the site: the addresses here, the library of images and the kinds."""

from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from publications.locales import locale_of, localized_path
from publications.models import Edition, Image, Kind, Redirect

from .image_finder import ImageFinder
from .import_decisions import map_authors, map_topics
from .imported_file import HOME_PAGE
from .options import ImportOptions
from .source import ImportContext, ImportSource
from .source_authors import AuthorList
from .taxonomy_pages import taxonomy_addresses


def build_context(options: ImportOptions, source: ImportSource, authors: AuthorList) -> ImportContext:
    """Return what the texts of a source are read with."""
    addresses = taxonomy_addresses(
        source.entries, map_authors(authors, options.mapping), map_topics(source, options.mapping)
    )
    return ImportContext(
        authors=authors,
        image_finder=ImageFinder(
            _media_folders(options, source),
            _library_keys(),
            settings.SECRET_KEY.encode(),
            source.names_of,
        ),
        addresses=addresses
        | _former_addresses()
        | source.addresses(_address_of)
        | _home_page(source, options),
        uids_by_name=source.uids_by_name(),
        kinds=frozenset(Kind.objects.values_list("slug", flat=True)),
        kind=options.kind,
        site=options.site or source.site,
        topics=source.topic_names,
    )


def _home_page(source: ImportSource, options: ImportOptions) -> dict[str, str]:
    """Return what links to the old home page lead to: no text takes its place."""
    home = localized_path(locale_of(options.language), "publications:home")
    return dict.fromkeys(filter(None, (HOME_PAGE, source.base_path)), home)


def _address_of(locale: str, slug: str) -> str:
    return Edition(locale=locale, slug=slug).get_absolute_url()


def _former_addresses() -> dict[str, str]:
    """Return the targets of existing redirects by their paths.

    Those to texts that were never public stay as they are, because the new address would have the title of the text.
    """
    redirects = Redirect.objects.without_query().filter(file_digest="").exclude(publication=None)
    rows = redirects.answering().values_list("path", "publication__language", "publication__slug")
    public = {path: _address_of(locale_of(language), slug) for path, language, slug in rows.iterator()}
    return {path: path for path in redirects.values_list("path", flat=True)} | public


def _library_keys() -> Mapping[str, str]:
    """Return the keys of library images by digest; the first of several with the same content."""
    return {image.digest: image.key for image in Image.objects.order_by("-pk").only("key", "original")}


def _media_folders(options: ImportOptions, source: ImportSource) -> tuple[Path, ...]:
    """Return the folders to search for images and files: of the options, of the source, and what is imported."""
    folders = (*options.media, *source.media_folders, options.path.resolve())
    return tuple(dict.fromkeys(filter(Path.is_dir, folders)))
