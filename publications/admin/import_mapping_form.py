"""What becomes of categories and custom fields of an import: rows of its settings, if its source proposes some."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.importers.archive_import_rules import (
    MAX_RULES_CHARACTERS,
    PAGE_RULES,
    read_page_rules,
)
from publications.importers.imported_file import ImportRefused
from publications.importers.mapping import MAPPED_FIELDS, MAPPED_SECTIONS
from publications.models import ArchiveImport, Kind
from publications.stored_messages import show_message

from .form_data import RedisplayMixin

FIELD_LABELS: Mapping[str, str | Promise] = {
    "summary": gettext_lazy("Summary"),
    "authors": gettext_lazy("Authors, in place of the account"),
    "files": gettext_lazy("Attached files"),
    "text": gettext_lazy("Text, at the end"),
    "doi": "DOI",
    "isbn": "ISBN",
    "number": gettext_lazy("Number"),
    "external_url": gettext_lazy("Address of the text elsewhere"),
    "note": gettext_lazy("Internal note"),
}

UNDECIDED, LEFT_OUT = "", "-"
"""Choices for a type or field: nobody has said what it becomes, which stays a question; it is left out on purpose."""


class _PageRulesField(forms.CharField):
    """The rules for the pages of a copy of an old site, as YAML."""

    def __init__(self, **kwargs) -> None:
        super().__init__(
            label=_("Rules for the pages"),
            required=False,
            strip=False,
            max_length=MAX_RULES_CHARACTERS,
            widget=forms.Textarea(
                attrs={"rows": 24, "spellcheck": "false", "autocapitalize": "none", "class": "code-field"}
            ),
            help_text=_(
                "Which pages of the old site are texts, and by which CSS selectors their parts are found. They were "
                "proposed from what repeats on the pages: set the kinds, correct what is wrong, and check again. "
                "Emptied, they are proposed anew. docs/moving-in.md describes each line."
            ),
            **kwargs,
        )


class MappingForm(RedisplayMixin, forms.Form):
    """A choice for each category, type and custom field that the check has found, or that was chosen before."""

    def __init__(self, *args, job: ArchiveImport, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        proposed, chosen = job.report.get("mapping") or {}, job.options.get("mapping") or {}
        self.names: dict[str, tuple[str, str]] = {}
        self.questions: set[str] = set()
        targets = _list_targets()
        for section in MAPPED_SECTIONS:
            rows = {name: (target, comment) for name, target, comment in proposed.get(section, ())}
            rows |= {name: ("", "") for name in chosen.get(section, {}) if name not in rows}
            for name, (target, comment) in rows.items():
                key = f"{section}-{sha256(name.encode()).hexdigest()[:12]}"
                self.names[key] = section, name
                is_question = section == "fields" or name in proposed.get("types", ())
                if is_question:
                    self.questions.add(key)
                answer = chosen.get(section, {}).get(name)
                self.fields[key] = forms.ChoiceField(
                    label=_LABELS[section]() % {"name": name},
                    choices=[*_list_other_choices(is_question=is_question), *targets[section]],
                    required=False,
                    help_text=show_message(comment) if comment else "",
                    initial=target if answer is None else answer or (LEFT_OUT if is_question else ""),
                )

        if PAGE_RULES in job.options:
            self.fields[PAGE_RULES] = _PageRulesField(initial=job.options[PAGE_RULES])

    def clean_page_rules(self) -> str:
        """Return the rules with the line ends of YAML, checked; none are proposed anew."""
        rules = "\n".join(self.cleaned_data[PAGE_RULES].splitlines())
        try:
            if rules.strip():
                read_page_rules(rules)
        except ImportRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return rules

    @property
    def options(self) -> dict[str, Any]:
        """What was chosen, for `ArchiveImport.options`."""
        rules = {PAGE_RULES: self.cleaned_data[PAGE_RULES]} if PAGE_RULES in self.fields else {}
        return {"mapping": self._mapping, **rules}

    @property
    def _mapping(self) -> dict[str, dict[str, str]]:
        """What was chosen, by section and name, "" for what is left out; nothing for what nobody has decided."""
        mapping: dict[str, dict[str, str]] = {section: {} for section in MAPPED_SECTIONS}
        for key, (section, name) in self.names.items():
            choice = self.cleaned_data[key]
            if choice != UNDECIDED or key not in self.questions:
                mapping[section][name] = "" if choice == LEFT_OUT else choice
        return {section: rows for section, rows in mapping.items() if rows}


_LABELS = {
    "kinds": lambda: _("Texts of “%(name)s” are"),
    "fields": lambda: _("The field “%(name)s” becomes"),
}


def _list_targets() -> dict[str, list[tuple[str, str]]]:
    """Return what a type or category, and a custom field, may become here."""
    return {
        "kinds": [(kind.slug, kind.get_translation("name")) for kind in Kind.objects.all()],
        "fields": [(name, str(FIELD_LABELS[name])) for name in MAPPED_FIELDS],
    }


def _list_other_choices(*, is_question: bool) -> list[tuple[str, str]]:
    if not is_question:
        return [("", _("of the kind that is set above"))]
    return [(UNDECIDED, _("not decided yet: does not come along")), (LEFT_OUT, _("left out on purpose"))]
