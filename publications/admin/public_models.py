"""The admin of models that are public at once when they are saved, such as authors and tags."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from publications import actions
from publications.locales import LANGUAGE_NAMES

from .drafts import autosave
from .form_data import mark_redisplay
from .form_urls import next_url_of
from .merges import SIMILAR_NAMES_PERMISSIONS
from .model_admin import DeskModelAdmin
from .public_model_form import PublicModelForm


class PublicModelAdmin(DeskModelAdmin):
    """The admin of a model that is public at once: every save and deletion is an action (`actions.save_instance`)."""

    form = PublicModelForm
    change_form_template = "desk/public_model_form.html"
    actions = None
    list_per_page = 100

    def get_object(self, request: HttpRequest, object_id: str, from_field=None) -> Model | None:
        """Return the object. While a form is saved no action changes it: the second of two saves sees the first."""
        if request.method == "POST" and transaction.get_connection().in_atomic_block:
            actions.lock_site_version()
        return super().get_object(request, object_id, from_field)

    def get_public_urls(self, obj: Model) -> dict[str, str]:
        """Return the public URLs of the object by locale; none where readers cannot see it."""
        return {}

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        actions.save_instance(obj, by=request.user, changed=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        actions.delete_instance(obj, by=request.user)

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Render the form with links to the public pages of the object."""
        obj = kwargs.get("obj")
        stored = self.get_object(request, str(obj.pk)) if obj else None  # `obj` has the submitted values
        urls = self.get_public_urls(stored) if stored else {}
        links = [{"code": code, "label": LANGUAGE_NAMES[code], "url": url} for code, url in urls.items()]
        context = {
            **context,
            "public_links": links,
            "next_url": next_url_of(request),
            "merge_url": reverse(f"desk:{self.opts.model_name}-merge", args=[stored.pk])
            if stored and self._may_merge(request)
            else "",
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def _may_merge(self, request: HttpRequest) -> bool:
        """Whether two of them that are one are merged, and this user may: whoever may change and delete them."""
        return (
            self.model in actions.MERGEABLE_ROWS
            and self.has_change_permission(request)
            and self.has_delete_permission(request)
        )

    def _may_see_similar_names(self, request: HttpRequest) -> bool:
        names = (f"publications.{name}" for name in SIMILAR_NAMES_PERMISSIONS)
        return self.model in actions.MERGEABLE_ROWS and request.user.has_perms(names)

    def response_post_save_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        """Redirect to the page of the desk that led here, else to the list."""
        if url := next_url_of(request):
            return HttpResponseRedirect(url)
        return super().response_post_save_change(request, obj)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        """Render the form; if the action is refused, redisplay it with the reasons as messages.

        What was typed for an object that has been deleted is stored for the add form.
        """
        if request.method == "POST" and object_id and self._is_deleted(request, object_id):
            autosave.store_values_of_deleted(request, path=self._add_url)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (actions.ActionRefused, ValidationError) as refusal:
            return self.redisplay_form(request, refusal_reasons(refusal), object_id, form_url, extra_context)

    def _is_deleted(self, request: HttpRequest, object_id: str) -> bool:
        """Return whether there is no such object, and the user may add another.

        The object itself is not read: forms are compared with what is stored once no other action runs.
        """
        try:
            key = self.opts.pk.to_python(unquote(object_id))
        except ValidationError:
            key = None
        return self.has_add_permission(request) and not self.get_queryset(request).filter(pk=key).exists()

    @property
    def _add_url(self) -> str:
        return reverse(f"desk:{self.opts.app_label}_{self.opts.model_name}_add")

    def redisplay_form(self, request: HttpRequest, reasons: list[str], *view_args) -> HttpResponse:
        """Redisplay the form with its unsaved values and these errors."""
        for reason in reasons:
            messages.error(request, reason)
        request.POST = mark_redisplay(request.POST)
        return super().changeform_view(request, *view_args)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        extra_context = {**(extra_context or {}), "may_merge": self._may_see_similar_names(request)}
        try:
            return super().changelist_view(request, extra_context)
        except (actions.ActionRefused, ValidationError) as refusal:
            messages.error(request, refusal_reasons(refusal)[0])
            return HttpResponseRedirect(request.get_full_path())

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """Render Django's confirmation; an object in use is refused at once, with the objects that use it."""
        obj = self.get_object(request, unquote(object_id))
        try:
            if obj and self.has_delete_permission(request, obj):
                actions.check_deletable(obj)
            return super().delete_view(request, object_id, extra_context)
        except actions.ActionRefused as refusal:
            messages.error(request, refusal.reasons[0])
            url_name = f"desk:publications_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(url_name, args=[unquote(object_id)]))


def refusal_reasons(refusal: actions.ActionRefused | ValidationError) -> list[str]:
    """Return the messages of either exception."""
    return refusal.reasons if isinstance(refusal, actions.ActionRefused) else refusal.messages
