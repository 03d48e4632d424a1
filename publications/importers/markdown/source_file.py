"""Describe a file before its text is read: its uid, language, slug and old addresses."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from uuid import UUID, uuid5

from django.conf.locale import LANG_INFO

from publications.locales import LANGUAGE_NAMES, LOCALES, language_code
from publications.slugs import normalize_redirect_path, slugify
from publications.stored_messages import gettext as _

from ..imported_file import ImportLog, ImportRefused, describe_link
from ..links import ABSOLUTE
from ..source import UID_NAMESPACE, SourceEntry
from .anchors import fragments_in
from .dates import DATE_IN_NAME, date_in_name
from .field_keys import value_of
from .fields import authors_in, publication_date, tags_in
from .front_matter import MAX_FILE_BYTES, as_flag, as_text, as_texts, has_value, read_front_matter
from .inherited_fields import InheritedFields
from .liquid_values import slugify as slugify_name
from .permalinks import INDEX_NAMES, PagePlace, address_slug, default_addresses, fill_pattern, stated_address
from .source_site import SourceSite


@dataclass(frozen=True, kw_only=True)
class SourceFile(SourceEntry):
    """The description of a file for other files.

    Args:
        root: the imported folder.
        translation_key: the common key of a text and its translations.
        inherited: fields that it has without naming them.
        linked_fragments: the fragments that its links point to.
        is_manuscript: whether it is a manuscript of this site.
        terms: its terms by the folders of their pages on the old site.
        redirect: where the old site led in place of its words, or "".
        title: that in its front matter, or "".
    """

    path: Path
    root: Path
    translation_key: str
    inherited: Mapping[str, Any] = field(default_factory=dict)
    linked_fragments: frozenset[str] = frozenset()
    is_manuscript: bool = False
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    redirect: str = ""
    title: str = ""

    @property
    def stem(self) -> str:
        """The name of the file, or of its folder for an index file."""
        return self.path.parent.name if self.path.stem in INDEX_NAMES else self.path.stem


def read_source(path: Path) -> bytes:
    """Return the content of a file.

    Raises:
        ImportRefused: it is a symbolic link or too large.
        OSError: it cannot be read.
    """
    if path.is_symlink() or not path.is_file():
        raise ImportRefused(describe_link())
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ImportRefused(_("The file is larger than 2 MB: it is no text for readers."))
    return path.read_bytes()


def relative_source(path: Path, root: Path) -> str:
    """Return the path of a file below the root, with bytes that are not UTF-8 escaped for reports."""
    return os.fsencode(path.relative_to(root).as_posix()).decode("utf-8", "backslashreplace")


def report_changed_slug(file: SourceFile, log: ImportLog) -> None:
    """Report if the slug is not the one that the file requests."""
    if file.slug != file.requested_slug:
        message = _("The address “%(wanted)s” is taken: it became “%(slug)s”.")
        log.changed("address", message % {"wanted": file.requested_slug, "slug": file.slug})


def describe_file(
    path: Path, root: Path, default_language: str, permalink: str, inherited: InheritedFields
) -> SourceFile:
    """Describe a file below the root.

    Args:
        inherited: the fields that it has without naming them.
        default_language: the language of files that do not name one.
        permalink: the pattern of addresses on the old site.

    Raises:
        ImportRefused: it has no front matter, or its name or language cannot be used.
        OSError: it cannot be read.
    """
    front_matter = read_front_matter(read_source(path), ImportLog())
    inherited_fields = inherited.of(path)
    fields = inherited_fields | front_matter.fields
    source = path.relative_to(root).as_posix()
    import_path = f"{root.resolve().name}/{source}"
    if any(unicodedata.category(letter) == "Cs" for letter in import_path):  # how Python decodes other bytes
        raise ImportRefused(_("The name of the file, or of a folder that it is in, is not UTF-8. Rename it."))
    stem, language = _stem_and_language(path, root, fields)
    name = DATE_IN_NAME.sub("", stem).lstrip("-_ .") or stem
    is_manuscript = _is_manuscript(front_matter.fields)
    date, name_date = publication_date(fields, inherited.site.time_zone), date_in_name(stem)
    language = language or default_language
    place = PagePlace(
        path=inherited.site.below_collections(inherited.place_of(path)),
        name=name,
        slug=address_slug(_slug_field(fields), inherited.site.generator),
        slug_of_name=slugify_name(name) if inherited.site.generator == "jekyll" else "",
        title=as_text(value_of(fields, "title")),
        language=language,
        date=date or name_date,
        fields=fields,
    )
    former_paths = _former_paths(place, permalink, inherited.site)
    return SourceFile(
        source=source,
        path=path,
        root=root,
        uid=_uid(front_matter.fields, import_path),
        title=place.title,
        inherited=inherited_fields,
        linked_fragments=fragments_in(front_matter.body),
        tags=tuple(tags_in(fields)),
        authors=tuple(authors_in(fields)),
        is_manuscript=is_manuscript,
        terms=_terms(fields, inherited.site),
        redirect=_redirect(fields, front_matter.body, inherited.site),
        manuscript_slug=slugify(_slug_field(fields)) if is_manuscript else "",
        language=language,
        translation_key=_translation_key(path, root),
        requested_slug=_requested_slug(fields, stem),
        names=(slugify(name), *filter(None, [slugify(as_text(fields.get("class")))])),
        former_paths=former_paths,
        default_paths=_default_paths((date or name_date, name_date), name, former_paths, inherited.site),
    )


def _terms(fields: Mapping[str, Any], site: SourceSite) -> dict[str, tuple[str, ...]]:
    values = {folder: fields.get(name) for folder, name in site.taxonomies.items()}
    return {
        folder: tuple(as_texts(value, split_commas=True))
        for folder, value in values.items()
        if has_value(value)
    }


def _redirect(fields: Mapping[str, Any], body: str, site: SourceSite) -> str:
    """Return where the old site led in place of a text, or "" (github.com/jekyll/jekyll-redirect-from).

    A post without words that leads to another site is a link to a text there.
    """
    target = next(iter(as_texts(fields.get("redirect_to"))), "")
    is_link = ABSOLUTE.match(target) and not body.strip()
    return "" if is_link or _is_manuscript(fields) else site.under_base(target)


def _slug_field(fields: dict[str, Any]) -> str:
    return as_text(value_of(fields, "slug"))


def _former_paths(place: PagePlace, permalink: str, site: SourceSite) -> tuple[str, ...]:
    """Return the old addresses in the file, and that by the pattern of the import or of its site."""
    title = place.slug if site.generator == "jekyll" else ""
    stated = [
        address
        for text in as_texts(value_of(place.fields, "permalink"))
        if (address := stated_address(text, place, title=title))
    ]
    patterns = [site.under_base(fill_pattern(permalink, place, title=title))] if permalink else []
    generated = [
        address if address in patterns else _below(site.base_path, address)
        for address in stated or patterns or default_addresses(place, site)
    ]
    further = as_texts(value_of(place.fields, "former_paths"))
    if site.generator == "hugo" and generated:
        further = [urljoin(generated[0].rstrip("/"), address) for address in further]
        further = [
            _below(site.base_path, address) if written.startswith("/") else address
            for written, address in zip(
                as_texts(value_of(place.fields, "former_paths")), further, strict=True
            )
        ]
    else:
        further = [_below(site.base_path, address) for address in further]
    return tuple(dict.fromkeys(filter(None, [*generated, *patterns, *further])))


def _below(base: str, address: str) -> str:
    """Return an address below the path of a site; one on any host as it is."""
    return f"{base}/{address.lstrip('/')}" if base and "://" not in address else address


def _default_paths(
    dates: Iterable[datetime | None], name: str, former_paths: Iterable[str], site: SourceSite
) -> tuple[str, ...]:
    """Return further addresses by which links name a text: of Jekyll by default, and those below its site."""
    paths = [f"/{date.year:04}/{date.month:02}/{date.day:02}/{name}" for date in dates if date]
    paths += [f"{site.base_path}{path}" for path in paths] if site.base_path else []
    paths += [path for address in former_paths if (path := site.below_base(address)) != address]
    return tuple(dict.fromkeys(map(normalize_redirect_path, paths)))


def _is_manuscript(fields: dict[str, Any]) -> bool:
    """Whether a file is a manuscript of this site; `format: standard` of other programs does not count."""
    return as_text(fields.get("format")).isdecimal()


def _uid(fields: dict[str, Any], import_path: str) -> str:
    """Return the uid in a manuscript of this site, otherwise one derived from the path.

    Uids in other files are not used, because they could belong to another publication.
    """
    try:
        return str(UUID(as_text(value_of(fields, "uid")) if _is_manuscript(fields) else ""))
    except ValueError:
        return str(uuid5(UID_NAMESPACE, import_path))


def _stem_and_language(path: Path, root: Path, fields: dict[str, Any]) -> tuple[str, str]:
    """Return the name of the text, and its language from the front matter, the file name or the folder.

    Raises ImportRefused for an unknown language, whose text would be read as another.
    """
    stem, suffix = _split_language(path.stem)
    if stem in INDEX_NAMES and path.parent != root:
        stem = path.parent.name
    language_name = as_text(value_of(fields, "language")) or suffix or next(_language_folders(path, root), "")
    if language_name and not language_code(language_name):
        message = _("Its language “%(language)s” is none that this site has texts in: %(known)s.")
        raise ImportRefused(message % {"language": language_name, "known": ", ".join(LANGUAGE_NAMES)})
    return stem, language_code(language_name)


def _language_folders(path: Path, root: Path) -> Iterator[str]:
    """Return the folders of a file, below and including the root, that are named by a language, the nearest first."""
    folders = [folder for folder in path.parents if folder == root or folder.is_relative_to(root)]
    return (folder.name for folder in folders if folder.name in LANGUAGE_NAMES or _is_language_folder(folder))


@lru_cache(maxsize=4_000)
def _is_language_folder(folder: Path) -> bool:
    """Whether a folder is one of several named by languages: `pt` beside `en`, not `it` alone."""
    return folder.name in LANG_INFO and any((folder.parent / locale).is_dir() for locale in LOCALES)


def _split_language(stem: str) -> tuple[str, str]:
    name, _dot, suffix = stem.rpartition(".")
    return (name, suffix) if name and (suffix in LANGUAGE_NAMES or suffix in LANG_INFO) else (stem, "")


def _translation_key(path: Path, root: Path) -> str:
    """Return the path without the language."""
    parts = [part for part in path.relative_to(root).parent.parts if part not in LANGUAGE_NAMES]
    return "/".join([*parts, _split_language(path.stem)[0]])


def _requested_slug(fields: dict[str, Any], stem: str) -> str:
    permalink = as_text(value_of(fields, "permalink")).rstrip("/").rpartition("/")[2]
    permalink = (
        ""
        if as_flag(permalink) is False or "{" in permalink or ":" in permalink
        else re.sub(r"\.html?$", "", permalink)
    )
    candidates = (_slug_field(fields), permalink, DATE_IN_NAME.sub("", stem), stem)
    return next(filter(None, map(slugify, candidates)), "publication")
