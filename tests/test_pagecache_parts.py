"""The parts of the page cache: what is kept, what it is kept under, and how a process knows that it is old."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import time_machine
from django.db import OperationalError

from publications.models import Epoch, lately, once, within
from publications.pagecache import Watch, advance
from publications.pagecache.counter import Counter
from publications.pagecache.lanes import Lane
from publications.pagecache.places import NoPlace, Places
from publications.pagecache.rendering import Renderer
from publications.pagecache.shelf import Shelf
from publications.pagecache.stored import Stored, coding_for, matches

HOUR = 3600
LONG = b"<p>A sentence of the usual length, which is compressed well.</p>" * 50


def an_epoch(generation: int = 1, **moments: float) -> Epoch:
    later = time.time() + HOUR
    return Epoch(
        generation, generation, generation, **{"begins": later, "ends": later, "midnight": later, **moments}
    )


def a_lane(threads: int, *, rests: bool = False) -> Lane:
    return Lane(ThreadPoolExecutor(threads), Places(8), rests)


def an_answer(size: int = 1_000) -> Stored:
    return Stored("200 OK", [], b"x" * size, an_epoch(), compressible=False)


def test_what_was_asked_for_least_recently_goes_first():
    shelf = Shelf(12 * (an_answer().bytes + 12))
    for number in range(12):
        shelf.put((str(number), ""), an_answer())
    shelf.get(("0", ""))

    shelf.put(("new", ""), an_answer())

    assert shelf.get(("0", "")) and shelf.get(("new", "")) and not shelf.get(("1", ""))
    assert len(shelf) == 12 and shelf.bytes <= shelf.most_bytes


def test_what_stays_stays():
    shelf = Shelf(9 * (an_answer().bytes + 16), stays={("home", "")}.__contains__)
    shelf.put(("home", ""), an_answer())
    for number in range(40):
        shelf.put((str(number), ""), an_answer())

    assert shelf.get(("home", "")) and len(shelf) == 9


def test_an_answer_that_would_fill_the_shelf_is_not_kept():
    shelf = Shelf(20_000)
    shelf.put(("a", ""), an_answer(500))
    shelf.put(("a", ""), an_answer(5_000))

    assert len(shelf) == 0 and shelf.bytes == 0


def test_a_text_is_kept_compressed_alone_once_it_was_asked_for_so():
    stored = Stored("200 OK", [("Content-Type", "text/html")], LONG, an_epoch(), compressible=True)
    shelf = Shelf(100_000)
    shelf.put(("a", ""), stored)
    before = shelf.bytes

    (headers, _), grown = stored.form("br")
    shelf.grown(("a", ""), stored, grown)

    assert ("Content-Encoding", "br") in headers
    assert shelf.bytes < before - len(LONG) / 2
    assert stored.form("")[0][1] == [LONG]
    assert stored.form("gzip")[1] > 0


def test_what_is_no_longer_kept_does_not_count_when_it_grows():
    shelf, stored = Shelf(10_000), an_answer()
    shelf.put(("a", ""), stored)
    shelf.drop(("a", ""))

    shelf.grown(("a", ""), stored, -500)

    assert shelf.bytes == 0


def test_what_a_key_takes_counts_too():
    shelf = Shelf(100_000)
    shelf.put(("a", "q=" + "x" * 1_000), an_answer())

    assert shelf.bytes > 4_000


def test_a_short_text_is_sent_as_it_is():
    assert not Stored("200 OK", [], b"short", an_epoch(), compressible=True).is_text


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
    assert matches(held, 'W/"a"') is same


def test_the_counter_moves_in_what_others_hold_of_it():
    held = Counter()
    before = held.value()

    advance()

    assert held.value() != before and held.value() == Counter().value()


def test_a_counter_that_another_file_has_taken_the_place_of_is_found_again(settings):
    held = Counter()
    advance()
    (settings.SITE_DATA / "changes").unlink()
    advance()
    advance()

    held.renew()

    assert held.value() == Counter().value()


def test_without_a_place_for_the_counter_deeds_go_on(settings, tmp_path):
    settings.SITE_DATA = tmp_path / "missing" / "folder"

    advance()

    assert Counter().value() == bytes(8)


def test_a_watch_in_a_thread_tells_a_change_to_the_next_who_asks():
    generations = iter(range(1, 100))
    watch = Watch(lambda before: an_epoch(next(generations)))
    first = watch.epoch()
    assert watch.epoch() is first

    advance()

    assert watch.epoch().generation > first.generation


def test_what_has_not_changed_is_the_same_epoch_however_often_it_is_asked():
    watch = Watch(lambda before: an_epoch(7), threaded=False)
    first = watch.epoch()

    watch.look()

    assert watch.epoch() is first


def test_a_database_that_hangs_keeps_waiting_only_those_who_cannot_be_served():
    hang = threading.Event()
    watch = Watch(lambda before: hang.wait(30) and an_epoch(2) if before else an_epoch(1), trusted_for=0.1)
    known = watch.epoch()
    time.sleep(0.1)

    assert [watch.epoch() for _ in range(3)] == [None] * 3
    assert watch.trusted is known
    hang.set()


def test_a_database_that_fails_leaves_what_is_known_but_not_past_a_deed():
    def read(before):
        if before:
            raise OperationalError("away")
        return an_epoch(1)

    with time_machine.travel(0, tick=False) as clock:
        watch = Watch(read, threaded=False)
        known = watch.epoch()
        clock.shift(2)
        assert watch.epoch() is None and watch.trusted is known

        advance()
        assert watch.epoch() is None and watch.trusted is None


def test_however_many_ask_for_one_page_it_is_made_once():
    asked, open_ = [], threading.Event()

    class Body(list):
        streaming = False
        close = staticmethod(lambda: None)

    def application(environ, start_response):
        asked.append(environ["PATH_INFO"])
        open_.wait(10)
        start_response("200 OK", [])
        return Body([b"page"])

    renderer, epoch, come = Renderer(application), an_epoch(), threading.Barrier(8)
    lane = a_lane(2)

    def read() -> bytes:
        come.wait(10)
        return renderer.render_once("key", {"PATH_INFO": "/"}, epoch, lambda answer: answer.body, lane)

    with ThreadPoolExecutor(8) as readers:
        waiting = [readers.submit(read) for _ in range(8)]
        time.sleep(0.2)  # by now all have asked
        open_.set()
        assert {future.result()[0] for future in waiting} == {b"page"}
    assert asked == ["/"]


def test_an_error_reaches_all_who_wait_and_the_next_may_try_again():
    def application(environ, start_response):
        raise RuntimeError("broken")

    renderer, lane = Renderer(application), a_lane(1)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="broken"):
            renderer.render_once("key", {}, an_epoch(), lambda answer: answer, lane)


def test_what_is_worked_out_in_an_epoch_is_worked_out_once():
    made = []

    def make() -> int:
        made.append(1)
        return len(made)

    with within(an_epoch()):
        assert [once("a", make), once("a", make), once(("b", 1), make)] == [1, 1, 2]
    with within(an_epoch()):
        assert once("a", make) == 3
    assert [once("a", make), once("a", make)] == [4, 5]


def test_of_what_is_large_the_last_alone_is_remembered():
    made = []

    def make() -> int:
        made.append(1)
        return len(made)

    with within(an_epoch()):
        assert [lately("a", key, make) for key in "xxyyx"] == [1, 1, 2, 2, 3]
        assert lately("b", "x", make) == 4
    assert [lately("a", "x", make), lately("a", "x", make)] == [5, 6]


def test_a_bell_of_another_machine_makes_the_database_be_asked_at_once():
    generations = iter([1, 2])
    watch = Watch(lambda _before: an_epoch(next(generations)), threaded=False)
    assert watch.epoch().generation == watch.epoch().generation == 1

    watch.hear(b"another")

    assert watch.trusted is None
    assert watch.epoch().generation == watch.epoch().generation == 2


def test_the_bell_of_the_own_machine_says_nothing_that_the_counter_did_not(monkeypatch):
    rung = []
    monkeypatch.setattr("publications.pagecache.bell.ring", rung.append)
    watch = Watch(lambda _before: an_epoch(1), threaded=False)
    advance()
    known = watch.epoch()

    watch.hear(*rung)

    assert watch.epoch() is known and watch.trusted is known


def test_the_bell_of_a_machine_whose_counter_cannot_be_moved_is_heard_there_too(
    settings, tmp_path, monkeypatch
):
    rung = []
    monkeypatch.setattr("publications.pagecache.bell.ring", rung.append)
    settings.SITE_DATA = tmp_path / "missing" / "folder"
    watch = Watch(lambda _before: an_epoch(1), threaded=False)
    known = watch.epoch()
    advance()

    watch.hear(*rung)

    assert rung == [b""] and watch.epoch() is not known


def test_counters_of_two_folders_have_two_names_and_one_has_one(settings, tmp_path):
    here, also_here = Counter(), Counter()
    settings.SITE_DATA = tmp_path / "other"
    settings.SITE_DATA.mkdir()

    assert here.name == also_here.name and here.name != Counter().name


def a_page(_environ, start_response) -> "Whole":
    start_response("200 OK", [])
    return Whole([b"A page."])


class Whole(list):
    streaming = False

    def close(self) -> None:
        pass


def test_who_made_such_a_page_rests_as_long_as_that_took(monkeypatch):
    rests, clock, lane = [], iter([1.0, 1.25]), a_lane(1, rests=True)
    monkeypatch.setattr("publications.pagecache.rendering.time.thread_time", lambda: next(clock))
    monkeypatch.setattr("publications.pagecache.rendering.time.sleep", rests.append)
    Renderer(a_page).render_once("a", {}, an_epoch(), lambda answer: answer, lane)
    lane.pool.shutdown()

    assert rests == [0.25]


def test_those_who_wait_for_the_page_that_most_wait_for_take_one_place():
    places = Places(2, together=5)
    with ExitStack() as waiting:
        for page in ("a", "news", "news", "news", "news"):
            waiting.enter_context(places.at(page))

        with pytest.raises(NoPlace), places.at("news"):
            pass


def test_of_other_pages_no_more_are_waited_for_than_there_are_places():
    places = Places(2, together=9)
    with places.at("news"), places.at("news"):
        with places.at("a"), pytest.raises(NoPlace), places.at("b"):
            pass
        with places.at("b"):
            pass
