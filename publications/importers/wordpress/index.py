"""Index the files of an export: what the site has, and where each text begins, but no texts."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from publications.locales import language_code
from publications.stored_messages import gettext as _

from ..imported_file import ImportRefused
from ..links import address_on_site, host_of, without_account
from ..source_redirects import SourceRedirect
from .access import find_status
from .export_bytes import CleanBytes
from .export_item import ExportItem, ItemTerm, read_number
from .export_reader import ExportDamaged, ExportReader, describe_replaced
from .language_marks import list_parts
from .posts import (
    ATTACHMENT,
    BLOCK,
    GUEST_AUTHOR,
    HIDDEN_FILE_STATUSES,
    LEFT_OUT_STATUSES,
    MAX_CAPTION_CHARACTERS,
    PAGE,
    PORTRAIT,
    POST,
    REDIRECT_RULE,
    REPEATED,
    SILENT_FIELDS,
    SIZE,
    SYSTEM_TYPES,
    UPLOAD,
    IndexedPost,
    LibraryFile,
    plain_name,
    read_attachment,
)
from .redirection import read_rule

_USED_ID = re.compile(r"(?:wp-image-|attachment_|wp-att-|\"(?:id|mediaId)\":\s?\"?)(\d{1,18})")
_FRAGMENT = re.compile(r"""\bhref\s*=\s*["'][^"'<>#]*#([^"'<>]+)""", re.IGNORECASE)
_GALLERY = re.compile(r"\[(?:gallery|playlist)\b([^\[\]]*+)\]")
_LIST_OF_IDS = re.compile(r"\b(?:ids|include)=")
_USED_IDS = re.compile(r"\b(?:ids|include)=[\"'“”″]?([\d,\s]+)")


@dataclass
class ExportIndex:
    """All files of an export of one site.

    Args:
        refused: why files, or parts of them, are not read, by name.
        counts: the number of items by type and status.
        blocks, hidden_blocks: the places of blocks that several texts share, by number, and why others were not shown.
        fields: the number of texts that have a custom field, by name.
        used_files, used_ids: the attachments that texts name, by their path and by number.
        field_ids: the numbers in custom fields, which may be those of attachments.
        fragments: the fragments that links of texts point to.
        galleries: the numbers of posts that show all files that were uploaded to them.
        term_counts: the number of terms by taxonomy.
        used_terms: the terms that posts name, each once.
    """

    readers: list[ExportReader] = field(default_factory=list)
    site: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    posts: dict[int, IndexedPost] = field(default_factory=dict)
    attachments: dict[int, LibraryFile] = field(default_factory=dict)
    blocks: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    hidden_blocks: dict[int, str] = field(default_factory=dict)
    guests: dict[str, dict[str, str]] = field(default_factory=dict)
    authors: dict[str, dict[str, str]] = field(default_factory=dict)
    terms: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    used_files: set[str] = field(default_factory=set)
    used_ids: set[int] = field(default_factory=set)
    field_ids: set[int] = field(default_factory=set)
    fragments: set[str] = field(default_factory=set)
    galleries: set[int] = field(default_factory=set)
    redirects: list[SourceRedirect] = field(default_factory=list)
    term_counts: Counter[str] = field(default_factory=Counter)
    comments: int = 0
    used_terms: dict[ItemTerm, ItemTerm] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The address of the old site without a closing slash."""
        address = self.site.get("wp:base_blog_url") or self.site.get("link", "")
        return without_account(address).rstrip("/")

    @property
    def key(self) -> str:
        """The address without its scheme, which stays the same when a site moves to HTTPS."""
        address = self.address.lower()
        return address.partition("://")[2].removeprefix("www.") or address

    @cached_property
    def media_hosts(self) -> frozenset[str]:
        """The hosts of files other than that of the site."""
        hosts = {host_of(attachment.url) for attachment in self.attachments.values()}
        return frozenset(hosts - {"", host_of(self.address)})

    @cached_property
    def children(self) -> dict[int, list[LibraryFile]]:
        """The files that were uploaded to each post, in their order; once all files are indexed."""
        children: dict[int, list[LibraryFile]] = {}
        for attachment in sorted(self.attachments.values(), key=lambda item: (item.order, item.post_id)):
            if attachment.parent:
                children.setdefault(attachment.parent, []).append(attachment)
        return children

    def read_item(self, place: tuple[int, int, int]) -> tuple[ExportItem, CleanBytes]:
        """Return an item by the number of its file and its place there."""
        file, start, length = place
        return self.readers[file].read_item(start, length)


