"""The rich text editor: what somebody writes without knowing Markdown, and what stays as it was."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import faults
from tests.browser.text_editor import (
    ADD,
    expect_markdown,
    markdown_of,
    put_cursor_after,
    rich_text,
    select_text,
    set_markdown,
    show_markdown,
)

pytestmark = pytest.mark.browser
UNUSUAL = """Title
=====

* one
* two with __bold__
continued lazily

[reference]: https://example.org "x"

See [this][reference] and <span lang="sv">så</span>.[^b]

<!-- for colleagues -->

| a | b |
|:-:|---|
| 1 | 2 |

[^b]: A note,
    indented.
"""


@pytest.fixture
def form(open_desk):
    page = open_desk(ADD)
    rich_text(page)
    return page


def button(page, name: str):
    return page.get_by_role("toolbar").get_by_role("button", name=name, exact=True)


# What is not edited


def test_an_unusual_text_stays_byte_for_byte(form):
    set_markdown(form, UNUSUAL)
    assert markdown_of(form) == UNUSUAL.rstrip("\n")

    put_cursor_after(form, "two with ")
    form.keyboard.type("x")
    form.keyboard.press("Backspace")
    assert markdown_of(form) == UNUSUAL.rstrip("\n")


def test_an_edited_word_leaves_the_other_items_and_notes(form):
    set_markdown(form, "* one\n* two[^a]\n\n__Strong__\nword[^b]\n\n[^a]: A.\n[^b]: __B.__\n")

    for words in ("two", "word", "A."):
        put_cursor_after(form, words)
        form.keyboard.type("s")
    expect_markdown(form, "* one\n* twos[^a]\n\n__Strong__\nwords[^b]\n\n[^a]: A.s\n[^b]: __B.__")


def test_an_edit_changes_its_own_block_alone(form):
    set_markdown(form, UNUSUAL)

    put_cursor_after(form, "two with ")
    form.keyboard.type("some ")

    edited = UNUSUAL.replace("two with __bold__", "two with some __bold__")
    assert markdown_of(form) == edited.rstrip("\n")


# Writing


def test_a_text_is_written_without_markdown(form):
    rich_text(form).click()
    keys = form.keyboard
    for text in ("Plain with ", "*literal* ", "signs & [brackets]."):
        keys.type(text)
    keys.press("Enter")
    keys.type("## A heading")
    keys.press("Enter")
    for sign, items in (("- ", ("one", "two")), ("1. ", ("first", "second"))):
        keys.type(sign)
        for item in items:
            keys.type(item)
            keys.press("Enter")
        keys.press("Enter")
    keys.type("> said")
    keys.press("Enter")
    keys.press("Enter")
    keys.type("End")

    expect_markdown(
        form,
        "Plain with \\*literal\\* signs & [brackets].\n\n## A heading\n\n- one\n- two\n\n1. first\n2. second\n\n> said\n\nEnd",
    )


MARKED = [
    ("Bold", "one two", "two", "one **two**"),
    ("Bold", "one **two**", "two", "one two"),
    ("Italic", "one **two**", "two", "one ***two***"),
    ("Italic", "a *b* c", "b", "a b c"),
    ("List", "a\n\nb", "a", "- a\n\nb"),
    ("List", "- a", "a", "a"),
    ("List", "1. a\n2. b", "a", "- a\n- b"),
    ("Numbered list", "a", "a", "1. a"),
    ("Quotation", "a\n\nb", "a", "> a\n\nb"),
    ("Quotation", "> a", "a", "a"),
]


def test_a_button_formats_the_selection_and_undo_reverts_it(form):
    for name, text, selected, after in MARKED:
        set_markdown(form, text)
        select_text(form, selected)

        button(form, name).click()
        expect_markdown(form, after)
        expect(rich_text(form)).to_be_focused()

        button(form, "Undo").click()
        expect_markdown(form, text)
        button(form, "Redo").click()
        expect_markdown(form, after)


def test_the_menu_of_styles_makes_headings(form):
    set_markdown(form, "Title\n\nText")
    menu = form.get_by_role("combobox", name="Style")
    for style, markdown in (
        ("Heading", "## Title"),
        ("Subheading", "### Title"),
        ("Quotation", "> ### Title"),
        ("Text", "> Title"),
    ):
        select_text(form, "Title")
        menu.select_option(style)
        expect_markdown(form, f"{markdown}\n\nText")
    expect(menu).to_have_value("quote")


def test_keys_do_what_buttons_do(form):
    for keys, after in [
        ("Control+B", "**x**"), ("Control+I", "*x*"), ("Control+Alt+1", "## x"), ("Control+Alt+2", "### x"),
        ("Control+Alt+3", "#### x"), ("Control+Shift+7", "1. x"), ("Control+Shift+8", "- x"), ("Control+Shift+9", "> x"),
    ]:  # fmt: skip
        set_markdown(form, "x")
        select_text(form, "x")
        form.keyboard.press(keys)
        expect_markdown(form, after)
        form.keyboard.press("Control+Z")
        expect_markdown(form, "x")


def test_a_pressed_button_says_so(form):
    set_markdown(form, "one **two**")
    put_cursor_after(form, "tw")
    expect(button(form, "Bold")).to_have_attribute("aria-pressed", "true")
    expect(button(form, "Italic")).to_have_attribute("aria-pressed", "false")
    put_cursor_after(form, "on")
    expect(button(form, "Bold")).to_have_attribute("aria-pressed", "false")


def test_the_tab_key_nests_items_of_a_list(form):
    rich_text(form).click()
    form.keyboard.type("- one")
    form.keyboard.press("Enter")
    form.keyboard.press("Tab")
    form.keyboard.type("two")
    expect_markdown(form, "- one\n    - two")

    form.keyboard.press("Shift+Tab")
    expect_markdown(form, "- one\n- two")


def test_after_escape_the_tab_key_leaves_a_list(form):
    rich_text(form).click()
    form.keyboard.type("- one")
    form.keyboard.press("Enter")
    form.keyboard.press("Escape")
    form.keyboard.press("Tab")
    expect(rich_text(form)).not_to_be_focused()


def test_a_link_to_the_field_leads_to_the_editor(form):
    form.get_by_role("button", name="Save draft").last.click()
    form.get_by_text("Text:", exact=True).click()
    expect(rich_text(form)).to_be_focused()


# Links


def test_a_link_is_set_changed_and_removed(form):
    set_markdown(form, "see this")
    select_text(form, "this")
    form.keyboard.press("Control+K")
    dialog = form.get_by_role("dialog", name="Link")
    expect(dialog.get_by_label("Address")).to_be_focused()
    expect(dialog.get_by_label("Words")).to_have_value("this")
    assert not faults(form)
    form.keyboard.type("example.org/a")
    form.keyboard.press("Enter")
    expect_markdown(form, "see [this](https://example.org/a)")
    expect(rich_text(form)).to_be_focused()

    put_cursor_after(form, "th")
    button(form, "Link").click()
    dialog.get_by_label("Words").fill("that")
    form.keyboard.press("Enter")
    expect_markdown(form, "see [that](https://example.org/a)")
    expect(rich_text(form)).to_be_focused()

    put_cursor_after(form, "th")
    form.keyboard.press("Control+K")
    dialog.get_by_role("button", name="Remove link").click()
    expect_markdown(form, "see that")


def test_a_link_without_selection_has_words_of_its_own(form):
    rich_text(form).click()
    form.keyboard.type("See ")
    form.keyboard.press("Control+K")
    expect(form.get_by_role("dialog", name="Link").get_by_label("Address")).to_be_focused()
    form.keyboard.type("ann@example.org")
    form.keyboard.press("Tab")
    form.keyboard.type("Ann")
    form.keyboard.press("Enter")
    expect(
        form.get_by_role("dialog", name="Link")
    ).to_be_hidden()  # once the server has looked at the address
    form.keyboard.type(" for more")
    expect_markdown(form, "See [Ann](mailto:ann@example.org) for more")


# Footnotes


def test_footnotes_get_numbers_in_reading_order(form):
    set_markdown(form, "One. Two.[^x]\n\n[^x]: Theirs.")
    put_cursor_after(form, "One.")
    button(form, "Footnote").click()
    form.keyboard.type("Mine.")

    marks = form.locator(".note-mark")
    assert marks.all_inner_texts() == ["1", "2"]
    assert markdown_of(form).startswith("One.[^1] Two.[^x]\n\n[^1]: Mine.\n")
    expect(form.locator(".footnotes li").first).to_contain_text("Mine.")

    form.keyboard.press("Escape")
    form.keyboard.type("!")
    assert markdown_of(form).startswith("One.[^1]! Two.")


def test_a_mark_opens_its_note_and_takes_it_along_when_it_is_deleted(form):
    set_markdown(form, "One.[^a] Two.[^b]\n\n[^a]: A.\n[^b]: B.")
    form.locator(".note-mark").nth(1).click()
    expect(form.locator(".footnotes li.is-open")).to_contain_text("B.")
    assert not faults(form)
    form.keyboard.type(" Page 3.")
    form.get_by_role("button", name="Back to the text").last.click()
    expect(form.locator(".is-open")).to_have_count(0)
    assert "[^b]: B. Page 3." in markdown_of(form)

    put_cursor_after(form, "One.")
    form.keyboard.press("Delete")
    expect_markdown(form, "One. Two.[^b]\n\n[^b]: B. Page 3.")
    form.keyboard.press("Control+Z")
    assert "[^a]: A." in markdown_of(form)


def test_a_note_that_is_cut_and_pasted_goes_along(form):
    set_markdown(form, "One.[^a]\n\nTwo.\n\n[^a]: A.")
    put_cursor_after(form, "One.")
    form.keyboard.press("Shift+ArrowRight")
    form.keyboard.press("Control+X")
    expect_markdown(form, "One.\n\nTwo.")

    put_cursor_after(form, "Two.")
    form.keyboard.press("Control+V")
    expect_markdown(form, "One.\n\nTwo.[^a]\n\n[^a]: A.")


# Tables


CELLS = ("Country", "2024", "2025", "Sweden", "1", "2", "Norway", "3", "4", "All", "4", "6")
TABLE = """| Country | 2024 | 2025 |
| --- | --- | --- |
| Sweden | 1 | 2 |
| Norway | 3 | 4 |
| All | 4 | 6 |"""


def test_a_table_is_typed_cell_by_cell(form):
    rich_text(form).click()
    button(form, "Table").click()
    for number, cell in enumerate(CELLS):
        if number:
            form.keyboard.press("Tab")
        form.keyboard.type(cell)

    expect_markdown(form, TABLE)
    assert not faults(form)


def test_rows_and_columns_come_and_go(form):
    set_markdown(form, TABLE)
    put_cursor_after(form, "Norwa")
    for name, text in (
        ("Row below", "| Norway | 3 | 4 |\n|  |  |  |"),
        ("Delete row", "2 |\n|  |  |  |\n| All"),
    ):
        form.get_by_role("toolbar", name="Table").get_by_role("button", name=name).click()
        assert text in markdown_of(form)
    button(form, "Undo").click()
    button(form, "Undo").click()
    expect_markdown(form, TABLE)

    put_cursor_after(form, "202")
    button(form, "Delete column").click()
    assert markdown_of(form).startswith("| Country | 2025 |\n")
    button(form, "Column after").click()
    assert markdown_of(form).startswith("| Country | 2025 |  |\n")
    button(form, "Table caption").click()
    form.keyboard.type("In millions")
    assert "In millions" in markdown_of(form)
    button(form, "Table caption").click()
    assert "In millions" not in markdown_of(form)
    put_cursor_after(form, "Countr")
    button(form, "Delete table").click()
    expect_markdown(form, "")


# The form


def test_markdown_and_rich_text_are_one_text(form):
    rich_text(form).click()
    form.keyboard.type("Words ")
    form.keyboard.press("Control+B")
    form.keyboard.type("bold")
    show_markdown(form)
    expect(form.locator("#id_body")).to_be_focused()
    assert form.locator("#id_body").input_value().rstrip() == "Words **bold**"

    form.locator("#id_body").fill("Now *italic*")
    form.reload()
    form.once("dialog", lambda dialog: dialog.accept())
    expect(form.locator("#id_body")).to_be_visible()  # the choice is remembered
    form.locator("#id_body").fill("Now *italic*")
    form.get_by_role("button", name="Markdown").click()
    expect(rich_text(form).locator("em")).to_have_text("italic")


def test_what_is_typed_while_the_text_is_read_is_not_lost(open_desk):
    page = open_desk(ADD)
    set_markdown(page, "First", to_rich_text=False)

    def answer_late(route):
        page.locator("#id_body").press_sequentially(" more", delay=1)
        route.continue_()

    page.route("**/editor/blocks/", answer_late, times=1)
    page.get_by_role("button", name="Markdown").click()

    expect(rich_text(page)).to_have_text("First more")


def test_control_s_saves_the_draft(form):
    form.fill("[name=title]", "Saved by a key")
    rich_text(form).click()
    form.keyboard.type("## Kept")
    form.keyboard.press("Control+S")
    expect(form.get_by_text("Draft saved")).to_be_visible()

    expect(rich_text(form).locator("h2")).to_have_text("Kept")
    assert markdown_of(form) == "## Kept"


def test_changes_are_autosaved_and_previewed(open_desk):
    page = open_desk(ADD, viewport={"width": 1440, "height": 900})
    page.get_by_role("button", name="Preview", exact=True).click()
    rich_text(page).click()
    page.keyboard.type("Some words")
    expect(page.frame_locator(".writing__preview iframe").locator(".prose")).to_contain_text("Some words")
    expect(page.locator("[data-autosaved-at]")).not_to_be_empty(timeout=10_000)
    expect(page.locator("[data-word-count]")).to_have_text(re.compile("2 words"))

    page.locator("[data-autosaved-at]").evaluate("(place) => { place.textContent = ''; }")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+B")
    expect(page.locator("[data-autosaved-at]")).not_to_be_empty(timeout=10_000)


def test_the_language_of_the_text_is_that_of_the_form(form):
    expect(rich_text(form)).to_have_attribute("lang", "en")
    form.locator("[name=language]").select_option("sv")
    expect(rich_text(form)).to_have_attribute("lang", "sv")
    expect(form.get_by_role("textbox", name="Text", exact=False).last).to_have_attribute(
        "aria-multiline", "true"
    )


# Accessibility


def test_one_control_is_a_tab_stop_and_arrows_lead_to_the_others(form):
    rich_text(form).focus()
    form.keyboard.press("Shift+Tab")
    expect(form.get_by_role("combobox", name="Style")).to_be_focused()
    form.keyboard.press("ArrowRight")
    expect(button(form, "Bold")).to_be_focused()
    form.keyboard.press("End")
    expect(form.get_by_role("button", name="Markdown")).to_be_focused()
    form.keyboard.press("ArrowRight")
    expect(form.get_by_role("combobox", name="Style")).to_be_focused()


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(open_desk, width, scheme):
    page = open_desk(ADD, viewport={"width": width, "height": 800}, color_scheme=scheme)
    set_markdown(page, f"{UNUSUAL}\n{TABLE}\n\n{'x' * 60}\n")
    put_cursor_after(page, "Norwa")
    assert not faults(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_there_is_the_plain_text_alone(open_desk):
    page = open_desk(ADD, java_script_enabled=False)

    expect(page.locator("#id_body")).to_be_visible()
    expect(page.get_by_role("toolbar")).to_be_hidden()
    expect(page.locator("dialog").first).to_be_hidden()


def test_a_paragraph_in_hebrew_stands_at_the_right_of_an_english_text(form):
    set_markdown(form, "In English.\n\nשלום לכולם\n\nIn English again.")

    gaps = rich_text(form).evaluate(
        """(editor) => [...editor.querySelectorAll("p")].map((paragraph) => {
          const words = document.createRange();
          words.selectNodeContents(paragraph);
          const {left, right} = words.getBoundingClientRect(), box = paragraph.getBoundingClientRect();
          return [left - box.left < 2, box.right - right < 2];
        })"""
    )
    assert gaps == [[True, False], [False, True], [True, False]]
