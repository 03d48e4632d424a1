"""Autosave: the values of an open form are stored for the user who types them, apart from the publication.

A script posts the raw values while a user types. After a crash or a closed window the form offers to restore, compare
or discard them. No other user ever sees them. The script also reports which users have a publication open.
"""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from publications.models import REDACTED_SINCE, Autosave, Presence, Publication, is_redacted_since, parse_pk

from ..form_data import (
    FORM_KEY_FIELD,
    MAX_FORM_CHARACTERS,
    NEW_FORM_PARAM,
    count_characters,
    fill_request,
    get_form_key,
    get_pk,
    get_pks,
    list_values,
    new_form_key,
)
from ..history.comparison import build_comparison, build_draft_snapshot
from ..newsletter import find_kind_of_issue
from ..site import get_publication_or_404, render_desk_page, render_publication_page, require_permissions
from .form import PublicationForm
from .preview import form_from_values, publication_from_form

EXCLUDED_FIELDS = ("csrfmiddlewaretoken", FORM_KEY_FIELD, "piece", "page", "turn")
MAX_FIELDS = 500
MAX_PAGE_LENGTH = Autosave._meta.get_field("page").max_length
MAX_TURN_DIGITS = 9
UNNAMED_PAGE = "-"  # an autosave without a page was submitted while signed out


@require_permissions("change_publication", "add_publication")
@require_POST
@transaction.atomic
def autosave_form(request: HttpRequest) -> JsonResponse:
    """Store the values of an open form for the user of the request."""
    values, key = list_values(request.POST, exclude=EXCLUDED_FIELDS), get_form_key(request.POST)
    if not key or len(values) > MAX_FIELDS or count_characters(values) > MAX_FORM_CHARACTERS:
        return JsonResponse({"error": _("This is too much to be kept.")}, status=413)
    page = request.POST.get("page", "")[:MAX_PAGE_LENGTH] or UNNAMED_PAGE
    turn = parse_pk(request.POST.get("turn", "")[:MAX_TURN_DIGITS])
    now = timezone.now()
    # Locked until the values are stored, so that a concurrent redaction finds them.
    locked = Publication.objects.select_for_update(no_key=True)
    publication = locked.filter(pk=get_pk(request.POST, "piece")).first()
    if publication and is_redacted_since(publication, values):
        return JsonResponse({"error": REDACTED_SINCE}, status=409)
    store_autosave(
        request.user,
        key,
        {"values": values, "publication": publication, "typed_at": now, "page": page, "turn": turn},
    )
    if publication:
        _store_presence(request.user, publication, is_typing=True)
    return JsonResponse({"stored_at": date_format(timezone.localtime(now), "H:i:s")})


def store_autosave(user, key: str, fields: dict[str, object]) -> None:
    """Store the values of a form under its key.

    A request that arrives late changes neither a form that was saved nor values that were sent after it.
    """
    Autosave.objects.delete_old(user)
    autosave, is_created = Autosave.objects.get_or_create(owner=user, key=key, defaults=fields)
    if not is_created:
        is_older = ~Q(page=fields["page"]) | Q(turn__lt=fields["turn"])
        Autosave.objects.unsaved().filter(is_older, pk=autosave.pk).update(**fields)
        autosave.values = fields["values"]
    Autosave.objects.delete_over_limit(autosave)


def store_values_of_deleted(request: HttpRequest, *, path: str = "") -> None:
    """Store the values of the form of a deleted row as an autosave of a new one, unless they are too long.

    Args:
        path: the URL of the add form; empty for that of a publication.
    """
    values = list_values(request.POST, exclude=(*EXCLUDED_FIELDS, "seen", "sure"))
    if count_characters(values) <= MAX_FORM_CHARACTERS:
        key = get_form_key(request.POST) or new_form_key()
        Autosave.objects.save_form(request.user, key, {"values": values, "publication": None, "path": path})
        messages.info(request, _("What you typed is kept below. You can restore it in a new form."))


def mark_autosave_saved(request: HttpRequest, publication: Publication) -> None:
    """Mark the autosave of the submitted form as saved in this publication, and empty it."""
    _delete_equal_autosaves(request, publication)
    _renew_restorable_key(request)
    fields = {"values": [], "saved_at": timezone.now(), "publication": publication}
    for key in _get_form_keys(request):
        Autosave.objects.update_or_create(owner=request.user, key=key, defaults=fields)


