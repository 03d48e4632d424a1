"""Pictures come in at the desk: with their words or not at all, and no file is chosen twice."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.admin import held_uploads
from publications.models import AuditEntry, Image
from publications.models.image import originals
from tests.factories import make_image, make_person, picture_bytes

pytestmark = pytest.mark.django_db

ADD = "/desk/publications/image/add/"
ARRIVING = "/desk/library/arriving/"
FOCUS = {"focus_x": 50, "focus_y": 50}
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def own_store(tmp_path):
    """Where this test's originals and renditions lie."""
    return tmp_path


def upload(name: str = "field.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or picture_bytes())


def files_in(folder) -> list:
    return [each for each in folder.rglob("*") if each.is_file()]


def held_in(page) -> str:
    return re.search(r'name="held" value="([^"]+)"', page.text)[1]


# The form of the library


def test_a_file_that_came_without_words_is_not_chosen_again(
    desk, own_store, django_capture_on_commit_callbacks
):
    refused = desk.post(ADD, {"file": upload(), **FOCUS})
    assert not Image.objects.exists()
    assert "“field.png” is kept." in refused.text

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(ADD, {"held": held_in(refused), "alt_en": "A field", **FOCUS})

    image = Image.objects.get()
    assert (image.filename, image.alt_en, image.content) == ("field.png", "A field", picture_bytes())
    assert not files_in(own_store / "originals" / "waiting")


def test_a_file_waits_through_several_refusals(desk):
    page = desk.post(ADD, {"file": upload(), **FOCUS})
    page = desk.post(ADD, {"held": held_in(page), "credit": "Ann", **FOCUS})
    desk.post(ADD, {"held": held_in(page), "alt_en": "A field", **FOCUS})

    assert Image.objects.get().filename == "field.png"


def test_another_file_takes_the_place_of_the_one_that_waits(desk):
    page = desk.post(ADD, {"file": upload("old.png"), **FOCUS})
    desk.post(ADD, {"held": held_in(page), "file": upload("new.png"), "alt_en": "New", **FOCUS})

    assert Image.objects.get().filename == "new.png"


@pytest.mark.parametrize("word", ["", "nonsense", "WyJ4IiwieSJd:1abc:sig", "\0"])
def test_a_word_for_a_file_that_nobody_gave_out_finds_none(desk, word):
    page = desk.post(ADD, {"held": word, "alt_en": "A field", **FOCUS})

    assert "Choose a file." in page.text


def test_a_refused_file_does_not_wait_and_is_not_among_the_originals(desk, own_store):
    desk.post(ADD, {"file": upload("x.png", b"GIF89a=1;alert(1)"), "alt_en": "x", **FOCUS})

    assert not files_in(own_store)


def test_what_waited_longer_than_a_day_goes(own_store, monkeypatch):
    word = held_uploads.hold_upload(b"old", "old.png")
    later(monkeypatch)

    held_uploads.hold_upload(b"new", "new.png")

    assert [each.read_bytes() for each in files_in(own_store)] == [b"new"]
    assert held_uploads.get_held_upload(word) is None


def test_a_file_waits_on_where_storing_it_is_refused_in_the_end(
    desk, monkeypatch, django_capture_on_commit_callbacks
):
    page = desk.post(ADD, {"file": upload(), **FOCUS})
    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr("publications.actions.save_instance", refuse)
        desk.post(ADD, {"held": held_in(page), "alt_en": "A field", **FOCUS})

    assert held_uploads.get_held_upload(held_in(page)) is not None


def test_a_kept_file_that_is_gone_is_asked_for_again(desk):
    image = make_image()
    change = reverse("desk:publications_image_change", args=[image.pk])
    held = held_in(desk.post(change, {"file": upload(), **FOCUS, "focus_x": "200"}))
    originals().delete(held_uploads.get_held_upload(held).place)

    page = desk.post(change, {"held": held, "alt_en": "A field", **FOCUS})

    assert page.status_code == 200 and "The file that was kept is gone. Choose it again." in page.text
    assert held not in page.text


def refuse(*_params, **_how):
    raise actions.ActionRefused("Not now.")


def later(monkeypatch) -> None:
    """A day has gone by, and a minute."""
    now = timezone.now() + held_uploads.HELD_FOR + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.mark.parametrize(
    ("address", "params"),
    [
        (ADD, lambda: {"file": upload(), "alt_en": "A field", **FOCUS}),
        ("/desk/publications/author/add/", lambda: {"name": "Ann Berg", "portrait_file": upload()}),
    ],
)
def test_sizes_are_made_once_no_deed_waits_for_them(
    desk, own_store, address, params, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as afterwards:
        desk.post(address, params())
    assert Image.objects.exists() and not files_in(own_store / "renditions")

    for callback in afterwards:
        callback()

    assert files_in(own_store / "renditions")


def test_tidying_throws_away_what_nobody_came_back_for(own_store, monkeypatch):
    held_uploads.hold_upload(b"old", "old.png")
    call_command("tidy")
    assert files_in(own_store / "originals")

    later(monkeypatch)
    call_command("tidy")

    assert not files_in(own_store / "originals")


def test_two_may_sweep_at_once(own_store, monkeypatch):
    for content in (b"one", b"two"):
        held_uploads.hold_upload(content, "old.png")
    later(monkeypatch)
    store, names = originals(), originals().listdir("waiting")
    store.delete(f"waiting/{names[1][0]}")  # by the other, after this one has looked
    monkeypatch.setattr(type(store), "listdir", lambda *_: names)

    held_uploads.delete_expired_uploads()

    assert not files_in(own_store / "originals")


# The address that texts send their pictures to


def test_a_picture_of_a_text_comes_into_the_library_with_its_words(desk):
    sent = {"file": upload(), "alt": "Ett fält [i Kyiv]", "language": "sv", "credit": "Ann Berg"}

    answer = desk.post(ARRIVING, sent)

    image = Image.objects.get()
    assert answer.json() == {"markdown": rf"![Ett fält \[i Kyiv\]](image:{image.key})"}
    assert (image.alt_sv, image.alt_en, image.credit) == ("Ett fält [i Kyiv]", "", "Ann Berg")
    assert AuditEntry.objects.get().action == "amend"
    assert desk.get(reverse("desk:library-image", args=[image.key, "192s", "jpg"])).status_code == 200


def test_a_decorative_picture_needs_no_words(desk):
    answer = desk.post(ARRIVING, {"file": upload(), "is_decorative": "on", "language": "en"})

    assert answer.json() == {"markdown": f"![](image:{Image.objects.get().key})"}


def test_a_picture_stays_without_words_only_where_that_is_said(desk, own_store):
    refused = desk.post(ARRIVING, {"file": upload(), "language": "en"})
    assert (refused.status_code, refused.json()) == (
        422,
        {"said": "Say what the picture shows, or mark it as decorative."},
    )
    assert not files_in(own_store) and not Image.objects.exists()

    desk.post(ARRIVING, {"file": upload(), "language": "en", "later": "on"})

    assert Image.objects.get().alt == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is not a picture that can be shown"),
        (b"\xff\xd8" + b"\0" * (20 * 1024 * 1024), "The picture is larger than 20 MB."),
    ],
)
def test_what_is_refused_is_told_in_the_words_of_the_library_and_leaves_nothing(
    desk, own_store, content, said
):
    answer = desk.post(ARRIVING, {"file": upload("x.png", content), "alt": "x", "language": "en"})
    library = desk.post(ADD, {"file": upload("x.png", content), "alt_en": "x", **FOCUS})

    assert answer.status_code == 422
    assert answer.json()["said"].startswith(said)
    assert answer.json()["said"] in library.text
    assert not files_in(own_store) and not Image.objects.exists()


def test_the_address_takes_no_form_of_another_site(editor):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor, backend=BACKEND)

    assert strict.post(ARRIVING, {"file": upload(), "alt": "x"}).status_code == 403
    assert not Image.objects.exists()


def test_who_may_add_no_picture_sends_none(client):
    client.force_login(make_person("Linkers"), backend=BACKEND)

    assert client.post(ARRIVING, {"file": upload(), "alt": "x"}).status_code == 403
    assert not Image.objects.exists()


def test_the_answer_runs_nothing_and_is_kept_by_nobody(desk):
    answer = desk.post(ARRIVING, {"file": upload(), "alt": "x", "language": "en"})

    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "'unsafe-inline'" not in policy
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")
