"""What the text of a post refers to: files of the media library, notes, and texts that several posts share."""

import html
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from publications.stored_messages import gettext as _

from ..imported_file import ImportLog
from .posts import LibraryFile

MAX_LISTED_FILES = 5_000
"""How many files the galleries of a text show together: each may show all that were uploaded to it."""
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".bmp", ".tif", ".tiff")


@dataclass
class PostParts:
    """The parts that the text of one post refers to.

    Args:
        attachments: the media library by number.
        children: the files that were uploaded to the post.
        notes: the HTML of its notes, by the id of each.
        open_shortcodes: names of shortcodes whose words all readers saw.
    """

    attachments: Mapping[int, LibraryFile]
    children: Sequence[LibraryFile]
    log: ImportLog
    notes: dict[str, str] = field(default_factory=dict)
    listed_files: int = 0
    open_shortcodes: Collection[str] = ()

    def add_note(self, content: str) -> str:
        """Add a note and return the reference to it."""
        number = len(self.notes) + 1
        key = f"fn-{number}"
        self.notes[key] = content
        return render_reference(key, str(number))

    def list_files(self, files: list[LibraryFile]) -> list[LibraryFile]:
        """Return the files that a gallery shows; those beyond MAX_LISTED_FILES are left out and reported."""
        allowed = max(0, MAX_LISTED_FILES - self.listed_files)
        self.listed_files += len(files)
        if len(files) > allowed:
            self.log.dropped(
                "html", _("The galleries show more than %d files: the rest was left out.") % MAX_LISTED_FILES
            )
        return files[:allowed]

    def find(self, number: int) -> LibraryFile | None:
        """Return a file of the media library; one that the export does not hold is reported."""
        attachment = self.attachments.get(number)
        if attachment is None:
            message = _("The export has no file of the number %d, which the text shows.")
            self.log.dropped("image-missing", message % number)
        return attachment


def render_reference(key: str, label: str) -> str:
    name = html.escape(key)
    return f'<sup class="fn"><a href="#{name}" id="{name}-link">{html.escape(label)}</a></sup>'


def render_notes(notes: Mapping[str, str]) -> str:
    """Return notes as a list, each with a link back to its reference."""
    if not notes:
        return ""
    items = (
        f'<li id="{html.escape(key)}">{content} <a href="#{html.escape(key)}-link">↩</a></li>'
        for key, content in notes.items()
    )
    return f'\n<ol class="wp-block-footnotes">{"".join(items)}</ol>'


def render_picture(attachment: LibraryFile, *, alt: str = "") -> str:
    """Return a picture of the media library with its caption, or a link to a file that is none."""
    url = html.escape(attachment.url)
    if not attachment.url.lower().partition("?")[0].endswith(IMAGE_SUFFIXES):
        name = html.escape(attachment.url.rpartition("/")[2])
        return f'<p><a href="{url}">{attachment.caption or name}</a></p>'
    image = f'<img src="{url}" alt="{html.escape(alt or attachment.alt)}" />'
    caption = f"<figcaption>{attachment.caption}</figcaption>" if attachment.caption else ""
    return f"<figure>{image}{caption}</figure>\n"
