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
from publications.models import Redirect
from publications.page_cache.keys import cache_key
from publications.page_parameters import PARAMETERS, parameters_of
from publications.views.publication_list import PublicationList
from tests.conftest import ROOT
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved
from tests.page_caches import CachedClient, environ

LIST = "/en/publications/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def capture_on_commit(django_capture_on_commit_callbacks):
    """Run actions in transactions of their own, with their `on_commit` callbacks."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_a_page_is_rendered_once_and_then_sent_from_memory():
    live = make_live(title="Grain")
    client = CachedClient()

    first, second = (client.get(live.get_absolute_url()) for _ in range(2))

    assert (first.status, second.status) == (200, 200) and first.body == second.body
    assert (first.cache_status, second.cache_status) == ("pages; fwd=miss; stored", "pages; hit")
    assert client.site.request_count == 1


def test_an_action_is_visible_to_the_next_request(capture_on_commit, editor):
    live = make_live(title="Grain")
    client = CachedClient()
    assert "Barley" not in client.get(LIST).text

    with capture_on_commit():
        make_live(title="Barley")
    assert "Barley" in client.get(LIST).text

    with capture_on_commit():
        actions.withdraw(live.publication, by=editor, note="")
    assert client.get(live.get_absolute_url()).status == 410


def test_a_batch_of_actions_is_visible_to_the_next_request(capture_on_commit):
    client = CachedClient()
    client.get(LIST)

    with capture_on_commit():
        actions.publish_many([make_publication(title="Barley")], by=None)

    assert "Barley" in client.get(LIST).text


def test_an_action_of_another_process_is_found_by_the_counter(capture_on_commit):
    client, other_process = CachedClient(), CachedClient()
    other_process.get(LIST)

    with capture_on_commit():
        make_live(title="Barley")
    client.get(LIST)

    assert "Barley" in other_process.get(LIST).text


def test_an_action_on_another_machine_is_found_within_a_second():
    client = CachedClient()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.get(LIST)
        make_live(title="Barley")  # without on_commit, so that its counter is not incremented
        assert "Barley" not in client.get(LIST).text

        clock.shift(1.0)
        assert "Barley" in client.get(LIST).text


def test_a_scheduled_edition_starts_and_ends_to_the_microsecond(editor):
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as clock:
        begins, ends = timezone.now() + timedelta(hours=1), timezone.now() + timedelta(hours=2)
        publication = make_publication(title="Barley")
        actions.publish(publication, by=None, at=begins, until=ends)
        client = CachedClient()

        def is_listed() -> bool:
            return "Barley" in client.get(LIST).text

        assert not is_listed()
        clock.move_to(begins - timedelta(microseconds=1))
        assert not is_listed()
        clock.move_to(begins)
        assert is_listed()
        clock.move_to(ends - timedelta(microseconds=1))
        assert is_listed()
        clock.move_to(ends)
        assert not is_listed()


def test_parameters_that_no_page_reads_share_one_cached_page():
    client = CachedClient()

    for query in ("", "?utm_source=x", "?utm_source=y&fbclid=z"):
        assert client.get(f"{LIST}{query}").status == 200
    assert client.site.request_count == 1

    client.get(f"{LIST}?kind=report&utm_source=x")
    client.get(f"{LIST}?utm_source=x&kind=report")
    assert client.site.request_count == 2


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
def test_the_key_of_a_page_has_its_parameters_in_both_locales(path, query):
    name = query.partition("=")[0]

    assert parameters_of(path) >= {name}
    assert cache_key(environ(f"{path}?{query}&utm_source=x"), parameters_of, ())[1] == query


def test_every_parameter_that_a_public_view_reads_is_declared():
    parameters = {
        name
        for package in ("views", "feeds", "sitemaps")
        for file in (ROOT / "publications" / package).glob("**/*.py")
        for name in re.findall(r"""GET(?:\.get\(|\[)["'](\w+)""", file.read_text("utf-8"))
    }

    assert parameters and parameters <= set().union(*PARAMETERS.values())


def test_cookies_and_languages_of_browsers_make_no_difference():
    client = CachedClient()

    client.get(LIST)
    response = client.get(LIST, cookie="sessionid=x", accept_language="sv")

    assert response.cache_status == "pages; hit" and 'lang="en"' in response.text


@pytest.mark.parametrize("path", ["/desk/login/", "/oai?verb=Identify", "/static/css/base.css"])
def test_responses_that_differ_by_client_are_never_stored(path):
    client = CachedClient()

    assert not any(client.get(path).cache_status for _ in range(2))
    assert client.site.request_count == 2


def test_an_unknown_host_gets_no_stored_page():
    client = CachedClient()
    client.get(LIST)
    request = {"host": "elsewhere.example"}

    assert client.get(LIST, **request).status == 400


def test_texts_are_sent_in_the_coding_that_the_client_accepts():
    make_live(title="Grain")
    client = CachedClient()
    plain = client.get(LIST)

    gzipped = client.get(LIST, accept_encoding="gzip, deflate")
    brotlied = client.get(LIST, accept_encoding="gzip, br;q=0.5")
    refused = client.get(LIST, accept_encoding="br;q=0, gzip;q=0.0")

    assert gzipped.headers["Content-Encoding"] == "gzip"
    assert brotlied.headers["Content-Encoding"] == "br"
    assert gzip.decompress(gzipped.body) == brotli.decompress(brotlied.body) == plain.body == refused.body
    assert {response.headers["Vary"] for response in (plain, gzipped, brotlied)} == {"Accept-Encoding"}
    assert all(int(each.headers["Content-Length"]) == len(each.body) for each in (plain, gzipped, brotlied))


def test_a_client_that_has_the_page_gets_304():
    client = CachedClient()
    etag = client.get(LIST).headers["ETag"]

    response = client.get(LIST, if_none_match=f'"x", {etag}')

    assert (response.status, response.body) == (304, b"")
    assert response.headers["ETag"] == etag and response.headers["Vary"] == "Accept-Encoding"
    assert "Content-Type" not in response.headers
    assert client.get(LIST, if_none_match='W/"other"').status == 200


def test_head_has_the_headers_of_get_and_no_body():
    client = CachedClient()
    full = client.get(LIST)

    head = client.get(LIST, method="HEAD")

    assert head.body == b"" and head.headers["Content-Length"] == full.headers["Content-Length"]


def test_redirects_and_404_pages_are_stored():
    client = CachedClient()

    for path, status in [("/en/publications/nothing-here/", 404), ("/", 302)]:
        assert [client.get(path).status for _ in range(2)] == [status, status]
    assert client.site.request_count == 2


def test_unknown_urls_and_searches_evict_no_page():
    make_live(title="Grain")
    client = CachedClient(max_bytes=400_000)
    client.get("/en/")
    client.get(LIST)

    for number in range(60):
        client.get(f"/en/nothing-{number}/")
        client.get(f"{LIST}?q=grain{number}")

    assert client.get("/en/").cache_status == client.get(LIST).cache_status == "pages; hit"
    assert client.cache.second_store.bytes <= 50_000


def break_database(client: CachedClient, monkeypatch) -> None:
    """Let every query of the watcher and of the list of publications fail."""

    def fail(before):
        raise OperationalError("the database is away")

    monkeypatch.setattr(client.watcher, "_read", fail)
    monkeypatch.setattr(PublicationList, "__init__", raise_operational_error)


def raise_operational_error(*args):
    raise OperationalError("the database is away")


def test_without_a_database_stored_pages_are_served_and_marked(monkeypatch):
    make_live(title="Grain")
    with time_machine.travel(timezone.now().replace(hour=10), tick=False) as clock:
        client = CachedClient()
        stored = client.get(LIST)
        break_database(client, monkeypatch)
        clock.shift(60)

        response = client.get(LIST)
        assert (response.status, response.body) == (200, stored.body)
        assert response.cache_status == "pages; hit; detail=stale"

        other = client.get(f"{LIST}?page=1")
        assert other.status == 503 and other.headers["Retry-After"]


def test_without_a_database_no_page_is_served_past_the_end_of_a_window(monkeypatch):
    with time_machine.travel(timezone.now().replace(hour=10), tick=False) as clock:
        ends = timezone.now() + timedelta(minutes=5)
        actions.publish(make_publication(title="Barley"), by=None, until=ends)
        client = CachedClient()
        client.get(LIST)
        break_database(client, monkeypatch)

        clock.move_to(ends - timedelta(seconds=1))
        assert "Barley" in client.get(LIST).text
        clock.move_to(ends)
        assert client.get(LIST).status == 503


def test_without_a_database_no_page_is_served_after_a_withdrawal(capture_on_commit, editor, monkeypatch):
    live = make_live(title="Barley")
    make_live(title="Grain")
    client = CachedClient()
    client.get(LIST)

    with capture_on_commit():
        actions.withdraw(live.publication, by=editor, note="")
    break_database(client, monkeypatch)
    assert client.get(LIST).status == 503


def test_without_a_database_a_page_older_than_a_new_publication_is_served(capture_on_commit, monkeypatch):
    make_live(title="Grain")
    client = CachedClient()
    client.get(LIST)
    with capture_on_commit():
        make_live(title="Barley")
    client.get("/en/")  # by which the process learns the new site version

    break_database(client, monkeypatch)

    assert client.get(LIST).cache_status == "pages; hit; detail=stale"


def test_a_page_stored_before_an_end_was_set_is_not_served_past_it(capture_on_commit, monkeypatch):
    with time_machine.travel(timezone.now().replace(hour=10), tick=False) as clock:
        ends = timezone.now() + timedelta(minutes=5)
        live = make_live(title="Barley")
        client = CachedClient()
        client.get(LIST)
        with capture_on_commit():
            actions.publish(saved(live.publication, body="Other."), by=None, until=ends)
        client.get("/en/")  # by which the process learns the new site version
        break_database(client, monkeypatch)

        clock.move_to(ends - timedelta(seconds=1))
        assert client.get(LIST).cache_status == "pages; hit; detail=stale"
        clock.move_to(ends)
        assert client.get(LIST).status == 503


def test_a_window_that_ended_before_the_outage_stays_ended_in_it(monkeypatch):
    with time_machine.travel(timezone.now().replace(hour=10), tick=False) as clock:
        ends = timezone.now() + timedelta(minutes=5)
        actions.publish(make_publication(title="Barley"), by=None, until=ends)
        client = CachedClient()
        client.get(LIST)
        clock.move_to(ends)
        client.get("/en/")
        break_database(client, monkeypatch)

        assert client.get(LIST).status == 503


def test_headers_of_the_first_client_do_not_affect_the_stored_page():
    client = CachedClient()

    first = client.get(LIST, if_match='"x"', content_length="99999999", accept="text/plain")

    assert first.status == 200 and client.get(LIST).cache_status == "pages; hit"


def test_a_redirect_keeps_the_query():
    client = CachedClient()

    assert client.get("/en/publications?kind=report").headers["Location"] == f"{LIST}?kind=report"


def test_redirects_of_invented_urls_evict_no_page():
    client = CachedClient()
    for number in range(5):
        client.get(f"/en/word{number}")

    assert len(client.cache.page_store) == 0 and len(client.cache.second_store) == 5


def test_a_client_that_has_the_date_of_a_feed_gets_304():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        make_live(title="Grain")
        clock.shift(3600)
        client = CachedClient()
        text = client.get("/en/feeds/publications.atom").headers["Last-Modified"]

        assert client.get("/en/feeds/publications.atom", if_modified_since=text).status == 304


def test_a_rebuild_outdates_stored_pages(capture_on_commit):
    client = CachedClient()
    client.get(LIST)

    with capture_on_commit():
        actions.rebuild_index("search")

    assert client.get(LIST).cache_status == "pages; fwd=miss; stored"


def test_counts_are_computed_once_per_site_version():
    make_live(title="Grain")
    client = CachedClient()
    client.get(LIST)

    with CaptureQueriesContext(connection) as captured:
        client.get(f"{LIST}?page=1")

    assert not [query for query in captured if "COUNT(" in query["sql"] and "GROUP BY" in query["sql"]]


def test_unknown_addresses_share_cached_content_and_query_only_their_own_path():
    make_live(title="Grain")
    client = CachedClient()
    first = client.get(f"{LIST}nothing-1/")

    with CaptureQueriesContext(connection) as captured:
        second = client.get(f"{LIST}nothing-2/")

    assert second.status == 404 and "Grain" in second.text
    assert second.text == first.text.replace("nothing 1", "nothing 2")
    assert len(captured) == 3  # the live edition, an earlier one, a stored redirect


def test_without_a_database_no_page_is_served_after_a_name_changed(capture_on_commit, editor, monkeypatch):
    author = make_author("Ann Berg")
    make_live(title="Grain", author=author)
    client = CachedClient()
    client.get(LIST)
    with capture_on_commit():
        author.name = "A. B."
        actions.save_instance(author, by=editor)
    client.get("/en/")

    break_database(client, monkeypatch)

    assert client.get(LIST).status == 503


# Old addresses with a query


@pytest.fixture
def old_address() -> str:
    """The address of a publication that was `/?p=1`."""
    live = make_live()
    keep_old_address("/?p=1", live.publication)
    return live.get_absolute_url()


def keep_old_address(address: str, target) -> None:
    assert actions.keep_old_addresses([actions.OldAddress(address, target)], by=None) == []


def test_old_addresses_with_a_query_redirect_and_other_queries_share_the_page(old_address):
    client = CachedClient()

    assert [client.get("/?p=2").headers["Location"], client.get("/").headers["Location"]] == ["/en/", "/en/"]
    for query in ("p=1", "utm_source=x&p=1", "p=1&fbclid=y"):
        assert client.get(f"/?{query}").headers["Location"] == old_address

    assert client.site.request_count == 2


def test_made_up_queries_of_an_old_address_take_no_place_in_the_cache(old_address):
    client = CachedClient()
    client.get("/")
    before = client.cache.second_store.bytes, client.site.request_count

    for number in range(2, 200):
        client.get(f"/?p={number}")
        client.get(f"/?p={number}&q={number}")

    assert (client.cache.second_store.bytes, client.site.request_count) == before


def test_an_old_address_that_is_kept_or_removed_counts_from_the_next_request(capture_on_commit):
    client = CachedClient()
    assert client.get("/en/?p=1").status == 200

    with capture_on_commit():
        keep_old_address("/en/?p=1", "/en/topics/")
    assert client.get("/en/?p=1").headers["Location"] == "/en/topics/"

    with capture_on_commit():
        actions.remove_old_addresses([Redirect.objects.get()], by=None)
    assert client.get("/en/?p=1").status == 200


def test_old_addresses_are_read_again_only_after_another_one_answers(capture_on_commit):
    client = CachedClient()
    with capture_on_commit():
        keep_old_address("/en/?p=1", "/en/topics/")
    client.get("/en/")
    known = client.watcher.state().query_redirects

    with capture_on_commit():
        make_live()
    client.get("/en/")

    assert client.watcher.state().query_redirects is known


@pytest.mark.parametrize("kind", ["publication", "image", "tag", "scheduled"])
def test_the_cache_does_not_betray_an_old_address_of_what_is_not_public(capture_on_commit, editor, kind):
    image, tag, draft = make_image(), make_tag(), make_publication()
    draft.tags.set([tag])
    saved(draft, body=f"![A field](image:{image.key})")
    client, target = CachedClient(), {"image": image, "tag": tag}.get(kind, draft)
    with time_machine.travel(timezone.now().replace(hour=10), tick=False) as clock:
        keep_old_address("/?p=1", target)
        keep_old_address(f"{LIST}?p=1", target)
        if kind == "scheduled":
            actions.publish(draft, by=editor, at=timezone.now() + timedelta(hours=1))
        client.get("/"), client.get(LIST)
        before = client.site.request_count, client.cache.second_store.bytes

        for address in ("/?p=1", f"{LIST}?p=1", f"{LIST}?utm_source=x&p=1"):
            assert client.get(address).cache_status == "pages; hit"
        assert (client.site.request_count, client.cache.second_store.bytes) == before

        with capture_on_commit():
            clock.shift(3601) if kind == "scheduled" else actions.publish(draft, by=editor)
        assert [client.get(address).status for address in ("/?p=1", f"{LIST}?p=1")] == [301, 301]
        clock.shift(60)
        with capture_on_commit():
            actions.withdraw(draft, by=editor)
        clock.shift(1)
        assert client.get(f"{LIST}?p=1").status == (200 if kind == "tag" else 410)


def test_a_request_with_parameters_of_the_page_has_the_page_in_the_cache_too(old_address):
    live = Redirect.objects.get().publication
    keep_old_address(f"{LIST}?cat=3", live)
    client = CachedClient()

    assert client.get(f"{LIST}?cat=3").headers["Location"] == old_address
    assert client.get(f"{LIST}?cat=3&page=1").status == 200


def test_an_old_address_reads_the_database_only_for_its_redirect(old_address):
    client = CachedClient()
    client.get("/?p=2")

    with CaptureQueriesContext(connection) as queries:
        client.get("/?p=3")
        client.get("/en/nothing-here.jpg?p=1")
    redirects = [query["sql"] for query in queries if "publications_redirect" in query["sql"]]

    assert all("/en/nothing-here" in sql for sql in redirects)


def test_without_a_database_a_stored_redirect_of_a_query_is_served(monkeypatch):
    with time_machine.travel(timezone.now().replace(hour=10), tick=False) as clock:
        keep_old_address("/?p=1", "/en/topics/")
        client = CachedClient()
        client.get("/?p=1")
        break_database(client, monkeypatch)
        clock.shift(60)

        assert client.get("/?p=1").headers["Location"] == "/en/topics/"
