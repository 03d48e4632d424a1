"""The list of tables: each model is archived or named as left out, and no archived row refers to one that is not."""

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType

from publications.archive.tables import ARCHIVED, LEFT_OUT
from publications.models import models_with_originals

LABELS = {model._meta.label for model in apps.get_models(include_auto_created=True)}


def test_each_model_is_archived_or_named_as_left_out():
    archived = [table.label for table in ARCHIVED]

    assert sorted([*archived, *LEFT_OUT]) == sorted(LABELS)


@pytest.mark.parametrize("table", ARCHIVED, ids=lambda table: table.label)
def test_archived_rows_refer_to_archived_rows_alone(table):
    archived = {other.model for other in ARCHIVED} | {ContentType}

    references = {field.name: field.related_model for field in table.fields if field.is_relation}

    assert {name: model for name, model in references.items() if model not in archived} == {}


@pytest.mark.parametrize("table", ARCHIVED, ids=lambda table: table.label)
def test_columns_that_are_left_out_exist_and_have_a_value_when_restored(table):
    columns = {field.name: field for field in table.model._meta.local_concrete_fields}

    assert set(table.left_out) <= set(columns)
    assert not [
        name
        for name, value in table.left_out.items()
        if value is None and not (columns[name].has_default() or columns[name].null or columns[name].blank)
    ]


def test_each_model_with_uploaded_files_is_archived():
    assert set(models_with_originals()) <= {table.model for table in ARCHIVED}
