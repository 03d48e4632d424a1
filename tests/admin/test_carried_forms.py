"""A form that is submitted while signed out is redisplayed after the sign-in, to the user who typed it."""

import base64
import json
import random
import string
import zlib
from datetime import timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from lxml import html

from accounts.cookies import SIGN_INS
from accounts.models import DeskSession
from publications import actions
from publications.admin import carried_forms, pending_uploads
from publications.admin.carried_forms import CarriedForm
from publications.admin.encryption import encrypt
from publications.admin.remembered_sign_ins import find_user_pk, remember_user
from publications.models import Author, Autosave, MenuLink, Publication, Review, SitePage
from publications.models.autosave import AutosaveQuerySet
from tests.desk_forms import ADD, change
from tests.factories import make_author, make_image, make_live, make_person, make_publication, make_tag
from tests.html_forms import PageForm, forms_of
from tests.test_roles import TABLE, address, things  # noqa: F401

pytestmark = pytest.mark.django_db

PASSWORD = "a long way to Tbilisi"
HOST = "http://testserver"


class Browser(Client):
    """A browser that says where its forms stand, as browsers do, and whose tokens are checked."""

    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=True)

    def open(self, path: str):
        return self.get(path, follow=True)

    def send(self, form: PageForm, **fields):
        headers = {"Origin": HOST, "Referer": HOST + form.page, "Accept": "text/html"}
        return self.post(form.action, form.submitted() | fields, headers=headers)

    def sign_in(self, page=None, *, person, password: str = PASSWORD):
        """Sign in on the page for that, or on the one that a form was answered with."""
        page = page or self.open("/desk/login/")
        (form,) = forms_of(page.text, "/desk/login/")
        answer = self.send(form, username=person.username, password=password)
        return self.open(answer["Location"]) if answer.status_code == 302 else answer


@pytest.fixture
def ann():
    return make_person("Editors", password=PASSWORD)


@pytest.fixture
def browser(ann) -> Browser:
    """Ann's, who is signed in."""
    browser = Browser()
    browser.sign_in(person=ann)
    return browser


def end_sessions() -> None:
    DeskSession.objects.all().delete()


def form_at(page, path: str, names: set[str] = frozenset()) -> PageForm:
    """The form with these fields, or the largest."""
    fitting = [form for form in forms_of(page.text, path) if names <= form.names]
    return max(fitting, key=lambda form: len(form.names))


def edited_draft_form(browser: Browser, publication: Publication | None = None) -> PageForm:
    """The form of a publication with something typed everywhere."""
    path = change(publication) if publication else ADD
    form = form_at(browser.open(path), path)
    form.type_everywhere()
    return form


@pytest.fixture
def publication():
    make_author("Bo Ek"), make_tag("Belarus"), make_image()
    make_publication(language="sv")
    return make_publication(
        authors=[make_author("Ann Berg"), make_author("Cy Dahl")], tags=(make_tag("Ukraine"),)
    )


# The words


def test_a_draft_comes_back_with_everything_that_was_typed(browser, ann, publication):
    form = edited_draft_form(browser, publication)
    end_sessions()

    page = browser.sign_in(browser.send(form), person=ann)

    again = form_at(page, page.request["PATH_INFO"])
    assert again.typed() == form.typed()
    assert {
        "title",
        "body",
        "bylines",
        "bylines-role",
        "tags",
        "related",
        "cover_choice",
    } <= again.typed().keys()
    assert "nothing has been saved yet" in page.text


@pytest.mark.parametrize(
    ("limits", "idle"),
    [
        ({"SESSION_IDLE_HOURS": 12, "SESSION_DAYS": 14}, timedelta(hours=12, minutes=1)),
        ({"SESSION_IDLE_HOURS": 24 * 30, "SESSION_DAYS": 14}, timedelta(days=14, minutes=1)),
    ],
    ids=["idle", "absolute"],
)
def test_a_session_that_reached_a_limit_loses_nothing(browser, ann, publication, settings, limits, idle):
    for name, value in limits.items():
        setattr(settings, name, value)
    form = edited_draft_form(browser, publication)

    with time_machine.travel(timezone.now() + idle):
        signed_out = browser.send(form)
        page = browser.sign_in(signed_out, person=ann)

    assert signed_out.status_code == 403
    assert form_at(page, page.request["PATH_INFO"]).typed() == form.typed()


def test_a_new_publication_comes_back_with_everything_that_was_typed(browser, ann, publication):
    form = edited_draft_form(browser)
    end_sessions()

    page = browser.sign_in(browser.send(form), person=ann)

    assert page.request["PATH_INFO"] == ADD
    assert form_at(page, ADD).typed() == form.typed()


def test_nothing_is_stored_until_the_form_is_sent_again_and_then_it_is(browser, ann, publication):
    form = form_at(browser.open(change(publication)), change(publication))
    form.element.fields["title"] = "Typed while signed out"
    end_sessions()

    page = browser.sign_in(browser.send(form), person=ann)
    publication.refresh_from_db()
    before = publication.title
    browser.send(form_at(page, page.request["PATH_INFO"]))

    publication.refresh_from_db()
    assert (before == "Typed while signed out", publication.title) == (False, "Typed while signed out")
    assert not Autosave.objects.unsaved().exists()


