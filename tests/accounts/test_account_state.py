"""Deactivation: it ends what the account can do, hands over what it holds, and says by whom and when."""

from datetime import date

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import AccountEvent, AccountRecord, DeskSession, Invitation
from publications.admin import submissions
from publications.admin.handover import HOLDINGS
from publications.models import CalendarAddress, EditorialPlan, PressLink, Publication, Review, Submission
from tests.factories import make_live, make_person, make_publication, tomorrow

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
STAY = {
    "ArchiveImport", "AuditEntry", "Autosave", "CalendarAddress", "Comment", "Edition", "NewsEvent", "OutboxMail",
    "Presence", "PressLink", "Review", "Revision", "TranslationCheck", "UserSettings", "WordFile", "Approval",
    "ExcludedSuggestion", "ImportDecision", "NameRemovalRecord",
}  # fmt: skip
"""Models whose columns for people say who did something, or are the person's own."""
STAYING_COLUMNS = {("EditorialPlan", "changed_by"), ("Publication", "deleted_by")}


@pytest.fixture
def administrator():
    return make_person("Administrators", first_name="Ada", last_name="Ek")


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator, backend=BACKEND)
    return client


@pytest.fixture
def leaver():
    return make_person("Editors", first_name="Bo", password="rain over four old harbours")


def path_of(account) -> str:
    return reverse("desk:account-state", args=[account.pk])


def page_of(desk, account) -> str:
    return desk.get(reverse("desk:auth_user_change", args=[account.pk])).text


def is_active(account) -> bool:
    account.refresh_from_db()
    return account.is_active


def give_work_to(account) -> dict[str, Publication]:
    """Something of each sort that is handed over, with its publication."""
    draft, submitted, written, edited = (make_publication(title=title) for title in "ABCD")
    Publication.objects.filter(pk=draft.pk).update(created_by=account)
    submissions.submit_for_checking(submitted, by=account)
    EditorialPlan.objects.create(publication=written, planned_on=date(2030, 1, 2), writer=account)
    EditorialPlan.objects.create(publication=edited, planned_on=date(2030, 1, 2), editor=account)
    return {"created_by": draft, "submitted_by": submitted, "writer": written, "editor": edited}


def test_deactivation_says_by_whom_when_and_why(desk, administrator, leaver):
    page = desk.post(path_of(leaver), {"reason": "Left for Vilnius"}, follow=True)

    assert "nobody can sign in with it" in page.text and not is_active(leaver)
    record = AccountRecord.of(leaver)
    assert (record.deactivated_by_name, record.deactivation_reason) == (
        administrator.username,
        "Left for Vilnius",
    )
    text = page_of(desk, leaver)
    assert f"by {administrator.username}: Left for Vilnius" in text and "Reactivate" in text
    assert list(AccountEvent.objects.values_list("type", "by_name")) == [
        ("sessions_ended", administrator.username),
        ("deactivated", administrator.username),
    ]


def test_it_ends_sessions_and_the_calendar_and_leaves_review_and_press_links(desk, leaver):
    browser = Client()
    browser.force_login(leaver, backend=BACKEND)
    CalendarAddress.objects.replace(leaver, language="en", is_own=False)
    revision = make_publication().revisions.first()
    Review.objects.invite(revision, reader="Ann", days=3, by=leaver)
    PressLink.objects.make(revision, recipient="Ann", embargoed_until=tomorrow())
    PressLink.objects.update(created_by=leaver)

    desk.post(path_of(leaver), {"reason": ""})

    assert (
        browser.get("/desk/").status_code == 302 and not DeskSession.objects.filter(account=leaver).exists()
    )
    assert not CalendarAddress.objects.exists()
    assert Review.objects.get().created_by == PressLink.objects.get().created_by == leaver
    types = set(AccountEvent.objects.values_list("type", flat=True))
    assert types == {"deactivated", "calendar_revoked", "sessions_ended"}


def test_a_reactivated_account_signs_in_again(desk, leaver):
    desk.post(path_of(leaver), {"reason": "x"})
    assert "Deactivated" in desk.get(path_of(leaver)).text

    assert "_reactivate" in desk.get(path_of(leaver)).text
    desk.post(path_of(leaver), {"_reactivate": "1"})

    assert is_active(leaver) and AccountRecord.of(leaver).deactivated_at is None
    login = {"username": leaver.username, "password": "rain over four old harbours"}
    assert Client().post("/desk/login/", login).status_code == 302
    assert AccountEvent.objects.filter(type="reactivated").count() == 1


