"""Change signals between processes and servers, and stale pages of a server without its database."""

import threading
import time

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone

from publications import actions
from publications.models import SiteState, StateId
from publications.page_cache import SiteStateWatcher, announce_change, change_signal
from publications.page_cache.change_signal import ChangeCounter, Message
from publications.views.publication_list import PublicationList
from tests.factories import make_live
from tests.page_caches import CachedClient

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
    """The system clock and the monotonic clock, moved together."""

    def __init__(self, traveller, monkeypatch) -> None:
        # Whole seconds, so that sums of them are exact.
        self._travelled, self._monotonic = traveller, float(int(time.monotonic()))
        monkeypatch.setattr("time.monotonic", lambda: self._monotonic)

    def shift(self, seconds: float) -> None:
        self._travelled.shift(seconds)
        self._monotonic += seconds


@pytest.fixture
def clock(monkeypatch):
    with time_machine.travel(timezone.now().replace(hour=10), tick=False) as traveller:
        yield Clock(traveller, monkeypatch)


def make_state(site_version: int = 1) -> SiteState:
    later = time.time() + 3600
    state_id = StateId(site_version, site_version, read_at=0.0, next_end=later)
    return SiteState(state_id, site_version, 1, next_start=later, next_midnight=later)


def watcher_without_database(subscription: int = 0, **options) -> SiteStateWatcher:
    """Return a watcher that has read the state once, during this subscription, and then finds no database."""
    states = iter([make_state()])

    def read(_before: SiteState | None) -> SiteState:
        for state in states:
            return state
        raise OperationalError("no database")

    watcher = SiteStateWatcher(read, threaded=False, **options)
    watcher.subscription.connection_number = subscription
    assert watcher.state()
    return watcher


def serves_stale_pages(watcher: SiteStateWatcher) -> bool:
    assert watcher.state() is None
    return watcher.state_for_stale_pages() is not None


@pytest.mark.parametrize("message", [Message(b"a:1:2", is_removal=True), Message(b"", is_removal=False)])
def test_a_message_is_decoded_as_it_was_encoded(message):
    assert Message.decode(message.encode()) == message


def test_a_message_of_an_older_release_counts_as_a_removal():
    assert Message.decode(b"a:1:2").is_removal


def test_a_single_server_serves_stale_pages_without_limit(clock):
    watcher = watcher_without_database(stale_seconds=None)

    clock.shift(DAY)

    assert serves_stale_pages(watcher)


def test_a_server_without_subscription_serves_stale_pages_for_a_limited_time(clock):
    watcher = watcher_without_database(stale_seconds=STALE_SECONDS)

    clock.shift(STALE_SECONDS - 1)
    assert serves_stale_pages(watcher)

    clock.shift(1)
    assert not serves_stale_pages(watcher)


def test_a_subscribed_server_serves_stale_pages_while_it_receives_messages(clock):
    watcher = watcher_without_database(subscription=1, stale_seconds=STALE_SECONDS)

    clock.shift(2 * STALE_SECONDS)
    watcher.subscription.received_at = time.monotonic()
    assert serves_stale_pages(watcher)

    clock.shift(STALE_SECONDS)
    assert not serves_stale_pages(watcher)


def test_messages_after_a_reconnection_do_not_prolong_stale_pages(clock):
    watcher = watcher_without_database(subscription=1, stale_seconds=STALE_SECONDS)
    watcher.subscription.connection_number = 2

    clock.shift(STALE_SECONDS)
    watcher.subscription.received_at = time.monotonic()

    assert not serves_stale_pages(watcher)


def test_a_removal_message_ends_stale_pages(clock):
    watcher = watcher_without_database()
    clock.shift(5)
    assert serves_stale_pages(watcher)

    watcher.receive(Message(b"another machine", is_removal=True))

    assert not serves_stale_pages(watcher)


def test_an_addition_message_does_not_end_stale_pages(clock):
    watcher = watcher_without_database()

    watcher.receive(Message(b"another machine", is_removal=False))

    assert serves_stale_pages(watcher)


@pytest.mark.parametrize("is_removal", [True, False])
def test_the_counters_of_a_machine_signal_removals_too(is_removal, clock):
    watcher = watcher_without_database()

    announce_change(is_removal=is_removal)

    assert serves_stale_pages(watcher) is not is_removal


