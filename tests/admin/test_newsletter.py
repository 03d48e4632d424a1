"""Issues of the newsletter at the desk: proposed, written in the form of a publication, shown as a mail and tried."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.mail import CONSOLE
from publications import actions
from publications.admin.newsletter import DARK_QUERY, issue_initial
from publications.markup.source import MAX_TAGS
from publications.models import Kind, OutboxMail, Publication, TagKind
from publications.news import SendResult, StaffQueue, send_due
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts
from subscriptions.issue_mails import MAIL_BUILDERS, write_issue
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail
from subscriptions.newsletter import propose_topics
from tests.factories import make_author, make_live, make_person, make_publication, make_tag, saved
from tests.issues import make_issue
from tests.subscriptions.factories import make_subscriber

pytestmark = pytest.mark.django_db

ISSUES = reverse("desk:newsletter-issues")


@pytest.fixture
def editor(client):
    person = make_person("Editors", email="eva@example.org")
    client.force_login(person)
    return person


def test_what_is_new_since_the_last_issue_is_proposed_by_topic(editor, client):
    energy = make_tag("Energy", kind=TagKind.THEME)
    last = make_publication(kind="newsletter", title="The last one")
    actions.set_related_links(last, [make_live(title="In the last one").publication], by=None)
    actions.publish(last, by=None)
    for title in ("On grids", "On gas"):
        make_live(title=title, tags=(energy,))
    make_live(title="On rye")
    make_live(title="Old", published_at=timezone.now() - timedelta(days=90))

    page = client.get(ISSUES, {"language": "en"}).text

    topics = {topic.label: [edition.title for edition in topic.editions] for topic in propose_topics("en")}
    assert topics == {"Energy": ["On gas", "On grids"], "Without a topic": ["On rye"]}
    assert page.index("On gas") < page.index("On rye") and "The last one" in page
    assert page.count('name="related"') == 3


def test_a_correction_of_an_issue_leaves_out_nothing_that_was_new_before_it():
    now = timezone.now()
    last = make_issue("In the last one", published_at=now - timedelta(days=3))
    actions.publish(last, by=None)
    make_live(title="On gas", published_at=now - timedelta(days=1))
    actions.publish(saved(last, summary="Mended."), by=None, change="correction", note="It was 5, not 50.")

    topics = propose_topics("en")

    assert "On gas" in [edition.title for topic in topics for edition in topic.editions]


def test_what_was_withdrawn_while_an_issue_became_public_and_is_back_is_proposed_once():
    now = timezone.now()
    mailed, missed, shown = (
        make_live(title=title, published_at=now - timedelta(days=2)).publication
        for title in ("In an issue", "Missed", "Unticked")
    )
    first = make_publication(kind="newsletter", title="The first", body="Text.")
    actions.set_related_links(first, [mailed], by=None)
    actions.publish(first, by=None)
    for publication in (mailed, missed):
        actions.withdraw(publication, by=None, note="Wrong file.")
    actions.publish(make_publication(kind="newsletter", title="The last", body="Text."), by=None)
    for publication in (mailed, missed):
        actions.undo(publication, by=None, state=actions.public_state(publication))
    actions.publish(saved(shown, summary="Mended."), by=None, change="silent")

    titles = [edition.title for topic in propose_topics("en") for edition in topic.editions]

    assert titles == ["Missed"]


@pytest.mark.parametrize("params", ["issue=new", "issue=new&language=xx"])
def test_the_form_of_an_issue_without_its_language_is_that_of_any_text(editor, client, params):
    make_publication(kind="newsletter")
    page = client.get(f"{reverse('desk:publications_publication_add')}?{params}").text

    assert "Subject of the mail" not in page


def test_the_form_of_a_new_issue_has_what_was_ticked_in_order(editor, client):
    actions.publish(make_publication(kind="newsletter", authors=[make_author("Ann Berg")]), by=None)
    first, second = (make_live(title=title).publication_id for title in ("One", "Two"))
    draft = make_publication(title="Not public").pk
    url = reverse("desk:publications_publication_add")

    page = client.get(url, {"issue": "new", "language": "en", "related": [second, draft, first]})

    form = page.context["adminform"].form
    assert form.initial["related"] == [(second, ""), (first, "")]
    assert form.initial["bylines"] == []
    assert form.initial["kind"] == Kind.objects.get(slug="newsletter").pk


def test_an_issue_is_shown_as_its_mail_and_sent_to_oneself_alone(editor, client):
    issue = make_issue("On rye", "On hay")
    withdrawn = issue.related_links.first().target
    url = reverse("desk:newsletter-issue", args=[issue.pk])

    page, shown = client.get(url), client.get(reverse("desk:newsletter-mail", args=[issue.pk]))
    tried = client.post(reverse("desk:newsletter-test", args=[issue.pk]), follow=True)
    actions.withdraw(withdrawn, by=None, note="Made up.")
    send_due([StaffQueue(MAIL_BUILDERS)], SendResult())

    assert "A test is on its way to eva@example.org, and to nobody else." in tried.text
    assert page.text.count("<iframe") == 4 and "eva@example.org" in page.text
    assert DARK_QUERY not in shown.text and "@media not all" in shown.text
    assert shown.text.index("On rye") < shown.text.index("On hay")
    assert "script-src" not in shown["Content-Security-Policy"]
    (sent,) = mail.outbox
    html = sent.alternatives[0].content
    assert (sent.to, sent.subject) == (["eva@example.org"], "Test: What is new")
    assert "On hay" in html and "On hay" in sent.body and "On rye" not in html + sent.body
    assert OutboxMail.objects.get().sent_at
    for text in (html, sent.body):
        assert "This is a test: in the mail to subscribers the links" in text
        assert "Unsubscribe" not in text and "These links are yours" not in text
    assert "Unsubscribe" in shown.text and "This is a test" not in shown.text


def test_a_published_issue_is_mailed_with_what_it_has_then(editor):
    record_events()
    make_subscriber(Choice(filters={"kind": "newsletter"}))
    issue = make_issue("On rye", "On hay")
    actions.publish(issue, by=None)
    expand_alerts()
    actions.withdraw(issue.related_links.last().target, by=None, note="Made up.")

    message = MailWriter().build(AlertMail.objects.get())

    assert message.subject == "What is new"
    assert "On rye" in message.body and re.search(r"http\S+/on-rye/", message.body)
    assert "On hay" not in message.body + message.alternatives[0].content


def test_the_preview_says_what_the_mail_will_say(editor):
    record_events()
    make_subscriber(Choice(filters={"kind": "newsletter"}))
    issue = make_issue("On rye", authors=[make_author("Eva Lund")])
    draft = write_issue(issue)
    actions.publish(issue, by=None)
    expand_alerts()

    message = MailWriter().build(AlertMail.objects.get())

    assert "Eva Lund" in draft.text
    assert message.subject == draft.subject and message.body.split("-- ")[0] == draft.text.split("-- ")[0]


def test_an_issue_that_cannot_be_rendered_says_why_and_is_not_mailed(editor, client):
    issue = saved(make_issue("On rye"), body="<b>" * (MAX_TAGS + 1))

    shown = client.get(reverse("desk:newsletter-mail", args=[issue.pk]))
    tried = client.post(reverse("desk:newsletter-test", args=[issue.pk]), follow=True)

    assert shown.status_code == 422 and "HTML tags, more than" in shown.text
    assert "HTML tags, more than" in tried.text and not OutboxMail.objects.exists()


@pytest.mark.parametrize("name", ["newsletter-issue", "newsletter-mail"])
def test_other_publications_are_no_issues(editor, client, name):
    draft = make_publication()

    assert client.get(reverse(f"desk:{name}", args=[draft.pk])).status_code == 404


def test_the_publish_page_of_an_issue_names_what_readers_do_not_see(editor, client):
    issue, empty = make_issue("On rye", "On hay"), make_publication(kind="newsletter", body="")
    actions.withdraw(issue.related_links.first().target, by=None, note="Made up.")

    pages = [client.get(reverse("desk:publish", args=[each.pk])).text for each in (issue, empty)]

    assert "“On rye” is not public: the mail has it only if it is by then. Publish it first" in pages[0]
    assert "“On hay” is not public" not in pages[0] and "no tag" not in pages[0]
    assert "It has neither a text nor publications" in pages[1]


def test_no_test_is_promised_where_mail_is_off_and_no_entry_of_an_issue_is_offered(editor, client, settings):
    issue = make_issue("On rye")
    actions.publish(issue, by=None)
    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}

    page = client.post(reverse("desk:newsletter-test", args=[issue.pk]), follow=True).text
    mail_page = client.get(reverse("desk:newsletter-issue", args=[issue.pk])).text
    result = client.get(reverse("desk:publish-result", args=[issue.pk, 1])).text

    assert "Mail is off on this server: nothing is sent." in page and not OutboxMail.objects.exists()
    assert mail_page.count("Mail is off on this server") == 1 and "Send a test" not in mail_page
    assert "For social media" in result and "For the newsletter" not in result


def test_the_first_page_leads_to_what_a_new_issue_may_have_and_its_form_says_what_it_is(editor, client):
    home = client.get(reverse("desk:index")).text
    form = client.get(reverse("desk:publications_publication_add"), {"issue": "new", "language": "en"}).text

    assert f'href="{ISSUES}">Newsletter</a>' in re.sub(r"\s*>\s*Newsletter", ">Newsletter", home)
    assert "An issue of the newsletter: the mail has the introduction" in form
    assert f'href="{ISSUES}">Issues of the newsletter</a>' in home


def test_what_another_issue_has_is_not_ticked_again_and_an_issue_that_was_taken_back_is_not_the_last(
    editor, client
):
    issue = make_issue("On rye")
    actions.publish(issue, by=None)
    actions.undo(issue, by=None, state=actions.public_state(issue))

    page = client.get(ISSUES, {"language": "en"}).text

    url = reverse("desk:publications_publication_change", args=[issue.pk])
    assert f'href="{url}">already in the issue “What is new”, which is not public</a>' in page
    assert 'name="related"' in page and "checked" not in page


def test_the_page_of_the_mail_says_its_subject_who_gets_it_and_what_is_missing(editor, client):
    make_subscriber(Choice({"kind": "newsletter"}))
    issue = make_issue("On rye", "On hay")
    actions.withdraw(issue.related_links.first().target, by=None, note="Made up.")
    Publication.objects.filter(pk=issue.pk).update(title="What  is new")
    editor.email = ""
    editor.save()

    page = client.get(reverse("desk:newsletter-issue", args=[issue.pk])).text

    assert '<strong lang="en">What is new</strong>' in page
    assert (
        "1 reader is mailed within a minute after it becomes public." in page
        and "chose Type: Newsletter" not in page
    )
    assert "“On rye”" in page and "“On hay”" not in page
    assert reverse("desk:own-address") in page and "Send a test" not in page


def test_an_issue_keeps_its_subject_when_nothing_of_it_is_public(editor):
    make_subscriber(Choice({"kind": "newsletter"}))
    record_events()
    issue = make_issue("On rye")
    actions.withdraw(issue.related_links.first().target, by=None, note="Made up.")
    actions.publish(issue, by=None)
    expand_alerts()

    sent = MailWriter().build(AlertMail.objects.get(event__edition__publication=issue))

    assert sent.subject == "What is new"


@pytest.mark.parametrize(
    ("names", "fields", "has_author"),
    [
        (["Eva Lund"], {}, True),
        (["Eva Lund", "Eva Lund"], {}, False),
        (["Eva Lund"], {"is_pseudonymous": True}, False),
        (["Eva Lund"], {"is_proposed": True}, False),
        (["Ann Berg", ""], {}, False),
    ],
)
def test_a_new_issue_is_by_who_makes_it_if_one_author_has_that_name(editor, names, fields, has_author):
    authors = [make_author(name, **fields) for name in names]
    editor.first_name, editor.last_name = "Eva", "Lund"

    initial = issue_initial(QueryDict("issue=new&language=sv"), editor)

    assert initial["bylines"] == ([(authors[0].pk, "author")] if has_author else [])


def test_a_new_issue_of_who_has_no_name_has_no_author(editor):
    make_author("Ann Berg")
    editor.first_name = editor.last_name = ""

    assert issue_initial(QueryDict("issue=new&language=sv"), editor)["bylines"] == []


@pytest.mark.parametrize(("length", "is_advised"), [(60, False), (61, True)])
def test_a_long_subject_is_advised_against_and_can_be_published(editor, client, length, is_advised):
    issue = make_issue("On rye")
    Publication.objects.filter(pk=issue.pk).update(title="x" * length)

    page = client.get(reverse("desk:newsletter-issue", args=[issue.pk])).text

    assert ("It has 61 characters, and many inboxes show some 60" in page) == is_advised
    assert actions.publish(Publication.objects.get(pk=issue.pk), by=None)
