"""The audit trail: every deed, who, what and when. To be read, never changed."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from publications.models import AuditLine, DeedKind

from .lines import name_actor, told
from .site import ReadOnlyAdmin

REBUILT = {"search": gettext_lazy("search index"), "likeness": gettext_lazy("similarity")}
"""Parts of the site that `manage.py rebuild` makes anew, as it names them."""


class RowFilter(admin.SimpleListFilter):
    """One row, as "author-3": where its history leads to. It is offered only where it is in use."""

    title = gettext_lazy("row")
    parameter_name = "row"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        newest = self.queryset(request, model_admin.get_queryset(request)).first() if self.value() else None
        return [(self.value(), newest.subject if newest else "–")] if self.value() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        kind, _separator, pk = (self.value() or "").partition("-")
        if not kind:
            return queryset
        known = pk.isascii() and pk.isdecimal() and len(pk) < 19
        return queryset.filter(detail__kind=kind, detail__pk=int(pk)) if known else queryset.none()


class Trail(ReadOnlyAdmin):
    """Every line leads to what it is about, and every number to its edition."""

    list_display = ("at", "what", "about", "who")
    list_display_links = ("at",)
    list_filter = ("deed", ("by", admin.RelatedOnlyFieldListFilter), "at", RowFilter)
    list_select_related = ("publication", "by")
    search_fields = ("subject", "by_name")
    search_help_text = gettext_lazy("Words of what was changed, or the name of a person")
    fields = readonly_fields = ("at", "what", "about", "who")

    @admin.display(description=gettext_lazy("deed"), ordering="deed")
    def what(self, line: AuditLine) -> SafeString:
        return SafeString(
            render_to_string("desk/audit_entry.html", {"told": told(line), "may_see": True}).strip()
        )

    @admin.display(description=gettext_lazy("what"), ordering="subject")
    def about(self, line: AuditLine) -> str:
        if line.deed == DeedKind.REBUILD:
            return ", ".join(str(REBUILT.get(part, part)) for part in line.subject.split(", "))
        if not line.publication_id:
            return line.subject
        address = reverse("desk:revisions", args=[line.publication_id])
        return format_html('<a href="{}">{}</a>', address, line.subject)

    @admin.display(description=gettext_lazy("by"), ordering="by_name")
    def who(self, line: AuditLine) -> str:
        return name_actor(line)
