"""What the page of an import says of its last run, in words: what has happened, and what comes with the texts."""

from collections.abc import Iterator

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from publications.importers.archive_import_rules import CHOICES_SOURCE, PAGE_RULES_SOURCE, find_unused_import
from publications.importers.check_state import is_outdated
from publications.importers.field_changes import summarize_updates
from publications.importers.import_decisions import list_decided_since
from publications.importers.report_page import (
    count_became_public,
    count_updated_live,
    has_untranslated_notes,
    label_report,
)
from publications.locales import current_locale, language_in_sentence
from publications.models import ArchiveImport, ArchiveImportState

from .archive_import_changes import list_updates
from .archive_import_undo import describe_undo

MAX_NEW_NAMES = 20
"""How many of the new authors, and of the new tags, are named."""
MAX_LISTED_TEXTS = 500
"""An import by the command may have more texts than a page can list."""


def describe_report(job: ArchiveImport, *, can_publish_drafts: bool) -> dict:
    """Return what the page of an import shows of its report, by names of the template.

    Args:
        can_publish_drafts: whether the page offers to publish drafts that the last run has imported.
    """
    undo = describe_undo(job.report) if job.is_undo else {}
    decided_since = describe_decided_since(job)
    has_changed_since = (job.can_import or job.can_publish) and is_outdated(job)
    return {
        "undo": undo,
        "outcome": list(_describe_outcome(job, undo, can_publish_drafts=can_publish_drafts)),
        "report": label_report(_limit_files(job.report)),
        "choices_source": job.options.get(CHOICES_SOURCE, ""),
        "rules_source": job.options.get(PAGE_RULES_SOURCE, ""),
        "unused_rules_import": find_unused_import(job),
        "update_sentences": [] if job.is_undo else summarize_updates(job.report),
        "updates": [] if job.is_undo else list_updates(job.report),
        "new_rows": name_new_rows(job) if job.can_import else {},
        "decided_since": decided_since,
        "is_outdated": has_changed_since,
        "needs_check": bool(decided_since) or has_changed_since,
        "note_language": _other_language(job),
    }


def _describe_outcome(job: ArchiveImport, undo: dict, *, can_publish_drafts: bool) -> Iterator[str]:
    """Yield what the last run has done, or found, a sentence each."""
    if job.state == ArchiveImportState.STOPPED:
        yield _describe_stop(job)
        yield from undo.get("sentences", ())
    elif job.is_undo:
        yield from (undo["outcome"], *undo["sentences"])
    elif job.is_dry_run:
        yield _describe_check(job)
        yield from _describe_found_addresses(job)
    else:
        yield from _describe_import(job, can_publish_drafts=can_publish_drafts)
        yield from _describe_added_addresses(job)


def _describe_stop(job: ArchiveImport) -> str:
    if job.is_dry_run:
        return _("The check was stopped. Nothing has changed.")
    if job.is_undo:
        message = _("Stopped after %(done)s of %(total)s texts. What is taken back stays so.")
    elif job.is_by_command:
        message = _(
            "Not finished: %(done)s of %(total)s texts are imported. The same command on the server goes on where this "
            "run ended."
        )
    else:
        message = _("Stopped after %(done)s of %(total)s texts. What is imported stays.")
    return message % {"done": job.done, "total": job.total}


def _describe_check(job: ArchiveImport) -> str:
    values = {name: job.report.get(name, 0) for name in ("texts", "stored", "published")}
    if values["stored"]:
        message = _(
            "Checked; nothing has changed yet. Of %(texts)s texts %(stored)s are new or changed and would be imported; "
            "%(published)s could be published."
        )
    elif job.can_publish:
        message = _(
            "Checked; nothing has changed yet. No text of the archive is new or changed since it was imported; "
            "%(published)s could be published."
        )
    elif job.can_import:
        message = _("Checked; nothing has changed yet. No text of the archive is new or changed.")
    else:
        message = _(
            "Checked: there is nothing to import. No text of the archive is new or changed since it was imported."
        )
    return message % values


