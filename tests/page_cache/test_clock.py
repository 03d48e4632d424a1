"""A clock that is set back: what is under embargo again is shown nowhere, and what has not ended yet is there again."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone

from publications import actions
from publications.models import SiteState, StateId
from publications.page_cache import SiteStateWatcher
from publications.views.publication_list import PublicationList
from tests.factories import make_author, make_live, make_publication, make_tag
from tests.page_caches import CachedClient

HOUR = timedelta(hours=1)
PATHS = (
    "/en/", "/sv/", "/en/publications/", "/en/publications/?kind=quick-comment", "/en/publications/?q=barley",
    "/en/topics/grain/", "/en/authors/ann-berg/", "/en/publications/rye/", "/en/nothing-here/",
    "/en/feeds/publications.atom", "/en/feeds/publications.rss", "/en/feeds/publications.json",
    "/en/feeds/topics/grain.atom", "/en/feeds/authors/ann-berg.atom", "/sitemap-publications-1.xml",
    "/api/v1/publications", "/oai?verb=ListRecords&metadataPrefix=oai_dc",
)  # fmt: skip
"""Addresses that name every live publication of this site, or all that are similar."""

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now().replace(hour=10, minute=30), tick=False) as traveller:
        yield traveller


@pytest.fixture
def site(clock) -> CachedClient:
    """Rye is live; Quokka, on the same subject, has a window of two hours that begins in one."""
    author, topic, now = make_author("Ann Berg"), make_tag("Grain"), timezone.now()
    texts = {"body": "Barley grows on fields of barley and of rye.", "tags": [topic]}
    make_live(title="Rye", author=author, **texts)
    publication = make_publication(title="Quokka", authors=[author], **texts)
    actions.publish(publication, by=None, at=now + HOUR, until=now + 3 * HOUR)
    return CachedClient()


def paths_naming_quokka(client: CachedClient) -> set[str]:
    return {path for path in PATHS if "quokka" in client.get(path).text.lower()}


def test_an_edition_under_embargo_again_is_named_nowhere(site, clock):
    clock.shift(2 * HOUR)
    assert paths_naming_quokka(site) == set(PATHS)
    assert site.get("/en/publications/quokka/").status == 200

    clock.shift(-1.5 * HOUR)

    assert paths_naming_quokka(site) == set()
    assert site.get("/en/publications/quokka/").status == 404


def test_an_edition_that_has_not_ended_yet_is_public_again(site, clock):
    clock.shift(4 * HOUR)
    assert "/en/publications/" not in paths_naming_quokka(site)
    assert site.get("/en/publications/quokka/").status == 410

    clock.shift(-2 * HOUR)

    assert paths_naming_quokka(site) == set(PATHS)
    assert site.get("/en/publications/quokka/").status == 200


def test_a_feed_that_named_the_edition_gets_another_etag(site, clock):
    clock.shift(2 * HOUR)
    make_live(title="Oats")
    feed = "/en/feeds/publications.atom"
    etag = site.get(feed).headers["ETag"]

    clock.shift(-1.5 * HOUR)

    response = site.get(feed, if_none_match=etag)
    assert response.status == 200 and "Quokka" not in response.text


def test_a_clock_set_back_to_after_the_rendering_renders_nothing_again(site, clock):
    site.get("/en/")
    clock.shift(30)
    site.get("/en/")

    clock.shift(-20)

    assert site.get("/en/").cache_status == "pages; hit"


def test_without_a_database_no_edition_under_embargo_again_is_shown(site, clock, monkeypatch):
    clock.shift(2 * HOUR)
    site.get("/en/publications/")

    def fail(*_args):
        raise OperationalError("the database is away")

    monkeypatch.setattr(site.watcher, "_read", fail)
    monkeypatch.setattr(PublicationList, "__init__", fail)
    clock.shift(60)
    assert site.get("/en/publications/").cache_status == "pages; hit; detail=stale"

    clock.shift(-1.5 * HOUR)

    assert site.get("/en/publications/").status == 503


def test_a_watcher_reads_again_when_the_clock_is_behind_its_last_read():
    queries: list[float] = []

    def read(_before: SiteState | None) -> SiteState:
        queries.append(time.time())
        later = time.time() + 3600
        state_id = StateId(1, len(queries), read_at=time.time(), next_end=later)
        return SiteState(state_id, 1, 1, next_start=later, next_midnight=later)

    with time_machine.travel(timezone.now(), tick=False) as clock:
        watcher = SiteStateWatcher(read, threaded=False)
        first = watcher.state()
        clock.shift(-0.001)
        second = watcher.state()
        third = watcher.state()

    assert len(queries) == 2 and second is not first and third is second