def test_a_text_as_long_as_texts_get_is_carried_whole(browser, ann, publication):
    form = form_at(browser.open(change(publication)), change(publication))
    letters = random.Random(1).choices(string.ascii_letters + "åäöїє \n", k=399_000)
    form.element.fields["body"] = body = "x" + "".join(letters) + "x"
    end_sessions()

    page = browser.sign_in(browser.send(form), person=ann)

    assert form_at(page, change(publication)).typed()["body"] == [body]


def test_a_wrong_password_loses_nothing(browser, ann, publication):
    form = edited_draft_form(browser, publication)
    end_sessions()

    wrong = browser.sign_in(browser.send(form), person=ann, password="wrong")
    page = browser.sign_in(wrong, person=ann)

    assert form_at(page, change(publication)).typed() == form.typed()


def test_a_browser_that_has_lost_its_cookies_loses_nothing(browser, ann, publication):
    form = edited_draft_form(browser, publication)
    browser.cookies.clear()

    params = browser.sign_in(browser.send(form), person=ann)
    page = press_button(browser, params, "take")

    assert form_at(page, change(publication)).typed() == form.typed()


def test_what_was_typed_is_offered_until_it_is_saved(browser, ann, publication):
    form = edited_draft_form(browser, publication)
    end_sessions()
    browser.sign_in(browser.send(form), person=ann)

    assert "You typed something here that was not saved" in browser.open(change(publication)).text


def unsaved_on(page) -> list[Autosave]:
    """Return what the first page of the desk offers to restore."""
    return [autosave for row in page.context["unsaved_rows"] for autosave in row.autosaves]


def test_what_was_typed_of_an_author_is_offered_on_the_first_page_until_it_is_saved(browser, ann):
    author = make_author("Ann Berg")
    path = reverse("desk:publications_author_change", args=[author.pk])
    form = form_at(browser.open(path), path)
    form.element.fields["name"] = "Ann Bergh"
    end_sessions()
    page = browser.sign_in(browser.send(form), person=ann)

    options = unsaved_on(browser.open("/desk/"))
    browser.send(form_at(page, f"{path}?{page.request['QUERY_STRING']}"))

    assert [str(each) for each in options] == ["Ann Bergh"]
    assert not unsaved_on(browser.open("/desk/"))
    assert Author.objects.get(pk=author.pk).name == "Ann Bergh"


def test_the_page_for_signing_in_says_what_became_of_the_form(browser, publication):
    form = edited_draft_form(browser, publication)
    end_sessions()

    page = browser.send(form)

    assert page.status_code == 403
    assert "nothing of it is lost: sign in" in page.text


# After Back on the page for signing in


def author_form(browser: Browser, author: Author) -> tuple[str, PageForm]:
    path = reverse("desk:publications_author_change", args=[author.pk])
    form = form_at(browser.open(path), path)
    form.element.fields["name"] = "Ann Bergh"
    return path, form


def test_words_are_in_the_form_again_after_a_sign_in_on_another_page(browser, ann):
    path, form = author_form(browser, make_author("Ann Berg"))
    end_sessions()
    browser.send(form)

    page = browser.sign_in(browser.open(path), person=ann)

    assert form_at(page, path).typed()["name"] == ["Ann Bergh"]
    assert "nothing has been saved yet" in page.text


def test_words_of_an_earlier_hour_are_offered_and_not_filled_in(browser, ann):
    path, form = author_form(browser, make_author("Ann Berg"))
    end_sessions()
    browser.send(form)
    Autosave.objects.update(typed_at=timezone.now() - timedelta(hours=1))

    page = browser.sign_in(browser.open(path), person=ann)

    assert form_at(page, path).typed()["name"] == ["Ann Berg"]
    assert "You typed something here that was not saved" in page.text and "signed out" not in page.text
    (link,) = html.fromstring(page.text).xpath("//ul[@class='messagelist']//a/@href")
    assert form_at(browser.open(link), path).typed()["name"] == ["Ann Bergh"]


def test_words_are_offered_after_a_sign_in_that_leads_elsewhere(browser, ann):
    _path, form = author_form(browser, make_author("Ann Berg"))
    end_sessions()
    browser.send(form)

    browser.sign_in(person=ann)

    assert [str(each) for each in unsaved_on(browser.open("/desk/"))] == ["Ann Bergh"]


def test_a_draft_is_offered_in_its_form_after_a_sign_in_on_another_page(browser, ann, publication):
    form = edited_draft_form(browser, publication)
    end_sessions()
    browser.send(form)

    page = browser.sign_in(browser.open(change(publication)), person=ann)

    assert "You typed something here that was not saved" in page.text


def test_a_form_that_is_sent_twice_while_signed_out_is_offered_once(browser, ann):
    _path, form = author_form(browser, make_author("Ann Berg"))
    end_sessions()
    browser.send(form)

    browser.sign_in(browser.send(form), person=ann)

    assert Autosave.objects.count() == 1


