"""What an editor could lose, destroy or misplace in the rich text editor without noticing."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import faults
from tests.browser.text_editor import (
    ADD,
    expect_markdown,
    markdown_of,
    paste,
    put_cursor_after,
    rich_text,
    select_text,
    set_markdown,
    show_markdown,
)

pytestmark = pytest.mark.browser

TABLE = "| A | B |\n| --- | --- |\n| 1 | 2 |"
NOTED = "One.[^a]\n\n[^a]: A source."
RAW = "<!-- for colleagues -->"


@pytest.fixture
def form(open_desk):
    page = open_desk(ADD)
    rich_text(page)
    return page


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(30)  # the editor reads the selection a moment later


# Keys at the edge of a table, of notes and of Markdown


@pytest.mark.parametrize("key", ["Delete", "Backspace"])
def test_a_key_that_deletes_stops_at_a_table_and_at_notes(form, key):
    at_end = [f"Words.@\n\n{TABLE}", f"Words.@\n\n{RAW}", "Words.[^a]@\n\n[^a]: A source."]
    at_start = [f"{TABLE}\n\n@Words.", f"{RAW}\n\n@Words."]
    for text in at_end if key == "Delete" else at_start:
        set_markdown(form, text.replace("@", ""))
        put_cursor_after(form, "Words.")
        press(form, "End" if key == "Delete" else "Home", key, key)
        form.keyboard.type("x")
        expect_markdown(form, text.replace("@", "x"))


def test_an_empty_paragraph_beside_a_table_is_deleted(form):
    set_markdown(form, f"Before.\n\n{TABLE}\n\nAfter.")
    put_cursor_after(form, "Before.")
    press(form, "Enter", "Delete")
    expect(rich_text(form).locator("> p")).to_have_count(2)
    expect_markdown(form, f"Before.\n\n{TABLE}\n\nAfter.")


def test_below_a_last_table_there_is_a_line_to_write_on(form):
    set_markdown(form, f"Text.[^a]\n\n{TABLE}\n\n[^a]: A source.")
    put_cursor_after(form, "2")
    press(form, "ArrowDown")
    form.keyboard.type("Below")
    expect_markdown(form, f"Text.[^a]\n\n{TABLE}\n\nBelow\n\n[^a]: A source.")


def test_the_end_of_the_text_is_above_its_notes(form):
    set_markdown(form, f"First.\n\n{NOTED}")
    put_cursor_after(form, "First")
    press(form, "Control+End")
    form.keyboard.type("!")
    expect_markdown(form, "First.\n\nOne.[^a]!\n\n[^a]: A source.")

    put_cursor_after(form, "Firs")
    press(form, "Control+Shift+End")
    form.keyboard.type("t")
    expect_markdown(form, "First")


def test_select_all_keeps_to_the_note_or_the_cell_first(form):
    set_markdown(form, NOTED)
    put_cursor_after(form, "A sour")
    press(form, "Control+A")
    form.keyboard.type("New")
    expect_markdown(form, "One.[^a]\n\n[^a]: New")
    press(form, "Control+A", "Control+A", "Delete")
    expect_markdown(form, "")


# Pictures


UPLOADED = {"src": "image:abc123", "alt": "Words", "value": 1, "label": "Words"}


def put_into_the_text(page) -> None:
    dialog = page.get_by_role("dialog", name="A picture for the text")
    dialog.get_by_label("Alternative text").fill("Words")
    dialog.get_by_role("button", name="Put into the text").click()
    expect(dialog).to_be_hidden()


def test_the_cursor_is_below_a_picture_that_stands_before_a_table(form):
    set_markdown(form, f"Text.\n\n{TABLE}")
    put_cursor_after(form, "Text.")
    form.route("**/library/arriving/", lambda route: route.fulfill(json=UPLOADED))
    rich_text(form).evaluate(
        """(editor) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array([1, 2])], "a.png", { type: "image/png" }));
          editor.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data }));
        }"""
    )
    put_into_the_text(form)
    expect(rich_text(form)).to_be_focused()
    form.keyboard.type("Below")
    expect_markdown(form, f"Text.\n\n![Words](image:abc123)\n\nBelow\n\n{TABLE}")


# Footnotes


def compose(page, text: str) -> None:
    """Type with an input method, as for Chinese or for accents."""
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
    )
    page.wait_for_timeout(100)
    session.send("Input.insertText", {"text": text})
    page.wait_for_timeout(200)


def test_what_is_composed_on_a_selected_mark_stands_behind_it(form):
    set_markdown(form, NOTED)
    put_cursor_after(form, "One.")
    press(form, "ArrowRight")
    compose(form, "né")
    expect_markdown(form, "One.[^a]né\n\n[^a]: A source.")


def test_words_of_a_note_are_copied_and_cut(form):
    set_markdown(form, NOTED)
    select_text(form, "source")
    press(form, "Control+X")
    expect_markdown(form, "One.[^a]\n\n[^a]: A .")
    press(form, "Control+V")
    expect_markdown(form, NOTED)
    put_cursor_after(form, "One.")
    press(form, "Control+V")
    expect_markdown(form, "One.source[^a]\n\n[^a]: A source.")


def test_a_note_in_markdown_is_not_defined_again(form):
    note = "[^a]: A source. <!-- not sure -->"
    set_markdown(form, f"One.[^a] Two.\n\n{note}")
    expect(form.locator(".note-mark")).to_have_text("1")
    put_cursor_after(form, "One.")
    press(form, "Delete", "Control+Z")
    expect_markdown(form, f"One.[^a] Two.\n\n{note}")


def test_a_note_stays_while_markdown_refers_to_it(form):
    raw = "Raw[^a] <!-- not sure -->"
    set_markdown(form, f"One.[^a]\n\n{raw}\n\n[^a]: A source.")
    put_cursor_after(form, "One.")
    press(form, "Delete")
    expect_markdown(form, f"One.\n\n{raw}\n\n[^a]: A source.")


# Links


def test_a_link_keeps_what_it_is_put_on(form):
    for words, note in (
        ("see *this* **thing** now", ""),
        ("a note[^a] here", "\n\n[^a]: A source."),
        ("one  \ntwo", ""),
    ):
        set_markdown(form, words + note)
        press(form, "Control+Home", "Control+Shift+End", "Control+K")
        form.keyboard.type("https://example.org/")
        press(form, "Enter")
        expect(form.get_by_role("dialog", name="Link")).to_be_hidden()
        expect(rich_text(form).locator("a").first).to_be_visible()
        for part in ("*this*", "**thing**", "[^a]", "  \ntwo"):
            assert (part in words) == (part in markdown_of(form).split("\n\n")[0]), part


def test_a_link_keeps_its_address_when_its_definition_is_deleted(form):
    definition = '[r]: https://example.org/ "Title"'
    set_markdown(form, f"See [it][r] and [r].\n\n_Other._\n\n{definition}\n\nEnd.")
    put_cursor_after(form, "[r]: https")
    form.keyboard.type("x")
    expect_markdown(
        form, f"See [it][r] and [r].\n\n_Other._\n\n{definition.replace('https', 'httpsx')}\n\nEnd."
    )
    press(form, "Control+A", "Delete", "Delete")
    link = '(https://example.org/ "Title")'
    expect_markdown(form, f"See [it]{link} and [r]{link}.\n\n_Other._\n\nEnd.")


def test_the_space_after_a_selected_word_is_kept(form):
    set_markdown(form, "see this now")
    select_text(form, "this ")
    press(form, "Control+K")
    form.keyboard.type("https://example.org/")
    press(form, "Enter")
    expect_markdown(form, "see [this](https://example.org/) now")


def test_new_words_of_a_link_keep_the_marks_of_the_rest(form):
    set_markdown(form, "[see **bold** words](https://example.org/)")
    put_cursor_after(form, "se")
    press(form, "Control+K")
    form.get_by_role("dialog", name="Link").get_by_label("Words").fill("see bold things")
    press(form, "Enter")
    expect_markdown(form, "[see **bold** things](https://example.org/)")


def test_an_address_that_leads_nowhere_is_refused(form):
    for address in (
        "foo",
        "ftp://example.org",
        "javascript:alert(1)",
        "//example.org",
        "\\\\server\\share",
        "data:x",
        "a b",
    ):
        set_markdown(form, "see this")
        select_text(form, "this")
        press(form, "Control+K")
        form.keyboard.type(address)
        press(form, "Enter")
        expect(form.get_by_role("dialog", name="Link")).to_be_visible()
        form.get_by_role("button", name="Cancel").last.click()
        assert markdown_of(form) == "see this", address


# The form


def test_equal_blocks_keep_their_own_source(form):
    set_markdown(form, "First.\n\n_one_\n\nmiddle\n\n*one*")
    put_cursor_after(form, "First.")
    press(form, "Enter", "Control+I")
    form.keyboard.type("one")
    expect_markdown(form, "First.\n\n*one*\n\n_one_\n\nmiddle\n\n*one*")


def test_a_block_that_is_moved_leaves_the_lines_of_an_edited_one(form):
    set_markdown(form, "First of\ntwo lines.\n\nSecond.\n\nThird.")
    put_cursor_after(form, "First")
    press(form, "Control+Shift+8")
    select_text(form, "Third.")
    press(form, "Control+X", "Control+Home", "Enter", "ArrowUp", "Shift+Tab", "Control+V")
    expect_markdown(form, "Third.\n\n- First of\ntwo lines.\n\nSecond.")


def test_a_key_that_deletes_stops_at_code(form):
    set_markdown(form, "    code\n\nWords.[^a]\n\n[^a]: A source.")
    put_cursor_after(form, "Words.")
    press(form, "Home", "Backspace")
    form.keyboard.type("x")
    expect_markdown(form, "    code\n\nxWords.[^a]\n\n[^a]: A source.")


def test_a_link_is_not_put_on_the_mark_of_a_note(form):
    set_markdown(form, "Some words[^a] here.\n\n[^a]: A source.")
    put_cursor_after(form, "here.")
    press(form, "Control+Shift+Home", "Control+K")
    form.keyboard.type("https://example.org/")
    press(form, "Enter")
    expect_markdown(
        form, "[Some words](https://example.org/)[^a][ here.](https://example.org/)\n\n[^a]: A source."
    )


def test_a_selection_that_reaches_into_a_captioned_table_takes_it_whole(form):
    table = "<table><caption>Caption</caption><tbody><tr><td>cell</td></tr></tbody></table>"
    set_markdown(form, f"> Quotation\n\n{table}\n\nAfter.")
    put_cursor_after(form, "Quot")
    press(form, *["Shift+ArrowRight"] * 6)
    form.keyboard.type("e ")
    expect_markdown(form, "> Quote After.")


def test_the_text_is_there_when_somebody_comes_back(open_desk, site):
    page = open_desk(ADD)
    rich_text(page).click()
    page.keyboard.type("Words **as** they are")
    page.wait_for_timeout(1000)
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(site.url + "/desk/")
    page.go_back()
    expect(rich_text(page)).to_have_text("Words **as** they are")
    assert markdown_of(page) == "Words \\*\\*as\\*\\* they are"

    set_markdown(page, "*Markdown*", to_rich_text=False)
    page.wait_for_timeout(1000)
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(site.url + "/desk/")
    page.go_back()
    expect(page.locator("#id_body")).to_have_value("*Markdown*")


def hold_request(page: Page) -> list:
    """Hold the next request for blocks; the list gets its route."""
    routes: list = []
    page.route("**/editor/blocks/", lambda route: routes.append(route), times=1)
    return routes


def answer_after(page: Page, routes: list, action) -> None:
    """Do something while the held request has no answer, then let it go on."""
    while not routes:
        page.wait_for_timeout(20)
    action()
    routes[0].continue_()


def test_what_is_pasted_is_saved_also_at_once(form):
    requests = hold_request(form)
    form.fill("[name=title]", "Pasted and saved")
    rich_text(form).click()
    paste(form, "", "## From Markdown\n\n**bold**")
    answer_after(form, requests, lambda: form.keyboard.press("Control+S"))
    expect(form.get_by_text("Draft saved")).to_be_visible()
    assert markdown_of(form) == "## From Markdown\n\n**bold**"


def test_what_is_typed_while_a_paste_is_read_stays_in_order(form):
    set_markdown(form, "Start.")
    put_cursor_after(form, "Start.")

    requests = hold_request(form)
    paste(form, "", "**bold**")
    answer_after(form, requests, lambda: form.keyboard.type(" typed"))
    expect_markdown(form, "Start.**bold** typed")
    form.keyboard.type("!")
    expect_markdown(form, "Start.**bold** typed!")


def test_a_picture_dropped_on_the_markdown_is_put_into_it(form):
    show_markdown(form)
    form.locator("#id_body").fill("Text.")
    form.route("**/library/arriving/", lambda route: route.fulfill(json=UPLOADED))
    form.locator("#id_body").press("Control+End")
    form.wait_for_function("document.activeElement.selectionEnd === 5")
    form.locator("#id_body").evaluate(
        """(textarea) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array([1, 2])], "a.png", { type: "image/png" }));
          textarea.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
        }"""
    )
    put_into_the_text(form)
    expect(form.locator("#id_body")).to_have_value("Text.\n\n![Words](image:abc123)\n\n")


# What somebody else put on the clipboard


HOSTILE = """<div data-pm-slice="1 1 []"><p style="color: red">a <a href="javascript:alert(1)">b</a></p>
<pre class="raw-block"><code>&lt;!-- hidden --&gt;</code></pre><p>c<sup><a class="footnote-ref" href="#fn-x]: y"
data-note="&lt;p&gt;&lt;a href='javascript:alert(1)'&gt;note&lt;/a&gt;&lt;/p&gt;">1</a></sup></p><span id="forged">d</span></div>"""


def test_html_that_pretends_to_be_from_the_editor_is_cleaned(form, complaints):
    rich_text(form).click()
    paste(form, HOSTILE, "plain")
    expect(rich_text(form).locator("> p").last).to_have_text("d")
    posted = form.evaluate("new FormData(document.querySelector('#publication_form')).get('body-blocks')")
    blocks = json.dumps(json.loads(posted))
    for part in ("javascript:", "hidden -->", "fn-x", "forged", "style="):
        assert part not in blocks, blocks
    assert not complaints


# Accessibility


def test_an_arrow_key_on_the_closed_menu_of_styles_changes_nothing(form):
    set_markdown(form, "Title")
    put_cursor_after(form, "Tit")
    form.get_by_role("combobox", name="Style").focus()
    press(form, "ArrowDown")
    form.wait_for_timeout(100)
    assert markdown_of(form) == "Title"


def test_marks_and_keys_say_what_they_are(form):
    set_markdown(form, NOTED)
    mark = form.locator(".note-mark > span")
    expect(mark).to_have_attribute("role", "link")
    expect(mark).to_have_attribute("aria-label", "Footnote 1")
    described = rich_text(form).evaluate(
        "(editor) => editor.getAttribute('aria-describedby').split(/\\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' ')"
    )
    assert "Escape" in described
    assert "Markdown" not in described


def test_a_wide_table_is_reached_by_keyboard_on_a_phone(open_desk):
    page = open_desk(ADD, viewport={"width": 375, "height": 800})
    cells = " | ".join(["considerable"] * 8)
    set_markdown(page, f"| {cells} |\n{'|---' * 8}|\n| {cells} |")
    assert not faults(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_an_arrow_key_leads_to_the_edge_of_a_selection_in_a_cell(form):
    set_markdown(form, TABLE)
    select_text(form, "A")
    press(form, "ArrowRight")
    form.keyboard.type("x")
    expect_markdown(form, TABLE.replace("A", "Ax"))


def test_a_very_deep_list_is_pasted_so_that_it_can_be_saved(form):
    rich_text(form).click()
    paste(form, "<ul><li>item" * 25 + "</li></ul>" * 25)
    expect(rich_text(form).locator("li")).to_have_count(25)
    expect(rich_text(form).locator("li " * 15)).to_have_count(0)
    assert markdown_of(form).count("item") == 25


def test_somebody_signed_out_sees_that(form):
    form.route("**/editor/markdown/", lambda route: route.fulfill(status=403, body="<p>no</p>"))
    rich_text(form).click()
    form.keyboard.type("Words")
    form.get_by_role("button", name="Markdown").click()
    expect(form.locator("[data-editor-notice]")).to_have_text("You are signed out.")
    expect(rich_text(form)).to_have_text("Words")


def test_a_decorative_picture_shows_that_it_has_no_words(form):
    rich_text(form).click()
    form.get_by_role("toolbar").get_by_role("button", name="Picture").click()
    with form.expect_file_chooser() as chooser:
        form.get_by_role("button", name="Upload a picture").click()
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": b"12"})
    dialog = form.get_by_role("dialog", name="A picture for the text")
    dialog.get_by_label("Decorative").check()
    expect(dialog.get_by_label("Alternative text")).to_be_disabled()
    dialog.get_by_label("Decorative").uncheck()
    expect(dialog.get_by_label("Alternative text")).to_be_enabled()
