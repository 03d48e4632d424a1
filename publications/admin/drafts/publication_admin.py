"""The list of publications with its filters, and the form page of one: what saving does and says."""

from collections.abc import Iterator

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import actions, images, preflight
from publications.locales import LANGUAGE_NAMES
from publications.models import (
    Edition,
    Kind,
    Publication,
    Revision,
    RevisionReason,
    Status,
    in_status,
    parse_pk,
    with_status,
)

from .. import related_links, reviews, worklists
from ..publish.withdraw import undo_name
from ..site import DeskModelAdmin
from ..status_text import person_name, status_text, status_with_submission, with_submissions
from ..unsent_forms import UNSENT, mark_redisplay
from ..word import can_import_word
from ..word_report import word_report_context
from ..worklists import Worklist, worklist_publications, worklists_for
from . import autosave, bulk, bulk_authors, suggestions
from .form import PublicationForm


class StatusFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return Status.choices

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        return in_status(queryset, Status(self.value())) if self.value() in Status.values else queryset


class WorklistFilter(admin.SimpleListFilter):
    """The worklists of the person who looks."""

    title = gettext_lazy("waiting")
    parameter_name = "waits"

    def lookups(self, request, model_admin):
        return [(worklist.value, worklist.label) for worklist in worklists_for(request.user)]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        value = self.value()
        is_known = value in {worklist.value for worklist in worklists_for(request.user)}
        return worklist_publications(Worklist(value), request.user, queryset) if is_known else queryset

    def choices(self, changelist) -> Iterator[dict]:
        """Django writes "(-)" where there is no count."""
        for choice in super().choices(changelist):
            yield {**choice, "display": str(choice["display"]).removesuffix(" (-)")}

    def get_facet_counts(self, pk_attname: str, filtered_qs: QuerySet) -> dict:
        """Leave out the count of links to ended publications, which reads every text."""
        all_choices = self.lookup_choices
        self.lookup_choices = [choice for choice in all_choices if choice[0] != Worklist.LINKS_TO_ENDED]
        try:
            return super().get_facet_counts(pk_attname, filtered_qs)
        finally:
            self.lookup_choices = all_choices


class LanguageFilter(admin.SimpleListFilter):
    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        languages = Publication.objects.order_by("language").values_list("language", flat=True).distinct()
        return [(code, LANGUAGE_NAMES.get(code, code)) for code in languages]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        return queryset.filter(language=self.value()) if self.value() else queryset


