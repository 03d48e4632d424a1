"""Run an import: index the files of a folder, read them, import them in batches, link them.

After an interruption, the next run continues and has the same result as a single run. Repeating a run changes nothing.
"""

import pickle
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

from django.db import transaction

from publications import actions, search
from publications.locales import locale_of
from publications.manuscript import ManuscriptByline
from publications.models import Address, NewsEvent, NewsType, Publication

from .address_remarks import describe_addresses
from .batches import BatchImporter
from .default_author import apply_default_byline, build_default_byline, report_new_organisation
from .hidden_links import report_hidden_links
from .image_finder import ImageFinder
from .import_cache import ImportCache
from .import_context import build_context
from .import_decisions import add_decisions, link_decisions, list_decided, map_authors
from .imported_file import ImportedFile, ImportRefused, lost_addresses
from .lost_texts import report_lost_texts
from .mapping import ImportMapping, apply_mapping
from .markdown import read_authors
from .new_addresses import collect_new_addresses, count_new_addresses
from .old_pages import redirect_old_pages
from .options import ImportOptions, InvalidOptions
from .redirects import redirect_authors
from .related_links import apply_related_links, report_lost_fragments
from .report import FileOutcome, ImportReport
from .source import ImportSource
from .source_authors import AuthorList
from .sources import open_source
from .taxonomy_pages import complete_authors, complete_topics

BATCH_FILES = 50


def run_import(options: ImportOptions) -> ImportReport:
    """Import a folder or a file.

    Args:
        options: what to import and how. A dry run is rolled back and stores no files; it reads all texts first, because
            nobody else can store anything while it has the lock.

    Returns:
        The report on all files.

    Raises:
        InvalidOptions: the options are invalid, or the clock of the machine is behind.
        ImportRefused: there are no Markdown files, or the list of authors cannot be read.
    """
    options.validate()
    started_at = time.perf_counter()
    try:
        report = _import_files(options)
    except actions.ClockBehind as error:
        raise InvalidOptions(" ".join(error.reasons)) from error
    report.seconds = time.perf_counter() - started_at
    return report


def propose_mapping(options: ImportOptions) -> tuple[ImportMapping, Mapping[str, str]]:
    """Return a mapping to be edited: what the source has, with the names here where there are such.

    Returns:
        The mapping, and the reasons why parts of the source cannot be read, by name.

    Raises:
        InvalidOptions, ImportRefused: as `run_import`.
    """
    options.validate()
    source = open_source(options)
    return source.propose_mapping(), source.refused


def read_samples(options: ImportOptions) -> list[dict[str, Any]]:
    """Return some texts of a source that is read by rules, each beside its page, as plain values.

    Raises:
        InvalidOptions, ImportRefused: as `run_import`.
    """
    options.validate()
    options = replace(options, mapping=add_decisions(options.mapping))
    source = _assign_slugs(open_source(options))
    authors = read_authors(options.authors) if options.authors else AuthorList({})
    return source.read_samples(build_context(options, source, authors))


def _import_files(options: ImportOptions) -> ImportReport:
    options = replace(options, mapping=add_decisions(options.mapping))
    source = _assign_slugs(open_source(options))
    report = ImportReport(is_dry_run=options.dry_run, is_publishing=options.publish, system=source.system)
    authors = read_authors(options.authors) if options.authors else _read_found_authors(source, report)
    import_cache = ImportCache(author.slug for author in authors.by_id.values())
    importer = BatchImporter(options, report, import_cache)
    byline = build_default_byline(options.author, authors, import_cache)
    if options.archive_import:
        report.mapping = _read_proposal(source)
    for name, reason in source.refused.items():
        importer.refuse(name, reason)
    context = build_context(options, source, authors)
    if options.dry_run and options.archive_import:
        report.samples = source.read_samples(context)
    batches, total = _batched(source.read(context, processes=options.processes)), len(source.entries)
    with _begin_dry_run(batches, total, options) if options.dry_run else nullcontext(batches) as batches:
        _import_batches(batches, importer, byline, total)
        report_new_organisation(report, byline, import_cache)
        _finish_import(importer, map_authors(authors, options.mapping), source, context.image_finder)
        report.added_addresses = count_new_addresses(report.new_redirects)
        report.decided = list_decided(options.mapping, report.names.as_dict())
        report.source_notes += source.summarize(actions.read_site_paths())
        report.source_notes += describe_addresses(source, report.files, is_publishing=options.publish)
        report_lost_texts(source.uids, report, options)
        report.missing_files = source.missing_files
        _store_news(report, options)
    return report


