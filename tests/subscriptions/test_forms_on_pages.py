"""The forms for alerts on public pages: they need no script, no cookie and no token, and are the same for everyone."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from lxml import html

from accounts.mail import CONSOLE
from publications import actions
from publications.locales import LOCALES, localized_path
from publications.models import Publication, SitePage, SiteSettings, TagKind
from publications.path_prefixes import ALERT_PREFIXES
from subscriptions.conditions import Choice
from subscriptions.models import CONFIRMATION_HOURS, Condition, Subscriber, Subscription
from subscriptions.retention import MAIL_DAYS, NAMED_DAYS
from subscriptions.signup import ATTEMPT_PERIOD
from subscriptions.tokens import TokenPurpose, make_token
from tests.factories import make_author, make_live, make_tag

from .factories import make_subscriber, make_unconfirmed
from .mail_texts import parse, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    tags = (
        make_tag("Energy", slug="energy"),
        make_tag("Sweden", slug="sweden", kind=TagKind.COUNTRY),
        make_tag("Papers", slug="papers", kind=TagKind.SERIES),
    )
    return make_live(author=make_author("Ann Berg", slug="ann-berg"), tags=tags, title="Grid", slug="grid")


@pytest.mark.parametrize("locale", ["en", "sv"])
@pytest.mark.parametrize(
    ("name", "slug", "query", "filters", "words"),
    [
        ("home", "", "", {}, ""),
        ("list", "", "", {}, ""),
        ("list", "", "?kind=quick-comment", {"kind": "quick-comment"}, ""),
        ("list", "", "?q=grid&topic=energy&language=en", {"topic": "energy", "language": "en"}, "grid"),
        ("topic", "energy", "", {"topic": "energy"}, ""),
        ("topic", "sweden", "", {"country": "sweden"}, ""),
        ("topic", "papers", "", {"series": "papers"}, ""),
        ("author", "ann-berg", "", {"author": "ann-berg"}, ""),
        ("detail", "grid", "", None, ""),
    ],
)
def test_each_page_has_a_form_for_what_it_shows(client, edition, locale, name, slug, query, filters, words):
    with override(edition.locale if name == "detail" else locale):
        path = reverse(f"publications:{name}", kwargs={"slug": slug} if slug else {}) + query
    page = client.get(path)
    [form] = html.fromstring(page.content).xpath("//form[@method='post']")

    response = client.post(form.get("action"), {**_values(form), "email": "reader@example.org"})

    assert response.status_code == 200 and not page.cookies and not response.cookies
    condition = Condition.objects.get()
    expected = (filters or {}, words, edition.publication_id if filters is None else None)
    assert (condition.filters, condition.query, condition.publication_id) == expected


def test_the_form_of_a_publication_offers_its_authors_and_topics(client, edition):
    page = html.fromstring(client.get(edition.get_absolute_url()).content)
    ticks = page.xpath("//form[@method='post']//label[input[@type='checkbox']]")
    codes = [tick.xpath("input/@value")[0] for tick in ticks]

    labels = [tick.text_content().strip() for tick in ticks]
    assert labels[:3] == [
        "This text: if it is updated, corrected or withdrawn",
        "Author: Ann Berg",
        "Topic: Energy",
    ]
    assert [bool(tick.xpath("input/@checked")) for tick in ticks] == [True, *[False] * 4]
    client.post("/en/alerts/", {"choice": codes, "email": "reader@example.org"})
    filters = [
        row.condition.filters for row in Subscription.objects.select_related("condition").order_by("pk")
    ]
    assert filters == [
        {},
        {"author": "ann-berg"},
        {"topic": "energy"},
        {"country": "sweden"},
        {"series": "papers"},
    ]


@pytest.mark.parametrize(
    ("locale", "label"), [("en", "The newsletter: each issue"), ("sv", "Nyhetsbrevet: varje nummer")]
)
def test_the_form_of_an_issue_offers_the_newsletter_ticked(client, locale, label):
    issue = make_live(kind="newsletter", title="News", language=locale)
    page = html.fromstring(client.get(issue.get_absolute_url()).content)
    [form] = page.xpath("//form[@method='post']")
    ticks = form.xpath(".//label[input[@type='checkbox']]")

    assert ticks[0].text_content().strip() == label and len(ticks) == 2
    sent = [value for name, value in form.form_values() if name == "choice"]
    assert sent == ["kind=newsletter"]


def test_the_form_with_all_choices_offers_the_newsletter(client, edition):
    page = html.fromstring(client.get("/en/alerts/").content)

    assert page.xpath("//select[@name='kind']/option/@value")[-1] == "newsletter"
    added = html.fromstring(client.post("/en/alerts/", {"kind": "newsletter", "add": "more"}).content)
    assert added.xpath("//input[@name='choice']/@value") == ["kind=newsletter"]


def test_the_page_with_all_choices_has_what_was_ticked_and_typed_before(client, edition):
    page = html.fromstring(client.get(edition.get_absolute_url()).content)
    [form] = page.xpath("//form[@method='post']")
    [button] = form.xpath(".//button[@formnovalidate]")
    data = {"choice": form.xpath(".//input[@name='choice']/@value"), "email": "reader@"}

    response = client.post(form.get("action"), {**data, button.get("name"): button.get("value")})

    chosen = html.fromstring(response.content)
    assert response.status_code == 200 and not Subscriber.objects.exists()
    assert chosen.xpath("//input[@name='choice']/@value") == data["choice"] and len(data["choice"]) > 2
    assert chosen.xpath("//input[@name='email']/@value") == ["reader@"]


def _form_of(client, edition):
    [form] = html.fromstring(client.get(edition.get_absolute_url()).content).xpath("//form[@method='post']")
    return form


def test_who_follows_only_the_topic_of_a_text_gets_nothing_else_and_goes_back_to_it(client, edition):
    data = {**_values(_form_of(client, edition)), "choice": "topic=energy", "email": "reader@example.org"}

    response = client.post("/en/alerts/", data)

    assert [row.filters for row in Condition.objects.all()] == [{"topic": "energy"}]
    back = html.fromstring(response.content).xpath("//main//p/a/@href")
    assert edition.get_absolute_url() in back


@pytest.mark.parametrize("email", ["reader@example.org", "reader@"])
@pytest.mark.parametrize(("locale", "error"), [("en", "Please tick what you want"), ("sv", "Kryssa för vad")])
def test_a_form_of_a_text_in_which_nothing_is_ticked_is_shown_again(client, edition, email, locale, error):
    values = _values(_form_of(client, edition))
    with override(locale):
        path = reverse("subscriptions:sign_up")

    response = client.post(path, {"of": values["of"], "email": email})

    page = html.fromstring(response.content)
    assert response.status_code == 400 and error in page.xpath("string(//*[@role='alert'])")
    assert page.xpath("string(//main)").count(error) == 1
    [form] = page.xpath("//form[@method='post']")
    again = dict(form.form_values())
    assert (again["of"], again["email"]) == (values["of"], email) and "choice" not in again
    [group] = form.xpath("fieldset[count(.//input[@type='checkbox']) = 5]")
    assert error in page.xpath("string(//*[@id=$id])", id=group.get("aria-describedby"))
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("origin", ["x", "", "12345678-1234-5678-1234-567812345678"])
def test_a_form_without_a_tick_of_no_text_signs_up_for_nothing(client, edition, origin):
    response = client.post("/en/alerts/", {"of": origin, "email": "reader@example.org"})

    assert response.status_code == 400 and "Please tick what you want" in response.text
    assert 'value="reader@example.org"' in response.text and not Subscriber.objects.exists()


def test_who_ticks_nothing_still_chooses_what_and_how_often(client, edition):
    values = _values(_form_of(client, edition))

    response = client.post("/en/alerts/", {"of": values["of"], "email": "", "add": "1"})

    assert response.status_code == 200 and "Please" not in html.fromstring(response.content).xpath(
        "string(//main//p)"
    )


@pytest.mark.parametrize(("locale", "words"), [("en", "at once, in English"), ("sv", "genast, på svenska")])
@pytest.mark.parametrize("name", ["home", "list", "topic", "author", "detail"])
def test_each_form_says_how_often_and_in_which_language_mails_come(client, edition, name, locale, words):
    slug = {"topic": "energy", "author": "ann-berg", "detail": "grid"}.get(name)
    locale, words = (edition.locale, "at once, in English") if name == "detail" else (locale, words)
    with override(locale):
        path = reverse(f"publications:{name}", kwargs={"slug": slug} if slug else {})
    [form] = html.fromstring(client.get(path).content).xpath("//form[@method='post']")

    client.post(form.get("action"), {**_values(form), "email": "reader@example.org"})

    before = "".join(form.xpath(".//button[1]/preceding::*[ancestor::form]/text()"))
    assert words in before
    assert Subscriber.objects.get().locale == locale
    assert set(Subscription.objects.values_list("timing", flat=True)) == {"at_once"}


@pytest.mark.parametrize("name", ["home", "list"])
def test_no_other_form_offers_more(client, edition, name):
    assert 'type="checkbox"' not in client.get(reverse(f"publications:{name}")).content.decode()


def _values(form) -> dict[str, str]:
    return {name: value or "" for name, value in form.fields.items()}


def test_a_list_of_a_year_offers_alerts_without_the_year(client, edition):
    page = client.get(f"/en/publications/?year={edition.year}&topic=energy")

    [field] = html.fromstring(page.content).xpath("//form[@method='post']//input[@name='choice']")
    assert field.get("value") == "topic=energy"


def test_an_earlier_edition_and_a_withdrawn_text_have_no_form(client, edition):
    assert (
        'action="/en/alerts/"' not in client.get(f"{edition.get_absolute_url()}editions/1/").content.decode()
    )


def test_the_link_beside_a_form_leads_to_the_page_with_the_choice(client, edition):
    uid = Publication.objects.get(pk=edition.publication_id).uid

    page = client.get("/en/alerts/", {"publication": uid, "utm_source": "x"}).content.decode()
    plain = client.get("/en/alerts/")

    assert "Changes to “Grid”" in page and 'content="noindex"' in page
    assert "noindex" not in plain.content.decode() and "X-Robots-Tag" not in plain.headers
    assert plain.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("path", "text"),
    [("/en/privacy/", "It is stored encrypted"), ("/sv/personuppgifter/", "Den sparas krypterad")],
)
def test_the_privacy_page_says_what_is_stored_of_who_signs_up(client, path, text):
    assert text in client.get(path).content.decode()


def test_the_privacy_page_says_so_under_another_address_too(client):
    page = SitePage.objects.get(slug_en="privacy")
    page.slug_en, page.slug_sv = "data-protection", "dataskydd"
    actions.save_instance(page, by=None)

    assert "It is stored encrypted" in client.get("/en/data-protection/").text


@pytest.mark.parametrize("locale", ["en", "sv"])
def test_the_foot_of_each_page_leads_to_the_form_for_the_newsletter(client, edition, locale):
    page = html.fromstring(client.get(f"/{locale}/").content)
    [link] = page.xpath("//footer//a[text()=$label]", label={"en": "Newsletter", "sv": "Nyhetsbrev"}[locale])

    response = client.get(link.get("href"))

    assert response.status_code == 200
    assert html.fromstring(response.content).xpath("//input[@name='choice']/@value") == ["kind=newsletter"]


def test_a_sign_up_page_that_editors_have_typed_is_linked_in_its_place(client, settings, edition):
    SiteSettings.objects.update(newsletter="https://news.example")
    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}

    page = html.fromstring(client.get("/en/").content)

    assert page.xpath("//footer//a[text()='Newsletter']/@href") == ["https://news.example"]


@pytest.mark.parametrize(
    "path", ["/en/", "/sv/", "/en/publications/", "/en/topics/energy/", "/en/authors/ann-berg/"]
)
def test_a_link_at_the_top_leads_to_the_form(client, edition, path):
    for title in ("Lead", "Another"):
        make_live(title=title, language=path[1:3])
    page = html.fromstring(client.get(path).content)

    [link] = page.xpath("//main//a[@href='#alerts']")
    assert link.text in ("Follow by email", "Följ via e-post") and page.xpath("//*[@id='alerts']")


@pytest.mark.parametrize("locale", ["en", "sv"])
@pytest.mark.parametrize(
    ("name", "slug"),
    [("home", ""), ("list", ""), ("topic", "energy"), ("topic", "papers"), ("author", "ann-berg"),
     ("detail", "grid"), ("site-page", "privacy"), ("editions", "grid"), ("topics", ""), ("authors", "")],
)  # fmt: skip
def test_where_the_site_sends_no_mail_no_page_offers_alerts(client, settings, edition, locale, name, slug):
    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}
    slug = "personuppgifter" if (slug, locale) == ("privacy", "sv") else slug
    with override(edition.locale if slug == "grid" else locale):
        path = reverse(f"publications:{name}", kwargs={"slug": slug} if slug else {})

    response = client.get(path)

    page = response.content.decode()
    assert response.status_code == 200
    assert not any(prefix in page for prefix in ALERT_PREFIXES) and 'method="post"' not in page
    assert 'id="alerts"' not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_where_the_site_sends_no_mail_the_page_of_the_form_says_so(client, settings, edition, method):
    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}

    response = getattr(client, method)("/en/alerts/", {"email": "reader@example.org", "topic": "energy"})

    page = html.fromstring(response.content)
    assert response.status_code == 404 and "sends no emails" in page.text_content()
    assert not page.xpath("//form[@method='post']") and not Condition.objects.exists()
    assert page.xpath("//main//a[@type='application/atom+xml']")


def test_who_has_alerts_still_leaves_where_the_site_sends_no_mail(client, settings):
    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}
    subscriber = make_subscriber()
    manage, leave = (
        f"/en/alerts/{purpose}/{make_token(purpose, subscriber.uid)}/"
        for purpose in (TokenPurpose.MANAGE, TokenPurpose.LEAVE)
    )

    assert client.get(manage).status_code == client.get(f"{manage}data.json").status_code == 200
    response = client.post(leave)

    assert response.status_code == 200 and not Subscriber.objects.exists()
    assert 'href="/en/alerts/"' not in response.content.decode()


def test_the_privacy_text_says_how_long_each_thing_is_kept(client):
    page = " ".join(client.get("/en/privacy/").content.decode().split())

    assert f"after {CONFIRMATION_HOURS} hours if it is never confirmed" in page
    assert f"Which emails were sent is kept for {MAIL_DAYS} days" in page
    assert f"which texts they named, for {NAMED_DAYS} days" in page
    assert "are kept for a day" in page and timedelta(days=1) == ATTEMPT_PERIOD


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_names_the_hours_to_confirm_itself(client, monkeypatch, locale):
    """A text with a figure of its own goes on naming it after the period was changed."""
    for module in ("templatetags.alerts", "views.own", "views.confirm", "views.sign_up"):
        monkeypatch.setattr(import_module(f"subscriptions.{module}"), "CONFIRMATION_HOURS", 71)
    waiting, old = (make_unconfirmed(Choice(), locale=locale).subscriber for _number in range(2))
    waiting.mails.create(purpose="confirm", period_end=timezone.now())
    mail = text_of(parse(waiting.mails.select_related("subscriber").get()))
    refuse, confirm = (make_token(TokenPurpose(name), old.uid) for name in ("refuse", "confirm"))
    of_waiting = make_token(TokenPurpose.CONFIRM, waiting.uid)
    old.delete()
    form = localized_path(locale, "subscriptions:sign_up")

    pages = [
        client.get(form).text,
        client.post(form, {"email": "reader@example.org"}).text,
        *(client.get(localized_path(locale, f"subscriptions:{name}", token=token)).text
          for name, token in (("confirm", of_waiting), ("confirm", confirm), ("refuse", refuse))),
    ]  # fmt: skip

    for text in [mail, *pages]:
        assert "71 " in text and not re.search(r"\b48 (hours|timmar)", text)