def test_whoever_signs_in_next_finds_no_words_of_another_account(browser, ann, bo):
    path, form = author_form(browser, make_author("Ann Berg"))
    end_sessions()
    browser.send(form)

    page = browser.sign_in(browser.open(path), person=bo)

    assert "Ann Bergh" not in page.text + browser.open("/desk/").text


@pytest.mark.parametrize("is_carried_from_before", [False, True])
def test_a_form_of_a_former_address_comes_back_at_the_current_one(is_carried_from_before):
    browser, editor = Browser(), make_person("Administrators", password=PASSWORD)
    browser.sign_in(person=editor)
    page = SitePage.objects.first()
    current = reverse("desk:publications_sitepage_change", args=[page.pk])
    former = current.replace("/sitepage/", "/page/")
    form = form_at(browser.open(current), current)
    form.element.fields["title_en"] = "Typed while signed out"
    end_sessions()

    headers = {"Origin": HOST, "Referer": HOST + former, "Accept": "text/html"}
    if is_carried_from_before:
        values = [[name, value] for name, (value, *_rest) in form.typed().items() if value]
        answer = sign_in_carrying(browser, editor, CarriedForm(former, values, [], "", editor.pk).encrypted)
        restored = browser.open(answer["Location"])
    else:
        answer = browser.post(former, form.submitted(), headers=headers, follow=True)
        restored = browser.sign_in(answer, person=editor)

    assert restored.request["PATH_INFO"] == current
    assert form_at(restored, current).typed()["title_en"] == ["Typed while signed out"]


def test_strangers_leave_nothing_on_the_server(ann):
    stranger = Browser()
    stranger.open("/desk/login/")
    token = stranger.cookies["csrftoken"].value
    stranger.cookies["desk_person"] = f"{ann.pk}:{'0' * 64}"

    values = {"csrfmiddlewaretoken": token, "title": "Spam"}
    page = stranger.post(ADD, values, headers={"Origin": HOST, "Accept": "text/html"})

    assert page.status_code == 403 and not Autosave.objects.exists()


def test_a_browser_that_is_signed_out_leaves_the_newest_forms_alone(browser, ann, monkeypatch):
    monkeypatch.setattr(carried_forms, "MAX_SIGNED_OUT_AUTOSAVES", 2)
    path, form = author_form(browser, make_author("Ann Berg"))
    end_sessions()

    for number in range(4):
        form.element.fields["name"] = f"Ann {number}"
        page = browser.send(form)

    assert [str(typed) for typed in Autosave.objects.filter(owner=ann)] == ["Ann 3", "Ann 2"]
    assert "nothing of it is lost" in page.text
    assert form_at(browser.sign_in(page, person=ann), path).typed()["name"] == ["Ann 3"]


@pytest.fixture
def forms_kept_while_typing(ann):
    """As many as a browser that is signed out may leave: the script keeps them while somebody types."""
    for number in range(carried_forms.MAX_SIGNED_OUT_AUTOSAVES):
        values = [["title", f"Draft {number}"]]
        Autosave.objects.create(owner=ann, key=f"window-{number}", page="1", turn=3, values=values)


def test_forms_that_were_kept_while_typing_take_no_room_of_one_that_is_sent(
    browser, ann, forms_kept_while_typing
):
    path = reverse("desk:withdraw", args=[make_live().publication.pk])
    form = form_at(browser.open(path), path)
    for note in ("OLD note A", "NEW note B"):
        form.element.fields["note"] = note
        end_sessions()
        browser.send(form)

    page = browser.sign_in(browser.open(path), person=ann)

    assert form_at(page, path).typed()["note"] == ["NEW note B"]
    assert Autosave.objects.filter(owner=ann, page="1").count() == carried_forms.MAX_SIGNED_OUT_AUTOSAVES


def test_a_new_draft_after_many_others_is_offered_after_back(browser, ann, forms_kept_while_typing):
    form = edited_draft_form(browser)
    form.element.fields["title"] = "The twenty-first"
    end_sessions()
    browser.send(form)

    browser.sign_in(browser.open("/desk/"), person=ann)

    assert Autosave.objects.first().title == "The twenty-first"


def test_older_words_are_offered_and_not_filled_in_once_newer_ones_of_the_form_are_saved(browser, ann):
    path, form = author_form(browser, make_author("Ann Berg"))
    end_sessions()
    for name in ("Ann Old", "Ann New"):
        form.element.fields["name"] = name
        notice = browser.send(form)
    page = browser.sign_in(notice, person=ann)
    browser.send(form_at(page, f"{path}?{page.request['QUERY_STRING']}"))
    end_sessions()

    page = browser.sign_in(browser.open(path), person=ann)

    assert form_at(page, path).typed()["name"] == ["Ann New"]
    assert "nothing has been saved yet" not in page.text
    assert "You typed something here that was not saved" in page.text


def test_the_notice_says_where_only_the_page_itself_holds_the_words(browser, ann):
    _path, form = author_form(browser, make_author("Ann Berg"))
    browser.cookies.clear()

    page = browser.send(form)
    wrong = browser.sign_in(page, person=ann, password="wrong")

    for shown in (page, wrong):
        assert "nothing of it is lost" not in shown.text
        assert "Only this page holds it" in shown.text


