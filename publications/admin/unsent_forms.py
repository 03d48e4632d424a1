"""A form that is shown with values nobody has asked to store: `_find` among them says so."""

from collections.abc import Collection

from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict
from django.utils.crypto import get_random_string

from publications.models import Autosave, parse_pk

UNSENT = "_find"
FORM_KEY = "form_key"
MAX_KEY_LENGTH = Autosave._meta.get_field("key").max_length
MAX_FORM_CHARACTERS = 2_000_000  # of names and values that are kept for somebody who has not saved them
OPENED = "form"  # of the address of the form of a new row
WORD_OF_SECRETS = "password"


def new_key() -> str:
    """A name for a form that is being opened."""
    return get_random_string(16)


def key_in(params: QueryDict, name: str = FORM_KEY) -> str:
    """Return the key of an opened form that the parameters of a request name, or ""."""
    return params.get(name, "")[:MAX_KEY_LENGTH]


def pk_in(posted: QueryDict, name: str) -> int:
    """Return the number of a row that a form has under a name, else 0."""
    return parse_pk(posted.get(name, ""))


def pks_in(posted: QueryDict, name: str) -> list[int]:
    """Return the numbers of rows that a form has under a name; what is none is left out."""
    return [pk for text in posted.getlist(name) if (pk := parse_pk(text))]


def count_characters(values: list[list[str]]) -> int:
    """Return how many characters the names and values of a form have."""
    return sum(len(name) + len(value) for name, value in values)


def is_opened_anew(request: HttpRequest) -> bool:
    """Whether a browser opens the form of a new row that has no key yet."""
    is_page = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return is_page and not request.GET.get(OPENED)


def address_of_new(request: HttpRequest) -> str:
    """The address of a form that is being opened, which names it: after Back the browser asks for it again."""
    params = request.GET.copy()
    params[OPENED] = new_key()
    return f"{request.path}?{params.urlencode()}"


def values_of(posted: QueryDict, *, without: Collection[str]) -> list[list[str]]:
    """The values of a form as pairs, in their order, without its buttons, its secrets and these names."""
    return [
        [name, value.replace("\0", "")]
        for name, values in posted.lists()
        if name not in without and not name.startswith("_") and WORD_OF_SECRETS not in name
        for value in values
    ]


def as_posted(values: list[list[str]]) -> QueryDict:
    """Raw values, such as were kept while somebody was typing, as a browser sends them."""
    posted = QueryDict(mutable=True)
    for name, value in values:
        posted.appendlist(name, value)
    return posted


def mark_redisplay(posted: QueryDict) -> QueryDict:
    """Return a form as it was sent, marked to be shown again with nothing stored."""
    marked = posted.copy()
    marked[UNSENT] = ""
    return marked


def fill_in(request: HttpRequest, typed: Autosave) -> None:
    """Let the request be as if what was typed had been sent, only to be shown."""
    request.POST = as_posted(typed.values)
    request.POST[FORM_KEY], request.POST[UNSENT] = typed.key, ""


class UnsentFormMixin:
    """Let a bound form keep its values unchecked, and never be valid, while it is not sent."""

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
