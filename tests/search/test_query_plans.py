"""Every question that a reader's page asks of the editions is answered from an index, on either engine."""

import re

import pytest
from django.db import connection
from django.utils import timezone

from publications import actions
from publications.models import Edition, read_site_state
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
    edition = make_live(by_whom=author, tags=(tag,))
    make_live(by_whom=author, tags=(tag,), language="sv", title="Svensk text")
    return edition


def asked(act) -> list[tuple[str, object]]:
    """The statements that reading something sends to the database."""
    found = []

    def note(go, sql, values, many, context):
        found.append((sql, values))
        return go(sql, values, many, context)

    with connection.execute_wrapper(note):
        act()
    return [(sql, values) for sql, values in found if sql.lstrip().upper().startswith("SELECT")]


def scanned(sql: str, values) -> list[str]:
    """The steps of its plan that read the whole table of editions."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows would be read whole
            cursor.execute(f"EXPLAIN {sql}", values)
            return [step for (step,) in cursor.fetchall() if re.search(rf"Seq Scan on {TABLE}\b", step)]
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        names = {TABLE, *(name for name in NAMED.findall(sql) if name and name.lower() not in WORDS)}
        steps = [step for *_numbers, step in cursor.fetchall()]
    return [step for step in steps if any(re.fullmatch(rf"SCAN {name}", step) for name in names)]


def whole_readings(act) -> list[str]:
    statements = [(sql, values) for sql, values in asked(act) if TABLE in sql]
    assert statements, "nothing was asked of the editions"
    return [f"{step}: {sql}" for sql, values in statements for step in scanned(sql, values)]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_never_reads_all_editions(client, site, path):
    path = path.format(part=site.publication_id // MAX_URLS + 1)  # ids go on from test to test

    def read():
        assert client.get(path).status_code == 200

    assert whole_readings(read) == []


def test_a_piece_never_reads_all_editions(client, site):
    assert whole_readings(lambda: client.get(site.get_absolute_url())) == []
    assert whole_readings(lambda: client.get(site.permanent_url)) == []


def test_an_address_without_a_piece_never_reads_all_editions(client, site):
    assert whole_readings(lambda: client.get("/en/publications/nothing-here/")) == []


def test_the_next_moment_is_found_without_reading_all_editions(site):
    actions.publish(make_publication(), at=tomorrow(), by=None)

    assert whole_readings(read_site_state) == []


def test_what_reads_all_editions_is_noticed(site):
    assert whole_readings(lambda: list(Edition.objects.filter(change_note="x").order_by())) != []
