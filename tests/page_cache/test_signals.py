"""What servers tell each other of changes, and what one may still show that is cut off from its database."""

import threading
import time

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone

from publications import actions
from publications.models import SiteState
from publications.page_cache import SiteStateWatcher, announce_change, change_signal
from publications.page_cache.change_signal import ChangeCounter, Message
from publications.views.publication_list import Listing
from tests.factories import make_live
from tests.page_caches import Readers

LIST = "/en/publications/"
STALE_SECONDS = 900
DAY = 86_400


@pytest.fixture
def published(monkeypatch) -> list[Message]:
    """The messages to other machines."""
    messages: list[Message] = []
    monkeypatch.setattr("publications.page_cache.change_signal.notify_peers", messages.append)
    return messages


class Clock:
    """The clock of the machine and the one that only runs on, moved together."""

    def __init__(self, travelled, monkeypatch) -> None:
        # Whole seconds, so that sums of them are exact.
        self._travelled, self._monotonic = travelled, float(int(time.monotonic()))
        monkeypatch.setattr("time.monotonic", lambda: self._monotonic)

    def shift(self, seconds: float) -> None:
        self._travelled.shift(seconds)
        self._monotonic += seconds


@pytest.fixture
def clock(monkeypatch):
    with time_machine.travel(timezone.now().replace(hour=10), tick=False) as travelled:
        yield Clock(travelled, monkeypatch)


def a_state(generation: int = 1) -> SiteState:
    later = time.time() + 3600
    return SiteState(generation, generation, 1, next_start=later, next_end=later, next_midnight=later)


def cut_off_after_one_look(subscription: int = 0, **options) -> SiteStateWatcher:
    """One that has looked once, during this subscription, and finds no database any more."""
    states = iter([a_state()])

    def read(_before: SiteState | None) -> SiteState:
        for state in states:
            return state
        raise OperationalError("cut off")

    watcher = SiteStateWatcher(read, threaded=False, **options)
    watcher.subscription.number = subscription
    assert watcher.state()
    return watcher


def may_show_stale_pages(watcher: SiteStateWatcher) -> bool:
    assert watcher.state() is None
    return watcher.state_of_stale_pages() is not None


@pytest.mark.parametrize("message", [Message(b"a:1:2", took_back=True), Message(b"", took_back=False)])
def test_a_message_is_read_as_it_was_written(message):
    assert Message.decode(message.encode()) == message


def test_a_message_of_an_older_release_may_have_taken_something_back():
    assert Message.decode(b"a:1:2").took_back


def test_one_server_alone_shows_stale_pages_without_limit(clock):
    watcher = cut_off_after_one_look(stale_seconds=None)

    clock.shift(DAY)

    assert may_show_stale_pages(watcher)


def test_one_of_several_that_hears_nothing_shows_stale_pages_for_so_long_and_no_longer(clock):
    watcher = cut_off_after_one_look(stale_seconds=STALE_SECONDS)

    clock.shift(STALE_SECONDS - 1)
    assert may_show_stale_pages(watcher)

    clock.shift(1)
    assert not may_show_stale_pages(watcher)


def test_one_that_hears_the_others_shows_stale_pages_as_long_as_it_does(clock):
    watcher = cut_off_after_one_look(subscription=1, stale_seconds=STALE_SECONDS)

    clock.shift(2 * STALE_SECONDS)
    watcher.subscription.received_at = time.monotonic()
    assert may_show_stale_pages(watcher)

    clock.shift(STALE_SECONDS)
    assert not may_show_stale_pages(watcher)


def test_what_it_hears_after_a_break_does_not_make_up_for_what_it_may_have_missed(clock):
    watcher = cut_off_after_one_look(subscription=1, stale_seconds=STALE_SECONDS)
    watcher.subscription.number = 2

    clock.shift(STALE_SECONDS)
    watcher.subscription.received_at = time.monotonic()

    assert not may_show_stale_pages(watcher)


def test_whoever_hears_that_something_was_taken_back_shows_no_stale_page_any_more(clock):
    watcher = cut_off_after_one_look()
    clock.shift(5)
    assert may_show_stale_pages(watcher)

    watcher.receive(Message(b"another machine", took_back=True))

    assert not may_show_stale_pages(watcher)


def test_whoever_hears_that_something_was_added_goes_on_with_stale_pages(clock):
    watcher = cut_off_after_one_look()

    watcher.receive(Message(b"another machine", took_back=False))

    assert may_show_stale_pages(watcher)


@pytest.mark.parametrize("took_back", [True, False])
def test_processes_of_one_machine_tell_each_other_the_same(took_back, clock):
    watcher = cut_off_after_one_look()

    announce_change(took_back=took_back)

    assert may_show_stale_pages(watcher) is not took_back


def test_a_message_has_the_database_read_at_once():
    states = iter([a_state(1), a_state(2)])
    watcher = SiteStateWatcher(lambda _before: next(states), threaded=False)
    assert watcher.state().site_version == watcher.state().site_version == 1

    watcher.receive(Message(b"another machine"))

    assert watcher.state().site_version == watcher.state().site_version == 2


