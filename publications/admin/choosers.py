"""The ordered chooser: a field that holds an ordered list of authors, publications or images.

Without scripts it is a column of numbered selects and a Find button, which shows the form again with other options.
With scripts, chooser.js replaces them by a search box and a list with Up, Down and Remove; names and values are the
same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.db.models import Model, Q, QuerySet
from django.forms.widgets import Script
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publications.models import parse_pk

from .choice_sources import CHOICE_SOURCES, choice_source_for
from .unsent_forms import UnsentFormMixin

OPTIONS_WITHOUT_SCRIPT = 60
SPARE_PLACES = 3
ENTER = "_enter"  # the button that Enter presses: it saves, or finds where words to look for were typed


def pending_query(data, name: str) -> str:
    """Return the query in the search box of a chooser, or "" if it was searched for or reported already."""
    query, answered = data.get(f"{name}-find", "").strip(), data.get(f"{name}-found", "").strip()
    return query if query != answered else ""


def is_search(data, name: str) -> bool:
    """Return whether Enter in a form without scripts is meant for the search box of a chooser."""
    return ENTER in data and bool(pending_query(data, name))


def read_initial_pks(data, name: str) -> list[int]:
    """Return the primary keys that were stored when a form was opened, from its data."""
    return [pk for text in data.get(f"{name}-chooser", "").split(",") if (pk := parse_pk(text))]


@dataclass(frozen=True)
class ChooserValue:
    """The value of a chooser, for its widget.

    Attributes:
        pairs: primary keys of the chosen rows with their roles, in order.
        initial_pks: primary keys that were stored when the form was opened.
        excluded: primary key of the row that is edited, which is no choice for itself.
        query: words in the search box.
        is_search: whether the form was sent to search for them.
    """

    pairs: Sequence[tuple[str, str]] = ()
    initial_pks: Sequence[int] = ()
    excluded: int | None = None
    query: str = ""
    is_search: bool = False


class ChooserBoundField(forms.BoundField):
    """A chooser in a form: its value depends on the row and the data of the form."""

    def value(self) -> ChooserValue:
        data = self.form.data if self.form.is_bound else {}
        return ChooserValue(
            pairs=super().value(),
            initial_pks=self._read_initial_pks(),
            excluded=self.excluded,
            query=data.get(f"{self.html_name}-find", ""),
            is_search=is_search(data, self.html_name),
        )

    def _read_initial_pks(self) -> list[int]:
        """Return the stored keys as of when the form was opened; a bound form carries them."""
        row = getattr(self.form, "instance", None)
        if not self.field.is_merged or not (row and row.pk):
            return []
        if self.form.is_bound:
            return read_initial_pks(self.form.data, self.html_name)
        return [int(pk) for pk, _role in self.field.prepare_value(self.initial)]

    @property
    def excluded(self) -> int | None:
        """The key of the row that is edited, which is no choice for itself."""
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
        """Return pairs of value and role in the order of the form, without empty places."""
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
            "url": reverse_lazy("desk:chooser-search", args=[field.source_name]),
            "limit": field.limit,
            "excluded": value.excluded or "",
            "initial_pks": ",".join(str(pk) for pk in value.initial_pks),
            "query": value.query,
            "is_search": value.is_search,
            "has_no_results": bool(value.query)
            and not field.source.options(value.query, field.rows).exists(),
            "add_url": reverse_lazy("desk:publications_author_add") if self.can_add else "",
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
        """Return the options of the selects: the chosen rows, then the results of the query, or the newest rows."""
        source = self.field.source
        keys = [pk for chosen, _role in value.pairs if (pk := parse_pk(chosen))]
        chosen = source.search("", self.field.selectable()).filter(pk__in=keys)
        options = source.options(value.query, self.field.rows)[: OPTIONS_WITHOUT_SCRIPT + 1]
        rows = [*chosen, *(row for row in options if row.pk != value.excluded)]
        return list({str(row.pk): source.label(row) for row in rows}.items())


class ChooserField(forms.Field):
    """An ordered list of rows, as pairs of row and role.

    Args:
        source_name: the key of a source in `CHOICE_SOURCES`.
        limit: how many rows can be chosen.
        roles: values and labels, where each chosen row has a role.
        can_add: whether the chooser links to the form of a new row.
        is_merged: whether the form carries what was stored when it was opened, so that two changes can be merged.
        person: who chooses; None offers all rows.
        always_selectable: primary keys that may stay chosen though the person may not choose them.
    """

    bound_field_class = ChooserBoundField
    default_error_messages = {
        "gone": _("One of the chosen entries is no longer there. Choose again."),
        "twice": _("“%(what)s” is chosen twice."),
        "too_many": _("At most %(limit)d can be chosen."),
    }

    def __init__(
        self,
        source_name: str,
        *,
        limit: int = 40,
        roles: Sequence[tuple[str, str]] = (),
        can_add: bool = False,
        is_merged: bool = False,
        person=None,
        always_selectable: Sequence[int] = (),
        **kwargs,
    ) -> None:
        self.source_name, self.limit, self.roles, self.is_merged = source_name, limit, dict(roles), is_merged
        self.source = choice_source_for(source_name, person) if person else CHOICE_SOURCES[source_name]
        self.rows, self.always_selectable = (
            self._rows_for(person) if person else None,
            list(always_selectable),
        )
        super().__init__(widget=ChooserWidget(self, can_add=can_add), **kwargs)

    def _rows_for(self, person) -> QuerySet:
        rows = self.source.rows_for(person)
        return self.source.rows.none() if rows is None else rows

    def selectable(self) -> QuerySet:
        """Return the rows that may be chosen or stay chosen."""
        rows = self.source.rows.all()
        if self.rows is None:
            return rows
        return rows.filter(Q(pk__in=self.rows.values("pk")) | Q(pk__in=self.always_selectable))

    def prepare_value(self, value) -> list[tuple[str, str]]:
        """Return pairs of key and role, from rows, from keys, or from keys in the address of the form ("3,7")."""
        if isinstance(value, str):
            value = [(pk, "") for text in value.split(",") if (pk := parse_pk(text))]
        return [(str(row.pk if isinstance(row, Model) else row), role) for row, role in value or []]

    def clean(self, value) -> list[tuple[Model, str]]:
        pairs = value or []
        if self.required and not pairs:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(pairs) > self.limit:
            raise forms.ValidationError(self.error_messages["too_many"] % {"limit": self.limit})
        keys = [parse_pk(str(chosen)) for chosen, _role in pairs]
        rows = self.source.search("", self.selectable()).in_bulk(keys)
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


class ChooserFormMixin(UnsentFormMixin):
    """A form with choosers, which may be sent only to find other options.

    A query that is left in a search box when the form is saved chooses the row of exactly this name. If there is no
    such row, or more than one, the form asks once and keeps the query.
    """

    notice = ""
    """What heads the form where it asks for an answer and has no error."""

    @property
    def is_unsent(self) -> bool:
        """Whether somebody without scripts asks a chooser for other options: nothing is checked, all is kept."""
        return super().is_unsent or (self.is_bound and self._is_searching())

    def full_clean(self) -> None:
        if self.is_bound and not self.is_unsent:
            for bound in self._pending_choosers():
                self._choose_exact_match(bound)
        super().full_clean()

    def clean(self) -> dict:
        cleaned = super().clean()
        pending = self._pending_choosers()
        if pending and not self.errors:
            self.notice = gettext("Please confirm.")
        for bound in pending:
            text = _("%(label)s: “%(query)s” is not chosen yet. Choose an entry, or save again without it.")
            query = pending_query(self.data, bound.html_name)
            self.add_error(None, text % {"label": bound.label, "query": query})
        return cleaned

    def _choosers(self) -> list[ChooserBoundField]:
        return [self[name] for name, field in self.fields.items() if isinstance(field, ChooserField)]

    def _pending_choosers(self) -> list[ChooserBoundField]:
        enabled = [bound for bound in self._choosers() if not bound.field.disabled]
        return [bound for bound in enabled if pending_query(self.data, bound.html_name)]

    def _is_searching(self) -> bool:
        return any(is_search(self.data, bound.html_name) for bound in self._choosers())

    def _choose_exact_match(self, bound: ChooserBoundField) -> None:
        """Add the row that the pending query names to the chosen ones; the search box is emptied."""
        field, name = bound.field, bound.html_name
        row = field.source.exact_match(pending_query(self.data, name), field.rows)
        if row is None or row.pk == bound.excluded:
            return
        self.data = self.data.copy()
        self.data[f"{name}-find"] = ""
        chosen = [key for key, _role in bound.data]
        if field.limit == 1:
            self.data.setlist(name, [str(row.pk)])
        elif str(row.pk) not in chosen:
            self.data.appendlist(name, str(row.pk))
            self.data.appendlist(f"{name}-role", "")


class ChooserModelForm(ChooserFormMixin, forms.ModelForm):
    """The form of a row with choosers."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Browsers cut without a word: a sentence says it instead.
            field.widget.attrs.pop("maxlength", None)
