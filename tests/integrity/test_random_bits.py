"""One bit changed in any row or file of a restored site is found. `python -m tests.exercise bits` tries a thousand."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from publications.integrity import no_progress, record_rows
from publications.integrity.row_digests import LEFT_OUT, find_changed_rows
from publications.minisign import SecretKey
from publications.models import Publication
from tests.corruptions import make_site
from tests.factories import make_publication, saved
from tests.random_bits import find_misses

pytestmark = pytest.mark.django_db
BITS = 40


def test_each_of_a_few_random_bits_is_found():
    make_site()
    record_rows()

    assert connection.vendor != "sqlite" or find_misses(BITS) == {}


def test_what_is_left_out_are_models():
    assert {model._meta.model_name for model in apps.get_models()} >= LEFT_OUT


def test_what_is_saved_while_the_database_is_copied_is_no_fault(editor):
    first, second, gone = (make_publication(title=f"Text {number}") for number in range(3))
    record_rows(before=True)
    saved(first, title="Saved")
    gone.delete()
    make_publication(title="Made")
    record_rows()

    assert list(find_changed_rows(no_progress)) == []

    Publication.objects.filter(pk=second.pk).update(internal_note="Quiet.")
    assert list(find_changed_rows(no_progress)) == [
        f"publications_publication, row {second.pk}: it was changed."
    ]


def test_a_record_of_rows_that_was_changed_itself_does_not_fit_its_signature(settings, tmp_path):
    (tmp_path / "key").write_text(SecretKey.generate().serialize())
    settings.SIGNING_KEY = str(tmp_path / "key")
    publication = make_publication()
    record_rows()
    assert list(find_changed_rows(no_progress)) == []

    Publication.objects.filter(pk=publication.pk).update(internal_note="Quiet.")
    file = Path(settings.ORIGINALS) / "audit" / "row-digests.jsonl"
    signature = Path(f"{file}.minisig").read_text()
    settings.SIGNING_KEY = ""
    record_rows()
    settings.SIGNING_KEY = str(tmp_path / "key")

    for text in ("", signature):
        Path(f"{file}.minisig").write_text(text)
        (fault,) = find_changed_rows(no_progress)
        assert "has no signature by the key of this site" in fault
