"""The ordered chooser: a field that holds an ordered list of authors, publications or images.

With scripts off it is a column of numbered selects and a Find button, which asks the server for other
options and keeps everything typed. With scripts on, chooser.js puts a search box and a list with Up,
Down and Remove in its place, over the same names and values.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.db.models import Model, Q, QuerySet
from django.forms.widgets import Script
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from .choice_sources import CHOICE_SOURCES, choice_source_for
from .unsent_forms import UnsentFormMixin, parse_pk

OPTIONS_WITHOUT_SCRIPT = 60
SPARE_PLACES = 3
MAX_RELATED_LINKS = 20
ENTER = "_enter"  # the button that Enter presses: it saves, or finds where words to look for were typed


def is_search(data, name: str) -> bool:
    """Whether Enter in a form without scripts is meant for the words in the Find field of a chooser."""
    asked, answered = data.get(f"{name}-find", "").strip(), data.get(f"{name}-found", "").strip()
    return ENTER in data and asked != answered


def opened_with(data, name: str) -> list[int]:
    """Return the keys of the rows that were stored when the form was opened, as it carries them."""
    return [int(pk) for pk in data.get(f"{name}-chooser", "").split(",") if pk.isdecimal()]


@dataclass(frozen=True)
class ChooserValue:
    """What a chooser shows.

    Attributes:
        pairs: keys of the chosen rows with their roles, in order.
        opened_with: keys of the rows that were stored when the form was opened.
        excluded: the row that is edited, which is no choice for itself.
        query: words that were looked for.
        is_search: whether the form was sent to look for them.
    """

    pairs: Sequence[tuple[str, str]] = ()
    opened_with: Sequence[int] = ()
    excluded: int | None = None
    query: str = ""
    is_search: bool = False


class ChooserBoundField(forms.BoundField):
    """A chooser in a form: its value comes of what the form has as initial values, row and data."""

    def value(self) -> ChooserValue:
        data = self.form.data if self.form.is_bound else {}
        return ChooserValue(
            pairs=super().value(),
            opened_with=self._opened_with(),
            excluded=self._excluded(),
            query=data.get(f"{self.html_name}-find", ""),
            is_search=is_search(data, self.html_name),
        )

    def _opened_with(self) -> list[int]:
        """What a form that is shown again without being stored was opened with stays so."""
        if not self.field.is_merged:
            return []
        if self.form.is_unsent:
            return opened_with(self.form.data, self.html_name)
        return [int(pk) for pk, _role in self.field.prepare_value(self.initial)]

    def _excluded(self) -> int | None:
        row = getattr(self.form, "instance", None)
        return row.pk if isinstance(row, self.field.source.model) else None


class ChooserWidget(forms.Widget):
    """Numbered selects, each with a role where the list has roles. It shows a `ChooserValue`."""

    template_name = "desk/widgets/chooser.html"
    use_fieldset = True

    class Media:
        js = [Script("js/desk/chooser.js", type="module")]

    def __init__(self, field: "ChooserField", *, can_add: bool) -> None:
        super().__init__()
        self.field, self.can_add = field, can_add

    def value_from_datadict(self, data, files, name: str) -> list[tuple[str, str]]:
        """Pairs of value and role in the order of the form; empty places are passed over."""
        roles = data.getlist(f"{name}-role")
        roles += [""] * len(data.getlist(name))
        return [(value, role) for value, role in zip(data.getlist(name), roles, strict=False) if value]

    def value_omitted_from_data(self, data, files, name: str) -> bool:
        return f"{name}-chooser" not in data

    def get_context(self, name: str, value: ChooserValue, attrs) -> dict:
        context = super().get_context(name, value, attrs)
        field = self.field
        options = self._options(value)
        labels = dict(options)
        spare = max(0, min(SPARE_PLACES, field.limit - len(value.pairs)))
        context["chooser"] = {
            "what": field.what,
            "url": reverse_lazy("desk:chooser-search", args=[field.what]),
            "limit": field.limit,
            "own": value.excluded or "",
            "stored": ",".join(str(pk) for pk in value.opened_with),
            "query": value.query,
            "is_sought": value.is_search,
            "found_none": bool(value.query) and not field.source.offered(value.query, field.rows).exists(),
            "adding": reverse_lazy("desk:publications_author_add") if self.can_add else "",
            "roles": list(field.roles.items()),
            "options": options,
            "chosen_labels": [labels[chosen] for chosen, _role in value.pairs if chosen in labels],
            "places": [
                {"number": number, "value": chosen, "role": role}
                for number, (chosen, role) in enumerate([*value.pairs, *[("", "")] * spare], start=1)
            ],
        }
        return context

    def _options(self, value: ChooserValue) -> list[tuple[str, str]]:
        """What the selects offer: what is chosen, then what was found (or the newest)."""
        source = self.field.source
        keys = [pk for chosen, _role in value.pairs if (pk := parse_pk(chosen))]
        chosen = source.found("", self.field.selectable()).filter(pk__in=keys)
        offered = source.offered(value.query, self.field.rows)[: OPTIONS_WITHOUT_SCRIPT + 1]
        rows = [*chosen, *(row for row in offered if row.pk != value.excluded)]
        return list({str(row.pk): source.line(row) for row in rows}.items())


class ChooserField(forms.Field):
    """An ordered list of rows, as pairs of row and role.

    Args:
        what: the name of a `ChoiceSource`.
        limit: how many rows can be chosen.
        roles: values and labels, where each chosen row has a role.
        can_add: whether a row that is not found can be added.
        is_merged: whether the form carries what was stored when it was opened, so that two changes can be merged.
        person: who chooses; None offers all rows.
        kept: keys of rows that may stay chosen though the person may not choose them.
    """

    bound_field_class = ChooserBoundField
    default_error_messages = {
        "gone": _("One of the chosen entries is no longer there. Choose again."),
        "twice": _("“%(what)s” is chosen twice."),
        "too_many": _("At most %(limit)d can be chosen."),
    }

    def __init__(
        self,
        what: str,
        *,
        limit: int = 40,
        roles: Sequence[tuple[str, str]] = (),
        can_add: bool = False,
        is_merged: bool = False,
        person=None,
        kept: Sequence[int] = (),
        **kwargs,
    ) -> None:
        self.what, self.limit, self.roles, self.is_merged = what, limit, dict(roles), is_merged
        self.source = choice_source_for(what, person) if person else CHOICE_SOURCES[what]
        self.rows, self.kept = self._rows_for(person) if person else None, list(kept)
        super().__init__(widget=ChooserWidget(self, can_add=can_add), **kwargs)

    def _rows_for(self, person) -> QuerySet:
        rows = self.source.rows_for(person)
        return self.source.rows.none() if rows is None else rows

    def selectable(self) -> QuerySet:
        """Return the rows that may be chosen or stay chosen."""
        every = self.source.rows.all()
        if self.rows is None:
            return every
        return every.filter(Q(pk__in=self.rows.values("pk")) | Q(pk__in=self.kept))

    def prepare_value(self, value) -> list[tuple[str, str]]:
        """Return pairs of key and role, of rows or of keys."""
        return [(str(row.pk if isinstance(row, Model) else row), role) for row, role in value or []]

    def clean(self, value) -> list[tuple[Model, str]]:
        pairs = value or []
        if self.required and not pairs:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(pairs) > self.limit:
            raise forms.ValidationError(self.error_messages["too_many"] % {"limit": self.limit})
        keys = [parse_pk(str(chosen)) for chosen, _role in pairs]
        rows = self.source.found("", self.selectable()).in_bulk(keys)
        if not all(pk in rows for pk in keys):
            raise forms.ValidationError(self.error_messages["gone"])
        for pk in keys:
            if keys.count(pk) > 1:
                name = self.source.name(rows[pk])
                raise forms.ValidationError(self.error_messages["twice"] % {"what": name})
        fallback = next(iter(self.roles), "")
        return [
            (rows[pk], role if role in self.roles else fallback)
            for pk, (_chosen, role) in zip(keys, pairs, strict=True)
        ]

    def has_changed(self, initial, data) -> bool:
        return self.prepare_value(initial) != self.prepare_value(data)


class ChooserModelForm(UnsentFormMixin, forms.ModelForm):
    """A form with choosers, which may be sent only to find other options."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop(
                "maxlength", None
            )  # browsers cut without a word: a sentence says it instead

    @property
    def is_unsent(self) -> bool:
        """Somebody without scripts asks a chooser for other options: nothing is checked, all is kept."""
        return super().is_unsent or (self.is_bound and self._is_searching())

    def _is_searching(self) -> bool:
        """Enter was pressed, and the words to look for are others than those that were looked for."""
        names = [name for name, field in self.fields.items() if isinstance(field, ChooserField)]
        return any(is_search(self.data, self.add_prefix(name)) for name in names)
