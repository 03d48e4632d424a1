"""Columns that an edition and its rows copy from the publication can hold and name the same values."""

import pytest

from publications.models import Attachment, Byline, Edition, EditionAttachment, EditionByline, Publication

PAIRS = [(Publication, Edition), (Byline, EditionByline), (Attachment, EditionAttachment)]
OF_THEIR_OWN = {"id", "publication", "edition", "position"}


def shared_columns() -> list:
    """The columns of the same name on both sides, as pairs of fields."""
    found = []
    for source, copy in PAIRS:
        names = {field.name for field in source._meta.concrete_fields}
        names &= {field.name for field in copy._meta.concrete_fields}
        for name in sorted(names - OF_THEIR_OWN):
            fields = source._meta.get_field(name), copy._meta.get_field(name)
            found.append(pytest.param(*fields, id=f"{copy.__name__}.{name}"))
    return found


@pytest.mark.parametrize(("source", "copy"), shared_columns())
def test_a_copied_column_has_the_choices_and_the_length_of_its_source(source, copy):
    assert copy.choices == source.choices
    assert copy.max_length in (source.max_length, None)
