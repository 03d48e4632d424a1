"""What is stored and shown of the replies of mail servers: codes and our words, never a part of a reader's name."""

import re
from importlib import import_module
from smtplib import SMTPDataError, SMTPServerDisconnected
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from publications.news.sender import MAX_REPLY_CHARACTERS, describe_error
from subscriptions.delivery_log import list_deliveries
from subscriptions.expansion import expand_alerts
from subscriptions.models import AlertMail
from subscriptions.replies import OF_CODE, OF_ERROR, OF_STATUS, OTHER, describe_codes, find_codes
from tests.factories import make_live

from .factories import make_subscriber
from .sending import send

REPLIES = {
    "550 5.1.1 no such user here: ann.berg": "550 5.1.1",
    "550 5.1.1 <ann.berg@xn--bcher-kva.example>: user unknown": "550 5.1.1",
    "550-5.2.2 mailbox of ann.berg is over quota": "550 5.2.2",
    "550 <ann.berg@reader.example>: 5.1.1 unknown": "550 5.1.1",
    "550 #5.1.0 Address ann.berg rejected.": "550 5.1.0",
    "550 Ann Berg no longer works here": "550",
    "550 https://bl.example/?e=YW5uLmJlcmdAcmVhZGVyLmV4YW1wbGU=": "550",
    "554 5.7.1.2 is no status, nor is 192.5.7.1": "554",
    "550berg": "?",
    "-1 ann.berg": "-1",
    "ValueError: only ann.berg could be parsed": "ValueError",
    "ann.berg": "?",
}
"""What is stored of each error: the fewest of them begin as what the sender describes does."""


@pytest.mark.parametrize(("error", "stored"), REPLIES.items())
def test_of_an_error_its_codes_are_stored(error, stored):
    assert find_codes(error) == stored


@given(st.integers(400, 599), st.text())
def test_of_no_reply_a_word_is_stored(code, words):
    codes = find_codes(describe_error(SMTPDataError(code, words.encode("utf-8", "replace"))))

    assert re.fullmatch(r"\d{3}(?: [245]\.\d{1,3}\.\d{1,3})?", codes, re.ASCII) and codes.startswith(
        str(code)
    )


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ("550 5.1.1", OF_STATUS["1.1"]),
        ("550 5.1.0", OF_STATUS["1"]),
        ("452 4.2.2", OF_STATUS["2.2"]),
        ("554 5.7.26", OF_STATUS["7"]),
        ("421 4.9.9", OF_CODE["421"]),
        ("450 4.9.9", OF_CODE["4"]),
        ("550", OF_CODE["5"]),
        ("TimeoutError", OF_ERROR["TimeoutError"]),
        ("-1", OTHER),
        ("?", OTHER),
    ],
)
def test_codes_are_described_by_the_rfc(codes, words):
    assert describe_codes(codes) == str(words)


def test_codes_are_described_in_the_language_of_the_page():
    with override("sv"):
        assert describe_codes("550 5.1.1") == "ingen sådan brevlåda"


def test_of_a_reply_of_megabytes_the_start_is_read():
    described = describe_error(SMTPDataError(554, b"b@" * 3_000_000))

    assert len(described) == MAX_REPLY_CHARACTERS
    assert describe_error(SMTPDataError(554, b"No\r\nway")) == "554 No way"
    assert find_codes(describe_error(SMTPServerDisconnected("ann"))) == "SMTPServerDisconnected"


@pytest.mark.django_db
@pytest.mark.usefixtures("recording")
def test_replies_that_differ_in_names_alone_are_one_line_of_the_log(sink):
    for name in ("ann", "bo"):
        address = f"{name}.berg+news@reader.example"
        make_subscriber(address=address)
        sink.replies[address] = f"550 5.1.1 no such user here: {name}.berg"
    make_live()

    send()

    [delivery] = list_deliveries()
    assert delivery.replies == [("550 5.1.1", "no such mailbox", 2)]
    assert set(AlertMail.objects.values_list("last_error", flat=True)) == {"550 5.1.1"}


@pytest.mark.django_db
@pytest.mark.usefixtures("recording")
def test_of_replies_that_an_older_release_has_stored_the_codes_stay():
    for _reply in ("", *REPLIES):
        make_subscriber()
    make_live()
    expand_alerts()
    for mail, reply in zip(AlertMail.objects.order_by("pk"), ("", *REPLIES), strict=True):
        AlertMail.objects.filter(pk=mail.pk).update(last_error=reply)

    migration = import_module("subscriptions.migrations.0004_codes_of_replies")
    migration.remove_words(apps, SimpleNamespace(connection=connection))

    stored = AlertMail.objects.order_by("pk").values_list("last_error", flat=True)
    assert list(stored) == ["", *REPLIES.values()]
