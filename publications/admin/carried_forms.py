"""Carried forms: a form that is submitted while signed out is redisplayed, with its values, after the sign-in.

If the browser shows who had opened the form, the values are stored at once as an `Autosave` of that user, so they are
offered however the user signs in next. The sign-in page also carries them, encrypted, in a hidden field: the server
stores nothing for strangers. After the sign-in the form is filled with them; nothing is saved until it is submitted.
A user who is not known to have typed them has to confirm first. Passwords and files are never carried.
"""

import copy
import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.messages.storage import default_storage
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from publications.models import REDACTED_SINCE, Autosave, is_redacted_since

from .encryption import decrypt, encrypt
from .form_data import (
    FORM_KEY_FIELD,
    MAX_FORM_CHARACTERS,
    count_characters,
    get_form_key,
    list_values,
    new_form_key,
)
from .form_urls import (
    DRAFT_FORM_URL_NAMES,
    SECRET_URL_NAMES,
    SIGN_IN_URL_NAMES,
    form_url_of,
    origin_of,
    publication_of,
    replace_former_path,
    resolve_url,
    restore_url,
    split_url,
    url_name_of,
)
from .posted_blocks import write_carried_blocks
from .remembered_sign_ins import find_user_pk

CARRIED_FIELD = "carried"  # of the sign-in page
SALT = "publications.desk.carried_forms"  # of pages in open browsers: stored data, not the name of a module
EXCLUDED_FIELDS = ("csrfmiddlewaretoken", FORM_KEY_FIELD, CARRIED_FIELD, "credential")
LIST_URL_NAME_ENDINGS = ("index", "_changelist", "_delete")  # of pages without a form to fill
BUTTON_URL_NAMES = (
    "review-update",
    "comment-resolve",
    "word-report",
    "word-changes",
    "autosave-discard",
    "carried",
    "user-factors",
    "name-removals",
    "subscribers",
    *SECRET_URL_NAMES,
)
"""Pages that receive buttons only, or secrets, such as an address of a reader."""
MAX_SIGNED_OUT_AUTOSAVES = 20  # of one user, from browsers that are signed out
MAX_CARRIED_CHARACTERS = 1_000_000  # in a sign-in page, for anybody who submits a form


@dataclass(frozen=True)
class CarriedForm:
    """A submitted form.

    Attributes:
        path: the URL of the form.
        values: names and values of its fields.
        files: names of its files.
        key: the key of its autosave.
        owner_pk: the user who had opened it, if known.
    """

    path: str
    values: list[list[str]]
    files: list[str]
    key: str = ""
    owner_pk: int | None = None

    @property
    def encrypted(self) -> str:
        return encrypt([self.path, self.values, self.files, self.key, self.owner_pk], salt=SALT)

    @property
    def is_empty(self) -> bool:
        return not (self.values or self.files)

    @property
    def is_stored(self) -> bool:
        """Whether the values are stored for the owner, and not only carried by the page."""
        try:
            autosave = self._autosaves.unsaved().first()
        except DatabaseError:
            return False
        return bool(autosave) and self.values in ([], autosave.values)

    @property
    def is_saved(self) -> bool:
        """Whether the stored values were restored and the form was saved since."""
        return self._autosaves.exclude(saved_at=None).exists()

    def with_stored_values(self) -> "CarriedForm":
        """Return the form with the values that are stored for its owner, if it has none itself."""
        autosave = self._autosaves.unsaved().first() if self.key and not self.values else None
        return replace(self, values=autosave.values) if autosave else self

    @property
    def _autosaves(self) -> QuerySet[Autosave]:
        return Autosave.objects.filter(owner=self.owner_pk, key=self.key)


def read_carried_form(request: HttpRequest) -> CarriedForm | None:
    """Return the form that a page carries, or None without a valid one."""
    return decode_carried_form(request.POST.get(CARRIED_FIELD, ""))


def decode_carried_form(text: str) -> CarriedForm | None:
    """Return the form of an encrypted text, or None if it is not valid."""
    match _decode(text):
        case [str(path), list(values), list(files), str(key), int() | None as owner_pk]:
            return CarriedForm(replace_former_path(path), values, files, key, owner_pk)
    return None


def _decode(text: str) -> object:
    """Return the decoded value, or None. Pages of an older release carry it signed, not encrypted."""
    for decode in (decrypt, signing.loads):
        with suppress(signing.BadSignature, ValueError):
            return decode(text, salt=SALT)
    return None


def build_carried_form(request: HttpRequest) -> CarriedForm:
    """Return the submitted form; one that is carried already is returned unchanged."""
    if carried := read_carried_form(request):
        return carried
    path = form_url_of(request)
    if url_name_of(path) in SIGN_IN_URL_NAMES:
        return CarriedForm(reverse("desk:index"), [], [])
    files = [file.name for _field, files in request.FILES.lists() for file in files]
    if url_name_of(path).endswith(LIST_URL_NAME_ENDINGS) or url_name_of(request.path) in BUTTON_URL_NAMES:
        return CarriedForm(path, [], files)
    values = list_values(request.POST, exclude=EXCLUDED_FIELDS)
    key = get_form_key(request.POST) or _hash_values(path, values)
    carried = CarriedForm(path, values, files, key, find_user_pk(request))
    return _drop_long_values(_store_for_owner(carried))