def index_export(paths: Iterable[Path]) -> ExportIndex:
    """Index the files of an export.

    Raises:
        ImportRefused: none of them can be read.
    """
    index = ExportIndex()
    for path in paths:
        try:
            _index_file(path, index)
        except ExportDamaged as error:
            index.refused[f"{path.name} ({_('the end')})"] = str(error)
        except ImportRefused as error:
            index.refused[path.name] = str(error)
        except OSError as error:
            index.refused[path.name] = _("The file cannot be read (%s).") % (error.strerror or error)
    if not index.readers or not (index.counts or index.terms or index.authors):
        reasons = index.refused.values() or [_("The export of WordPress holds nothing.")]
        raise ImportRefused(" ".join(reasons))
    return index


def _index_file(path: Path, index: ExportIndex) -> None:
    reader, number = ExportReader(path), len(index.readers)
    try:
        for item in reader.read_items():
            if len(index.readers) == number:
                _add_reader(reader, index)
            _index_item(item, number, index)
        if len(index.readers) == number:
            _add_reader(reader, index)
    finally:
        if len(index.readers) > number:
            _take_groups(reader.groups, index)
            if note := describe_replaced(path, reader.content):
                index.notes.append(note)


def _add_reader(reader: ExportReader, index: ExportIndex) -> None:
    """Add a file. Raises ImportRefused if it is of another site than those before."""
    added = ExportIndex(site=reader.site)
    if index.readers and added.key != index.key:
        message = _(
            "“%(file)s” is of the site %(other)s, the others are of %(site)s: import it from a folder of its own."
        )
        values = {"file": reader.path.name, "other": added.address, "site": index.address}
        raise ImportRefused(message % values)
    index.site = index.site or reader.site
    index.readers.append(reader)


def _take_groups(groups: list[tuple[str, dict[str, str]]], index: ExportIndex) -> None:
    """Index authors and terms."""
    for name, group in groups:
        if name == "wp:author":
            index.authors.setdefault(group.get("wp:author_login", "").casefold(), group)
            continue
        term = _read_term(name, group)
        index.term_counts[term["taxonomy"]] += 1
        index.terms.setdefault((term["taxonomy"], term["slug"]), term)
    groups.clear()


def _read_term(name: str, group: Mapping[str, str]) -> dict[str, str]:
    """Return a term by names that do not depend on the element it is in."""
    prefix = {"wp:category": "wp:cat", "wp:tag": "wp:tag", "wp:term": "wp:term"}[name]
    taxonomy = {"wp:category": "category", "wp:tag": "post_tag"}.get(name) or group.get(
        "wp:term_taxonomy", ""
    )
    slug = group.get("wp:category_nicename") or group.get("wp:tag_slug") or group.get("wp:term_slug", "")
    parent = group.get("wp:category_parent") or group.get("wp:term_parent", "")
    return {
        "taxonomy": taxonomy,
        "slug": slug,
        "number": group.get("wp:term_id", ""),
        "name": plain_name(group.get(f"{prefix}_name", slug)),
        "parent": parent,
        "description": group.get("wp:category_description") or group.get(f"{prefix}_description", ""),
    }


def _index_item(item: ExportItem, file: int, index: ExportIndex) -> None:
    post_type = item.get("wp:post_type") or POST
    index.counts[post_type, item.get("wp:status")] += 1
    index.comments += item.comments
    if post_type == ATTACHMENT and item.get("wp:status") not in HIDDEN_FILE_STATUSES:
        index.attachments[item.post_id] = read_attachment(item)
    elif post_type == BLOCK:
        _index_block(item, file, index)
    elif post_type == GUEST_AUTHOR:
        guest = {key: value.strip() for key, value in item.metadata if key.startswith(("cap-", PORTRAIT))}
        guest["number"] = str(item.post_id)
        index.used_ids.add(read_number(guest.get(PORTRAIT, "")))
        index.guests[item.get("wp:post_name") or f"cap-{guest.get('cap-user_login', '')}"] = guest
    elif post_type == REDIRECT_RULE and not find_status(item):
        index.redirects.append(read_rule(item))
    if post_type in (POST, PAGE) or post_type not in SYSTEM_TYPES:
        _index_post(item, post_type, file, index)


