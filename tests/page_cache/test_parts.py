"""The parts of the page cache: the store, cached responses, the watcher, the counter of changes and the pools."""

import gc
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import OperationalError

from publications.compression import choose_coding
from publications.models import SiteState, StateId, cached_for_last_key, cached_for_version, site_state_scope
from publications.page_cache import SiteStateWatcher, WorkerPool, announce_change
from publications.page_cache.change_signal import ChangeCounter
from publications.page_cache.pools import NoFreeSlot, Slots
from publications.page_cache.store import CachedResponse, PageStore, etag_matches

HOUR = 3600
LONG_TEXT = b"<p>A sentence of the usual length, which is compressed well.</p>" * 50


def make_state(site_version: int = 1, **times: float) -> SiteState:
    later = time.time() + HOUR
    times = {"read_at": 0.0, "next_start": later, "next_end": later, "next_midnight": later, **times}
    state_id = StateId(site_version, site_version, times.pop("read_at"), times.pop("next_end"))
    return SiteState(state_id, site_version, site_version, **times)


def make_pool(application, threads: int = 2, slots: int = 8) -> WorkerPool:
    return WorkerPool(application, ThreadPoolExecutor(threads), slots=slots)


def make_response(size: int = 1_000) -> CachedResponse:
    return CachedResponse("200 OK", [], b"x" * size, make_state(), compressible=False)


def test_the_least_recently_used_response_is_evicted_first():
    store = PageStore(12 * (make_response().bytes + 12))
    for number in range(12):
        store.set((str(number), ""), make_response())
    store.get(("0", ""))

    store.set(("new", ""), make_response())

    assert store.get(("0", "")) and store.get(("new", "")) and not store.get(("1", ""))
    assert len(store) == 12 and store.bytes <= store.max_bytes


def test_pinned_keys_are_never_evicted():
    store = PageStore(9 * (make_response().bytes + 16), pinned=frozenset({("home", "")}))
    store.set(("home", ""), make_response())
    for number in range(40):
        store.set((str(number), ""), make_response())

    assert store.get(("home", "")) and len(store) == 9


def test_the_garbage_collector_goes_through_few_objects_of_a_stored_response():
    headers = [("Content-Type", "text/html"), ("Content-Language", "en"), ("Cache-Control", "no-cache")]
    response = CachedResponse("200 OK", headers, LONG_TEXT, make_state(), compressible=True)
    response.encode("br")
    # One collection stops tracking tuples of strings, the next one what holds only those.
    for _level in range(4):
        gc.collect()

    tracked = sorted(type(found).__name__ for found in referents_of(response) if gc.is_tracked(found))

    # With lists in it, a collection stops all readers for longer. Responses share their state.
    assert tracked == ["CachedResponse", "StateId", "lock"]


def referents_of(*found: object) -> list[object]:
    """Return these objects and all that they refer to, without types."""
    objects = {id(item): item for item in found}
    queue = list(found)
    while queue:
        for item in gc.get_referents(queue.pop()):
            if id(item) not in objects and not isinstance(item, type):
                objects[id(item)] = item
                queue.append(item)
    return list(objects.values())


def test_what_is_loaded_is_not_collected():
    script = "import gc, sceeus.wsgi; print(gc.get_freeze_count() > 50_000, len(gc.get_objects()) < 5_000)"
    process = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    assert process.stdout.split() == ["True", "True"]


class ReadDict(OrderedDict):
    """A dictionary of which another thread reads a key while it is iterated over."""

    def __iter__(self):
        keys = super().__iter__()
        self.move_to_end(next(super().__iter__()))
        return keys


def test_a_response_is_evicted_while_others_are_read():
    store = PageStore(9 * (make_response().bytes + 16), pinned=frozenset({("0", "")}))
    store._responses = ReadDict()
    for number in range(40):
        store.set((str(number), ""), make_response())

    assert store.get(("0", "")) and store.get(("39", "")) and store.bytes <= store.max_bytes


