"""What an import has left to people: computed from the texts as they are now, and from the report of its last run.

What a text lacks is read from its draft. What the import left out or could not find is in the report; it counts as
mended as soon as its text has been edited at the desk.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from publications import preflight
from publications.markup import image_keys_in
from publications.models import ArchiveImport, Byline, Image, Publication, with_status
from publications.stored_messages import show_message

from .reconcile import find_edited


class LeftTask(models.TextChoices):
    """What is left to do with a text, in the order of the page."""

    REFUSED = "refused", _("Texts that were not imported")
    AUTHOR = "author", _("Texts without an author")
    SUMMARY = "summary", _("Texts without a summary")
    DATE = "date", _("Texts without a date")
    FILES = "files", _("Pictures and files that are missing")
    ALT = "alt", _("Pictures without alternative text")
    LOST = "lost", _("Parts of texts that did not come along")
    EMBEDS = "embeds", _("Embedded media that are links now, or were left out")
    LINKS = "links", _("Links that lead to the old site or nowhere")
    ADDRESSES = "addresses", _("Old addresses that do not lead here")
    DRAFTS = "drafts", _("Texts that readers do not see yet")


TASK_OF_TOPIC = {
    "refused": LeftTask.REFUSED, "author": LeftTask.AUTHOR, "image-missing": LeftTask.FILES, "missing": LeftTask.FILES,
    "words": LeftTask.LOST, "render": LeftTask.LOST, "liquid": LeftTask.LOST,
    "html": LeftTask.EMBEDS, "image-elsewhere": LeftTask.EMBEDS, "link-lost": LeftTask.LINKS,
    "link-gone": LeftTask.LINKS, "fragment": LeftTask.LINKS, "redirect": LeftTask.ADDRESSES,
}  # fmt: skip
"""The tasks of topics of notes. A held text is one that readers do not see, with the note as its reason."""
HELD_TOPIC = "held"


@dataclass(frozen=True)
class LeftItem:
    """A text with which something is left to do.

    Args:
        publication: None for a text that was refused.
        title: of the text, or its place in the source.
        reasons: what is left, in words.
    """

    publication: Publication | None
    title: str
    reasons: list[str] = field(default_factory=list)


@dataclass
class LeftGroup:
    """The texts with which a task is left, and how many have been mended since the import."""

    task: LeftTask
    items: list[LeftItem] = field(default_factory=list)
    mended: int = 0


def find_left_to_do(job: ArchiveImport) -> list[LeftGroup]:
    """Return a group for each task, in their order, also for those with which nothing is left."""
    publications = _load_publications(job)
    uids = {file["source"]: file.get("uid", "") for file in job.report.get("files", ())}
    notes = [
        (topic, source, publications.get(uids.get(source, "")), text)
        for topic, source, text in _list_notes(job.report)
        if topic in TASK_OF_TOPIC or topic == HELD_TOPIC
    ]
    held = {
        publication.pk: text
        for topic, _source, publication, text in notes
        if topic == HELD_TOPIC and publication
    }
    edited = find_edited({publication.pk for *_place, publication, _text in notes if publication})
    groups = {task: _Group(task) for task in LeftTask}
    for publication in publications.values():
        for task, reason in _find_lacking(publication, held):
            groups[task].add(publication, str(publication), reason)
    for publication in _find_without_alt(publications.values()):
        groups[LeftTask.ALT].add(publication, str(publication), "")
    for topic, source, publication, text in notes:
        if task := TASK_OF_TOPIC.get(topic):
            groups[task].add(
                publication, str(publication or source), text, is_mended=_is_mended(publication, edited)
            )
    return [group.build() for group in groups.values()]


class _Group:
    """Collects the texts of a task, each once."""

    def __init__(self, task: LeftTask) -> None:
        self.task = task
        self.items: dict[Any, LeftItem] = {}
        self.mended: set[int] = set()

    def add(
        self, publication: Publication | None, title: str, reason: str, *, is_mended: bool = False
    ) -> None:
        if is_mended and publication:
            self.mended.add(publication.pk)
            return
        key = publication.pk if publication else title
        item = self.items.setdefault(key, LeftItem(publication, title, []))
        if reason and reason not in item.reasons:
            item.reasons.append(reason)

    def build(self) -> LeftGroup:
        return LeftGroup(self.task, list(self.items.values()), len(self.mended))


def _load_publications(job: ArchiveImport) -> dict[str, Publication]:
    """Return what the import has created or published, by uid, in the order of their titles."""
    bylines = Byline.objects.filter(publication=OuterRef("pk"))
    rows = with_status(job.imported_publications).annotate(has_bylines=Exists(bylines))
    return {str(row.uid): row for row in rows.select_related("cover").order_by("title", "pk")}


def _list_notes(report: dict) -> Iterator[tuple[str, str, str]]:
    """Yield the topic, the place of the text and the sentence of each note of a stored report."""
    for topic in report.get("topics", ()):
        for note in (*topic["notes"], *topic["more_notes"]):
            for source in (*note["files"], *note["more_files"]):
                yield topic["key"], source, show_message(note["text"])


def _is_mended(publication: Publication | None, edited: Container[int]) -> bool:
    return publication is not None and publication.pk in edited


def _find_lacking(publication: Publication, held: Mapping[int, str]) -> Iterator[tuple[LeftTask, str]]:
    """Yield what a draft lacks that was never public or is to be shown, and why readers do not see it."""
    if not publication.has_bylines:
        yield LeftTask.AUTHOR, ""
    if not (publication.summary.strip() or publication.key_points.strip()):
        yield LeftTask.SUMMARY, ""
    is_draft = not (publication.live_from or publication.scheduled_from or publication.ended_at)
    if is_draft and not publication.published_at:
        yield LeftTask.DATE, ""
    if is_draft:
        yield LeftTask.DRAFTS, held.get(publication.pk, "")


def _find_without_alt(publications: Iterable[Publication]) -> Iterator[Publication]:
    """Yield texts with a picture that has no alternative text, neither there nor in the library."""
    images = Image.objects.filter(alt_en="", alt_sv="", is_decorative=False)
    keys = set(images.values_list("key", flat=True))
    for publication in publications:
        shown = {*image_keys_in(publication.body), *([publication.cover.key] if publication.cover else [])}
        if shown & keys and preflight.find_images_without_alt(publication):
            yield publication
