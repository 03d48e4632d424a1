"""The list of audit entries, with links to publications and editions."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from publications.models import ActionType, AuditEntry, parse_pk

from ..model_admin import ReadOnlyAdmin
from .audit_text import describe_entry, name_actor

REBUILT_PARTS = {
    "search": gettext_lazy("search index"),
    "similarity": gettext_lazy("similarity"),
    "likeness": gettext_lazy("similarity"),  # in entries of older releases
}
"""Labels of the rebuilt parts in audit entries."""


class ObjectFilter(admin.SimpleListFilter):
    """The entries of one object, such as "author-3". The filter is shown only while it is used."""

    title = gettext_lazy("row")
    parameter_name = "row"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        newest = self.queryset(request, model_admin.get_queryset(request)).first() if self.value() else None
        return [(self.value(), newest.subject if newest else "–")] if self.value() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        kind, _separator, pk = (self.value() or "").partition("-")
        if not kind:
            return queryset
        return queryset.filter(detail__kind=kind, detail__pk=parse_pk(pk))


class AuditEntryAdmin(ReadOnlyAdmin):
    """Every entry links to its publication, and every number to its edition."""

    list_display = ("at", "what", "about", "who")
    list_display_links = ("at",)
    list_filter = ("action", ("by", admin.RelatedOnlyFieldListFilter), "at", ObjectFilter)
    list_select_related = ("publication", "by")
    search_fields = ("subject", "actor_name")
    search_help_text = gettext_lazy("Words of what was changed, or the name of a person")
    fields = readonly_fields = ("at", "what", "about", "who")

    @admin.display(description=gettext_lazy("action"), ordering="action")
    def what(self, entry: AuditEntry) -> SafeString:
        return SafeString(
            render_to_string(
                "desk/audit_entry.html", {"entry": describe_entry(entry), "may_see_editions": True}
            ).strip()
        )

    @admin.display(description=gettext_lazy("what"), ordering="subject")
    def about(self, entry: AuditEntry) -> str:
        if entry.action == ActionType.REBUILD:
            return ", ".join(str(REBUILT_PARTS.get(part, part)) for part in entry.subject.split(", "))
        if not entry.has_history_page:
            return entry.subject
        address = reverse("desk:history", args=[entry.publication_id])
        return format_html('<a href="{}">{}</a>', address, entry.subject)

    @admin.display(description=gettext_lazy("by"), ordering="actor_name")
    def who(self, entry: AuditEntry) -> str:
        return name_actor(entry)
