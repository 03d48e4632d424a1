"""Nothing typed is lost: what stands in an open form is kept for its owner, apart from the record.

A script sends the raw values while somebody types. After a crash or a closed window the form offers them again: to
restore, to compare with what is stored, to discard. Nobody else ever sees them.
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
    OPENED,
    count_characters,
    fill_in,
    key_in,
    new_key,
    pk_in,
    pks_in,
    values_of,
)
from .form import PublicationForm
from .preview import form_with_values, unsaved_from_form

NOT_KEPT = ("csrfmiddlewaretoken", FORM_KEY, "piece", "page", "turn")
MAX_VALUES = 500
MAX_PAGE_LENGTH = Autosave._meta.get_field("page").max_length
MAX_TURN_DIGITS = 9
UNNAMED_PAGE = "-"  # a row without a page is one that was sent while signed out


@require_permissions("change_publication", "add_publication")
@require_POST
@transaction.atomic
def autosave(request: HttpRequest) -> JsonResponse:
    """Keep what stands in a form, for whoever is typing into it."""
    values, key = values_of(request.POST, without=NOT_KEPT), key_in(request.POST)
    if not key or len(values) > MAX_VALUES or count_characters(values) > MAX_FORM_CHARACTERS:
        return JsonResponse({"refused": _("This is too much to be kept.")}, status=413)
    page = request.POST.get("page", "")[:MAX_PAGE_LENGTH] or UNNAMED_PAGE
    turn = parse_pk(request.POST.get("turn", "")[:MAX_TURN_DIGITS])
    now = timezone.now()
    # Held until it is kept, so that a redaction meanwhile reaches it.
    held = Publication.objects.select_for_update(no_key=True)
    publication = held.filter(pk=pk_in(request.POST, "piece")).first()
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


def store_autosave(person, key: str, told: dict[str, object]) -> None:
    """One row a form. A message that comes late brings back neither what was saved nor what has been typed over."""
    Autosave.objects.delete_old(person)
    typed, is_new = Autosave.objects.get_or_create(owner=person, key=key, defaults=told)
    if not is_new:
        earlier = ~Q(page=told["page"]) | Q(turn__lt=told["turn"])
        Autosave.objects.unsaved().filter(earlier, pk=typed.pk).update(**told)
        typed.values = told["values"]
    Autosave.objects.delete_over_limit(typed)


def clear_autosave(request: HttpRequest, publication: Publication) -> None:
    """The form that was sent is stored in this publication: what was kept of it is needed no more."""
    _delete_same_words(request, publication)
    _rename_offered(request)
    done = {"values": [], "saved_at": timezone.now(), "publication": publication}
    for key in _keys_of(request):
        Autosave.objects.update_or_create(owner=request.user, key=key, defaults=done)


def _rename_offered(request: HttpRequest) -> None:
    """Give what was offered beside the form that is saved a key of its own: nobody has saved or discarded it."""
    key = key_in(request.GET, OPENED)
    if key and key != key_in(request.POST):
        Autosave.objects.unsaved().filter(owner=request.user, key=key).update(key=new_key())


def _unused_key(request: HttpRequest) -> str:
    """The key in the address of a new form, or another one where something was kept under it: that is offered."""
    key = key_in(request.GET, OPENED)
    is_used = not key or Autosave.objects.filter(owner=request.user, key=key).exists()
    return new_key() if is_used else key


def _delete_same_words(request: HttpRequest, publication: Publication) -> None:
    """Let go of the same words in other windows of this person: they are stored now."""
    own = Autosave.objects.unsaved().filter(
        Q(publication=publication) | Q(publication=None), owner=request.user, path=""
    )
    words = _words_of(values_of(request.POST, without=NOT_KEPT))
    own.filter(pk__in=[typed.pk for typed in own if _words_of(typed.values) == words]).delete()


def _words_of(values: list[list[str]]) -> list[tuple[str, str]]:
    """What was typed, without what a form tells itself and however lines end there."""
    told = [
        (name, value.replace("\r\n", "\n").strip())
        for name, value in values
        if name not in ("version", "seen")
    ]
    return sorted((name, value) for name, value in told if value)


def each_once(rows: Iterable[Autosave]) -> list[Autosave]:
    """The rows with different words, the newest of each: every form that was opened and failed has one."""
    newest: dict[tuple, Autosave] = {}
    for typed in rows:
        newest.setdefault((typed.publication_id, typed.path, *_words_of(typed.values)), typed)
    return list(newest.values())


def _keys_of(request: HttpRequest) -> list[str]:
    """The keys of the form that was opened: of the form itself, and of the address of a new one."""
    keys = (key_in(request.POST), key_in(request.GET, OPENED))
    return list(dict.fromkeys(key for key in keys if key))


def saved_as(request: HttpRequest) -> Publication | None:
    """The publication that the form of a new one has become already, or None.

    Browsers show the form again after Back. The saves of one person wait for each other here, so that a form that is
    sent twice at once makes one publication. The lock lets others refer to the person meanwhile, as an audit line does.
    """
    keys = _keys_of(request)
    if not keys:
        return None
    if request.method == "POST":
        get_user_model().objects.select_for_update(no_key=True).get(pk=request.user.pk)
    done = Autosave.objects.filter(owner=request.user, key__in=keys, publication__isnull=False)
    typed = done.exclude(saved_at=None).select_related("publication").first()
    return typed.publication if typed else None


def continue_saving(request: HttpRequest, publication: Publication) -> None:
    """Let the form of a new publication be as if it had been opened after its own last save."""
    done = Autosave.objects.filter(owner=request.user, key__in=_keys_of(request)).exclude(saved_at=None)
    own = publication.revisions.filter(saved_by=request.user, saved_at__lte=done.latest("saved_at").saved_at)
    version = own.values_list("number", flat=True).first()
    request.POST = request.POST.copy()
    request.POST["version"] = str(version or "")


def fill_from_autosave(request: HttpRequest, publication: Publication | None) -> None:
    """Where that was asked for, let the request be as if what was typed had been sent, only to be shown."""
    number = pk_in(request.POST, "_restore")
    if number and (typed := Autosave.objects.unsaved_by(request.user, publication).filter(pk=number).first()):
        fill_in(request, typed)


def autosave_context(request: HttpRequest, publication: Publication | None) -> dict[str, object]:
    """What the form says of what was typed earlier, and the name under which it is kept itself."""
    key = request.POST.get(FORM_KEY) or _unused_key(request)
    return {
        "form_key": key,
        "autosaves": each_once(Autosave.objects.unsaved_by(request.user, publication).exclude(key=key)),
        "other_editors": other_editors(publication, request.user) if publication else [],
    }


@require_permissions("change_publication")
@require_POST
def report_presence(request: HttpRequest, pk: int) -> JsonResponse:
    """Say that one has a publication open, and hear who else has."""
    publication = get_publication_or_404(pk)
    _store_presence(request.user, publication)
    return JsonResponse({"others": other_editors(publication, request.user)})


def _store_presence(person, publication: Publication, *, typed: bool = False) -> None:
    now = timezone.now()
    told = {"seen_at": now, **({"typed_at": now} if typed else {})}
    Presence.objects.update_or_create(person=person, publication=publication, defaults=told)


def other_editors(publication: Publication, person) -> list[str]:
    """Who else has it open, in words: "Ann has this open, last typed 14:02"."""
    return [
        _presence_text(each)
        for each in Presence.objects.recent().filter(publication=publication).exclude(person=person)
    ]


def _presence_text(presence: Presence) -> str:
    name = presence.person.get_short_name() or presence.person.get_username()
    if not presence.typed_at:
        return _("%(name)s has this open") % {"name": name}
    at = date_format(timezone.localtime(presence.typed_at), "H:i")
    return _("%(name)s has this open, last typed %(at)s") % {"name": name, "at": at}


@require_permissions("change_publication")
def autosave_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was typed and not saved, beside what is stored; its owner alone sees it."""
    typed = own_or_404(request, pk)
    publication = get_publication_or_404(typed.publication_id) if typed.publication_id else None
    form = form_with_values(typed.values, publication)
    context = {
        "typed": typed,
        "title": _("Typed and not saved"),
        "raw": _raw_fields(form, typed, whole=not publication),
    }
    if not publication:
        return render_desk_page(request, "autosave_detail", **context)
    difference = build_comparison(content_of_draft(publication), content_of_draft(unsaved_from_form(form)))
    return render_publication_page(request, "autosave_publication", publication, **context, **difference)


