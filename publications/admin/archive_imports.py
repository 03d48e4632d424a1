"""Importing archives of texts at the desk: uploaded, checked with a report, then imported as drafts or published.

The request stores the archive and starts a process; the page shows how far that is (`importers.archive_imports`).
"""

from contextlib import nullcontext
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.names import full_name_of
from publications.importers.address_undo import has_removable_addresses
from publications.importers.archive_import_undo_plan import UndoStep, plan_import_undo
from publications.importers.archive_imports import is_running, permissions_of, start_runner
from publications.importers.left_to_do import has_left_list, list_open_names
from publications.importers.sources import list_export_suffixes
from publications.locales import current_locale, language_label
from publications.models import (
    ARCHIVE_IMPORT_DAYS,
    UNFINISHED,
    ArchiveImport,
    ArchiveImportState,
    ArchiveImportTask,
    with_status,
)

from .archive_import_forms import ArchiveForm, ImportSettingsForm
from .archive_import_report import MAX_LISTED_TEXTS, describe_report
from .archive_import_undo import warn_of_other_request
from .import_mapping_form import MappingForm
from .site import render_desk_page, require_permissions
from .status_text import status_text

REFRESH_SECONDS = 3
START_SECONDS = 10
"""How long a page that waits for the start of a run is refreshed each second."""
MAX_LISTED_IMPORTS = 20
SHOWN_PUBLICATIONS = 20
"""How many of what an import has made are listed; the others are folded."""


@require_permissions("add_archiveimport")
def archive_imports_page(request: HttpRequest) -> HttpResponse:
    """Upload an archive, which is checked at once; list the imports of the last days."""
    is_post = request.method == "POST"
    data = (
        request.POST if is_post or request.POST else None
    )  # before `FILES`, which empties that of a restored form
    archive_form = ArchiveForm(data, None if data is None else request.FILES)
    file = archive_form.cleaned_data["files"] if is_post and archive_form.is_valid() else None
    settings_form = ImportSettingsForm(data, open_archive=(lambda: nullcontext(file)) if file else None)
    if file:
        return HttpResponseRedirect(url_of(_store_import(request, archive_form, settings_form)))
    jobs = ArchiveImport.objects.select_related("requested_by").defer("report", "earlier_report")[
        :MAX_LISTED_IMPORTS
    ]
    return render_desk_page(
        request,
        "archive_imports",
        title=_("Import texts"),
        exports=", ".join(f"{name} ({suffixes})" for name, suffixes in list_export_suffixes()),
        forms=[archive_form, settings_form],
        fields_with_errors=[
            field for form in (archive_form, settings_form) for field in form if field.errors
        ],
        jobs=jobs,
        days=ARCHIVE_IMPORT_DAYS,
    )


def _store_import(
    request: HttpRequest, archive_form: ArchiveForm, settings_form: ImportSettingsForm
) -> ArchiveImport:
    """Store an archive and start its check. With wrong settings it waits: its page shows them to be corrected."""
    is_valid = settings_form.is_valid()
    options = {**settings_form.options, **_run_options(publish=True)}
    columns = {} if is_valid else {"state": ArchiveImportState.FAILED, "error": _correction_message()}
    job = archive_form.save(options=options, by=request.user, **columns)
    if is_valid:
        start_runner()
    return job


def _correction_message() -> str:
    return _("The archive is kept, and is not checked yet: correct the settings marked below.")


def _run_options(*, publish: bool) -> dict[str, object]:
    return {"publish": publish, "report_language": current_locale(get_language())}


