"""A footnote is opened at its mark, and stands in the list again once it is left, in whatever way."""

import pytest
from playwright.sync_api import expect

from tests.browser.text_editor import ADD, markdown_of, put_cursor_after, rich_text, set_markdown

pytestmark = pytest.mark.browser

FILLING = "\n\n".join(f"Paragraph {number}. " + "Words about it. " * 40 for number in range(4))
TEXT = f"First.[^1]\n\n{FILLING}\n\nMiddle.[^2] Words.\n\n{FILLING}\n\nLast.[^3]\n\n[^1]: One.\n[^2]: Two.\n[^3]: Three."
VIEWPORTS = [{"width": 1440, "height": 900}, {"width": 375, "height": 812}]
PLACES = """() => {
  const box = (element) => element.getBoundingClientRect();
  const tops = [...document.querySelectorAll(".footnotes li")].map((note) => Math.round(box(note).top - box(note.closest("section")).top));
  return { tops, inner: document.querySelector(".rich-text").scrollTop };
}"""
DISTANCE = """() => {
  const box = (element) => element.getBoundingClientRect(), note = document.querySelector(".is-open");
  const mark = [...document.querySelectorAll(".note-mark")].find((other) => other.textContent === note.getAttribute("value"));
  return Math.round(Math.max(box(note).top - box(mark).bottom, box(mark).top - box(note).bottom));
}"""
OPENED_BY = {
    "click": lambda page, number: page.locator(".note-mark").nth(number - 1).click(),
    "Enter": lambda page, number: select_mark(page, number),
}
LEFT_BY = {
    "Escape": lambda page: page.keyboard.press("Escape"),
    "arrow": lambda page: page.locator(".is-open .note-back").click(),
    "click": lambda page: rich_text(page).get_by_text("Words about it").first.click(),
    "scrolling": lambda page: (page.mouse.wheel(0, 600), page.keyboard.press("Escape")),
    "another field": lambda page: (page.keyboard.press("Escape"), page.locator("[name=title]").click()),
}  # fmt: skip


def select_mark(page, number: int) -> None:
    put_cursor_after(page, {1: "First.", 2: "Middle.", 3: "Last."}[number])
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")


@pytest.fixture
def form(open_desk):
    def open_form(viewport: dict):
        page = open_desk(ADD, viewport=viewport)
        set_markdown(page, TEXT)
        expect(rich_text(page)).to_contain_text("Three.")
        return page

    return open_form


@pytest.mark.parametrize("viewport", VIEWPORTS, ids=["wide", "phone"])
@pytest.mark.parametrize("opened_by", OPENED_BY)
def test_a_note_opens_at_its_mark_and_goes_back_into_the_list(form, viewport, opened_by):
    page = form(viewport)
    in_the_list = page.evaluate(PLACES)

    for name, leave in LEFT_BY.items():
        for number in (1, 2, 3):
            OPENED_BY[opened_by](page, number)
            expect(page.locator(".is-open")).to_have_attribute("value", str(number))
            expect(page.locator(".is-open")).to_be_in_viewport(ratio=1)
            assert page.evaluate(DISTANCE) in range(10), (name, number)
            page.keyboard.type("!")
            leave(page)

            expect(page.locator(".is-open")).to_have_count(0)
            assert page.evaluate(PLACES) == in_the_list, (name, number)


@pytest.mark.parametrize("viewport", VIEWPORTS, ids=["wide", "phone"])
def test_a_long_note_of_the_last_line_opens_above_it(form, viewport):
    page = form(viewport)
    set_markdown(page, f"{FILLING}\n\nLast.[^1]\n\n[^1]: " + "A long source. " * 20)

    page.locator(".note-mark").click()

    expect(page.locator(".is-open")).to_be_in_viewport(ratio=1)
    assert page.evaluate(DISTANCE) in range(10)
    assert page.evaluate(PLACES)["inner"] == 0


def test_an_open_note_follows_its_mark_when_the_window_gets_narrower(form):
    page = form(VIEWPORTS[0])
    page.locator(".note-mark").nth(1).click()

    page.set_viewport_size(VIEWPORTS[1])
    page.wait_for_timeout(300)

    assert page.evaluate(DISTANCE) in range(10)


@pytest.mark.parametrize("leave", ["click below", "ArrowDown"])
def test_what_is_written_below_the_notes_is_at_the_end_of_the_text(open_desk, leave):
    page = open_desk(ADD, viewport=VIEWPORTS[0])
    set_markdown(page, "Words.[^1]\n\n[^1]: A note.")
    if leave == "click below":
        box = rich_text(page).bounding_box()
        rich_text(page).click(position={"x": box["width"] / 2, "y": box["height"] - 10})
        expect(rich_text(page)).to_be_focused()
    else:
        put_cursor_after(page, "A note.")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")

    page.keyboard.type(" More.")

    assert rich_text(page).locator("> :last-child").get_attribute("class") == "footnotes"
    assert ("Words.[^1] More." in markdown_of(page)) == (leave == "click below")
    assert "More" in rich_text(page).inner_text()


@pytest.mark.parametrize("viewport", VIEWPORTS)
def test_the_row_that_is_typed_in_is_never_behind_the_buttons_of_a_table(open_desk, viewport):
    page = open_desk(ADD, viewport=viewport)
    set_markdown(page, "\n\n".join(f"Line {number}." for number in range(40)))
    for place in ("Line 9.", "Line 12.", "Line 15.", "Line 18."):
        put_cursor_after(page, place)
        page.get_by_role("toolbar").get_by_role("button", name="Table", exact=True).click()
        for cell in range(9):
            page.keyboard.type(f"c{cell}")
            page.wait_for_timeout(100)
            caret = page.evaluate("getSelection().getRangeAt(0).getBoundingClientRect().bottom")
            assert caret < page.locator("[data-table-tools]").bounding_box()["y"], (place, cell)
            page.keyboard.press("Tab")
