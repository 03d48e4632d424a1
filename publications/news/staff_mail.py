"""A mail of the desk: its sender, what all mails have, and a header with an address that is sent as it is.

The standard library folds headers at spaces. An address that is too long for a line becomes an encoded word (RFC 2047),
which mail programs do not read as an address.
"""

from collections.abc import Mapping
from email.headerregistry import Address
from email.policy import EmailPolicy
from email.policy import default as default_policy

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from publications.models import OutboxMail, site_settings

ADDRESS_HEADERS = {"list-unsubscribe"}


class UnfoldedAddressPolicy(EmailPolicy):
    """The standard policy, which leaves the headers of `ADDRESS_HEADERS` on one line."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() in ADDRESS_HEADERS:
            return f"{name}: {value}{self.linesep}"
        return super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in ADDRESS_HEADERS:
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


class StaffMail(EmailMessage):
    def message(self, *, policy=default_policy):
        return super().message(policy=UnfoldedAddressPolicy(linesep=policy.linesep))


def write_mail(
    mail: OutboxMail,
    subject: str,
    template: str,
    context: Mapping[str, object],
    *,
    language: str,
    headers: Mapping[str, str] | None = None,
) -> StaffMail:
    """Return a mail of the outbox with the text of a template in `desk/mail`, which gets the site as well.

    Args:
        headers: others than those of every mail: the Message-ID, the language, and `Auto-Submitted` (RFC 3834), so that
            no absence note answers.
    """
    site = {"site": site_settings(), "site_url": settings.SITE_URL}
    body = render_to_string(f"desk/mail/{template}.txt", {**site, **context})
    headers = {
        "Message-ID": mail.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": language,
        **(headers or {}),
    }
    subject, body = remove_line_ends(subject), body.strip() + "\n"
    return StaffMail(subject, body, sender_address(), [mail.recipient], headers=headers)


def sender_address() -> str:
    """Return the address of the desk with the name of the site, unless the setting has a name of its own."""
    address = settings.DEFAULT_FROM_EMAIL
    if "<" in address or "@" not in address:
        return address
    return str(Address(display_name=remove_line_ends(site_settings().short_name), addr_spec=address))


def remove_line_ends(text: str) -> str:
    """Return a text in one line, as the header of a mail has to be."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
