"""Validators and normal forms of DOIs, ISBNs, ORCID iDs, fediverse addresses and primary keys, of links and URLs."""

import re
from urllib.parse import SplitResult, quote, unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext_lazy as _

from publications.fediverse import parse_fediverse_address
from publications.publication_fields import MAX_LENGTHS

DOI_RESOLVER = "https://doi.org/"
DOI_URL_PREFIX = re.compile(r"\Ahttps?://(?:dx\.|www\.)?doi\.org/", re.IGNORECASE)
DOI_SCHEME = re.compile(r"\Adoi:\s*", re.IGNORECASE)
ISBN_PREFIX = re.compile(r"\A(?:urn:)?isbn(?:-1[03]|1[03](?=[:\s]))?:?\s*", re.IGNORECASE)
FORMAT_CHARACTERS = r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"  # invisible
DOI = re.compile(rf"10\.[0-9]{{4,9}}(?:\.[0-9]+)*/[^\s\x00-\x20\x7f-\x9f{FORMAT_CHARACTERS}]+")
DIGIT_SEPARATORS = re.compile(r"[\s\u2010-\u2015-]+")
MAX_PK_DIGITS = 18  # fewer than of the largest integer that a column holds
SAFE_CHARACTERS = "/:;()._-"


def parse_pk(text: str) -> int:
    """Return a primary key from a request, or 0, which no row has."""
    is_pk = text.isascii() and text.isdecimal() and len(text) <= MAX_PK_DIGITS
    return int(text) if is_pk else 0


def normalize_doi(text: str) -> str:
    """Return a DOI in its one spelling: "https://doi.org/10.1234/x%3Cy" and "doi:10.1234/x<y" are "10.1234/x<y"."""
    doi = text.strip()
    if prefix := DOI_URL_PREFIX.match(doi):
        return _percent_decoded(doi[prefix.end() :]).strip()
    return DOI_SCHEME.sub("", doi)


def _percent_decoded(path: str) -> str:
    """Return the path of a URL decoded, or as it is if it is not in UTF-8."""
    try:
        return unquote(path, errors="strict")
    except UnicodeDecodeError:
        return path


def normalize_isbn(text: str) -> str:
    """Return an ISBN in its one spelling: "ISBN 978 91 986 5432 1" is "978-91-986-5432-1"."""
    return DIGIT_SEPARATORS.sub("-", ISBN_PREFIX.sub("", text.strip())).strip("-").upper()


def check_doi(value: str) -> None:
    """Raise ValidationError for what is not a DOI."""
    if not DOI.fullmatch(value) or len(value) > MAX_LENGTHS["doi"]:
        raise ValidationError(
            _(
                "“%(value)s” is no DOI. One begins with 10., such as 10.1234/abc-5; the whole address works too."
            )
            % {"value": value[:100]}
        )


def check_isbn(value: str) -> None:
    """Raise ValidationError for an ISBN with a wrong length or check digit."""
    digits = value.replace("-", "")
    if not re.fullmatch(r"97[89]\d{10}|\d{9}[\dX]", digits, re.ASCII):
        raise ValidationError(
            _("“%(value)s” is no ISBN. One has 13 digits and begins with 978 or 979; older ones have 10.")
            % {"value": value[:100]}
        )
    if digits[-1] != _check_digit(digits[:-1]):
        raise ValidationError(_("This ISBN has a typing error: its last digit does not fit the others."))


def check_orcid(value: str) -> None:
    """Raise ValidationError for an ORCID iD of the wrong form or check digit (ISO 7064 11,2)."""
    if not re.fullmatch(r"([0-9]{4}-){3}[0-9]{3}[0-9X]", value):
        raise ValidationError(_("An ORCID iD looks like 0000-0002-1825-0097."))
    total = 0
    for digit in value.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if value[-1] != ("X" if check == 10 else str(check)):
        raise ValidationError(_("This ORCID iD has a typing error: its last digit does not fit."))


def check_fediverse_address(value: str) -> None:
    """Raise ValidationError for what is neither an address on the fediverse nor that of a profile there."""
    if not parse_fediverse_address(value):
        raise ValidationError(
            _(
                "“%(value)s” is no address on the fediverse. One looks like @ann@example.social; the address of the "
                "profile, https://example.social/@ann, works too."
            )
            % {"value": value[:100]}
        )


def doi_url(doi: str) -> str:
    """Return the URL of a DOI."""
    return f"{DOI_RESOLVER}{quote(doi, safe=SAFE_CHARACTERS)}"


def _check_digit(digits: str) -> str:
    """Return the check digit of 12 digits (ISBN-13, weights 1 and 3) or of 9 (ISBN-10, weights 10 down to 2)."""
    if len(digits) == 12:
        return str(-sum(int(digit) * (1 + place % 2 * 2) for place, digit in enumerate(digits)) % 10)
    check = -sum(int(digit) * (10 - place) for place, digit in enumerate(digits)) % 11
    return "X" if check == 10 else str(check)


FORBIDDEN_IN_LINKS = re.compile(
    r"[\x00-\x20\x7f\\]"
)  # browsers read "/\\host" and "/<tab>/host" as another site


def check_link(value: str) -> None:
    """Raise ValidationError for what is neither a web address, a path of this site nor an e-mail address."""
    try:
        if FORBIDDEN_IN_LINKS.search(value):
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


_validate_url = URLValidator(schemes=["http", "https"])


def check_external_url(value: str) -> None:
    """Raise ValidationError for anything but an absolute http or https URL."""
    if len(value) > MAX_LENGTHS["external_url"] or _parts(value) is None:
        raise ValidationError(
            _(
                "“%(value)s” is no address on the web. One begins with https://, such as https://www.example.org/text."
            )
            % {"value": value[:100]}
        )


def _parts(value: str) -> SplitResult | None:
    """Return the parts of an absolute http or https URL, else None."""
    try:
        _validate_url(value)
        return urlsplit(value)
    except (ValidationError, ValueError):
        return None


def host_of(value: str) -> str:
    """Return the host of a URL without "www.": "ft.com" of "https://www.ft.com/content/1"."""
    parts = _parts(value)
    return (parts.hostname or "").removeprefix("www.") if parts else ""
