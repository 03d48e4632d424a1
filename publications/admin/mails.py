"""The outbox for administrators: what waits, what failed and why, and the button that tries again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.mail import can_send_mail
from publications.locales import datetime_with_zone
from publications.models import OutboxMail
from publications.news import is_notice

from .model_admin import ReadOnlyAdmin


class MailStateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("failing", _("not delivered")), ("waiting", _("waiting")), ("sent", _("sent"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "failing":
                return queryset.failing()
            case "waiting":
                return queryset.pending()
            case "sent":
                return queryset.filter(sent_at__isnull=False)
        return queryset


class OutboxMailAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "what", "recipient", "state", "last_error")
    list_filter = (MailStateFilter, "purpose")
    search_fields = ("recipient", "message_id")
    search_help_text = gettext_lazy("An address, or a Message-ID")
    fields = readonly_fields = (
        "what", "recipient", "state", "attempts", "last_error", "created_at", "message_id",
    )  # fmt: skip
    ordering = ("-created_at", "-pk")
    actions = ("send_again",)
    empty_text = gettext_lazy(
        "No mail has been written yet. One is written when there is news that somebody has chosen to be mailed about."
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return super().changelist_view(request, {"is_mail_on": can_send_mail(), **(extra_context or {})})

    @admin.display(description=gettext_lazy("purpose"), ordering="purpose")
    def what(self, mail: OutboxMail) -> str:
        return _("what happened to an account") if is_notice(mail) else mail.get_purpose_display()

    @admin.display(description=gettext_lazy("state"))
    def state(self, mail: OutboxMail) -> str:
        if mail.sent_at:
            return _("sent %(at)s") % {"at": datetime_with_zone(mail.sent_at)}
        if mail.is_given_up:
            return _("given up")
        if mail.last_error:
            return _("not delivered, next attempt %(at)s") % {"at": datetime_with_zone(mail.next_attempt_at)}
        return _("due %(at)s") % {"at": datetime_with_zone(mail.next_attempt_at)}

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("publications.change_outboxmail")

    @admin.action(description=gettext_lazy("Try again now"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Make mails that were not delivered due, with the next run of `send_mail`."""
        count = queryset.failing().update(next_attempt_at=timezone.now(), attempts=0)
        text = ngettext("%d mail will be tried again.", "%d mails will be tried again.", count) % count
        messages.success(request, text)
