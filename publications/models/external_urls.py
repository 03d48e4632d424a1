"""The address of a text that stands elsewhere: what a publication may have in place of a text of its own."""

from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from publications.publication_fields import MAX_LENGTHS

_is_url = URLValidator(schemes=["http", "https"])


def check_external_url(value: str) -> None:
    """Raises ValidationError for anything but a whole address of the web that a reader can follow."""
    if len(value) > MAX_LENGTHS["external_url"] or _parts(value) is None:
        raise ValidationError(
            _(
                "“%(value)s” is no address on the web. One begins with https://, such as https://www.example.org/text."
            )
            % {"value": value[:100]}
        )


def _parts(value: str) -> SplitResult | None:
    """Return the parts of an address with http or https and a host, else None."""
    try:
        _is_url(value)
        return urlsplit(value)
    except (ValidationError, ValueError):
        return None


def host_of(value: str) -> str:
    """Return the host as people say it: "ft.com" of "https://www.ft.com/content/1"."""
    parts = _parts(value)
    return (parts.hostname or "").removeprefix("www.") if parts else ""
