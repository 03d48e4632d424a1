"""What the pages of the newsletter at the desk say of an issue that is public, and of where readers sign up."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from lxml import html

from accounts.mail import CONSOLE
from publications import actions
from publications.admin.mail_frames import PHONE_WIDTH, SCREEN_WIDTH, reckon_height
from publications.models import Autosave
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts
from subscriptions.models import AlertMail
from tests.admin.mailed import mailed_sentences
from tests.factories import make_live, make_person, make_publication, saved
from tests.subscriptions.factories import make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_person("Editors", email="eva@example.org"))
    return client


def test_the_mail_of_a_public_issue_is_said_to_have_gone_out(desk):
    record_events()
    make_subscriber(Choice({"kind": "newsletter"}))
    issue = make_publication(kind="newsletter", title="What is new")
    url = reverse("desk:newsletter-issue", args=[issue.pk])

    draft = desk.get(url).text
    actions.publish(issue, by=None)
    leaving = desk.get(url).text
    expand_alerts()
    AlertMail.objects.get().mark_sent()
    actions.publish(saved(issue, summary="Mended."), by=None, change="silent")
    corrected = desk.get(url).text

    assert "as soon as the issue is public" in draft and "The issue is public." not in draft
    assert "The issue is public. A correction or update of it is mailed as well" in leaving
    assert "as soon as the issue" not in leaving
    assert "1 reader is mailed within a minute." in leaving
    assert "1 reader was mailed." in corrected and "It is a silent fix" not in corrected


def test_each_mailing_of_an_issue_has_its_number(desk):
    record_events()
    make_subscriber(Choice({"kind": "newsletter"}))
    issue = make_publication(kind="newsletter", title="What is new")
    url = reverse("desk:newsletter-issue", args=[issue.pk])
    actions.publish(issue, by=None)
    expand_alerts()
    AlertMail.objects.get().mark_sent()
    make_subscriber(Choice({"kind": "newsletter"}))
    actions.publish(saved(issue, summary="Mended."), by=None, change="correction", note="It was 5.")

    leaving = mailed_sentences(desk.get(url).text, "//")
    expand_alerts()
    waiting = mailed_sentences(desk.get(url).text, "//")

    assert [re.sub(r" \(.*\)", "", each) for each in leaving] == [
        "New: 1 reader was mailed.",
        "Corrected: 2 readers are mailed within a minute.",
    ]
    assert re.sub(r" \(.*\)", "", waiting[1]) == "Corrected: 2 mails wait."


def test_the_form_of_a_new_issue_offers_to_restore_issues_alone(desk):
    kinds = [make_publication(kind=kind).kind_id for kind in ("newsletter", "quick-comment")]
    owner = get_user_model().objects.get(email="eva@example.org")
    for kind, title in zip(kinds, ("An issue", "A comment"), strict=True):
        values = [["kind", str(kind)], ["title", title]]
        Autosave.objects.create(owner=owner, key=title, values=values, typed_at=timezone.now())
    path = reverse("desk:publications_publication_add")

    offered = [
        [autosave.key for autosave in desk.get(url).context["autosaves"]]
        for url in (path, f"{path}?issue=new&language=en")
    ]

    assert sorted(offered[0]) == ["A comment", "An issue"] and offered[1] == ["An issue"]


def test_where_readers_sign_up_names_the_page_of_the_site(desk, settings):
    url = reverse("desk:newsletter")

    page = desk.get(url).text
    (link,) = re.findall(r'<a href="([^"]+kind=newsletter)">', page.partition("<main")[2])
    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}

    assert "Only for a service elsewhere" in page and link in page.partition(f'{link}">')[2]
    assert link not in desk.get(url).text


def labels_of_column(page: str, column: str) -> list[str]:
    """Return what a column of the form asks for, in its order, without what is folded."""
    labels = html.fromstring(page).xpath(
        f'//*[contains(@class, "{column}")]//fieldset[not(./details)]//*[self::label or self::legend]'
    )
    return [label.text_content().strip().rstrip(":") for label in labels]


@pytest.mark.parametrize("is_stored", [False, True])
def test_the_form_of_an_issue_begins_with_what_the_mail_has(desk, is_stored):
    issue = make_publication(kind="newsletter", title="What is new", body="")
    path = (
        reverse("desk:publications_publication_change", args=[issue.pk])
        if is_stored
        else reverse("desk:publications_publication_add") + "?issue=new&language=en"
    )

    page = desk.get(path).text

    labels = labels_of_column(page, "form-text")
    assert labels[:3] == [
        "Subject of the mail",
        "Introduction, two sentences",
        "Publications, in the order of the mail",
    ]
    assert "Text of its page, not of the mail" in page and 'name="body"' in page


def test_the_form_of_another_text_keeps_its_order(desk):
    page = desk.get(reverse("desk:publications_publication_change", args=[make_publication().pk])).text

    assert labels_of_column(page, "form-text")[:2] == ["Title", "Summary"]
    assert "Related publications" in labels_of_column(page, "form-side")


def test_the_form_of_a_new_issue_that_is_refused_keeps_its_labels(desk):
    path = reverse("desk:publications_publication_add") + "?issue=new&language=en"

    page = desk.post(path, {"kind": make_publication(kind="newsletter").kind_id, "title": "x" * 9999})

    assert page.status_code == 200 and "Subject of the mail" in labels_of_column(page.text, "form-text")


def test_frames_are_as_high_as_the_mail_in_them(desk):
    issue = make_publication(kind="newsletter", title="What is new", body="")
    url = reverse("desk:newsletter-issue", args=[issue.pk])

    short = [int(frame.get("height")) for frame in html.fromstring(desk.get(url).text).iter("iframe")]
    targets = [make_live(title=f"On rye {n}", summary="Rye grows. " * 12).publication for n in range(9)]
    actions.set_related_links(issue, targets, by=None)
    long = [int(frame.get("height")) for frame in html.fromstring(desk.get(url).text).iter("iframe")]

    assert all(more > 2 * few for few, more in zip(short, long, strict=True))
    assert long[0] == long[2] < long[1] == long[3]


def test_a_line_that_is_broken_on_a_phone_is_higher_there():
    text = "x" * 60

    assert reckon_height(text * 20, PHONE_WIDTH) > reckon_height(text * 20, SCREEN_WIDTH)


@pytest.mark.parametrize("name", ["publish", "withdraw", "retract", "express-concern", "undo"])
def test_each_page_that_mails_readers_says_so_above_its_button(desk, name):
    record_events()
    publication = make_live().publication
    make_subscriber(Choice({"kind": publication.kind.slug}))

    page = desk.get(reverse(f"desk:{name}", args=[publication.pk])).text

    assert mailed_sentences(page)
    assert page.index('class="mailed"') < page.index('class="submit-row"', page.index('class="mailed"'))


def test_the_page_of_remedies_says_who_is_mailed_of_each(desk):
    publication = make_live().publication

    page = desk.get(reverse("desk:faulty-text", args=[publication.pk])).text

    assert page.count('class="mailed"') == page.count('id="remedy-') == 4
    assert "Unless it is a silent fix" not in page


def test_the_remedies_that_keep_a_text_say_the_same_of_who_chose_it(desk):
    publication = make_live().publication
    make_subscriber(Choice({"kind": publication.kind.slug}))

    page = desk.get(reverse("desk:faulty-text", args=[publication.pk])).text

    assert page.count("Of all these readers, 1 chose") == 3


def test_a_schedule_can_be_cancelled_from_the_bar_of_the_form(desk):
    draft = make_publication()
    form, undo = (
        reverse(f"desk:{name}", args=[draft.pk]) for name in ("publications_publication_change", "undo")
    )

    before = desk.get(form).text
    actions.publish(draft, by=None, at=timezone.now() + timedelta(hours=1))
    bar = desk.get(form).text.partition('class="form-bar__state"')[2].partition("form-bar__buttons")[0]

    assert undo not in before and f'href="{undo}"' in bar


def test_no_entry_is_offered_to_copy_where_the_newsletter_proposes_it(desk, settings):
    publication = make_live().publication
    url = reverse("desk:publish-result", args=[publication.pk, 1])

    own = desk.get(url).text
    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}

    assert "For the newsletter" not in own and "For the newsletter" in desk.get(url).text