def _describe_found_addresses(job: ArchiveImport) -> Iterator[str]:
    if count := job.report.get("new_addresses", 0):
        message = ngettext(
            "%(number)s old address would be added: it answers once readers see what it leads to.",
            "%(number)s old addresses would be added: each answers once readers see what it leads to.",
            count,
        )
        yield message % {"number": count}


def _describe_import(job: ArchiveImport, *, can_publish_drafts: bool) -> Iterator[str]:
    stored = job.report.get("stored", 0)
    values = {
        "texts": job.report.get("texts", 0),
        "stored": stored,
        "published": count_became_public(job.report),
    }
    if job.is_published:
        message = _(
            "Imported: of %(texts)s texts %(stored)s were new or changed; %(published)s became public."
        )
    elif stored:
        message = _("Imported as drafts: of %(texts)s texts %(stored)s were new or changed.")
    else:
        message = _("Imported: no text of the archive was new or changed.")
    yield message % values
    if stored and not job.is_published:
        yield _describe_readers(count_updated_live(job.report))
    if stored and can_publish_drafts:
        yield _("“Publish what can be published …” checks them and names those that would become public.")


def _describe_readers(updated_live: int) -> str:
    """Return what readers see of texts that were imported as drafts."""
    if not updated_live:
        return _("Readers see nothing of them yet.")
    message = ngettext(
        "%(number)s of them is public: readers still see its earlier text.",
        "%(number)s of them are public: readers still see their earlier text.",
        updated_live,
    )
    return message % {"number": updated_live}


def _describe_added_addresses(job: ArchiveImport) -> Iterator[str]:
    counts = job.report.get("added_addresses", {})  # reports of older releases do not divide them
    if count := counts.get("texts"):
        message = ngettext(
            "%(number)s old address leads to its text now.",
            "%(number)s old addresses lead to their texts now.",
            count,
        )
        yield message % {"number": count}
    if count := counts.get("others"):
        message = ngettext(
            "%(number)s old address of a list, a topic, an author, a picture or a file leads here now.",
            "%(number)s old addresses of lists, topics, authors, pictures and files lead here now.",
            count,
        )
        yield message % {"number": count}
    if count := counts.get("pending"):
        message = ngettext(
            "%(number)s old address is added for what readers do not see yet.",
            "%(number)s old addresses are added for what readers do not see yet.",
            count,
        )
        yield message % {"number": count}


def _limit_files(report: dict) -> dict:
    """Return a report with as many files as a page lists, and the number of the others."""
    files = report.get("files", ())
    return report | {"files": files[:MAX_LISTED_TEXTS], "unlisted": len(files[MAX_LISTED_TEXTS:])}


def name_new_rows(job: ArchiveImport) -> dict[str, dict]:
    """Return the new authors and tags that come with the texts: their number, the first names, and how many more."""
    return {
        key: {
            "number": len(names),
            "names": ", ".join(names[:MAX_NEW_NAMES]),
            "more": len(names[MAX_NEW_NAMES:]),
        }
        for key in ("authors", "tags")
        if (names := job.report.get(f"new_{key}"))
    }


def describe_decided_since(job: ArchiveImport) -> dict:
    """Return the names of which something else is decided than when they were checked: the first, how many more."""
    names = list_decided_since(job.report) if job.can_publish or job.can_import else []
    return {"names": ", ".join(names[:MAX_NEW_NAMES]), "more": len(names[MAX_NEW_NAMES:])} if names else {}


def _other_language(job: ArchiveImport) -> str:
    """Return the language of notes of a report that cannot be translated, if it is not that of the page, else ""."""
    code = job.options.get("report_language", "")
    is_other = code and code != current_locale(get_language()) and has_untranslated_notes(job.report)
    return language_in_sentence(code) if is_other else ""