def test_the_message_of_the_own_machine_says_nothing_that_the_counter_did_not(published):
    watcher = SiteStateWatcher(lambda _before: a_state(), threaded=False)
    announce_change()
    known = watcher.state()

    watcher.receive(*published)

    assert watcher.state() is known and watcher.state_of_stale_pages() is known


def test_the_message_of_a_machine_whose_counter_cannot_be_moved_is_heard_there_too(
    settings, tmp_path, published
):
    settings.SITE_DATA = tmp_path / "missing" / "folder"
    watcher = SiteStateWatcher(lambda _before: a_state(), threaded=False)
    known = watcher.state()
    announce_change()

    watcher.receive(*published)

    assert published == [Message()] and watcher.state() is not known


def test_counters_of_two_folders_have_two_names_and_one_has_one(settings, tmp_path):
    here, also_here = ChangeCounter(), ChangeCounter()
    settings.SITE_DATA = tmp_path / "other"
    settings.SITE_DATA.mkdir()

    assert here.name == also_here.name and here.name != ChangeCounter().name


def test_a_counter_of_an_older_release_is_made_longer(settings):
    (settings.SITE_DATA / "changes").write_bytes((7).to_bytes(8))
    counter = ChangeCounter()

    announce_change()

    assert counter.changes() == (8).to_bytes(8) and counter.taken_back() == (1).to_bytes(8)


@pytest.mark.django_db
class TestActions:
    @pytest.fixture
    def doing(self, django_capture_on_commit_callbacks):
        return lambda: django_capture_on_commit_callbacks(execute=True)

    def test_say_whether_they_took_something_back(self, doing, editor, published):
        with doing():
            live = make_live(title="Grain")
        with doing():
            actions.withdraw(live.publication, by=editor, note="")
        with doing():
            actions.bump_site_version("the index")

        assert [message.took_back for message in published] == [False, True, False]

    def test_of_an_undone_transaction_say_nothing(self, doing, published):
        with doing():
            pass

        assert published == []

    def test_of_others_take_withdrawn_pages_from_a_server_that_is_cut_off(
        self, doing, editor, published, monkeypatch
    ):
        live, readers = make_live(title="Grain"), Readers()
        readers.get(LIST)
        with doing():
            actions.withdraw(live.publication, by=editor, note="")
        elsewhere = Message(b"another machine", published[-1].took_back)

        def fail(*_args):
            raise OperationalError("cut off")

        monkeypatch.setattr(readers.watcher, "_read", fail)
        monkeypatch.setattr(Listing, "__init__", fail)
        readers.watcher.receive(elsewhere)

        assert readers.get(LIST).status == 503


class Wire:
    """A client of a server of messages without a network. Each item is a message, or None for a second of silence."""

    def __init__(self, *items: bytes | None) -> None:
        self.items, self.pings = list(items), 0

    def __enter__(self):
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def pubsub(self):
        return self

    def subscribe(self, channel: str) -> None:
        assert channel == change_signal.CHANNEL
        self.items.insert(0, b"subscribed")

    def ping(self) -> None:
        self.pings += 1

    def get_message(self, timeout: float) -> dict | None:
        if not self.items:
            raise ConnectionError("the other end has gone")
        item = self.items.pop(0)
        if item is None:
            return None
        return {"type": "subscribe" if item == b"subscribed" else "message", "data": item}


def test_a_subscription_hears_messages_and_counts_its_breaks(monkeypatch):
    heard: list[Message] = []
    monkeypatch.setattr(
        change_signal, "_client", lambda _address: Wire(b"a counter added", None, b"a counter")
    )
    subscription = change_signal.Subscription(heard.append)

    for number in (1, 2):
        with pytest.raises(ConnectionError):
            subscription._listen_once("redis://host")
        assert subscription.number == number

    assert heard == [Message(b"a counter", took_back=False), Message(b"a counter", took_back=True)] * 2


def test_a_connection_without_a_sign_of_life_is_taken_for_lost(monkeypatch, clock):
    class Silent(Wire):
        def get_message(self, timeout: float) -> dict | None:
            clock.shift(timeout)
            return super().get_message(timeout)

    wire = Silent(*[None] * 20)
    monkeypatch.setattr(change_signal, "_client", lambda _address: wire)

    with pytest.raises(TimeoutError):
        change_signal.Subscription(lambda _message: None)._listen_once("redis://host")

    assert wire.pings >= 2


def test_a_server_of_messages_that_is_away_stops_no_action(settings, caplog):
    settings.CACHE_URL = "redis://127.0.0.1:1"

    announce_change()
    for thread in threading.enumerate():
        if thread.name == "change-signal":
            thread.join(30)

    assert caplog.text.count("A change could not be published") == change_signal.SEND_ATTEMPTS
