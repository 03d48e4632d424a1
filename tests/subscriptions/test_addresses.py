"""Addresses in what mail servers reply: none is stored, in whatever form."""

import pytest

from subscriptions.addresses import remove_address
from subscriptions.models import AlertMail, AlertMailPurpose

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
