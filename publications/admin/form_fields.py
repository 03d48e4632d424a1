"""Form fields and widgets of the desk: datetimes, days, hidden state, tags, Markdown."""

from datetime import date, datetime

from django import forms
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.urls import reverse
from django.utils.translation import gettext as _
from taggit.forms import TagField, TextareaTagWidget

from publications.models import Tag, parse_pk

VALID_YEARS = range(1900, 2101)
MAX_SHOWN_NAME = 40
"""How many characters of a name an error shows."""


class LocalDateTimeField(forms.DateTimeField):
    """A datetime in the current time zone, with the date and time picker of the browser."""

    def __init__(self, **kwargs) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, required=False, **kwargs)

    def to_python(self, value) -> datetime | None:
        try:
            datetime_value = super().to_python(value)
        except forms.ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            raise forms.ValidationError(
                _("The clocks change that night: this hour comes twice or not at all. Choose another one.")
            ) from error
        _check_year(datetime_value)
        return datetime_value


class DayField(forms.DateField):
    """A day, with the date picker of the browser."""

    def __init__(self, **kwargs) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value) -> date | None:
        day = super().to_python(value)
        _check_year(day)
        return day


def _check_year(day: date | None) -> None:
    if day and day.year not in VALID_YEARS:
        raise forms.ValidationError(
            _("The year %(year)d cannot be right. Give one from %(first)d to %(last)d.")
            % {"year": day.year, "first": VALID_YEARS[0], "last": VALID_YEARS[-1]}
        )


class ModelChoicesField(forms.ModelMultipleChoiceField):
    """A multiple choice of objects. A primary key too large for the database is an invalid choice, not an error."""

    def clean(self, value) -> QuerySet:
        for pk in value or ():
            if not parse_pk(str(pk)):
                raise forms.ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": pk}
                )
        return super().clean(value)


class TagNamesField(TagField):
    """The names of tags, divided by commas, each of which a tag can have."""

    def clean(self, value: str) -> list[str]:
        names = super().clean(value)
        for name in names:
            try:
                Tag._meta.get_field("name").run_validators(name)
            except forms.ValidationError as error:
                messages = [f"“{name[:MAX_SHOWN_NAME]}…”: {message}" for message in error.messages]
                raise forms.ValidationError(messages) from None
        return names


class TagInput(TextareaTagWidget):
    """A text box for tags with completion, as high as its tags need.

    `can_add` says whether the form of a new tag is offered; without it a new tag is made of its name alone.
    """

    can_add = False

    class Media:
        js = [Script("js/desk/tags.js", type="module")]

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__({"rows": 1, "class": "tags-field", **(attrs or {})})

    def build_attrs(self, base_attrs: dict, extra_attrs: dict | None = None) -> dict:
        attrs = super().build_attrs(base_attrs, extra_attrs)
        attrs["data-failed"] = _("The server does not answer. Try again.")
        if self.can_add:
            attrs |= {
                "data-adding": reverse("desk:quick-add", args=["tag"]),
                "data-new-tag": _("New tag “{name}”"),
            }
        return attrs


class TextEditor(forms.Textarea):
    """A textarea with a toolbar and short help on Markdown."""

    template_name = "desk/widgets/text_editor.html"


class HiddenStateField(forms.CharField):
    """A hidden input that carries state of the form from one submission to the next."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)

    def has_changed(self, initial, data) -> bool:
        return False
