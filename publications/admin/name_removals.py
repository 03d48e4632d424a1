"""Removing a name from everything: shown first, then done in the background, then a report of what is left.

The name is in no table: the page that shows what would go posts it again to the one that starts the process.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from publications import actions
from publications.locales import LOCALES, language_label
from publications.models import (
    Author,
    Edition,
    NameRemovalRecord,
    Operation,
    OperationRecord,
    Publication,
    RemovalStage,
)
from publications.name_removal import RemovalOptions, create_record, start_process

from .form_data import RedisplayMixin, get_pk
from .site import render_desk_page, require_permissions

REFRESH_SECONDS = 3
MAX_LISTED_RECORDS = 20
BACKUP_DAYS = 396
"""How long the last monthly backup before a removal is kept: twelve months (KEEP_MONTHLY of deploy/backup) and one."""
COPIES = (
    ("Google", "https://search.google.com/search-console/remove-outdated-content"),
    ("Bing", "https://www.bing.com/webmasters/tools/contentremoval"),
    ("Internet Archive", "https://archive.org/about/contact"),
    ("Overton", "https://www.overton.io"),
    ("Google Scholar", "https://scholar.google.com/intl/en/scholar/inclusion.html"),
    ("BASE, CORE, OpenAIRE", "https://www.openarchives.org/Register/BrowseSites"),
)
"""Who keeps copies of public pages and records, with the page where one asks for their removal or learns how."""


class NameForm(RedisplayMixin, forms.Form):
    spellings = forms.CharField(
        label=gettext_lazy("The name, each spelling on a line of its own"),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "“Vera Holm”, “Holm, Vera”, “Вера Хольм”. Capitals and endings are found by themselves. A family name "
            "alone takes it from everybody who has it."
        ),
        max_length=11_000,
    )
    author = forms.ModelChoiceField(
        Author.objects.order_by("name", "pk"),
        label=gettext_lazy("Their page among the authors"),
        required=False,
        empty_label=gettext_lazy("None"),
        help_text=gettext_lazy(
            "All that they have written is then signed with the pen name, whatever it was signed with."
        ),
    )
    replacement = forms.CharField(
        label=gettext_lazy("Pen name, or what else stands in its place"),
        required=False,
        max_length=120,
        help_text=gettext_lazy(
            "A name, “N. N.” or “…”. If it is left empty, “[redacted]” in the language of each text."
        ),
    )
    why = forms.CharField(label=gettext_lazy("Reason, for the audit trail"), required=False, max_length=500)
    is_confirmed = forms.BooleanField(
        label=gettext_lazy("Remove it from all of them"), required=False, widget=forms.HiddenInput
    )

    def clean_spellings(self) -> tuple[str, ...]:
        lines = (" ".join(line.split()) for line in self.cleaned_data["spellings"].splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    @property
    def options(self) -> RemovalOptions:
        values = self.cleaned_data
        return RemovalOptions(
            spellings=values["spellings"],
            replacement=values["replacement"] or None,
            author=values["author"].pk if values["author"] else None,
            reason=values["why"],
        )

    def fingerprint(self, *, is_broad: bool) -> str:
        """Return a keyed hash of the values: what is started is what was shown, and confirmed where it is broad."""
        shown = f"{self.options.write()} {is_broad}"
        return salted_hmac("publications.name_removal", shown, algorithm="sha256").hexdigest()

    def ask_about_extent(self, preview: actions.NamePreview) -> None:
        """Show the checkbox that a broad removal has to have, with the number of publications."""
        box = self["is_confirmed"]
        box.field.widget = forms.CheckboxInput()
        box.help_text = _("%(extent)s Tick this if it is no common word.") % {"extent": preview.extent}
        if "seen" in self.data and not self.cleaned_data["is_confirmed"]:
            self.add_error("is_confirmed", _("Tick this, or give the name more precisely."))


@require_permissions("redact_publication")
def name_removals_page(request: HttpRequest) -> HttpResponse:
    """Show what removing a name would change, then start it; list the removals so far."""
    form = NameForm(request.POST or None, initial={"author": get_pk(request.GET, "author") or None})
    is_valid = request.method == "POST" and form.is_valid()
    if is_valid and _is_confirmed(request, form):
        if record := create_record(by=request.user):
            return _start(record, form.options)
        form.add_error(None, _("Another name is being removed. Remove this one when that has ended."))
    preview = _preview(request, form) if is_valid and not form.errors else None
    return render_desk_page(
        request,
        "name_removals",
        title=_("Remove a name"),
        form=form,
        preview=preview,
        rows=_label_rows(preview) if preview else [],
        fingerprint=form.fingerprint(is_broad=preview.is_broad) if preview else "",
        records=NameRemovalRecord.objects.select_related("started_by")[:MAX_LISTED_RECORDS],
    )


def _is_confirmed(request: HttpRequest, form: NameForm) -> bool:
    """Return whether these values were shown; a broad removal is confirmed by the checkbox too."""
    confirmed = form.fingerprint(is_broad=form.cleaned_data["is_confirmed"])
    return constant_time_compare(request.POST.get("seen", ""), confirmed)


def _start(record: NameRemovalRecord, options: RemovalOptions) -> HttpResponse:
    if not start_process(record, options):
        record.store(stage=RemovalStage.FAILED, report={"error": _("The process could not be started.")})
    return HttpResponseRedirect(reverse("desk:name-removal", args=[record.pk]))


def _preview(request: HttpRequest, form: NameForm) -> actions.NamePreview | None:
    """Return what would be removed, or None where the name is refused: the form then says why."""
    try:
        preview = actions.preview_name_removal(form.options.build_removal(), by=request.user)
    except actions.ActionRefused as refusal:
        form.add_error(None, refusal.reasons)
        return None
    if preview.is_broad:
        form.ask_about_extent(preview)
    if not (preview.rows or preview.publications or preview.refused or preview.unsearched):
        messages.info(
            request, _("It stands in no table. Files and pictures are searched when it is removed.")
        )
    return preview


def _label_rows(preview: actions.NamePreview) -> list[tuple[str, int]]:
    """Return the names of models with the number of rows that would change."""
    labels: Counter[str] = Counter()
    for label, count in preview.rows.items():
        labels[str(apps.get_model(label)._meta.verbose_name_plural)] += count
    return sorted(labels.items())


@require_permissions("redact_publication")
def name_removal_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a removal is, then the report of what is left and the letters to those who keep copies."""
    record = get_object_or_404(NameRemovalRecord, pk=pk)
    response = render_desk_page(
        request, "name_removal", title=_("Removal of a name"), record=record, **_build_report(record)
    )
    if record.is_unfinished and not record.is_interrupted:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@require_permissions("redact_publication")
