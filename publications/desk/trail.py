"""The audit trail: every deed, who, what and when. To be read, never changed."""

from django.contrib import admin
from django.http import HttpRequest

from publications.models import AuditLine


class Trail(admin.ModelAdmin):
    list_display = ("at", "deed", "subject", "by_name")
    list_filter = ("deed", "at")
    search_fields = ("subject", "by_name")
    fields = readonly_fields = ("at", "deed", "subject", "by_name", "detail", "generation")
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditLine | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditLine | None = None) -> bool:
        return False
