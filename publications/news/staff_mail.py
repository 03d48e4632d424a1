"""A mail of the desk: its sender, and a header with an address that is sent as it is.

The standard library folds headers at spaces. An address that is too long for a line becomes an encoded word (RFC 2047),
which mail programs do not read as an address.
"""

from email.headerregistry import Address
from email.policy import EmailPolicy
from email.policy import default as default_policy

from django.conf import settings
from django.core.mail import EmailMessage

from publications.models import site_settings

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


def sender_address() -> str:
    """Return the address of the desk with the name of the site, unless the setting has a name of its own."""
    address = settings.DEFAULT_FROM_EMAIL
    if "<" in address or "@" not in address:
        return address
    return str(Address(display_name=site_settings().short_name, addr_spec=address))
