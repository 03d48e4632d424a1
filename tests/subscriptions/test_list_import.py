"""Lists of addresses while readers sign up, and lists that are broken off."""

import re

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import AccountEvent
from subscriptions.conditions import Choice
from subscriptions.list_import import BATCH_ADDRESSES, import_list
from subscriptions.models import Subscriber, Subscription, Timing
from subscriptions.signup import request_subscriptions

pytestmark = pytest.mark.django_db


def test_a_reader_who_signs_up_during_an_import_breaks_no_batch():
    is_signed_up = False

    def sign_up_before(execute, sql, *args):
        nonlocal is_signed_up
        if not is_signed_up and re.match(r'INSERT .*"subscriptions_subscriber"', sql):
            is_signed_up = True
            request_subscriptions(
                "ann@example.org", [Choice()], timing=Timing.DAILY, locale="en", network="192.0.2.1"
            )
        return execute(sql, *args)

    with connection.execute_wrapper(sign_up_before):
        result = import_list(
            "ann@example.org\nbo@example.org",
            Choice(),
            timing=Timing.WEEKLY,
            locale="sv",
            consent_note="Paper",
        )

    assert is_signed_up and result.added == 2 == Subscriber.objects.count()
    assert {row.timing for row in Subscription.objects.confirmed()} == {"weekly"}


def test_a_list_that_is_broken_off_goes_on_with_the_same_command(tmp_path, capsys):
    path = tmp_path / "list.csv"
    path.write_text("".join(f"reader{number}@example.org\n" for number in range(BATCH_ADDRESSES + 1)))

    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_list(
            path.read_text(), Choice({"kind": "newsletter"}), timing=Timing.WEEKLY, locale="sv",
            consent_note="Paper", progress=interrupt,
        )  # fmt: skip
    broken_off = AccountEvent.objects.get().detail
    call_command("import_subscribers", path, locale="sv", consent="Paper")

    assert (broken_off["added"], broken_off["read"]) == (BATCH_ADDRESSES, BATCH_ADDRESSES)
    assert "Added: 1. Subscribed before: 500." in capsys.readouterr().out
    assert Subscription.objects.confirmed().count() == BATCH_ADDRESSES + 1
    assert "read" not in AccountEvent.objects.latest("pk").detail
