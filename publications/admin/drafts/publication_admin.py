"""The form of a publication in the admin: its context, what saving stores, and the messages afterwards."""

from contextlib import suppress

from django.contrib import messages
from django.db import transaction
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import actions, images, preflight
from publications.models import (
    Edition,
    Kind,
    Publication,
    Revision,
    RevisionReason,
    parse_pk,
)

from .. import related_links, reviews, worklists
from ..form_data import REDISPLAY_FIELD, mark_redisplay
from ..publish.withdraw import undo_name
from ..site import redirect_from_deleted_draft
from ..status_text import short_name_of, status_text
from ..word_report import word_report_context
from . import autosave, suggestions
from .deleted_drafts import DraftDeletionMixin
from .form import PublicationForm
from .publication_list import PublicationListAdmin


class PublicationAdmin(DraftDeletionMixin, PublicationListAdmin):
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

    def get_history_url(self, request: HttpRequest, obj: Publication) -> str:
        return reverse("desk:history", args=[obj.pk])

    def get_object(self, request: HttpRequest, object_id: str, from_field=None) -> Publication | None:
        """Return the publication, locked while a form is saved, so that the second of two saves sees the first."""
        if request.method == "POST" and (pk := parse_pk(object_id)):
            with suppress(Publication.DoesNotExist):
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
            user=request.user,
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
        Revision.objects.create_from(publication, by=request.user, reason=RevisionReason.SAVED)
        self._report_merge(request, form)
        if "body" in form.changed_data:
            for text in preflight.find_dropped_markup(publication.body):
                messages.warning(request, text)
        _warn_of_address_conflict(request, publication)
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
        """Return the status of a publication for its form, and what the user may do with it."""
        live = Edition.objects.live().filter(publication=publication).first() if publication else None
        is_live_or_scheduled = bool(publication and (publication.live_from or publication.scheduled_from))
        may_publish = self.has_publish_permission(request)
        plan = actions.plan_undo(publication) if publication and may_publish else None
        can_delete = publication and self.has_delete_permission(request, publication)
        submission = worklists.open_submission(publication)
        return {
            "status": status_text(publication) if publication else _("Not saved yet"),
            "undo_name": undo_name(plan) if plan else "",
            "can_withdraw": is_live_or_scheduled and may_publish,
            "delete_url": reverse("desk:publications_publication_delete", args=[publication.pk])
            if can_delete
            else "",
            "save_hint": _save_hint(can_relate=can_relate(request, publication))
            if live or is_live_or_scheduled
            else "",
            "live": live,
            "submission": submission,
            "submitted_by": short_name_of(submission.submitted_by) if submission else "",
            "unresolved_comments": reviews.unresolved_comments(publication),
            "suggestions": SimpleLazyObject(lambda: suggestions.suggestions_for_form(request, publication)),
            "broken_links": SimpleLazyObject(
                lambda: preflight.find_broken_links(publication) if live else {}
            ),
            "ended_related": related_links.ended_related(publication) if publication else [],
            "word_report": word_report_context(request, publication),
            "may_publish": may_publish,
            "may_redact": request.user.has_perm("publications.redact_publication"),
            "accepted_image_types": ",".join(
                media_type for _extension, media_type in images.ACCEPTED_FORMATS.values()
            ),
            "max_upload_bytes": images.MAX_UPLOAD_BYTES,
            "too_large_message": images.too_large_message(),
        }

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


def _warn_of_address_conflict(request: HttpRequest, publication: Publication) -> None:
    """Warn that another publication has the address; the draft may keep it until it is published."""
    try:
        actions.available_slug(publication)
    except actions.NotReady as refusal:
        messages.warning(request, refusal.reasons[0])


def can_relate(request: HttpRequest, publication: Publication | None) -> bool:
    """Return whether a user may change the related links: every editor of a draft, otherwise by permission."""
    has_editions = bool(publication and publication.editions.not_cancelled().exists())
    return not has_editions or request.user.has_perm("publications.relate_publication")


def form_with_options(form: type[PublicationForm], **options) -> type[PublicationForm]:
    """Return a subclass of the form with options of this request."""

    def __init__(self, *args, **kwargs) -> None:
        form.__init__(self, *args, **options, **kwargs)

    return type(form.__name__, (form,), {"__init__": __init__})