@require_permissions("add_archiveimport")
def archive_import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far an import is, its report and what it has made or undone; check, import or stop it."""
    job = ArchiveImport.objects.filter(pk=pk).first()
    if not job:  # news lead here for longer
        messages.info(request, _("The archive and the report of this import are deleted."))
        return HttpResponseRedirect(reverse("desk:archive-imports"))
    form = ImportSettingsForm(
        request.POST if "kind" in request.POST else _failed_options(job),
        initial=job.options,
        open_archive=job.open_archive,
        import_pk=job.pk,
    )
    mapping_form = MappingForm(request.POST if "check" in request.POST else None, job=job)
    if request.method == "POST" and (response := _perform_button(request, job, form, mapping_form)):
        return response
    fields_with_errors = [field for field in (*form, *mapping_form) if field.errors]
    is_interrupted = job.is_unfinished and not is_running()
    buttons = _choose_buttons(request, job)
    response = render_desk_page(
        request,
        "archive_import",
        title=_("Import of %(file)s") % {"file": job.filename},
        job=job,
        forms=[form, mapping_form],
        fields_with_errors=fields_with_errors,
        needs_settings=bool(fields_with_errors or _failed_options(job)),
        is_interrupted=is_interrupted,
        requester=_name_of(job.requested_by),
        days=ARCHIVE_IMPORT_DAYS,
        **buttons,
        **_list_publications(job),
        **describe_report(job, can_publish_drafts=buttons["can_publish_drafts"]),
    )
    if job.is_unfinished:
        response.headers["Refresh"] = str(_refresh_seconds(job, is_interrupted=is_interrupted))
    return response


def _choose_buttons(request: HttpRequest, job: ArchiveImport) -> dict[str, object]:
    """Return which buttons and links the page of an import offers."""
    may_publish = request.user.has_perm("publications.publish_publication")
    may_undo = not job.is_unfinished and _may_run(request, ArchiveImportTask.UNDO)
    return {
        "can_publish": job.can_publish and may_publish,
        "can_publish_drafts": job.has_drafts and not job.is_by_command and may_publish,
        "can_check_again": job.is_undone and not job.is_by_command,
        "can_undo": may_undo and (bool(_plan_what_is_left(job)) or has_removable_addresses(job)),
        "imports_addresses_alone": job.can_import and not job.report.get("stored"),
        "has_left": has_left_list(job),
        "is_left_next": not job.is_dry_run and not job.can_resume,
        "open_names": 0 if job.is_unfinished else len(list_open_names(job)),
    }


def _list_publications(job: ArchiveImport) -> dict[str, object]:
    """Return what an import has made, of which the page shows the first and folds the others."""
    made = job.imported_publications.count()
    publications = list(with_status(job.imported_publications).order_by("title", "pk")[:MAX_LISTED_TEXTS])
    for publication in publications:
        publication.status_label = status_text(publication)
        publication.language_label = language_label(publication.language)
    return {
        "publications": publications[:SHOWN_PUBLICATIONS],
        "more_publications": publications[SHOWN_PUBLICATIONS:],
        "unlisted": made - len(publications),
    }


def _refresh_seconds(job: ArchiveImport, *, is_interrupted: bool) -> int:
    is_starting = is_interrupted and timezone.now() - job.changed_at < timedelta(seconds=START_SECONDS)
    return 1 if is_starting else REFRESH_SECONDS


def _name_of(user: User | None) -> str:
    return full_name_of(user) or _("somebody whose account is deleted")


def _may_run(request: HttpRequest, task: str, *, publish: bool = False) -> bool:
    return request.user.has_perms(f"publications.{name}" for name in permissions_of(task, publish=publish))


def _plan_what_is_left(job: ArchiveImport) -> list[UndoStep]:
    return [step for step in plan_import_undo(job) if step.is_left]


def _failed_options(job: ArchiveImport) -> dict | None:
    """Return the settings of a run that failed, so that the form says what is wrong with them."""
    return job.options if job.state == ArchiveImportState.FAILED and not job.is_undo else None


def _perform_button(
    request: HttpRequest, job: ArchiveImport, form: ImportSettingsForm, mapping_form: MappingForm
) -> HttpResponse | None:
    """Perform the button of a posted form. Returns None where the form has errors."""
    if "stop" in request.POST:
        ArchiveImport.objects.filter(pk=job.pk, state__in=UNFINISHED).update(is_stop_requested=True)
        start_runner()  # stops it, if its process was killed
    elif "start" in request.POST and job.is_unfinished:
        start_runner()
    elif job.is_unfinished:
        warn_of_other_request(request)
    elif job.is_by_command and not ("resume" in request.POST and job.can_resume):
        messages.warning(request, _("Its texts are on the server: run the command there again."))
    elif "check" in request.POST:
        if not (form.is_valid() and mapping_form.is_valid()):
            return None
        options = {**form.options, **mapping_form.options}
        request_run(request, job, ArchiveImportTask.CHECK, publish=True, **options)
    elif "check_again" in request.POST:
        request_run(request, job, ArchiveImportTask.CHECK, publish=True)
    elif "drafts" in request.POST and job.can_import:
        request_run(request, job, ArchiveImportTask.IMPORT, publish=False)
    elif "resume" in request.POST and job.can_resume:
        _resume(request, job)
    return HttpResponseRedirect(url_of(job))


def _resume(request: HttpRequest, job: ArchiveImport) -> None:
    publish = job.options["publish"]
    if not _may_run(request, job.task, publish=publish):
        raise PermissionDenied
    request_run(request, job, ArchiveImportTask(job.task), publish=publish)


def request_run(
    request: HttpRequest, job: ArchiveImport, task: ArchiveImportTask, *, publish: bool, **options
) -> None:
    """Request a run of an import with further options; warn if another was faster."""
    if job.request_run(by=request.user, task=task, **options, **_run_options(publish=publish)):
        start_runner()
    else:
        warn_of_other_request(request)


@require_permissions("add_archiveimport")
def archive_import_delete_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what is lost with an archive and its report, above all the undo; then delete them."""
    job = get_object_or_404(ArchiveImport, pk=pk)
    if request.method == "POST":
        ArchiveImport.objects.filter(pk=job.pk).delete_with_archives()
        messages.success(request, _("The report is deleted. The texts stay as they are."))
        return HttpResponseRedirect(reverse("desk:archive-imports"))
    steps, has_addresses = _plan_what_is_left(job), has_removable_addresses(job)
    changed_count = sum(step.is_of_update for step in steps)
    live_count = sum(step.is_public and not step.is_of_update for step in steps)
    return render_desk_page(
        request,
        "archive_import_delete",
        title=(
            _("Delete the report on %(file)s") if job.is_by_command else _("Delete %(file)s and its report")
        )
        % {"file": job.filename},
        job=job,
        live_count=live_count,
        draft_count=len(steps) - live_count - changed_count,
        changed_count=changed_count,
        has_addresses=has_addresses,
        is_in_effect=bool(steps) or has_addresses,
        can_undo=(bool(steps) or has_addresses)
        and not job.is_unfinished
        and _may_run(request, ArchiveImportTask.UNDO),
    )


def url_of(job: ArchiveImport) -> str:
    return reverse("desk:archive-import", args=[job.pk])
