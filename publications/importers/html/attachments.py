"""Attach the files of the old site that a text links to, and find their addresses on this site."""

import hashlib
from pathlib import Path

from publications.attachment_files import (
    ATTACHMENT_TYPES,
    UnsuitableAttachment,
    check_attachment,
    normalize_filename,
)
from publications.html_tree import split_names
from publications.locales import localized_path
from publications.manuscript import ManuscriptFile
from publications.stored_messages import gettext as _
from publications.stored_messages import join_messages

from ..imported_file import ImportLog
from ..source import SourceEntry
from .media import SourceMedia, path_of, suffix_of

DIGEST_CHARACTERS = 32
OTHER_FILE_TYPES = split_names(
    "doc xls ppt rtf odp epub mobi pages key numbers mp3 mp4 m4a m4v mov avi wav webm ogg gz tar rar 7z"
)
"""Suffixes of files that are no pages of a site and cannot be attached."""


class AttachmentCollector:
    """Collects the attachments of one text: `attachments` in order, `files` by name, `former_files` by old path."""

    def __init__(self, media: SourceMedia, entry: SourceEntry, log: ImportLog) -> None:
        self.media, self.entry, self.log = media, entry, log
        self.attachments: dict[str, ManuscriptFile] = {}
        self.files: dict[str, Path] = {}
        self.former_files: dict[str, str] = {}
        self._missing: set[str] = set()

    def find_address(self, address: str, label: str) -> str:
        """Return the address on this site of a file of the old site, or "" if it is none that can be attached.

        Args:
            address: resolved.
            label: the words of the link.
        """
        suffix = suffix_of(address)
        if suffix not in ATTACHMENT_TYPES | OTHER_FILE_TYPES or not self.media.may_be_own(address):
            return ""
        if not self.media.is_own(address) and not self.media.find_file(address):
            return ""
        attachment = self._attach(address, label)
        if not attachment:
            return ""
        new_address = localized_path(
            self.entry.locale,
            "publications:attachment",
            slug=self.entry.slug,
            digest=attachment.digest[:DIGEST_CHARACTERS],
            filename=attachment.file,
        )
        _before, mark, fragment = address.partition("#")  # such as the page of a PDF
        return f"{new_address}{mark}{fragment}"

    def add(self, address: str, label: str) -> None:
        """Attach a file that belongs to the text, with or without a link to it."""
        self._attach(self.media.resolve(address), label)

    def _attach(self, address: str, label: str) -> ManuscriptFile | None:
        path = self.media.find_file(address)
        if path is None:
            return self._report(address, _("The file is missing."))
        try:
            content = check_attachment(path.name, path.stat().st_size, path.read_bytes)
        except UnsuitableAttachment as error:
            return self._report(address, str(error))
        except OSError as error:
            return self._report(address, error.strerror or type(error).__name__)
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self.attachments:
            name = self._distinct_name(normalize_filename(path.name))
            self.attachments[digest] = ManuscriptFile(file=name, label=label, digest=digest)
            self.files[name] = path
        attachment = self.attachments[digest]
        self.former_files[path_of(address)] = attachment.file
        return attachment

    def _report(self, address: str, reason: str) -> None:
        if address not in self._missing:
            self._missing.add(address)
            self.log.dropped("missing", join_messages(f"{address}:", reason))

    def _distinct_name(self, name: str) -> str:
        stem, dot, suffix = name.rpartition(".")
        number = 1
        while name in self.files:
            number += 1
            name = f"{stem}-{number}{dot}{suffix}"
        return name
