"""Senders of mail to staff and to subscribers that are killed (kill -9) again and again, at stages of SMTP and at any moment."""

import os
from collections.abc import Iterator
from pathlib import Path

from tests.mail_sink import (
    MAKE_ALERTS,
    MAKE_NEWS,
    count_deliveries,
    count_unexplained,
    mail_sink,
    mails_in_order,
    random_kills,
    repeated_mails,
    send_with_kills,
)
from tests.own_databases import own_database, run_python

from .measurements import Measurement
from .servers import manage

KILLS = int(os.environ.get("EXERCISE_KILLS", "60"))
RECIPIENTS, EVENTS_PER_KILL = 10, 0.8
"""So that mails are left for the last kill: eight mails for each."""
LONGEST = 3.0
"""Seconds until the latest kill at any moment."""
PAUSE = 0.1
"""Seconds for each mail."""


def killed_senders(folder: Path) -> Iterator[Measurement]:
    """`send_mail` is killed (EXERCISE_KILLS, 60 times): no mail is missed, and one is repeated only where the kill fell
    between its acceptance and the commit of the sender, with the same Message-ID."""
    events = int(KILLS * EVENTS_PER_KILL)
    yield from _kill(folder, MAKE_NEWS.format(recipients=RECIPIENTS, events=events), events)


def killed_senders_of_alerts(folder: Path) -> Iterator[Measurement]:
    """The same with mails to subscribers, whose order is looked at too."""
    events = int(KILLS * EVENTS_PER_KILL)
    yield from _kill(
        folder, MAKE_ALERTS.format(subscribers=RECIPIENTS, events=events), events, is_ordered=True
    )


def _kill(folder: Path, code: str, events: int, *, is_ordered: bool = False) -> Iterator[Measurement]:
    with own_database(folder) as environment, mail_sink() as sink:
        environment |= {"EMAIL_URL": sink.url}
        manage("migrate", "--verbosity=0", **environment)
        run_python(code, environment)
        sink.pause = PAUSE
        runs = send_with_kills(sink, environment, random_kills(KILLS, seed=1, longest=LONGEST))
    expected, kills = RECIPIENTS * events, len(runs.killed)
    yield Measurement("senders killed", str(kills), str(KILLS), kills == KILLS)
    missed = expected - len(count_deliveries(sink))
    yield Measurement(f"of {expected} mails, missed", str(missed), "0", missed == 0)
    repeated = repeated_mails(sink)
    yield Measurement("mails repeated", str(len(repeated)), "at least 1", bool(repeated))
    unexplained = count_unexplained(sink, runs)
    yield Measurement("repeated other than by such a kill", str(unexplained), "0", unexplained == 0)
    ids = len({mail.message["Message-ID"] for mail in sink.mails}) - expected + missed
    yield Measurement("repeated with another Message-ID", str(ids), "0", ids == 0)
    if is_ordered:
        expected_order = [f"New: “Text {number}”" for number in range(events)]
        disordered = sum(subjects != expected_order for subjects in mails_in_order(sink))
        yield Measurement("recipients with another order", str(disordered), "0", disordered == 0)
