"""The audit trail: every deed, who, what and when. To be read, never changed."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from publications.models import AuditLine

from .lines import told
from .site import ReadOnlyAdmin


class Trail(ReadOnlyAdmin):
    """Every line leads to what it is about, and every number to its edition."""

    list_display = ("at", "what", "about", "by_name")
    list_display_links = ("at",)
    list_filter = ("deed", ("by", admin.RelatedOnlyFieldListFilter), "at")
    list_select_related = ("publication", "by")
    search_fields = ("subject", "by_name")
    search_help_text = gettext_lazy("Words of what was changed, or the name of a person")
    fields = readonly_fields = ("at", "what", "about", "by_name", "detail", "generation")

    @admin.display(description=gettext_lazy("deed"), ordering="deed")
    def what(self, line: AuditLine) -> SafeString:
        return SafeString(
            render_to_string("desk/audit_words.html", {"told": told(line), "may_see": True}).strip()
        )

    @admin.display(description=gettext_lazy("what"), ordering="subject")
    def about(self, line: AuditLine) -> str:
        if not line.publication_id:
            return line.subject
        address = reverse("desk:revisions", args=[line.publication_id])
        return format_html('<a href="{}">{}</a>', address, line.subject)
