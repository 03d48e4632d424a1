"""A form that is shown with values nobody has asked to store: `_find` among them says so."""

from django.forms.utils import ErrorDict

UNSENT = "_find"


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
