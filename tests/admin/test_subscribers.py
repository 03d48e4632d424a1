"""Subscribers and the newsletter at the desk: what is changed there is logged."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import AccountEvent, DeskSession
from publications import actions
from publications.admin.form_data import build_post, mark_redisplay
from publications.admin.subscriber_list import SubscriberListForm
from publications.models import AuditEntry, OutboxMail, TagKind
from subscriptions.audience import list_upcoming
from subscriptions.conditions import Choice
from subscriptions.delivery_log import count_delivery, list_deliveries
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts
from subscriptions.list_import import MAX_LISTED_LINES, MAX_REQUEST_LINES
from subscriptions.models import AlertMail, Subscriber, Timing
from subscriptions.refusals import refuse_sign_ups
from tests.factories import make_author, make_live, make_person, make_publication, make_tag, saved
from tests.queries import count_queries
from tests.subscriptions.factories import make_subscriber

pytestmark = pytest.mark.django_db

PAGE, LIST_PAGE = reverse("desk:subscribers"), reverse("desk:subscriber-list")
LIST = {"kind": "", "timing": "weekly", "locale": "sv", "consent": "Old newsletter, 2019 to 2026"}
LOGS = {model._meta.db_table for model in (AccountEvent, AuditEntry, OutboxMail)}
"""What administrators look at: account events, the audit trail, the outbox."""
NOT_LOGGED = {"django_session", DeskSession._meta.db_table}
POSTS = {
    "subscribers": [{"stop": "1"}, {"resume": "1"}, {"address": "refused@example.org"}],
    "subscriber-list": [LIST],
    "newsletter": [{"newsletter": "https://example.org/letters", "version": "1"}],
    "newsletter-test": [{}],
}
"""What is posted to pages that change something; nothing to the others."""


@pytest.fixture
def administrator(client):
    person = make_person("Administrators", email="ada@example.org")
    client.force_login(person)
    return person


def make_file(*addresses: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("list.csv", "\n".join(addresses).encode())


def post_file(client, *addresses: str, **fields: str) -> str:
    return client.post(LIST_PAGE, {**LIST, **fields, "file": make_file(*addresses)}, follow=True).text


def list_pages() -> list[str]:
    names = get_resolver().namespace_dict["desk"][1].reverse_dict
    return sorted(
        name for name in names if isinstance(name, str) and name.startswith(("subscriber", "newsletter"))
    )


def written_tables(queries) -> set[str]:
    found = (
        re.match(r'(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) "(\w+)"', row["sql"]) for row in queries
    )
    return {match[1] for match in found if match} - NOT_LOGGED


def test_whatever_these_pages_change_is_in_a_log(administrator, client):
    issue, logged = make_publication(kind="newsletter", body=""), set()
    refuse_sign_ups(make_subscriber(address="refused@example.org"))
    for name in list_pages():
        args = [issue.pk] if name.startswith("newsletter-") and name != "newsletter-issues" else []
        for values in POSTS.get(name, [{}]):
            files = {"file": make_file("ann@example.org")} if name == "subscriber-list" else {}
            with CaptureQueriesContext(connection) as queries:
                client.post(reverse(f"desk:{name}", args=args), {**values, **files})
            if tables := written_tables(queries):
                assert tables & LOGS, (name, values)
                logged.add(name)

    assert logged == set(POSTS)
    assert "example.org" not in str(list(AccountEvent.objects.values_list("detail", flat=True)))


def test_administrators_see_who_has_imported_a_list_and_stopped_the_mails(administrator, client):
    subscriber = make_subscriber(Choice(), address="known@example.org")
    AlertMail.objects.create(subscriber=subscriber, purpose="confirm")
    post_file(client, "ann@example.org", "known@example.org", "no address")
    for name in ("stop", "stop", "resume"):
        client.post(PAGE, {name: "1"})

    events = reverse("desk:accounts_accountevent_changelist")
    page = client.get(events).text

    assert f'href="{events}"' in client.get(reverse("desk:subscriber-log")).text.partition("<main")[2]
    assert "List of subscribers imported: 1 added, 1 subscribed before, 1 without an address" in page
    assert page.count("Mails to subscribers stopped: 0 mails wait</") == 1
    assert page.count("Mails to subscribers sent again: 0 mails wait</") == 1
    assert page.count(administrator.username) > 2 and "example.org" not in page.partition("<main")[2]


def test_a_list_that_takes_too_long_for_a_request_is_refused_with_a_remedy(administrator, client):
    lines = ["heading", *["x"] * MAX_REQUEST_LINES]

    page = post_file(client, *lines)

    assert f"The list has {len(lines)} lines" in page and "manage.py import_subscribers" in page
    assert not AccountEvent.objects.filter(type="list_imported").exists()


def test_many_addresses_in_one_line_take_as_long_as_lines(administrator, client):
    page = post_file(client, ";".join(f"a{number}@x.example" for number in range(MAX_REQUEST_LINES + 1)))

    assert (
        f"The list has {MAX_REQUEST_LINES + 1} lines or addresses" in page and not Subscriber.objects.exists()
    )


def test_a_list_names_the_lines_of_who_has_left_in_the_other_system(administrator, client):
    page = post_file(client, "email;status", "ann@example.org;unsubscribed", "bo@example.org;subscribed")

    assert "1 line says in a column that its owner has left or not agreed, and is left out: 2." in page
    assert "1 added, 1 left out" in client.get(reverse("desk:accounts_accountevent_changelist")).text


def test_after_an_error_the_file_is_to_be_chosen_again_and_nothing_else(administrator, client):
    again = "Choose the file again: browsers forget it when a page is shown anew."
    fields = {"kind": "report", "timing": "daily", "consent": ""}
    assert again not in client.get(LIST_PAGE).text

    page = post_file(client, "ann@example.org", **fields)
    form = client.post(LIST_PAGE, {**LIST, **fields, "file": make_file("ann@example.org")}).context["form"]

    assert again in page and "This field is required." in page and "Nobody has been added yet" in page
    assert form.errors["file"] == [again] and not Subscriber.objects.exists()
    shown = {name: form[name].value() for name in ("kind", "timing", "locale", "consent")}
    assert shown == {"kind": "report", "timing": "daily", "locale": "sv", "consent": ""}


def test_a_form_that_was_carried_through_the_sign_in_says_that_the_file_is_missing(administrator):
    form = SubscriberListForm(mark_redisplay(build_post(list(LIST.items()))), {})

    assert form["file"].help_text.startswith("Choose the file again") and not form.errors
    assert form["consent"].value() == LIST["consent"]


def test_a_list_that_is_too_large_is_refused_with_the_limit(administrator, client, monkeypatch):
    monkeypatch.setattr("publications.admin.subscriber_list.MAX_LIST_BYTES", 2_000_000)

    page = client.post(LIST_PAGE, {**LIST, "file": SimpleUploadedFile("list.csv", b"x" * 2_000_001)}).text

    assert "The file is larger than 2 MB: divide it." in page


def test_the_newsletter_is_called_so_in_the_form_of_a_list(administrator, client):
    choices = dict(client.get(LIST_PAGE).context["form"].fields["kind"].choices)

    assert choices["newsletter"] == "The newsletter" and choices["report"] == "Report"


def test_the_first_lines_are_named_of_many_without_an_address(administrator, client):
    page = post_file(client, "ann@example.org", *["x"] * (MAX_LISTED_LINES + 5))

    first = ", ".join(str(number) for number in range(2, MAX_LISTED_LINES + 2))
    assert (
        f"{MAX_LISTED_LINES + 5} lines have no mail address, or one that no reader has (lines {first}, …)."
        in page
    )


def test_the_log_tells_two_mails_about_one_text_apart(administrator, client):
    record_events()
    make_subscriber()
    publication = make_live(title="On gas").publication
    expand_alerts()
    for number in (2, 3):
        changed = saved(publication, summary=f"Mended {number} times.")
        actions.publish(changed, by=None, change="correction", note="It was 5, not 50.")
    expand_alerts()

    page = " ".join(client.get(reverse("desk:subscriber-log")).text.split())

    for number in (1, 2, 3):
        assert page.count(f"· edition {number} ·") == 1


def test_many_conditions_and_events_cost_no_more_queries_than_a_few(administrator, client):
    record_events()
    counts = []
    for names in (("a", "b"), ("c", "d", "e", "f", "g")):
        for name in names:
            author, topic = make_author(f"Author {name}"), make_tag(f"Topic {name}", kind=TagKind.THEME)
            edition = make_live(title=f"On {name}", authors=[author], tags=(topic,))
            author_choice, topic_choice = Choice({"author": author.slug}), Choice({"topic": topic.slug})
            for choice in (author_choice, topic_choice, Choice(publication=edition.publication_id)):
                make_subscriber(choice, timing=Timing.DAILY)
            make_subscriber(author_choice)
        expand_alerts()
        make_subscriber(Choice({"topic": "gone"}))
        counts.append([count_queries(client, path) for path in (PAGE, reverse("desk:subscriber-log"))])

    daily = next(mails for mails in list_upcoming() if mails.timing == Timing.DAILY)
    assert counts[0] == counts[1] and max(counts[0]) < 60
    assert daily.count == 21


def test_the_words_of_a_search_of_few_readers_are_not_shown(administrator, client):
    for query, readers in (("gas", 3), ("my own illness", 2), ("lonely", 1)):
        for number in range(readers):
            make_subscriber(Choice({"topic": "energy"} if number > 2 else {}, query=query))
    make_subscriber(Choice({"kind": "newsletter"}), timing=Timing.AT_ONCE, locale="sv")

    page = " ".join(re.sub(r"<[^>]+>", " ", client.get(PAGE).text).split())

    assert "Search: gas" in page and "illness" not in page and "lonely" not in page
    assert "Other searches (2)" in page
    assert "Searches 6 subscriptions (English 6) · At once: 6" in page
    assert "The newsletter 1 subscription" in page and "Type: Newsletter" not in page


def test_what_has_happened_since_the_sender_has_run_is_said_to_be_left_out(administrator, client):
    record_events()
    make_subscriber()
    assert "Not counted yet" not in client.get(PAGE).text

    make_live()

    assert "Not counted yet is what was published" in client.get(PAGE).text
    expand_alerts()
    assert "Not counted yet" not in client.get(PAGE).text


def test_a_look_counts_the_newest_mails_and_all_that_wait(administrator, client, monkeypatch):
    monkeypatch.setattr("subscriptions.delivery_log.COUNTED_MAILS", 3)
    now = timezone.now()
    readers = [make_subscriber() for _number in range(2)]
    for days in (3, 2, 1):
        for reader in readers:
            end = now - timedelta(days=days)
            AlertMail.objects.create(subscriber=reader, purpose="daily", period_end=end, sent_at=end)
    AlertMail.objects.filter(period_end=now - timedelta(days=3)).update(sent_at=None, next_attempt_at=now)

    newest, cut, waiting = list_deliveries()

    assert (newest.sent, newest.is_cut) == (2, False)
    assert (cut.sent, cut.is_cut) == (1, True)
    assert (waiting.pending, waiting.is_cut) == (2, True)
    assert (count_delivery().sent.total, count_delivery().pending, count_delivery().is_cut) == (3, 2, True)
    assert "only the newest of its mails are counted" in client.get(reverse("desk:subscriber-log")).text


def test_what_goes_out_next_is_called_by_its_mail_and_says_why_nobody_gets_it(administrator, client):
    actions.publish(make_publication(title="On hay"), by=None, at=timezone.now() + timedelta(hours=1))

    page = " ".join(re.sub(r"<[^>]+>", " ", client.get(PAGE).text).split())

    assert "Daily mail " in page and "Weekly mail " in page and "Once a day" not in page
    assert "at once to nobody, as nobody has chosen it so" in page and "Mail address:" not in page


def test_a_digest_counts_who_follows_a_text_that_the_lists_of_their_locale_leave_out():
    record_events()
    swedish = make_live(language="sv").publication
    make_live(language="en", translation_of=swedish)
    follower = make_subscriber(Choice(), timing=Timing.DAILY)
    follows = Choice(publication=swedish.pk).store()
    follower.subscriptions.create(condition=follows, timing=Timing.AT_ONCE, confirmed_at=timezone.now())
    make_subscriber(Choice({"language": "sv"}), timing=Timing.DAILY)
    make_subscriber(Choice({"language": "sv"}), timing=Timing.DAILY, locale="sv")
    for timing in (Timing.DAILY, Timing.AT_ONCE):  # of what is mailed at once, the digest says nothing
        other = make_subscriber(Choice({"language": "sv"}), timing=Timing.DAILY)
        other.subscriptions.create(condition=follows, timing=timing, confirmed_at=timezone.now())

    expand_alerts()

    assert next(mails for mails in list_upcoming() if mails.timing == Timing.DAILY).count == 3
