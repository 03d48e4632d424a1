"""Forms of any page that are filled from an autosave, which the parameter `held` of their URL names.

The form of a draft has its own way to restore (see `drafts.autosave`).
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from publications.models import Autosave, parse_pk

from .form_data import NEW_FORM_PARAM, RedisplayMixin, fill_request
from .form_urls import (
    AUTOSAVE_PARAM,
    DRAFT_FORM_URL_NAMES,
    publication_of,
    remove_param,
    resolve_url,
    restore_url,
    split_url,
)

MAX_OFFERED_AUTOSAVES = 5  # as messages; the first page of the desk lists all
RESTORED_AT_SIGN_IN = timedelta(minutes=10)  # older autosaves are only offered
View = Callable[..., HttpResponse]


def find_restore_url(request: HttpRequest, url: str) -> str:
    """Return the URL of a form filled with what its user submitted just before the sign-in, or "".

    Older autosaves of the same form are offered as messages: they are restored only on request.
    """
    url = remove_param(url, AUTOSAVE_PARAM)
    autosaves = Autosave.objects.filter(owner=request.user)
    newest = autosaves.filter(path=url).first()
    is_recent = newest and not newest.saved_at and newest.typed_at > timezone.now() - RESTORED_AT_SIGN_IN
    path = split_url(url).path
    candidates = autosaves.unsaved().filter(Q(path=path) | Q(path__startswith=f"{path}?"))
    candidates = candidates.exclude(pk=newest.pk) if is_recent else candidates
    same_form = [
        autosave
        for autosave in candidates
        if remove_param(autosave.path, NEW_FORM_PARAM) == remove_param(url, NEW_FORM_PARAM)
    ]
    for autosave in same_form[:MAX_OFFERED_AUTOSAVES]:
        _offer_restore(request, autosave)
    return restore_url(newest, newest.path) if is_recent else ""


def _offer_restore(request: HttpRequest, autosave: Autosave) -> None:
    at = date_format(timezone.localtime(autosave.typed_at), "DATETIME_FORMAT")
    text = _("You typed something here that was not saved, last %(at)s.") % {"at": at}
    link = format_html('<a href="{}">{}</a>', restore_url(autosave, autosave.path), _("Restore"))
    messages.info(request, format_html("{} {} {}", text, autosave.title, link))


def restores_autosave(view: View) -> View:
    """Decorate a view to fill its form from the autosave that its URL names; saving the form empties the autosave."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        autosave = _get_autosave(request) if AUTOSAVE_PARAM in request.GET else None
        if not autosave:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            response = view(request, *args, **kwargs)
            if _is_saved(response, kwargs):
                fields = {"values": [], "saved_at": timezone.now()}
                Autosave.objects.unsaved().filter(pk=autosave.pk).update(**fields)
            return response
        fill_request(request, autosave)
        text = _(
            "You had to show who you are first, so nothing has been saved yet. What you typed is in the form again."
        )
        messages.info(request, text)
        if is_model_form(view):  # Django binds forms on POST only; a redisplayed one is never valid
            request.method = "POST"
        return view(request, *args, **kwargs)

    return wrapper


def _is_saved(response: HttpResponse, url_kwargs: dict[str, object]) -> bool:
    """Return whether a form was saved. That of a row which has been deleted redirects to the first page instead."""
    is_redirect = 300 <= response.status_code < 400
    return is_redirect and not ("object_id" in url_kwargs and response["Location"] == reverse("desk:index"))


def is_model_form(view: View) -> bool:
    """Return whether a view is an add or change view whose forms can be redisplayed."""
    model_admin = getattr(view, "__self__", None)
    if not isinstance(model_admin, ModelAdmin) or view.__name__ not in ("add_view", "change_view"):
        return False
    forms = (model_admin.form, getattr(model_admin, "add_form", model_admin.form))
    return all(issubclass(form, RedisplayMixin) for form in forms)


def _get_autosave(request: HttpRequest) -> Autosave | None:
    pk = parse_pk(request.GET[AUTOSAVE_PARAM])
    autosave = Autosave.objects.unsaved().filter(owner=request.user, pk=pk).first()
    return autosave if autosave and _belongs_to_page(autosave, request) else None


def _belongs_to_page(autosave: Autosave, request: HttpRequest) -> bool:
    """Return whether an autosave is of the form of this page: saving another form would empty it."""
    if autosave.path:
        return split_url(autosave.path).path == request.path
    match = resolve_url(request.path)
    return match.url_name in DRAFT_FORM_URL_NAMES and autosave.publication == publication_of(match)