def test_a_response_larger_than_an_eighth_of_the_store_is_not_stored():
    store = PageStore(20_000)
    store.set(("a", ""), make_response(500))
    store.set(("a", ""), make_response(5_000))

    assert len(store) == 0 and store.bytes == 0


def test_a_text_is_stored_compressed_only_after_a_compressed_response():
    stored = CachedResponse(
        "200 OK", [("Content-Type", "text/html")], LONG_TEXT, make_state(), compressible=True
    )
    store = PageStore(100_000)
    store.set(("a", ""), stored)
    bytes_before = store.bytes

    (headers, _), growth = stored.encode("br")
    store.add_bytes(("a", ""), stored, growth)

    assert ("Content-Encoding", "br") in headers
    assert store.bytes < bytes_before - len(LONG_TEXT) / 2
    assert stored.encode("")[0][1] == LONG_TEXT
    assert stored.encode("gzip")[1] > 0


def test_an_evicted_response_adds_no_bytes_to_the_store():
    store, stored = PageStore(10_000), make_response()
    store.set(("a", ""), stored)
    store.delete(("a", ""))

    store.add_bytes(("a", ""), stored, -500)

    assert store.bytes == 0


def test_the_key_counts_towards_the_size_of_a_response():
    store = PageStore(100_000)
    store.set(("a", "q=" + "x" * 1_000), make_response())

    assert store.bytes > 4_000


def test_a_short_text_is_sent_as_it_is():
    assert not CachedResponse("200 OK", [], b"short", make_state(), compressible=True).is_compressible


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""), ("identity", ""), ("gzip", "gzip"), ("gzip, br", "br"), ("GZIP;q=1.0", "gzip"),
        ("br;q=0,gzip", "gzip"), ("gzip;q=0.000", ""), ("gzip; q=0.5", "gzip"), ("xbr, x-gzip", ""),
    ],
)  # fmt: skip
def test_the_coding_is_one_that_the_client_accepts(accepted, coding):
    assert choose_coding(accepted) == coding


@pytest.mark.parametrize(
    ("if_none_match", "matches"),
    [('W/"a"', True), ('"a"', True), ('"b", W/"a"', True), ("*", True), ('W/"b"', False), ("a", False)],
)
def test_etags_are_compared_weakly(if_none_match, matches):
    assert etag_matches(if_none_match, 'W/"a"') is matches


def test_a_change_increments_the_counter_that_others_have_mapped():
    counter = ChangeCounter()
    changes_before = counter.changes()

    announce_change()

    assert counter.changes() != changes_before and counter.changes() == ChangeCounter().changes()


def test_a_replaced_counter_file_is_mapped_again(settings):
    counter = ChangeCounter()
    announce_change()
    (settings.SITE_DATA / "changes").unlink()
    announce_change()
    announce_change()

    counter.remap()

    assert counter.changes() == ChangeCounter().changes()


def test_actions_succeed_without_a_counter_file(settings, tmp_path):
    settings.SITE_DATA = tmp_path / "missing" / "folder"

    announce_change()

    assert ChangeCounter().changes() == bytes(8)


def test_a_threaded_watcher_returns_the_new_state_after_a_change():
    site_versions = iter(range(1, 100))
    watcher = SiteStateWatcher(lambda before: make_state(next(site_versions)))
    first = watcher.state()
    assert watcher.state() is first

    announce_change()

    assert watcher.state().site_version > first.site_version


def test_an_unchanged_site_has_the_same_state_at_each_read():
    watcher = SiteStateWatcher(lambda before: make_state(7), threaded=False)
    first = watcher.state()

    watcher.refresh()

    assert watcher.state() is first


