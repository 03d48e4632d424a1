"""Forms that were opened before an update of the site which renamed or added fields.

Browsers submit nothing for a field that the page did not have, which would clear its stored value. Such a field keeps
its stored value, and the form is saved only after it has been shown again with that value.
"""

from collections.abc import Collection

from django import forms
from django.utils.text import get_text_list
from django.utils.translation import gettext as _


class OutdatedFormMixin:
    """A model form whose submitted page may lack fields of this release."""

    _absent: Collection[str] = ()

    def find_absent_fields(self) -> list[str]:
        """Return the names of the fields that the submitted page did not have."""
        raise NotImplementedError

    def full_clean(self) -> None:
        if self.is_bound and self.instance.pk:
            self._absent = [name for name in self.find_absent_fields() if not self.fields[name].disabled]
            if self._absent:
                self.data = self.data.copy()
            for name in self._absent:
                self._fill_in_stored_value(name)
        super().full_clean()

    def clean(self) -> dict:
        cleaned = super().clean()
        if self._absent:
            labels = [f"“{self.fields[name].label}”" for name in self._absent]
            text = _(
                "This form was opened before the site was updated: %(fields)s had another form then. It now shows "
                "what is stored there. Check it, then save again. Nothing has been saved yet."
            )
            error = text % {"fields": get_text_list(labels, _("and"))}
            self.add_error(None, forms.ValidationError(error, code="outdated"))
        return cleaned

    def _fill_in_stored_value(self, name: str) -> None:
        field, html_name = self.fields[name], self.add_prefix(name)
        value = field.prepare_value(self.get_initial_for_field(field, name))
        if hasattr(field.widget, "fill_in"):
            field.widget.fill_in(self.data, html_name, value)
        elif isinstance(field, forms.BooleanField):
            self.data.setlist(html_name, ["on"] if value else [])
        elif not isinstance(field, forms.FileField):
            shown = field.widget.format_value(value)
            self.data.setlist(html_name, shown if isinstance(shown, list) else [shown or ""])
