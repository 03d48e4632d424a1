"""The rich text editor posts blocks: every view of the desk reads them as Markdown."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from publications.admin.carried_forms import SALT
from publications.admin.encryption import decrypt
from publications.models import Autosave
from tests.admin.test_carried_forms import PASSWORD, Browser, end_sessions, form_at
from tests.desk_forms import ADD, change, filled
from tests.factories import make_person, make_publication

pytestmark = pytest.mark.django_db

TEXT = "Hard\nwrapped *text*,  kept.\n\n* one\n* two\n\n[here]: https://example.org\n\nSee [here].\n"


def post_blocks(client: Client, url: str, blocks: list[dict], **fields):
    """Post a form with blocks in place of the text."""
    data = filled(**fields) | {"body-blocks": json.dumps(blocks)}
    del data["body"]
    return client.post(url, data)


def blocks_of(client: Client, text: str) -> list[dict]:
    return client.post(reverse("desk:editor-blocks"), {"text": text}).json()["blocks"]


def test_a_form_saves_untouched_blocks_byte_for_byte(desk):
    publication = make_publication(body=TEXT)
    blocks = blocks_of(desk, TEXT)

    post_blocks(
        desk, change(publication), [{"source": block["source"]} for block in blocks], publication=publication
    )

    publication.refresh_from_db()
    assert publication.body == TEXT


def test_an_edited_block_changes_its_own_lines_alone(desk):
    publication = make_publication(body=TEXT)
    blocks = [{"source": block["source"]} for block in blocks_of(desk, TEXT)]
    blocks[1] = {"html": "<ul><li>one</li><li><strong>three</strong></li></ul>"}

    post_blocks(desk, change(publication), blocks, publication=publication)

    publication.refresh_from_db()
    assert publication.body == TEXT.replace("* one\n* two", "- one\n- **three**")


def test_definitions_and_comments_are_edited_as_markdown(desk):
    blocks = blocks_of(desk, f"{TEXT}\n<!-- for us -->\n\nEnd <!-- here -->.\n")

    raw = [block["source"].strip() for block in blocks if block["html"] is None]
    assert raw == ["[here]: https://example.org", "<!-- for us -->", "End <!-- here -->."]


def test_the_markdown_of_blocks(desk):
    blocks = [{"html": "<h2>Grain</h2><p>A <em>b</em></p>"}, {"source": "c"}]

    response = desk.post(reverse("desk:editor-markdown"), {"blocks": json.dumps(blocks)})

    assert response.json() == {"text": "## Grain\n\nA *b*\n\nc"}


def test_a_text_that_cannot_be_shown_is_refused_with_the_reason(desk):
    response = desk.post(reverse("desk:editor-blocks"), {"text": "> " * 40 + "deep"})

    assert response.status_code == 422
    assert "nested" in response.json()["error"]


def test_an_autosave_and_a_preview_have_the_markdown(desk, editor):
    fields = {"form_key": "window", "turn": 1, "page": "1"}

    post_blocks(desk, reverse("desk:autosave"), [{"html": "<p><b>Bold</b> news</p>"}], **fields)
    preview = post_blocks(desk, reverse("desk:preview-unsaved"), [{"html": "<p>News of <b>today</b></p>"}])

    assert ["body", "**Bold** news"] in Autosave.objects.get(owner=editor).values
    assert "News of <strong>today</strong>" in preview.content.decode()


def test_blocks_of_a_stranger_are_carried_as_they_are_and_written_after_the_sign_in(client):
    publication = make_publication()
    blocks = [{"html": "<p>Typed <b>long</b></p>"}]

    response = post_blocks(client, change(publication), blocks)

    carried = html.fromstring(response.content).xpath("//input[@name='carried']/@value")[0]
    assert ["body-blocks", json.dumps(blocks)] in decrypt(carried, salt=SALT)[1]
    client.force_login(make_person("Editors"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.post(reverse("desk:carried"), {"carried": carried, "take": "yes"}, follow=True)
    assert "Typed **long**" in page.text and "body-blocks" not in dict(Autosave.objects.get().values)


def test_blocks_sent_while_signed_out_by_a_known_person_are_stored_as_markdown():
    editor, browser = make_person("Editors", password=PASSWORD), Browser()
    browser.sign_in(person=editor)
    publication = make_publication()
    form = form_at(browser.open(change(publication)), change(publication))
    end_sessions()

    browser.send(form, **{"body-blocks": json.dumps([{"html": "<p>Typed <b>long</b></p>"}])})

    values = Autosave.objects.get(owner=editor).values
    assert ["body", "Typed **long**"] in values and "body-blocks" not in dict(values)


@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/login/", "/desk/publications/publication/add/", "/desk/x/"]
)
def test_blocks_of_strangers_are_not_read(client, path):
    assert client.post(path, {"body-blocks": "no JSON"}).status_code != 400


def test_blocks_are_read_only_after_the_check_of_the_token(editor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")

    assert client.post(ADD, {"body-blocks": "no JSON"}).status_code == 403


@pytest.mark.parametrize("name", ["title-blocks", "-blocks", "x0-blocks", "summary-blocks"])
def test_blocks_of_other_fields_are_not_read(desk, name):
    assert desk.post(ADD, filled(title="T") | {name: "no JSON"}).status_code == 302


@pytest.mark.parametrize(
    "blocks",
    ["", "{", "{}", "[1]", '[{"text": "a"}]', '[{"source": 1}]', "[" * 100_000],
)
def test_what_the_editor_did_not_write_is_refused(desk, blocks):
    data = filled() | {"body-blocks": blocks}

    assert desk.post(reverse("desk:publications_publication_add"), data).status_code == 400


@pytest.mark.parametrize("name", ["editor-blocks", "editor-markdown"])
def test_strangers_get_no_answer(client, name):
    assert client.post(reverse(f"desk:{name}"), {"text": "a"}).status_code == 403


def test_html_of_an_attacker_is_harmless(desk):
    publication = make_publication(body="As it was.")
    hostile = '<script>alert(1)</script><p onclick="x()">a<img src=x onerror=alert(1)></p><iframe src="//e.org"></iframe>'

    post_blocks(desk, change(publication), [{"html": hostile}], publication=publication)
    page = desk.get(reverse("desk:preview", args=[publication.pk])).content.decode()

    assert [word for word in ("onclick", "onerror", "<iframe", "<script>alert") if word in page] == []
