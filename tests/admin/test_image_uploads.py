"""Uploads of images: their alternative texts, and files that stay stored while the form has errors."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.admin import pending_uploads
from publications.models import AuditEntry, Image, SiteVersion
from publications.models.image import original_storage
from tests.factories import make_image, make_person, picture_bytes

pytestmark = pytest.mark.django_db

ADD = "/desk/publications/image/add/"
UPLOAD_URL = "/desk/library/arriving/"
FOCUS = {"focus_x": 50, "focus_y": 50}
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def storage_folder(tmp_path):
    """Return the folder of this test's originals and renditions."""
    return tmp_path


def upload(name: str = "field.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or picture_bytes())


def files_in(folder) -> list:
    return [path for path in folder.rglob("*") if path.is_file()]


def pending_upload_token(page) -> str:
    return re.search(r'name="held" value="([^"]+)"', page.text)[1]


# The form of the library


def test_a_file_without_alternative_text_need_not_be_chosen_again(
    desk, storage_folder, django_capture_on_commit_callbacks
):
    refused = desk.post(ADD, {"file": upload(), **FOCUS})
    assert not Image.objects.exists()
    assert "“field.png” is kept." in refused.text

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(ADD, {"held": pending_upload_token(refused), "alt_en": "A field", **FOCUS})

    image = Image.objects.get()
    assert (image.filename, image.alt_en, image.content) == ("field.png", "A field", picture_bytes())
    assert not files_in(storage_folder / "originals" / "waiting")


def test_an_upload_is_held_through_several_errors(desk):
    page = desk.post(ADD, {"file": upload(), **FOCUS})
    page = desk.post(ADD, {"held": pending_upload_token(page), "credit": "Ann", **FOCUS})
    desk.post(ADD, {"held": pending_upload_token(page), "alt_en": "A field", **FOCUS})

    assert Image.objects.get().filename == "field.png"


def test_another_file_replaces_the_held_one(desk):
    page = desk.post(ADD, {"file": upload("old.png"), **FOCUS})
    desk.post(ADD, {"held": pending_upload_token(page), "file": upload("new.png"), "alt_en": "New", **FOCUS})

    assert Image.objects.get().filename == "new.png"


@pytest.mark.parametrize("word", ["", "nonsense", "WyJ4IiwieSJd:1abc:sig", "\0"])
def test_an_invalid_token_finds_no_held_upload(desk, word):
    page = desk.post(ADD, {"held": word, "alt_en": "A field", **FOCUS})

    assert "Choose a file." in page.text


def test_an_unsuitable_file_is_neither_held_nor_stored(desk, storage_folder):
    desk.post(ADD, {"file": upload("x.png", b"GIF89a=1;alert(1)"), "alt_en": "x", **FOCUS})

    assert not files_in(storage_folder)


def test_a_held_upload_is_deleted_after_a_day(storage_folder, monkeypatch):
    word = pending_uploads.store_pending_upload(b"old", "old.png")
    later(monkeypatch)

    pending_uploads.store_pending_upload(b"new", "new.png")

    assert [path.read_bytes() for path in files_in(storage_folder)] == [b"new"]
    assert pending_uploads.get_pending_upload(word) is None


def test_an_upload_stays_held_if_the_action_is_refused(desk, monkeypatch, django_capture_on_commit_callbacks):
    page = desk.post(ADD, {"file": upload(), **FOCUS})
    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr("publications.actions.save_instance", refuse)
        desk.post(ADD, {"held": pending_upload_token(page), "alt_en": "A field", **FOCUS})

    assert pending_uploads.get_pending_upload(pending_upload_token(page)) is not None


def test_an_expired_upload_has_to_be_chosen_again(desk):
    image = make_image()
    change = reverse("desk:publications_image_change", args=[image.pk])
    held = pending_upload_token(desk.post(change, {"file": upload(), **FOCUS, "focus_x": "200"}))
    original_storage().delete(pending_uploads.get_pending_upload(held).name)

    page = desk.post(change, {"held": held, "alt_en": "A field", **FOCUS})

    assert page.status_code == 200 and "The file that was kept is gone. Choose it again." in page.text
    assert held not in page.text


def refuse(*_params, **_how):
    raise actions.ActionRefused("Not now.")


def later(monkeypatch) -> None:
    """Set the clock ahead by a day and a minute."""
    now = timezone.now() + pending_uploads.MAX_PENDING_AGE + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.mark.parametrize(
    ("address", "params"),
    [
        (ADD, lambda: {"file": upload(), "alt_en": "A field", **FOCUS}),
        ("/desk/publications/author/add/", lambda: {"name": "Ann Berg", "portrait_file": upload()}),
    ],
)
def test_renditions_are_made_after_the_transaction(
    desk, storage_folder, address, params, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as afterwards:
        desk.post(address, params())
    assert Image.objects.exists() and not files_in(storage_folder / "renditions")

    for callback in afterwards:
        callback()

    assert files_in(storage_folder / "renditions")


def test_tidy_deletes_expired_uploads(storage_folder, monkeypatch):
    pending_uploads.store_pending_upload(b"old", "old.png")
    call_command("tidy")
    assert files_in(storage_folder / "originals")

    later(monkeypatch)
    call_command("tidy")

    assert not files_in(storage_folder / "originals")


def test_two_processes_may_delete_expired_uploads_at_once(storage_folder, monkeypatch):
    for content in (b"one", b"two"):
        pending_uploads.store_pending_upload(content, "old.png")
    later(monkeypatch)
    store, names = original_storage(), original_storage().listdir("waiting")
    store.delete(f"waiting/{names[1][0]}")  # by the other, after this one has looked
    monkeypatch.setattr(type(store), "listdir", lambda *_: names)

    pending_uploads.delete_expired_uploads()

    assert not files_in(storage_folder / "originals")


# The address that texts send their pictures to


def test_an_editor_upload_is_stored_with_its_alternative_text(desk):
    sent = {"file": upload(), "alt": "Ett fält [i Kyiv]", "language": "sv", "credit": "Ann Berg"}

    response = desk.post(UPLOAD_URL, sent)

    image = Image.objects.get()
    answer = response.json()
    assert (answer["src"], answer["alt"]) == (f"image:{image.key}", "Ett fält [i Kyiv]")
    assert answer["value"] == image.pk and answer["label"].startswith("field.png · Ett fält [i Kyiv]")
    assert (image.alt_sv, image.alt_en, image.credit) == ("Ett fält [i Kyiv]", "", "Ann Berg")
    assert AuditEntry.objects.get().action == "amend"
    assert desk.get(reverse("desk:library-image", args=[image.key, "192s", "jpg"])).status_code == 200


def test_a_decorative_image_needs_no_alternative_text(desk):
    response = desk.post(UPLOAD_URL, {"file": upload(), "is_decorative": "on", "language": "en"})

    assert response.json()["src"] == f"image:{Image.objects.get().key}" and response.json()["alt"] == ""


def test_the_alternative_text_may_follow_later_only_on_request(desk, storage_folder):
    refused = desk.post(UPLOAD_URL, {"file": upload(), "language": "en"})
    assert (refused.status_code, refused.json()) == (
        422,
        {"error": "Say what the picture shows, or mark it as decorative."},
    )
    assert not files_in(storage_folder) and not Image.objects.exists()

    desk.post(UPLOAD_URL, {"file": upload(), "language": "en", "later": "on"})

    assert Image.objects.get().alt == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is not a picture that can be shown"),
        (b"\xff\xd8" + b"\0" * (20 * 1024 * 1024), "The picture is larger than 20 MB."),
    ],
)
def test_an_editor_upload_is_refused_with_the_message_of_the_library(desk, storage_folder, content, said):
    response = desk.post(UPLOAD_URL, {"file": upload("x.png", content), "alt": "x", "language": "en"})
    library = desk.post(ADD, {"file": upload("x.png", content), "alt_en": "x", **FOCUS})

    assert response.status_code == 422
    assert response.json()["error"].startswith(said)
    assert response.json()["error"] in library.text
    assert not files_in(storage_folder) and not Image.objects.exists()


def test_a_refused_action_is_an_error_of_the_upload(desk):
    SiteVersion.objects.update(changed_at=timezone.now() + timedelta(days=1))

    response = desk.post(UPLOAD_URL, {"file": upload(), "alt": "A field", "language": "en"})

    assert response.status_code == 422 and "The clock of the server" in response.json()["error"]
    assert not Image.objects.exists()


def test_editor_uploads_need_a_csrf_token(editor):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor, backend=BACKEND)

    assert strict.post(UPLOAD_URL, {"file": upload(), "alt": "x"}).status_code == 403
    assert not Image.objects.exists()


def test_editor_uploads_need_the_permission_to_add_images(client):
    client.force_login(make_person("Linkers"), backend=BACKEND)

    assert client.post(UPLOAD_URL, {"file": upload(), "alt": "x"}).status_code == 403
    assert not Image.objects.exists()


def test_the_response_is_neither_executable_nor_cached(desk):
    response = desk.post(UPLOAD_URL, {"file": upload(), "alt": "x", "language": "en"})

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "'unsafe-inline'" not in policy
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
