"""Equal spellings: a search for one of them finds the others. What is saved counts from the next search on."""

from django import forms
from django.utils.translation import gettext_lazy

from publications.models import Synonym

from .beside import Amended, AmendedForm


class SynonymForm(AmendedForm):
    class Meta:
        model = Synonym
        fields = ("spellings",)
        widgets = {
            "spellings": forms.Textarea(attrs={"rows": 8, "autocapitalize": "none", "spellcheck": "false"})
        }


class SynonymDesk(Amended):
    form = SynonymForm
    fields = ("spellings",)
    list_display = ("__str__",)
    search_fields = ("spellings",)
    search_help_text = gettext_lazy("Find a row by one of its spellings.")