def _drop_long_values(carried: CarriedForm) -> CarriedForm:
    """Return the form without its values if they are longer than any text of an editor."""
    is_too_long = count_characters(carried.values) > MAX_CARRIED_CHARACTERS
    return replace(carried, values=[]) if is_too_long else carried


def _hash_values(path: str, values: list[list[str]]) -> str:
    """Return a key for a form without one: equal values that are submitted twice are stored once."""
    return hashlib.blake2s(repr((path, values)).encode(), digest_size=8).hexdigest()


def _store_for_owner(carried: CarriedForm) -> CarriedForm:
    """Store the values for the owner, if known. The page carries them too, so that no failure loses them."""
    owner = get_user_model().objects.filter(pk=carried.owner_pk, is_active=True).first()
    if not owner or not carried.values:
        return carried
    carried = replace(carried, values=write_carried_blocks(carried.values))
    if count_characters(carried.values) > MAX_FORM_CHARACTERS or _is_redacted_since(carried):
        return carried
    try:
        with transaction.atomic():
            autosave = _store_autosave(owner, carried)
            _delete_over_limit(owner)
            return replace(carried, key=autosave.key)
    except DatabaseError:  # only the page has the values: the key of an earlier save would mark them as saved
        return replace(carried, key=new_form_key())


def _delete_over_limit(owner) -> None:
    """Limit the autosaves that browsers which are signed out add to a user; other autosaves are not deleted."""
    autosaves = Autosave.objects.unsaved().sent_while_signed_out().filter(owner=owner)
    newest = list(autosaves.values_list("pk", flat=True)[:MAX_SIGNED_OUT_AUTOSAVES])
    autosaves.exclude(pk__in=newest).delete()


def is_form_submission(request: HttpRequest) -> bool:
    """Return whether a browser submits a form as a navigation; scripts send in the background."""
    return request.method == "POST" and is_navigation(request) and request.path != reverse("desk:logout")


def is_navigation(request: HttpRequest) -> bool:
    """Return whether a browser opens a page, by what it says of the request, or by what it accepts."""
    mode, accepted = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Accept", "")
    return mode == "navigate" if mode else "text/html" in accepted or not accepted


def is_same_origin(request: HttpRequest) -> bool:
    """Return whether a page of this site sent the form, by Origin or Referer, which other sites cannot set."""
    site_origin = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin") or origin_of(request.headers.get("Referer", ""))
    return origin == site_origin


def restore_form(request: HttpRequest, carried: CarriedForm) -> str:
    """Store the values as an autosave of the signed-in user. Returns the URL of the form filled with them.

    Values that have been saved since they were submitted are not restored.
    """
    if carried.is_saved:
        messages.info(request, _("What you typed there has been saved since, so it is not filled in again."))
        return carried.path
    url = _store_and_get_url(request.user, carried)
    _warn_of_losses(request, carried)
    return url


def restore_form_if_allowed(request: HttpRequest, carried: CarriedForm) -> str:
    """Do the same for a user who may lack permission for the form; returns "" and stores nothing in that case."""
    with transaction.atomic():
        url = _store_and_get_url(request.user, carried)
        if _is_forbidden(request, url):
            transaction.set_rollback(True)
            return ""
    _warn_of_losses(request, carried)
    return url


def _store_and_get_url(user, carried: CarriedForm) -> str:
    """Return the URL that restores the stored values; without values or form, the URL of the page."""
    has_no_form = url_name_of(carried.path).endswith(LIST_URL_NAME_ENDINGS)
    carried = replace(carried, values=write_carried_blocks(carried.values))
    if not carried.values or has_no_form or _is_redacted_since(carried):
        return carried.path
    return restore_url(_store_autosave(user, carried), carried.path)


def _warn_of_losses(request: HttpRequest, carried: CarriedForm) -> None:
    """Add messages on what the form does not restore."""
    if carried.files:
        messages.warning(request, _("Choose again: %(files)s.") % {"files": ", ".join(carried.files)})
    if carried.values and _is_redacted_since(carried):
        messages.warning(request, REDACTED_SINCE)


def _is_redacted_since(carried: CarriedForm) -> bool:
    """Return whether the values are of a draft that was redacted since the form was opened."""
    match = resolve_url(carried.path)
    publication = publication_of(match) if match.url_name in DRAFT_FORM_URL_NAMES else None
    return bool(publication) and is_redacted_since(publication, carried.values)


def _store_autosave(owner, carried: CarriedForm) -> Autosave:
    match = resolve_url(carried.path)
    fields: dict[str, object] = {
        "values": carried.values,
        "publication": publication_of(match),
        "path": "" if match.url_name in DRAFT_FORM_URL_NAMES else carried.path,
    }
    return Autosave.objects.save_form(owner, carried.key or new_form_key(), fields)


def _is_forbidden(request: HttpRequest, url: str) -> bool:
    """Return whether the signed-in user lacks permission for the form at a URL; False if it does not exist."""
    parts, match = split_url(url), resolve_url(url)
    form_request = copy.copy(request)
    form_request.method, form_request.path, form_request.path_info = "GET", parts.path, parts.path
    form_request.GET, form_request.POST = QueryDict(parts.query), QueryDict()
    form_request._messages = default_storage(form_request)  # messages are added when the page is shown
    try:
        match.func(form_request, *match.args, **match.kwargs)
    except PermissionDenied:
        return True
    except Http404:
        pass
    return False