def _renew_restorable_key(request: HttpRequest) -> None:
    """Give a new key to an autosave that the form offered to restore: it is neither saved nor discarded."""
    key = get_form_key(request.GET, NEW_FORM_PARAM)
    if key and key != get_form_key(request.POST):
        Autosave.objects.unsaved().filter(owner=request.user, key=key).update(key=new_form_key())


def _choose_form_key(request: HttpRequest) -> str:
    """Return the form key in the URL of an add form, or a new one if it has an autosave: that is offered."""
    key = get_form_key(request.GET, NEW_FORM_PARAM)
    is_used = not key or Autosave.objects.filter(owner=request.user, key=key).exists()
    return new_form_key() if is_used else key


def _delete_equal_autosaves(request: HttpRequest, publication: Publication) -> None:
    """Delete autosaves of other windows of this user with equal values: those are saved now."""
    autosaves = Autosave.objects.unsaved().filter(
        Q(publication=publication) | Q(publication=None), owner=request.user, path=""
    )
    values = _normalize_values(list_values(request.POST, exclude=EXCLUDED_FIELDS))
    equal = [autosave.pk for autosave in autosaves if _normalize_values(autosave.values) == values]
    autosaves.filter(pk__in=equal).delete()


def _normalize_values(values: list[list[str]]) -> list[tuple[str, str]]:
    """Return the typed values, without hidden fields, empty ones and differences of line endings."""
    pairs = [
        (name, value.replace("\r\n", "\n").strip())
        for name, value in values
        if name not in ("version", "seen")
    ]
    return sorted((name, value) for name, value in pairs if value)


def distinct_autosaves(autosaves: Iterable[Autosave]) -> list[Autosave]:
    """Return the newest autosave of each form and values: several windows may have stored the same."""
    newest: dict[tuple, Autosave] = {}
    for autosave in autosaves:
        newest.setdefault(
            (autosave.publication_id, autosave.path, *_normalize_values(autosave.values)), autosave
        )
    return list(newest.values())


def _get_form_keys(request: HttpRequest) -> list[str]:
    """Return the keys of the form: its own, and the one in the URL of an add form."""
    keys = (get_form_key(request.POST), get_form_key(request.GET, NEW_FORM_PARAM))
    return list(dict.fromkeys(key for key in keys if key))


def find_saved_publication(request: HttpRequest) -> Publication | None:
    """Return the publication that this add form has created already, or None.

    Browsers show the form again after Back. The saves of one user are serialized by a lock on the user, so that a form
    that is submitted twice at once creates one publication. Foreign keys to the user are not blocked.
    """
    keys = _get_form_keys(request)
    if not keys:
        return None
    if request.method == "POST":
        get_user_model().objects.select_for_update(no_key=True).get(pk=request.user.pk)
    saved = Autosave.objects.filter(owner=request.user, key__in=keys, publication__isnull=False)
    autosave = saved.exclude(saved_at=None).select_related("publication").first()
    return autosave.publication if autosave else None


def set_last_saved_version(request: HttpRequest, publication: Publication) -> None:
    """Set the version of an add form to that of its own last save, as if it had been opened after it."""
    saved = Autosave.objects.filter(owner=request.user, key__in=_get_form_keys(request)).exclude(
        saved_at=None
    )
    revisions = publication.revisions.filter(
        saved_by=request.user, saved_at__lte=saved.latest("saved_at").saved_at
    )
    version = revisions.values_list("number", flat=True).first()
    request.POST = request.POST.copy()
    request.POST["version"] = str(version or "")


def fill_from_autosave(request: HttpRequest, publication: Publication | None) -> None:
    """Fill the request with the autosave that it restores, if any: the form is redisplayed with its values."""
    pk = get_pk(request.POST, "_restore")
    if pk and (autosave := Autosave.objects.unsaved_by(request.user, publication).filter(pk=pk).first()):
        fill_request(request, autosave)
        messages.info(request, _("What you typed is in the form again. It is not in the draft yet: save it."))


