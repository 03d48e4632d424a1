"""The number of readers of a digest that the desk says beforehand is that of the mails that then leave.

Readers and what happens are chosen at random: what they follow, in which locale and how often; changes of that before
and after texts are published, withdrawn and taken back; pauses and addresses that have failed.
"""

from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.utils import timezone

from publications import actions
from publications.models import Change, Publication
from subscriptions.conditions import Choice
from subscriptions.digest_counts import list_recipients
from subscriptions.expansion import expand_alerts, queue_digests
from subscriptions.mails import MailWriter
from subscriptions.manage import change_subscriptions
from subscriptions.models import AlertMail, AlertMailPurpose, Subscriber, Timing
from subscriptions.periods import PERIODS, next_end
from tests.factories import make_live, saved

from .ended_texts import deliver
from .factories import make_subscriber

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recording")]
READERS, STEPS, PERIOD_COUNT = 20, 6, 2
LOCALES = ("en", "sv")
START = timezone.now()
LATER = START + timedelta(days=90)


class RandomSite:
    """Texts in two languages, some of them translations of each other, and what happens to them and their readers."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.live: list[Publication] = []
        self.originals: list[Publication] = []
        for _number in range(3):
            self._publish()
        self.readers = [self._make_reader() for _number in range(READERS)]

    def act(self) -> None:
        """Let something happen, and match it."""
        acts = [
            self._publish,
            self._translate,
            self._update,
            self._correct,
            self._doubt,
            self._undo,
            self._withdraw,
        ]
        for act in (self.chance.choice(acts), self._change_some):
            act()
            expand_alerts()

    def _publish(self) -> None:
        publication = make_live(language=self.chance.choice(LOCALES)).publication
        self.live.append(publication)
        self.originals.append(publication)

    def _translate(self) -> None:
        if not self.originals:
            return
        original = self.originals.pop(self.chance.randrange(len(self.originals)))
        [language] = {*LOCALES} - {original.language}
        self.live.append(make_live(language=language, translation_of=original).publication)

    def _update(self, change: Change = Change.UPDATE) -> None:
        publication = self.chance.choice(self.live)
        changed = saved(publication, body=f"Text {self.chance.random()}")
        actions.publish(changed, by=None, change=change, note="More")

    def _correct(self) -> None:
        self._update(Change.CORRECTION)

    def _doubt(self) -> None:
        """Express a concern, or lift the one that there is."""
        publication = self.chance.choice(self.live)
        live = publication.editions.live().get()
        act = actions.lift_concern if live.notice else actions.express_concern
        act(publication, by=None, note="Note")

    def _undo(self) -> None:
        actions.undo(self._take(), by=None)

    def _withdraw(self) -> None:
        actions.withdraw(self._take(), by=None)

    def _take(self) -> Publication:
        publication = self.live.pop(self.chance.randrange(len(self.live)))
        self.originals = [each for each in self.originals if each != publication]
        if not self.live:
            self._publish()
        return publication

    def _make_reader(self) -> Subscriber:
        choices = [Choice(), Choice({"language": "sv"}), *(Choice(publication=each.pk) for each in self.live)]
        state = self.chance.choice([{}, {}, {}, {"paused_until": LATER}, {"failed_at": LATER}])
        chosen = self.chance.sample(choices, self.chance.randint(1, 3))
        reader = make_subscriber(*chosen, locale=self.chance.choice(LOCALES), **state)
        self._change(reader)
        return reader

    def _change_some(self) -> None:
        for reader in self.chance.sample(self.readers, READERS // 4):
            self._change(reader)

    def _change(self, reader: Subscriber) -> None:
        timings = {row.pk: self.chance.choice(list(Timing)) for row in reader.subscriptions.all()}
        change_subscriptions(reader, locale=reader.locale, timings=timings, removed=())


def send(purpose: AlertMailPurpose) -> set[int]:
    """Send the mails of a purpose that wait, and return who has something to read in them."""
    writer = MailWriter()
    mails = AlertMail.objects.pending().filter(purpose=purpose).select_related("subscriber")
    return {mail.subscriber_id for mail in mails if deliver(mail, writer)}


@pytest.mark.parametrize("are_alerts_sent", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_the_readers_of_a_digest_are_those_whose_mails_then_leave(seed, are_alerts_sent):
    with time_machine.travel(START, tick=False) as clock:
        site = RandomSite(seed)
        expand_alerts()
        for _period in range(PERIOD_COUNT):
            for _step in range(STEPS):
                clock.shift(timedelta(minutes=1))
                site.act()
            if are_alerts_sent:
                send(AlertMailPurpose.ALERT)
            now = timezone.now()
            expected = {
                timing: set(list_recipients(timing, now).values_list("pk", flat=True)) for timing in PERIODS
            }
            clock.move_to(next_end(Timing.WEEKLY, now) + timedelta(minutes=1))
            queue_digests()
            send(AlertMailPurpose.ALERT)
            for timing in PERIODS:
                mailed = send(PERIODS[timing].purpose)
                assert (mailed - expected[timing], expected[timing] - mailed) == (set(), set()), timing
