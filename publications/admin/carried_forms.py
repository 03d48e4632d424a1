"""Carry a form through the sign-in that was sent while nobody was signed in.

Where the browser shows whose form it was, the values are kept at once as typed and not saved by that account
(`Typed`), so they are offered however it signs in next. The page for signing in also holds them, encrypted, in a hidden
field: the server keeps nothing for strangers. After the sign-in the form is shown again with them; nothing is stored
until it is sent. Whoever is not known to have typed them is asked first. Passwords are never carried, and files stay
where they are: on the disk of whoever chose them.
"""

import copy
import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import wraps
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.auth import get_user_model
from django.contrib.messages.storage import default_storage
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from publications.models import REDACTED_SINCE, Autosave, Publication, is_redacted_since, parse_pk

from .encryption import decrypt, encrypt
from .remembered_sign_ins import find_account
from .unsent_forms import (
    FORM_KEY,
    MAX_FORM_CHARACTERS,
    NEW_FORM_PARAM,
    UnsentFormMixin,
    count_characters,
    fill_request,
    get_form_key,
    list_values,
    new_key,
)

FIELD = "carried"  # of the page for signing in
HELD_PARAM = "held"  # of the address of a form that is shown again
SALT = "publications.desk.carried_forms"  # of pages in open browsers: stored data, not the name of a module
NOT_CARRIED = ("csrfmiddlewaretoken", FORM_KEY, FIELD)
LIST_ROUTE_ENDINGS = ("index", "_changelist", "_delete")  # how pages are named where nothing is typed
BUTTON_PAGES = ("review-update", "word-report", "word-changes", "autosave-discard", "carried")
"""Pages that buttons alone are sent to."""
DRAFT_FORMS = ("publications_publication_add", "publications_publication_change")
SIGN_IN_PAGES = ("login", "logout", "admin_password_reset", "password_reset_confirm")
"""Pages for who is not signed in: what is typed there is no work, and may be a secret."""
MAX_HELD_FORMS = 20  # that a browser which is signed out may leave to one account
MAX_OFFERED_FORMS = 5  # by messages; the first page of the desk lists all
MAX_CARRIED_CHARACTERS = 1_000_000  # that a page for signing in carries, for anybody who sends a form
FILLED_AT_SIGN_IN = timedelta(minutes=10)  # what was sent longer ago may have been given up
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class CarriedForm:
    """What was sent: the address of its form, its values, the key it is kept under, and who had it open, if known."""

    path: str
    values: list[list[str]]
    files: list[str]
    key: str = ""
    person: int | None = None

    @property
    def encrypted(self) -> str:
        return encrypt([self.path, self.values, self.files, self.key, self.person], salt=SALT)

    @property
    def is_empty(self) -> bool:
        return not (self.values or self.files)

    @property
    def is_kept(self) -> bool:
        """Whether the values are kept for whoever had the form open, and not on the page alone."""
        try:
            typed = self._rows.unsaved().first()
        except DatabaseError:
            return False
        return bool(typed) and self.values in ([], typed.values)

    @property
    def is_saved(self) -> bool:
        """Whether the values were kept when they were sent, and were filled in and saved since."""
        return self._rows.exclude(saved_at=None).exists()

    @property
    def _rows(self) -> QuerySet[Autosave]:
        return Autosave.objects.filter(owner=self.person, key=self.key)


def read_carried(request: HttpRequest) -> CarriedForm | None:
    """Return the form that a page carries, or None where it carries none of ours."""
    match _decode(request.POST.get(FIELD, "")):
        case [str(path), list(values), list(files), str(key), int() | None as person]:
            return CarriedForm(path, values, files, key, person)
    return None


def _decode(text: str) -> object:
    """Return what a page carries, or None. A page that was open during the upgrade carries it signed, not encrypted."""
    for read in (decrypt, signing.loads):
        with suppress(signing.BadSignature, ValueError):
            return read(text, salt=SALT)
    return None


def build_carried_form(request: HttpRequest) -> CarriedForm:
    """Return what was sent, to be carried; a form that is carried already stays as it is."""
    if carried := read_carried(request):
        return carried
    path = _path_of_form(request)
    if _name_of(path) in SIGN_IN_PAGES:
        return CarriedForm(reverse("desk:index"), [], [])
    files = [file.name for files in request.FILES.lists() for file in files[1]]
    if _name_of(path).endswith(LIST_ROUTE_ENDINGS) or _name_of(request.path) in BUTTON_PAGES:
        return CarriedForm(path, [], files)
    values = list_values(request.POST, without=NOT_CARRIED)
    key = get_form_key(request.POST) or _hash_values(path, values)
    return _drop_long_values(_hold_for_person(CarriedForm(path, values, files, key, find_account(request))))


def _drop_long_values(carried: CarriedForm) -> CarriedForm:
    """Return the form without its values where these are longer than any text of an editor."""
    is_long = count_characters(carried.values) > MAX_CARRIED_CHARACTERS
    return replace(carried, values=[]) if is_long else carried


