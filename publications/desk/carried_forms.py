"""Carry a form through the sign-in that was sent while nobody was signed in.

The page for signing in holds what was typed, signed, in a hidden field: the server keeps nothing for strangers. Once
somebody has signed in, the values are kept as theirs (`Typed`) and the form is shown again with them; nothing is
stored until it is sent. Whoever is not known to have typed them is asked first. Passwords are never carried, and
files stay where they are: on the disk of whoever chose them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.translation import gettext as _

from publications.models import Publication, Typed

from .unsent_forms import UNSENT, UnsentFormMixin

FIELD = "carried"  # of the page for signing in
PARAMETER = "held"  # of the address of a form that is shown again
PERSON_COOKIE = "desk_person"
FORM_KEY = "form_key"
SALT = "publications.desk.carried_forms"
NOT_CARRIED = ("csrfmiddlewaretoken", FORM_KEY, FIELD)
WORD_OF_SECRETS = "password"
FORMLESS = ("index", "_changelist", "_delete")  # how pages are named where nothing is typed
DRAFT_FORMS = ("publications_publication_add", "publications_publication_change")
SIGN_IN = ("login", "logout", "admin_password_reset", "password_reset_confirm")
"""Pages for who is not signed in: what is typed there is no work, and may be a secret."""

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
    def signed(self) -> str:
        values = [self.path, self.values, self.files, self.key, self.person]
        return signing.dumps(values, salt=SALT, compress=True)


def read_carried(request: HttpRequest) -> CarriedForm | None:
    """Return the form that a page carries, or None where it carries none of ours."""
    try:
        return CarriedForm(*signing.loads(request.POST.get(FIELD, ""), salt=SALT))
    except signing.BadSignature:
        return None


def carry(request: HttpRequest, *, is_own: bool = True) -> CarriedForm:
    """Return what was sent, to be carried; a form that is carried already stays as it is.

    Args:
        is_own: the token of the form is right, so whoever signed in last in this browser has typed it.
    """
    if carried := read_carried(request):
        return carried
    path = _path_of_form(request)
    if _name_of(path) in SIGN_IN:
        return CarriedForm(reverse("desk:index"), [], [])
    files = [file.name for files in request.FILES.lists() for file in files[1]]
    person = _person_of(request) if is_own else None
    return CarriedForm(path, _values(request), files, request.POST.get(FORM_KEY, "")[:32], person)


def is_page_sent(request: HttpRequest) -> bool:
    """Whether a person has sent a form and sees the answer; scripts send in the background."""
    mode, accepted = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Accept", "")
    is_seen = mode == "navigate" if mode else "text/html" in accepted or not accepted
    return request.method == "POST" and is_seen and request.path != reverse("desk:logout")


def is_from_this_site(request: HttpRequest) -> bool:
    """Whether a page of this site sent the form, as the browser says. Others can send one, but not say so."""
    own = f"{request.scheme}://{request.get_host()}"
    sender = request.headers.get("Origin") or _origin(request.headers.get("Referer", ""))
    return sender == own


def give(request: HttpRequest, carried: CarriedForm) -> str:
    """Keep the values as typed and not saved by whoever is signed in. Returns the address of the form with them."""
    if carried.files:
        messages.warning(request, _("Choose again: %(files)s.") % {"files": ", ".join(carried.files)})
    match = _match(carried.path)
    if _name_of_match(match).endswith(FORMLESS):
        return carried.path
    values = {
        "values": carried.values,
        "publication": _publication_of(match),
        "path": "" if match.url_name in DRAFT_FORMS else carried.path,
    }
    typed = Typed.objects.keep(request.user, carried.key or get_random_string(16), values)
    return address_of(typed, carried.path)


def address_of(typed: Typed, path: str) -> str:
    """The address of a form that shows what was typed into it."""
    return f"{path}{'&' if '?' in path else '?'}{urlencode({PARAMETER: typed.pk})}"


def refill(view: View) -> View:
    """Let a page show what `held` names in its form; once the form was sent and stored, that is kept no longer."""

    @wraps(view)
    def refilled(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        typed = _held(request) if PARAMETER in request.GET else None
        if not typed:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            response = view(request, *args, **kwargs)
            if 300 <= response.status_code < 400:
                Typed.objects.unsaved().filter(pk=typed.pk).delete()
            return response
        _fill(request, typed)
        if is_model_form(view):
            request.method = (
                "POST"  # Django binds its forms on POST alone; this one is unsent and never valid
            )
        return view(request, *args, **kwargs)

    return refilled


def is_model_form(view: View) -> bool:
    """Whether a view is the form of a row, and keeps what is not sent."""
    owner = getattr(view, "__self__", None)
    if not isinstance(owner, ModelAdmin) or view.__name__ not in ("add_view", "change_view"):
        return False
    return all(
        issubclass(form, UnsentFormMixin) for form in (owner.form, getattr(owner, "add_form", owner.form))
    )


def remember_person(request: HttpRequest, response: HttpResponse) -> None:
    """Note in the browser who signed in, bound to the forms that are opened from now on.

    A new token against forgery begins with each sign-in, so a form whose token is right was opened by that person.
    """
    response.set_cookie(
        PERSON_COOKIE,
        f"{request.user.pk}:{_seal(request, request.user.pk)}",
        max_age=settings.CSRF_COOKIE_AGE,
        path=settings.DESK,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )


def _person_of(request: HttpRequest) -> int | None:
    number, _colon, seal = request.COOKIES.get(PERSON_COOKIE, "").partition(":")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    return int(number) if is_number and constant_time_compare(seal, _seal(request, int(number))) else None


def _seal(request: HttpRequest, person: int) -> str:
    secret = request.META.get("CSRF_COOKIE", "")
    return salted_hmac(SALT, f"{person}:{secret}", algorithm="sha256").hexdigest()


def _values(request: HttpRequest) -> list[list[str]]:
    """The values of a form in their order, without its buttons and its secrets."""
    return [
        [name, value.replace("\0", "")]
        for name, values in request.POST.lists()
        if name not in NOT_CARRIED and not name.startswith("_") and WORD_OF_SECRETS not in name
        for value in values
    ]


def _path_of_form(request: HttpRequest) -> str:
    """The address of the page that the form stands on: several forms are sent to another one."""
    referer = _split(request.headers.get("Referer", ""))
    is_own = _origin(referer.geturl()) == f"{request.scheme}://{request.get_host()}"
    path, query = (
        (referer.path, referer.query) if is_own else (request.path, request.META.get("QUERY_STRING", ""))
    )
    if not path.startswith(settings.DESK) or (is_own and _name_of(path) in SIGN_IN):
        path, query = request.path, request.META.get("QUERY_STRING", "")
    params = QueryDict(query, mutable=True)
    params.pop(PARAMETER, None)
    return f"{path}?{params.urlencode()}" if params else path


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
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    return Publication.objects.filter(pk=int(number)).first() if is_number else None


def _held(request: HttpRequest) -> Typed | None:
    number = request.GET[PARAMETER]
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    typed = Typed.objects.unsaved().filter(owner=request.user, pk=int(number)).first()
    return typed if typed and _is_of_page(typed, request) else None


def _is_of_page(typed: Typed, request: HttpRequest) -> bool:
    """Whether the values were typed into the form of this page: those of another would overwrite its row."""
    if typed.path:
        return _split(typed.path).path == request.path
    match = _match(request.path)
    return _name_of_match(match) in DRAFT_FORMS and typed.publication == _publication_of(match)


def _fill(request: HttpRequest, typed: Typed) -> None:
    posted = QueryDict(mutable=True)
    for name, value in typed.values:
        posted.appendlist(name, value)
    posted[FORM_KEY], posted[UNSENT] = typed.key, ""
    request.POST = posted
    messages.info(
        request, _("You were signed out, so nothing has been saved yet. What you typed is in the form again.")
    )