def autosave_context(request: HttpRequest, publication: Publication | None) -> dict[str, object]:
    """Return the form key, the autosaves that the form offers to restore, and other editors of the publication.

    The form of a new issue offers issues alone: restoring another text would change the kind of what is written.
    """
    key = request.POST.get(FORM_KEY_FIELD) or _choose_form_key(request)
    autosaves = Autosave.objects.unsaved_by(request.user, publication).exclude(key=key)
    if kind := None if publication else find_kind_of_issue(request.GET):
        autosaves = [each for each in autosaves if ["kind", str(kind.pk)] in each.values]
    return {
        "form_key": key,
        "autosaves": distinct_autosaves(autosaves),
        "other_editors": describe_other_editors(publication, request.user) if publication else [],
    }


@require_permissions("change_publication")
@require_POST
def report_presence(request: HttpRequest, pk: int) -> JsonResponse:
    """Store that the user has a publication open, and return who else has."""
    publication = get_publication_or_404(pk)
    _store_presence(request.user, publication)
    return JsonResponse({"others": describe_other_editors(publication, request.user)})


def _store_presence(user, publication: Publication, *, is_typing: bool = False) -> None:
    now = timezone.now()
    fields = {"seen_at": now, **({"typed_at": now} if is_typing else {})}
    Presence.objects.update_or_create(person=user, publication=publication, defaults=fields)


def describe_other_editors(publication: Publication, user) -> list[str]:
    """Return which other users have a publication open, a text each: "Ann has this open, last typed 14:02"."""
    presences = Presence.objects.recent().filter(publication=publication).exclude(person=user)
    return [describe_presence(presence) for presence in presences]


def describe_presence(presence: Presence) -> str:
    """Return who has a publication open, and when they last typed there."""
    name = presence.person.get_short_name() or presence.person.get_username()
    if not presence.typed_at:
        return _("%(name)s has this open") % {"name": name}
    at = date_format(timezone.localtime(presence.typed_at), "H:i")
    return _("%(name)s has this open, last typed %(at)s") % {"name": name, "at": at}


@require_permissions("change_publication")
def autosave_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare an autosave with the stored draft; only its owner sees it."""
    autosave = get_own_autosave_or_404(request, pk)
    publication = get_publication_or_404(autosave.draft_pk) if autosave.draft_pk else None
    form = form_from_values(autosave.values, publication)
    context = {
        "autosave": autosave,
        "title": _("Typed and not saved"),
        "raw_fields": _list_raw_fields(form, autosave, is_new=not publication),
    }
    if not publication:
        return render_desk_page(request, "autosave_detail", **context)
    difference = build_comparison(
        build_draft_snapshot(publication), build_draft_snapshot(publication_from_form(form))
    )
    return render_publication_page(request, "autosave_publication", publication, **context, **difference)


def _list_raw_fields(form: PublicationForm, autosave: Autosave, *, is_new: bool) -> list[dict[str, str]]:
    """Return fields as typed: those with an error, which no comparison shows, or the text of a new publication."""
    names = ["summary", "body"] if is_new else [name for name in form.errors if name in form.fields]
    values = dict(autosave.values)
    return [{"label": form.fields[name].label, "text": values[name]} for name in names if values.get(name)]


@require_POST
def autosave_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an autosave, and those posted as `all`, which the page listed with it.

    Autosaves of other windows with equal values are deleted too: they would only be offered in its place.
    """
    autosave = get_own_autosave_or_404(request, pk)
    is_of_form = autosave.draft_pk and not autosave.path and "home" not in request.POST
    back_url = reverse("desk:index")
    if is_of_form:
        back_url = reverse("desk:publications_publication_change", args=[autosave.draft_pk])
    if "sure" not in request.POST:
        return render_desk_page(
            request,
            "autosave_discard",
            title=_("Discard what was typed"),
            autosave=autosave,
            others=get_pks(request.POST, "all")[:MAX_FIELDS],
            is_home="home" in request.POST,
            back_url=back_url,
        )
    autosaves = Autosave.objects.unsaved().filter(
        owner=request.user, publication=autosave.publication_id, path=autosave.path
    )
    values = _normalize_values(autosave.values)
    equal = [other.pk for other in autosaves if _normalize_values(other.values) == values]
    autosaves.filter(pk__in=[*equal, *get_pks(request.POST, "all")[:MAX_FIELDS]]).delete()
    messages.success(request, _("Discarded."))
    return HttpResponseRedirect(back_url)


def get_own_autosave_or_404(request: HttpRequest, pk: int) -> Autosave:
    return get_object_or_404(
        Autosave.objects.unsaved().select_related("publication"), pk=pk, owner=request.user
    )
