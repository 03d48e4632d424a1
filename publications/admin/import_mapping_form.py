"""What becomes of categories and custom fields of an import: rows of its settings, if its source proposes some."""

from collections.abc import Mapping
from hashlib import sha256

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.importers.mapping import MAPPED_FIELDS, MAPPED_SECTIONS
from publications.models import ArchiveImport, Kind
from publications.stored_messages import show_message

from .form_data import RedisplayMixin

FIELD_LABELS: Mapping[str, str | Promise] = {
    "summary": gettext_lazy("Summary"),
    "doi": "DOI",
    "isbn": "ISBN",
    "number": gettext_lazy("Number"),
    "external_url": gettext_lazy("Address of the text elsewhere"),
    "note": gettext_lazy("Internal note"),
}


class MappingForm(RedisplayMixin, forms.Form):
    """A choice for each category, type and custom field that the check has found, or that was chosen before."""

    def __init__(self, *args, job: ArchiveImport, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        proposed, chosen = job.report.get("mapping") or {}, job.options.get("mapping") or {}
        self.names: dict[str, tuple[str, str]] = {}
        for section in MAPPED_SECTIONS:
            rows = {name: (target, comment) for name, target, comment in proposed.get(section, ())}
            rows |= {name: ("", "") for name in chosen.get(section, {}) if name not in rows}
            for name, (target, comment) in rows.items():
                key = f"{section}-{sha256(name.encode()).hexdigest()[:12]}"
                self.names[key] = section, name
                self.fields[key] = forms.ChoiceField(
                    label=_LABELS[section]() % {"name": name},
                    choices=_list_choices(section),
                    required=False,
                    help_text=show_message(comment) if comment else "",
                    initial=chosen.get(section, {}).get(name, target),
                )

    @property
    def mapping(self) -> dict[str, dict[str, str]]:
        """What was chosen, by section and name, for `ArchiveImport.options`."""
        mapping: dict[str, dict[str, str]] = {section: {} for section in MAPPED_SECTIONS}
        for key, (section, name) in self.names.items():
            mapping[section][name] = self.cleaned_data[key]
        return {section: rows for section, rows in mapping.items() if rows}


_LABELS = {
    "kinds": lambda: _("Texts of “%(name)s” are"),
    "fields": lambda: _("The field “%(name)s” becomes"),
}


def _list_choices(section: str) -> list[tuple[str, str]]:
    if section == "kinds":
        kinds = [(kind.slug, kind.get_translation("name")) for kind in Kind.objects.all()]
        return [("", _("of the kind that is set above")), *kinds]
    return [("", _("left out")), *((name, str(FIELD_LABELS[name])) for name in MAPPED_FIELDS)]
