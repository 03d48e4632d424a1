"""Create drafts from Word files.

A file is read completely before anything is stored, so that a refused file leaves nothing behind. The draft and the
original are stored in one transaction.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from publications import markup
from publications.manuscript import Manuscript, ManuscriptByline
from publications.manuscript import dumps as dump_manuscript
from publications.models import (
    Comment,
    Image,
    Publication,
    RevisionReason,
    TrackedChangesState,
    WordFile,
    store_original,
)
from publications.stored_messages import gettext as _
from publications.stored_messages import store_message

from ..image_finder import image_key
from ..import_cache import ImportCache, match_names
from ..imported_file import ImportRefused
from ..manuscript_files import ManuscriptFiles
from ..manuscripts import import_manuscript
from .annotations import WordComment
from .reader import TrackedChangesPolicy, WordDocument, WordReadOptions, read_word
from .tracked_changes import MAX_REPORTED_CHANGES, TrackedChangeKind

MAX_FILE_NAME_CHARACTERS = 200
TEXT_CHANGES = {TrackedChangeKind.INSERTION, TrackedChangeKind.DELETION, TrackedChangeKind.MOVE}
"""Changes of text. Changes of format need no decision, because pages have their own format."""


def read_word_file(
    content: bytes,
    filename: str,
    *,
    language: str = "",
    kind: str = "quick-comment",
    tracked_changes: TrackedChangesPolicy = TrackedChangesPolicy.ACCEPT,
) -> WordDocument:
    """Read a Word file, with the library keys of its images.

    Args:
        filename: the name of the upload, for the title of a text without one.
        language: the language of the text; "" detects it.
        kind: the slug of the kind of the publication.
        tracked_changes: whether tracked changes are accepted or rejected.

    Raises:
        ImportRefused: the file is empty, damaged, too large or not a Word file.
    """
    document = read_word(content, filename, WordReadOptions(_library_key, tracked_changes, language, kind))
    if document.is_empty:
        raise ImportRefused(_("There is nothing in the file: no text and no picture. Is it the right one?"))
    return document


def _library_key(digest: str) -> str:
    """Return the key of an image in the library with the same content, otherwise a new key."""
    image = Image.objects.filter(original__startswith=f"{digest[:2]}/{digest}.").order_by("pk").first()
    return image.key if image else image_key(digest, settings.SECRET_KEY.encode())


@transaction.atomic
def import_word(document: WordDocument, content: bytes, filename: str, *, by) -> WordFile:
    """Create a draft from a Word file that was read, with the authors in it that the site knows.

    Args:
        document: the result of `read_word_file`.
        content: the file, which is stored as the original.
        filename: the name of the upload.
        by: the user in the revision and the record of the file.

    Returns:
        The record of the file, with its publication and report.

    Raises:
        ManuscriptRefused: the kind or language is unknown.
    """
    import_cache = ImportCache()
    authors = [match.author for match in match_names(document.names, import_cache) if match.author]
    bylines = tuple(
        ManuscriptByline(author=author.slug, name=author.name) for author in dict.fromkeys(authors)
    )
    manuscript = replace(document.manuscript, bylines=bylines)
    draft = import_manuscript(
        manuscript, files_of(document), by=by, reason=RevisionReason.WORD, import_cache=import_cache
    )
    word_file = create_word_file(
        draft.publication, document, manuscript, content, filename, by=by, messages=draft.messages
    )
    apply_annotations(word_file, document)
    store_original_of(word_file, content)
    return word_file


def create_word_file(
    publication: Publication,
    document: WordDocument,
    manuscript: Manuscript,
    content: bytes,
    filename: str,
    *,
    by,
    **values,
) -> WordFile:
    is_open = any(change.kind in TEXT_CHANGES for change in document.changes)
    return WordFile.objects.create(
        publication=publication,
        filename=PurePath(filename.replace("\\", "/")).name[-MAX_FILE_NAME_CHARACTERS:] or "word.docx",
        size=len(content),
        text=dump_manuscript(manuscript),
        report=build_report(document, values.pop("messages", [])),
        tracked_changes=TrackedChangesState.OPEN if is_open else TrackedChangesState.NONE,
        added_by=by,
        **values,
    )


def build_report(document: WordDocument, messages: list[str]) -> dict:
    """Return the report on a file as plain values for JSON."""
    return {
        "counts": {name: [count.found, count.kept] for name, count in document.counts.items()},
        "words": [document.coverage.total, len(document.coverage.missing)],
        "names": list(document.names),
        "creator": document.creator,
        "changes": [
            [change.kind, change.by, change.text] for change in document.changes[:MAX_REPORTED_CHANGES]
        ],
        "change_counts": {
            kind: sum(change.kind == kind for change in document.changes) for kind in TrackedChangeKind
        },
        "lines": [[note.kind, store_message(note.text)] for note in document.notes]
        + [["dropped", store_message(text)] for text in messages],
        "comments": len(document.comments),
    }


def apply_annotations(word_file: WordFile, document: WordDocument) -> None:
    """Add the comments of an accepted file to the draft, and set the number of its undecided changes."""
    count = sum(change.kind in TEXT_CHANGES for change in document.changes)
    set_open_changes(
        word_file.publication, count if word_file.tracked_changes == TrackedChangesState.OPEN else 0
    )
    _add_comments(word_file.publication, document.comments)


def _add_comments(publication: Publication, comments: Sequence[WordComment]) -> None:
    """Add comments to a draft, except those that came with an earlier file, each at its words in the text."""
    stored = defaultdict(list)
    for comment in publication.comments.filter(review=None, author=None).order_by("pk"):
        stored[comment.author_name, comment.text, comment.created_at].append(comment)
    rows, near, text = [], 0, markup.anchor_text(publication.body)
    for word_comment in comments:
        comment = _build_comment(publication, word_comment, text, near)
        near = comment.start or near
        same = stored[comment.author_name, comment.text, comment.created_at]
        rows.append(same.pop(0) if same else comment)
    new = [
        (row, word_comment.reply_to) for row, word_comment in zip(rows, comments, strict=True) if not row.pk
    ]
    Comment.objects.bulk_create([row for row, reply_to in new if reply_to is None])
    replies = [(row, rows[reply_to]) for row, reply_to in new if reply_to is not None]
    for reply, thread in replies:
        reply.thread, reply.quote, reply.resolved_at = thread.thread or thread, "", None
        reply.place(text, None)
    Comment.objects.bulk_create([reply for reply, thread in replies if thread.pk])


def _build_comment(publication: Publication, word_comment: WordComment, text: str, near: int) -> Comment:
    comment = Comment(
        publication=publication,
        author_name=word_comment.by,
        text=word_comment.text,
        created_at=_comment_datetime(word_comment.at),
        quote=word_comment.passage,
        resolved_at=timezone.now() if word_comment.is_resolved else None,
    )
    context = {"prefix": word_comment.prefix, "suffix": word_comment.suffix}
    comment.place(text, markup.find_quote(text, comment.quote, near=near, **context))
    return comment


def _comment_datetime(text: str) -> datetime | None:
    """Return the time of a comment, which has no zone, in the zone of the site."""
    return timezone.make_aware(datetime.fromisoformat(text)) if text else None


def set_open_changes(publication: Publication, count: int) -> None:
    publication.undecided_changes = count
    Publication.objects.filter(pk=publication.pk).update(undecided_changes=count)


def files_of(document: WordDocument) -> ManuscriptFiles:
    """Return the images of a file; their sizes are rendered on demand, since forty images take half a minute."""
    return ManuscriptFiles(
        contents=document.files, image_properties=document.image_properties, make_renditions=False
    )


def store_original_of(word_file: WordFile, content: bytes) -> None:
    word_file.original = store_original(content, "docx")
    word_file.save(update_fields=["original"])
