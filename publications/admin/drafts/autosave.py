"""Autosave: the values of an open form are stored for their owner, apart from the publication.

A script sends the raw values while somebody types. After a crash or a closed window the form offers to restore,
compare or discard them. Nobody else ever sees them.
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

from ..history.comparison import build_comparison, content_of_draft
from ..site import get_publication_or_404, render_desk_page, render_publication_page, require_permissions
from ..unsent_forms import (
    FORM_KEY,
    MAX_FORM_CHARACTERS,
    NEW_FORM_PARAM,
    count_characters,
    fill_request,
    get_form_key,
    get_pk,
    get_pks,
    list_values,
    new_key,
)
from .form import PublicationForm
from .preview import form_from_values, publication_from_form

EXCLUDED_FIELDS = ("csrfmiddlewaretoken", FORM_KEY, "piece", "page", "turn")
MAX_FIELDS = 500
MAX_PAGE_LENGTH = Autosave._meta.get_field("page").max_length
MAX_TURN_DIGITS = 9
UNNAMED_PAGE = "-"  # a row without a page is one that was sent while signed out


@require_permissions("change_publication", "add_publication")
@require_POST
@transaction.atomic
def autosave(request: HttpRequest) -> JsonResponse:
    """Store the values of an open form for the person who types into it."""
    values, key = list_values(request.POST, without=EXCLUDED_FIELDS), get_form_key(request.POST)
    if not key or len(values) > MAX_FIELDS or count_characters(values) > MAX_FORM_CHARACTERS:
        return JsonResponse({"refused": _("This is too much to be kept.")}, status=413)
    page = request.POST.get("page", "")[:MAX_PAGE_LENGTH] or UNNAMED_PAGE
    turn = parse_pk(request.POST.get("turn", "")[:MAX_TURN_DIGITS])
    now = timezone.now()
    # Locked until the values are stored, so that a concurrent redaction reaches them.
    locked = Publication.objects.select_for_update(no_key=True)
    publication = locked.filter(pk=get_pk(request.POST, "piece")).first()
    if publication and is_redacted_since(publication, values):
        return JsonResponse({"refused": REDACTED_SINCE}, status=409)
    store_autosave(
        request.user,
        key,
        {"values": values, "publication": publication, "typed_at": now, "page": page, "turn": turn},
    )
    if publication:
        _store_presence(request.user, publication, typed=True)
    return JsonResponse({"kept_at": date_format(timezone.localtime(now), "H:i:s")})


def store_autosave(person, key: str, fields: dict[str, object]) -> None:
    """Store the values of a form in the row of its key.

    A message that arrives late changes neither a form that was saved nor values that were sent after it.
    """
    Autosave.objects.delete_old(person)
    row, is_new = Autosave.objects.get_or_create(owner=person, key=key, defaults=fields)
    if not is_new:
        is_older = ~Q(page=fields["page"]) | Q(turn__lt=fields["turn"])
        Autosave.objects.unsaved().filter(is_older, pk=row.pk).update(**fields)
        row.values = fields["values"]
    Autosave.objects.delete_over_limit(row)


def clear_autosave(request: HttpRequest, publication: Publication) -> None:
    """Mark the form that was sent as saved in this publication, and drop its values."""
    _delete_equal_autosaves(request, publication)
    _renew_offered_key(request)
    fields = {"values": [], "saved_at": timezone.now(), "publication": publication}
    for key in _form_keys(request):
        Autosave.objects.update_or_create(owner=request.user, key=key, defaults=fields)


def _renew_offered_key(request: HttpRequest) -> None:
    """Give a key of its own to what was offered beside the form: nobody has saved or discarded it."""
    key = get_form_key(request.GET, NEW_FORM_PARAM)
    if key and key != get_form_key(request.POST):
        Autosave.objects.unsaved().filter(owner=request.user, key=key).update(key=new_key())


def _unused_key(request: HttpRequest) -> str:
    """Return the key in the address of a new form, or a new one if values are stored under it: those are offered."""
    key = get_form_key(request.GET, NEW_FORM_PARAM)
    is_used = not key or Autosave.objects.filter(owner=request.user, key=key).exists()
    return new_key() if is_used else key


def _delete_equal_autosaves(request: HttpRequest, publication: Publication) -> None:
    """Delete equal values from other windows of this person: they are stored now."""
    rows = Autosave.objects.unsaved().filter(
        Q(publication=publication) | Q(publication=None), owner=request.user, path=""
    )
    values = _normalize_values(list_values(request.POST, without=EXCLUDED_FIELDS))
    rows.filter(pk__in=[row.pk for row in rows if _normalize_values(row.values) == values]).delete()


def _normalize_values(values: list[list[str]]) -> list[tuple[str, str]]:
    """Return what was typed, without hidden state, empty fields and differences of line ends."""
    pairs = [
        (name, value.replace("\r\n", "\n").strip())
        for name, value in values
        if name not in ("version", "seen")
    ]
    return sorted((name, value) for name, value in pairs if value)


def distinct_autosaves(rows: Iterable[Autosave]) -> list[Autosave]:
    """Return the rows with different values, the newest of each: every form that was opened and failed has one."""
    newest: dict[tuple, Autosave] = {}
    for row in rows:
        newest.setdefault((row.publication_id, row.path, *_normalize_values(row.values)), row)
    return list(newest.values())


def _form_keys(request: HttpRequest) -> list[str]:
    """Return the keys of the form that was opened: its own, and that in the address of a new one."""
    keys = (get_form_key(request.POST), get_form_key(request.GET, NEW_FORM_PARAM))
    return list(dict.fromkeys(key for key in keys if key))


def find_saved_publication(request: HttpRequest) -> Publication | None:
    """Return the publication that the form of a new one was saved in already, or None.

    Browsers show the form again after Back. The saves of one person are serialized by a lock on their account, so that
    a form that is sent twice at once creates one publication. Foreign keys to the account are not blocked.
    """
    keys = _form_keys(request)
    if not keys:
        return None
    if request.method == "POST":
        get_user_model().objects.select_for_update(no_key=True).get(pk=request.user.pk)
    saved = Autosave.objects.filter(owner=request.user, key__in=keys, publication__isnull=False)
    row = saved.exclude(saved_at=None).select_related("publication").first()
    return row.publication if row else None


def continue_saving(request: HttpRequest, publication: Publication) -> None:
    """Give the form of a new publication the version of its own last save, as if it had been opened after it."""
    saved = Autosave.objects.filter(owner=request.user, key__in=_form_keys(request)).exclude(saved_at=None)
    revisions = publication.revisions.filter(
        saved_by=request.user, saved_at__lte=saved.latest("saved_at").saved_at
    )
    version = revisions.values_list("number", flat=True).first()
    request.POST = request.POST.copy()
    request.POST["version"] = str(version or "")


def fill_from_autosave(request: HttpRequest, publication: Publication | None) -> None:
    """Fill the request with the autosave that it restores, if any: shown as if sent, with nothing stored."""
    pk = get_pk(request.POST, "_restore")
    if pk and (row := Autosave.objects.unsaved_by(request.user, publication).filter(pk=pk).first()):
        fill_request(request, row)


def autosave_context(request: HttpRequest, publication: Publication | None) -> dict[str, object]:
    """Return what the form offers of earlier values, the key under which its own are stored, and other editors."""
    key = request.POST.get(FORM_KEY) or _unused_key(request)
    rows = Autosave.objects.unsaved_by(request.user, publication).exclude(key=key)
    return {
        "form_key": key,
        "autosaves": distinct_autosaves(rows),
        "other_editors": other_editors(publication, request.user) if publication else [],
    }


@require_permissions("change_publication")
@require_POST
def report_presence(request: HttpRequest, pk: int) -> JsonResponse:
    """Note that the person has a publication open, and return who else has."""
    publication = get_publication_or_404(pk)
    _store_presence(request.user, publication)
    return JsonResponse({"others": other_editors(publication, request.user)})


def _store_presence(person, publication: Publication, *, typed: bool = False) -> None:
    now = timezone.now()
    fields = {"seen_at": now, **({"typed_at": now} if typed else {})}
    Presence.objects.update_or_create(person=person, publication=publication, defaults=fields)


def other_editors(publication: Publication, person) -> list[str]:
    """Return who else has a publication open, a sentence each: "Ann has this open, last typed 14:02"."""
    presences = Presence.objects.recent().filter(publication=publication).exclude(person=person)
    return [_describe_presence(presence) for presence in presences]


def _describe_presence(presence: Presence) -> str:
    name = presence.person.get_short_name() or presence.person.get_username()
    if not presence.typed_at:
        return _("%(name)s has this open") % {"name": name}
    at = date_format(timezone.localtime(presence.typed_at), "H:i")
    return _("%(name)s has this open, last typed %(at)s") % {"name": name, "at": at}


@require_permissions("change_publication")
def autosave_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare what was typed and not saved with what is stored; only its owner sees it."""
    row = own_autosave_or_404(request, pk)
    publication = get_publication_or_404(row.publication_id) if row.publication_id else None
    form = form_from_values(row.values, publication)
    context = {
        "typed": row,
        "title": _("Typed and not saved"),
        "raw": _raw_fields(form, row, is_new=not publication),
    }
    if not publication:
        return render_desk_page(request, "autosave_detail", **context)
    difference = build_comparison(
        content_of_draft(publication), content_of_draft(publication_from_form(form))
    )
    return render_publication_page(request, "autosave_publication", publication, **context, **difference)