def test_words_that_cannot_be_kept_are_never_taken_for_saved_ones(browser, ann, monkeypatch):
    path = change(make_publication())
    form = form_at(browser.open(path), path)
    form.element.fields["title"] = "Saved"
    browser.send(form)
    form.element.fields["title"] = "Typed after Back"
    end_sessions()
    monkeypatch.setattr(AutosaveQuerySet, "save_form", raise_operational_error)
    page = browser.send(form)
    monkeypatch.undo()

    assert "Only this page holds it" in page.text
    assert form_at(browser.sign_in(page, person=ann), path).typed()["title"] == ["Typed after Back"]


def raise_operational_error(*_args, **_values) -> None:
    raise OperationalError("database is locked")


def test_the_notice_still_says_that_nothing_is_lost_after_a_wrong_password(browser, ann):
    _path, form = author_form(browser, make_author("Ann Berg"))
    end_sessions()

    wrong = browser.sign_in(browser.send(form), person=ann, password="wrong")

    assert "nothing of it is lost" in wrong.text


def test_a_deactivated_account_leaves_nothing(browser, ann):
    _path, form = author_form(browser, make_author("Ann Berg"))
    end_sessions()
    type(ann).objects.update(is_active=False)

    browser.send(form)

    assert not Autosave.objects.exists()


def test_what_the_page_carries_cannot_be_read(browser):
    _path, form = author_form(browser, make_author("Ann Berg"))
    end_sessions()

    (field,) = html.fromstring(browser.send(form).text).xpath("//input[@name='carried']/@value")

    readable = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in field.split(":")]
    unpacked = [part for part in readable if part[:1] == b"x"]  # zlib
    assert not unpacked and not any(b"Bergh" in part for part in readable)


# Two windows with one form


def open_and_edit(browser: Browser, path: str, name: str, value: str) -> PageForm:
    """A form that is opened in a window of its own, as browsers say, with something typed into it."""
    page = browser.get(path, headers={"Sec-Fetch-Mode": "navigate"}, follow=True)
    form = form_at(page, f"{path}?{page.request['QUERY_STRING']}")
    form.element.fields[name] = value
    return form


def redisplayed_form(page) -> PageForm:
    return form_at(page, f"{page.request['PATH_INFO']}?{page.request['QUERY_STRING']}")


ADD_FORMS = [("author", "name"), ("tag", "name"), ("sitepage", "title_en")]


@pytest.mark.parametrize(("model", "name"), ADD_FORMS)
def test_after_back_each_window_leads_to_its_own_words(browser, ann, model, name):
    path = reverse(f"desk:publications_{model}_add")
    one, two = open_and_edit(browser, path, name, "Aone"), open_and_edit(browser, path, name, "Btwo")
    end_sessions()
    browser.send(one), browser.send(two)

    page = browser.sign_in(browser.open(one.page), person=ann)
    end_sessions()
    other = browser.sign_in(browser.open(two.page), person=ann)

    assert redisplayed_form(page).typed()[name] == ["Aone"]
    assert redisplayed_form(other).typed()[name] == ["Btwo"]


def test_each_notice_leads_to_the_words_of_its_own_window_once(browser, ann):
    path = reverse("desk:publications_author_add")
    one, two = open_and_edit(browser, path, "name", "Aone"), open_and_edit(browser, path, "name", "Btwo")
    end_sessions()
    first, second = browser.send(one), browser.send(two)

    browser.send(redisplayed_form(browser.sign_in(browser.open(one.page), person=ann)))
    browser.send(redisplayed_form(browser.sign_in(second, person=ann)))
    page = browser.sign_in(first, person=ann)

    assert sorted(Author.objects.values_list("name", flat=True)) == ["Aone", "Btwo"]
    assert "has been saved since" in page.text
    assert "name" not in redisplayed_form(page).typed()
    assert not unsaved_on(browser.open("/desk/"))


def test_words_of_another_window_with_the_same_row_are_offered_beside_those_filled_in(browser, ann):
    path, form = author_form(browser, make_author("Ann Berg"))
    end_sessions()
    for name in ("Ann One", "Ann Two"):
        form.element.fields["name"] = name
        browser.send(form)

    page = browser.sign_in(browser.open(path), person=ann)

    assert form_at(page, path).typed()["name"] == ["Ann Two"]
    (link,) = html.fromstring(page.text).xpath("//ul[@class='messagelist']//a/@href")
    assert form_at(browser.open(link), path).typed()["name"] == ["Ann One"]