def name_report_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the report as a text."""
    record = get_object_or_404(NameRemovalRecord, pk=pk, stage=RemovalStage.DONE)
    text = render_to_string("desk/name_report.txt", {"record": record, **_build_report(record)})
    headers = {"Content-Disposition": f'attachment; filename="name-removal-{record.pk}.txt"'}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


def _build_report(record: NameRemovalRecord) -> dict[str, Any]:
    report = record.report
    backup = OperationRecord.objects.filter(operation=Operation.BACKUP).first()
    return {
        "report": report,
        "place_count": report.get("count", 0),
        "more_places": report.get("count", 0) - len(report.get("places", ())),
        "accounts": get_user_model().objects.filter(pk__in=report.get("accounts", ())).order_by("pk"),
        "changed": _find_publications(record.changed_publications),
        "refused": _find_publications(record.refused_publications),
        "backup": backup,
        "is_backup_older": bool(backup) and backup.at < record.active_at,
        "backups_gone_on": timezone.localdate(record.active_at + timedelta(days=BACKUP_DAYS)),
        "copies": COPIES,
        "letters": [_render_letter(record, locale) for locale in _locales()]
        if record.stage == RemovalStage.DONE
        else [],
    }


def _locales() -> list[str]:
    """Return the locales, that of the page first."""
    return sorted(LOCALES, key=lambda locale: locale != get_language())


def _find_publications(pks: list[int]) -> list[Publication]:
    return list(
        Publication.with_deleted.filter(pk__in=pks)
        .only("pk", "title", "language", "deleted_at")
        .order_by("pk")
    )


def _render_letter(record: NameRemovalRecord, locale: str) -> dict[str, str]:
    """Return the letter to those who keep copies, in a language, with the addresses of what has changed."""
    label = language_label(locale)
    editions = Edition.objects.live().filter(publication__in=record.changed_publications)
    addresses = sorted(settings.SITE_URL + edition.get_absolute_url() for edition in editions)
    with override(locale):
        text = render_to_string(
            "desk/name_letter.txt",
            {"addresses": addresses, "site": settings.SITE_URL, "date": record.active_at},
        )
    return {"language": locale, "label": label, "text": text, "id": f"letter-{locale}"}
