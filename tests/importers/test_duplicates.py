"""Finding texts of an archive that are on the site already, and the import that brought them."""

import pytest
from django.db import connection

from publications.importers import duplicates
from publications.importers.duplicates import name_import_of
from publications.models import ArchiveImport
from tests.factories import make_live, make_publication

pytestmark = pytest.mark.django_db


def make_import(name: str) -> ArchiveImport:
    return ArchiveImport.objects.create(filename=name, archive=name, size=1)


class QueryLog:
    """Collects each query with the number of its values."""

    def __init__(self) -> None:
        self.queries: list[tuple[str, int]] = []

    def __call__(self, execute, sql, params, many, context):
        self.queries.append((sql, len(params or ())))
        return execute(sql, params, many, context)


def test_the_last_import_of_publications_is_named_if_it_created_or_published_one():
    draft, edition, other = make_publication(), make_live(title="Live"), make_publication(title="Other")
    first, second, third = map(make_import, ("a.zip", "b.zip", "c.zip"))
    first.record([draft], [], [])
    second.record([], [], [edition])
    third.record([other], [], [])

    assert name_import_of([draft.pk]) == "a.zip"
    assert name_import_of([draft.pk, edition.publication.pk]) == "b.zip"
    assert name_import_of([0]) == name_import_of([]) == ""


def test_imports_are_found_without_pairing_their_drafts_and_editions():
    log = QueryLog()

    with connection.execute_wrapper(log):
        name_import_of([make_publication().pk])

    sql, _values = log.queries[-1]
    assert sql.count("EXISTS") == 2 and "OUTER JOIN" not in sql


def test_the_import_of_many_publications_is_found_by_queries_of_few_values(monkeypatch):
    monkeypatch.setattr(duplicates, "MAX_QUERIED_KEYS", 10)
    publications = [make_publication(title=f"T{number}") for number in range(25)]
    make_import("a.zip").record(publications[0:1], [], [])
    make_import("b.zip").record(publications[12:13], [], [])
    make_import("c.zip").record(publications[24:25], [], [])
    log = QueryLog()

    with connection.execute_wrapper(log):
        assert name_import_of([row.pk for row in publications]) == "c.zip"
    assert len(log.queries) == 3 and max(values for _sql, values in log.queries) < 30