def _raw_fields(form: PublicationForm, typed: Autosave, *, whole: bool) -> list[dict[str, str]]:
    """Fields as they were typed: those that a page cannot show, or the text of a publication that was never saved."""
    wanted = ["summary", "body"] if whole else [name for name in form.errors if name in form.fields]
    sent = dict(typed.values)
    return [{"label": form.fields[name].label, "text": sent[name]} for name in wanted if sent.get(name)]


@require_POST
def autosave_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Let go of what was typed and not saved: of one form, or of `all` that were named with it at the same place.

    The same words of other windows go with it: they would only take its place.
    """
    typed = own_or_404(request, pk)
    publication = typed.publication_id
    own = Autosave.objects.unsaved().filter(owner=request.user, publication=publication, path=typed.path)
    words = _words_of(typed.values)
    same = [each.pk for each in own if _words_of(each.values) == words]
    own.filter(pk__in=[*same, *pks_in(request.POST, "all")[:MAX_VALUES]]).delete()
    messages.success(request, _("Discarded. What is stored is as it was."))
    if not publication or typed.path or "home" in request.POST:
        return HttpResponseRedirect(reverse("desk:index"))
    return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[publication]))


def own_or_404(request: HttpRequest, pk: int) -> Autosave:
    return get_object_or_404(
        Autosave.objects.unsaved().select_related("publication"), pk=pk, owner=request.user
    )
