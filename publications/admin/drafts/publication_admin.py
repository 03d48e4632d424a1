"""The form of a publication in the admin: what saving stores, and the messages afterwards."""

from contextlib import suppress

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from publications import actions, preflight
from publications.locales import current_locale
from publications.models import Kind, Publication, late_issue_item_errors, parse_pk

from .. import comments, quick_add, submissions
from ..form_data import REDISPLAY_FIELD, mark_redisplay
from ..newsletter import issue_initial
from ..publish.approvals import save_revision
from ..site import redirect_from_deleted_draft
from . import autosave, suggestions
from .deleted_drafts import DraftDeletionMixin
from .form import PublicationForm
from .form_page import (
    FIELDSETS,
    can_relate,
    fieldsets_for,
    form_columns,
    form_page_context,
    is_issue_form,
)
from .new_translation import translation_initial
from .publication_list import PublicationListAdmin


class PublicationAdmin(DraftDeletionMixin, PublicationListAdmin):
    """The drafts. Saving keeps a revision and changes nothing public but related links."""

    form = PublicationForm
    change_form_template = "desk/publication_form.html"
    fieldsets = FIELDSETS

    def get_history_url(self, request: HttpRequest, obj: Publication) -> str:
        return reverse("desk:history", args=[obj.pk])

    def get_object(self, request: HttpRequest, object_id: str, from_field=None) -> Publication | None:
        """Return the publication, locked while a form is saved, so that the second of two saves sees the first."""
        if request.method == "POST" and (pk := parse_pk(object_id)):
            with suppress(Publication.DoesNotExist):
                actions.lock_for_action(pk)
        return super().get_object(request, object_id, from_field)

    def get_fieldsets(self, request: HttpRequest, obj: Publication | None = None):
        return fieldsets_for(obj, is_issue=is_issue_form(request, obj))

    def get_form(self, request: HttpRequest, obj: Publication | None = None, change: bool = False, **kwargs):
        kwargs["fields"] = PublicationForm.Meta.fields
        form = super().get_form(request, obj, change, **kwargs)
        return form_with_options(
            form,
            can_relate=can_relate(request, obj),
            is_issue=is_issue_form(request, obj),
            can_add=quick_add.list_addable(request.user),
            user=request.user,
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        return {
            "kind": Kind.objects.values_list("pk", flat=True).first(),
            "language": current_locale(),
            **super().get_changeform_initial_data(request),
            **translation_initial(request),
            **issue_initial(request.GET, request.user),
        }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "tags":
            return PublicationForm.base_fields["tags"]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Publication, form: PublicationForm, change: bool) -> None:
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: PublicationForm, formsets, change: bool) -> None:
        """Store tags, bylines, attachments and related links, then a revision; report what the editor should know."""
        publication = form.instance
        for text in suggestions.describe_new_tags(form.cleaned_data["tags"]):
            messages.info(request, text)
        form.store_tags()
        form.store_rows(publication)
        self._store_related_links(request, form)
        save_revision(request, publication)
        has_text_of_others = form.merged and "body" in form.merged.from_stored
        if not has_text_of_others:  # of which the editor has no marks
            comments.place_as_marked(publication, request.POST.get(comments.MARKS_FIELD, ""))
        self._report_merge(request, form)
        if "body" in form.changed_data:
            for text in preflight.find_dropped_markup(publication.body):
                messages.warning(request, text)
        _warn_of_address_conflict(request, publication)
        _warn_of_late_items(request, publication)
        autosave.mark_autosave_saved(request, publication)

    def _store_related_links(self, request: HttpRequest, form: PublicationForm) -> None:
        """Store the related links, with the reasons of those that were suggested."""
        publication = form.instance
        targets = form.merge_related_links(publication)
        if targets is None:
            return
        stored = dict(publication.related_links.values_list("target", "reason"))
        new = [target for target in targets if target.pk not in stored]
        reasons = suggestions.similarity_reasons(publication, new) | stored
        publication.links_changed = actions.set_related_links(
            publication, targets, by=request.user, reasons=[reasons.get(target.pk, "") for target in targets]
        )

    def _report_merge(self, request: HttpRequest, form: PublicationForm) -> None:
        """Report the fields that have changes of other editors, and a redaction since the form was opened."""
        if form.labels_from_stored:
            text = _("Joined with what %(who)s saved since you opened it: %(what)s.")
            form.instance.merge_message = text % {
                "who": form.other_editor_names,
                "what": ", ".join(form.labels_from_stored),
            }
        if form.is_redacted:
            text = _(
                "A name or passage has been redacted since you opened this form. What you had not changed stands as "
                "redacted."
            )
            messages.warning(request, text)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context=None) -> HttpResponse:
        """Render or save the add form; one that was saved already redirects to its draft."""
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
        """Save the add form, or save it again in the draft that it has created."""
        publication = autosave.find_saved_publication(request)
        if publication is None or REDISPLAY_FIELD in request.POST or "_restore" in request.POST:
            return super().add_view(request, form_url, extra_context)
        autosave.set_last_saved_version(request, publication)
        return self.change_view(request, str(publication.pk), form_url, extra_context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        publication = super().get_object(request, object_id) if object_id else None
        if object_id and not publication and request.method == "POST" and self.has_add_permission(request):
            autosave.store_values_of_deleted(request)
            return redirect_from_deleted_draft(request)
        title = {"title": str(publication), "subtitle": ""} if publication else {}
        autosave.fill_from_autosave(request, publication)
        if "_take" in request.POST:
            request.POST = suggestions.apply_suggestion(request.POST)
        context = {**(extra_context or {}), **title, "stored": publication}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except actions.ActionRefused as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
            request.POST = mark_redisplay(request.POST)
            return super().changeform_view(request, object_id, form_url, context)

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Render the page of the form; what it shows of the stored draft is loaded only then, not for saving."""
        publication, adminform = context["stored"], context["adminform"]
        context |= form_page_context(
            request, publication, may_publish=self.has_publish_permission(request)
        ) | autosave.autosave_context(request, publication)
        context |= {
            "delete_url": reverse("desk:publications_publication_delete", args=[publication.pk])
            if publication and self.has_delete_permission(request, publication)
            else "",
            "columns": form_columns(adminform, is_public_at_once=context["is_public_at_once"]),
            "is_refused": bool(context["errors"] or adminform.form.conflicts or adminform.form.is_redisplay),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Publication, post_url_continue=None) -> HttpResponse:
        return self._redirect_after_save(request, obj)

    def response_change(self, request: HttpRequest, obj: Publication) -> HttpResponse:
        if merge_message := getattr(obj, "merge_message", ""):
            messages.success(request, merge_message)
        return self._redirect_after_save(request, obj)

    def _redirect_after_save(self, request: HttpRequest, obj: Publication) -> HttpResponse:
        """Redirect to the page of the button that was pressed."""
        if "_publish" in request.POST:
            return HttpResponseRedirect(reverse("desk:publish", args=[obj.pk]))
        if "_ready" in request.POST:
            submissions.submit_for_checking(obj, by=request.user)
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


def _warn_of_address_conflict(request: HttpRequest, publication: Publication) -> None:
    """Warn that another publication has the address; the draft may keep it until it is published."""
    try:
        actions.available_slug(publication)
    except actions.NotReady as refusal:
        messages.warning(request, refusal.reasons[0])


def _warn_of_late_items(request: HttpRequest, publication: Publication) -> None:
    """Warn that a scheduled issue of the newsletter has texts that are public after it has been mailed."""
    if scheduled := publication.editions.scheduled().first():
        for text in late_issue_item_errors(publication, scheduled.visible_from):
            messages.warning(request, text)


def form_with_options(form: type[PublicationForm], **options) -> type[PublicationForm]:
    """Return a subclass of the form with options of this request."""

    def __init__(self, *args, **kwargs) -> None:
        form.__init__(self, *args, **options, **kwargs)

    return type(form.__name__, (form,), {"__init__": __init__})