class PublicationAdmin(DeskModelAdmin):
    """The drafts. Saving keeps a revision and changes nothing public but related links."""

    class Media:
        js = (
            Script("js/desk/goto_line.js", type="module"),
            Script("js/desk/autosave.js", type="module"),
            Script("js/desk/preview.js", type="module"),
            Script("js/desk/suggestions.js", type="module"),
            Script("js/desk/markdown_editor.js", type="module"),
        )

    form = PublicationForm
    change_form_template = "desk/publication_form.html"
    change_list_template = "desk/publication_list.html"
    list_display = ("headline", "status", "kind", "people", "dated", "saved")
    list_filter = (WorklistFilter, StatusFilter, "kind", LanguageFilter)
    show_facets = admin.ShowFacets.ALWAYS
    search_fields = ("title", "summary", "slug", "authors__name")
    search_help_text = gettext_lazy("Words of the title, summary or address, or the name of an author")
    list_per_page = 50
    show_full_result_count = False
    actions = ("change_tags", "set_author", "withdraw")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title", "summary", "body", "bylines", "tags", "related", "published_at", "kind", "language",
                )
            },
        ),
        (
            gettext_lazy("Key points, text elsewhere, cover, files, address, translation, DOI, ISBN, note"),
            {
                "classes": ("collapse",),
                "fields": ("key_points", "external_url", "cover_choice", "attach", "attach_label", "detach", "slug",
                           "translation_choice", "doi", "isbn", "internal_note"),
            },
        ),
    )  # fmt: skip

    def get_history_url(self, request: HttpRequest, row: Publication) -> str:
        return reverse("desk:history", args=[row.pk])

    @admin.display(description=gettext_lazy("title"), ordering="title")
    def headline(self, publication: Publication) -> str:
        return str(publication)

    @admin.display(description=gettext_lazy("state"))
    def status(self, publication: Publication) -> str:
        return status_with_submission(publication)

    @admin.display(description=gettext_lazy("authors"))
    def people(self, publication: Publication) -> str:
        return ", ".join(line.author.name for line in publication.bylines.all())

    @admin.display(description=gettext_lazy("date"))
    def dated(self, publication: Publication) -> str:
        return (
            date_format(timezone.localtime(publication.last_published_at), "SHORT_DATE_FORMAT")
            if publication.last_published_at
            else ""
        )

    @admin.display(description=gettext_lazy("saved"), ordering="updated_at")
    def saved(self, publication: Publication):
        return publication.updated_at

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        publications = (
            super().get_queryset(request).select_related("kind").prefetch_related("bylines__author")
        )
        return with_submissions(with_status(publications))

    @admin.action(description=gettext_lazy("Change tags…"), permissions=["change"])
    def change_tags(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return bulk.redirect_to_bulk_page(request, "desk:bulk-tags", queryset)

    @admin.action(description=gettext_lazy("Set author and publish…"), permissions=["change"])
    def set_author(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return bulk.redirect_to_bulk_page(
            request, "desk:bulk-author", queryset, limit=bulk_authors.MAX_DRAFTS
        )

    @admin.action(description=gettext_lazy("Withdraw…"), permissions=["publish"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return bulk.redirect_to_bulk_page(request, "desk:bulk-withdraw", queryset)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("publications.publish_publication")

    def get_object(self, request: HttpRequest, object_id: str, from_field=None) -> Publication | None:
        """Return the publication, locked while a form is stored, so that the second of two saves sees the first."""
        if request.method == "POST" and (pk := parse_pk(object_id)):
            actions.lock_for_action(pk)
        return super().get_object(request, object_id, from_field)

    def get_fieldsets(self, request: HttpRequest, obj: Publication | None = None):
        if obj and obj.attachments.exists():
            return self.fieldsets
        first, (heading, options) = self.fieldsets
        fields = tuple(name for name in options["fields"] if name != "detach")
        return first, (heading, {**options, "fields": fields})

    def get_form(self, request: HttpRequest, obj: Publication | None = None, change: bool = False, **kwargs):
        kwargs["fields"] = PublicationForm.Meta.fields
        form = super().get_form(request, obj, change, **kwargs)
        return form_with_options(
            form,
            can_relate=can_relate(request, obj),
            can_add_author=request.user.has_perm("publications.add_author"),
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        return {
            "kind": Kind.objects.values_list("pk", flat=True).first(),
            **super().get_changeform_initial_data(request),
        }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "tags":
            return PublicationForm.base_fields["tags"]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Publication | None = None) -> bool:
        """A publication that has editions is withdrawn, never deleted."""
        if not super().has_delete_permission(request, obj) or (obj and obj.editions.exists()):
            return False
        return (
            not obj
            or obj.created_by == request.user
            or request.user.has_perm("publications.publish_publication")
        )

    def save_model(self, request: HttpRequest, obj: Publication, form: PublicationForm, change: bool) -> None:
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: PublicationForm, formsets, change: bool) -> None:
        """Store the related rows of the draft and a revision, and report what the editor should know."""
        publication = form.instance
        for text in suggestions.describe_new_tags(form.cleaned_data["tags"]):
            messages.info(request, text)
        form.store_tags()
        form.store_rows(publication)
        self._store_related_links(request, form)
        Revision.objects.create_from(publication, by=request.user, reason=RevisionReason.SAVED)
        self._report_merge(request, form)
        if "body" in form.changed_data:
            for text in preflight.find_dropped_markup(publication.body):
                messages.warning(request, text)
        _warn_of_taken_address(request, publication)
        autosave.clear_autosave(request, publication)

    def _store_related_links(self, request: HttpRequest, form: PublicationForm) -> None:
        """Store the related links, each with its reason where it was suggested."""
        publication = form.instance
        targets = form.related_targets(publication)
        if targets is None:
            return
        stored = dict(publication.related_links.values_list("target", "reason"))
        new = [target for target in targets if target.pk not in stored]
        reasons = suggestions.similarity_reasons(publication, new) | stored
        publication.links_changed = actions.set_related_links(
            publication, targets, by=request.user, reasons=[reasons.get(target.pk, "") for target in targets]
        )

    def _report_merge(self, request: HttpRequest, form: PublicationForm) -> None:
        """Report the fields that were merged from others, and a redaction since the form was opened."""
        if form.labels_from_stored:
            text = _("Joined with what %(who)s saved since you opened it: %(what)s.")
            form.instance.merge_message = text % {
                "who": form.other_editors,
                "what": ", ".join(form.labels_from_stored),
            }
        if form.is_redacted:
            text = _(
                "A name or passage has been redacted since you opened this form. What you had not changed stands as "
                "redacted."
            )
            messages.warning(request, text)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context=None) -> HttpResponse:
        """Show or save the form of a new publication; once saved, it redirects to the form of its draft."""
        if request.method == "POST":
            return self._save_new(request, form_url, extra_context)
        if publication := autosave.find_saved_publication(request):
            messages.info(request, _("This draft has been saved already. Here it is."))
            return HttpResponseRedirect(
                reverse("desk:publications_publication_change", args=[publication.pk])
            )
        return super().add_view(request, form_url, extra_context)

    @transaction.atomic
    def _save_new(self, request: HttpRequest, form_url: str, extra_context) -> HttpResponse:
        """Save the form of a new publication, or save it again in the draft that it has become."""
        publication = autosave.find_saved_publication(request)
        if publication is None or UNSENT in request.POST or "_restore" in request.POST:
            return super().add_view(request, form_url, extra_context)
        autosave.continue_saving(request, publication)
        return self.change_view(request, str(publication.pk), form_url, extra_context)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        context = {"can_import_word": can_import_word(request.user), **(extra_context or {})}
        return super().changelist_view(request, context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        publication = super().get_object(request, object_id) if object_id else None
        title = {"title": str(publication), "subtitle": ""} if publication else {}
        autosave.fill_from_autosave(request, publication)
        if "_take" in request.POST:
            request.POST = suggestions.apply_suggestion(request.POST)
        autosave_context = autosave.autosave_context(request, publication)
        context = {
            **(extra_context or {}),
            **title,
            **self.status_context(request, publication),
            **autosave_context,
        }
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except actions.ActionRefused as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
            request.POST = mark_redisplay(request.POST)
            return super().changeform_view(request, object_id, form_url, context)

    def status_context(self, request: HttpRequest, publication: Publication | None) -> dict:
        """Return the status of a publication for its form, and what the person may do with it."""
        live = Edition.objects.live().filter(publication=publication).first() if publication else None
        is_planned = bool(publication and (publication.live_from or publication.scheduled_from))
        may_publish = self.has_publish_permission(request)
        plan = actions.plan_undo(publication) if publication and may_publish else None
        can_delete = publication and self.has_delete_permission(request, publication)
        submission = worklists.open_submission(publication)
        return {
            "status": status_text(publication) if publication else _("Not saved yet"),
            "undo_name": undo_name(plan) if plan else "",
            "can_withdraw": is_planned and may_publish,
            "delete_url": reverse("desk:publications_publication_delete", args=[publication.pk])
            if can_delete
            else "",
            "save_hint": _save_hint(can_relate=can_relate(request, publication))
            if live or is_planned
            else "",
            "live": live,
            "submission": submission,
            "submitted_by": person_name(submission.submitted_by) if submission else "",
            "remarks": reviews.unresolved_comments(publication),
            "suggestions": SimpleLazyObject(lambda: suggestions.suggestions_for_form(request, publication)),
            "broken_links": SimpleLazyObject(
                lambda: preflight.find_broken_links(publication) if live else {}
            ),
            "ended_related": related_links.ended_related(publication) if publication else [],
            "word": word_report_context(request, publication),
            "may_publish": may_publish,
            "may_redact": request.user.has_perm("publications.redact_publication"),
            "picture_types": ",".join(
                media_type for _extension, media_type in images.ACCEPTED_FORMATS.values()
            ),
            "largest_picture": images.MAX_UPLOAD_BYTES,
            "too_large": images.too_large_message(),
        }

    def response_add(self, request: HttpRequest, obj: Publication, post_url_continue=None) -> HttpResponse:
        return self._after_saving(request, obj)

    def response_change(self, request: HttpRequest, obj: Publication) -> HttpResponse:
        if merge_message := getattr(obj, "merge_message", ""):
            messages.success(request, merge_message)
        return self._after_saving(request, obj)

    def _after_saving(self, request: HttpRequest, obj: Publication) -> HttpResponse:
        """Redirect to where the button leads."""
        if "_publish" in request.POST:
            return HttpResponseRedirect(reverse("desk:publish", args=[obj.pk]))
        if "_ready" in request.POST:
            worklists.submit_for_checking(obj, by=request.user)
            messages.success(
                request, _("Draft saved. It is now among what is to be checked; nothing public has changed.")
            )
        elif getattr(obj, "links_changed", False) and obj.editions.live().exists():
            messages.success(
                request, _("Draft saved. Readers see the new related publications; the text is as it was.")
            )
        else:
            messages.success(request, _("Draft saved. Nothing public has changed."))
        return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[obj.pk]))


def _save_hint(*, can_relate: bool) -> str:
    """Return what saving changes for readers."""
    if can_relate:
        return _("Saving changes the draft only. Related publications are public as soon as they are saved.")
    return _("Saving changes the draft only.")


def _warn_of_taken_address(request: HttpRequest, publication: Publication) -> None:
    """Warn that an address is taken; the draft may keep it until it is published."""
    try:
        actions.available_slug(publication)
    except actions.NotReady as refusal:
        messages.warning(request, refusal.reasons[0])


def can_relate(request: HttpRequest, publication: Publication | None) -> bool:
    """Return whether a person may change the related links: of a draft every editor, else by permission."""
    has_editions = bool(publication and publication.editions.not_cancelled().exists())
    return not has_editions or request.user.has_perm("publications.relate_publication")


def form_with_options(form: type[PublicationForm], **options) -> type[PublicationForm]:
    """Return a subclass of the form with options of this request."""

    def __init__(self, *args, **kwargs) -> None:
        form.__init__(self, *args, **options, **kwargs)

    return type(form.__name__, (form,), {"__init__": __init__})
