"""Addresses as readers type them, and in what mail servers reply: none is stored, in whatever form."""

import smtplib

import pytest
from django.core.exceptions import ValidationError

from publications.news.sender import MAX_ERROR_CHARACTERS, describe_error
from subscriptions.addresses import clean_address, digest_mailbox, remove_address
from subscriptions.models import AlertMail, AlertMailPurpose
from subscriptions.tokens import TokenPurpose, make_token

from .factories import make_subscriber

ADDRESS = "Ann.Berg+post@bücher.example"
REPLIES = (
    "550 5.1.1 <ann.berg+post@xn--bcher-kva.example>: user unknown",
    "550 no mailbox ann.berg+post here",
    "553 Ann.Berg+post@bücher.example, see https://mail.example/why?to=ann.berg%2Bpost%40b%C3%BCcher.example",
    "554 bounces+ann.berg+post=xn--bcher-kva.example@relay.example is refused by bücher.example",
    '501 "ann berg"@bücher.example and (ANN.BERG+POST@BÜCHER.EXAMPLE), also for another@example.org',
    "ValueError: Invalid address; only ann.berg could be parsed from “ann.berg+post@bücher.example”",
)


@pytest.mark.parametrize("reply", REPLIES)
def test_no_form_of_an_address_is_left_in_a_reply(reply):
    left = remove_address(reply, ADDRESS).casefold()

    assert "(address)" in left
    assert not [
        part for part in ("berg+post", "berg%2b", "bücher", "bcher", "another", "@", "%40") if part in left
    ]


def test_the_rest_of_a_reply_stays():
    reply = "550 5.7.26 No SPF record: see https://support.example/mail#a <ann@example.org>, Annex 3"

    assert remove_address(reply, "ann@example.org") == (
        "550 5.7.26 No SPF record: see https://support.example/mail#a (address), Annex 3"
    )


@pytest.mark.django_db
def test_the_error_of_a_mail_is_stored_without_the_address():
    mail = AlertMail.objects.create(
        subscriber=make_subscriber(address="berit@example.org"), purpose=AlertMailPurpose.CONFIRM
    )

    mail.mark_failed("550 x" + " " * 290 + "berit@example.org has no mailbox")

    assert "ber" not in AlertMail.objects.get().last_error


@pytest.mark.parametrize(
    "address",
    [
        "a@evil＠example.org", "a@evil.example，b.example.org", "a@evil＞.example.org", "a@b℀c.example.org",
        "vıctim@example.org", "a\u212a@example.org", f"a@{'ä' * 60}.example", '"a"@example.org', '"a\\b"@example.org',
        "root@localhost", "a@[127.0.0.1]", "a@example.org.", "a@exam\u00adple.org", "a(b)@example.org",
        "a@example.org,b@example.org", "b@example.org;a@example.org",
    ],
)  # fmt: skip
def test_an_address_that_mail_servers_would_read_as_another_is_refused(address):
    with pytest.raises(ValidationError):
        clean_address(address)


def test_the_spellings_of_a_host_are_one_address():
    hosts = ["example.org", "EXAMPLE.org", "ｅxample.org", "exampl\u24d4.org", "example.ｏrg"]
    idns = [
        "räksmörgås.example",
        "ra\u0308ksmörgås.example",
        "xn--rksmrgs-5wao1o.example",
        "RÄKSMÖRGÅS.example",
    ]

    assert {clean_address(f"Ann@{host}") for host in hosts} == {"Ann@example.org"}
    assert {clean_address(f"Ann@{host}") for host in idns} == {"Ann@räksmörgås.example"}
    assert clean_address("ann@xn--fa-hia.example") == "ann@xn--fa-hia.example"


def test_a_mailbox_is_one_whatever_its_dots_letters_and_tags():
    names = ("ann.berg", "annberg", "a.n.n.berg+news", "ANN.berg")

    assert len({digest_mailbox(f"{name}@example.org") for name in names}) == 1


def test_a_text_that_is_too_long_for_an_address_costs_nothing():
    with pytest.raises(ValidationError):
        clean_address("a" + "\u0315\u0300" * 300_000 + "@example.org")


@pytest.mark.django_db
def test_the_error_of_a_mail_is_stored_without_links_that_open_something():
    subscriber = make_subscriber()
    mail = AlertMail.objects.create(subscriber=subscriber, purpose=AlertMailPurpose.CONFIRM)
    token = make_token(TokenPurpose.MANAGE, subscriber.uid)

    mail.mark_failed(
        f"554 blocked https://example.org/en/alerts/manage/{token}/ {token[:30]}=\r\n{token[30:]}"
    )

    stored = AlertMail.objects.get().last_error
    assert token[:20] not in stored and token[35:] not in stored and stored.startswith("554 blocked")


def test_of_a_reply_of_megabytes_the_start_is_read():
    reply = "a" * 1_990 + " reader@example.org " + "b@" * 3_000_000

    described = describe_error(smtplib.SMTPDataError(554, reply.encode()))

    assert len(described) <= MAX_ERROR_CHARACTERS + 2 and "reader" not in described
    assert describe_error(smtplib.SMTPDataError(554, b"No\r\nway")) == "554 No way"
