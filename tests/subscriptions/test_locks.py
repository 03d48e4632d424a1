"""Locks on PostgreSQL: nobody waits for whoever waits for them, and no row is deleted that is of use again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from subscriptions import locks
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_next_event
from subscriptions.list_import import import_list
from subscriptions.manage import change_subscriptions
from subscriptions.models import AlertMail, Subscriber, Subscription, Timing
from subscriptions.refusals import refuse_sign_ups
from subscriptions.removal import delete_outdated, remove_subscriber
from subscriptions.sending import stop_sending
from subscriptions.signup import confirm_subscriptions, list_unconfirmed, request_link, request_subscriptions
from tests.factories import make_live

from .factories import make_subscriber, make_unconfirmed
from .sending import ADDRESS

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("recording"),
]
SEARCH = Choice(query="grid")


def _run(function: Callable[[], object]) -> None:
    """Run a function in a thread, which has a connection of its own."""
    try:
        function()
    finally:
        connection.close()


def _sign_up(_subscriber: Subscriber | None = None, *, address: str = ADDRESS) -> None:
    request_subscriptions(address, [SEARCH], timing=Timing.DAILY, locale="en", network="192.0.2.0/24")


def _change(subscriber: Subscriber) -> None:
    change_subscriptions(subscriber, locale="en", timings={}, removed=[], added=[SEARCH])


def _refuse(subscriber: Subscriber) -> None:
    subscriber.subscriptions.create(condition=SEARCH.store(), confirmed_at=timezone.now())
    refuse_sign_ups(subscriber)


def _request_link(subscriber: Subscriber) -> None:
    request_link(subscriber, network="192.0.2.0/24")


def _confirm(subscriber: Subscriber) -> None:
    chosen = subscriber.subscriptions.values_list("pk", flat=True)
    confirm_subscriptions(subscriber, chosen, named_until=max(chosen))


def _import(_subscriber: Subscriber) -> None:
    import_list(ADDRESS, SEARCH, timing=Timing.DAILY, locale="en", consent_note="A list")


@pytest.mark.parametrize("act", [_sign_up, _change, _confirm, _import, _refuse, _request_link])
def test_mails_are_queued_while_a_reader_or_an_import_has_locks(act: Callable[[Subscriber], None]):
    """Their foreign keys lock conditions and subscribers in an order of their own, each at the end."""
    SEARCH.store()
    subscriber = make_unconfirmed(Choice(), address=ADDRESS).subscriber
    with transaction.atomic(), closing(connection.copy()) as other:
        act(subscriber)
        other.cursor().execute("SET lock_timeout = '1s'")
        for table in ("subscriptions_condition", "subscriptions_subscriber"):
            other.cursor().execute(f"SELECT id FROM {table} FOR KEY SHARE")


def test_a_form_that_is_sent_again_is_not_deleted_as_not_confirmed_in_time():
    outdated = make_unconfirmed(SEARCH, address=ADDRESS)
    Subscription.objects.update(requested_at=timezone.now() - timedelta(hours=49), timing=Timing.DAILY)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            _sign_up(outdated.subscriber)
            run = pool.submit(_run, delete_outdated)
            wait([run], timeout=1)
        run.result()

    assert Subscription.objects.filter(pk=outdated.pk).exists()


def test_a_stop_does_not_wait_for_a_reader_whose_mail_is_being_sent():
    subscriber = make_subscriber(address=ADDRESS)
    with ThreadPoolExecutor(1) as pool, closing(connection.copy()) as sender, connection.cursor() as own:
        sender.set_autocommit(False)
        sender.cursor().execute("SELECT id FROM subscriptions_subscriber FOR NO KEY UPDATE")
        change = pool.submit(_run, lambda: _change(subscriber))
        wait([change], timeout=1)
        own.execute("SET lock_timeout = '1s'")
        try:
            assert stop_sending(by="Ann Berg")
        finally:
            own.execute("RESET lock_timeout")
    change.result()


def test_a_reader_leaves_while_mails_are_queued():
    subscriber = make_subscriber(address=ADDRESS)
    other = make_subscriber()
    make_live()
    record_events()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        expand_next_event()
        pool.submit(_run, lambda: remove_subscriber(subscriber)).result()

    assert AlertMail.objects.filter(subscriber=other).exists()
    assert not Subscription.objects.filter(subscriber=subscriber).exists() and delete_outdated() == 1


def test_the_conditions_of_two_forms_are_locked_in_one_order(monkeypatch):
    locked: list[Choice] = []
    store = Choice.store
    monkeypatch.setattr(Choice, "store", lambda self: locked.append(self) or store(self))
    choices = [Choice(query="grid"), Choice(query="harbour")]

    for listed in (choices, choices[::-1]):
        subscriber = make_subscriber()
        request_subscriptions(
            subscriber.address, listed, timing=Timing.DAILY, locale="en", network="192.0.2.0/24"
        )
        waiting = [row.condition.query for row in list_unconfirmed(subscriber)]
        assert waiting == [choice.query for choice in listed], "in the order of the form"

    assert [choice for choice in locked if choice.query] == sorted(choices, key=lambda each: each.digest) * 2


def test_sign_ups_for_the_same_do_not_wait_for_each_other(monkeypatch):
    monkeypatch.setattr(locks, "MAX_WAIT", timedelta(milliseconds=500))
    SEARCH.store()
    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        _sign_up()
        pool.submit(_run, lambda: _sign_up(address="other@example.org")).result()

    assert Subscription.objects.filter(condition__query=SEARCH.query).count() == 2


def test_what_nobody_uses_is_not_deleted_between_its_choice_and_its_use():
    unused = SEARCH.store()
    subscriber = make_subscriber()
    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        condition = SEARCH.store()
        pool.submit(_run, delete_outdated).result()
        subscriber.subscriptions.create(condition=condition)

    assert condition == unused and subscriber.subscriptions.filter(condition=unused).exists()


def test_what_is_being_deleted_as_unused_is_stored_anew():
    unused = SEARCH.store()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            delete_outdated()
            sign_up = pool.submit(_run, _sign_up)
            wait([sign_up], timeout=1)
        sign_up.result()

    row = Subscription.objects.get()
    assert row.condition.query == SEARCH.query and row.condition != unused