def _hash_values(path: str, values: list[list[str]]) -> str:
    """A key for a form that has none: the same words that are sent twice are kept once."""
    return hashlib.blake2s(repr((path, values)).encode(), digest_size=8).hexdigest()


def _hold_for_person(carried: CarriedForm) -> CarriedForm:
    """Keep the values for whoever had the form open, if known. The page carries them too: no failure loses them."""
    person = get_user_model().objects.filter(pk=carried.person, is_active=True).first()
    if not person or not carried.values:
        return carried
    if count_characters(carried.values) > MAX_FORM_CHARACTERS or _is_redacted_since(carried):
        return carried
    try:
        with transaction.atomic():
            typed = _save_values(person, carried)
            _drop_oldest(person)
            return replace(carried, key=typed.key)
    except DatabaseError:  # the page alone holds it: under the key of an earlier save it would pass for saved
        return replace(carried, key=new_key())


def _drop_oldest(person) -> None:
    """Bound what browsers that are signed out leave to an account; what it kept while signed in stays."""
    sent = Autosave.objects.unsaved().sent_while_signed_out().filter(owner=person)
    newest = list(sent.values_list("pk", flat=True)[:MAX_HELD_FORMS])
    sent.exclude(pk__in=newest).delete()


def is_form_submission(request: HttpRequest) -> bool:
    """Whether a person has sent a form and sees the answer; scripts send in the background."""
    mode, accepted = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Accept", "")
    is_seen = mode == "navigate" if mode else "text/html" in accepted or not accepted
    return request.method == "POST" and is_seen and request.path != reverse("desk:logout")


def is_same_origin(request: HttpRequest) -> bool:
    """Whether a page of this site sent the form, as the browser says. Others can send one, but not say so."""
    own = f"{request.scheme}://{request.get_host()}"
    sender = request.headers.get("Origin") or _origin(request.headers.get("Referer", ""))
    return sender == own


def restore_form(request: HttpRequest, carried: CarriedForm) -> str:
    """Keep the values as typed and not saved by whoever is signed in. Returns the address of the form with them.

    What was filled in and saved since it was sent is not filled in again.
    """
    if carried.is_saved:
        messages.info(request, _("What you typed there has been saved since, so it is not filled in again."))
        return carried.path
    address = _keep_values(request.user, carried)
    _report_missing(request, carried)
    return address


def restore_form_if_allowed(request: HttpRequest, carried: CarriedForm) -> str:
    """The same for an account that may not have opened the form; returns "" and keeps nothing if it may not open it."""
    with transaction.atomic():
        address = _keep_values(request.user, carried)
        if _is_forbidden(request, address):
            transaction.set_rollback(True)
            return ""
    _report_missing(request, carried)
    return address


def _keep_values(person, carried: CarriedForm) -> str:
    is_formless = _name_of(carried.path).endswith(LIST_ROUTE_ENDINGS)
    if not carried.values or is_formless or _is_redacted_since(carried):
        return carried.path
    return held_form_url(_save_values(person, carried), carried.path)


def _report_missing(request: HttpRequest, carried: CarriedForm) -> None:
    """Say what the form does not show again."""
    if carried.files:
        messages.warning(request, _("Choose again: %(files)s.") % {"files": ", ".join(carried.files)})
    if carried.values and _is_redacted_since(carried):
        messages.warning(request, REDACTED_SINCE)


def _is_redacted_since(carried: CarriedForm) -> bool:
    """Whether the values are of a draft's form that was opened before a redaction, which they would undo."""
    match = _match(carried.path)
    publication = _publication_of(match) if match.url_name in DRAFT_FORMS else None
    return bool(publication) and is_redacted_since(publication, carried.values)


def _save_values(person, carried: CarriedForm) -> Autosave:
    match = _match(carried.path)
    values = {
        "values": carried.values,
        "publication": _publication_of(match),
        "path": "" if match.url_name in DRAFT_FORMS else carried.path,
    }
    return Autosave.objects.save_values(person, carried.key or new_key(), values)


def _is_forbidden(request: HttpRequest, address: str) -> bool:
    """Whether whoever is signed in may not open the form at an address. One that is gone is forbidden to nobody."""
    parts, match = _split(address), _match(address)
    probe = copy.copy(request)
    probe.method, probe.path, probe.path_info = "GET", parts.path, parts.path
    probe.GET, probe.POST = QueryDict(parts.query), QueryDict()
    probe._messages = default_storage(probe)  # what the page says is said when it is shown
    try:
        match.func(probe, *match.args, **match.kwargs)
    except PermissionDenied:
        return True
    except Http404:
        pass
    return False


