"""How the list of working copies is narrowed: by where a piece stands, what waits for whoever looks, and language."""

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from publications.languages import NAMES
from publications.models import Publication, State, in_state

from .waiting import Waiting, for_person, waiting


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return State.choices

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        return in_state(queryset, State(self.value())) if self.value() in State.values else queryset


class WaitingFilter(admin.SimpleListFilter):
    """What waits for whoever looks."""

    title = gettext_lazy("waiting")
    parameter_name = "waits"

    def lookups(self, request, model_admin):
        return [(what.value, what.label) for what in for_person(request.user)]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        asked = self.value()
        known = asked in {what.value for what in for_person(request.user)}
        return waiting(Waiting(asked), request.user, queryset) if known else queryset

    def get_facet_counts(self, pk_attname: str, filtered_qs: QuerySet) -> dict:
        """Without the last figure, of what leads to what is gone: that takes a look at every text."""
        all_choices = self.lookup_choices
        self.lookup_choices = [choice for choice in all_choices if choice[0] != Waiting.GONE]
        try:
            return super().get_facet_counts(pk_attname, filtered_qs)
        finally:
            self.lookup_choices = all_choices


class LanguageFilter(admin.SimpleListFilter):
    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        used = Publication.objects.order_by("language").values_list("language", flat=True).distinct()
        return [(code, NAMES.get(code, code)) for code in used]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        return queryset.filter(language=self.value()) if self.value() else queryset
