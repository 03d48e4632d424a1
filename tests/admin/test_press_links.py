"""Press links at the desk: who makes them, what is shown once, what was opened, new passwords and closing."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import DeskSession
from publications import actions
from publications.admin.press_links import MAX_SHOWN_OPENINGS, PressLinkForm
from publications.models import EditorialPlan, PressLink, PressLinkEvent, PressLinkEventType, Publication
from tests.factories import make_live, make_person, make_publication, saved, tomorrow
from tests.queries import count_queries

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


def page_of(publication: Publication) -> str:
    return reverse("desk:press-links", args=[publication.pk])


def posted(**values) -> dict[str, str]:
    return {"recipient": "Kim Ek, The Daily", "embargoed_until": typed(tomorrow()), **values}


def typed(at) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def make_link(publication: Publication, **options) -> PressLink:
    options = {"recipient": "Kim Ek", "embargoed_until": tomorrow(), **options}
    return PressLink.objects.make(publication.revisions.first(), **options)[0]


def update(desk, link: PressLink, button: str):
    url = reverse("desk:press-link-update", args=[link.publication_id, link.pk])
    return desk.post(url, {button: "yes"}, follow=True)


def test_the_reviews_lead_to_the_press_links(desk):
    publication = make_publication()

    assert f'href="{page_of(publication)}"' in desk.get(reverse("desk:reviews", args=[publication.pk])).text


def test_a_new_link_is_shown_once_with_its_password_and_a_text_to_send(desk, client):
    publication = make_publication(title="Ferries")

    page = desk.post(page_of(publication), posted(), follow=True)

    secrets = page.context["secrets"]
    assert all(text in page.text for text in (secrets["address"], secrets["password"], "“Ferries”"))
    assert secrets["address"] in secrets["message"] and secrets["password"] not in secrets["message"]
    later = desk.get(page_of(publication)).text
    assert "Kim Ek, The Daily" in later
    assert secrets["address"] not in later and secrets["password"] not in later
    token = secrets["address"].rstrip("/").rpartition("/")[2]
    assert (
        client.post(reverse("desk:press", args=[token]), {"password": secrets["password"]}).status_code == 302
    )


def test_a_reload_of_the_page_that_shows_secrets_makes_no_others(desk):
    publication = make_publication()

    made = desk.post(page_of(publication), posted())
    stored = str(list(DeskSession.objects.values_list("session_data", flat=True)))
    desk.get(made["Location"])
    desk.get(made["Location"])
    link = PressLink.objects.get()
    renewed = update(desk, link, "password")

    assert made.status_code == 302 and renewed.redirect_chain == [(page_of(publication), 302)]
    assert link.token_hash not in stored and "shown_once" not in DeskSession.objects.get().session_data


def test_a_secret_on_its_way_to_the_page_is_encrypted_in_the_session(desk):
    publication = make_publication()

    desk.post(page_of(publication), posted())

    kept = next(value for name, value in desk.session.items() if name.startswith("shown_once"))
    assert "password" not in kept and "Kim Ek" not in kept


def test_many_links_are_listed_in_pages(desk, monkeypatch):
    monkeypatch.setattr("publications.admin.press_links.PRESS_LINKS_PER_PAGE", 2)
    publication = make_publication()
    for name in ("Ann", "Bo", "Cy"):
        desk.post(page_of(publication), posted(recipient=name))

    first = desk.get(page_of(publication))
    second = desk.get(page_of(publication), {"page": "2"})

    assert [[row.link.recipient for row in page.context["rows"]] for page in (first, second)] == [
        ["Cy", "Bo"],
        ["Ann"],
    ]
    assert 'href="?page=2"' in first.text and "2 / 2" in second.text


@pytest.mark.parametrize(
    ("locale", "phrase"), [("en", "You can read it here now"), ("sv", "Du kan läsa den här redan nu")]
)
def test_the_text_to_send_is_in_the_language_of_the_publication(desk, locale, phrase):
    publication = make_publication(language=locale)

    secrets = desk.post(page_of(publication), posted(), follow=True).context["secrets"]

    assert phrase in " ".join(secrets["message"].split()) and secrets["language"] == locale


def test_the_text_to_send_is_plain_and_says_from_when_it_can_be_read(desk):
    publication = make_publication(title="Bread & <wine>")
    opens_at = timezone.now() + timedelta(hours=3)

    page = desk.post(page_of(publication), posted(opens_at=typed(opens_at)), follow=True)
    message = page.context["secrets"]["message"]

    assert "Bread & <wine>" in message
    assert f"From {date_format(timezone.localtime(opens_at), 'DATETIME_FORMAT')}" in message


def test_the_embargo_of_a_scheduled_publication_is_its_schedule(desk, editor):
    publication = make_publication()
    edition = actions.publish(publication, by=editor, at=timezone.now() + timedelta(days=3))

    page = desk.get(page_of(publication))
    desk.post(page_of(publication), {"recipient": "Kim"})

    assert "embargoed_until" not in page.context["form"].fields
    assert PressLink.objects.get().embargo_end == edition.visible_from


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"recipient": ""}, "recipient"),
        ({"recipient": "x" * 101}, "recipient"),
        ({"recipient": "Kim \u202eElk"}, "recipient"),
        ({"recipient": "\u200b"}, "recipient"),
        ({"embargoed_until": ""}, "embargoed_until"),
        ({"embargoed_until": "2020-01-01T10:00"}, "embargoed_until"),
        ({"embargoed_until": "9999-12-31T10:00"}, "embargoed_until"),
        ({"opens_at": typed(tomorrow() + timedelta(days=3))}, "opens_at"),
    ],
)
def test_what_cannot_be_is_refused(desk, values, field):
    page = desk.post(page_of(make_publication()), posted(**values))

    assert field in page.context["form"].errors and not PressLink.objects.exists()


def test_what_is_public_gets_no_press_link(desk):
    publication = make_live().publication

    page = desk.post(page_of(publication), posted())

    assert "send its address instead" in page.text and not PressLink.objects.exists()


def test_a_publication_has_a_limited_number_of_open_links(desk, monkeypatch):
    monkeypatch.setattr("publications.admin.press_links.MAX_PRESS_LINKS", 1)
    publication = make_publication()
    make_link(publication)

    page = desk.post(page_of(publication), posted())

    assert "Close one first" in page.text and PressLink.objects.count() == 1


def test_openings_are_listed_by_time(desk):
    publication = make_publication()
    link = make_link(publication)
    for type in (PressLinkEventType.FAILED, PressLinkEventType.PAGE, PressLinkEventType.PDF):
        link.events.create(type=type)

    page = desk.get(page_of(publication))

    assert [event.type for row in page.context["rows"] for event in row.openings] == ["pdf", "page"]
    assert all(text in page.text for text in ("PDF opened", "page opened", "1 wrong password"))


def test_wrong_passwords_hide_no_opening(desk):
    publication = make_publication()
    link = make_link(publication)
    link.events.create(type=PressLinkEventType.PAGE)
    for _guess in range(MAX_SHOWN_OPENINGS + 1):
        link.events.create(type=PressLinkEventType.FAILED)

    page = desk.get(page_of(publication)).text

    assert "page opened" in page and f"{MAX_SHOWN_OPENINGS + 1} wrong passwords" in page


def test_a_link_can_be_closed(desk):
    link = make_link(make_publication())

    page = update(desk, link, "close")

    assert PressLink.objects.get().revoked_at and "The press link of Kim Ek is closed." in page.text
    assert update(desk, link, "password").status_code == 404


def test_a_new_password_is_shown_once(desk):
    link = make_link(make_publication())

    password = update(desk, link, "password").context["secrets"]["password"]

    assert PressLink.objects.get().check_password(password)
    assert password not in desk.get(page_of(link.publication)).text


def test_a_link_can_show_the_draft_as_it_is_saved_now(desk):
    publication = make_publication()
    link = make_link(publication)
    saved(publication, body="Mended.")

    offered = desk.get(page_of(publication)).text
    update(desk, link, "refresh")

    assert "the draft has changed since" in offered
    assert PressLink.objects.get().revision == publication.revisions.first()
    assert "the draft has changed since" not in desk.get(page_of(publication)).text


def test_a_link_cannot_be_changed_through_another_publication(desk):
    link, other = make_link(make_publication()), make_publication()

    response = desk.post(reverse("desk:press-link-update", args=[other.pk, link.pk]), {"close": "yes"})

    assert response.status_code == 404 and not PressLink.objects.get().revoked_at


def test_contributors_neither_see_nor_make_press_links(client):
    client.force_login(make_person("Contributors"), backend=BACKEND)
    link = make_link(make_publication())

    reviews = client.get(reverse("desk:reviews", args=[link.publication_id])).text
    statuses = [
        client.get(page_of(link.publication)).status_code,
        client.post(page_of(link.publication), posted()).status_code,
        update(client, link, "close").status_code,
    ]

    assert statuses == [403] * 3 and page_of(link.publication) not in reviews


def test_the_number_of_queries_does_not_depend_on_the_number_of_links(desk):
    publication = make_publication()
    make_link(publication)
    one = count_queries(desk, page_of(publication))
    for _link in range(5):
        make_link(publication).events.create(type=PressLinkEventType.PAGE)

    assert count_queries(desk, page_of(publication)) == one


def test_tidy_deletes_openings_after_ninety_days(capsys):
    link = make_link(make_publication())
    link.events.create(type=PressLinkEventType.PAGE)

    for days, count in ((89, 1), (91, 0)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            call_command("tidy")
        assert PressLinkEvent.objects.count() == count
    assert "1 press link event" in capsys.readouterr().out


def test_the_text_to_send_names_what_the_link_shows(desk, editor):
    publication = make_publication(title="What will be public")
    actions.publish(publication, by=editor, at=tomorrow())
    Publication.objects.filter(pk=publication.pk).update(title="Not decided yet")

    message = desk.post(page_of(publication), posted(), follow=True).context["secrets"]["message"]

    assert "What will be public" in message and "Not decided yet" not in message


@pytest.mark.parametrize("missing", [{"body": ""}, {"title": ""}, {"undecided_changes": 3}])
def test_a_text_that_cannot_be_published_gets_no_link(desk, missing):
    publication = make_publication(**missing)

    page = desk.post(page_of(publication), posted())

    errors = [message for _field, message in publication.publish_errors()]
    assert errors and errors == page.context["form"].non_field_errors()
    assert not PressLink.objects.exists()


def test_an_older_link_does_not_get_a_text_that_cannot_be_published(desk):
    link = make_link(make_publication(title="Whole"))
    Publication.objects.filter(pk=link.publication_id).update(body="")

    update(desk, link, "refresh")

    assert PressLink.objects.get().revision == link.revision


def test_a_schedule_that_passes_while_the_form_is_checked_is_an_error_of_the_form(editor):
    publication = make_publication()
    edition = actions.publish(publication, by=editor, at=tomorrow())
    form = PressLinkForm({"recipient": "Kim"}, publication=publication, scheduled=edition)

    with time_machine.travel(tomorrow() + timedelta(minutes=1)):
        assert not form.is_valid()

    assert form.non_field_errors() == ["This time has passed. Choose a later one."]


def test_tidy_deletes_the_names_of_recipients_ninety_days_after_the_embargo(capsys):
    link = make_link(make_publication())

    for days, name in ((90, "Kim Ek"), (92, "")):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            call_command("tidy")
        link.refresh_from_db()
        assert link.recipient == name
    assert "1 press link recipient" in capsys.readouterr().out


def test_the_name_stays_while_the_publication_waits_for_its_time(editor):
    link = make_link(make_publication())
    actions.publish(link.publication, by=editor, at=timezone.now() + timedelta(days=200))

    with time_machine.travel(timezone.now() + timedelta(days=150)):
        assert PressLink.objects.forget_recipients() == 0


@pytest.mark.parametrize("page", ["withdraw", "redact"])
def test_the_page_of_an_action_says_that_press_links_end(client, editor, page):
    publication = make_publication()
    actions.publish(publication, by=editor, at=tomorrow())
    make_link(publication, embargoed_until=tomorrow() + timedelta(days=1))

    client.force_login(make_person("Administrators"), backend=BACKEND)
    text = client.get(reverse(f"desk:{page}", args=[publication.pk])).text

    assert "1 press link to it ends too." in text


def test_the_form_proposes_the_planned_day_and_says_that_a_plan_publishes_nothing(desk):
    publication = make_publication()
    day = timezone.localdate() + timedelta(days=5)
    EditorialPlan.objects.create(publication=publication, planned_on=day)

    page = desk.get(page_of(publication))

    assert f'value="{day}T09:00"' in page.text
    assert "Nothing is scheduled." in page.text and "A plan publishes nothing" in page.text


def test_the_form_of_a_scheduled_publication_says_nothing_of_plans(desk, editor):
    publication = make_publication()
    actions.publish(publication, by=editor, at=tomorrow())

    assert "Nothing is scheduled." not in desk.get(page_of(publication)).text