def test_a_database_that_hangs_delays_no_stale_page():
    hang = threading.Event()
    watcher = SiteStateWatcher(
        lambda before: hang.wait(30) and make_state(2) if before else make_state(1), trusted_seconds=0.1
    )
    last_state = watcher.state()
    time.sleep(0.1)

    assert [watcher.state() for _ in range(3)] == [None] * 3
    assert watcher.state_for_stale_pages() is last_state
    hang.set()


def test_a_failing_database_leaves_the_last_state_until_an_action():
    def read(before):
        if before:
            raise OperationalError("away")
        return make_state(1)

    with time_machine.travel(0, tick=False) as clock:
        watcher = SiteStateWatcher(read, threaded=False)
        last_state = watcher.state()
        clock.shift(2)
        assert watcher.state() is None and watcher.state_for_stale_pages() is last_state

        announce_change()
        assert watcher.state() is None and watcher.state_for_stale_pages() is None


def test_concurrent_requests_for_one_page_share_a_rendering():
    paths, may_answer = [], threading.Event()

    class Body(list):
        streaming = False
        close = staticmethod(lambda: None)

    def application(environ, start_response):
        paths.append(environ["PATH_INFO"])
        may_answer.wait(10)
        start_response("200 OK", [])
        return Body([b"page"])

    pool, state, barrier = make_pool(application), make_state(), threading.Barrier(8)

    def read() -> bytes:
        barrier.wait(10)
        environ = {"PATH_INFO": "/"}
        return pool.render_once("key", environ, state, lambda response: response.body)

    with ThreadPoolExecutor(8) as executor:
        futures = [executor.submit(read) for _ in range(8)]
        time.sleep(0.2)  # until all have asked
        may_answer.set()
        assert {future.result()[0] for future in futures} == {b"page"}
    assert paths == ["/"]


def test_an_error_is_raised_for_each_request_and_not_stored():
    def application(environ, start_response):
        raise RuntimeError("broken")

    pool = make_pool(application)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="broken"):
            pool.render_once("key", {}, make_state(), lambda response: response)


def test_a_cached_value_is_computed_once_per_site_version():
    calls = []

    def make() -> int:
        calls.append(1)
        return len(calls)

    with site_state_scope(make_state()):
        assert [
            cached_for_version("a", make),
            cached_for_version("a", make),
            cached_for_version(("b", 1), make),
        ] == [1, 1, 2]
    with site_state_scope(make_state()):
        assert cached_for_version("a", make) == 3
    assert [cached_for_version("a", make), cached_for_version("a", make)] == [4, 5]


def test_cached_for_last_key_keeps_the_value_of_the_last_key_only():
    calls = []

    def make() -> int:
        calls.append(1)
        return len(calls)

    with site_state_scope(make_state()):
        assert [cached_for_last_key("a", key, make) for key in "xxyyx"] == [1, 1, 2, 2, 3]
        assert cached_for_last_key("b", "x", make) == 4
    assert [cached_for_last_key("a", "x", make), cached_for_last_key("a", "x", make)] == [5, 6]


def test_a_slot_is_released_after_use_and_refused_beyond_the_limit():
    slots = Slots(2)
    for _ in range(3):
        with slots, slots, pytest.raises(NoFreeSlot), slots:
            pass


def test_a_request_that_times_out_is_not_rendered_later():
    started, may_answer, paths = threading.Event(), threading.Event(), []

    class Body(list):
        streaming = False
        close = staticmethod(lambda: None)

    def application(environ, start_response):
        started.set()
        may_answer.wait(10)
        paths.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return Body()

    pool = make_pool(application, threads=1)
    with ThreadPoolExecutor(1) as executor:
        first = executor.submit(pool.render, {"PATH_INFO": "/first/"})
        started.wait(10)
        with pytest.raises(TimeoutError):
            pool.render({"PATH_INFO": "/second/"}, 0.01)
        may_answer.set()
        first.result(10)
        pool.render({"PATH_INFO": "/third/"})

    assert paths == ["/first/", "/third/"]
