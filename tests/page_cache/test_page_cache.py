"""The page cache: never older than the last action or window, the same for everyone, available in outages."""

import gzip
import re
from datetime import timedelta

import brotli
import pytest
import time_machine
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publications import actions
from publications.page_cache.keys import cache_key
from publications.urls import PARAMETERS, parameters_of
from publications.views.publication_list import Listing
from tests.conftest import ROOT
from tests.factories import make_author, make_live, make_publication, saved
from tests.page_caches import Readers, environ

LIST = "/en/publications/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def doing(django_capture_on_commit_callbacks):
    """Run actions in transactions of their own, with their `on_commit` callbacks."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_a_page_is_made_once_and_then_answered_from_memory():
    live = make_live(title="Grain")
    readers = Readers()

    first, second = (readers.get(live.get_absolute_url()) for _ in range(2))

    assert (first.status, second.status) == (200, 200) and first.body == second.body
    assert (first.mark, second.mark) == ("pages; fwd=miss; stored", "pages; hit")
    assert readers.site.request_count == 1


def test_an_action_is_seen_by_the_very_next_reader(doing, editor):
    live = make_live(title="Grain")
    readers = Readers()
    assert "Barley" not in readers.get(LIST).text

    with doing():
        make_live(title="Barley")
    assert "Barley" in readers.get(LIST).text

    with doing():
        actions.withdraw(live.publication, by=editor, note="")
    assert readers.get(live.get_absolute_url()).status == 410


def test_a_batch_of_actions_is_seen_likewise(doing):
    readers = Readers()
    readers.get(LIST)

    with doing():
        actions.publish_many([make_publication(title="Barley")], by=None)

    assert "Barley" in readers.get(LIST).text


def test_an_action_of_another_process_is_seen_through_the_counter(doing):
    here, there = Readers(), Readers()
    there.get(LIST)

    with doing():
        make_live(title="Barley")
    here.get(LIST)

    assert "Barley" in there.get(LIST).text


def test_an_action_on_another_machine_is_seen_within_a_second():
    readers = Readers()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        readers.get(LIST)
        make_live(title="Barley")  # its counter is not ours
        assert "Barley" not in readers.get(LIST).text

        clock.shift(1.0)
        assert "Barley" in readers.get(LIST).text


def test_what_is_scheduled_begins_and_ends_to_the_moment(editor):
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as clock:
        begins, ends = timezone.now() + timedelta(hours=1), timezone.now() + timedelta(hours=2)
        publication = make_publication(title="Barley")
        actions.publish(publication, by=None, at=begins, until=ends)
        readers = Readers()

        def shown() -> bool:
            return "Barley" in readers.get(LIST).text

        assert not shown()
        clock.move_to(begins - timedelta(microseconds=1))
        assert not shown()
        clock.move_to(begins)
        assert shown()
        clock.move_to(ends - timedelta(microseconds=1))
        assert shown()
        clock.move_to(ends)
        assert not shown()


def test_parameters_that_no_page_reads_make_no_page_of_their_own():
    readers = Readers()

    for query in ("", "?utm_source=x", "?utm_source=y&fbclid=z"):
        assert readers.get(f"{LIST}{query}").status == 200
    assert readers.site.request_count == 1

    readers.get(f"{LIST}?kind=report&utm_source=x")
    readers.get(f"{LIST}?utm_source=x&kind=report")
    assert readers.site.request_count == 2


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (LIST, "kind=report"), ("/sv/publikationer/", "kind=report"), ("/sv/publikationer/", "q=korn"),
        ("/en/authors/", "page=2"), ("/sv/forfattare/", "page=2"),
        ("/en/publications/grain/editions/1/changes/", "from=1"),
        ("/sv/publikationer/grain/utgavor/1/andringar/", "from=1"),
        ("/sv/publikationer/зерно/share/mastodon/", "server=x.example"),
    ],
)  # fmt: skip
def test_each_page_keeps_the_parameters_that_it_reads_in_both_trees(path, query):
    name = query.partition("=")[0]

    assert parameters_of(path) >= {name}
    assert cache_key(environ(f"{path}?{query}&utm_source=x"), parameters_of, ())[1] == query


def test_all_that_public_views_read_of_a_query_is_known():
    read = {
        name
        for room in ("views", "feeds", "sitemaps")
        for file in (ROOT / "publications" / room).glob("**/*.py")
        for name in re.findall(r"""GET(?:\.get\(|\[)["'](\w+)""", file.read_text("utf-8"))
    }

    assert read and read <= set().union(*PARAMETERS.values())


def test_cookies_and_languages_of_browsers_make_no_difference():
    readers = Readers()

    readers.get(LIST)
    answer = readers.get(LIST, cookie="sessionid=x", accept_language="sv")

    assert answer.mark == "pages; hit" and 'lang="en"' in answer.text


@pytest.mark.parametrize("path", ["/desk/login/", "/oai?verb=Identify", "/static/css/base.css"])
def test_what_is_not_the_same_for_everyone_is_never_kept(path):
    readers = Readers()

    assert not any(readers.get(path).mark for _ in range(2))
    assert readers.site.request_count == 2


def test_a_host_that_is_not_ours_gets_nothing_from_memory():
    readers = Readers()
    readers.get(LIST)
    request = {"host": "elsewhere.example"}

    assert readers.get(LIST, **request).status == 400


def test_texts_go_out_in_the_coding_that_the_reader_takes():
    make_live(title="Grain")
    readers = Readers()
    plain = readers.get(LIST)

    squeezed = readers.get(LIST, accept_encoding="gzip, deflate")
    best = readers.get(LIST, accept_encoding="gzip, br;q=0.5")
    refused = readers.get(LIST, accept_encoding="br;q=0, gzip;q=0.0")

    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert best.headers["Content-Encoding"] == "br"
    assert gzip.decompress(squeezed.body) == brotli.decompress(best.body) == plain.body == refused.body
    assert {answer.headers["Vary"] for answer in (plain, squeezed, best)} == {"Accept-Encoding"}
    assert all(int(each.headers["Content-Length"]) == len(each.body) for each in (plain, squeezed, best))


def test_a_client_that_has_the_page_gets_304():
    readers = Readers()
    held = readers.get(LIST).headers["ETag"]

    answer = readers.get(LIST, if_none_match=f'"x", {held}')

    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["ETag"] == held and answer.headers["Vary"] == "Accept-Encoding"
    assert "Content-Type" not in answer.headers
    assert readers.get(LIST, if_none_match='W/"other"').status == 200


def test_head_tells_what_get_would():
    readers = Readers()
    full = readers.get(LIST)

    head = readers.get(LIST, method="HEAD")

    assert head.body == b"" and head.headers["Content-Length"] == full.headers["Content-Length"]


def test_redirects_and_missing_pages_are_kept_too():
    readers = Readers()

    for path, status in [("/en/publications/nothing-here/", 404), ("/", 302)]:
        assert [readers.get(path).status for _ in range(2)] == [status, status]
    assert readers.site.request_count == 2


def test_unknown_addresses_and_searches_put_out_no_page():
    make_live(title="Grain")
    readers = Readers(max_bytes=400_000)
    readers.get("/en/")
    readers.get(LIST)

    for number in range(60):
        readers.get(f"/en/nothing-{number}/")
        readers.get(f"{LIST}?q=grain{number}")

    assert readers.get("/en/").mark == readers.get(LIST).mark == "pages; hit"
    assert readers.cache.others.bytes <= 50_000


def broken_database(readers: Readers, monkeypatch) -> None:
    """From here on neither the watch nor Django can ask."""

    def fail(before):
        raise OperationalError("the database is away")

    monkeypatch.setattr(readers.watcher, "_read", fail)
    monkeypatch.setattr(Listing, "__init__", fail_to_list)


def fail_to_list(*args):
    raise OperationalError("the database is away")


def test_without_a_database_stored_pages_are_served_and_marked(monkeypatch):
    make_live(title="Grain")
    with time_machine.travel(timezone.now().replace(hour=10), tick=False) as clock:
        readers = Readers()
        before = readers.get(LIST)
        broken_database(readers, monkeypatch)
        clock.shift(60)

        answer = readers.get(LIST)
        assert (answer.status, answer.body) == (200, before.body)
        assert answer.mark == "pages; hit; detail=stale"

        other = readers.get(f"{LIST}?page=1")
        assert other.status == 503 and other.headers["Retry-After"]


def test_without_a_database_nothing_is_shown_past_its_end(monkeypatch):
    with time_machine.travel(timezone.now().replace(hour=10), tick=False) as clock:
        ends = timezone.now() + timedelta(minutes=5)
        actions.publish(make_publication(title="Barley"), by=None, until=ends)
        readers = Readers()
        readers.get(LIST)
        broken_database(readers, monkeypatch)

        clock.move_to(ends - timedelta(seconds=1))
        assert "Barley" in readers.get(LIST).text
        clock.move_to(ends)
        assert readers.get(LIST).status == 503


def test_without_a_database_what_was_taken_back_stays_so(doing, editor, monkeypatch):
    live = make_live(title="Barley")
    make_live(title="Grain")
    readers = Readers()
    readers.get(LIST)

    with doing():
        actions.withdraw(live.publication, by=editor, note="")
    broken_database(readers, monkeypatch)
    assert readers.get(LIST).status == 503


def test_what_was_only_added_to_may_be_shown_as_it_was(doing, monkeypatch):
    make_live(title="Grain")
    readers = Readers()
    readers.get(LIST)
    with doing():
        make_live(title="Barley")
    readers.get("/en/")  # by which the new generation is known

    broken_database(readers, monkeypatch)

    assert readers.get(LIST).mark == "pages; hit; detail=stale"


def test_an_end_that_was_set_later_holds_for_what_was_stored_before(doing, monkeypatch):
    with time_machine.travel(timezone.now().replace(hour=10), tick=False) as clock:
        ends = timezone.now() + timedelta(minutes=5)
        live = make_live(title="Barley")
        readers = Readers()
        readers.get(LIST)
        with doing():
            actions.publish(saved(live.publication, body="Other."), by=None, until=ends)
        readers.get("/en/")  # by which the new generation is known
        broken_database(readers, monkeypatch)

        clock.move_to(ends - timedelta(seconds=1))
        assert readers.get(LIST).mark == "pages; hit; detail=stale"
        clock.move_to(ends)
        assert readers.get(LIST).status == 503


def test_an_end_that_has_passed_while_the_database_answered_holds_when_it_does_not(monkeypatch):
    with time_machine.travel(timezone.now().replace(hour=10), tick=False) as clock:
        ends = timezone.now() + timedelta(minutes=5)
        actions.publish(make_publication(title="Barley"), by=None, until=ends)
        readers = Readers()
        readers.get(LIST)
        clock.move_to(ends)
        readers.get("/en/")
        broken_database(readers, monkeypatch)

        assert readers.get(LIST).status == 503


def test_nothing_of_the_reader_who_asks_first_is_in_what_others_get():
    readers = Readers()

    first = readers.get(LIST, if_match='"x"', content_length="99999999", accept="text/plain")

    assert first.status == 200 and readers.get(LIST).mark == "pages; hit"


def test_a_way_to_a_page_takes_the_query_along():
    readers = Readers()

    assert readers.get("/en/publications?kind=report").headers["Location"] == f"{LIST}?kind=report"


def test_ways_that_anybody_can_make_up_put_out_no_page():
    readers = Readers()
    for number in range(5):
        readers.get(f"/en/word{number}")

    assert len(readers.cache.pages) == 0 and len(readers.cache.others) == 5


def test_a_client_that_has_the_date_of_a_feed_gets_304():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        make_live(title="Grain")
        clock.shift(3600)
        readers = Readers()
        text = readers.get("/en/feeds/publications.atom").headers["Last-Modified"]

        assert readers.get("/en/feeds/publications.atom", if_modified_since=text).status == 304


def test_what_was_rebuilt_is_seen_without_an_action(doing):
    readers = Readers()
    readers.get(LIST)

    with doing():
        actions.bump_site_version("search")

    assert readers.get(LIST).mark == "pages; fwd=miss; stored"


def test_counts_are_computed_once_per_site_version():
    make_live(title="Grain")
    readers = Readers()
    readers.get(LIST)

    with CaptureQueriesContext(connection) as captured:
        readers.get(f"{LIST}?page=1")

    assert not [query for query in captured if "COUNT(" in query["sql"] and "GROUP BY" in query["sql"]]


def test_unknown_addresses_share_cached_content_and_query_only_their_own_path():
    make_live(title="Grain")
    readers = Readers()
    first = readers.get(f"{LIST}nothing-1/")

    with CaptureQueriesContext(connection) as captured:
        second = readers.get(f"{LIST}nothing-2/")

    assert second.status == 404 and "Grain" in second.text
    assert second.text == first.text.replace("nothing 1", "nothing 2")
    assert len(captured) == 3  # a live piece, one that was, a path of another time


def test_names_that_change_are_taken_back_too(doing, editor, monkeypatch):
    author = make_author("Ann Berg")
    make_live(title="Grain", by_whom=author)
    readers = Readers()
    readers.get(LIST)
    with doing():
        author.name = "A. B."
        actions.save_instance(author, by=editor)
    readers.get("/en/")

    broken_database(readers, monkeypatch)

    assert readers.get(LIST).status == 503