def test_the_first_page_offers_every_unsaved_form_and_lets_go_of_each(browser, ann):
    path = reverse("desk:publications_author_add")
    forms = [open_and_edit(browser, path, "name", name) for name in ("Aone", "Btwo")]
    forms += [open_and_edit(browser, ADD, "title", f"Draft {number}") for number in range(6)]
    end_sessions()
    for form in forms:
        browser.send(form)
    browser.sign_in(person=ann)

    page = browser.open("/desk/")
    typed = next(each for each in unsaved_on(page) if str(each) == "Aone")
    restored = browser.open(typed.restore_url)
    (discard,) = [form for form in html.fromstring(page.text).forms if f"/{typed.pk}/discard/" in form.action]
    browser.send(PageForm(discard, "/desk/"), sure="yes")

    assert len(unsaved_on(page)) == 8 == page.text.count(">Restore<") == page.text.count(">Discard<")
    assert redisplayed_form(restored).typed()["name"] == ["Aone"]
    left = {str(each) for each in unsaved_on(browser.open("/desk/"))}
    assert left == {"Btwo", *(f"Draft {number}" for number in range(6))}


# Every form of the desk


URL_NAMES_WITHOUT_FORM = (
    "autocomplete", "picture", "word-original", "news-open", "reauthenticate", "authenticator-app", "recovery-codes",
    "name-removals", "subscribers",
)  # fmt: skip


def forms_to_try(browser: Browser, things: dict) -> list[tuple[str, int]]:  # noqa: F811
    """The forms of every page in the table: the address, and which of its forms."""
    found = []
    for name in sorted(TABLE):
        path = address(name, things)
        if (
            name.endswith(("_changelist", "_delete", "jsi18n", "password_change"))
            or name in URL_NAMES_WITHOUT_FORM
        ):
            continue
        page = browser.open(path)
        if page.status_code == 200 and "html" in page["Content-Type"]:
            found += [(path, number) for number, _form in enumerate(forms_of(page.text, path))]
    return found


def test_every_form_of_the_desk_comes_back_after_the_sign_in(things):  # noqa: F811
    person = make_person("Administrators", password=PASSWORD)
    browser = Browser()
    browser.sign_in(person=person)
    Autosave.objects.all().delete()
    tried, lost = forms_to_try(browser, things), {}
    for path, number in tried:
        form = forms_of(browser.open(path).text, path)[number]
        form.type_everywhere()
        expected = {name: value for name, value in form.typed().items() if "password" not in name}
        end_sessions()
        page = browser.sign_in(browser.send(form), person=person)
        shown = [each.typed() for each in forms_of(page.text, path) if expected.keys() <= each.names]
        if not any(each.items() >= expected.items() for each in shown):
            lost[path] = expected, shown[:1]

    assert len(tried) > 25
    assert lost == {}


def test_a_password_is_never_carried(browser, ann):
    form = form_at(browser.open("/desk/password_change/"), "/desk/password_change/")
    form.type_everywhere()
    end_sessions()

    browser.sign_in(browser.send(form), person=ann)

    assert not Autosave.objects.exists()


def test_an_address_of_a_reader_is_never_carried():
    person = make_person("Administrators", password=PASSWORD)
    browser = Browser()
    browser.sign_in(person=person)
    form = form_at(browser.open("/desk/subscribers/"), "/desk/subscribers/", {"address"})
    form.type_everywhere()
    end_sessions()

    browser.sign_in(browser.send(form), person=person)

    assert not Autosave.objects.exists()


def test_a_file_that_was_chosen_is_named_to_be_chosen_again(browser, ann, publication):
    form = form_at(browser.open(change(publication)), change(publication))
    end_sessions()
    page = browser.send(form, attach=SimpleUploadedFile("report.pdf", b"%PDF-1.7"))

    assert "report.pdf" in page.text
    assert "Choose again: report.pdf." in browser.sign_in(page, person=ann).text


# Whose they are


@pytest.fixture
def bo():
    return make_person("Editors", password=PASSWORD)


def press_button(browser: Browser, page, button: str):
    (form,) = [PageForm(each.element, "/desk/carried/") for each in _carrying(page)]
    answer = browser.send(form, **{button: "yes"})
    return browser.open(answer["Location"]) if answer.status_code == 302 else answer


def _carrying(page) -> list[PageForm]:
    return [PageForm(form, "") for form in html.fromstring(page.text).forms if "carried" in form.fields]


def test_somebody_else_who_signs_in_must_confirm_and_sees_nothing(browser, ann, bo, publication):
    form = edited_draft_form(browser, publication)
    form.element.fields["title"] = "Private to Ann"
    end_sessions()

    page = browser.sign_in(browser.send(form), person=bo)

    assert "Was it you who typed this?" in page.text and ann.username in page.text
    assert "Private to Ann" not in page.text
    assert not Autosave.objects.filter(owner=bo).exists()


def test_somebody_else_can_let_the_owner_sign_in(browser, ann, bo, publication):
    form = edited_draft_form(browser, publication)
    end_sessions()
    params = browser.sign_in(browser.send(form), person=bo)

    page = browser.sign_in(press_button(browser, params, "other"), person=ann)

    assert form_at(page, change(publication)).typed() == form.typed()


def test_somebody_else_can_throw_it_away(browser, ann, bo, publication):
    form = edited_draft_form(browser, publication)
    end_sessions()
    params = browser.sign_in(browser.send(form), person=bo)

    page = press_button(browser, params, "leave")

    assert page.status_code == 200
    assert form.typed()["title"][0] not in page.text and not Autosave.objects.filter(owner=bo).exists()


