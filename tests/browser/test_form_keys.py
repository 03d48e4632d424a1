"""The keys of the buttons of the form, and the place to which one comes back after a save."""

import pytest
from playwright.sync_api import expect

from tests.browser.text_editor import (
    ADD,
    put_cursor_after,
    rich_text,
    select_text,
    set_markdown,
    show_markdown,
)

pytestmark = pytest.mark.browser

TEXT = "\n\n".join(f"Paragraph {number}. " + "Words about it. " * 30 for number in range(12))
VIEWPORTS = [{"width": 1440, "height": 900}, {"width": 375, "height": 812}]
FIELDS = (
    "[name=title]",
    "[name=summary]",
    "[name=tags]",
    "[name=bylines-find]",
    "[name=kind]",
    ".rich-text",
    "body",
)


@pytest.fixture
def form(open_desk):
    def open_form(viewport: dict | None = None):
        page = open_desk(ADD, viewport=viewport or VIEWPORTS[0])
        page.fill("[name=title]", "Saved by a key")
        set_markdown(page, TEXT)
        save_by_key(page)
        return page

    return open_form


def save_by_key(page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    rich_text(page)
    page.wait_for_timeout(500)  # the place is found a moment later


def top_of(page, text: str) -> float:
    return rich_text(page).get_by_text(text).bounding_box()["y"]


def test_keys_save_and_check_from_every_field_and_from_none(form):
    page = form()
    address = page.url
    for field in FIELDS:
        page.locator(field).evaluate(
            "field => field === document.body ? document.activeElement.blur() : field.focus()"
        )
        save_by_key(page)
        expect(page.get_by_text("Draft saved")).to_be_visible()
    for field in FIELDS:
        page.locator(field).evaluate(
            "field => field === document.body ? document.activeElement.blur() : field.focus()"
        )
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/publish/**")
        page.goto(address)
        rich_text(page)


def test_keys_do_nothing_in_a_dialog_and_in_a_comment(form):
    page = form()
    address = page.url
    put_cursor_after(page, "Paragraph 1.")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Link")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.get_by_role("dialog", name="Link")).to_be_visible()
    page.get_by_role("button", name="Cancel").last.click()

    select_text(page, "Paragraph 1")
    page.keyboard.press("Control+Alt+m")
    comment = page.get_by_role("textbox", name="Comment", exact=True)
    expect(comment).to_be_focused()
    page.keyboard.type("Source?")
    page.keyboard.press("Control+Enter")

    expect(page.locator("[data-comment]")).to_contain_text("Source?")
    assert page.url == address


@pytest.mark.parametrize("viewport", VIEWPORTS, ids=["wide", "phone"])
def test_a_save_leaves_the_cursor_and_the_text_where_they_were(form, viewport):
    page = form(viewport)
    put_cursor_after(page, "Paragraph 2.")
    page.keyboard.press("End")
    page.keyboard.press("Enter")  # an empty paragraph, which is not saved
    put_cursor_after(page, "Paragraph 8.")
    rich_text(page).get_by_text("Paragraph 8.").evaluate(
        "paragraph => paragraph.scrollIntoView({block: 'center'})"
    )
    top = top_of(page, "Paragraph 8.")

    save_by_key(page)
    assert abs(top_of(page, "Paragraph 8.") - top) < 60  # less the empty paragraph
    expect(page.get_by_text("Draft saved")).to_be_in_viewport()
    page.keyboard.type(" Typed on.")

    expect(rich_text(page)).to_contain_text("Paragraph 8. Typed on.")
    expect(page.get_by_text("Draft saved")).not_to_be_in_viewport()


def test_a_save_from_a_field_or_the_markdown_comes_back_to_it(form):
    page = form()
    page.locator("[name=title]").evaluate("field => { field.focus(); field.setSelectionRange(5, 5); }")
    save_by_key(page)
    page.keyboard.type(" again")
    expect(page.locator("[name=title]")).to_have_value("Saved again by a key")

    show_markdown(page)
    page.locator("#id_body").evaluate(
        "field => { field.focus(); const end = field.value.indexOf('8.') + 2; field.setSelectionRange(end, end); }"
    )
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator("#id_body")).to_be_focused()
    page.wait_for_timeout(500)
    page.keyboard.type(" Typed on.")
    assert "Paragraph 8. Typed on." in page.locator("#id_body").input_value()


def test_a_refused_form_shows_what_is_wrong(form):
    page = form()
    page.locator("[name=isbn]").evaluate(
        "input => { input.closest('details').open = true; input.value = 'no number'; }"
    )
    put_cursor_after(page, "Paragraph 8.")

    page.keyboard.press("Control+s")

    expect(page.locator("#field-errors")).to_be_in_viewport()
    expect(page.locator("#field-errors")).to_be_focused()
