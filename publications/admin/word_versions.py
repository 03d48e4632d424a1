"""The author's next Word file, and tracked changes: both are merged into a draft that editors have worked on.

Rejecting tracked changes and importing the next version are three-way merges. Conflicts are shown side by side, and
nothing is stored until all are resolved.
"""

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import actions
from publications.diff import FieldMerge
from publications.importers.imported_file import ImportRefused
from publications.importers.word import TrackedChangesPolicy, drafts, versions
from publications.models import Publication, WordFile
from publications.publication_fields import WORD_FIELDS

from .edit_conflicts import conflict_choices
from .form_data import RedisplayMixin
from .site import get_publication_or_404, render_publication_page, require_permissions
from .word_report import describe_changes
from .word_uploads import WordFileField, redirect_after_upload, redirect_to_draft, render_refusal


class NextVersionForm(RedisplayMixin, forms.Form):
    file = WordFileField(
        label=gettext_lazy("The author’s next Word file"),
        allow_empty_file=True,
        help_text=gettext_lazy("A .docx of at most 50 MB. Drop it here, or choose it."),
    )


@require_permissions("change_publication", "add_image")
def word_next_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Import the author's next version. It is merged into the draft at once unless there are conflicts."""
    publication = get_publication_or_404(pk)
    form = NextVersionForm()
    if request.method == "POST":
        if "discard" in request.POST:
            return _discard(request, publication)
        form = NextVersionForm(request.POST, request.FILES)
        is_resolution = not request.FILES and publication.word_files.undecided().exists()
        if is_resolution or (form.is_valid() and _store_pending_version(request, publication, form)):
            if response := join_pending_version(request, publication):
                return response
            if not is_resolution:
                return redirect_after_upload(request, reverse("desk:word-replace", args=[pk]))
            form = NextVersionForm()
    if response := render_refusal(request, form):
        return response
    pending = publication.word_files.undecided().first()
    merged = versions.merge_version(pending, request.POST) if pending else None
    return render_publication_page(
        request, "word_next_version", publication, title=_("Replace from Word"), form=form, pending=pending,
        conflicts=_conflict_context(merged, request.POST), last_accepted=publication.word_files.accepted().first(),
    )  # fmt: skip


def _discard(request: HttpRequest, publication: Publication) -> HttpResponse:
    for pending in publication.word_files.undecided():
        versions.discard_version(pending)
    messages.success(request, _("The file was given up. The draft is as it was."))
    return _redirect_to_form(publication.pk)


def _store_pending_version(request: HttpRequest, publication: Publication, form: NextVersionForm) -> bool:
    """Read the file and store it as pending; return False, with an error at the field, if it is refused."""
    file = form.cleaned_data["file"]
    content = file.read()
    try:
        word = drafts.read_word_file(content, file.name, language=publication.language)
    except ImportRefused as refusal:
        form.add_error("file", str(refusal))
        return False
    versions.store_pending_version(publication, word, content, file.name, by=request.user)
    return True


def join_pending_version(request: HttpRequest, publication: Publication) -> HttpResponse | None:
    """Merge the pending file into the draft and redirect to it; return None if conflicts are left."""
    if not _accept_pending_version(request, publication):
        return None
    publication.refresh_from_db()
    return redirect_to_draft(request, publication)


def _accept_pending_version(request: HttpRequest, publication: Publication) -> bool:
    """Merge the pending file into the draft; return False if conflicts are left."""
    pending = publication.word_files.undecided().first()
    if not pending:
        return False
    try:
        word = drafts.read_word_file(pending.content, pending.filename, language=publication.language)
    except (ImportRefused, FileNotFoundError):
        text = _(
            "“%(file)s” is no longer kept, so it cannot be joined. Choose it again: the draft is as it was."
        )
        messages.error(request, text % {"file": pending.filename})
        return False
    with transaction.atomic():
        actions.lock_for_action(publication.pk)
        if not publication.word_files.undecided().filter(pk=pending.pk).exists():
            return False  # another editor has accepted or discarded it
        pending.publication.refresh_from_db()
        merged = versions.merge_version(pending, request.POST)
        if merged.conflicts:
            return False
        versions.accept_version(pending, word, merged.values, by=request.user)
    text = _("The draft was joined with “%(file)s”. The text before is in the history.")
    messages.success(request, text % {"file": pending.filename})
    return True


@require_permissions("change_publication")
def word_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the tracked changes of the file; accept all or reject all."""
    publication = get_publication_or_404(pk)
    word_file = publication.word_files.accepted().first()
    conflicts: list = []
    is_decision = request.POST.get("changes", "") in set(TrackedChangesPolicy)
    if request.method == "POST" and is_decision and word_file and publication.undecided_changes:
        try:
            if _resolve_changes(request, publication, word_file):
                return _redirect_to_form(pk)
            merged, _word = versions.merge_rejecting_changes(word_file, request.POST)
            conflicts = _conflict_context(merged, request.POST)
        except ImportRefused as refusal:
            messages.error(request, str(refusal))
        except FileNotFoundError:
            messages.error(request, _("The file was given up, so its changes can only be accepted."))
    return render_publication_page(
        request, "word_changes", publication, title=_("Tracked changes"), word_file=word_file, conflicts=conflicts,
        changes=word_file.report.get("changes", []) if word_file else [],
        change_counts=describe_changes(word_file.report) if word_file and publication.undecided_changes else "",
    )  # fmt: skip


def _resolve_changes(request: HttpRequest, publication: Publication, word_file: WordFile) -> bool:
    """Accept or reject all tracked changes; return False if conflicts are left."""
    with transaction.atomic():
        actions.lock_for_action(publication.pk)
        word_file.publication.refresh_from_db()
        is_current = publication.word_files.accepted().first() == word_file
        if not (is_current and word_file.publication.undecided_changes):
            text = _("Another editor has accepted or rejected these changes already, or replaced the file.")
            messages.warning(request, text)
            return True
        if request.POST.get("changes") == TrackedChangesPolicy.ACCEPT:
            versions.accept_changes(word_file)
            messages.success(request, _("All tracked changes are accepted. The draft has them already."))
            return True
        merged, word = versions.merge_rejecting_changes(word_file, request.POST)
        if merged.conflicts:
            return False
        versions.reject_changes(word_file, word, merged.values, by=request.user)
    messages.success(request, _("All tracked changes are rejected: the draft is without them."))
    return True


def _conflict_context(merged: FieldMerge | None, choices: Mapping[str, str]) -> list[dict[str, object]]:
    """Return the unresolved conflicts, for the template."""
    labels = {
        field.name: capfirst(Publication._meta.get_field(field.name).verbose_name) for field in WORD_FIELDS
    }
    return conflict_choices(merged, labels, choices, key=versions.conflict_field_name)


def _redirect_to_form(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[pk]))
