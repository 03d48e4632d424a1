"""What strangers enter with the address of a reader: it neither replaces nor adds to what the reader confirms."""

import re

import pytest
from lxml import html

from subscriptions.conditions import Choice
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, Subscriber, Subscription, Timing
from subscriptions.removal import delete_outdated
from subscriptions.signup import MAX_CHOICES, MAX_SUBSCRIPTIONS
from tests.factories import make_live, make_tag

from .factories import make_subscriber
from .mail_texts import html_of, parse, text_of
from .sign_up import ADDRESS, pass_time, sign_up

pytestmark = pytest.mark.django_db
NEWSLETTER = "kind=newsletter"


def read_link(locale: str = "en") -> str:
    """Return the link of the mail that waits, which is sent then."""
    message = parse(AlertMail.objects.pending().select_related("subscriber").get(), MailWriter())
    [link] = set(re.findall(rf"/{locale}/alerts/confirm/[^\s\"]+", text_of(message)))
    assert link in html_of(message)
    pass_time(minutes=11)
    return link


def flood(client, *, has_networks: bool = True) -> None:
    """Send forms as a stranger does, with more searches than there may be, from many networks or one."""
    for number in range(MAX_SUBSCRIPTIONS // MAX_CHOICES + 1):
        choices = [f"q=stranger{number * MAX_CHOICES + each}" for each in range(MAX_CHOICES)]
        network = f"203.0.113.{number if has_networks else 0}"
        form = {"email": ADDRESS, "choice": choices}
        assert client.post("/en/alerts/", form, REMOTE_ADDR=network).status_code == 200


def list_boxes(page, ticked: bool) -> list[str]:
    """Return what is shown on the page of a link, ticked or not."""
    condition = "@checked" if ticked else "not(@checked or @type='hidden')"
    only = html.fromstring(page.content).xpath("//form[input[@name='chosen']]//strong[1]/text()")
    if ticked and only:
        return only[:1]
    boxes = html.fromstring(page.content).xpath(f"//input[@name='chosen'][{condition}]/../span/text()[1]")
    return [text.strip() for text in boxes if text.strip()]


def press(client, link: str, *further: int):
    """Press the button of the page as it is, with further boxes ticked."""
    page = html.fromstring(client.get(link).content)
    ticked = page.xpath("//input[@name='chosen'][@checked or @type='hidden']/@value")
    return client.post(link, {"chosen": [*ticked, *further]})


def test_a_stranger_neither_pushes_out_what_a_reader_chose_nor_has_it_confirmed(client):
    sign_up(client, choice=NEWSLETTER)
    link = read_link()
    flood(client)

    page = client.get(link)
    press(client, link)

    assert list_boxes(page, ticked=True) == ["The newsletter"]
    assert len(list_boxes(page, ticked=False)) == MAX_SUBSCRIPTIONS - 1
    assert "Requested later, by the form. Tick what you asked for:" in page.text
    [confirmed] = Subscription.objects.confirmed()
    assert confirmed.condition.filters == {"kind": "newsletter"}


def test_a_link_confirms_no_more_once_a_later_mail_has_named_more(client):
    sign_up(client, choice=NEWSLETTER)
    link = read_link()
    sign_up(client, choice="q=stranger")
    later = read_link()

    assert list_boxes(client.get(link), ticked=True) == ["The newsletter"]
    assert len(list_boxes(client.get(later), ticked=True)) == 2


def test_what_was_requested_later_waits_for_its_own_mail(client):
    sign_up(client, choice=NEWSLETTER)
    link = read_link()
    sign_up(client, choice="q=grid")

    press(client, link)
    press(client, read_link())

    assert Subscription.objects.confirmed().count() == 2


def test_a_reader_who_signs_up_for_more_confirms_all_by_the_first_link(client):
    sign_up(client, choice=NEWSLETTER)
    link = read_link()
    sign_up(client, choice="q=grid")

    done = press(client, link, Subscription.objects.latest("pk").pk)

    assert done.status_code == 200 and Subscription.objects.confirmed().count() == 2


@pytest.mark.parametrize(("timing", "is_ticked"), [(Timing.DAILY, True), (Timing.AT_ONCE, False)])
def test_a_form_that_is_sent_again_unticks_only_another_timing(client, timing, is_ticked):
    make_live(tags=[make_tag("Energy", slug="energy")])
    sign_up(client, choice="topic=energy", timing="daily")
    link = read_link()

    sign_up(client, choice="topic=energy", timing=timing)

    page = client.get(link)
    assert list_boxes(page, ticked=is_ticked) == ["Topic: Energy"] and not list_boxes(
        page, ticked=not is_ticked
    )
    assert Subscription.objects.get().timing == timing


def test_beyond_the_limit_the_newest_is_not_stored(client):
    flood(client)

    stored = set(Subscription.objects.values_list("condition__query", flat=True))

    assert stored == {f"stranger{number}" for number in range(MAX_SUBSCRIPTIONS)}


def test_a_stranger_with_one_network_leaves_places_for_the_first_form_of_a_reader(client):
    flood(client, has_networks=False)
    pass_time(hours=25)
    delete_outdated()
    flood(client, has_networks=False)
    pass_time(minutes=11)
    choices = [f"q=reader{number}" for number in range(MAX_CHOICES)]

    sign_up(client, choice=choices)

    page = client.get(read_link())
    queries = set(Subscription.objects.values_list("condition__query", flat=True))
    assert queries.issuperset(f"reader{number}" for number in range(MAX_CHOICES))
    assert len(queries) < MAX_SUBSCRIPTIONS and len(list_boxes(page, ticked=True)) == len(queries)


def test_forms_of_one_network_fill_half_of_what_is_left_beside_confirmed_alerts(client):
    confirmed = [Choice(query=f"word{number}") for number in range(MAX_SUBSCRIPTIONS - 15)]
    subscriber = make_subscriber(*confirmed, address=ADDRESS)

    for number in range(15):
        sign_up(client, choice=f"q=more{number}")

    assert subscriber.subscriptions.unconfirmed().count() == 8


def test_a_network_that_has_filled_its_half_changes_a_timing_and_loses_nothing(client):
    make_live(tags=[make_tag("Energy", slug="energy")])
    sign_up(client, choice="topic=energy", timing="daily")
    flood(client, has_networks=False)
    stored = Subscription.objects.count()

    sign_up(client, choice="topic=energy", timing="weekly")

    assert Subscription.objects.count() == stored
    assert Subscription.objects.get(condition__query="").timing == Timing.WEEKLY


def test_the_other_language_of_the_page_ticks_the_same(client):
    sign_up(client, choice=NEWSLETTER)
    link = read_link()
    sign_up(client, choice="q=stranger")

    page = html.fromstring(client.get(link).content)
    [other] = page.xpath("//a[@hreflang='sv']/@href")

    assert len(list_boxes(client.get(other), ticked=True)) == 1
    assert "Begärt senare, via formuläret." in client.get(other).text


@pytest.mark.parametrize("ending", ["", "?until=", "?until=x", "?until=-1", f"?until={'9' * 30}"])
def test_a_link_without_what_its_mail_has_named_ticks_nothing(client, ending):
    sign_up(client, choice=NEWSLETTER)
    link = read_link().partition("?")[0]

    page = client.get(f"{link}{ending}")

    assert page.status_code == 200 and not list_boxes(page, ticked=True)
    assert Subscriber.objects.get().address == ADDRESS and len(list_boxes(page, ticked=False)) == 1


def test_one_alert_that_the_mail_has_named_is_confirmed_without_a_box(client):
    sign_up(client, choice=NEWSLETTER)
    link = read_link()

    page = html.fromstring(client.get(link).content)
    done = press(client, link)

    assert (
        not page.xpath("//input[@type='checkbox']") and page.xpath("//strong/text()")[0] == "The newsletter"
    )
    assert done.status_code == 200 and Subscription.objects.confirmed().count() == 1


def test_what_is_unticked_stays_unticked_after_a_form_without_any(client):
    sign_up(client, choice=[NEWSLETTER, "q=grid"])
    link = read_link()

    refused = client.post(link)

    assert refused.status_code == 400 and "Please tick what you want" in refused.text
    assert len(list_boxes(refused, ticked=False)) == 2 and not list_boxes(refused, ticked=True)
