"""Read a post from its place in the export: its text as HTML, and its fields."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from publications.stored_messages import gettext as _

from ..html import SourceArticle, read_article, read_safely
from ..imported_file import (
    NOT_PUBLIC,
    ImportedFile,
    ImportLog,
    ImportRefused,
    elsewhere_note,
    linked_element_note,
    other_original_note,
    page_note,
    unindexed_note,
)
from ..links import address_on_site, host_of, is_address_of
from ..mapping import ImportMapping
from ..source import ImportContext
from .access import SCHEDULED, find_access_fields, find_status, has_password, read_expiry
from .blocks import PostBlocks
from .dates import read_date
from .elsewhere import find_elsewhere, find_enclosures, has_words
from .export_bytes import CleanBytes
from .export_item import ExportItem, read_number
from .index import ExportIndex
from .language_marks import list_unread
from .mapped_fields import read_files, read_names, read_texts, read_values
from .post_parts import PostParts, render_notes
from .posts import PAGE, UPLOAD, UPLOADS, LibraryFile, upload_of
from .shortcodes import replace_shortcodes
from .topics import FORMAT, format_of

SUMMARY_FIELDS = ("_yoast_wpseo_metadesc", "rank_math_description", "_aioseo_description", "_aioseop_description",
                  "_genesis_description")  # fmt: skip
"""Custom fields in which plugins keep a description of a text, the first that has one counts."""
CANONICAL_FIELDS = ("_yoast_wpseo_canonical", "rank_math_canonical_url")
NOINDEX_FIELDS = {"_yoast_wpseo_meta-robots-noindex": "1", "rank_math_robots": "noindex"}
"""Custom fields that keep a text out of search engines if they hold these values."""
_IMAGE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_IMAGE_NUMBER = re.compile(r"\bwp-image-(\d{1,18})\b")
_SOURCE = re.compile(r"""\bsrc\s*=\s*["']([^"'<>]+)""", re.IGNORECASE)
_ALT = re.compile(r"""\salt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_HREF = re.compile(r"""(<a\b[^<>]*?\bhref\s*=\s*)(["'])([^"'<>]+)\2""", re.IGNORECASE)
_FILE_ADDRESS = re.compile(r"(?:https?:)?//[^\s\"'<>]+")
_NOTE_REFERENCE = re.compile(r"<sup\b([^<>]*+)>", re.IGNORECASE)
_NOTE_KEY = re.compile(r"""\bdata-fn=["']([\w-]+)["']""", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class WordPressContext(ImportContext):
    """The data that all texts of an export share.

    Args:
        pages: the addresses of files by those of the pages that WordPress makes for them.
        alts: the alternative texts of pictures by their path below the folder of uploads.
    """

    index: ExportIndex
    mapping: ImportMapping
    pages: Mapping[str, str] = field(default_factory=dict)
    alts: Mapping[str, str] = field(default_factory=dict)


def read_post(entry: Any, context: WordPressContext) -> ImportedFile:
    """Read one text of the export. Errors never raise; they become the refusal of the text."""
    log = ImportLog()
    return read_safely(entry.source, log, lambda: _read_post(entry, context, log))


def _read_post(entry: Any, context: WordPressContext, log: ImportLog) -> ImportedFile:
    item, content = context.index.read_item(entry.place)
    for code in list_unread(item.fields.get("content:encoded", "")):
        message = _(
            "Words of a language that is not known here were left out, between marks of qTranslate: %s"
        )
        log.dropped("words", message % code)
    if entry.part:
        item.choose_part(entry.part)
    if item.is_cut:
        raise ImportRefused(
            _("The text is longer than any publication: shorten it on the old site, and export again.")
        )
    post = _Post(entry, item, content, context, log)
    return post.add_fields(read_article(post.build_article(), context))


class _Post:
    """A post with all that is needed to read it."""

    def __init__(
        self, entry: Any, item: ExportItem, content: CleanBytes, context: WordPressContext, log: ImportLog
    ) -> None:
        self.entry, self.item, self.context, self.log = entry, item, context, log
        attachments, children = context.index.attachments, context.index.children
        self.parts = PostParts(
            attachments,
            children.get(entry.post_id, ()),
            self.log,
            open_shortcodes=context.mapping.shortcodes,
        )
        self.mapped = read_values(item, context.mapping)
        self.elsewhere = find_elsewhere(item, entry.former_paths, context.index.address)
        if self.elsewhere and not address_on_site(self.elsewhere, context.index.address):
            self.mapped.setdefault("external_url", self.elsewhere)
        if content.replaced:
            self.log.guessed("characters", _("Characters that are no text left out: %d.") % content.replaced)

    def build_article(self) -> SourceArticle:
        """Return the article of the post."""
        item, index = self.item, self.context.index
        address = address_on_site(item.get("link"), index.address)
        cover, content = self._find_cover(), self._build_html()
        self._note_access()
        self._note_elsewhere()
        self._note_display()
        self._note_search_settings()
        names = read_names(item, self.context.mapping, index, self.log)
        files = read_files(item, self.context.mapping, self.parts, self.log)
        return SourceArticle(
            entry=replace(self.entry, authors=names) if names else self.entry,
            title=item.get("title"),
            html=content,
            url=item.get("link") if address else "",
            summary=self._find_summary(),
            published_at=read_date(item),
            cover=self._address_on_site(cover.url) if cover else "",
            cover_alt=cover.alt if cover else "",
            cover_credit=cover.caption if cover else "",
            kind=self.entry.kind,
            files=tuple((self._address_on_site(address), "") for address in files),
            is_draft=self.log.is_hidden,
            notes=tuple(self.log.notes),
        )

    def _build_html(self) -> str:
        text, index, parts = self.item.fields.get("content:encoded", ""), self.context.index, self.parts
        text, notes = self._take_block_notes(text + read_texts(self.item, self.context.mapping))
        parts.notes.update(notes)
        text = replace_shortcodes(text, parts, self.log)
        body = PostBlocks(self._read_shared_block, self.log).read_text(text) + self._render_enclosures()
        body = _IMAGE.sub(self._complete_image, f"{body}{render_notes(parts.notes)}")
        body = _HREF.sub(self._lead_to_file, body)
        return (
            _FILE_ADDRESS.sub(lambda match: self._address_on_site(match[0]), body)
            if index.media_hosts
            else body
        )

    def _address_on_site(self, address: str) -> str:
        """Return the address of a file on another host as one of the site, whose files are beside the export."""
        upload = UPLOAD.search(address)
        if not upload or host_of(address) not in self.context.index.media_hosts:
            return address
        return f"{self.context.index.address}{UPLOADS}{upload[1]}"

    def _read_shared_block(self, number: int) -> str | None:
        index = self.context.index
        if status := index.hidden_blocks.get(number):
            message = _(
                "A block that the old site did not show (%(status)s) was left out: number %(number)d."
            )
            self.log.dropped("html", message % {"status": status, "number": number})
            return None
        place = index.blocks.get(number)
        text = index.read_item(place)[0].fields.get("content:encoded", "") if place else ""
        return replace_shortcodes(text, self.parts, self.log)

    def _take_block_notes(self, text: str) -> tuple[str, dict[str, str]]:
        """Return a text and the notes of the block editor, which it keeps as JSON beside the text."""
        try:
            rows = json.loads(self.item.value_of("footnotes") or "[]")
        except (ValueError, RecursionError):
            self.log.dropped("note", _("The notes of the text cannot be read."))
            return text, {}
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        notes = {str(row.get("id", "")): str(row.get("content", "")) for row in rows if row.get("id")}
        for attributes in _NOTE_REFERENCE.findall(text):
            key = _NOTE_KEY.search(attributes)
            if key and key[1] not in notes:
                self.log.dropped("note", _("A note of the text is not in the export: %s") % key[1])
        return text, notes

    def _complete_image(self, match: re.Match[str]) -> str:
        """Return a picture with the alternative text of the media library if it has none of its own."""
        tag, alt = match[0], _ALT.search(match[0])
        if alt and (alt[1] or alt[2]):
            return tag
        number, source = _IMAGE_NUMBER.search(tag), _SOURCE.search(tag)
        attachment = self.context.index.attachments.get(read_number(number[1])) if number else None
        text = attachment.alt if attachment else ""
        text = text or (self.context.alts.get(upload_of(html.unescape(source[1])), "") if source else "")
        if not text:
            return tag
        without_alt = _ALT.sub("", tag)
        return f'{without_alt.rstrip("/> ")} alt="{html.escape(text)}" />'

    def _lead_to_file(self, match: re.Match[str]) -> str:
        """Return a link to the page of a file as one to the file."""
        address = address_on_site(html.unescape(match[3]), self.context.index.address)
        url = self.context.pages.get(address.partition("#")[0]) if address else None
        return f"{match[1]}{match[2]}{html.escape(url)}{match[2]}" if url else match[0]

    def _find_summary(self) -> str:
        if summary := self.mapped.get("summary", ""):
            return summary
        if excerpt := self.item.get("excerpt:encoded"):
            return excerpt
        descriptions = (self.item.value_of(name) for name in SUMMARY_FIELDS)
        return next((text for text in descriptions if text and "%" not in text), "")

    def _find_cover(self) -> LibraryFile | None:
        number = read_number(self.item.value_of("_thumbnail_id"))
        if not number:
            return None
        attachment = self.context.index.attachments.get(number)
        if attachment is None:
            message = _("The export has no file of the number %d, the main picture of the text.")
            self.log.dropped("image-missing", message % number)
        return attachment

    def _note_access(self) -> None:
        """Note why the text was not for all readers, beside what its blocks and shortcodes say."""
        if has_password(self.item):
            self.log.changed(NOT_PUBLIC, _("It needed a password on the old site: it is a draft."))
        elif (status := find_status(self.item)) == SCHEDULED:
            message = _("It was scheduled on the old site for %s (future): it is a draft.")
            self.log.changed(NOT_PUBLIC, message % self.item.get("wp:post_date"))
        elif status:
            self.log.hidden(status)
        elif self.item.get("wp:post_type") == PAGE and not self.entry.kind:
            self.log.add(page_note())
        for name in find_access_fields(self.item):
            self.log.hidden(name)

    def _render_enclosures(self) -> str:
        """Return links to the files that the old site played beside the text, such as an episode."""
        addresses = find_enclosures(self.item)
        for address in addresses:
            self.log.add(linked_element_note("enclosure", address))
        links = (f'<a href="{html.escape(address)}">{html.escape(address)}</a>' for address in addresses)
        return "".join(f"\n\n<p>{link}</p>" for link in links)

    def _note_elsewhere(self) -> None:
        """Hold back a text whose words the old site showed to nobody, as it led to another address."""
        if not self.elsewhere or (self.mapped.get("external_url") and not has_words(self.item)):
            return
        self.log.add(elsewhere_note(self.elsewhere))

    def _note_display(self) -> None:
        """Note how the old site showed the text among others."""
        if self.item.get("wp:is_sticky") == "1":
            message = _("It stood first on the old site (sticky): here the newest text does.")
            self.log.dropped("display", message)
        for term in self.item.terms:
            if term.taxonomy == FORMAT:
                self.log.dropped("display", _("Its post format was left out: %s") % format_of(term))

    def _note_search_settings(self) -> None:
        """Note what plugins for search engines said of the page of the text."""
        for name in CANONICAL_FIELDS:
            address = self.item.value_of(name)
            if address and not is_address_of(address, self.entry.former_paths, self.context.index.address):
                self.log.add(other_original_note(address))
        if any(value in self.item.value_of(name) for name, value in NOINDEX_FIELDS.items()):
            self.log.add(unindexed_note())

    def add_fields(self, imported: ImportedFile) -> ImportedFile:
        """Return the text with its end, and with the fields that the mapping takes from custom fields."""
        imported = replace(imported, expires_at=read_expiry(self.item))
        values = {name: value for name, value in self.mapped.items() if name != "summary"}
        if not values or imported.manuscript is None:
            return imported
        return replace(imported, manuscript=replace(imported.manuscript, **values))
