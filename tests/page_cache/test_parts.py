"""The parts of the page cache: what is kept, what it is kept under, and how a process knows that it is old."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import OperationalError

from publications.models import SiteState, cached_for_version, cached_last_value, site_state_scope
from publications.page_cache import SiteStateWatcher, WorkerPool, announce_change
from publications.page_cache.change_signal import ChangeCounter
from publications.page_cache.pools import NoFreeSlot, Slots
from publications.page_cache.store import CachedResponse, PageStore, coding_for, etag_matches

HOUR = 3600
LONG = b"<p>A sentence of the usual length, which is compressed well.</p>" * 50


def a_state(generation: int = 1, **moments: float) -> SiteState:
    later = time.time() + HOUR
    return SiteState(
        generation,
        generation,
        generation,
        **{"next_start": later, "next_end": later, "next_midnight": later, **moments},
    )


def a_pool(application, threads: int = 2, slots: int = 8) -> WorkerPool:
    return WorkerPool(application, ThreadPoolExecutor(threads), slots=slots)


def an_answer(size: int = 1_000) -> CachedResponse:
    return CachedResponse("200 OK", [], b"x" * size, a_state(), compressible=False)


def test_the_least_recently_used_response_is_evicted_first():
    store = PageStore(12 * (an_answer().bytes + 12))
    for number in range(12):
        store.put((str(number), ""), an_answer())
    store.get(("0", ""))

    store.put(("new", ""), an_answer())

    assert store.get(("0", "")) and store.get(("new", "")) and not store.get(("1", ""))
    assert len(store) == 12 and store.bytes <= store.max_bytes


def test_what_stays_stays():
    store = PageStore(9 * (an_answer().bytes + 16), pinned=frozenset({("home", "")}))
    store.put(("home", ""), an_answer())
    for number in range(40):
        store.put((str(number), ""), an_answer())

    assert store.get(("home", "")) and len(store) == 9


def test_an_answer_that_would_fill_the_store_is_not_kept():
    store = PageStore(20_000)
    store.put(("a", ""), an_answer(500))
    store.put(("a", ""), an_answer(5_000))

    assert len(store) == 0 and store.bytes == 0


def test_a_text_is_kept_only_compressed_once_it_was_requested_so():
    stored = CachedResponse("200 OK", [("Content-Type", "text/html")], LONG, a_state(), compressible=True)
    store = PageStore(100_000)
    store.put(("a", ""), stored)
    before = store.bytes

    (headers, _), grown = stored.encode("br")
    store.count_growth(("a", ""), stored, grown)

    assert ("Content-Encoding", "br") in headers
    assert store.bytes < before - len(LONG) / 2
    assert stored.encode("")[0][1] == [LONG]
    assert stored.encode("gzip")[1] > 0


def test_what_is_no_longer_kept_does_not_count_when_it_grows():
    store, stored = PageStore(10_000), an_answer()
    store.put(("a", ""), stored)
    store.drop(("a", ""))

    store.count_growth(("a", ""), stored, -500)

    assert store.bytes == 0


def test_what_a_key_takes_counts_too():
    store = PageStore(100_000)
    store.put(("a", "q=" + "x" * 1_000), an_answer())

    assert store.bytes > 4_000


def test_a_short_text_is_sent_as_it_is():
    assert not CachedResponse("200 OK", [], b"short", a_state(), compressible=True).is_text


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""), ("identity", ""), ("gzip", "gzip"), ("gzip, br", "br"), ("GZIP;q=1.0", "gzip"),
        ("br;q=0,gzip", "gzip"), ("gzip;q=0.000", ""), ("gzip; q=0.5", "gzip"), ("xbr, x-gzip", ""),
    ],
)  # fmt: skip
def test_the_coding_is_one_that_the_reader_takes(accepted, coding):
    assert coding_for(accepted) == coding


@pytest.mark.parametrize(
    ("held", "same"),
    [('W/"a"', True), ('"a"', True), ('"b", W/"a"', True), ("*", True), ('W/"b"', False), ("a", False)],
)
def test_tags_are_compared_weakly(held, same):
    assert etag_matches(held, 'W/"a"') is same


def test_the_counter_moves_in_what_others_hold_of_it():
    held = ChangeCounter()
    before = held.changes()

    announce_change()

    assert held.changes() != before and held.changes() == ChangeCounter().changes()


def test_a_counter_that_another_file_has_taken_the_place_of_is_found_again(settings):
    held = ChangeCounter()
    announce_change()
    (settings.SITE_DATA / "changes").unlink()
    announce_change()
    announce_change()

    held.renew()

    assert held.changes() == ChangeCounter().changes()


def test_actions_succeed_without_a_place_for_the_counter(settings, tmp_path):
    settings.SITE_DATA = tmp_path / "missing" / "folder"

    announce_change()

    assert ChangeCounter().changes() == bytes(8)


def test_a_watch_in_a_thread_tells_a_change_to_the_next_who_asks():
    generations = iter(range(1, 100))
    watcher = SiteStateWatcher(lambda before: a_state(next(generations)))
    first = watcher.state()
    assert watcher.state() is first

    announce_change()

    assert watcher.state().site_version > first.site_version


def test_an_unchanged_site_has_the_same_state_at_each_read():
    watcher = SiteStateWatcher(lambda before: a_state(7), threaded=False)
    first = watcher.state()

    watcher.refresh()

    assert watcher.state() is first


def test_a_database_that_hangs_keeps_waiting_only_those_who_cannot_be_served():
    hang = threading.Event()
    watcher = SiteStateWatcher(
        lambda before: hang.wait(30) and a_state(2) if before else a_state(1), trusted_seconds=0.1
    )
    known = watcher.state()
    time.sleep(0.1)

    assert [watcher.state() for _ in range(3)] == [None] * 3
    assert watcher.state_of_stale_pages() is known
    hang.set()


def test_a_failing_database_leaves_the_known_state_until_an_action():
    def read(before):
        if before:
            raise OperationalError("away")
        return a_state(1)

    with time_machine.travel(0, tick=False) as clock:
        watcher = SiteStateWatcher(read, threaded=False)
        known = watcher.state()
        clock.shift(2)
        assert watcher.state() is None and watcher.state_of_stale_pages() is known

        announce_change()
        assert watcher.state() is None and watcher.state_of_stale_pages() is None


def test_however_many_ask_for_one_page_it_is_made_once():
    queries, open_ = [], threading.Event()

    class Body(list):
        streaming = False
        close = staticmethod(lambda: None)

    def application(environ, start_response):
        queries.append(environ["PATH_INFO"])
        open_.wait(10)
        start_response("200 OK", [])
        return Body([b"page"])

    pool, state, come = a_pool(application), a_state(), threading.Barrier(8)

    def read() -> bytes:
        come.wait(10)
        page = {"PATH_INFO": "/"}
        return pool.render_once("key", page, state, lambda response: response.body)

    with ThreadPoolExecutor(8) as readers:
        waiting = [readers.submit(read) for _ in range(8)]
        time.sleep(0.2)  # by now all have asked
        open_.set()
        assert {future.result()[0] for future in waiting} == {b"page"}
    assert queries == ["/"]


def test_an_error_reaches_all_who_wait_and_the_next_may_try_again():
    def application(environ, start_response):
        raise RuntimeError("broken")

    pool = a_pool(application)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="broken"):
            pool.render_once("key", {}, a_state(), lambda response: response)


def test_a_cached_value_is_computed_once_per_site_version():
    made = []

    def make() -> int:
        made.append(1)
        return len(made)

    with site_state_scope(a_state()):
        assert [
            cached_for_version("a", make),
            cached_for_version("a", make),
            cached_for_version(("b", 1), make),
        ] == [1, 1, 2]
    with site_state_scope(a_state()):
        assert cached_for_version("a", make) == 3
    assert [cached_for_version("a", make), cached_for_version("a", make)] == [4, 5]


def test_of_what_is_large_the_last_alone_is_remembered():
    made = []

    def make() -> int:
        made.append(1)
        return len(made)

    with site_state_scope(a_state()):
        assert [cached_last_value("a", key, make) for key in "xxyyx"] == [1, 1, 2, 2, 3]
        assert cached_last_value("b", "x", make) == 4
    assert [cached_last_value("a", "x", make), cached_last_value("a", "x", make)] == [5, 6]


def test_no_more_wait_at_a_time_than_there_are_slots_and_who_leaves_gives_one_back():
    slots = Slots(2)
    for _ in range(3):
        with slots, slots, pytest.raises(NoFreeSlot), slots:
            pass


def test_who_gives_up_waiting_leaves_no_request_behind():
    started, go_on, answered = threading.Event(), threading.Event(), []

    class Body(list):
        streaming = False
        close = staticmethod(lambda: None)

    def application(environ, start_response):
        started.set()
        go_on.wait(10)
        answered.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return Body()

    pool = a_pool(application, threads=1)
    with ThreadPoolExecutor(1) as readers:
        first = readers.submit(pool.render, {"PATH_INFO": "/first/"})
        started.wait(10)
        with pytest.raises(TimeoutError):
            pool.render({"PATH_INFO": "/second/"}, 0.01)
        go_on.set()
        first.result(10)
        pool.render({"PATH_INFO": "/third/"})

    assert answered == ["/first/", "/third/"]
