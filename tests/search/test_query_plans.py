"""Every query of a public page for editions uses an index of the database, on SQLite and on PostgreSQL."""

import re

import pytest
from django.db import connection
from django.utils import timezone

from publications import actions
from publications.locales import LOCALES
from publications.models import Edition, EditionList, read_site_state
from publications.sitemaps import MAX_URLS
from tests.factories import make_author, make_live, make_many, make_publication, make_tag, tomorrow

pytestmark = pytest.mark.django_db

YEAR = timezone.localtime().year
PAGES = [
    "/en/",
    "/sv/",
    "/en/publications/",
    "/en/publications/?page=2",
    "/en/publications/?kind=quick-comment",
    "/en/publications/?topic=belarus",
    "/en/publications/?author=ann-berg",
    f"/en/publications/?kind=quick-comment&year={YEAR}",
    "/en/publications/?q=many",
    "/en/topics/",
    "/en/topics/belarus/",
    "/en/authors/",
    "/en/authors/ann-berg/",
    "/en/feeds/publications.atom",
    "/en/feeds/topics/belarus.atom",
    "/sitemap.xml",
    "/sitemap-publications-{part}.xml",
    "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc",
    "/api/v1/publications",
]
TABLE = "publications_edition"
NAMED = re.compile(rf'"?{TABLE}"?(?:\s+(?:AS\s+)?"?(\w+)"?)?')
WORDS = {"where", "inner", "left", "on", "order", "cross", "indexed", "group", "limit"}


@pytest.fixture
def site():
    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    make_many(300, author=author, tag=tag)
    edition = make_live(author=author, tags=(tag,))
    make_live(author=author, tags=(tag,), language="sv", title="Svensk text")
    return edition


def select_statements(function) -> list[tuple[str, object]]:
    """Return the SELECT statements that a function sends to the database, with their parameters."""
    statements = []

    def record(execute, sql, params, many, context):
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        function()
    return [(sql, params) for sql, params in statements if sql.lstrip().upper().startswith("SELECT")]


def scan_steps(sql: str, params) -> list[str]:
    """Return the steps of the query plan that read the whole table of editions."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows would be scanned anyway
            cursor.execute(f"EXPLAIN {sql}", params)
            return [step for (step,) in cursor.fetchall() if re.search(rf"Seq Scan on {TABLE}\b", step)]
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        names = {TABLE, *(name for name in NAMED.findall(sql) if name and name.lower() not in WORDS)}
        steps = [step for *_numbers, step in cursor.fetchall()]
    return [step for step in steps if any(re.fullmatch(rf"SCAN {name}", step) for name in names)]


def full_scans(function) -> list[str]:
    statements = [(sql, params) for sql, params in select_statements(function) if TABLE in sql]
    assert statements, "no query for editions"
    return [f"{step}: {sql}" for sql, params in statements for step in scan_steps(sql, params)]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_never_reads_all_editions(client, site, path):
    path = path.format(part=site.publication_id // MAX_URLS + 1)  # ids go on from test to test

    def read():
        assert client.get(path).status_code == 200

    assert full_scans(read) == []


def test_a_publication_page_never_reads_all_editions(client, site):
    assert full_scans(lambda: client.get(site.get_absolute_url())) == []
    assert full_scans(lambda: client.get(site.permanent_url)) == []


def test_an_unknown_address_never_reads_all_editions(client, site):
    assert full_scans(lambda: client.get("/en/publications/nothing-here/")) == []


def test_the_next_change_is_found_without_reading_all_editions(site):
    actions.publish(make_publication(), at=tomorrow(), by=None)

    assert full_scans(read_site_state) == []


def test_a_full_scan_is_noticed(site):
    assert full_scans(lambda: list(Edition.objects.filter(change_note="x").order_by())) != []


LISTS = [{}, {"kind": "quick-comment"}, {"year": str(YEAR)}, {"kind": "quick-comment", "year": str(YEAR)}]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("filters", LISTS, ids=str)
def test_a_late_page_of_a_list_skips_editions_in_an_index(site, locale, filters):
    """Rows of editions have long texts: to read those that a page skips takes SQLite twenty times as long."""
    ((sql, params),) = select_statements(lambda: EditionList(locale, filters)[60:80])

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            steps = [step for *_numbers, step in cursor.fetchall() if "edition" in step]
        assert steps and all("COVERING INDEX" in step for step in steps)
    else:
        assert scan_steps(sql, params) == []