def _read_proposal(source: ImportSource) -> ImportMapping:
    """Return the mapping that a source proposes, an empty one if its list of authors is unusable."""
    try:
        return source.propose_mapping()
    except ImportRefused:
        return ImportMapping()


def _read_found_authors(source: ImportSource, report: ImportReport) -> AuthorList:
    """Return the authors of a list that nobody named, and report which it is. One that is unusable stops no import."""
    report.author_list = source.author_list
    try:
        return source.read_authors()
    except ImportRefused as error:
        report.author_list_problem = str(error)
        return AuthorList({})


@contextmanager
def _begin_dry_run(
    batches: Iterator[list[ImportedFile]], total: int, options: ImportOptions
) -> Iterator[Iterator[list[ImportedFile]]]:
    """Read all batches into a temporary file, then yield them in a transaction that is rolled back."""
    with TemporaryFile() as file:
        done = 0
        for batch in batches:
            pickle.dump(batch, file)
            done += len(batch)
            options.progress(done, total)
        end = file.tell()
        file.seek(0)
        with transaction.atomic():
            yield iter(lambda: pickle.load(file) if file.tell() < end else None, None)  # noqa: S301 - written above
            transaction.set_rollback(True)


def _import_batches(
    batches: Iterator[list[ImportedFile]],
    importer: BatchImporter,
    byline: ManuscriptByline | None,
    total: int,
) -> None:
    options, report, started_at = importer.options, importer.report, time.perf_counter()
    for batch in batches:
        report.names.add(batch)
        importer.import_batch(
            [apply_default_byline(apply_mapping(file, options.mapping), byline) for file in batch]
        )
        report.progress.append((len(importer.reports), time.perf_counter() - started_at))
        if not options.dry_run:
            options.progress(len(importer.reports), total)


def _store_news(report: ImportReport, options: ImportOptions) -> None:
    """Inform administrators of an import that changed or refused anything."""
    counts = {
        outcome.value: report.count(outcome)
        for outcome in (FileOutcome.NEW, FileOutcome.UPDATED, FileOutcome.REFUSED)
    }
    if any(counts.values()):
        if options.archive_import:
            counts["archive_import"] = options.archive_import
        NewsEvent.objects.create(type=NewsType.IMPORTED, by=options.by, counts=counts)


def _batched(files: Iterator[ImportedFile]) -> Iterator[list[ImportedFile]]:
    while batch := list(islice(files, BATCH_FILES)):
        yield batch


def _finish_import(
    importer: BatchImporter, authors: AuthorList, source: ImportSource, image_finder: ImageFinder
) -> None:
    """Do the steps that need all texts: related links, redirects, author profiles, topics and similarity.

    They are idempotent, so that a run after an interruption can complete them.
    """
    options, report = importer.options, importer.report
    apply_related_links(importer.reports, report, by=options.by)
    report_lost_fragments(importer.reports)
    if options.dry_run:
        report_hidden_links(importer.reports)
    with collect_new_addresses(report):
        report.redirects += redirect_authors(authors, by=options.by)
    language = source.language or options.language
    complete_authors(authors, image_finder, options, report, language=language)
    topics = {
        key: replace(topic, name=options.mapping.find_topic(topic.name))
        for key, topic in source.topics.items()
    }
    with collect_new_addresses(report):
        report.redirects += complete_topics(topics, options, report, language=language)
    with collect_new_addresses(report):
        count, lost = redirect_old_pages(source, options, authors, importer.import_cache)
    report.redirects += count
    if lost:
        report.source_notes.append(lost_addresses(lost))
    link_decisions(importer.import_cache)
    report.new_authors = importer.import_cache.list_new_authors()
    report.new_tags = importer.import_cache.list_new_tags()
    _complete_similarity(options)


def _complete_similarity(options: ImportOptions) -> None:
    """Compare the texts that were published, now that the frequency of terms is known; not in a dry run."""
    if options.dry_run or not search.similarity.is_incomplete():
        return
    with actions.new_version_after_rebuild("similarity", by=options.by):
        for done, total in search.similarity.complete():
            options.similarity_progress(done, total)


def _assign_slugs(source: ImportSource) -> ImportSource:
    """Return the source with a slug for each text: existing publications keep theirs, and used slugs are not reused."""
    uids, existing_slugs = source.uids, {}
    reserved = set(Address.objects.values_list("locale", "slug").iterator())
    rows = Publication.objects.exclude(slug="").values_list("uid", "language", "slug")
    for uid, language, slug in rows.iterator():
        if str(uid) in uids:
            existing_slugs[str(uid)] = slug
        else:
            reserved.add((locale_of(language), slug))
    return source.assign_slugs(existing_slugs, reserved)