def test_what_somebody_else_leaves_is_offered_to_its_owner(browser, ann, bo, publication):
    form = edited_draft_form(browser, publication)
    end_sessions()
    press_button(browser, browser.sign_in(browser.send(form), person=bo), "leave")

    browser.post("/desk/logout/", {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value})
    page = browser.sign_in(browser.open(change(publication)), person=ann)

    assert "You typed something here that was not saved" in page.text


def test_an_account_that_may_not_open_the_form_is_not_given_the_words(browser, ann, publication):
    linker = make_person("Linkers", password=PASSWORD)
    path, form = author_form(browser, make_author("Ann Berg"))
    end_sessions()
    params = browser.sign_in(browser.send(form), person=linker)

    page = press_button(browser, params, "take")

    assert "may not open that form" in page.text and "Bergh" not in page.text
    assert [typed.owner for typed in Autosave.objects.all()] == [ann]
    back = browser.sign_in(press_button(browser, page, "other"), person=ann)
    assert form_at(back, path).typed()["name"] == ["Ann Bergh"]


def test_files_are_named_to_nobody_who_may_not_open_the_form(browser, publication):
    linker = make_person("Linkers", password=PASSWORD)
    form = form_at(browser.open(change(publication)), change(publication))
    end_sessions()
    page = browser.send(form, attach=SimpleUploadedFile("report.pdf", b"%PDF-1.7"))

    refused = press_button(browser, browser.sign_in(page, person=linker), "take")

    assert "may not open that form" in refused.text
    assert "report.pdf" not in refused.text + browser.open("/desk/").text


def test_words_of_a_row_that_was_deleted_concurrently_are_kept_for_whoever_typed_them(browser, administrator):
    author = make_author("Ann Berg")
    _path, form = author_form(browser, author)
    browser.cookies.clear()
    page = browser.send(form)
    author.delete()

    shown = press_button(browser, browser.sign_in(page, person=administrator), "take")

    assert "may not open that form" not in shown.text and "deleted" in shown.text
    assert [str(typed) for typed in unsaved_on(shown)] == ["Ann Bergh"]


@pytest.mark.parametrize(
    "path",
    [
        "publications/author/?nonsense=1",
        "publications/author/999/change/",
        "publications/publication/999/publish/",
    ],
)
def test_a_page_that_leads_on_or_is_gone_is_not_taken_for_one_that_is_forbidden(desk, path):
    form = CarriedForm(f"/desk/{path}", [["name", "Ann Bergh"]], ["photo.jpg"])

    answer = desk.post("/desk/carried/", {"carried": form.encrypted, "take": "yes"})

    assert answer.status_code == 302 and answer["Location"].startswith(form.path)
    assert "Choose again: photo.jpg." in desk.get("/desk/").text


def test_a_form_that_was_open_while_its_owner_signed_in_elsewhere_comes_back(browser, ann, publication):
    form = edited_draft_form(browser, publication)
    end_sessions()
    browser.sign_in(person=ann)

    answer = browser.send(form)
    page = browser.open(answer["Location"])

    assert form_at(page, change(publication)).typed() == form.typed()


def test_a_second_window_of_the_same_person_needs_no_confirmation(browser, ann):
    path, form = author_form(browser, make_author("Ann Berg"))
    end_sessions()
    waiting = browser.send(form)
    browser.sign_in(person=ann)

    page = browser.sign_in(waiting, person=ann)

    assert form_at(page, path).typed()["name"] == ["Ann Bergh"]


@pytest.fixture
def administrator():
    return make_person("Administrators", password=PASSWORD)


def test_a_list_says_that_nothing_was_done_rather_than_that_nothing_is_lost(administrator):
    MenuLink.objects.create(place="footer", section="topics")
    path, browser = reverse("desk:publications_menulink_changelist"), Browser()
    browser.sign_in(person=administrator)
    form = form_at(browser.open(path), path)
    form.type_everywhere()
    end_sessions()

    page = browser.send(form)

    assert "Nothing has been done" in page.text and "nothing of it is lost" not in page.text
    assert browser.sign_in(page, person=administrator).request["PATH_INFO"] == path


def test_a_button_that_was_pressed_is_no_text_that_could_be_lost(browser, ann, publication):
    review = Review.objects.invite(publication.revisions.first(), reader="Cy", days=3, by=ann)[0]
    comment = review.comments.create(publication=review.publication, text="Typed by a reader.")
    token = browser.cookies["csrftoken"].value
    end_sessions()

    page = browser.post(
        reverse("desk:comment-resolve", args=[publication.pk, comment.pk]),
        {"csrfmiddlewaretoken": token, "resolve": "yes"},
        headers={
            "Origin": HOST,
            "Referer": HOST + reverse("desk:reviews", args=[publication.pk]),
            "Accept": "text/html",
        },
    )

    assert "Nothing has been done" in page.text
    assert not Autosave.objects.exists()