def test_a_button_pressed_twice_does_not_do_the_opposite(desk, leaver):
    for _press in range(2):
        desk.post(path_of(leaver), {"reason": "x"})
    assert not is_active(leaver)

    for _press in range(2):
        desk.post(path_of(leaver), {"_reactivate": "1"})
    assert is_active(leaver)
    assert AccountEvent.objects.filter(type__in=["deactivated", "reactivated"]).count() == 2


def test_invitations_of_a_deactivated_account_end(desk, administrator):
    other = make_person("Administrators")
    for by in (other, administrator):
        email = f"{by.username}@example.com"
        Invitation.objects.create(
            email=email,
            username=f"by-{by.pk}",
            group=Group.objects.first(),
            invited_by=by,
            expires_at=tomorrow(),
            nonce=str(by.pk),
        )

    desk.post(path_of(other), {"reason": ""})

    assert [invitation.invited_by for invitation in Invitation.objects.all()] == [administrator]


def test_what_a_leaver_holds_is_listed_and_handed_over_in_one_step(desk, leaver, mailoutbox):
    held = give_work_to(leaver)
    eva = make_person("Editors", first_name="Eva", last_name="Lind", email="eva@example.org")
    page = desk.get(path_of(leaver)).text
    assert all(str(holding.label) in page for holding in HOLDINGS)
    paths = [reverse("desk:publications_publication_change", args=[each.pk]) for each in held.values()]
    assert all(f'<a href="{path}">' in page for path in paths)

    done = desk.post(path_of(leaver), {"to": eva.pk, "reason": ""}, follow=True)

    assert "4 entries went to Eva Lind" in done.text
    assert Publication.objects.get(pk=held["created_by"].pk).created_by == eva
    assert Submission.objects.get().submitted_by == eva
    assert EditorialPlan.objects.get(publication=held["writer"]).writer == eva
    assert EditorialPlan.objects.get(publication=held["editor"]).editor == eva
    assert not any(holding.of(leaver).exists() for holding in HOLDINGS)
    event = AccountEvent.objects.get(type="handed_over")
    assert event.detail == {"to": eva.username, "count": 4}
    assert f"Work handed over: 4 to {eva.username}" in desk.get("/desk/accounts/accountevent/").text
    call_command("send_mail", verbosity=0)
    (notice,) = (mail for mail in mailoutbox if "handed over to you" in mail.subject)
    assert (
        notice.to == ["eva@example.org"]
        and f"Ada Ek has handed over to you what “{leaver.username}”" in notice.body
    )


def test_without_a_successor_everything_stays(desk, leaver):
    give_work_to(leaver)

    desk.post(path_of(leaver), {"to": "", "reason": ""})

    assert all(holding.of(leaver).count() == 1 for holding in HOLDINGS) and not is_active(leaver)


def test_what_was_published_keeps_its_creator(desk, leaver):
    publication = make_live().publication
    Publication.objects.filter(pk=publication.pk).update(created_by=leaver)

    assert "What this account holds" not in desk.get(path_of(leaver)).text


@pytest.mark.parametrize("to", ["0", "x", "9" * 30, "linker", "self"])
def test_only_those_who_may_change_drafts_take_over(desk, leaver, to):
    give_work_to(leaver)
    linker = make_person("Linkers")
    named = {"linker": linker.pk, "self": leaver.pk}

    page = desk.post(path_of(leaver), {"to": named.get(to, to), "reason": ""})

    assert "Error:" in page.text and is_active(leaver)


def test_too_long_a_reason_is_refused(desk, leaver):
    assert "Error:" in desk.post(path_of(leaver), {"reason": "x" * 201}).text and is_active(leaver)


def test_the_last_administrator_is_not_deactivated(desk, administrator):
    page = desk.post(path_of(administrator), {"reason": ""})

    assert "Nobody could manage accounts" in page.text and is_active(administrator)
    assert not AccountEvent.objects.exists()


def test_the_form_of_a_user_does_not_deactivate(desk, leaver):
    desk.post(reverse("desk:auth_user_change", args=[leaver.pk]), {"username": "bo"})

    assert is_active(leaver)


def test_every_column_that_names_a_person_is_handed_over_or_stays():
    columns = {
        (model.__name__, field.name)
        for model in apps.get_app_config("publications").get_models()
        for field in model._meta.get_fields()
        if getattr(field, "many_to_one", False) or getattr(field, "one_to_one", False)
        if field.concrete and field.related_model is User
    }
    handed = {(holding.rows().model.__name__, holding.column) for holding in HOLDINGS}

    assert handed <= columns
    unknown = columns - handed - STAYING_COLUMNS
    assert {column for column in unknown if column[0] not in STAY} == set()
