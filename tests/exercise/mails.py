"""Senders of mail to staff that are killed (kill -9) again and again, at stages of SMTP and at any moment."""

from collections.abc import Iterator
from pathlib import Path

from tests.mail_sink import MAKE_NEWS, count_deliveries, mail_sink, random_kills, send_with_kills
from tests.own_databases import own_database, run_python

from .measurements import Measurement
from .servers import manage

KILLED_RUNS = 60
RECIPIENTS, EVENTS = 8, 40
LONGEST = 3.0
"""Seconds until the latest kill at any moment."""
PAUSE = 0.1
"""Seconds for each mail, so that mails are left for the last kill."""


def killed_senders(folder: Path) -> Iterator[Measurement]:
    """`send_mail` is killed again and again: no mail is missed, and one is repeated only by a kill after its acceptance."""
    with own_database(folder) as environment, mail_sink() as sink:
        environment |= {"EMAIL_URL": sink.url}
        manage("migrate", "--verbosity=0", **environment)
        run_python(MAKE_NEWS.format(recipients=RECIPIENTS, events=EVENTS), environment)
        sink.pause = PAUSE
        runs = send_with_kills(sink, environment, random_kills(KILLED_RUNS, seed=1, longest=LONGEST))
        deliveries = count_deliveries(sink)
    expected = RECIPIENTS * EVENTS
    missing = expected - len(deliveries)
    yield Measurement(f"{len(runs.kills)} kills, mails missed", str(missing), "0", missing == 0)
    repeated, allowed = len(sink.mails) - len(deliveries), runs.kills_after_acceptance
    yield Measurement("mails repeated", str(repeated), f"1 to {allowed}", 1 <= repeated <= allowed)
