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
from django.utils.translation import gettext_lazy as _

from publications.models import parse_pk

from .choice_sources import CHOICE_SOURCES, choice_source_for

MAX_OPTIONS = 60
EMPTY_SELECTS = 3
ENTER_BUTTON = "_enter"  # the submit button of the Enter key: it saves, or searches if a query was typed


def pending_query(data, name: str) -> str:
    """Return the query in the search box of a chooser, or "" if its results or a message have been shown."""
    query, shown_query = data.get(f"{name}-find", "").strip(), data.get(f"{name}-found", "").strip()
    return query if query != shown_query else ""


def is_search(data, name: str) -> bool:
    """Return whether the Enter key in a form without scripts means to search in a chooser."""
    return ENTER_BUTTON in data and bool(pending_query(data, name))


def read_initial_pks(data, name: str) -> list[int]:
    """Return the primary keys that were stored when a form was opened, from its data."""
    return [pk for text in data.get(f"{name}-chooser", "").split(",") if (pk := parse_pk(text))]


@dataclass(frozen=True)
class ChooserValue:
    """The value of a chooser, for its widget.

    Attributes:
        pairs: primary keys of the chosen objects with their roles, in order.
        initial_pks: primary keys that were stored when the form was opened.
        excluded_pk: primary key of the object that is edited, which cannot be chosen for itself.
        query: words in the search box.
        is_search: whether the form was submitted to search for them.
    """

    pairs: Sequence[tuple[str, str]] = ()
    initial_pks: Sequence[int] = ()
    excluded_pk: int | None = None
    query: str = ""
    is_search: bool = False


class ChooserBoundField(forms.BoundField):
    """A chooser in a form: its value depends on the instance and the data of the form."""

    def value(self) -> ChooserValue:
        data = self.form.data if self.form.is_bound else {}
        return ChooserValue(
            pairs=super().value(),
            initial_pks=self._read_initial_pks(),
            excluded_pk=self.excluded_pk,
            query=data.get(f"{self.html_name}-find", ""),
            is_search=is_search(data, self.html_name),
        )

    def _read_initial_pks(self) -> list[int]:
        """Return the primary keys that were stored when the form was opened; a bound form carries them."""
        instance = getattr(self.form, "instance", None)
        if not self.field.is_merged or not (instance and instance.pk):
            return []
        if self.form.is_bound:
            return read_initial_pks(self.form.data, self.html_name)
        return [int(pk) for pk, _role in self.field.prepare_value(self.initial)]

    @property
    def excluded_pk(self) -> int | None:
        """The primary key of the object that is edited, which cannot be chosen for itself."""
        instance = getattr(self.form, "instance", None)
        return instance.pk if isinstance(instance, self.field.source.model) else None


class ChooserWidget(forms.Widget):
    """Numbered selects, with a select of the role beside each where there are roles. Its value is a `ChooserValue`."""

    template_name = "desk/widgets/chooser.html"
    use_fieldset = True

    class Media:
        js = [Script("js/desk/chooser.js", type="module")]

    def __init__(self, field: "ChooserField", *, can_add: bool, can_propose: bool) -> None:
        super().__init__()
        self.field, self.can_add, self.can_propose = field, can_add, can_propose

    def value_from_datadict(self, data, files, name: str) -> list[tuple[str, str]]:
        """Return pairs of value and role in the order of the form, without empty selects."""
        roles = data.getlist(f"{name}-role")
        roles += [""] * len(data.getlist(name))
        return [(value, role) for value, role in zip(data.getlist(name), roles, strict=False) if value]

    def value_omitted_from_data(self, data, files, name: str) -> bool:
        return f"{name}-chooser" not in data

    def fill_in(self, data, name: str, pairs: list[tuple[str, str]]) -> None:
        """Set these pairs of value and role in form data, as if the page had submitted them unchanged."""
        data.setlist(name, [value for value, _role in pairs])
        data.setlist(f"{name}-role", [role for _value, role in pairs])
        data[f"{name}-chooser"] = ",".join(data.getlist(name))

    def get_context(self, name: str, value: ChooserValue, attrs) -> dict:
        context = super().get_context(name, value, attrs)
        field = self.field
        options = self._options(value)
        labels = dict(options)
        empty_count = max(0, min(EMPTY_SELECTS, field.limit - len(value.pairs)))
        context["chooser"] = {
            "url": reverse_lazy("desk:chooser-search", args=[field.source_name]),
            "limit": field.limit,
            "excluded_pk": value.excluded_pk or "",
            "initial_pks": ",".join(str(pk) for pk in value.initial_pks),
            "query": value.query,
            "is_search": value.is_search,
            "has_no_results": bool(value.query)
            and not field.source.options(value.query, field.queryset).exists(),
            "add_url": reverse_lazy("desk:publications_author_add") if self.can_add else "",
            "quick_add_url": reverse_lazy("desk:quick-add", args=["author"])
            if self.can_add or self.can_propose
            else "",
            "can_browse": field.source_name == "images",
            "roles": list(field.roles.items()),
            "options": options,
            "chosen_labels": [labels[chosen] for chosen, _role in value.pairs if chosen in labels],
            "selects": [
                {"number": number, "value": chosen, "role": role}
                for number, (chosen, role) in enumerate([*value.pairs, *[("", "")] * empty_count], start=1)
            ],
        }
        return context

    def _options(self, value: ChooserValue) -> list[tuple[str, str]]:
        """Return the options of the selects: the chosen objects, then results of the query or the newest."""
        source = self.field.source
        pks = [pk for chosen, _role in value.pairs if (pk := parse_pk(chosen))]
        chosen = source.search("", self.field.selectable()).filter(pk__in=pks)
        options = source.options(value.query, self.field.queryset)[: MAX_OPTIONS + 1]
        objects = [*chosen, *(obj for obj in options if obj.pk != value.excluded_pk)]
        return list({str(obj.pk): source.label(obj) for obj in objects}.items())