def test_a_list_that_was_open_during_a_sign_in_is_shown_again(administrator):
    path, browser = reverse("desk:publications_author_changelist"), Browser()
    browser.sign_in(person=administrator)
    old = browser.cookies["csrftoken"].value
    end_sessions()
    browser.sign_in(person=administrator)

    values = {"csrfmiddlewaretoken": old, "action": "x"}
    headers = {"Origin": HOST, "Referer": HOST + path, "Accept": "text/html"}
    answer = browser.post(path, values, headers=headers, follow=True)

    assert answer.status_code == 200 and "Nothing has been done" in answer.text


def test_a_form_that_was_open_while_somebody_else_signed_in_is_not_saved_in_their_name(
    browser, ann, bo, publication
):
    form = edited_draft_form(browser, publication)
    end_sessions()
    browser.sign_in(person=bo)

    page = browser.send(form)

    assert "Was it you who typed this?" in page.text
    assert form.typed()["title"][0] not in page.text
    assert not publication.revisions.filter(saved_by=bo).exists()


def test_a_form_that_another_site_sends_is_refused_and_carried_nowhere(browser, ann, publication):
    values = {"title": "Foreign", "csrfmiddlewaretoken": "x" * 64}

    page = browser.post(
        change(publication), values, headers={"Origin": "https://evil.example", "Accept": "text/html"}
    )

    assert page.status_code == 403
    assert "carried" not in page.text


def test_what_a_script_sends_is_answered_as_scripts_expect(browser, publication):
    token = browser.cookies["csrftoken"].value
    end_sessions()

    answer = browser.post(
        reverse("desk:autosave"),
        {"csrfmiddlewaretoken": token},
        headers={"Accept": "application/json", "Origin": HOST},
    )

    assert answer.status_code == 302 and answer["Location"].startswith("/desk/login/")


def test_a_made_up_word_is_passed_over(browser, ann):
    end_sessions()
    (form,) = forms_of(browser.open("/desk/login/").text, "/desk/login/")

    answer = browser.send(form, username=ann.username, password=PASSWORD, carried="eyJ:made:up")

    assert answer.status_code == 302 and not Autosave.objects.exists()


def sign_like_previous_release(path: str, values: list[list[str]], person: int | None) -> str:
    return signing.dumps(
        [path, values, [], "key", person], salt="publications.desk.carried_forms", compress=True
    )


def test_values_that_browsers_hold_keep_their_salts(rf, ann):
    """Forms, cookies and held files of an older release are read: their salts are stored data."""
    key = salted_hmac(
        "publications.desk.encryption.publications.desk.carried_forms", "key", algorithm="sha256"
    ).digest()
    data = zlib.compress(json.dumps([ADD, [["title", "On Minsk"]], [], "key", ann.pk]).encode())
    binding = b"publications.desk.encryption.publications.desk.carried_forms:"
    carried = base64.urlsafe_b64encode(bytes(12) + AESGCM(key).encrypt(bytes(12), data, binding)).decode()
    secret = "a" * 32
    seal = salted_hmac(
        "publications.desk.carried_forms", f"{ann.pk}:{secret}", algorithm="sha256"
    ).hexdigest()
    request = rf.post("/desk/login/", {"carried": carried, "csrfmiddlewaretoken": secret})
    request.COOKIES["desk_person"] = f"{ann.pk}:{seal}"
    name = pending_uploads.get_pending_upload(pending_uploads.store_pending_upload(b"content", "a.png")).name
    held = signing.dumps([name, "a.png"], salt="publications.desk.waiting_files")

    assert carried_forms.read_carried_form(request) == CarriedForm(
        ADD, [["title", "On Minsk"]], [], "key", ann.pk
    )
    assert find_user_pk(request) == ann.pk
    assert pending_uploads.get_pending_upload(held).read() == b"content"


def test_a_user_is_remembered_through_a_change_of_the_key(rf, ann, settings):
    request, response = rf.post("/desk/login/", {"csrfmiddlewaretoken": "a" * 32}), HttpResponse()
    request.META["CSRF_COOKIE"], request.user = "a" * 32, ann
    remember_user(request, response)
    request.COOKIES[SIGN_INS.name] = response.cookies[SIGN_INS.name].value

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"

    assert find_user_pk(request) == ann.pk
    settings.SECRET_KEY_FALLBACKS = []
    assert find_user_pk(request) is None


def test_a_form_is_carried_through_a_change_of_the_key(rf, settings):
    form = CarriedForm(ADD, [["title", "On Minsk"]], [])
    request = rf.post("/desk/login/", {"carried": form.encrypted})

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert carried_forms.read_carried_form(request) == form

    settings.SECRET_KEY_FALLBACKS = []
    assert carried_forms.read_carried_form(request) is None


def sign_in_carrying(browser: Browser, person, carried: str):
    (form,) = forms_of(browser.open("/desk/login/").text, "/desk/login/")
    return browser.send(form, username=person.username, password=PASSWORD, carried=carried)


@pytest.mark.parametrize("name", ["Ann Bergh", "Ann " + "Bergh " * 99], ids=["plain", "compressed"])
def test_a_page_that_was_rendered_by_the_release_before_loses_nothing(ann, name):
    browser, path = Browser(), reverse("desk:publications_author_change", args=[make_author("Ann Berg").pk])
    carried = sign_like_previous_release(path, [["name", name]], ann.pk)

    answer = sign_in_carrying(browser, ann, carried)

    assert form_at(browser.open(answer["Location"]), path).typed()["name"] == [name]


