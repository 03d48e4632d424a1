"""Sample pages of an old site at the desk, beside what its rules understand; the rules as a file to edit elsewhere."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.importers.archive_import_rules import MAX_RULES_CHARACTERS, PAGE_RULES, read_page_rules
from publications.importers.imported_file import ImportRefused
from publications.importers.samples_page import label_samples
from publications.models import ArchiveImport, ArchiveImportTask

from .archive_import_undo import warn_of_other_request
from .archive_imports import request_run
from .form_data import RedisplayMixin
from .site import render_desk_page, require_permissions

RULES_FILE_NAME = "rules.yaml"
MAX_CHARACTER_BYTES = 4  # in UTF-8


class RulesFileForm(RedisplayMixin, forms.Form):
    """Edited rules for the pages of an old site, as a file."""

    rules = forms.FileField(
        label=gettext_lazy("Edited rules"),
        error_messages={"required": gettext_lazy("Choose the file first.")},
        help_text=gettext_lazy(
            "The file from here, edited; or the mapping of import_publications, whose rules count."
        ),
    )

    def clean_rules(self) -> str:
        """Return the rules in the file, checked."""
        file = self.cleaned_data["rules"]
        if file.size > MAX_CHARACTER_BYTES * MAX_RULES_CHARACTERS:
            raise _too_long()
        try:
            text = file.read().decode("utf-8-sig")
            rules = "\n".join(text.splitlines())
            if len(rules) > MAX_RULES_CHARACTERS:
                raise _too_long()
            if not read_page_rules(rules):
                raise forms.ValidationError(_("The file has no “pages”: these are the rules."))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(
                _("The file is not UTF-8. Save it as UTF-8, then try again.")
            ) from error
        except ImportRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return rules


def _too_long() -> forms.ValidationError:
    message = _("The file has more than %d characters: leave out rules that no page needs.")
    return forms.ValidationError(message % MAX_RULES_CHARACTERS)


@require_permissions("add_archiveimport")
def old_site_samples_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show sample pages of the last check; check again with the rules of an uploaded file."""
    job = get_object_or_404(ArchiveImport, pk=pk)
    import_page = HttpResponseRedirect(reverse("desk:archive-import", args=[pk]))
    has_rules = PAGE_RULES in job.options
    if job.is_unfinished or (request.method == "POST" and not has_rules):
        warn_of_other_request(request)
        return import_page
    data = request.POST if request.method == "POST" or request.POST else None
    form = RulesFileForm(data, None if data is None else request.FILES)
    if request.method == "POST" and form.is_valid():
        rules = {PAGE_RULES: form.cleaned_data["rules"]}
        request_run(request, job, ArchiveImportTask.CHECK, publish=True, **rules)
        return import_page
    return render_desk_page(
        request,
        "import_samples",
        title=_("Sample pages of %(name)s") % {"name": job.filename},
        job=job,
        form=form if has_rules else None,
        fields_with_errors=[field for field in form if field.errors],
        samples=label_samples(job.report.get("samples", ())),
    )


@require_permissions("add_archiveimport")
def old_site_rules_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the rules of an import as a file."""
    job = get_object_or_404(ArchiveImport, pk=pk)
    response = HttpResponse(job.options.get(PAGE_RULES, ""), content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{RULES_FILE_NAME}"'
    return response
