"""The news at the desk: the list, what is unread, the choices of mail, the address that ends mails, the outbox."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.mail import CONSOLE
from publications import actions
from publications.admin import submissions
from publications.importers.options import ImportOptions
from publications.importers.run import run_import
from publications.models import Change, MailTiming, NewsEvent, NewsType, OutboxMail, Review, UserSettings
from publications.news import expand_events, stop_token
from tests.factories import make_live, make_person, make_publication, saved

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def posted_values(page: str) -> dict[str, str]:
    """Return what the form that marks news as read posts."""
    return dict(re.findall(r'<input type="hidden" name="(until|read)" value="([^"]*)"', page))


def link_of(page: str) -> str:
    """Return the address that the newest event of the list leads to."""
    return re.search(r'<a href="([^"]+)"', page.partition('<li class="flagged">')[2]).group(1)


def form_of(publication) -> str:
    return reverse("desk:publications_publication_change", args=[publication.pk])


@pytest.fixture
def later():
    """A minute after the account was made, as news is unread only since then."""
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        yield


def sign_in(client, group: str, **fields):
    person = make_person(group, **fields)
    client.force_login(person, backend=BACKEND)
    return person


def test_a_draft_handed_over_is_news_for_editors(desk, client, later):
    publication = make_publication(title="Grain")
    submissions.submit_for_checking(publication, by=make_person("Contributors", first_name="Bo"))

    page = desk.get(reverse("desk:news")).text

    assert "To check: “Grain”" in page and "Bo" in page
    assert desk.get(link_of(page))["Location"] == form_of(publication)


def test_the_page_never_names_a_draft_to_somebody_who_may_not_see_it(client):
    sign_in(client, "Linkers")
    submissions.submit_for_checking(make_publication(title="Secret grain"), by=None)
    make_live(title="Public rye")

    page = client.get(reverse("desk:news")).text

    assert "Secret grain" not in page and "Public rye" in page


def test_linkers_go_on_to_related_links(client, later):
    sign_in(client, "Linkers")
    publication = make_live().publication

    page = client.get(reverse("desk:news")).text
    assert client.get(link_of(page))["Location"] == reverse("desk:related-links-edit", args=[publication.pk])


def test_a_remark_behind_a_review_link_is_news_once(client, editor):
    publication = make_publication(title="Grain")
    _review, token = Review.objects.invite(publication.revisions.first(), reader="Eva", days=3, by=editor)
    url = reverse("desk:review", args=[token])

    client.post(url, {"passage": 0, "text": "Rye."})
    client.post(url, {"passage": 0, "text": "Rye."})
    client.post(url, {"approve": "yes"})
    client.post(url, {"approve": "yes"})

    assert NewsEvent.objects.filter(type=NewsType.REVIEWED).count() == 2
    client.force_login(editor, backend=BACKEND)
    page = client.get(reverse("desk:news")).text
    assert "Eva on “Grain”" in page and "Eva approves “Grain”" in page and token not in page


def test_an_import_is_news_and_a_dry_run_is_not(client, tmp_path):
    sign_in(client, "Administrators")
    (tmp_path / "grain.md").write_text("---\ntitle: Grain\ndate: 2026-01-01\n---\nRye.\n")

    run_import(ImportOptions(path=tmp_path, dry_run=True))
    assert not NewsEvent.objects.exists()
    run_import(ImportOptions(path=tmp_path))
    run_import(ImportOptions(path=tmp_path))

    assert NewsEvent.objects.get().counts["new"] == 1
    assert "Import done: 1 new, 0 updated, 0 refused" in client.get(reverse("desk:news")).text


def test_the_head_of_every_page_counts_what_is_unread(desk, later):
    make_live(title="Rye")

    assert "<strong>1<span" in desk.get(reverse("desk:index")).text


def test_news_that_is_opened_from_the_list_is_read(desk, later):
    make_live(title="Rye")
    make_live(title="Oats")

    opened = desk.get(link_of(desk.get(reverse("desk:news")).text))

    page = desk.get(reverse("desk:news")).text
    assert opened.status_code == 302
    assert page.count("<strong>Unread</strong>") == 1
    assert UserSettings.objects.get().unread_count_text() == "1"


def test_news_that_somebody_may_not_see_cannot_be_opened(client):
    submissions.submit_for_checking(make_publication(title="Secret grain"), by=None)
    sign_in(client, "Linkers")

    assert client.get(reverse("desk:news-open", args=[NewsEvent.objects.get().pk])).status_code == 404


def test_two_news_that_are_opened_at_once_are_both_read(desk, editor, later):
    make_live(title="Rye")
    make_live(title="Oats")
    windows = [UserSettings.of(editor), UserSettings.of(editor)]
    events = list(windows[0].unread())

    for window, event in zip(windows, events, strict=True):
        window.mark_read(editor.date_joined, [event.pk])

    assert not UserSettings.of(editor).unread().exists()


def test_marking_as_read_leaves_what_came_after_the_page_was_shown(desk, later):
    make_live()
    form = posted_values(desk.get(reverse("desk:news")).text)
    make_live()

    desk.post(reverse("desk:news"), form)

    assert "<strong>1<span" in desk.get(reverse("desk:news")).text
    assert UserSettings.objects.get().unread_count_text() == "1"


def test_news_that_was_stored_late_stays_unread(desk, later):
    """An action that began before the newest news on the page, and was committed after the page was shown."""
    late_at = timezone.now()
    make_live(title="Rye")
    form = posted_values(desk.get(reverse("desk:news")).text)
    NewsEvent.objects.filter(edition=make_live()).update(happens_at=late_at)

    desk.post(reverse("desk:news"), form)

    assert UserSettings.objects.get().unread_count_text() == "1"
    page = desk.get(reverse("desk:news")).text
    assert page.count("<strong>Unread</strong>") == 1
    desk.post(reverse("desk:news"), posted_values(page))
    assert UserSettings.objects.get().unread_count_text() == ""


def test_reading_older_news_later_does_not_make_news_unread_again(desk, editor, later):
    now = timezone.now()
    UserSettings.objects.create(user=editor, read_until=now)

    desk.post(reverse("desk:news"), {"until": (now - timedelta(days=1)).isoformat()})

    assert UserSettings.objects.get().read_until == now


@pytest.mark.parametrize(
    "until",
    ["", "x", "2026-12-01T10:00:00", "2026-99-99T10:00:00+00:00", "9999-12-31T23:59:59-23:59", "\u0660"],
)
def test_a_made_up_time_is_ignored(until, desk):
    assert desk.post(reverse("desk:news"), {"until": until}).status_code == 302
    assert not UserSettings.objects.exists()


# Choices


def test_choices_are_offered_for_what_the_role_may_see(client):
    sign_in(client, "Linkers")

    page = client.get(reverse("desk:news-choices")).text

    assert 'name="published"' in page and 'name="submitted"' not in page


def test_choices_are_stored_and_shown_again(desk, editor):
    url = reverse("desk:news-choices")
    choices = {"submitted": "daily", "reviewed": "never", "tomorrow": "at_once", "published": "at_once",
               "corrected": "daily", "follow": "never", "returned": "at_once", "approved": "daily",
               "ended": "at_once", "unapproved": "at_once"}  # fmt: skip

    assert desk.post(url, choices).status_code == 302

    stored = UserSettings.of(editor)
    assert stored.timing(NewsType.SUBMITTED) == MailTiming.DAILY
    assert 'value="never" required id="id_reviewed_2" checked' in desk.get(url).text


def test_an_unknown_choice_is_refused(desk):
    response = desk.post(reverse("desk:news-choices"), {"submitted": "hourly"})

    assert response.status_code == 200 and not UserSettings.objects.exists()


def test_the_page_says_that_mail_is_off_or_that_there_is_no_address(desk, settings):
    assert "Your account has no email address" in desk.get(reverse("desk:news-choices")).text

    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}
    assert "This site sends no mail yet" in desk.get(reverse("desk:news-choices")).text


# The address that ends mails


def test_one_post_without_sign_in_or_cookie_ends_mails(editor):
    client = Client(enforce_csrf_checks=True)
    url = reverse("desk:news-stop", args=[stop_token(editor, NewsType.SUBMITTED)])

    response = client.post(
        url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == 200 and not response.cookies
    assert UserSettings.of(editor).timing(NewsType.SUBMITTED) == MailTiming.NEVER


def test_opening_the_address_asks_first(client, editor):
    response = client.get(reverse("desk:news-stop", args=[stop_token(editor, NewsType.SUBMITTED)]))

    assert "A draft is to be checked" in response.text and not UserSettings.objects.exists()
    assert response["Referrer-Policy"] == "no-referrer"


def test_an_invalid_address_is_not_found(client, editor):
    assert client.post("/desk/news/stop/x/").status_code == 404
    editor.delete()
    assert client.get(f"/desk/news/stop/{stop_token(editor, NewsType.SUBMITTED)}/").status_code == 404


# The outbox


@pytest.fixture
def failing(db) -> OutboxMail:
    make_person("Editors", email="ann@example.org")
    submissions.submit_for_checking(make_publication(title="Secret grain"), by=None)
    expand_events()
    mail = OutboxMail.objects.get()
    mail.mark_failed("550 No such user", is_final=True)
    return mail


def test_administrators_see_why_a_mail_was_not_delivered_and_try_again(client, failing):
    sign_in(client, "Administrators")
    url = reverse("desk:publications_outboxmail_changelist")

    assert "550 No such user" in client.get(url, {"state": "failing"}).text
    client.post(url, {"action": "send_again", "_selected_action": [failing.pk]})

    failing.refresh_from_db()
    assert failing.next_attempt_at <= timezone.now()


def test_the_outbox_names_no_draft(client, failing):
    sign_in(client, "Administrators")

    pages = [
        client.get(reverse("desk:publications_outboxmail_changelist")).text,
        client.get(reverse("desk:publications_outboxmail_change", args=[failing.pk])).text,
    ]

    assert all("Secret grain" not in page for page in pages)


def test_the_news_of_administrators_says_that_a_mail_was_not_delivered(client, desk, failing):
    assert "1 mail could not be delivered" not in desk.get(reverse("desk:news")).text

    sign_in(client, "Administrators")
    assert "1 mail could not be delivered" in client.get(reverse("desk:news")).text


def test_editors_do_not_see_the_outbox(desk, failing):
    assert desk.get(reverse("desk:publications_outboxmail_changelist")).status_code == 403


def test_news_survives_the_account_of_the_actor(desk, later):
    other = make_person("Contributors")
    submissions.submit_for_checking(make_publication(title="Grain"), by=other)
    other.delete()

    assert "To check: “Grain”" in desk.get(reverse("desk:news")).text


def test_news_of_a_redacted_publication_has_its_mark(desk, editor):
    publication = make_live(title="Vera Holm resigns", body="Vera Holm resigns.").publication
    actions.redact(publication, "Vera Holm", by=editor)

    page = desk.get(reverse("desk:news")).text

    assert "[redacted] resigns" in page and "Holm" not in page


def test_the_list_takes_as_many_queries_for_many_events_as_for_one(
    desk, django_assert_max_num_queries, later
):
    for _number in range(12):
        make_live()

    desk.get(reverse("desk:index"))  # the first page of a session also records its use

    with django_assert_max_num_queries(16):
        desk.get(reverse("desk:news"))


def test_a_text_that_is_published_again_is_news(editor):
    publication = make_live(title="On Minsk").publication
    actions.withdraw(publication, by=editor, note="By mistake.")
    reader = make_person("Editors")
    assert not NewsEvent.objects.visible_to(reader).exists()

    actions.undo(publication, by=editor)

    assert [event.type for event in NewsEvent.objects.visible_to(reader)] == [NewsType.PUBLISHED]


def test_linkers_keep_news_of_a_text_whose_typo_was_mended(editor):
    publication = make_live(title="On Minsk", body="Tpyo.").publication
    linker = make_person("Linkers")
    before = list(NewsEvent.objects.visible_to(linker))
    saved(publication, body="Typo.")

    actions.publish(publication, by=editor, change=Change.SILENT)

    assert before and list(NewsEvent.objects.visible_to(linker)) == before


def test_marking_as_read_leaves_choices_that_were_made_since(desk, editor):
    choices = UserSettings.of(editor)
    UserSettings.of(editor).store(timings={NewsType.SUBMITTED: MailTiming.NEVER}, language="sv")

    choices.store(read_until=timezone.now())

    stored = UserSettings.of(editor)
    assert stored.timing(NewsType.SUBMITTED) is MailTiming.NEVER and stored.language == "sv"


def test_administrators_read_how_mail_is_set_up_and_others_whom_to_ask(client, desk, settings):
    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}
    assert "An administrator can have it set up." in desk.get(reverse("desk:news-choices")).text

    sign_in(client, "Administrators")
    pages = [
        client.get(reverse("desk:news-choices")).text,
        client.get(reverse("desk:publications_outboxmail_changelist")).text,
    ]

    assert all("EMAIL_URL" in page and f"{reverse('desk:help')}#administrators" in page for page in pages)
    assert 'id="administrators"' in client.get(reverse("desk:help")).text


def test_without_an_address_the_choices_say_what_to_do(client, desk):
    assert "Ask an administrator to enter one." in desk.get(reverse("desk:news-choices")).text

    person = sign_in(client, "Administrators", email="")
    page = client.get(reverse("desk:news-choices")).text

    assert (
        f'href="{reverse("desk:auth_user_change", args=[person.pk])}"' in page and "Mails go to" not in page
    )


def test_an_empty_outbox_says_what_will_be_there(client):
    sign_in(client, "Administrators")
    url = reverse("desk:publications_outboxmail_changelist")

    assert "No mail has been written yet." in client.get(url).text
    assert "Nothing found." in client.get(url, {"state": "sent"}).text
