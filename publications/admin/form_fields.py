"""Form fields and widgets of the desk: datetimes, hidden state, tags, Markdown."""

from datetime import datetime

from django import forms
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.utils.translation import gettext as _
from taggit.forms import TagWidget as TaggitWidget

from publications.models import parse_pk

VALID_YEARS = range(1900, 2101)


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
        if datetime_value and datetime_value.year not in VALID_YEARS:
            raise forms.ValidationError(
                _("The year %(year)d cannot be right. Give one from %(first)d to %(last)d.")
                % {"year": datetime_value.year, "first": VALID_YEARS[0], "last": VALID_YEARS[-1]}
            )
        return datetime_value


class ModelChoicesField(forms.ModelMultipleChoiceField):
    """A multiple choice of objects. A primary key too large for the database is an invalid choice, not an error."""

    def clean(self, value) -> QuerySet:
        for pk in value or ():
            if not parse_pk(str(pk)):
                raise forms.ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": pk}
                )
        return super().clean(value)


class TagInput(TaggitWidget):
    """A text input for tags with completion."""

    class Media:
        js = [Script("js/desk/tags.js", type="module")]


class MarkdownEditor(forms.Textarea):
    """A textarea with a toolbar and short help on Markdown."""

    template_name = "desk/widgets/markdown_editor.html"


class HiddenStateField(forms.CharField):
    """A hidden input that carries state of the form from one submission to the next."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)

    def has_changed(self, initial, data) -> bool:
        return False
