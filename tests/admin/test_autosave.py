"""Autosave: values of a form that is not saved are stored for their owner, who can restore, compare or discard them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.admin.drafts import autosave
from publications.models import AuditEntry, Autosave, Presence, Publication, Revision
from publications.models import autosave as autosave_model
from tests.desk_forms import ADD, change, filled
from tests.factories import make_author, make_live, make_person, make_publication

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
AUTOSAVE_URL = "/desk/typed/"


@pytest.fixture
def colleague():
    known = Client()
    known.force_login(make_person("Editors", first_name="Ann"), backend=BACKEND)
    return known


def post_autosave(
    desk,
    publication: Publication | None = None,
    key: str = "window",
    turn: int = 1,
    page: str = "1",
    **fields,
):
    """What the script sends while somebody types."""
    typed = {name: value for name, value in filled(publication, **fields).items() if not name.startswith("_")}
    place = {"piece": publication.pk if publication else "", "form_key": key, "turn": turn, "page": page}
    return desk.post(AUTOSAVE_URL, typed | place)


def test_what_is_typed_is_kept_and_the_record_knows_nothing_of_it(desk, editor):
    publication = make_publication(body="As stored.")
    before = (publication.version, Revision.objects.count())

    answer = post_autosave(desk, publication, body="Typed for an hour.")

    publication.refresh_from_db()
    assert answer.json()["stored_at"]
    assert (publication.body, publication.version, Revision.objects.count()) == ("As stored.", *before)
    assert ["body", "Typed for an hour."] in Autosave.objects.get(owner=editor).values


def test_secrets_and_buttons_of_a_form_are_not_kept(desk):
    post_autosave(desk, csrfmiddlewaretoken="secret")

    names = {name for name, _value in Autosave.objects.get().values}
    assert not names & {"csrfmiddlewaretoken", "_save", "form_key", "turn"}


def test_the_last_that_was_typed_is_kept_whatever_the_order_of_messages(desk):
    post_autosave(desk, title="Second", turn=2)
    post_autosave(desk, title="First", turn=1)

    assert Autosave.objects.get().title == "Second"


def test_another_page_of_the_same_form_begins_its_turns_anew(desk):
    post_autosave(desk, title="Before", turn=9, page="1")
    post_autosave(desk, title="After", turn=1, page="2")

    assert Autosave.objects.get().title == "After"


def test_two_windows_of_one_person_overwrite_nothing(desk):
    publication = make_publication()

    post_autosave(desk, publication, key="one", title="In one")
    post_autosave(desk, publication, key="two", title="In the other")

    assert {typed.title for typed in Autosave.objects.all()} == {"In one", "In the other"}


def test_the_form_offers_what_was_typed_and_not_saved(desk):
    publication = make_publication()
    post_autosave(desk, publication, title="Typed")

    page = desk.get(change(publication)).text

    assert "You typed something here that was not saved" in page
    assert all(word in page for word in ("Restore", "Compare", "Discard"))


def test_restoring_puts_everything_back_into_the_form_and_stores_nothing(desk):
    ann = make_author("Ann Berg")
    publication = make_publication(title="As stored")
    post_autosave(desk, publication, title="As typed", bylines=[ann.pk], tags="Belarus")

    page = desk.post(change(publication), {"_restore": Autosave.objects.get().pk})

    form = page.context["adminform"].form
    assert (form["title"].value(), form["tags"].value()) == ("As typed", "Belarus")
    assert "Ann Berg" in page.text
    assert "It is not in the draft yet: save it." in page.text
    assert page.text.count("Not in the draft yet") == 1  # in the bar
    assert Publication.objects.get().title == "As stored"


def test_what_was_restored_is_saved_like_anything_typed(desk):
    publication = make_publication(title="As stored")
    post_autosave(desk, publication, title="As typed")
    key = desk.post(change(publication), {"_restore": Autosave.objects.get().pk}).context["form_key"]

    desk.post(change(publication), filled(publication, title="As typed", form_key=key))

    assert Publication.objects.get().title == "As typed"
    assert not Autosave.objects.unsaved().exists()


def test_what_a_colleague_saved_concurrently_is_joined_with_what_is_restored(desk, colleague):
    publication = make_publication(title="As stored", summary="As stored.")
    post_autosave(desk, publication, title="As typed")
    colleague.post(change(publication), filled(publication, summary="As a colleague has it."))
    form = desk.post(change(publication), {"_restore": Autosave.objects.get().pk}).context["adminform"].form

    desk.post(change(publication), filled(publication, title="As typed", version=form["version"].value()))

    publication.refresh_from_db()
    assert (publication.title, publication.summary) == ("As typed", "As a colleague has it.")


def test_a_new_publication_that_was_never_saved_comes_back(desk):
    post_autosave(desk, title="New and lost")

    assert "New and lost" in desk.get(ADD).text
    page = desk.post(ADD, {"_restore": Autosave.objects.get().pk})

    assert page.context["adminform"].form["title"].value() == "New and lost"
    assert not Publication.objects.exists()


def test_a_message_that_comes_after_the_save_brings_nothing_back(desk):
    publication = make_publication()
    desk.post(change(publication), filled(publication, title="Saved", form_key="window"))

    post_autosave(desk, publication, title="Saved", turn=5)

    assert "was not saved" not in desk.get(change(publication)).text


def test_a_refused_form_keeps_what_was_typed(desk):
    publication = make_publication()
    post_autosave(desk, publication, title="Typed")

    desk.post(change(publication), filled(publication, title="Typed", kind="", form_key="window"))

    assert Autosave.objects.unsaved().exists()


def test_comparing_shows_what_differs_from_what_is_stored(desk):
    publication = make_publication(body="The river rose on Monday.")
    post_autosave(desk, publication, body="The river rose on Tuesday.")

    page = desk.get(reverse("desk:autosave-detail", args=[Autosave.objects.get().pk])).text

    assert "Monday" in page and "Tuesday" in page and "<ins>" in page


def test_a_text_that_cannot_be_shown_as_a_page_is_shown_as_it_was_typed(desk):
    publication = make_publication()
    post_autosave(desk, publication, body="> " * 9000 + "the words")

    assert "the words" in desk.get(reverse("desk:autosave-detail", args=[Autosave.objects.get().pk])).text


def test_what_was_typed_into_a_new_form_can_be_read(desk):
    post_autosave(desk, title="New", body="All of it.")

    assert "All of it." in desk.get(reverse("desk:autosave-detail", args=[Autosave.objects.get().pk])).text


def test_discarding_lets_go(desk):
    publication = make_publication()
    post_autosave(desk, publication, title="Typed")

    url = reverse("desk:autosave-discard", args=[Autosave.objects.get().pk])
    question = desk.post(url).text
    kept = Autosave.objects.exists()
    page = desk.post(url, {"sure": "yes"}, follow=True).text

    assert kept and "cannot be brought back" in question and "Typed" in question
    assert not Autosave.objects.exists() and "Discarded." in page


def test_whoever_may_not_write_can_let_go_of_what_was_typed_into_another_form(client):
    linker = make_person("Linkers")
    client.force_login(linker, backend=BACKEND)
    typed = Autosave.objects.create(owner=linker, key="k", path="/desk/links/", values=[["note", "Typed"]])

    client.post(reverse("desk:autosave-discard", args=[typed.pk]), {"sure": "yes"})

    assert not Autosave.objects.exists()


def test_discarding_on_the_first_page_of_the_desk_leads_back_to_it(desk):
    publication = make_publication()
    post_autosave(desk, publication, key="one", title="The same")
    post_autosave(desk, publication, key="two", title="The same")

    answer = desk.post(
        reverse("desk:autosave-discard", args=[publication.autosaves.first().pk]),
        {"home": "1", "sure": "yes"},
    )

    assert (answer["Location"], Autosave.objects.count()) == ("/desk/", 0)


@pytest.mark.parametrize("name", ["autosave-detail", "autosave-discard"])
def test_nobody_else_comes_near_what_somebody_typed(desk, colleague, name):
    publication = make_publication()
    post_autosave(desk, publication, title="Private")
    typed = Autosave.objects.get()
    address = reverse(f"desk:{name}", args=[typed.pk])

    answer = colleague.get(address) if name == "autosave-detail" else colleague.post(address)

    assert answer.status_code == 404
    assert Autosave.objects.filter(pk=typed.pk).exists()


def test_nobody_else_restores_what_somebody_typed(desk, colleague):
    publication = make_publication()
    post_autosave(desk, publication, title="Private")

    page = colleague.post(
        change(publication), {"_restore": Autosave.objects.get().pk, **filled(publication)}, follow=True
    )

    assert "Private" not in page.text
    assert "Private" not in colleague.get(change(publication)).text


def test_what_was_typed_into_one_publication_is_not_restored_into_another(desk):
    publication, other = make_publication(), make_publication(title="Another")
    post_autosave(desk, publication, title="Of the first")

    page = desk.post(change(other), {"_restore": Autosave.objects.get().pk, "_find": "", **filled(other)})

    assert "Of the first" not in page.text


def test_one_person_cannot_type_over_what_another_typed(desk, colleague, editor):
    publication = make_publication()
    post_autosave(desk, publication, title="Mine", key="window")
    post_autosave(colleague, publication, title="Theirs", key="window", turn=9)

    assert Autosave.objects.get(owner=editor).title == "Mine"


def test_linkers_keep_nothing(client):
    client.force_login(make_person("Linkers"), backend=BACKEND)

    assert post_autosave(client, make_publication()).status_code == 403


@pytest.mark.parametrize("slug", ["0", "-1", "x", "9" * 40, "1'"])
def test_a_publication_that_is_not_there_loses_nothing(desk, slug):
    desk.post(AUTOSAVE_URL, {"piece": slug, "form_key": "k", "title": "Typed"})

    assert Autosave.objects.get().title == "Typed"


def test_what_was_typed_into_a_draft_outlives_the_draft(desk, editor):
    publication = make_publication()
    post_autosave(desk, publication, title="Typed")

    publication.delete()

    assert "Typed" in desk.get(ADD).text


def test_too_much_is_refused_with_a_reason(desk, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000

    answer = post_autosave(desk, body="x" * 2_100_000)

    assert (answer.status_code, bool(answer.json()["error"])) == (413, True)


def test_a_null_byte_is_kept_out(desk):
    assert post_autosave(desk, title="A\0B").status_code == 200
    assert Autosave.objects.get().title == "AB"


def test_what_nobody_came_back_to_is_forgotten_after_half_a_year(desk):
    with time_machine.travel(timezone.now() - timedelta(days=200)):
        post_autosave(desk, key="old", title="Old")

    post_autosave(desk, key="new", title="New")

    assert [typed.title for typed in Autosave.objects.all()] == ["New"]


def test_a_redaction_reaches_what_is_being_typed(desk, editor):
    publication = make_live(body="Vera Holm said it.").publication
    post_autosave(desk, publication, body="Vera Holm said it twice.")

    actions.redact(publication, "Vera Holm", by=editor)

    assert "Vera Holm" not in str(Autosave.objects.get().values)


# Who else is here


def presence_url(publication: Publication) -> str:
    return reverse("desk:presence", args=[publication.pk])


def test_who_else_has_a_publication_open_is_reported(desk, colleague):
    publication = make_publication()

    colleague.post(presence_url(publication))

    assert desk.post(presence_url(publication)).json()["others"] == ["Ann has this open"]
    assert "Ann has this open" in desk.get(change(publication)).text


def test_when_they_last_typed_is_reported_too(desk, colleague):
    publication = make_publication()
    with time_machine.travel("2026-06-01 12:02Z", tick=False):
        post_autosave(colleague, publication, title="Typing")

        assert desk.post(presence_url(publication)).json()["others"] == [
            "Ann has this open, last typed 14:02"
        ]


def test_neither_oneself_nor_who_has_gone_is_reported(desk, colleague):
    publication = make_publication()
    with time_machine.travel(timezone.now() - timedelta(minutes=3)):
        colleague.post(presence_url(publication))

    assert desk.post(presence_url(publication)).json()["others"] == []


def test_opening_a_form_writes_nothing(desk):
    desk.get(change(make_publication()))

    assert not Presence.objects.exists()


def test_what_was_not_saved_several_times_is_gathered_and_let_go_of_at_once(desk):
    publication, other = make_publication(), make_publication()
    for number in range(3):
        post_autosave(desk, publication, key=f"window-{number}", title=f"Typed {number}")
    post_autosave(desk, other, key="other", title="Elsewhere")
    page = desk.get(change(publication)).text
    numbers = list(Autosave.objects.values_list("pk", flat=True))

    desk.post(
        reverse("desk:autosave-discard", args=[publication.autosaves.first().pk]),
        {"all": numbers, "sure": "yes"},
    )

    assert page.count('class="autosaves"') == 1 and "Discard all 3" in page
    assert [typed.title for typed in Autosave.objects.all()] == ["Elsewhere"]


# Back after the first save


def test_a_second_save_of_the_form_of_a_new_publication_is_a_save_of_that_one(desk):
    desk.post(ADD, filled(title="On Minsk", form_key="opened"))

    desk.post(ADD, filled(title="On Minsk again", form_key="opened"))

    publication = Publication.objects.get()
    assert (publication.title, publication.revisions.count()) == ("On Minsk again", 2)


def test_a_third_save_of_that_form_meets_no_conflict_with_its_own_second(desk):
    for title in ("One", "Two", "Three"):
        desk.post(ADD, filled(title=title, form_key="opened"))

    assert [publication.title for publication in Publication.objects.all()] == ["Three"]


def test_a_second_save_is_merged_with_what_others_have_saved(desk, editor):
    desk.post(ADD, filled(form_key="opened"))
    publication = Publication.objects.get()
    Publication.objects.filter(pk=publication.pk).update(title="Of another editor")
    publication.refresh_from_db()
    Revision.objects.create_from(publication, by=make_person("Editors"))

    clash = desk.post(ADD, filled(title="Mine", form_key="opened"))
    desk.post(ADD, filled(summary="Typed after Back.", form_key="opened"))

    publication = Publication.objects.get()
    assert "has saved this publication since you opened it" in clash.text
    assert (publication.title, publication.summary) == ("Of another editor", "Typed after Back.")


def test_the_form_of_another_person_is_not_taken_for_ones_own(desk, client):
    desk.post(ADD, filled(form_key="opened"))
    client.force_login(make_person("Editors"))

    client.post(ADD, filled(form_key="opened"))

    assert Publication.objects.count() == 2


def test_a_deleted_draft_is_written_anew(desk):
    desk.post(ADD, filled(form_key="opened"))
    Publication.objects.all().delete()

    desk.post(ADD, filled(title="Again", form_key="opened"))

    assert Publication.objects.get().title == "Again"


def test_the_address_of_a_new_form_names_it_and_leads_to_its_draft_once_saved(desk):
    address = desk.get(ADD, headers={"Sec-Fetch-Mode": "navigate"})["Location"]
    key = desk.get(address).context["form_key"]
    desk.post(address, filled(form_key=key))

    again = desk.get(address)
    desk.post(address, filled(title="From the memory of the browser", form_key="renewed"))

    publication = Publication.objects.get()
    assert again["Location"] == change(publication)
    assert publication.title == "From the memory of the browser"


def test_what_was_typed_is_offered_when_the_address_of_a_new_form_is_loaded_again(desk, editor):
    address = desk.get(ADD, headers={"Sec-Fetch-Mode": "navigate"})["Location"]
    key = desk.get(address).context["form_key"]
    post_autosave(desk, key=key, title="Before the crash")

    page = desk.get(address)

    assert [str(typed) for typed in page.context["autosaves"]] == ["Before the crash"]
    assert page.context["form_key"] != key


def test_what_was_offered_stays_when_another_text_is_saved_beside_it(desk, editor):
    address = desk.get(ADD, headers={"Sec-Fetch-Mode": "navigate"})["Location"]
    post_autosave(desk, key=desk.get(address).context["form_key"], title="Before the crash")
    again = desk.get(address).context["form_key"]

    desk.post(address, filled(title="Another text") | {"form_key": again})

    assert [str(typed) for typed in Autosave.objects.unsaved()] == ["Before the crash"]
    assert desk.get(address).status_code == 302, "Back leads to the draft that was saved"


def test_forms_sent_while_signed_out_take_no_room_of_those_kept_while_typing(desk, editor, monkeypatch):
    monkeypatch.setattr(autosave_model, "MAX_UNSAVED_CHARACTERS", 10_000)
    post_autosave(desk, key="own", title="Of my own")
    for number in range(3):
        Autosave.objects.create(owner=editor, key=f"sent-{number}", values=[["title", "x" * 6_000]])

    post_autosave(desk, key="newer", title="Newer")

    assert set(Autosave.objects.exclude(page="").values_list("key", flat=True)) == {"own", "newer"}


def test_nobody_keeps_forms_beyond_the_limit_by_naming_no_page(desk, editor, monkeypatch):
    monkeypatch.setattr(autosave_model, "MAX_UNSAVED", 2)

    for number in range(4):
        post_autosave(desk, key=f"w{number}", page="", title=f"Draft {number}")

    assert Autosave.objects.count() == 2


def test_of_the_forms_that_one_person_typed_into_the_newest_are_kept(desk, editor, monkeypatch):
    monkeypatch.setattr(autosave_model, "MAX_UNSAVED", 3)
    other = Autosave.objects.create(
        owner=make_person("Editors"), key="w0", typed_at=timezone.now() - timedelta(days=1)
    )

    for number in range(6):
        post_autosave(desk, key=f"w{number}", title=f"Draft {number}")

    assert list(Autosave.objects.filter(owner=editor).values_list("key", flat=True)) == ["w5", "w4", "w3"]
    assert Autosave.objects.filter(pk=other.pk).exists()


def test_what_one_person_typed_takes_limited_space_and_what_was_just_typed_stays(desk, editor, monkeypatch):
    monkeypatch.setattr(autosave_model, "MAX_UNSAVED_CHARACTERS", 10_000)
    for number in range(3):
        post_autosave(desk, key=f"w{number}", body="x" * 4_000)

    assert list(Autosave.objects.filter(owner=editor).values_list("key", flat=True)) == ["w2", "w1"]

    post_autosave(desk, key="long", body="x" * 12_000)

    assert list(Autosave.objects.filter(owner=editor).values_list("key", flat=True)) == ["long"]


@pytest.fixture
def in_other_thread():
    """Run a function in another connection to the database, as in another window."""
    with ThreadPoolExecutor(1) as thread:
        yield lambda function, *args: thread.submit(function, *args).result(60)
        thread.submit(lambda: connection.close()).result(60)  # that of the thread


def waits_for_lock(function: Callable, *args) -> bool:
    """Whether a function waits for a lock of another transaction; nothing that it does is stored."""
    try:
        with transaction.atomic():
            connection.cursor().execute("SET LOCAL lock_timeout = '1s'")
            function(*args)
            connection.check_constraints()
            transaction.set_rollback(True)
    except OperationalError:
        return True
    return False


@pytest.mark.postgresql
def test_the_save_of_a_new_form_holds_up_another_such_save_but_no_action_of_the_same_person(
    in_other_thread, rf
):
    """An action has the lock of the site, for which the save then waits, and its audit line refers to the person."""
    person = in_other_thread(make_person, "Editors")
    request = rf.post(ADD, {"form_key": "opened"})
    request.user = person

    try:
        with transaction.atomic():
            autosave.find_saved_publication(request)
            another_save = in_other_thread(waits_for_lock, autosave.find_saved_publication, request)
            action = in_other_thread(
                waits_for_lock, lambda: AuditEntry.objects.create(by=person, site_version=2**40)
            )
            transaction.set_rollback(True)
    finally:
        in_other_thread(person.delete)

    assert (another_save, action) == (True, False)
