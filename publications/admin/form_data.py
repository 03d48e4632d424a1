"""Unsent forms: forms that are shown with values that are not to be stored. The field `_find` marks them."""

from collections.abc import Collection

from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict
from django.utils.crypto import get_random_string

from publications.models import Autosave, parse_pk

UNSENT = "_find"
FORM_KEY = "form_key"
MAX_KEY_LENGTH = Autosave._meta.get_field("key").max_length
MAX_FORM_CHARACTERS = 2_000_000  # of names and values of an autosave
NEW_FORM_PARAM = "form"  # names the form of a new row in its address
EXCLUDED_NAME_PART = "password"


def new_key() -> str:
    """Return a random key for a form that is being opened."""
    return get_random_string(16)


def get_form_key(params: QueryDict, name: str = FORM_KEY) -> str:
    """Return the key of a form from the parameters of a request, or ""."""
    return params.get(name, "")[:MAX_KEY_LENGTH]


def get_pk(posted: QueryDict, name: str) -> int:
    """Return the primary key in a field of a form, or 0."""
    return parse_pk(posted.get(name, ""))


def get_pks(posted: QueryDict, name: str) -> list[int]:
    """Return the primary keys in a field of a form, without invalid ones."""
    return [pk for text in posted.getlist(name) if (pk := parse_pk(text))]


def count_characters(values: list[list[str]]) -> int:
    """Return the total length of the names and values of a form."""
    return sum(len(name) + len(value) for name, value in values)


def is_new_form_request(request: HttpRequest) -> bool:
    """Return whether a browser opens the form of a new row without a key in its address."""
    is_page = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return is_page and not request.GET.get(NEW_FORM_PARAM)


def new_form_url(request: HttpRequest) -> str:
    """Return the address of a new form with a key: after Back the browser requests the same one."""
    params = request.GET.copy()
    params[NEW_FORM_PARAM] = new_key()
    return f"{request.path}?{params.urlencode()}"


def list_values(posted: QueryDict, *, without: Collection[str]) -> list[list[str]]:
    """Return the values of a form as ordered pairs, without buttons, secrets and the excluded names."""
    return [
        [name, value.replace("\0", "")]
        for name, values in posted.lists()
        if name not in without and not name.startswith("_") and EXCLUDED_NAME_PART not in name
        for value in values
    ]


def build_post(values: list[list[str]]) -> QueryDict:
    """Return raw values, such as those of an autosave, as form data."""
    posted = QueryDict(mutable=True)
    for name, value in values:
        posted.appendlist(name, value)
    return posted


def mark_redisplay(posted: QueryDict) -> QueryDict:
    """Return form data marked to be shown again, with nothing stored."""
    marked = posted.copy()
    marked[UNSENT] = ""
    return marked


def fill_request(request: HttpRequest, typed: Autosave) -> None:
    """Replace the form data of a request by an autosave, marked to be shown only."""
    request.POST = build_post(typed.values)
    request.POST[FORM_KEY], request.POST[UNSENT] = typed.key, ""


class UnsentFormMixin:
    """Keep the values of an unsent form without validation; it is never valid."""

    @property
    def is_unsent(self) -> bool:
        return self.is_bound and UNSENT in self.data

    def is_valid(self) -> bool:
        return not self.is_unsent and super().is_valid()

    def full_clean(self) -> None:
        if self.is_unsent:
            self._errors, self.cleaned_data = ErrorDict(), {}
            return
        super().full_clean()
