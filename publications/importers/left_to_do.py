"""What an import has left to people: computed from the texts as they are now, and from the report of its last run.

What a text lacks is read from its draft. What the import left out or could not find is in the report; it counts as
mended when the draft shows it (`note_traces`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from publications import actions, preflight
from publications.markup import image_keys_in
from publications.models import ArchiveImport, Byline, Image, NameType, Publication, TaggedPublication
from publications.stored_messages import show_message

from .field_changes import label_changes, list_reader_changes, load_kinds
from .held_notes import list_held_notes, list_notes
from .hidden_links import list_hidden_links
from .hidden_reasons import LeftNote, list_published_since
from .import_histories import find_edited
from .imported_file import LOST_TEXT, OLD_LINK
from .left_addresses import find_answered, list_addresses, list_addresses_of_deleted
from .left_bylines import list_made_bylines
from .left_groups import GroupBuilder, LeftGroup
from .left_tasks import TASK_OF_REASON, TASK_OF_REMARK, TASK_OF_TOPIC, TASKS_OF_EDITS, LeftTask
from .left_texts import LeftTexts, is_ended, load_others, load_texts
from .left_ticks import TICKED, build_mark
from .lost_texts import describe_double
from .name_proposals import NameProposal, build_proposals
from .note_traces import is_resolved, list_names
from .reconcile import ImportState, load_import_states
from .similar_names import list_similar_pairs
from .text_bodies import load_bodies, read_bodies
from .updated_drafts import find_updated_drafts

MAX_COMPARED = 200
"""Of how many live texts the draft is compared with what readers see, which takes some milliseconds each."""
type Groups = Mapping[LeftTask, GroupBuilder]


def has_left_list(job: ArchiveImport) -> bool:
    """Return whether there may be something left to do after an import: not if it was only checked, or undone."""
    if job.is_undo:
        return bool(job.import_report.get("files") or job.report.get("kept"))
    return (
        job.has_imported
        or bool(job.import_report.get("lost_texts"))
        or job.imported_publications.exists()
        or job.updated_revisions.exists()
    )


def find_left_to_do(job: ArchiveImport) -> list[LeftGroup]:
    """Return a group for each task, in their order, also for those with which nothing is left."""
    texts, groups = load_texts(job), {task: GroupBuilder(task) for task in LeftTask}
    notes, ticked = _list_notes_on(texts, job), set(job.options.get(TICKED, ()))
    _add_texts(groups, texts.listed, notes)
    for publication, changes in _list_updated(job):
        groups[LeftTask.UPDATED].add(publication, str(publication), *changes)
    _add_notes(groups, notes, ticked)
    _add_names(groups, job, texts.listed)
    for publication, author, reason in list_made_bylines(texts.listed):
        if (mark := build_mark(LeftTask.BYLINES, author)) not in ticked:
            groups[LeftTask.BYLINES].add(publication, str(publication), reason, mark=mark)
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
    for address, title in list_addresses_of_deleted(job):
        if (mark := build_mark(LeftTask.ADDRESSES, address)) not in ticked:
            reason = _("The draft “%(title)s” is deleted.") % {"title": title}
            groups[LeftTask.ADDRESSES].add(None, address, reason, mark=mark)
    return [group.build() for group in groups.values()]


def _list_notes_on(texts: LeftTexts, job: ArchiveImport) -> list[LeftNote]:
    """Return the notes of the report that still hold, each with its text."""
    notes = [
        (topic, source, texts.find(source), text)
        for topic, source, text in (*list_notes(job.import_report), *list_held_notes(job.import_report))
        if (topic in TASK_OF_TOPIC or topic in TASK_OF_REASON) and source not in texts.outdated_sources
    ]
    return [*notes, *list_published_since(notes)]


def _add_texts(groups: Groups, publications: Collection[Publication], notes: Iterable[LeftNote]) -> None:
    """Add what the texts themselves lack, with the reasons that the notes give."""
    reasons = _find_reasons(notes)
    for publication in publications:
        for task in _find_lacking(publication):
            groups[task].add(publication, str(publication), *reasons.get((task, publication.pk), ()))
    for publication in _find_without_alt(read_bodies(publications)):
        groups[LeftTask.ALT].add(publication, str(publication))
    for publication, reason in list_hidden_links(publications):
        groups[LeftTask.LINKS].add(publication, str(publication), reason)


def _find_reasons(notes: Iterable[LeftNote]) -> dict[tuple[LeftTask, int], list[str]]:
    """Return why texts lack what they lack, in words, by task and primary key."""
    reasons_of: dict[tuple[LeftTask, int], list[str]] = defaultdict(list)
    for topic, _source, publication, note in notes:
        if (task := TASK_OF_REASON.get(topic)) and publication:
            reasons, text = reasons_of[task, publication.pk], show_message(note)
            if not any(text in reason for reason in reasons):
                reasons.append(text)
    return reasons_of


def _add_notes(groups: Groups, notes: Sequence[LeftNote], ticked: Collection[str]) -> None:
    """Add what the import could not bring along, and whether it is mended since."""
    edited = _load_edited([publication for *_place, publication, _note in notes if publication])
    load_bodies(
        publication for *_place, publication, _note in notes if publication and str(publication.uid) in edited
    )
    answered = find_answered(_addresses_in(notes))
    for topic, source, publication, note in notes:
        task, mark = TASK_OF_TOPIC.get(topic), build_mark(topic, source, note)
        if not task or mark in ticked:
            continue
        state = edited.get(str(publication.uid)) if publication else None
        is_mended = bool(publication) and (
            is_resolved(topic, note, publication, state) or not answered.isdisjoint(list_names(note))
        )
        groups[task].add(
            publication,
            str(publication or source),
            show_message(note),
            is_mended=is_mended,
            is_edited=bool(state) and task in TASKS_OF_EDITS,
            mark=mark,
        )


def _add_names(groups: Groups, job: ArchiveImport, publications: Collection[Publication]) -> None:
    for proposal in list_open_names(job):
        groups[LeftTask.NAMES].add(None, proposal.name.name, *(other.name for other in proposal.candidates))
    for source, target in list_similar_rows(publications):
        groups[LeftTask.SIMILAR].add(None, str(source), str(target))


def _addresses_in(notes: Iterable[LeftNote]) -> Iterator[str]:
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
    texts = load_others([*lost, *lost.values()])
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


def _load_edited(publications: Iterable[Publication]) -> dict[str, ImportState]:
    """Return which publications were edited at the desk since their import, as they were imported, by uid."""
    uids = {publication.pk: str(publication.uid) for publication in publications}
    return load_import_states(uids[pk] for pk in find_edited(uids.keys()))


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


def _find_without_alt(publications: Iterable[Publication]) -> Iterator[Publication]:
    """Yield texts with a picture that has no alternative text, neither there nor in the library; none is withdrawn."""
    images = Image.objects.filter(alt_en="", alt_sv="", is_decorative=False)
    without_alt = {image.key: image for image in images}
    for publication in publications:
        if is_ended(publication) or not without_alt:
            continue
        shown = {*image_keys_in(publication.body), *([publication.cover.key] if publication.cover else [])}
        candidates = [without_alt[key] for key in shown & without_alt.keys()]
        if candidates and preflight.find_images_without_alt(publication, candidates):
            yield publication
