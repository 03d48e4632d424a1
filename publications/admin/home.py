"""The first page of the desk: what waits for a user, the publications of others, and what changed for readers.

A publication has one row on the page, in the first list that asks for it; the row says all that waits there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.factors import factor_due_on
from publications.models import (
    Autosave,
    EditorialPlan,
    Presence,
    Publication,
    Revision,
    find_outdated_translations,
    kinds_by_pk,
    status_of,
    with_status,
)
from publications.preflight import describe_outdated
from subscriptions.sending import find_stop

from .account_review import count_due_accounts
from .drafts.autosave import describe_presence, distinct_autosaves
from .form_urls import restore_url
from .history.audit_text import AuditEntryText
from .history.reader_changes import list_reader_changes
from .operations import results_for_first_page
from .planning.entries import days_text
from .proposed_authors import list_proposals
from .site import admin_site
from .status_text import STATUS_MARKS, list_open_tasks, with_submissions
from .user_managers import user_managers
from .word_uploads import can_import_word
from .worklists import Worklist, worklist_publications, worklists_for

PREVIEW_PUBLICATIONS = 5
RECENT_ACTIONS = 6
RECENT_PUBLICATIONS = 8
MENTIONS = {
    Worklist.REVIEWED: gettext_lazy("reviewers have commented on it"),
    Worklist.STALE: gettext_lazy("untouched for 18 months"),
    Worklist.LINKS_TO_ENDED: gettext_lazy("leads to what is no longer public"),
}
"""What a row further up says of these worklists; of the others its mark and `list_open_tasks` say as much."""
MAX_READ = 100  # revisions for the recent publications, audit entries, and autosaves


@dataclass
class HomeRow:
    """The one row of a publication; without one, that of a form typed and not saved.

    Attributes:
        autosaves: what the user typed there and did not save, the newest first.
        waiting: what waits there, a text each.
        alerts: the same that is urgent: readers see what should not be public.
    """

    publication: Publication | None
    autosaves: list[Autosave] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)

    @property
    def discard_count(self) -> int:
        """How many autosaves are discarded at once, or 0 for a single one."""
        return len(self.autosaves) if len(self.autosaves) > 1 else 0

    @property
    def status(self) -> str:
        return status_of(self.publication).value

    @property
    def mark(self) -> str:
        return str(STATUS_MARKS[status_of(self.publication)])


class HomeRows:
    """The rows of the page by publication, so that each has one."""

    def __init__(self, user) -> None:
        self.user = user
        self._by_publication: dict[int, HomeRow] = {}

    def __contains__(self, publication_pk: int | None) -> bool:
        return publication_pk in self._by_publication

    @property
    def pks(self) -> list[int]:
        return list(self._by_publication)

    def add(self, publication: Publication) -> HomeRow:
        """Add the row of a publication that is annotated as worklists are."""
        row = HomeRow(publication, waiting=list_open_tasks(publication))
        return self._by_publication.setdefault(publication.pk, row)

    def mention(self, publication_pks: Iterable[int], text: str) -> None:
        """Add what waits to the rows of these publications."""
        for pk in publication_pks if text else ():
            self._by_publication[pk].waiting.append(text)

    def mention_outdated(self, publication_pks: Sequence[int]) -> None:
        """Add to the rows of these publications which change of the other language they have not followed."""
        publications = [self._by_publication[pk].publication for pk in publication_pks]
        sources = {each.translation_of_id or each.pk for each in publications}
        for outdated in find_outdated_translations(sources) if sources else ():
            if outdated.publication.pk in publication_pks:
                row = self._by_publication[outdated.publication.pk]
                texts = row.alerts if outdated.is_ended else row.waiting
                texts.append(describe_outdated(outdated, outdated.publication).rstrip("."))


@dataclass(frozen=True)
class WorklistPreview:
    """A worklist on the first page.

    Attributes:
        count: how many publications it has in all.
        rows: the first of them that have no row further up.
        url: where all are listed.
    """

    worklist: Worklist
    count: int
    rows: list[HomeRow]
    url: str

    @property
    def label(self) -> str:
        return self.worklist.label

    @property
    def has_more(self) -> bool:
        return self.count > len(self.rows)


def index_page(request: HttpRequest) -> HttpResponse:
    """Render the first page of the desk."""
    return admin_site.index(request, build_index_context(request))


def build_index_context(request: HttpRequest) -> dict[str, object]:
    """Return the context of the first page: each section only for users who may see it."""
    user, rows = request.user, HomeRows(request.user)
    context = {
        "unsaved_rows": _unsaved_rows(rows),
        "worklists": [
            preview for worklist in worklists_for(user) if (preview := _preview_worklist(worklist, rows)).rows
        ],
        "proposals": list_proposals(user),
        "presences": _recent_presences(rows),
        "recent_actions": _recent_actions(rows),
    }
    shown = {entry.audit_entry.publication_id for entry in context["recent_actions"]}
    context["recent_rows"] = _recent_rows(rows, except_for=shown)
    _mention_plans(rows)
    context["lacks_address"] = user.has_perm("auth.change_user") and not user.email
    context["stop"] = find_stop() if user.has_perm("publications.publish_publication") else None
    context["operation_results"] = results_for_first_page(user)
    return context | {
        "kinds": kinds_by_pk().values(),
        "can_import_word": can_import_word(user),
        "factor_due_on": factor_due_on(user),
        "due_account_count": count_due_accounts(user),
        "administrators": [] if user.get_all_permissions() else list(user_managers().filter(is_active=True)),
    }


def _publications():
    return with_submissions(with_status(Publication.objects.select_related("kind")))


def _unsaved_rows(rows: HomeRows) -> list[HomeRow]:
    """Return the rows of what this user typed and did not save: one for each publication, one for each other form."""
    autosaves = distinct_autosaves(
        Autosave.objects.unsaved().filter(owner=rows.user).select_related("publication")[:MAX_READ]
    )
    publications = _publications().in_bulk([each.publication_id for each in autosaves if not each.path])
    unsaved: dict[object, HomeRow] = {}
    for autosave in autosaves:
        autosave.restore_url = restore_url(autosave, autosave.path) if autosave.path else ""
        publication = None if autosave.path else publications.get(autosave.publication_id)
        row = rows.add(publication) if publication else HomeRow(None)
        unsaved.setdefault(publication or autosave, row).autosaves.append(autosave)
    return list(unsaved.values())


def _preview_worklist(worklist: Worklist, rows: HomeRows) -> WorklistPreview:
    order = "updated_at" if worklist is Worklist.STALE else "-updated_at"
    publications = worklist_publications(worklist, rows.user).order_by(order, "pk")
    listed = list(publications.filter(pk__in=rows.pks).values_list("pk", flat=True)) if rows.pks else []
    others = list(publications.exclude(pk__in=rows.pks)[:PREVIEW_PUBLICATIONS])
    is_whole = len(others) < PREVIEW_PUBLICATIONS
    count = len(listed) + len(others) if is_whole else publications.count()
    if worklist in MENTIONS:
        rows.mention(listed, str(MENTIONS[worklist]))
    new_rows = [rows.add(each) for each in others]
    if worklist is Worklist.TRANSLATIONS:
        rows.mention_outdated([*listed, *(each.pk for each in others)])
    list_url = reverse("desk:publications_publication_changelist")
    url = f"{list_url}?{urlencode({'waits': worklist.value})}"
    return WorklistPreview(worklist, count, new_rows, url)


def _mention_plans(rows: HomeRows) -> None:
    """Add to each row the days that are planned there, and how late they are."""
    for plan in EditorialPlan.objects.open().with_rows().filter(publication__in=rows.pks):
        rows.mention([plan.publication_id], days_text(plan))


def _recent_presences(rows: HomeRows) -> list[Presence]:
    """Return which other users have which draft open; the rows of the page name theirs."""
    if not rows.user.has_perm("publications.change_publication"):
        return []
    presences = Presence.objects.recent().exclude(person=rows.user).select_related("publication")
    others = []
    for presence in presences[:MAX_READ]:
        if presence.publication_id in rows:
            rows.mention([presence.publication_id], describe_presence(presence))
        else:
            others.append(presence)
    return others[:PREVIEW_PUBLICATIONS]


def _recent_rows(rows: HomeRows, *, except_for: set[int | None]) -> list[HomeRow]:
    """Return the publications that this user saved last and that the page does not show yet, newest first."""
    if not rows.user.has_perm("publications.change_publication"):
        return []
    newest = Revision.objects.filter(saved_by=rows.user, publication__deleted_at=None).order_by(
        "-saved_at", "-pk"
    )
    pks = dict.fromkeys(newest.values_list("publication", flat=True)[:MAX_READ])
    other_pks = [pk for pk in pks if pk not in rows and pk not in except_for][:RECENT_PUBLICATIONS]
    publications = _publications().in_bulk(other_pks)
    return [rows.add(publications[pk]) for pk in other_pks]


def _recent_actions(rows: HomeRows) -> list[AuditEntryText]:
    """Return the last changes that readers see, for those who may read the audit log; see `list_reader_changes`.

    Publications that have a row are left out.
    """
    if not rows.user.has_perm("publications.view_auditentry"):
        return []
    return list_reader_changes(MAX_READ, except_for=rows.pks)[:RECENT_ACTIONS]
