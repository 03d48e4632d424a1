"""The identifiers of texts that their agencies give: DOI (ISO 26324) and ISBN (ISO 2108), as people type them.

They are stored in one spelling: a DOI without the address of its resolver, an ISBN with single hyphens.
"""

import re
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from publications.publication_fields import MAX_LENGTHS

RESOLVER = "https://doi.org/"
BEFORE_A_DOI = re.compile(r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
BEFORE_AN_ISBN = re.compile(r"(?:urn:)?isbn(?:-1[03])?:?\s*", re.IGNORECASE)
DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\x00-\x20\x7f]+", re.ASCII)
BETWEEN_DIGITS = re.compile(r"[\s\u2010-\u2015-]+")
IN_AN_ADDRESS = "/:;()._-"


def settled_doi(text: str) -> str:
    """A DOI in its one spelling: "https://doi.org/10.1234/x" and "doi:10.1234/x" are "10.1234/x"."""
    return BEFORE_A_DOI.sub("", text.strip(), count=1)


def settled_isbn(text: str) -> str:
    """An ISBN in its one spelling: "ISBN 978 91 986 5432 1" is "978-91-986-5432-1"."""
    return BETWEEN_DIGITS.sub("-", BEFORE_AN_ISBN.sub("", text.strip(), count=1)).strip("-").upper()


def check_doi(value: str) -> None:
    """Refuse what no resolver could take."""
    if not DOI.fullmatch(value) or len(value) > MAX_LENGTHS["doi"]:
        raise ValidationError(
            _(
                "“%(value)s” is no DOI. One begins with 10., such as 10.1234/abc-5; the whole address works too."
            )
            % {"value": value[:100]}
        )


def check_isbn(value: str) -> None:
    """Refuse an ISBN that is too long or short, or whose check digit is wrong."""
    digits = value.replace("-", "")
    if not re.fullmatch(r"97[89]\d{10}|\d{9}[\dX]", digits, re.ASCII):
        raise ValidationError(
            _("“%(value)s” is no ISBN. One has 13 digits and begins with 978 or 979; older ones have 10.")
            % {"value": value[:100]}
        )
    if digits[-1] != _check_digit(digits[:-1]):
        raise ValidationError(_("This ISBN has a typing error: its last digit does not fit the others."))


def doi_url(doi: str) -> str:
    """The address at which a DOI leads to its text."""
    return f"{RESOLVER}{quote(doi, safe=IN_AN_ADDRESS)}"


def _check_digit(digits: str) -> str:
    """Of the first 12 digits by weights of 1 and 3, of the first 9 by weights of 10 down to 2."""
    if len(digits) == 12:
        return str(-sum(int(digit) * (1 + place % 2 * 2) for place, digit in enumerate(digits)) % 10)
    check = -sum(int(digit) * (10 - place) for place, digit in enumerate(digits)) % 11
    return "X" if check == 10 else str(check)
