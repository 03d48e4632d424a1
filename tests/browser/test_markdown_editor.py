"""The Markdown editor: pasted text becomes Markdown, buttons format it, and undo reverts everything."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.test_accessibility import faults

pytestmark = pytest.mark.browser

SAMPLES = Path(__file__).parent.parent / "samples" / "clipboard"
ADD = "/desk/publications/publication/add/"
COPY = """({html, plain}) => document.addEventListener("copy", (event) => {
  if (html) event.clipboardData.setData("text/html", html);
  event.clipboardData.setData("text/plain", plain);
  event.preventDefault();
}, {once: true})"""


@pytest.fixture
def form(open_page, site):
    page = open_page("/desk/")
    sign_in(page, site)
    page.goto(site.url + ADD)
    expect(page.get_by_role("toolbar")).to_be_visible()
    return page


def body(page):
    return page.locator("#id_body")


def copy(page, html: str = "", plain: str = "words") -> None:
    """Write to the clipboard, as another program does."""
    page.evaluate(COPY, {"html": html, "plain": plain})
    page.keyboard.press("Control+C")


def paste(page, html: str = "", plain: str = "words", keys: str = "Control+V") -> None:
    body(page).focus()
    copy(page, html, plain)
    page.keyboard.press(keys)


def choose(page, start: int, end: int | None = None) -> None:
    body(page).evaluate("(area, [start, end]) => area.setSelectionRange(start, end)", [start, end or start])
    body(page).focus()


def chosen(page) -> str:
    return body(page).evaluate("(area) => area.value.slice(area.selectionStart, area.selectionEnd)")


# Pasting


LOST = {
    "word": "",
    "google-docs": "One footnote did not come along: its text was not among what you copied. Copy the whole document, "
    "or type it in. One picture did not come along. Drop its file into the text.",
    "page": "",
}


def test_what_other_programs_copy_becomes_markdown(form):
    for sample, notice in LOST.items():
        body(form).fill("")
        paste(form, (SAMPLES / f"{sample}.html").read_text())

        expect(body(form)).to_have_value((SAMPLES / f"{sample}.md").read_text().rstrip("\n"))
        expect(form.locator("[data-pasted]")).to_have_text(notice)


def test_a_paste_is_undone_at_once_and_redone(form):
    body(form).fill("Before.")
    paste(form, (SAMPLES / "word.html").read_text())
    expect(body(form)).not_to_have_value("Before.")
    pasted = body(form).input_value()

    form.keyboard.press("Control+Z")
    expect(body(form)).to_have_value("Before.")

    form.keyboard.press("Control+Shift+Z")
    expect(body(form)).to_have_value(pasted)


def test_inline_text_stays_within_its_line(form):
    body(form).fill("One two three.")
    choose(form, 4, 7)

    paste(form, "<p>the <b>second</b></p>")

    expect(body(form)).to_have_value("One the **second** three.")


def test_notes_get_numbers_of_their_own_and_stand_at_the_end(form):
    body(form).fill("Old.[^1] New: .\n\n[^1]: A source.")
    choose(form, len("Old.[^1] New: "))

    paste(form, '<p>here<a href="#_ftn1">[1]</a></p><p><a href="#_ftnref1" name="_ftn1">[1]</a> Theirs.</p>')

    expect(body(form)).to_have_value("Old.[^1] New: here[^2].\n\n[^1]: A source.\n[^2]: Theirs.")
    assert body(form).evaluate("(area) => area.selectionStart") == len("Old.[^1] New: here[^2]")


def test_pasted_blocks_are_separated_from_their_surroundings(form):
    body(form).fill("One.\nTwo.")
    choose(form, len("One.\n"))

    paste(form, "<h1>Title</h1><p>Text.</p>")

    expect(body(form)).to_have_value("One.\n\n## Title\n\nText.\n\nTwo.")


LEFT_ALONE = [
    ("", "just words\nand *more*"),
    ("<p>just words</p>", "just words"),
    ("<div><b>## Title</b></div>", "## Title\n\nwith a [link](https://example.org)"),
    ('<div style="white-space: pre;"><div><b># no</b></div></div>', "*source*"),
    ("<pre><b>const</b> a = 1</pre>", "const a = 1"),
]


def test_plain_text_and_markdown_are_left_as_they_are(form):
    for html, plain in LEFT_ALONE:
        body(form).fill("")
        paste(form, html, plain)
        expect(body(form)).to_have_value(plain)


def test_pasting_as_plain_text_stays_plain(form):
    paste(form, "<p><b>bold</b></p><p>second</p>", "bold\nsecond", keys="Control+Shift+V")

    expect(body(form)).to_have_value("bold\nsecond")


OF_WORD_ONLINE = """<p role="heading" aria-level="1"><span class="TextRun">Title</span><span class="EOP">&nbsp;</span></p>
<div class="ListContainerWrapper"><ul><li data-aria-level="1"><p><span style="font-weight: bold;">One</span><span
class="EOP">&nbsp;</span></p></li></ul></div><div class="ListContainerWrapper"><ul><li data-aria-level="2"><p>Two</p></li></ul>
</div><div class="ListContainerWrapper"><ol><li data-aria-level="1"><p>Three</p></li></ol></div>"""
BECOMES = [
    ('<p><a href="JavaScript:alert(1)">a</a> <a href="java&#10;script:alert(1)">b</a> <b>c</b></p>', "a b **c**"),
    ('<p><a href="data:text/html,x">a</a> <a href="file:///C:/x">b</a> <b>c</b></p>', "a b **c**"),
    ('<p><img src=x onerror="alert(1)"><b onclick="alert(1)">c</b></p>', "**c**"),
    ("<p><b>&lt;script&gt;</b> &amp;lt; * _x_ `y` [z](u)</p>", r"**&lt;script>** &amp;lt; \* \_x\_ \`y\` \[z](u)"),
    ('<p><b>a</b></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p>&nbsp;</p><p>b</p>', "**a**\n\nb"),
    ('<p>x <span style="font-style:italic;font-weight:600">both</span></p>', "x ***both***"),
    ('<p><a href="https://a.example/?utm_source=x&amp;id=1&amp;fbclid=2">l</a></p>', "[l](https://a.example/?id=1)"),
    ('<p><a href="https://a.example/s?q=%C3%A5+b&amp;c">l</a></p>', "[l](https://a.example/s?q=%C3%A5+b&c)"),
    ('<p><a href="https://a.example/c_(d)#:~:text=x">l</a></p>', "[l](https://a.example/c_%28d%29)"),
    ("<p>a</p><pre><code>line 1\nline * 2</code></pre><p>b</p>", "a\n\n    line 1\n    line * 2\n\nb"),
    (OF_WORD_ONLINE, "## Title\n\n- **One**\n    - Two\n\n1. Three"),
    ("<h4>Low</h4><h6>Lower</h6>", "## Low\n\n#### Lower"),
    ("<ul><li>a<ol><li>b</li></ol></li></ul>", "- a\n    1. b"),
    ("<table><tr><td>alone</td></tr></table><p><b>x</b></p>", "alone\n\n**x**"),
    ("<p>one<br>two<b>!</b></p>", "one  \ntwo**!**"),
]  # fmt: skip


def test_what_a_clipboard_may_hold(form):
    for html, markdown in BECOMES:
        body(form).fill("")
        paste(form, html)
        expect(body(form)).to_have_value(markdown)


def test_dropped_notes_are_counted_until_the_next_paste(form):
    paste(form, '<p>a<sup><a href="#ftnt1">[1]</a></sup> b<a href="#_ftn2">[2]</a></p>')
    expect(body(form)).to_have_value("a b")
    expect(form.locator("[data-pasted]")).to_contain_text("2 footnotes did not come along")
    assert not faults(form)

    form.get_by_role("button", name="Close").click()
    expect(form.locator("[data-pasted]")).to_be_empty()
    expect(body(form)).to_be_focused()

    paste(form, '<p>c<a href="#_ftn3">[3]</a></p>')
    expect(form.locator("[data-pasted]")).to_contain_text("One footnote")
    paste(form, "", " more")
    expect(form.locator("[data-pasted]")).to_be_empty()


def test_the_converter_is_fetched_with_the_first_paste_that_needs_it(form):
    params = []
    form.on("request", lambda request: params.append(request.url))

    paste(form, "", "plain")
    expect(body(form)).to_have_value("plain")
    assert not [url for url in params if "turndown" in url]

    paste(form, "<b>bold</b>")
    expect(body(form)).to_have_value("plain**bold**")
    assert len([url for url in params if "turndown" in url]) == 1


def test_if_the_converter_fails_to_load_the_plain_text_is_pasted(form, complaints):
    form.route("**/turndown*", lambda route: route.abort())

    paste(form, "<p><b>bold</b></p>", "bold")

    expect(body(form)).to_have_value("bold")
    complaints.clear()


# Buttons


MARKED = [
    ("Bold", "one two", (4, 7), "one **two**", "two"),
    ("Bold", "one **two**", (6, 9), "one two", "two"),
    ("Bold", "", (0, 0), "**bold words**", "bold words"),
    ("Italic", "one **two**", (6, 9), "one ***two***", "two"),
    ("Italic", "a *b* c", (3, 4), "a b c", "b"),
    ("Link", "see this", (4, 8), "see [this](https://)", "https://"),
    ("Link", "https://example.org", (0, 19), "[words of the link](https://example.org)", "words of the link"),
    ("Heading", "a\nTitle\nb", (3, 3), "a\n## Title\nb", "Title"),
    ("Heading", "## Title", (4, 4), "### Title", "Title"),
    ("Heading", "### Title", (4, 4), "Title", "Title"),
    ("List", "a\nb", (0, 3), "- a\n- b", "- a\n- b"),
    ("List", "- a\n- b", (0, 7), "a\nb", "a\nb"),
    ("Quotation", "a\n\nb", (0, 4), "> a\n> \n> b", "> a\n> \n> b"),
    ("Footnote", "One. Two.", (4, 4), "One.[^1] Two.\n\n[^1]: Source.", "Source."),
    ("Footnote", "A[^1] b.\n\n[^1]: X.", (8, 8), "A[^1] b.[^2]\n\n[^1]: X.\n[^2]: Source.", "Source."),
    ("Table", "Text.", (5, 5), "Text.\n\n| Heading | Heading | Heading |\n| --- | --- | --- |\n|   |   |   |\n|   |   |   |\n", "Heading"),
]  # fmt: skip


def test_a_button_formats_the_selection_and_undo_reverts_it(form):
    for name, text, place, after, selected in MARKED:
        body(form).fill(text)
        choose(form, *place)

        form.get_by_role("toolbar").get_by_role("button", name=name).click()
        expect(body(form)).to_have_value(after)
        expect(body(form)).to_be_focused()
        assert chosen(form) == selected

        form.keyboard.press("Control+Z")
        expect(body(form)).to_have_value(text)


def test_a_note_in_a_long_text_inserts_only_itself(form):
    text = "Word. " * 3000
    body(form).fill(text)
    choose(form, 5)

    form.get_by_role("toolbar").get_by_role("button", name="Footnote").click()
    expect(body(form)).to_have_value(f"Word.[^1]{text[5:].rstrip()}\n\n[^1]: Source.")
    assert chosen(form) == "Source."

    form.keyboard.press("Control+Z")
    form.keyboard.press("Control+Z")
    expect(body(form)).to_have_value(text)


def test_keys_do_what_buttons_do(form):
    for keys, after in [("Control+B", "**x**"), ("Meta+I", "*x*"), ("Control+K", "[x](https://)")]:
        body(form).fill("x")
        choose(form, 0, 1)
        form.keyboard.press(keys)
        expect(body(form)).to_have_value(after)


def test_enter_goes_on_with_a_list_and_ends_it_on_an_empty_line(form):
    body(form).fill("")
    form.keyboard.type("Before\n- one\ntwo\n\nAfter\n1. first\nsecond")

    assert body(form).input_value() == "Before\n- one\n- two\n\nAfter\n1. first\n2. second"
    for _turn in range(len("\n2. second")):
        form.keyboard.press("Control+Z")
    assert "2. second" not in body(form).input_value()


def test_without_exec_command_the_markup_is_inserted_all_the_same(form):
    form.evaluate("document.execCommand = () => false")
    body(form).fill("x")
    choose(form, 0, 1)

    form.keyboard.press("Control+B")

    expect(body(form)).to_have_value("**x**")


def test_one_button_is_a_tab_stop_and_arrows_lead_to_the_others(form):
    buttons = form.get_by_role("toolbar").get_by_role("button")
    body(form).focus()
    form.keyboard.press("Shift+Tab")
    expect(buttons.first).to_be_focused()

    form.keyboard.press("ArrowRight")
    expect(buttons.nth(1)).to_be_focused()
    form.keyboard.press("End")
    expect(buttons.last).to_be_focused()
    form.keyboard.press("ArrowRight")
    expect(buttons.first).to_be_focused()
    form.keyboard.press("ArrowLeft")
    form.keyboard.press("Tab")
    expect(body(form)).to_be_focused()
    form.keyboard.press("Shift+Tab")
    expect(buttons.last).to_be_focused()


def test_changes_by_a_button_are_autosaved(form):
    body(form).fill("x")
    expect(form.locator("[data-autosaved-at]")).not_to_be_empty(timeout=10_000)
    form.locator("[data-autosaved-at]").evaluate("(place) => { place.textContent = ''; }")

    form.keyboard.press("Control+B")

    expect(form.locator("[data-autosaved-at]")).not_to_be_empty(timeout=10_000)


def test_without_scripts_there_is_the_plain_text_alone(open_page, site):
    page = open_page("/desk/", java_script_enabled=False)
    sign_in(page, site)
    page.goto(site.url + ADD)

    expect(body(page)).to_be_visible()
    expect(page.locator("[data-editor-toolbar]")).to_be_hidden()
    expect(page.locator("dialog")).to_be_hidden()
