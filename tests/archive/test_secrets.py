"""No secret is in an archive: a word is planted in every column that is left out, and searched for in all files."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import Invitation
from publications import archive
from publications.archive.tables import ARCHIVED, LEFT_OUT, Absence
from publications.models import PressLink, Redirect, Review
from tests.archive_sites import read_files
from tests.factories import make_live, make_person, tomorrow

pytestmark = pytest.mark.django_db
ADDRESS = "192.0.2.77"
UID = UUID("0badc0de-0bad-4bad-8bad-0badc0de0bad")
PLANTED = [label for label, absence in LEFT_OUT.items() if absence not in (Absence.DERIVED, Absence.RELEASE)]


def value_of(field: models.Field, word: str) -> object:
    """A value for a column, a secret one where it can hold a text."""
    match field:
        case models.ForeignKey() if field.related_model._base_manager.exists():
            return field.related_model._base_manager.values_list("pk", flat=True).first()
        case models.ForeignKey():
            return None
        case models.GenericIPAddressField():
            return ADDRESS
        case models.UUIDField():
            return UID
        case models.BinaryField():
            return word.encode()
        case models.JSONField():
            return {"secret": word}
        case models.BooleanField():
            return False
        case models.IntegerField():
            return 7
        case models.DateTimeField():
            return timezone.now()
    return word[-field.max_length :] if field.max_length else word


def plant(label: str, word: str) -> None:
    """Store a row with the word in every column of text, past all rules of the model."""
    model = apps.get_model(label)
    fields = [
        field for field in model._meta.local_concrete_fields if not isinstance(field, models.BigAutoField)
    ]
    fields = [field for field in fields if not (field.primary_key and isinstance(field, models.AutoField))]
    quote = connection.ops.quote_name
    columns, places = ", ".join(quote(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    values = [field.get_db_prep_save(value_of(field, word), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})", values)


def secret_columns() -> Iterator[tuple[type[models.Model], str]]:
    for table in ARCHIVED:
        for name in table.left_out:
            if isinstance(table.model._meta.get_field(name), models.CharField):
                yield table.model, name


def test_no_word_of_a_column_that_is_left_out_is_in_the_archive(tmp_path):
    publication = make_live().publication
    Review.objects.invite(publication.revisions.first(), reader="Ann", days=3, by=make_person())
    PressLink.objects.make(publication.revisions.first(), recipient="Ann", embargoed_until=tomorrow())
    Redirect.objects.create(path="/old/rye", publication=publication)
    words = {label: f"zzq{label.partition('.')[2].lower()[:16]}" for label in PLANTED}
    for label, word in words.items():
        if not apps.get_model(label)._base_manager.exists() or label == "publications.PressLink":
            with transaction.atomic():
                plant(label, word)
    for model, name in secret_columns():
        words[f"{model.__name__}.{name}"] = word = f"zzq{name}"
        model._base_manager.filter(pk=model._base_manager.first().pk).update(**{name: word})

    archive.write_archive(tmp_path / "site")

    everything = b"\0".join(read_files(tmp_path / "site").values())
    assert {label for label, word in words.items() if word.encode() in everything} == set()
    others = (ADDRESS, str(UID), UID.hex, "zzq")
    assert [word for word in others if word.encode() in everything] == []


def test_the_log_of_the_desk_is_archived_of_what_is_archived_alone(tmp_path):
    person = make_person()
    for model, word in ((User, "zzqaccount"), (Invitation, "zzqinvited@example.org"), (Review, "Ann of Rye")):
        content_type = ContentType.objects.get_for_model(model)
        LogEntry.objects.create(user=person, content_type=content_type, object_repr=word, action_flag=CHANGE)

    archive.write_archive(tmp_path / "site")

    everything = b"\0".join(read_files(tmp_path / "site").values())
    assert b"zzq" not in everything and b"Ann of Rye" in everything
