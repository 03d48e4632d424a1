"""Forms with choosers, which may be submitted only to search for options."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .choosers import ChooserBoundField, ChooserField, is_search, pending_query
from .form_data import RedisplayMixin
from .outdated_forms import OutdatedFormMixin


class ChooserFormMixin(RedisplayMixin):
    """A form with choosers, which may be submitted only to search for options.

    A query that is left in a search box when the form is saved chooses the object of exactly this name. If there is
    none, or more than one, the form asks once and keeps the query.
    """

    notice = ""
    """What the form asks the user to confirm, in place of a count of errors."""

    @property
    def is_redisplay(self) -> bool:
        """Whether the form is redisplayed, also by a user without scripts who searches in a chooser."""
        return super().is_redisplay or (self.is_bound and self._is_searching())

    def full_clean(self) -> None:
        if self.is_bound and not self.is_redisplay:
            for bound_field in self._pending_choosers():
                self._choose_exact_match(bound_field)
        super().full_clean()

    def clean(self) -> dict:
        cleaned = super().clean()
        pending = self._pending_choosers()
        if pending and not self.errors:
            self.notice = gettext("Please confirm.")
        for bound_field in pending:
            text = _("%(label)s: “%(query)s” is not chosen yet. Choose an entry, or save again without it.")
            query = pending_query(self.data, bound_field.html_name)
            self.add_error(None, text % {"label": bound_field.label, "query": query})
        return cleaned

    def _choosers(self) -> list[ChooserBoundField]:
        return [self[name] for name, field in self.fields.items() if isinstance(field, ChooserField)]

    def _pending_choosers(self) -> list[ChooserBoundField]:
        enabled_fields = [bound_field for bound_field in self._choosers() if not bound_field.field.disabled]
        return [
            bound_field for bound_field in enabled_fields if pending_query(self.data, bound_field.html_name)
        ]

    def _is_searching(self) -> bool:
        return any(is_search(self.data, bound_field.html_name) for bound_field in self._choosers())

    def _choose_exact_match(self, bound_field: ChooserBoundField) -> None:
        """Add the object that the pending query names to the chosen ones, and empty the search box."""
        field, name = bound_field.field, bound_field.html_name
        match = field.source.exact_match(pending_query(self.data, name), field.queryset)
        if match is None or match.pk == bound_field.excluded_pk:
            return
        self.data = self.data.copy()
        self.data[f"{name}-find"] = ""
        chosen = [pk for pk, _role in bound_field.data]
        if field.limit == 1:
            self.data.setlist(name, [str(match.pk)])
        elif str(match.pk) not in chosen:
            self.data.appendlist(name, str(match.pk))
            self.data.appendlist(f"{name}-role", "")


class ChooserModelForm(OutdatedFormMixin, ChooserFormMixin, forms.ModelForm):
    """A model form with choosers."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Browsers cut silently: the error message of the field says it instead.
            field.widget.attrs.pop("maxlength", None)
