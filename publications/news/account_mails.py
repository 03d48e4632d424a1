"""Mails about accounts: an invitation, the link that confirms a mail address, and a notice to the former address.

The outbox names the row that a mail is about. A link that was used, renewed or revoked before its mail was sent is not
mailed.
"""

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.mail import can_send_mail
from accounts.models import AddressChange, Invitation, MailedLink
from publications.locales import absolute_url
from publications.models import MailPurpose, OutboxMail, UserSettings, site_settings

from .account_notices import build_notice, is_notice
from .staff_mail import write_mail

LINKS: dict[MailPurpose, type[MailedLink]] = {
    MailPurpose.INVITATION: Invitation,
    MailPurpose.ADDRESS: AddressChange,
}
URL_NAMES = {MailPurpose.INVITATION: "desk:invitation", MailPurpose.ADDRESS: "desk:address-confirm"}
ACCOUNT_MAILS = (*LINKS, MailPurpose.ADDRESS_CHANGED)


def queue_link(link: MailedLink) -> None:
    """Put the mail with a link into the outbox."""
    user = getattr(link, "account", None)
    OutboxMail.build(_purpose_of(link), link.nonce, link.email, user=user).save()


def queue_address_notice(account, former: str) -> None:
    """Put a mail into the outbox that says to the former address of an account that it has another one."""
    if former and can_send_mail():
        key = f"{account.pk}:{get_random_string(12)}"
        OutboxMail.build(MailPurpose.ADDRESS_CHANGED, key, former, user=account).save()


def link_url(link: MailedLink) -> str:
    """Return the absolute URL of a link; whoever has it can use it."""
    return absolute_url(reverse(URL_NAMES[_purpose_of(link)], args=[link.token]))


def _purpose_of(link: MailedLink) -> MailPurpose:
    return next(purpose for purpose, model in LINKS.items() if isinstance(link, model))


def build_account_mail(mail: OutboxMail) -> EmailMessage | None:
    """Return the mail of a row of the outbox, or None if its link has ended."""
    if is_notice(mail):
        return build_notice(mail)
    link = None
    if mail.purpose in LINKS:
        nonce = mail.key.partition(":")[2]
        link = LINKS[mail.purpose].objects.filter(nonce=nonce, expires_at__gt=timezone.now()).first()
        if not link:
            return None
    language = link.language if isinstance(link, Invitation) else UserSettings.of(mail.user).mail_language
    with override(language):
        return _write(mail, link, language)


def _write(mail: OutboxMail, link: MailedLink | None, language: str) -> EmailMessage:
    context = {
        "link": link,
        "url": link_url(link) if link else "",
        "account": mail.user,
        "at": timezone.localtime(mail.created_at),
    }
    subjects = {
        MailPurpose.INVITATION: _("You are invited to the desk of %(site)s"),
        MailPurpose.ADDRESS: _("Confirm your address at %(site)s"),
        MailPurpose.ADDRESS_CHANGED: _("Your account at %(site)s has another address"),
    }
    subject = subjects[MailPurpose(mail.purpose)] % {"site": site_settings().short_name}
    return write_mail(mail, subject, mail.purpose, context, language=language)
