"""Links as editors type them."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

NO_ADDRESS = re.compile(r"[\x00-\x20\x7f\\]")  # browsers read "/\\host" and "/<tab>/host" as another site


def check_link(value: str) -> None:
    """Refuse what is neither a web address, a path of this site nor an e-mail address."""
    try:
        if NO_ADDRESS.search(value):
            raise ValueError
        if value.startswith("/") and not value.startswith("//"):
            return
        parts = urlsplit(value)
        if parts.scheme in ("http", "https") and parts.hostname:
            return
        validate_email(value.removeprefix("mailto:"))
    except (ValueError, ValidationError):
        raise ValidationError(
            _("“%(value)s” is no address: write https://…, a path such as /en/…, or an e-mail address.")
            % {"value": value[:100]}
        ) from None


def link_url(address: str) -> str:
    """Return the URL of an address that an editor typed: an e-mail address is one too."""
    is_mail = "@" in address and not address.startswith("/") and not urlsplit(address).scheme
    return f"mailto:{address}" if is_mail else address