def test_what_was_altered_is_passed_over(rf, ann):
    form, draw = CarriedForm(ADD, [["title", "On Minsk " * 9]], []), random.Random(1)
    for intact in (form.encrypted, sign_like_previous_release(form.path, form.values, ann.pk)):
        for _ in range(200):
            place = draw.randrange(len(intact))
            letter = draw.choice(string.printable.replace(intact[place], ""))
            altered = intact[:place] + draw.choice(["", letter, letter * 3]) + intact[place + 1 :]
            read = carried_forms.read_carried_form(rf.post("/desk/login/", {"carried": altered}))

            assert read is None, altered


@pytest.mark.parametrize(
    "values", [None, 1, "text", [], [ADD], [ADD, [], [], "", None, "later"], {"path": ADD}]
)
def test_what_another_release_carries_is_passed_over(rf, values):
    encrypted = encrypt(values, salt=carried_forms.SALT)
    signed = signing.dumps(values, salt=carried_forms.SALT)

    for carried in (encrypted, signed):
        assert carried_forms.read_carried_form(rf.post("/desk/login/", {"carried": carried})) is None


def test_a_redaction_reaches_what_was_carried(browser, ann):
    publication = make_live(body="Vera Holm said it.").publication
    path = reverse("desk:withdraw", args=[publication.pk])
    form = form_at(browser.open(path), path)
    form.element.fields["note"] = "Vera Holm asked for it."
    end_sessions()
    browser.sign_in(browser.send(form), person=ann)

    actions.redact(publication, "Vera Holm", by=ann)

    assert "Vera Holm" not in str(Autosave.objects.get().values)


def test_an_open_form_learns_who_is_signed_in_now(browser, ann):
    result = browser.get(reverse("desk:signed-in")).json()

    assert result["person"] == ann.pk and len(result["token"]) == 64


# What may be odd


@pytest.fixture
def desk_request(rf, editor):
    request = rf.post("/desk/login/")
    request.user = editor
    return request


def test_a_form_with_a_long_address_comes_back(desk_request):
    path = f"{reverse('desk:bulk-tags')}?of={'1234%2C' * 400}"

    address = carried_forms.restore_form(desk_request, CarriedForm(path, [["add", "Grain"]], []))

    assert Autosave.objects.get().path == path and address.startswith(path)


def test_a_form_whose_page_a_release_took_away_stops_no_sign_in(desk_request):
    form = CarriedForm("/desk/publications/publication/1/gone/page/", [["title", "Grain"]], [])

    assert carried_forms.restore_form(desk_request, form)


@pytest.mark.parametrize("referer", ["http://[", "http://[::1/", "//", "\x00"])
def test_an_odd_referer_is_no_server_error(client, referer):
    answer = client.post(
        "/desk/publications/publication/add/", {"title": "Grain"}, headers={"Referer": referer}
    )

    assert answer.status_code < 500


def test_what_was_typed_fills_no_other_form(desk, editor):
    one, other = make_publication(title="One"), make_publication(title="Other")
    typed = Autosave.objects.save_form(
        editor, "k", {"values": [["title", "Typed into one"]], "publication": one}
    )
    path = reverse("desk:publications_publication_change", args=[other.pk])

    assert "Typed into one" not in desk.get(path, {"held": typed.pk}).text
    assert Autosave.objects.unsaved().filter(pk=typed.pk).exists()


def test_a_browser_without_cookies_reads_why_it_cannot_sign_in():
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post(
        "/desk/login/",
        {"username": "ann", "password": "x"},
        headers={"Origin": "http://testserver", "Accept": "text/html"},
    )

    assert answer.status_code == 403 and "cookies" in answer.text


@pytest.mark.parametrize(("length", "is_carried"), [(400_000, True), (1_100_000, False)])
def test_the_page_for_signing_in_carries_no_more_than_editors_need(client, length, is_carried):
    """Anybody may send a form, and compressing and writing it costs time."""
    page = client.post(ADD, {"title": "Long", "body": "grain " * (length // 6)})

    assert page.status_code == 403
    assert bool(page.context["carried"].values) == is_carried
    assert ("Only this page holds it" in page.text) == is_carried
    assert ("Nothing has been done. Sign in, then do it again." in page.text) != is_carried


def test_what_the_page_does_not_carry_is_held_for_whoever_had_the_form_open(editor):
    carried = CarriedForm(ADD, [["title", "Long"], ["body", "x" * 1_100_000]], [], "window", editor.pk)

    shown = carried_forms._drop_long_values(carried_forms._store_for_owner(carried))

    assert shown.values == [] and Autosave.objects.get(owner=editor).title == "Long"


def test_a_form_sent_to_a_redirect_of_the_admin_is_no_server_error(client):
    """The admin redirects `…/kind/1/` by the name of a URL pattern, not by a path."""
    assert client.post("/desk/publications/kind/1/", {"name": "Note"}).status_code < 500
