"""Carried forms: a form that is sent while signed out is shown again, with its values, after the sign-in.

If the browser shows whose form it was, the values are stored at once as an `Autosave` of that account, so they are
offered however it signs in next. The sign-in page also has them, encrypted, in a hidden field: the server stores
nothing for strangers. After the sign-in the form is shown with them; nothing is saved until it is sent. Whoever is not
known to have typed them has to confirm first. Passwords and files are never carried.
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

FIELD = "carried"  # of the sign-in page
HELD_PARAM = "held"  # names the held values in the address of a form
SALT = "publications.desk.carried_forms"  # of pages in open browsers: stored data, not the name of a module
NOT_CARRIED = ("csrfmiddlewaretoken", FORM_KEY, FIELD)
LIST_ROUTE_ENDINGS = ("index", "_changelist", "_delete")  # of URL names of pages without a form
BUTTON_PAGES = ("review-update", "word-report", "word-changes", "autosave-discard", "carried")
"""Pages that receive buttons only."""
DRAFT_FORMS = ("publications_publication_add", "publications_publication_change")
SIGN_IN_PAGES = ("login", "logout", "admin_password_reset", "password_reset_confirm")
"""Pages for people who are not signed in: values typed there may be secret."""
MAX_HELD_FORMS = 20  # of one account, from browsers that are signed out
MAX_OFFERED_FORMS = 5  # as messages; the first page of the desk lists all
MAX_CARRIED_CHARACTERS = 1_000_000  # in a sign-in page, for anybody who sends a form
FILLED_AT_SIGN_IN = timedelta(minutes=10)  # older forms are only offered
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class CarriedForm:
    """A form that was sent: its address, values and file names, the key of its autosave, and its owner, if known."""

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
        """Whether the values are stored for the owner, and not only on the page."""
        try:
            row = self._rows.unsaved().first()
        except DatabaseError:
            return False
        return bool(row) and self.values in ([], row.values)

    @property
    def is_saved(self) -> bool:
        """Whether the stored values were restored and saved since."""
        return self._rows.exclude(saved_at=None).exists()

    @property
    def _rows(self) -> QuerySet[Autosave]:
        return Autosave.objects.filter(owner=self.person, key=self.key)


def read_carried(request: HttpRequest) -> CarriedForm | None:
    """Return the form that a page carries, or None without a valid one."""
    match _decode(request.POST.get(FIELD, "")):
        case [str(path), list(values), list(files), str(key), int() | None as person]:
            return CarriedForm(path, values, files, key, person)
    return None


def _decode(text: str) -> object:
    """Return the decoded value, or None. Pages of an older release carry it signed, not encrypted."""
    for decode in (decrypt, signing.loads):
        with suppress(signing.BadSignature, ValueError):
            return decode(text, salt=SALT)
    return None


def build_carried_form(request: HttpRequest) -> CarriedForm:
    """Return the sent form; one that is carried already is returned unchanged."""
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
    """Return the form without its values if they are longer than any text of an editor."""
    is_too_long = count_characters(carried.values) > MAX_CARRIED_CHARACTERS
    return replace(carried, values=[]) if is_too_long else carried


def _hash_values(path: str, values: list[list[str]]) -> str:
    """Return a key for a form without one: equal values that are sent twice are stored once."""
    return hashlib.blake2s(repr((path, values)).encode(), digest_size=8).hexdigest()


def _hold_for_person(carried: CarriedForm) -> CarriedForm:
    """Store the values for the owner, if known. The page carries them too, so that no failure loses them."""
    person = get_user_model().objects.filter(pk=carried.person, is_active=True).first()
    if not person or not carried.values:
        return carried
    if count_characters(carried.values) > MAX_FORM_CHARACTERS or _is_redacted_since(carried):
        return carried
    try:
        with transaction.atomic():
            row = _save_values(person, carried)
            _drop_oldest(person)
            return replace(carried, key=row.key)
    except DatabaseError:  # only the page has the values: the key of an earlier save would mark them as saved
        return replace(carried, key=new_key())


def _drop_oldest(person) -> None:
    """Limit the autosaves that browsers which are signed out add to an account; its own are not deleted."""
    sent = Autosave.objects.unsaved().sent_while_signed_out().filter(owner=person)
    newest = list(sent.values_list("pk", flat=True)[:MAX_HELD_FORMS])
    sent.exclude(pk__in=newest).delete()


def is_form_submission(request: HttpRequest) -> bool:
    """Return whether a person has sent a form and sees the response; scripts send in the background."""
    mode, accepted = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Accept", "")
    is_seen = mode == "navigate" if mode else "text/html" in accepted or not accepted
    return request.method == "POST" and is_seen and request.path != reverse("desk:logout")


def is_same_origin(request: HttpRequest) -> bool:
    """Return whether a page of this site sent the form, by Origin or Referer, which other sites cannot set."""
    site_origin = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin") or _origin(request.headers.get("Referer", ""))
    return origin == site_origin


def restore_form(request: HttpRequest, carried: CarriedForm) -> str:
    """Store the values as an autosave of the signed-in person. Returns the address of the form with them.

    Values that have been saved since they were sent are not restored.
    """
    if carried.is_saved:
        messages.info(request, _("What you typed there has been saved since, so it is not filled in again."))
        return carried.path
    address = _keep_values(request.user, carried)
    _report_missing(request, carried)
    return address


def restore_form_if_allowed(request: HttpRequest, carried: CarriedForm) -> str:
    """Do the same for a person who may lack permission for the form; returns "" and stores nothing if they do."""
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
    """Report what the form does not restore."""
    if carried.files:
        messages.warning(request, _("Choose again: %(files)s.") % {"files": ", ".join(carried.files)})
    if carried.values and _is_redacted_since(carried):
        messages.warning(request, REDACTED_SINCE)


def _is_redacted_since(carried: CarriedForm) -> bool:
    """Return whether the values are of a draft that was redacted since the form was opened."""
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
    return Autosave.objects.save_form(person, carried.key or new_key(), values)


def _is_forbidden(request: HttpRequest, address: str) -> bool:
    """Return whether the signed-in person lacks permission for the form at an address; False if it does not exist."""
    parts, match = _split(address), _match(address)
    probe = copy.copy(request)
    probe.method, probe.path, probe.path_info = "GET", parts.path, parts.path
    probe.GET, probe.POST = QueryDict(parts.query), QueryDict()
    probe._messages = default_storage(probe)  # messages are added when the page is shown
    try:
        match.func(probe, *match.args, **match.kwargs)
    except PermissionDenied:
        return True
    except Http404:
        pass
    return False


def find_held_form_url(request: HttpRequest, path: str) -> str:
    """Return the address of a form with the values that the person sent there just before the sign-in, or "".

    A message offers older values of the same form: they are restored only on request.
    """
    path = _without_held(path)
    rows = Autosave.objects.filter(owner=request.user)
    newest = rows.filter(path=path).first()
    is_recent = newest and not newest.saved_at and newest.typed_at > timezone.now() - FILLED_AT_SIGN_IN
    page = _split(path).path
    page_rows = rows.unsaved().filter(Q(path=page) | Q(path__startswith=f"{page}?"))
    page_rows = page_rows.exclude(pk=newest.pk) if is_recent else page_rows
    other_rows = [
        row for row in page_rows if _without(row.path, NEW_FORM_PARAM) == _without(path, NEW_FORM_PARAM)
    ]
    for row in other_rows[:MAX_OFFERED_FORMS]:
        _offer(request, row)
    return held_form_url(newest, newest.path) if is_recent else ""


def _offer(request: HttpRequest, row: Autosave) -> None:
    at = date_format(timezone.localtime(row.typed_at), "DATETIME_FORMAT")
    text = _("You typed something here that was not saved, last %(at)s.") % {"at": at}
    link = format_html('<a href="{}">{}</a>', held_form_url(row, row.path), _("Restore"))
    messages.info(request, format_html("{} {} {}", text, row.title, link))


def held_form_url(row: Autosave, path: str) -> str:
    """Return the address of a form with held values."""
    return f"{path}{'&' if '?' in path else '?'}{urlencode({HELD_PARAM: row.pk})}"


def with_held_values(view: View) -> View:
    """Decorate a view to fill its form with the values that `held` names; they are dropped once the form is saved."""

    @wraps(view)
    def filled_view(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        row = _get_held_autosave(request) if HELD_PARAM in request.GET else None
        if not row:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            response = view(request, *args, **kwargs)
            if 300 <= response.status_code < 400:
                fields = {"values": [], "saved_at": timezone.now()}
                Autosave.objects.unsaved().filter(pk=row.pk).update(**fields)
            return response
        fill_request(request, row)
        text = _("You were signed out, so nothing has been saved yet. What you typed is in the form again.")
        messages.info(request, text)
        if is_model_form(view):  # Django binds forms on POST only; this one is unsent and never valid
            request.method = "POST"
        return view(request, *args, **kwargs)

    return filled_view


def is_model_form(view: View) -> bool:
    """Return whether a view is the form of a model that can be shown unsent."""
    owner = getattr(view, "__self__", None)
    if not isinstance(owner, ModelAdmin) or view.__name__ not in ("add_view", "change_view"):
        return False
    return all(
        issubclass(form, UnsentFormMixin) for form in (owner.form, getattr(owner, "add_form", owner.form))
    )


def _path_of_form(request: HttpRequest) -> str:
    """Return the address of the page of the form, which may differ from the one that it is sent to."""
    referer = _split(request.headers.get("Referer", ""))
    is_own = _origin(referer.geturl()) == f"{request.scheme}://{request.get_host()}"
    path, query = (
        (referer.path, referer.query) if is_own else (request.path, request.META.get("QUERY_STRING", ""))
    )
    if not path.startswith(settings.DESK) or (is_own and _name_of(path) in SIGN_IN_PAGES):
        path, query = request.path, request.META.get("QUERY_STRING", "")
    return _without_held(f"{path}?{query}")


def _without_held(url: str) -> str:
    """Return the path and parameters of an address without `held`."""
    return _without(url, HELD_PARAM)


def _without(url: str, name: str) -> str:
    parts = _split(url)
    params = QueryDict(parts.query, mutable=True)
    params.pop(name, None)
    return f"{parts.path}?{params.urlencode()}" if params else parts.path


def _split(url: str) -> SplitResult:
    """Return the parts of an address from a browser; empty parts if it is invalid."""
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
    """Return the URL name; addresses without one have no page any more."""
    return match.url_name or "index"


def _publication_of(match: ResolverMatch) -> Publication | None:
    """Return the publication of a page, so that a redaction reaches the values typed there."""
    if not match.route.startswith("desk/publications/publication/"):
        return None
    pk = str(match.kwargs.get("pk") or match.kwargs.get("object_id") or "")
    return Publication.objects.filter(pk=parse_pk(pk)).first()


def _get_held_autosave(request: HttpRequest) -> Autosave | None:
    pk = parse_pk(request.GET[HELD_PARAM])
    row = Autosave.objects.unsaved().filter(owner=request.user, pk=pk).first()
    return row if row and _is_of_page(row, request) else None


def _is_of_page(row: Autosave, request: HttpRequest) -> bool:
    """Return whether the values are of the form of this page: others would overwrite its row."""
    if row.path:
        return _split(row.path).path == request.path
    match = _match(request.path)
    return _name_of_match(match) in DRAFT_FORMS and row.publication == _publication_of(match)
