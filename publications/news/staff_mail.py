"""A mail with an address in a header that is sent as it is.

The standard library folds headers at spaces. An address that is too long for a line becomes an encoded word (RFC 2047),
which mail programs do not read as an address.
"""

from email.policy import EmailPolicy
from email.policy import default as default_policy

from django.core.mail import EmailMessage

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
