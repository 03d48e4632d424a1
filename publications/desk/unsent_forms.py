"""A form that is shown with values nobody has asked to store: `_find` among them says so."""

from collections.abc import Collection

from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict

from publications.models import Typed

UNSENT = "_find"
FORM_KEY = "form_key"
WORD_OF_SECRETS = "password"


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


def fill_in(request: HttpRequest, typed: Typed) -> None:
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
