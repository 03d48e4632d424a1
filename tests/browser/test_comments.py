"""Comments on words of a draft in the editor: written, followed, answered and resolved without losing the text."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_accessibility import faults_in_each_scheme
from tests.browser.text_editor import (
    ADD,
    expect_markdown,
    put_cursor_after,
    rich_text,
    select_text,
    set_markdown,
    show_markdown,
)

pytestmark = pytest.mark.browser
PARAGRAPHS = [f"Paragraph {number} says something of its own. 😀" for number in range(30)]
TEXT = "\n\n".join([*PARAGRAPHS[:12], "- Then *the EU* said so.[^a]", *PARAGRAPHS[12:], "[^a]: A source."])


@pytest.fixture
def form(open_desk):
    """The form of a saved draft."""
    page = open_desk(ADD, viewport={"width": 1440, "height": 900})
    page.fill("#id_title", "Commented")
    set_markdown(page, TEXT)
    save(page)
    return page


def save(page: Page) -> None:
    with page.expect_navigation():
        page.locator("[name=_save].default").click()
    rich_text(page)


def marks(page: Page) -> Locator:
    return rich_text(page).locator(".comment-mark[role=mark]")


def thread(page: Page) -> Locator:
    return page.locator("[data-comment]")


def comment_on(page: Page, words: str, text: str = "Is that so?") -> None:
    select_text(page, words)
    page.keyboard.press("Control+Alt+m")
    expect(page.get_by_role("textbox", name="Comment", exact=True)).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    expect(thread(page).filter(has_text=text)).to_be_visible()


def test_a_comment_marks_its_words_and_leaves_the_text_alone(form):
    select_text(form, "the EU")
    form.get_by_role("button", name="Comment", exact=True).first.click()
    expect(form.get_by_role("textbox", name="Comment", exact=True)).to_be_focused()
    form.keyboard.type("Who?")
    form.locator(".comment-new").get_by_role("button", name="Comment").click()

    expect(marks(form)).to_have_text(["the EU"])
    expect(rich_text(form)).to_be_focused()
    expect(form.locator("[data-comments-status]")).to_have_text("The comment is stored.")
    expect_markdown(form, TEXT)
    form.reload()
    expect(marks(form)).to_have_text(["the EU"])
    details = marks(form).get_attribute("aria-details")
    assert thread(form).get_attribute("id") == details


def test_a_mark_follows_its_words_while_somebody_types_and_when_they_save(form):
    comment_on(form, "the EU")
    put_cursor_after(form, "Paragraph 3")
    form.keyboard.type(" about the Union")
    put_cursor_after(form, "Then ")
    form.keyboard.type("again ")
    expect(marks(form)).to_have_text(["the EU"])
    save(form)
    expect(marks(form)).to_have_text(["the EU"])
    expect(form.locator("li:has(.comment-mark)")).to_have_count(1)

    select_text(form, "the EU")
    form.keyboard.press("Delete")
    expect(marks(form)).to_have_count(0)


def test_words_that_are_not_saved_yet_are_commented(form):
    put_cursor_after(form, "Paragraph 29 says something of its own.")
    form.keyboard.type(" And a new end")
    comment_on(form, "a new end")
    expect(marks(form)).to_have_text(["a new end"])
    put_cursor_after(form, "a new")
    form.keyboard.type(" and better")
    save(form)
    expect(marks(form)).to_have_text(["a new and better end"])
    expect(thread(form).locator("[data-gone]")).to_have_count(0)


def test_words_that_are_gone_are_quoted(form):
    comment_on(form, "the EU")
    set_markdown(form, "Other words.")
    expect(marks(form)).to_have_count(0)
    save(form)
    expect(thread(form)).to_contain_text("These words are not in the saved text: the EU", use_inner_text=True)


def test_what_is_typed_before_the_form_is_there_replaces_no_words(form):
    form.route("**/comments*.js", lambda route: (form.wait_for_timeout(1500), route.continue_()))
    select_text(form, "the EU")
    form.keyboard.press("Control+Alt+m")
    form.keyboard.type("Who?")
    expect(form.get_by_text("This took a moment to load, and you went on.")).to_be_visible()
    expect(form.get_by_role("textbox", name="Comment", exact=True)).to_have_count(0)
    expect_markdown(form, TEXT.replace("the EU", "the EUWho?", 1))
    select_text(form, "the EU")
    form.keyboard.press("Control+Alt+m")
    expect(form.get_by_role("textbox", name="Comment", exact=True)).to_be_focused()


def test_escape_leads_back_to_the_selected_words(form):
    select_text(form, "the EU")
    form.keyboard.press("Control+Alt+m")
    expect(form.get_by_role("textbox", name="Comment", exact=True)).to_be_focused()
    form.keyboard.press("Escape")
    expect(rich_text(form)).to_be_focused()
    assert form.evaluate("getSelection().toString()") == "the EU"
    expect(form.locator(".comment-mark")).to_have_count(0)


def write_comment(page: Page, words: str, text: str) -> Locator:
    """Begin a comment on words; return its field."""
    select_text(page, words)
    page.keyboard.press("Control+Alt+m")
    field = page.get_by_role("textbox", name="Comment", exact=True)
    expect(field).to_be_focused()
    page.keyboard.type(text)
    return field


def test_escape_keeps_what_is_typed_and_cancel_does_not(form):
    field = write_comment(form, "the EU", "A long thought")
    form.keyboard.press("Escape")
    expect(rich_text(form)).to_be_focused()
    expect(field).to_have_value("A long thought")

    write_comment(form, "Paragraph 20", " more")
    expect(field).to_have_value("A long thought more")
    expect(rich_text(form).locator(".comment-mark")).to_have_text(["Paragraph 20"])
    form.get_by_role("button", name="Cancel").click()
    expect(rich_text(form).locator(".comment-mark")).to_have_count(0)
    expect(write_comment(form, "the EU", "")).to_have_value("")


@pytest.mark.parametrize("has_threads", [False, True])
def test_a_comment_that_is_being_written_outlives_saving_the_draft(form, has_threads):
    if has_threads:
        comment_on(form, "Paragraph 20", "And this?")
        thread(form).get_by_text("Reply", exact=True).first.click()
        form.keyboard.type("Half an answer")
    field = write_comment(form, "the EU", "A long thought")
    save(form)

    expect(field).to_have_value("A long thought")
    expect(rich_text(form).locator(".comment-mark:not([role])")).to_have_text(["the EU"])
    expect(form.locator("[data-comments-status]")).to_contain_text("It is not sent yet.")
    if has_threads:
        expect(thread(form).get_by_role("textbox", name="Your reply")).to_have_value("Half an answer")
    field.press("Control+Enter")
    expect(thread(form).filter(has_text="A long thought")).to_be_visible()
    expect(marks(form).filter(has_text="the EU")).to_have_count(1)
    save(form)
    expect(form.locator(".comments__list .comment-new")).to_have_count(0)


@pytest.mark.parametrize("kind", ["new", "new on the whole", "reply", "edit"])
def test_the_browser_warns_of_leaving_what_is_typed_and_it_is_there_again(form, kind, site):
    if kind == "new":
        field = write_comment(form, "the EU", "A long thought")
    elif kind == "new on the whole":
        form.get_by_text("Comment on the draft", exact=True).click()
        field = form.get_by_role("textbox", name="Comment", exact=True)
        expect(field).to_be_focused()
    else:
        comment_on(form, "the EU")
        button = {"reply": "Reply", "edit": "Edit: Is that so?"}[kind]
        thread(form).locator("summary", has_text=button.partition(":")[0]).click()
        field = thread(form).locator("[id^=reply-]" if kind == "reply" else "[id^=edit-]")
        expect(field).to_be_focused()
    form.keyboard.type(" More words")
    value = field.input_value()
    dialogs = []
    form.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    url = form.url

    form.goto(site.url + "/desk/")
    assert dialogs == ["beforeunload"]
    form.goto(url)
    expect(field).to_have_value(value)
    expect(field).to_be_visible()


RAW = "<!-- " + "the EU, a note for colleagues. " * 6 + "-->"
NOTE = "[^a]: A note of some length that stands in the middle of the text, on the EU.\n\n"
SPEAKERS = "First the EU spoke, as planned.[^a]\n\n{}Later the EU spoke, as expected.\n\nAt last the EU spoke, of course."


@pytest.mark.parametrize(
    ("before", "between", "after"),
    [(f"{RAW}\n\n", NOTE, ""), ("", NOTE, ""), ("", "", NOTE), ("", f"{RAW}\n\n{NOTE}", "")],
    ids=["comment", "note", "notes at the end", "comment and note"],
)
def test_a_comment_stays_at_its_occurrence_however_the_text_is_counted(form, before, between, after):
    set_markdown(form, f"{before}{SPEAKERS.format(between)}\n\n{after}")
    save(form)
    put_cursor_after(form, "Later the E")
    form.keyboard.press("Control+Alt+m")
    expect(form.get_by_role("textbox", name="Comment", exact=True)).to_be_focused()
    form.keyboard.type("Which?")
    form.keyboard.press("Control+Enter")
    expect(thread(form)).to_be_visible()
    assert thread(form).get_attribute("data-prefix").endswith("Later the ")

    for _time in range(2):
        put_cursor_after(form, "of course.")
        form.keyboard.type("!")
        save(form)
        assert thread(form).get_attribute("data-prefix").endswith("Later the ")
        expect(marks(form)).to_have_count(1)
        assert marks(form).evaluate("(mark) => mark.closest('p').textContent").startswith("Later the EU")


def test_reply_opens_with_the_cursor_in_its_field(form):
    comment_on(form, "the EU")
    thread(form).get_by_text("Reply", exact=True).first.click()
    expect(thread(form).get_by_role("textbox", name="Your reply")).to_be_focused()
    thread(form).locator("summary", has_text="Edit").focus()
    form.keyboard.press("Enter")
    expect(thread(form).locator("[id^=edit-]")).to_be_focused()


def test_resolving_leaves_the_page_where_it_is_and_gives_its_column_back(form):
    comment_on(form, "the EU")
    comment_on(form, "Paragraph 20", "And this?")
    thread(form).last.scroll_into_view_if_needed()
    top = form.evaluate("scrollY")
    thread(form).last.get_by_role("button", name="Resolve").click()
    expect(form.locator("[data-comments-status]")).to_have_text("The comment is resolved.")
    expect(thread(form).first).to_be_focused()
    assert abs(form.evaluate("scrollY") - top) < 5
    thread(form).first.get_by_role("button", name="Resolve").click()
    expect(form.locator(".comment:not(.is-settled)")).to_have_count(0)
    section = form.locator("[data-comments]").bounding_box()
    assert section["x"] < rich_text(form).bounding_box()["x"] + 10
    words = rich_text(form).get_by_text("Then the EU said so.")
    assert words.evaluate(
        "(node) => { const { top } = node.getBoundingClientRect(); return top > -300 && top < innerHeight + 300; }"
    )


def test_a_thread_is_answered_and_resolved_while_another_answer_is_being_written(form):
    comment_on(form, "the EU")
    comment_on(form, "Paragraph 20", "And this?")
    first, second = thread(form).first, thread(form).last
    second.get_by_text("Reply", exact=True).first.click()
    second.get_by_role("textbox").first.fill("Half an answer")
    first.get_by_text("Reply", exact=True).first.click()
    first.get_by_role("textbox", name="Your reply").fill("It is.")
    form.keyboard.press("Control+Enter")
    expect(thread(form).first).to_contain_text("It is.")
    expect(thread(form).last.get_by_role("textbox", name="Your reply")).to_have_value("Half an answer")

    thread(form).first.get_by_role("button", name="Resolve").click()
    expect(form.locator("[data-comments-status]")).to_have_text("The comment is resolved.")
    expect(marks(form)).to_have_text(["Paragraph 20"])
    assert form.evaluate("document.querySelector('[data-comments]').contains(document.activeElement)")


def test_the_words_lead_to_the_thread_and_back(form):
    comment_on(form, "the EU")
    put_cursor_after(form, "the E")
    expect(thread(form)).to_have_class("comment is-current")
    form.keyboard.press("Control+Alt+m")
    expect(thread(form)).to_be_focused()
    put_cursor_after(form, "Paragraph 2")
    thread(form).get_by_role("button", name="Show in the text").click()
    expect(rich_text(form)).to_be_focused()
    assert form.evaluate("getSelection().toString()") == "the EU"


def test_a_thread_stands_beside_its_words_where_there_is_room(form):
    comment_on(form, "the EU")
    form.wait_for_timeout(200)
    mark, item = marks(form).bounding_box(), thread(form).bounding_box()
    assert abs(mark["y"] - item["y"]) < 40 and item["x"] > mark["x"]


def test_marks_come_back_from_markdown(form):
    comment_on(form, "the EU")
    show_markdown(form)
    form.get_by_role("button", name="Markdown").click()
    expect(marks(form)).to_have_text(["the EU"])


def test_a_draft_that_is_not_saved_says_so(open_desk):
    page = open_desk(ADD)
    set_markdown(page, "Words.")
    select_text(page, "Words")
    page.keyboard.press("Control+Alt+m")
    expect(page.locator("[data-editor-notice]")).to_contain_text("Save the draft first")


@pytest.mark.parametrize("width", [1440, 768, 375])
def test_comments_have_no_faults(form, width):
    form.set_viewport_size({"width": width, "height": 900})
    comment_on(form, "the EU")
    thread(form).get_by_text("Reply", exact=True).first.click()
    select_text(form, "Paragraph 2")
    form.keyboard.press("Control+Alt+m")
    assert faults_in_each_scheme(form) == []
    assert form.evaluate("document.documentElement.scrollWidth") <= width


def test_a_reader_comments_on_selected_words(form, open_page):
    form.goto(form.url.replace("change/", "reviews/"))
    form.fill("[name=reader]", "Ann")
    form.get_by_role("button", name="Make a link").click()
    page = open_page(form.locator("#address").input_value())
    passage = page.locator("#passage-3")
    passage.locator("p").first.evaluate(
        "(node) => getSelection().setBaseAndExtent(node.firstChild, 0, node.firstChild, 11)"
    )
    passage.locator("summary").click()
    expect(passage.locator("[data-selected] q")).to_have_text("Paragraph 2")
    passage.get_by_role("textbox").fill("Which?")
    passage.get_by_role("button", name="Send the comment").click()
    expect(page.locator("#passage-3 q").first).to_have_text("Paragraph 2")
    assert faults_in_each_scheme(page) == []

    form.get_by_role("link", name="Back to the form").click()
    expect(marks(form)).to_have_text(["Paragraph 2"])


def test_the_buttons_of_a_thread_stay_in_place_while_a_reply_is_open(form):
    comment_on(form, "the EU")
    edit, reply = (thread(form).locator("summary", has_text=text) for text in ("Edit", "Reply"))
    places = [edit.bounding_box()["x"], reply.bounding_box()["x"]]

    reply.click()
    field = thread(form).locator("[id^=reply-]")
    expect(field).to_be_focused()
    assert [edit.bounding_box()["x"], reply.bounding_box()["x"]] == places
    assert edit.bounding_box()["y"] == reply.bounding_box()["y"] < field.bounding_box()["y"]

    thread(form).get_by_text("Cancel", exact=True).first.click()
    expect(field).to_be_hidden()