def _index_block(item: ExportItem, file: int, index: ExportIndex) -> None:
    """Index a block that several texts share.

    WordPress shows one only if it is public and has no password (wp-includes/blocks/block.php). One that is hidden in
    any file of the export stays so.
    """
    if status := find_status(item):
        index.hidden_blocks[item.post_id] = status
        index.blocks.pop(item.post_id, None)
    elif item.post_id not in index.hidden_blocks:
        index.blocks[item.post_id] = (file, item.start, item.length)
        _index_uses(item, index)


def _index_post(item: ExportItem, post_type: str, file: int, index: ExportIndex) -> None:
    if not item.post_id:
        name = address_on_site(item.get("link"), index.address) or item.get("title") or f"{item.start}"
        index.refused[name] = _("It has no number (wp:post_id), by which a later export would know it again.")
        return
    modified, status = item.get("wp:post_modified_gmt") or item.get("wp:post_modified"), item.get("wp:status")
    if previous := index.posts.get(item.post_id):
        is_later = modified >= previous.modified
        index.counts[post_type, previous.status if is_later else status] -= 1
        index.counts[post_type, REPEATED] += 1
        if not is_later:
            return
    index.posts[item.post_id] = IndexedPost(
        post_id=item.post_id, post_type=post_type, status=status,
        title=item.get("title")[:MAX_CAPTION_CHARACTERS], slug=item.get("wp:post_name"), link=item.get("link"),
        guid=item.get("guid"), creator=item.get("dc:creator"), date=item.get("wp:post_date"),
        modified=modified,
        terms=tuple(index.used_terms.setdefault(term, term) for term in item.terms),
        old_slugs=tuple(filter(None, map(str.strip, item.values_of("_wp_old_slug")))),
        old_dates=tuple(filter(None, map(str.strip, item.values_of("_wp_old_date")))),
        language=item.value_of("_wpml_import_language_code"),
        translations=item.value_of("_wpml_import_translation_group"),
        marks=_list_marks(item, index),
        file=file, start=item.start, length=item.length,
    )  # fmt: skip
    if status in LEFT_OUT_STATUSES:
        return
    names = {name for name, value in item.metadata if value.strip() and not name.startswith(SILENT_FIELDS)}
    index.fields.update(names)
    index.field_ids |= {read_number(item.value_of(name)) for name in names}
    _index_uses(item, index)


def _list_marks(item: ExportItem, index: ExportIndex) -> tuple[str, ...]:
    default = language_code(index.site.get("language", "")) or ""
    fields = (item.get("title"), item.get("excerpt:encoded"))
    return list_parts(item.fields.get("content:encoded", ""), fields, default)


def _index_uses(item: ExportItem, index: ExportIndex) -> None:
    """Note which attachments a text names."""
    text = item.fields.get("content:encoded", "")
    index.used_ids.add(read_number(item.value_of("_thumbnail_id")))
    if "://" in text or "/uploads/" in text or "/files/" in text:  # patterns are slow where there is nothing
        index.used_files.update(SIZE.sub(r"\1", unquote(unescape(path))) for path in UPLOAD.findall(text))
    if "#" in text:
        index.fragments.update(unquote(unescape(fragment)) for fragment in _FRAGMENT.findall(text))
    if "<" in text or "[" in text:
        index.used_ids.update(map(int, _USED_ID.findall(text)))
    if "[" in text:
        lists = _USED_IDS.findall(text)
        index.used_ids.update(read_number(number.strip()) for ids in lists for number in ids.split(","))
        if not all(map(_LIST_OF_IDS.search, _GALLERY.findall(text))):
            index.galleries.add(item.post_id)
