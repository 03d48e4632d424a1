"""The dialog for images that are dropped or pasted into a text: their texts, the upload, and insertion at the caret."""

import base64
import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import faults
from tests.browser.text_editor import expect_markdown, markdown_of, put_cursor_after, rich_text, set_markdown
from tests.factories import picture_bytes

pytestmark = pytest.mark.browser

ADD = "/desk/publications/publication/add/"
IMAGE = re.compile(r"One\.\n\n!\[A field\]\(image:[a-z0-9]{20}\)\n\nTwo\.")
SEND = """(area, {how, files}) => {
  const data = new DataTransfer();
  for (const {name, type, content, more} of files) {
    data.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)), new Uint8Array(more)], name, {type}));
  }
  const options = {bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data};
  area.dispatchEvent(how === "paste" ? new ClipboardEvent("paste", options) : new DragEvent("drop", options));
}"""


@pytest.fixture
def form(open_desk):
    page = open_desk(ADD, viewport={"width": 1440, "height": 900})
    set_markdown(page, "One.\n\nTwo.")
    put_cursor_after(page, "One.")
    return page


def insert_files(page, *contents: bytes, how: str = "drop", more: int = 0) -> None:
    """Drop or paste images of these bytes, padded with `more` zeros."""
    files = [
        {"name": f"field-{number}.png", "type": "image/png", "content": base64.b64encode(content).decode(), "more": more}
        for number, content in enumerate(contents)
    ]  # fmt: skip
    rich_text(page).evaluate(SEND, {"how": how, "files": files})


def expect_text(page, pattern: re.Pattern[str]) -> None:
    """Wait until the text of the form matches."""
    expect(page.locator(".picture").first).to_be_visible()
    for _attempt in range(40):
        if pattern.search(markdown_of(page)):
            return
        page.wait_for_timeout(50)
    assert pattern.search(markdown_of(page)), markdown_of(page)


def in_library(page, query: str) -> int:
    return page.evaluate(
        "async (query) => (await (await fetch(`/desk/choose/images/?q=${query}`)).json()).results.length",
        query,
    )


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_an_image_gets_its_texts_and_is_inserted_at_the_caret(form, how):
    insert_files(form, picture_bytes(size=(800, 500)), how=how)
    dialog = form.get_by_role("dialog", name="A picture for the text")
    expect(dialog.locator("canvas")).to_be_visible()
    expect(dialog.get_by_label("Alternative text")).to_be_focused()
    assert not faults(form)

    form.keyboard.type("A field")
    form.keyboard.press("Tab")
    form.keyboard.press("Tab")
    form.keyboard.type("Ann Berg")
    form.keyboard.press("Enter")

    expect_text(form, IMAGE)
    expect(rich_text(form)).to_be_focused()
    expect(form.locator(".picture img")).to_have_js_property("naturalWidth", 800)
    form.keyboard.press("Control+Z")
    expect_markdown(form, "One.\n\nTwo.")


def test_a_missing_text_is_required_and_nothing_typed_is_lost(form):
    insert_files(form, picture_bytes("red"))
    dialog = form.get_by_role("dialog")
    dialog.get_by_label("Credit").fill("Ann Berg")

    dialog.get_by_role("button", name="Put into the text").click()
    expect(dialog).to_contain_text("Say what the picture shows, or mark it as decorative.")
    expect(dialog.get_by_label("Credit")).to_have_value("Ann Berg")

    dialog.get_by_label("Alternative text").fill("A field")
    dialog.get_by_role("button", name="Put into the text").click()
    expect_text(form, IMAGE)


def test_a_cancelled_image_leaves_nothing(form):
    before = in_library(form, "field")
    insert_files(form, picture_bytes("green"))
    expect(form.get_by_role("dialog")).to_be_visible()

    form.keyboard.press("Escape")

    expect(form.get_by_role("dialog")).to_be_hidden()
    expect_markdown(form, "One.\n\nTwo.")
    assert in_library(form, "field") == before


def test_an_image_can_be_added_to_the_library_alone(form):
    before = in_library(form, "field")
    insert_files(form, picture_bytes("yellow"))

    form.get_by_role("button", name="Only into the image library").click()

    expect(form.get_by_role("dialog")).to_be_hidden()
    expect_markdown(form, "One.\n\nTwo.")
    assert in_library(form, "field") == before + 1


def test_several_images_have_a_dialog_each(form):
    insert_files(form, picture_bytes("red"), picture_bytes("blue"))
    dialog = form.get_by_role("dialog")

    for step, text in ("1 / 2", "First"), ("2 / 2", "Second"):
        expect(dialog.get_by_role("heading")).to_contain_text(step)
        dialog.get_by_label("Alternative text").fill(text)
        dialog.get_by_role("button", name="Put into the text").click()

    expect_text(form, re.compile(r"!\[First\]\(image:\w+\)\n\n!\[Second\]"))


@pytest.mark.parametrize(
    ("more", "message"),
    [(0, "This is not a picture that can be shown"), (20 * 1024 * 1024, "larger than 20 MB")],
)
def test_an_unsuitable_file_is_refused_with_the_message_of_the_library(form, more, message):
    insert_files(form, b"GIF89a=1;alert(1)", more=more)
    form.get_by_role("dialog").get_by_label("Alternative text").fill("x")

    form.get_by_role("button", name="Put into the text").click()

    expect(form.get_by_role("dialog")).to_contain_text(message)
    expect(form.locator(".picture")).to_have_count(0)


def test_the_button_chooses_files_and_the_form_sends_nothing_of_the_dialog(form):
    form.get_by_role("toolbar").get_by_role("button", name="Picture").click()
    with form.expect_file_chooser() as chooser:
        form.get_by_role("button", name="Upload a picture").click()
    chooser.value.set_files({"name": "field.png", "mimeType": "image/png", "buffer": picture_bytes()})
    form.get_by_label("Alternative text").fill("A field")
    form.get_by_role("button", name="Put into the text").click()

    expect_text(form, IMAGE)
    names = form.evaluate("[...new FormData(document.querySelector('#publication_form')).keys()]")
    assert not {"alt", "is_decorative", "credit", "caption"} & set(names)


def test_an_upload_has_a_caption_at_once(form):
    insert_files(form, picture_bytes(size=(800, 500)))
    dialog = form.get_by_role("dialog")
    dialog.get_by_label("Alternative text").fill("A field")
    dialog.get_by_label("Caption").fill("Wheat near Odesa")

    dialog.get_by_role("button", name="Put into the text").click()

    expect_text(form, re.compile(r"!\[A field\]\(image:\w+ \"Wheat near Odesa\"\)"))


def test_an_image_has_a_caption_and_its_alternative_text_can_be_changed(form):
    insert_files(form, picture_bytes(size=(800, 500)))
    form.get_by_role("dialog").get_by_label("Alternative text").fill("A field")
    form.get_by_role("button", name="Put into the text").click()
    picture = form.locator(".picture")
    picture.get_by_label("Caption").fill("Wheat near Odesa")
    picture.get_by_label("Alternative text").fill("A field of wheat")
    form.keyboard.press("Enter")

    expect(rich_text(form)).to_be_focused()
    expect_text(form, re.compile(r'!\[A field of wheat\]\(image:\w+ "Wheat near Odesa"\)'))
    assert not faults(form)
