"""What an author may be called and identified by."""

import pytest
from django.core.exceptions import ValidationError

from publications.models import Author
from publications.models.author import check_orcid


def test_an_orcid_id_with_its_check_digit_is_valid():
    check_orcid("0000-0002-1825-0097")
    check_orcid("0000-0002-1694-233X")


@pytest.mark.parametrize(
    "value",
    ["0000-0002-1825-0098", "0000000218250097", "0000-0002-1825-009", "٠٠٠٠-٠٠٠٢-١٨٢٥-٠٠٩7"],
    ids=["check digit", "no hyphens", "too short", "digits of another alphabet"],
)
def test_any_other_orcid_id_is_refused(value):
    with pytest.raises(ValidationError):
        check_orcid(value)


@pytest.mark.django_db
def test_a_fediverse_address_is_stored_in_its_one_spelling():
    author = Author(name="Ann", slug="ann", fediverse_address="https://Example.social/@ann/")
    author.full_clean()
    assert author.fediverse_address == "@ann@example.social"

    author.fediverse_address = "ann@example.social"
    with pytest.raises(ValidationError, match="is no address on the fediverse"):
        author.full_clean()
