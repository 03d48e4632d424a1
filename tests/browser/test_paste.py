"""Pasting into the editor: what Word, Google Docs and web pages copy becomes the same text, and undo reverts it."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import faults
from tests.browser.text_editor import (
    ADD,
    SAMPLES,
    expect_markdown,
    markdown_of,
    paste,
    put_cursor_after,
    rich_text,
    select_text,
    set_markdown,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def form(open_desk):
    page = open_desk(ADD)
    rich_text(page).click()
    return page


def clear(page) -> None:
    rich_text(page).focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")


LOST = {
    "word": "",
    "google-docs": "One footnote did not come along: its text was not among what you copied. Copy the whole document, "
    "or type it in. One picture did not come along. Drop its file into the text.",
    "page": "",
}


def test_what_other_programs_copy_becomes_markdown(form):
    for sample, notice in LOST.items():
        clear(form)
        paste(form, (SAMPLES / f"{sample}.html").read_text())

        expect_markdown(form, (SAMPLES / f"{sample}.md").read_text().rstrip("\n"))
        expect(form.locator("[data-pasted]")).to_have_text(notice)


def test_a_paste_that_arrives_while_a_link_is_typed_leaves_the_link_at_its_words(form):
    set_markdown(form, "First line.\n\nSome words here.")
    waiting = []
    form.route("**/editor/blocks/", lambda route: waiting.append(route))  # a bound method is refused
    put_cursor_after(form, "First line.")
    with form.expect_request("**/editor/blocks/"):
        paste(form, plain=" A **bold** sentence.")
    select_text(form, "words")
    form.keyboard.press("Control+K")
    address = form.get_by_role("dialog", name="Link").get_by_label("Address")
    address.fill("https://example.org")

    for route in waiting:
        route.continue_()
    expect(rich_text(form).locator("strong")).to_be_visible()
    address.press("Enter")

    expect(rich_text(form).get_by_role("link")).to_have_text("words")
    assert "[words](https://example.org)" in markdown_of(form)


def test_a_paste_is_undone_at_once_and_redone(form):
    set_markdown(form, "Before.")
    put_cursor_after(form, "Before.")
    paste(form, (SAMPLES / "word.html").read_text())
    expect(rich_text(form).locator("table")).to_be_visible()
    pasted = markdown_of(form)

    form.keyboard.press("Control+Z")
    expect_markdown(form, "Before.")

    form.keyboard.press("Control+Shift+Z")
    expect_markdown(form, pasted)


def test_inline_text_stays_within_its_line(form):
    set_markdown(form, "One two three.")
    select_text(form, "two")

    paste(form, "<p>the <b>second</b></p>")

    expect_markdown(form, "One the **second** three.")


def test_a_pasted_address_becomes_a_link(form):
    set_markdown(form, "See this or")
    select_text(form, "this")
    paste(form, "", "https://example.org/a")
    expect_markdown(form, "See [this](https://example.org/a) or")

    put_cursor_after(form, "or")
    form.keyboard.type(" ")
    paste(form, "", "https://example.org/b")
    form.keyboard.type(" too")
    expect_markdown(form, "See [this](https://example.org/a) or <https://example.org/b> too")


def test_notes_get_numbers_of_their_own_and_stand_at_the_end(form):
    set_markdown(form, "Old.[^1] New: .\n\n[^1]: A source.")
    put_cursor_after(form, "New: ")

    paste(form, '<p>here<a href="#_ftn1">[1]</a></p><p><a href="#_ftnref1" name="_ftn1">[1]</a> Theirs.</p>')
    form.keyboard.type("!")

    expect_markdown(form, "Old.[^1] New: here[^2]!.\n\n[^1]: A source.\n\n[^2]: Theirs.")


def test_pasted_blocks_are_separated_from_their_surroundings(form):
    set_markdown(form, "One.\n\nTwo.")
    put_cursor_after(form, "One.")

    paste(form, "<h1>Title</h1><p>Text.</p>")

    expect_markdown(form, "One.\n\n## Title\n\nText.\n\nTwo.")


def test_several_paragraphs_become_lines_of_a_cell(form):
    set_markdown(form, "| A | B |\n| --- | --- |\n| x | y |")
    select_text(form, "x")

    paste(form, "<p>one</p><p><b>two</b></p>")

    expect_markdown(form, "| A | B |\n| --- | --- |\n| one<br>**two** | y |")


def test_a_copied_note_goes_along_into_another_text(form):
    set_markdown(form, "One.[^1]\n\n[^1]: A.")
    form.keyboard.press("Control+A")
    form.keyboard.press("Control+C")
    set_markdown(form, "Other.[^1]\n\n[^1]: Not A.")
    put_cursor_after(form, "Other.")
    form.keyboard.press("ArrowRight")  # selects the reference
    form.keyboard.press("ArrowRight")
    form.keyboard.press("Control+V")

    expect_markdown(form, "Other.[^1]\n\nOne.[^2]\n\n[^1]: Not A.\n\n[^2]: A.")


WITH_LINK = "## Title\n\nwith a [link](https://example.org)"
PLAIN = [
    ("", "just words\nand *more*", "just words\n\nand \\*more\\*"),
    ("<p>just words</p>", "just words", "just words"),
    ("<div><b>## Title</b></div>", WITH_LINK, WITH_LINK),
    ("", "A.[^x]\n\n[^x]: Note.", "A.[^1]\n\n[^1]: Note."),
    ('<div style="white-space: pre;"><div><b># no</b></div></div>', "*source*", "\\*source\\*"),
    ("<pre><b>const</b> a = 1</pre>", "const a = 1", "const a = 1"),
]


def test_plain_text_stays_and_markdown_is_read(form):
    for html, plain, markdown in PLAIN:
        clear(form)
        paste(form, html, plain)
        expect_markdown(form, markdown)


def test_pasting_as_plain_text_stays_plain(form):
    paste(form, "<p><b>bold</b></p><p>second</p>", "bold\nsecond", keys="Control+Shift+V")

    expect_markdown(form, "bold\n\nsecond")


OF_WORD_ONLINE = """<p role="heading" aria-level="1"><span class="TextRun">Title</span><span class="EOP">&nbsp;</span></p>
<div class="ListContainerWrapper"><ul><li data-aria-level="1"><p><span style="font-weight: bold;">One</span><span
class="EOP">&nbsp;</span></p></li></ul></div><div class="ListContainerWrapper"><ul><li data-aria-level="2"><p>Two</p></li></ul>
</div><div class="ListContainerWrapper"><ol><li data-aria-level="1"><p>Three</p></li></ol></div>"""
BECOMES = [
    ('<p><a href="JavaScript:alert(1)">a</a> <a href="java&#10;script:alert(1)">b</a> <b>c</b></p>', "a b **c**"),
    ('<p><a href="data:text/html,x">a</a> <a href="file:///C:/x">b</a> <b>c</b></p>', "a b **c**"),
    ('<p><img src=x onerror="alert(1)"><b onclick="alert(1)">c</b></p>', "**c**"),
    ("<p><b>&lt;script&gt;</b> &amp;lt; * _x_ `y` [z](u)</p>", r"**&lt;script>** &amp;lt; \* \_x\_ \`y\` \[z]\(u)"),
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
        clear(form)
        paste(form, html)
        expect_markdown(form, markdown)


def test_dropped_notes_are_counted_until_the_next_paste(form):
    paste(form, '<p>a<sup><a href="#ftnt1">[1]</a></sup> b<a href="#_ftn2">[2]</a></p>')
    expect_markdown(form, "a b")
    expect(form.locator("[data-pasted]")).to_contain_text("2 footnotes did not come along")
    assert not faults(form)

    form.get_by_role("button", name="Close").click()
    expect(form.locator("[data-pasted]")).to_be_empty()
    expect(rich_text(form)).to_be_focused()

    paste(form, '<p>c<a href="#_ftn3">[3]</a></p>')
    expect(form.locator("[data-pasted]")).to_contain_text("One footnote")
    paste(form, "", " more")
    expect(form.locator("[data-pasted]")).to_be_empty()


def test_the_converter_is_fetched_with_the_first_paste_that_needs_it(form):
    addresses = []
    form.on("request", lambda request: addresses.append(request.url))

    paste(form, "", "plain")
    expect_markdown(form, "plain")
    assert not [url for url in addresses if "clipboard" in url]

    paste(form, "<b>bold</b>")
    expect_markdown(form, "plain**bold**")
    assert [url for url in addresses if "clipboard" in url]


def test_if_the_converter_fails_to_load_the_plain_text_is_pasted(form, complaints):
    form.route("**/clipboard*", lambda route: route.abort())

    paste(form, "<p><b>bold</b></p>", "bold")

    expect_markdown(form, "bold")
    complaints.clear()


def test_html_is_dropped_as_it_is_pasted(form):
    set_markdown(form, "One two.")
    rich_text(form).evaluate(
        """(editor) => {
          const data = new DataTransfer(), { right, top } = editor.querySelector("p").getBoundingClientRect();
          data.setData("text/html", '<b style="color: red">three</b>');
          data.setData("text/plain", "three");
          const options = {bubbles: true, cancelable: true, dataTransfer: data, clientX: right - 5, clientY: top + 10};
          editor.querySelector("p").dispatchEvent(new DragEvent("drop", options));
        }"""
    )
    expect_markdown(form, "One two.**three**")


@pytest.mark.parametrize(
    ("html", "pasted"),
    [
        ("", "plain words"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p><b>bold</b></p>", "**bold**"),
        ("<ul><li>item</li></ul>", "- item"),
    ],
)
@pytest.mark.parametrize("is_before", [True, False])
def test_what_is_pasted_beside_a_picture_does_not_join_its_paragraph(form, html, pasted, is_before):
    set_markdown(form, "Above.\n\n![Words](image:abc123)\n\nBelow.")
    rich_text(form).locator("p:has(.picture)").evaluate(
        """(paragraph, isBefore) => {
          const picture = paragraph.querySelector(".picture"), offset = [...paragraph.childNodes].indexOf(picture) + (isBefore ? 0 : 1);
          getSelection().setBaseAndExtent(paragraph, offset, paragraph, offset);
        }""",
        is_before,
    )
    form.wait_for_timeout(100)  # the editor reads the selection a moment later

    paste(form, html, "plain words")

    picture = "![Words](image:abc123)"
    middle = f"{pasted}\n\n{picture}" if is_before else f"{picture}\n\n{pasted}"
    expect_markdown(form, f"Above.\n\n{middle}\n\nBelow.")
