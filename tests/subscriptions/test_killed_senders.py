"""Senders of alerts that are killed: no mail is missed, each subscriber gets them in order, and a kill after the
acceptance alone repeats one.
"""

from tests.mail_sink import (
    MAKE_ALERTS,
    Kill,
    count_deliveries,
    count_unexplained,
    mail_sink,
    mails_in_order,
    repeated_mails,
    send_with_kills,
)
from tests.news.test_killed_senders import site as site

SUBSCRIBERS, EVENTS = 3, 3


def test_a_killed_sender_misses_no_alert_and_keeps_their_order(site):
    with mail_sink() as sink:
        environment = site(sink.url, MAKE_ALERTS.format(subscribers=SUBSCRIBERS, events=EVENTS))
        kills = [Kill("data", 2), Kill("accepting", 2), Kill("accepted", 2)]
        runs = send_with_kills(sink, environment, kills)
        deliveries = count_deliveries(sink)

    assert len(runs.killed) == len(kills) and len(deliveries) == SUBSCRIBERS * EVENTS
    repeated = repeated_mails(sink)
    assert repeated, "the kill before the reply has to repeat a mail, else this tests nothing"
    assert count_unexplained(sink, runs) == 0
    assert len({mail.message["Message-ID"] for mail in sink.mails}) == SUBSCRIBERS * EVENTS
    assert mails_in_order(sink) == [[f"New: “Text {number}”" for number in range(EVENTS)]] * SUBSCRIBERS