def test_a_message_causes_a_read_of_the_database():
    states = iter([make_state(1), make_state(2)])
    watcher = SiteStateWatcher(lambda _before: next(states), threaded=False)
    assert watcher.state().site_version == watcher.state().site_version == 1

    watcher.receive(Message(b"another machine"))

    assert watcher.state().site_version == watcher.state().site_version == 2


def test_a_message_of_the_own_machine_is_ignored(published):
    watcher = SiteStateWatcher(lambda _before: make_state(), threaded=False)
    announce_change()
    state = watcher.state()

    watcher.receive(*published)

    assert watcher.state() is state and watcher.state_for_stale_pages() is state


def test_a_message_without_counter_is_not_ignored_by_its_own_machine(settings, tmp_path, published):
    settings.SITE_DATA = tmp_path / "missing" / "folder"
    watcher = SiteStateWatcher(lambda _before: make_state(), threaded=False)
    state = watcher.state()
    announce_change()

    watcher.receive(*published)

    assert published == [Message()] and watcher.state() is not state


def test_the_name_of_a_counter_identifies_its_folder(settings, tmp_path):
    here, also_here = ChangeCounter(), ChangeCounter()
    settings.SITE_DATA = tmp_path / "other"
    settings.SITE_DATA.mkdir()

    assert here.name == also_here.name and here.name != ChangeCounter().name


def test_a_counter_file_of_an_older_release_is_extended(settings):
    (settings.SITE_DATA / "changes").write_bytes((7).to_bytes(8))
    counter = ChangeCounter()

    announce_change()

    assert counter.changes() == (8).to_bytes(8) and counter.removals() == (1).to_bytes(8)


@pytest.mark.django_db
class TestActions:
    @pytest.fixture
    def capture_on_commit(self, django_capture_on_commit_callbacks):
        return lambda: django_capture_on_commit_callbacks(execute=True)

    def test_announce_whether_they_removed_something(self, capture_on_commit, editor, published):
        with capture_on_commit():
            live = make_live(title="Grain")
        with capture_on_commit():
            actions.withdraw(live.publication, by=editor, note="")
        with capture_on_commit():
            actions.rebuild_index("search")

        assert [message.is_removal for message in published] == [False, True, False]

    def test_of_a_rolled_back_transaction_announce_nothing(self, capture_on_commit, published):
        with capture_on_commit():
            pass

        assert published == []

    def test_of_another_server_end_stale_pages_of_one_without_database(
        self, capture_on_commit, editor, published, monkeypatch
    ):
        live, client = make_live(title="Grain"), CachedClient()
        client.get(LIST)
        with capture_on_commit():
            actions.withdraw(live.publication, by=editor, note="")
        message = Message(b"another machine", published[-1].is_removal)

        def fail(*_args):
            raise OperationalError("no database")

        monkeypatch.setattr(client.watcher, "_read", fail)
        monkeypatch.setattr(PublicationList, "__init__", fail)
        client.watcher.receive(message)

        assert client.get(LIST).status == 503


class FakeRedis:
    """A Redis client without a network. Each item is a message, or None for a second of silence."""

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


def test_a_subscription_passes_messages_on_and_counts_its_connections(monkeypatch):
    messages: list[Message] = []
    monkeypatch.setattr(
        change_signal, "_client", lambda _url: FakeRedis(b"a counter added", None, b"a counter")
    )
    subscription = change_signal.SignalSubscription(messages.append)

    for number in (1, 2):
        with pytest.raises(ConnectionError):
            subscription._listen_once("redis://host")
        assert subscription.connection_number == number

    assert messages == [Message(b"a counter", is_removal=False), Message(b"a counter", is_removal=True)] * 2


def test_a_silent_connection_counts_as_lost(monkeypatch, clock):
    class Silent(FakeRedis):
        def get_message(self, timeout: float) -> dict | None:
            clock.shift(timeout)
            return super().get_message(timeout)

    redis = Silent(*[None] * 20)
    monkeypatch.setattr(change_signal, "_client", lambda _url: redis)

    with pytest.raises(TimeoutError):
        change_signal.SignalSubscription(lambda _message: None)._listen_once("redis://host")

    assert redis.pings >= 2


def test_an_unreachable_redis_server_stops_no_action(settings, caplog):
    settings.CACHE_URL = "redis://127.0.0.1:1"

    announce_change()
    for thread in threading.enumerate():
        if thread.name == "change-signal":
            thread.join(30)

    assert caplog.text.count("A change could not be published") == change_signal.SEND_ATTEMPTS
