"""Posted form data: its values, primary keys and form key, and its redisplay.

Form data with the field `_find` is only redisplayed: the form is bound to it, but neither validated nor saved.
"""

from collections.abc import Collection

from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict
from django.utils.crypto import get_random_string

from publications.models import Autosave, parse_pk

REDISPLAY_FIELD = "_find"
FORM_KEY_FIELD = "form_key"
MAX_KEY_LENGTH = Autosave._meta.get_field("key").max_length
MAX_FORM_CHARACTERS = 2_000_000  # of names and values of an autosave
NEW_FORM_PARAM = "form"  # of the address of an add form: its form key
EXCLUDED_NAME_PART = "password"


def new_form_key() -> str:
    """Return a random key for a form that is being rendered; it identifies the autosave of the form."""
    return get_random_string(16)


def get_form_key(params: QueryDict, name: str = FORM_KEY_FIELD) -> str:
    """Return the form key in the parameters of a request, or ""."""
    return params.get(name, "")[:MAX_KEY_LENGTH]


def get_pk(data: QueryDict, name: str) -> int:
    """Return the primary key in a field of form data, or 0."""
    return parse_pk(data.get(name, ""))


def get_pks(data: QueryDict, name: str) -> list[int]:
    """Return the primary keys in a field of form data, without invalid ones."""
    return [pk for text in data.getlist(name) if (pk := parse_pk(text))]


def count_characters(values: list[list[str]]) -> int:
    """Return the total length of names and values."""
    return sum(len(name) + len(value) for name, value in values)


def is_new_form_request(request: HttpRequest) -> bool:
    """Return whether a browser opens an add form without a form key in its address."""
    is_page = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return is_page and not request.GET.get(NEW_FORM_PARAM)


def new_form_url(request: HttpRequest) -> str:
    """Return the address of an add form with a form key: after Back the browser requests the same one."""
    params = request.GET.copy()
    params[NEW_FORM_PARAM] = new_form_key()
    return f"{request.path}?{params.urlencode()}"


def list_values(data: QueryDict, *, exclude: Collection[str]) -> list[list[str]]:
    """Return the values of form data as ordered pairs, without buttons, passwords and the excluded names."""
    return [
        [name, value.replace("\0", "")]
        for name, values in data.lists()
        if name not in exclude and not name.startswith("_") and EXCLUDED_NAME_PART not in name
        for value in values
    ]


def build_post(values: list[list[str]]) -> QueryDict:
    """Return raw values, such as those of an autosave, as form data."""
    data = QueryDict(mutable=True)
    for name, value in values:
        data.appendlist(name, value)
    return data


def mark_redisplay(data: QueryDict) -> QueryDict:
    """Return form data marked to be redisplayed, with nothing stored."""
    marked = data.copy()
    marked[REDISPLAY_FIELD] = ""
    return marked


def fill_request(request: HttpRequest, autosave: Autosave) -> None:
    """Replace the form data of a request by an autosave, marked to be redisplayed."""
    request.POST = build_post(autosave.values)
    request.POST[FORM_KEY_FIELD], request.POST[REDISPLAY_FIELD] = autosave.key, ""


class RedisplayMixin:
    """A form that can be redisplayed: it keeps the values without validation, and is not valid."""

    @property
    def is_redisplay(self) -> bool:
        return self.is_bound and REDISPLAY_FIELD in self.data

    def is_valid(self) -> bool:
        return not self.is_redisplay and super().is_valid()

    def full_clean(self) -> None:
        if self.is_redisplay:
            self._errors, self.cleaned_data = ErrorDict(), {}
            return
        super().full_clean()