class ChooserField(forms.Field):
    """An ordered list of objects, as pairs of object and role.

    Args:
        source_name: the key of a source in `CHOICE_SOURCES`.
        limit: how many objects can be chosen.
        roles: values and labels, where each chosen object has a role.
        can_add: whether the chooser offers the form of a new author.
        can_propose: whether it offers to propose one.
        is_merged: whether the form carries what was stored when it was opened, so that two changes can be merged.
        user: who chooses; None offers all objects.
        always_selectable: primary keys that may stay chosen though the user may not choose them.
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
        can_propose: bool = False,
        is_merged: bool = False,
        user=None,
        always_selectable: Sequence[int] = (),
        **kwargs,
    ) -> None:
        self.source_name, self.limit, self.roles, self.is_merged = source_name, limit, dict(roles), is_merged
        self.source = choice_source_for(source_name, user) if user else CHOICE_SOURCES[source_name]
        self.queryset, self.always_selectable = (
            self._queryset_for(user) if user else None,
            list(always_selectable),
        )
        super().__init__(widget=ChooserWidget(self, can_add=can_add, can_propose=can_propose), **kwargs)

    def _queryset_for(self, user) -> QuerySet:
        queryset = self.source.queryset_for(user)
        return self.source.manager.none() if queryset is None else queryset

    def selectable(self) -> QuerySet:
        """Return the objects that may be chosen or stay chosen."""
        queryset = self.source.manager.all()
        if self.queryset is None:
            return queryset
        return queryset.filter(Q(pk__in=self.queryset.values("pk")) | Q(pk__in=self.always_selectable))

    def prepare_value(self, value) -> list[tuple[str, str]]:
        """Return pairs of primary key and role, from objects, primary keys, or a parameter of the URL ("3,7")."""
        if isinstance(value, str):
            value = [(pk, "") for text in value.split(",") if (pk := parse_pk(text))]
        return [(str(item.pk if isinstance(item, Model) else item), role) for item, role in value or []]

    def clean(self, value) -> list[tuple[Model, str]]:
        pairs = value or []
        if self.required and not pairs:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(pairs) > self.limit:
            raise forms.ValidationError(self.error_messages["too_many"] % {"limit": self.limit})
        pks = [parse_pk(str(chosen)) for chosen, _role in pairs]
        objects = self.source.search("", self.selectable()).in_bulk(pks)
        if not all(pk in objects for pk in pks):
            raise forms.ValidationError(self.error_messages["gone"])
        for pk in pks:
            if pks.count(pk) > 1:
                name = self.source.name(objects[pk])
                raise forms.ValidationError(self.error_messages["twice"] % {"what": name})
        default_role = next(iter(self.roles), "")
        return [
            (objects[pk], role if role in self.roles else default_role)
            for pk, (_chosen, role) in zip(pks, pairs, strict=True)
        ]

    def has_changed(self, initial, data) -> bool:
        return self.prepare_value(initial) != self.prepare_value(data)
