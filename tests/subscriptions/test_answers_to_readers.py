"""What readers read who come back, press a button twice, or get mails already: nothing that is not so."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.translation import override
from lxml import html

from publications.locales import LOCALES
from subscriptions.conditions import Choice
from subscriptions.models import Subscriber
from subscriptions.signup import confirm_subscriptions
from tests.factories import make_live

from .factories import make_subscriber, make_unconfirmed
from .own_pages import ADDRESS, url
from .sign_up import confirm_url

pytestmark = pytest.mark.django_db


def read(response) -> str:
    return html.fromstring(response.content).xpath("normalize-space(//main)")


@pytest.mark.parametrize(("locale", "ended"), [("en", "has ended"), ("sv", "Anmälan är avslutad")])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("is_back", [True, False])
def test_a_link_to_leave_of_before_never_says_that_no_more_mails_come(client, locale, ended, method, is_back):
    former = make_subscriber(address=ADDRESS)
    with override(locale):
        path = url("leave", former)
    left = read(client.post(path))
    if is_back:
        make_subscriber(address=ADDRESS)

    response = getattr(client, method)(path)

    text = read(response)
    assert response.status_code == 200 and ended in text and ended not in left
    assert "no more emails" not in text and "inga fler mejl" not in text
    assert Subscriber.objects.count() == is_back


def test_a_link_to_leave_of_before_tells_strangers_nothing(client):
    path = url("leave", former := make_subscriber(address=ADDRESS))
    client.post(path)
    gone = client.get(path).content
    make_subscriber(address=former.address)

    assert client.get(path).content == gone


@pytest.mark.parametrize(("locale", "words"), [("en", "All of them end"), ("sv", "Alla avslutas")])
@pytest.mark.parametrize("count", [1, 3])
def test_who_leaves_by_a_mail_reads_how_much_ends(client, locale, words, count):
    reader = make_subscriber(*(Choice(query=f"word{number}") for number in range(count)))
    reader.subscriptions.create(condition=Choice(query="spam").store())
    with override(locale):
        text = read(client.get(url("leave", reader)))

    assert (words in text) == (count > 1) and "word0" not in text
    assert (str(count) in text) == (count > 1)


def test_who_presses_confirm_twice_is_signed_up_both_times(client):
    row = make_unconfirmed(Choice(query="grid"))
    path, pressed, seen = confirm_url(row.subscriber), [], []

    def press_before_it_is_locked(execute, sql, params, many, context):
        if sql.startswith("SELECT") and 'FROM "subscriptions_subscriber"' in sql:
            seen.append(sql)
            if len(seen) == 2 and not pressed:
                pressed.append(confirm_subscriptions(row.subscriber, [row.pk], named_until=row.pk))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(press_before_it_is_locked):
        response = client.post(path, {"chosen": row.pk})

    assert pressed == [1] and response.status_code == 200
    assert "You are signed up" in response.text and "Search: grid" in response.text
    assert "/manage/" not in response.text


@pytest.mark.parametrize(("locale", "words"), [("en", "still waits"), ("sv", "väntar fortfarande")])
def test_who_has_confirmed_reads_that_more_waits(client, locale, words):
    row = make_unconfirmed(Choice(query="grid"))
    with override(locale):
        path = confirm_url(row.subscriber)
    row.subscriber.subscriptions.create(condition=Choice(query="gas").store())

    first = client.post(path, {"chosen": row.pk}).text
    rest = row.subscriber.subscriptions.get(condition__query="gas")
    last = client.post(path, {"chosen": rest.pk}).text

    assert words in first and words not in last


def test_a_link_to_confirm_that_is_opened_again_says_how_to_change(client):
    row = make_unconfirmed(Choice(query="grid"))
    path = confirm_url(row.subscriber)
    first = client.post(path, {"chosen": row.pk})

    again = client.get(path)

    assert "we email you the link" in again.text and "we email you the link" not in first.text
    page = html.fromstring(again.content)
    assert page.xpath("//main//p[contains(@class, 'cluster')]/a/@href")[0] == "/en/alerts/"


@pytest.mark.parametrize(
    ("locale", "words", "untrue"),
    [("en", "nothing changes", "you get nothing"), ("sv", "ändras inget", "får du inget")],
)
@pytest.mark.parametrize("is_subscribed", [True, False])
def test_who_confirms_more_reads_that_without_it_nothing_changes(
    client, locale, words, untrue, is_subscribed
):
    reader = make_subscriber(address=ADDRESS, locale=locale) if is_subscribed else None
    row = (
        reader.subscriptions.create(condition=Choice(query="grid").store())
        if reader
        else make_unconfirmed(Choice(query="grid"), locale=locale)
    )
    with override(locale):
        text = read(client.get(confirm_url(row.subscriber)))

    assert words in text and untrue not in text


@pytest.mark.parametrize("locale", LOCALES)
def test_who_removes_all_reads_so_at_the_top_of_the_page(client, locale):
    reader = make_subscriber(Choice(query="grid"), Choice(query="gas"))
    with override(locale):
        path = url("manage", reader)
    rows = list(reader.subscriptions.values_list("pk", flat=True))

    page = html.fromstring(client.post(path, {"removed": rows}).content)

    [link] = page.xpath("//form[@method='post'][1]/preceding-sibling::p[@role='alert']/a[@autofocus]")
    assert page.xpath("//section//*[@id=$id]", id=link.get("href")[1:])
    [way] = page.xpath("//*[@id='alerts-removed-error']/a")
    [fold] = page.xpath("//section[h2[@id=$id]]/details[@open]", id=way.get("href")[1:])
    assert way.text == fold.findtext("summary") == fold.findtext(".//button")


@pytest.mark.parametrize(
    ("locale", "title"), [("en", "The newsletter by email"), ("sv", "Nyhetsbrevet via e-post")]
)
def test_the_form_of_the_newsletter_says_what_it_is_and_leads_to_its_issues(client, locale, title):
    with override(locale):
        path, publications = reverse("subscriptions:sign_up"), reverse("publications:list")
    link = f"//main//a[@href='{publications}?kind=newsletter']"
    before = html.fromstring(client.get(f"{path}?kind=newsletter").content)
    make_live(kind="newsletter")

    page = html.fromstring(client.get(f"{path}?kind=newsletter").content)
    other = html.fromstring(client.get(path).content)

    assert page.findtext(".//h1") == title and page.findtext(".//title").startswith(title)
    assert page.xpath(link) and not before.xpath(link) and not other.xpath(link)
    assert page.xpath("string(//p[@class='standfirst'])") != other.xpath("string(//p[@class='standfirst'])")
    assert other.findtext(".//h1") != title