def _raw_fields(form: PublicationForm, row: Autosave, *, is_new: bool) -> list[dict[str, str]]:
    """Return fields as typed: those with an error, which no page can show, or the text of a new publication."""
    names = ["summary", "body"] if is_new else [name for name in form.errors if name in form.fields]
    values = dict(row.values)
    return [{"label": form.fields[name].label, "text": values[name]} for name in names if values.get(name)]


@require_POST
def autosave_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete what was typed and not saved: of one form, or of `all` that were named with it on the same page.

    Equal values from other windows are deleted too: they would only be offered in its place.
    """
    row = own_autosave_or_404(request, pk)
    publication = row.publication_id
    rows = Autosave.objects.unsaved().filter(owner=request.user, publication=publication, path=row.path)
    values = _normalize_values(row.values)
    equal = [other.pk for other in rows if _normalize_values(other.values) == values]
    rows.filter(pk__in=[*equal, *get_pks(request.POST, "all")[:MAX_FIELDS]]).delete()
    messages.success(request, _("Discarded. What is stored is as it was."))
    if not publication or row.path or "home" in request.POST:
        return HttpResponseRedirect(reverse("desk:index"))
    return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[publication]))


def own_autosave_or_404(request: HttpRequest, pk: int) -> Autosave:
    return get_object_or_404(
        Autosave.objects.unsaved().select_related("publication"), pk=pk, owner=request.user
    )
