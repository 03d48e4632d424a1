"""What an import has left to people: computed from the texts as they are now, and from the report of its last run.

What a text lacks is read from its draft. What the import left out or could not find is in the report; it counts as
mended when the draft shows it (`note_traces`).
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from publications import actions, preflight
from publications.markup import image_keys_in
from publications.models import (
    ArchiveImport,
    ArchiveImportTask,
    Byline,
    Image,
    NameType,
    Publication,
    TaggedPublication,
    with_status,
)
from publications.stored_messages import Stored, show_message

from .field_changes import label_changes, list_reader_changes, load_kinds
from .file_outcome import FileOutcome
from .hidden_links import list_hidden_links
from .hidden_reasons import list_published_since
from .import_histories import find_edited
from .imported_file import LOST_TEXT, OLD_LINK
from .left_addresses import find_answered, list_addresses
from .left_tasks import TASK_OF_REASON, TASK_OF_REMARK, TASK_OF_TOPIC, TASKS_OF_EDITS, LeftTask
from .left_ticks import TICKED, build_mark
from .lost_texts import describe_double
from .name_proposals import NameProposal, build_proposals
from .normalize import is_uid
from .note_traces import is_resolved, list_names
from .reconcile import ImportState, load_import_states
from .similar_names import list_similar_pairs
from .updated_drafts import find_updated_drafts

MAX_COMPARED = 200
"""Of how many live texts the draft is compared with what readers see, which takes some milliseconds each."""


@dataclass
class LeftItem:
    """A text, a name or an address with which something is left to do.

    Args:
        publication: None for a text that was refused, and for what is no text.
        title: of the text, or its place in the source; the name or address.
        reasons: what is left, in words.
        is_edited: whether the text was edited since its import, and may be mended: the draft does not show it.
        marks: of the notes that a person may tick as done; those of a text that lacks something have none.
    """

    publication: Publication | None
    title: str
    reasons: list[str] = field(default_factory=list)
    is_edited: bool = False
    marks: list[str] = field(default_factory=list)


@dataclass
class LeftGroup:
    """The texts, names or addresses with which a task is left, and how many have been mended since the import."""

    task: LeftTask
    items: list[LeftItem] = field(default_factory=list)
    mended: int = 0


def find_left_to_do(job: ArchiveImport) -> list[LeftGroup]:
    """Return a group for each task, in their order, also for those with which nothing is left."""
    own = _load_publications(job)
    uids = {file["source"]: file.get("uid", "") for file in job.import_report.get("files", ())}
    texts = own | _load_others(uids.values(), own)
    publications = {
        uid: text for uid, text in texts.items() if uid in own or (_is_of_run(job) and not _is_ended(text))
    }
    gone = _list_deleted(job, texts) | _list_undone(job, uids, texts)
    renewed = _find_renewed(job, texts.values())
    gone |= {source for source, uid in uids.items() if uid in texts and texts[uid].pk in renewed}
    notes = [
        (topic, source, texts.get(uids.get(source, "")), text)
        for topic, source, text in list_notes(job.import_report)
        if (topic in TASK_OF_TOPIC or topic in TASK_OF_REASON) and source not in gone
    ]
    notes += list_published_since(notes)
    reasons_of: dict[tuple[LeftTask, int], list[str]] = defaultdict(list)
    for topic, _source, publication, note in notes:
        if (task := TASK_OF_REASON.get(topic)) and publication:
            reasons, text = reasons_of[task, publication.pk], show_message(note)
            if not any(text in reason for reason in reasons):
                reasons.append(text)
    edited = _load_edited([publication for *_place, publication, _note in notes if publication])
    answered = find_answered(_addresses_in(notes))
    groups, ticked = {task: _Group(task) for task in LeftTask}, set(job.options.get(TICKED, ()))
    for publication in publications.values():
        for task in _find_lacking(publication):
            groups[task].add(publication, str(publication), *reasons_of.get((task, publication.pk), ()))
    for publication, changes in _list_updated(job):
        groups[LeftTask.UPDATED].add(publication, str(publication), *changes)
    for publication in _find_without_alt(publications.values()):
        groups[LeftTask.ALT].add(publication, str(publication))
    for publication, reason in list_hidden_links(publications.values()):
        groups[LeftTask.LINKS].add(publication, str(publication), reason)
    for topic, source, publication, note in notes:
        mark = build_mark(topic, source, note)
        if (task := TASK_OF_TOPIC.get(topic)) and mark not in ticked:
            state = edited.get(str(publication.uid)) if publication else None
            groups[task].add(
                publication,
                str(publication or source),
                show_message(note),
                is_mended=bool(publication)
                and (
                    is_resolved(topic, note, publication, state) or not answered.isdisjoint(list_names(note))
                ),
                is_edited=bool(state) and task in TASKS_OF_EDITS,
                mark=mark,
            )
    for proposal in list_open_names(job):
        groups[LeftTask.NAMES].add(None, proposal.name.name, *(other.name for other in proposal.candidates))
    for source, target in list_similar_rows(publications.values()):
        groups[LeftTask.SIMILAR].add(None, str(source), str(target))
    for publication, reasons in _list_lost(job):
        if (mark := build_mark(LeftTask.GONE, str(publication.uid))) not in ticked:
            groups[LeftTask.GONE].add(
                publication, str(publication), *reasons, is_mended=not publication.live_from, mark=mark
            )
    for topic, address, target in list_addresses(job, TASK_OF_REMARK.keys() - {LOST_TEXT}):
        task = TASK_OF_REMARK[topic]
        if (mark := build_mark(task, address)) not in ticked:
            reasons = [target] if target else []
            groups[task].add(None, address, *reasons, is_mended=target == "", mark=mark)
    return [group.build() for group in groups.values()]


def _addresses_in(notes: Iterable[tuple[str, str, Publication | None, Stored]]) -> Iterator[str]:
    """Yield the addresses of the old site to which texts link."""
    for topic, _source, _publication, note in notes:
        if topic == OLD_LINK:
            yield from list_names(note)


def _list_updated(job: ArchiveImport) -> Iterator[tuple[Publication, list[str]]]:
    """Yield live texts whose drafts the import has changed, and of the first ones what readers do not see of them."""
    drafts = [draft for draft in find_updated_drafts(job) if draft.publication.live_from and not draft.later]
    hidden = [draft.publication for draft in drafts if not draft.is_public]
    compared = hidden[:MAX_COMPARED]
    changes = list_reader_changes({publication.pk: publication.live_digest for publication in compared})
    kinds = load_kinds() if hidden else {}
    for publication in hidden:
        yield publication, label_changes(changes.get(publication.pk, ()), kinds)


def _list_lost(job: ArchiveImport) -> Iterator[tuple[Publication, list[str]]]:
    """Yield texts that the source has no longer, and in words which public one of the same title it has."""
    lost = job.import_report.get("lost_texts", {})
    texts = _load_others([*lost, *lost.values()], ())
    for uid, other_uid in lost.items():
        if text := texts.get(uid):
            other = texts.get(other_uid)
            yield text, [describe_double(other)] if other and other.live_from else []


def list_open_names(job: ArchiveImport) -> list[NameProposal]:
    """Return the names of an import that may be those of others and are not decided."""
    stored = job.report.get("names", {})
    proposals = (proposal for name_type in NameType for proposal in build_proposals(stored, name_type))
    return [proposal for proposal in proposals if proposal.is_open]


def list_similar_rows(
    publications: Collection[Publication],
) -> Iterator[tuple[actions.MergeableRow, actions.MergeableRow]]:
    """Yield the authors and tags of texts with those here that have similar names."""
    bylines = Byline.objects.filter(publication__in=publications)
    tagged = TaggedPublication.objects.filter(content_object__in=publications)
    for name_type, rows, column in (
        (NameType.PERSON, bylines, "author"), (NameType.TOPIC, tagged, "tag"),
    ):  # fmt: skip
        used = set(rows.values_list(column, flat=True))
        pairs = list_similar_pairs(name_type) if used else ()
        yield from (pair for pair in pairs if used & {pair[0].pk, pair[1].pk})


class _Group:
    """Collects the texts of a task, each once."""

    def __init__(self, task: LeftTask) -> None:
        self.task = task
        self.items: dict[Any, LeftItem] = {}
        self.mended: set[Any] = set()

    def add(
        self,
        publication: Publication | None,
        title: str,
        *reasons: str,
        is_mended: bool = False,
        is_edited: bool = False,
        mark: str = "",
    ) -> None:
        key = publication.pk if publication else title
        if is_mended:
            self.mended.add(key)
            return
        item = self.items.setdefault(key, LeftItem(publication, title, []))
        item.reasons.extend(reason for reason in dict.fromkeys(reasons) if reason not in item.reasons)
        item.is_edited |= is_edited
        item.marks.append(mark)

    def build(self) -> LeftGroup:
        for item in self.items.values():
            item.marks = item.marks if all(item.marks) else []
        return LeftGroup(self.task, list(self.items.values()), len(self.mended - self.items.keys()))


def _load_publications(job: ArchiveImport) -> dict[str, Publication]:
    """Return what the import has created or published, by uid, in the order of their titles."""
    return _load_rows(job.imported_publications)


def _load_rows(publications: QuerySet) -> dict[str, Publication]:
    bylines = Byline.objects.filter(publication=OuterRef("pk"))
    rows = with_status(publications).annotate(has_bylines=Exists(bylines))
    return {str(row.uid): row for row in rows.select_related("cover").order_by("title", "pk")}


def _is_of_run(job: ArchiveImport) -> bool:
    """Whether the last run has imported, so that all texts that it has found here are of it."""
    return not job.is_dry_run and not job.is_undo


def _find_renewed(job: ArchiveImport, texts: Iterable[Publication]) -> set[int]:
    """Return the texts that a later import has changed, by primary key: its report says what is left of them."""
    pks = [text.pk for text in texts]
    later = ArchiveImport.objects.filter(pk__gt=job.pk, updated_revisions__publication__in=pks)
    later = later.exclude(task=ArchiveImportTask.UNDO)
    return set(later.values_list("updated_revisions__publication", flat=True).distinct())


def _load_others(uids: Iterable[str], publications: Container[str]) -> dict[str, Publication]:
    """Return texts of the archive that an earlier import has created, and this one has changed or left, by uid."""
    others = {uid for uid in uids if is_uid(uid)} - set(publications)
    return _load_rows(Publication.objects.filter(uid__in=others))


def _list_deleted(job: ArchiveImport, texts: Container[str]) -> set[str]:
    """Return the places of texts that the import has stored and that were deleted since, whose notes are about nothing.

    Args:
        texts: the uids of those that are there.
    """
    files = () if job.is_dry_run else job.import_report.get("files", ())
    stored = (file for file in files if file["outcome"] != FileOutcome.REFUSED.value)
    return {file["source"] for file in stored if is_uid(file.get("uid", "")) and file["uid"] not in texts}


def _list_undone(job: ArchiveImport, uids: Mapping[str, str], texts: Mapping[str, Publication]) -> set[str]:
    """Return the places of the texts that an undo, which may have been stopped, has taken back."""
    if not job.is_undo:
        return set()
    pks = {source: texts[uid].pk for source, uid in uids.items() if uid in texts}
    undone = actions.find_undone_imports(pks.values())
    return {source for source, pk in pks.items() if pk in undone}


def _load_edited(publications: Iterable[Publication]) -> dict[str, ImportState]:
    """Return which publications were edited at the desk since their import, as they were imported, by uid."""
    uids = {publication.pk: str(publication.uid) for publication in publications}
    return load_import_states(uids[pk] for pk in find_edited(uids.keys()))


def list_notes(report: dict) -> Iterator[tuple[str, str, Stored]]:
    """Yield the topic, the place of the text and the stored message of each note of a stored report."""
    for topic in report.get("topics", ()):
        for note in (*topic["notes"], *topic["more_notes"]):
            for source in (*note["files"], *note["more_files"]):
                yield topic["key"], source, note["text"]


def _find_lacking(publication: Publication) -> Iterator[LeftTask]:
    """Yield the tasks of what a draft lacks that was never public or is to be shown, and of being shown itself."""
    if not publication.has_bylines:
        yield LeftTask.AUTHOR
    if not (publication.summary.strip() or publication.key_points.strip()):
        yield LeftTask.SUMMARY
    is_draft = not (publication.live_from or publication.scheduled_from or publication.ended_at)
    if is_draft and not publication.published_at:
        yield LeftTask.DATE
    if is_draft:
        yield LeftTask.DRAFTS


def _is_ended(publication: Publication) -> bool:
    return bool(publication.ended_at) and not publication.live_from


def _find_without_alt(publications: Iterable[Publication]) -> Iterator[Publication]:
    """Yield texts with a picture that has no alternative text, neither there nor in the library; none is withdrawn."""
    images = Image.objects.filter(alt_en="", alt_sv="", is_decorative=False)
    keys = set(images.values_list("key", flat=True))
    for publication in publications:
        if _is_ended(publication):
            continue
        shown = {*image_keys_in(publication.body), *([publication.cover.key] if publication.cover else [])}
        if shown & keys and preflight.find_images_without_alt(publication):
            yield publication
