"""The old addresses of which the report of an import speaks, and what they lead to now."""

from collections.abc import Collection, Container, Iterable, Iterator
from itertools import batched

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from publications import actions
from publications.models import ArchiveImport, Publication, Redirect, with_status

from .imported_file import ARROW, HOME_PAGE, SERVER_REDIRECT, UNREAD
from .normalize import is_uid

PATHS_PER_QUERY = 500


def list_addresses(job: ArchiveImport, topics: Container[str]) -> Iterator[tuple[str, str, str | None]]:
    """Yield the topics and items of remarks on the source, and what each address leads to, in words; None for nothing.

    It is "" for an address that leads to what it is about. Of one for the web server it is the line to add there.
    """
    notes = [note for note in job.import_report.get("source_notes", ()) if note.get("topic") in topics]
    for note in notes:
        if note["topic"] == SERVER_REDIRECT:
            yield from ((SERVER_REDIRECT, *_split_line(item)) for item in note["items"])
        elif note["topic"] == UNREAD:
            yield from ((UNREAD, item, None) for item in note["items"])
    notes = [note for note in notes if note["topic"] not in (SERVER_REDIRECT, UNREAD)]
    keys = {item: key_of_redirect(item.partition(ARROW)[0]) for note in notes for item in note["items"]}
    guessed = set(job.kept_addresses.values_list("pk", flat=True))
    targets: dict[tuple[str, str], str | None] = {(HOME_PAGE, ""): ""}
    for batch in batched({path for path, _query in keys.values()}, PATHS_PER_QUERY):
        redirects = list(Redirect.objects.filter(path__in=batch).select_related("publication"))
        hidden = _find_hidden_targets(redirects)
        for redirect in redirects:
            targets[redirect.path, redirect.query] = _describe_target(redirect, guessed, hidden)
    for note in notes:
        for item in note["items"]:
            address, _arrow, old_target = item.partition(ARROW)
            target = targets.get(keys[item])
            if target is None and old_target:
                target = _("On the old site it led to: %s") % old_target
            yield note["topic"], address, target


def find_answered(addresses: Iterable[str]) -> set[str]:
    """Return which of these addresses of the old site lead here, once its domain does."""
    keys = {address: key_of_redirect(address) for address in addresses}
    answered: set[tuple[str, str]] = set()
    for batch in batched({path for path, _query in keys.values()}, PATHS_PER_QUERY):
        answered.update(Redirect.objects.filter(path__in=batch).answering().values_list("path", "query"))
    return {address for address, key in keys.items() if key in answered}


def list_pending_addresses(job: ArchiveImport) -> list[str]:
    """Return the old addresses of texts of an archive, and of their images, that readers do not see yet."""
    uids = _list_uids(job)
    addresses: dict[tuple[str, str], str] = {}
    texts = [Q(publication__uid__in=batch) for batch in batched(uids, PATHS_PER_QUERY)]
    images = Q(pk__in=job.kept_addresses.values("pk"), image__isnull=False)
    for query in (Q(publication__in=job.imported_publications), images, *texts):
        redirects = Redirect.objects.filter(
            query, file_digest="", publication__deleted_at=None
        ).leading_nowhere()
        addresses |= {(redirect.path, redirect.query): redirect.address for redirect in redirects}
    return [addresses[key] for key in sorted(addresses)]


def list_addresses_of_deleted(job: ArchiveImport) -> Iterator[tuple[str, str]]:
    """Yield the old addresses of texts of an archive whose drafts are deleted, each with the title."""
    for batch in batched(_list_uids(job), PATHS_PER_QUERY):
        rows = Redirect.objects.filter(
            publication__uid__in=batch, publication__deleted_at__isnull=False, file_digest=""
        )
        for redirect in rows.select_related("publication").order_by("path", "query"):
            yield redirect.address, str(redirect.publication)


def find_texts_without_address(job: ArchiveImport, sources: Container[str]) -> tuple[str, ...]:
    """Return those of these texts of an archive that have no old address here by now, by whatever import."""
    files = {
        file["uid"]: file["source"]
        for file in job.import_report.get("files", ())
        if file["source"] in sources
    }
    has_address = Exists(Redirect.objects.filter(publication=OuterRef("pk"), file_digest=""))
    without: list[str] = []
    for batch in batched(files, PATHS_PER_QUERY):
        rows = Publication.objects.filter(~has_address, uid__in=batch)
        without += [files[str(uid)] for uid in rows.values_list("uid", flat=True)]
    return tuple(sorted(without))


def _list_uids(job: ArchiveImport) -> list[str]:
    return sorted({file["uid"] for file in job.import_report.get("files", ()) if is_uid(file.get("uid", ""))})


def _split_line(item: str) -> tuple[str, str | None]:
    """Return a redirect and its line for the web server, None without one."""
    redirect, _colon, line = item.rpartition(": ")
    return redirect, line if line != "–" else None


def _find_hidden_targets(redirects: Collection[Redirect]) -> set[int]:
    """Return the publications that redirects lead to, and that were never public or are not, as an import was undone.

    What somebody has withdrawn is none of them: its address says so.
    """
    pks = {redirect.publication_id for redirect in redirects} - {None}
    rows = with_status(Publication.with_deleted.filter(pk__in=pks)).defer("body")
    undone = actions.find_undone_imports(pks)
    return {row.pk for row in rows if not row.live_from and (not row.ended_at or row.pk in undone)}


def _describe_target(redirect: Redirect, guessed: Container[int], hidden: Container[int]) -> str | None:
    if redirect.publication_id in hidden:
        text = redirect.publication
        message = _("It leads to a text that readers do not see: %s")
        return None if text.deleted_at else message % text
    is_guessed = redirect.site_path and redirect.pk in guessed
    return _("It leads to the nearest page: %s") % redirect.site_path if is_guessed else ""


def key_of_redirect(address: str) -> tuple[str, str]:
    """Return path and query by which an address is kept."""
    path, _mark, query = address.partition("?")
    return Redirect.normalize_path(path), Redirect.normalize_query(query)
