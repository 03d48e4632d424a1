"""Mails that warn administrators about the running of the site: at most one a day each, none if all is well.

A row of the outbox holds no text: what there is to warn of is found when the mail is sent, and the row is dropped if by
then there is nothing.
"""

from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext, override

from publications.locales import absolute_url
from publications.models import MailPurpose, OutboxMail, UserSettings, site_settings
from publications.operations import find_warnings

from .staff_mail import write_mail

PERMISSION = "publications.view_operationrecord"


def queue_warnings() -> int:
    """Put a mail for each administrator into the outbox, unless one of today is there; return how many were new."""
    mails = [
        OutboxMail.build(MailPurpose.OPERATIONS, f"{user.pk}:{timezone.localdate()}", user.email, user=user)
        for user in get_user_model().objects.filter(is_active=True, is_staff=True).exclude(email="")
        if user.has_perm(PERMISSION)
    ]
    before = OutboxMail.objects.count()
    OutboxMail.objects.bulk_create(mails, ignore_conflicts=True)
    return OutboxMail.objects.count() - before


def build_warning_mail(mail: OutboxMail) -> EmailMessage | None:
    """Return the mail of a row of the outbox, or None if there is nothing to warn its recipient of."""
    user = mail.user
    if not (user and user.is_active and user.is_staff and user.email and user.has_perm(PERMISSION)):
        return None
    mail.recipient = user.email
    language = UserSettings.of(user).mail_language
    with override(language):
        warnings = find_warnings()
        return _write(mail, warnings, language) if warnings else None


def _write(mail: OutboxMail, warnings: list, language: str) -> EmailMessage:
    subject = ngettext(
        "%(site)s: a warning: %(first)s", "%(site)s: %(count)d warnings: %(first)s and others", len(warnings)
    ) % {
        "site": site_settings().short_name,
        "count": len(warnings),
        "first": warnings[0].check.label,
    }
    context = {
        "warnings": warnings,
        "url": absolute_url(reverse("desk:operations")),
    }
    return write_mail(mail, subject, "operations", context, language=language)