def find_held_form_url(request: HttpRequest, path: str) -> str:
    """The address of a form at which a person who has just signed in finds what was sent there while signed out.

    Returns "" where nothing was, or not just now: that may have been given up. A message offers that, and what was
    typed into the same form earlier: older words are never filled in, not even once the newest are saved.
    """
    path = _without_held(path)
    of_person = Autosave.objects.filter(owner=request.user)
    newest = of_person.filter(path=path).first()
    is_recent = newest and not newest.saved_at and newest.typed_at > timezone.now() - FILLED_AT_SIGN_IN
    page = _split(path).path
    of_page = of_person.unsaved().filter(Q(path=page) | Q(path__startswith=f"{page}?"))
    of_page = of_page.exclude(pk=newest.pk) if is_recent else of_page
    others = [
        typed for typed in of_page if _without(typed.path, NEW_FORM_PARAM) == _without(path, NEW_FORM_PARAM)
    ]
    for typed in others[:MAX_OFFERED_FORMS]:
        _offer(request, typed)
    return held_form_url(newest, newest.path) if is_recent else ""


def _offer(request: HttpRequest, typed: Autosave) -> None:
    at = date_format(timezone.localtime(typed.typed_at), "DATETIME_FORMAT")
    said = _("You typed something here that was not saved, last %(at)s.") % {"at": at}
    link = format_html('<a href="{}">{}</a>', held_form_url(typed, typed.path), _("Restore"))
    messages.info(request, format_html("{} {} {}", said, typed.title, link))


def held_form_url(typed: Autosave, path: str) -> str:
    """The address of a form that shows what was typed into it."""
    return f"{path}{'&' if '?' in path else '?'}{urlencode({HELD_PARAM: typed.pk})}"


def with_held_values(view: View) -> View:
    """Let a page show what `held` names in its form; once the form was sent and stored, that is kept no longer."""

    @wraps(view)
    def filled_view(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        typed = _get_held_autosave(request) if HELD_PARAM in request.GET else None
        if not typed:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            response = view(request, *args, **kwargs)
            if 300 <= response.status_code < 400:
                done = {"values": [], "saved_at": timezone.now()}
                Autosave.objects.unsaved().filter(pk=typed.pk).update(**done)
            return response
        fill_request(request, typed)
        said = _("You were signed out, so nothing has been saved yet. What you typed is in the form again.")
        messages.info(request, said)
        if is_model_form(view):  # Django binds its forms on POST alone; this one is unsent and never valid
            request.method = "POST"
        return view(request, *args, **kwargs)

    return filled_view


def is_model_form(view: View) -> bool:
    """Whether a view is the form of a row, and keeps what is not sent."""
    owner = getattr(view, "__self__", None)
    if not isinstance(owner, ModelAdmin) or view.__name__ not in ("add_view", "change_view"):
        return False
    return all(
        issubclass(form, UnsentFormMixin) for form in (owner.form, getattr(owner, "add_form", owner.form))
    )


def _path_of_form(request: HttpRequest) -> str:
    """The address of the page that the form stands on: several forms are sent to another one."""
    referer = _split(request.headers.get("Referer", ""))
    is_own = _origin(referer.geturl()) == f"{request.scheme}://{request.get_host()}"
    path, query = (
        (referer.path, referer.query) if is_own else (request.path, request.META.get("QUERY_STRING", ""))
    )
    if not path.startswith(settings.DESK) or (is_own and _name_of(path) in SIGN_IN_PAGES):
        path, query = request.path, request.META.get("QUERY_STRING", "")
    return _without_held(f"{path}?{query}")


def _without_held(url: str) -> str:
    """The path and parameters of an address, without what names the values that its form is shown with."""
    return _without(url, HELD_PARAM)


def _without(url: str, name: str) -> str:
    parts = _split(url)
    params = QueryDict(parts.query, mutable=True)
    params.pop(name, None)
    return f"{parts.path}?{params.urlencode()}" if params else parts.path


def _split(url: str) -> SplitResult:
    """The parts of an address that a browser gave; of one that is none, no parts."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _origin(url: str) -> str:
    parts = _split(url)
    return f"{parts.scheme}://{parts.netloc}"


def _match(path: str) -> ResolverMatch:
    try:
        return resolve(urlsplit(path).path)
    except Resolver404:
        return resolve(reverse("desk:index"))


def _name_of(path: str) -> str:
    return _name_of_match(_match(path))


def _name_of_match(match: ResolverMatch) -> str:
    """Addresses without a name are those that no page has, as after a release that took one away."""
    return match.url_name or "index"


def _publication_of(match: ResolverMatch) -> Publication | None:
    """The publication that a page is about, so that a redaction reaches what was typed there."""
    if not match.route.startswith("desk/publications/publication/"):
        return None
    number = str(match.kwargs.get("pk") or match.kwargs.get("object_id") or "")
    return Publication.objects.filter(pk=parse_pk(number)).first()


def _get_held_autosave(request: HttpRequest) -> Autosave | None:
    number = parse_pk(request.GET[HELD_PARAM])
    typed = Autosave.objects.unsaved().filter(owner=request.user, pk=number).first()
    return typed if typed and _is_of_page(typed, request) else None


def _is_of_page(typed: Autosave, request: HttpRequest) -> bool:
    """Whether the values were typed into the form of this page: those of another would overwrite its row."""
    if typed.path:
        return _split(typed.path).path == request.path
    match = _match(request.path)
    return _name_of_match(match) in DRAFT_FORMS and typed.publication == _publication_of(match)
