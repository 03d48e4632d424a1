"""Scripts that are loaded when they are first used: without a network the page says so, and the next use tries again."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from sceeus.scripts import LATER_IMPORT
from tests.browser.test_image_dialog import insert_files
from tests.browser.text_editor import ADD, paste, rich_text, select_text, set_markdown
from tests.conftest import ROOT
from tests.factories import picture_bytes

pytestmark = pytest.mark.browser

FAILED = "The server does not answer. Try again."
WITHOUT_A_BUTTON = {
    "form_place",  # after a save: the form is shown from its beginning
    "goto_line",  # with an address that names a line
}


@dataclass(frozen=True)
class Use:
    """How somebody uses a part, where a failure is reported, and what is there when it works."""

    act: Callable[[Page], None]
    report: Callable[[Page], Locator]
    result: Callable[[Page], Locator]


def notice(page: Page) -> Locator:
    return page.locator("[data-editor-notice]")


def click_tool(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("toolbar").get_by_role("button", name=name, exact=True).click()


def dialog(name: str) -> Callable[[Page], Locator]:
    return lambda page: page.get_by_role("dialog", name=name)


def paste_bold(page: Page) -> None:
    set_markdown(page, "")
    paste(page, "<p>some <b>bold</b></p>", "some bold")


def open_preview(page: Page) -> None:
    if (close := page.get_by_role("button", name="Close the preview")).is_visible():
        close.click()
    page.get_by_role("button", name="Preview", exact=True).click()


USES = {
    "insertions": Use(click_tool("Picture"), notice, dialog("Choose a picture")),
    "insertions for the cover": Use(
        lambda page: page.get_by_role("button", name="Choose among the pictures").click(),
        lambda page: page.locator("#id_cover_choice .chooser__status"),
        dialog("Choose a picture"),
    ),
    "insertions for a dropped file": Use(
        lambda page: insert_files(page, picture_bytes("red")),
        notice,
        lambda page: page.get_by_role("dialog").get_by_label("Alternative text"),
    ),
    "insertions for a table": Use(click_tool("Table"), notice, lambda page: rich_text(page).locator("table")),
    "combobox": Use(
        lambda page: (page.locator("#id_bylines_search").fill(""), page.keyboard.type("elin")),
        lambda page: page.locator("#id_bylines .chooser__status"),
        lambda page: page.locator("[role=option]").first,
    ),
    "combobox for tags": Use(
        lambda page: (page.locator("#id_tags").fill(""), page.keyboard.type("Mold")),
        lambda page: page.locator("#id_tags ~ .chooser__status"),
        lambda page: page.locator("[role=option]").first,
    ),
    "comments": Use(
        lambda page: (select_text(page, "words"), click_tool("Comment")(page)),
        notice,
        lambda page: page.get_by_role("textbox", name="Comment", exact=True),
    ),
    "link_dialog": Use(click_tool("Link"), notice, dialog("Link")),
    "clipboard": Use(
        paste_bold,
        lambda page: page.locator("[data-pasted]"),
        lambda page: rich_text(page).locator("strong", has_text="bold"),
    ),
    "preview_pane": Use(
        open_preview,
        lambda page: page.locator("[data-preview] [role=status]"),
        lambda page: page.frame_locator("[data-preview] iframe").locator("main"),
    ),
    "quick_add": Use(
        lambda page: page.get_by_role("button", name="New author").click(),
        lambda page: page.locator("#id_bylines .chooser__status"),
        dialog("New author"),
    ),
}


@pytest.fixture
def draft(open_desk):
    """The address of a draft, and a page to open it in."""
    page = open_desk(ADD, viewport={"width": 1440, "height": 900})
    page.fill("#id_title", "Written on a train")
    set_markdown(page, "Some words.")
    with page.expect_navigation():
        page.locator("[name=_save].default").click()
    return page, page.url


@pytest.mark.parametrize("name", USES)
def test_what_cannot_be_loaded_is_reported_and_loaded_at_the_next_use(draft, name):
    page, url = draft
    use, pattern = USES[name], f"**/{name.split()[0]}.*"
    page.route(pattern, lambda route: route.abort())
    page.goto(url)
    rich_text(page).click()

    use.act(page)
    expect(use.report(page)).to_contain_text(FAILED)

    page.unroute(pattern)
    use.act(page)
    expect(use.result(page)).to_be_visible()
    expect(use.report(page)).not_to_contain_text(FAILED)


@dataclass
class Held:
    """Requests that get no answer yet, as on a slow line."""

    page: Page
    pattern: str

    def __post_init__(self) -> None:
        self.routes: list[Route] = []
        self.page.route(self.pattern, lambda route: self.routes.append(route))  # a bound method is refused

    def answer(self) -> None:
        while self.routes:
            self.routes.pop().continue_()

    def fail(self) -> None:
        while self.routes:
            self.routes.pop().abort()


def press(keys: str) -> Callable[[Page], None]:
    return lambda page: page.keyboard.press(keys)


LATE = {
    "link_dialog": press("Control+k"),
    "insertions for a picture": click_tool("Picture"),
    "insertions for a table": click_tool("Table"),
    "comments": press("Control+Alt+m"),
}


@pytest.fixture(params=LATE)
def use_late(draft, request):
    """Words that are selected, and a button or key that is used before its script is there."""
    page, url = draft
    held = Held(page, f"**/{request.param.split()[0]}.*")
    page.goto(url)
    select_text(page, "words")
    LATE[request.param](page)
    return page, held


def test_what_is_typed_before_a_part_is_there_is_in_the_text_and_nothing_opens_over_it(use_late):
    page, held = use_late

    page.keyboard.type(" and more")
    held.answer()

    expect(notice(page)).to_contain_text("Press the key or the button again.")
    page.keyboard.type(" and the rest")
    expect(rich_text(page)).to_have_text("Some words and more and the rest.")
    assert page.locator("dialog:modal").count() == 0


def test_what_is_typed_elsewhere_before_a_part_is_there_stays_there(use_late):
    page, held = use_late

    page.locator("#id_title").fill("")
    page.keyboard.type("My ti")
    held.answer()
    expect(notice(page)).to_contain_text("Press the key or the button again.")
    page.keyboard.type("tle")

    expect(page.locator("#id_title")).to_have_value("My title")
    expect(rich_text(page)).to_have_text("Some words.")


def test_what_is_typed_after_a_part_failed_replaces_no_words(use_late):
    page, held = use_late

    held.fail()
    expect(notice(page)).to_contain_text(FAILED)
    page.keyboard.type(" and more")
    expect(rich_text(page)).to_have_text("Some words and more.")


def test_a_part_that_fails_leaves_the_focus_where_somebody_types(use_late):
    page, held = use_late

    page.locator("#id_title").fill("")
    page.keyboard.type("My ti")
    held.fail()
    expect(notice(page)).to_contain_text(FAILED)
    page.keyboard.type("tle")

    expect(page.locator("#id_title")).to_have_value("My title")


def test_a_part_that_comes_while_nobody_types_is_used_for_the_words_that_were_selected(draft):
    page, url = draft
    held = Held(page, "**/link_dialog.*")
    page.goto(url)
    select_text(page, "words")

    page.keyboard.press("Control+k")
    page.keyboard.press("Control+k")
    held.answer()

    expect(page.get_by_role("dialog", name="Link")).to_be_visible()
    expect(page.get_by_label("Words", exact=True)).to_have_value("words")
    page.keyboard.press("Escape")
    expect(rich_text(page)).to_be_focused()
    expect(notice(page)).to_be_empty()


@pytest.mark.parametrize("part", ["**/choose/new/**", "**/quick_add.*"], ids=["form", "script"])
def test_the_form_of_a_new_author_does_not_open_over_what_is_typed_before_it_is_there(draft, part):
    page, url = draft
    page.goto(url)
    held = Held(page, part)
    page.get_by_role("button", name="New author").click()

    page.locator("#id_title").fill("")
    page.keyboard.type("My ti")
    held.answer()
    page.wait_for_timeout(500)
    page.keyboard.type("tle")

    expect(page.locator("#id_title")).to_have_value("My title")
    expect(page.get_by_role("dialog", name="New author")).to_be_hidden()
    page.get_by_role("button", name="New author").click()
    expect(page.get_by_role("dialog", name="New author")).to_be_visible()


def test_buttons_for_tables_are_available_once_they_are_there_and_where_they_apply(draft):
    page, _url = draft
    set_markdown(page, "| A |\n| --- |\n| 1 |")
    held = Held(page, "**/insertions.*")
    with page.expect_navigation():
        page.locator("[name=_save].default").click()
    page.locator("[data-command=footnote]").evaluate("(button) => { button.dataset.command = 'fotnote'; }")
    rich_text(page).locator("th").click()

    above, below = (page.get_by_role("button", name=name, exact=True) for name in ("Row above", "Row below"))
    misspelt = page.locator("[data-command=fotnote]")
    expect(misspelt).to_be_disabled()
    expect(above).to_be_disabled()
    misspelt.evaluate("(button) => { button.dataset.command = 'footnote'; }")
    held.answer()

    expect(below).to_be_enabled()
    expect(above).to_be_disabled()


def test_enter_in_a_chooser_that_cannot_be_loaded_says_so_and_saves_nothing(draft):
    page, url = draft
    page.route("**/combobox.*", lambda route: route.abort())
    page.goto(url)
    box = page.locator("#id_bylines_search")

    box.press_sequentially("elin")
    box.press("Enter")

    expect(page.locator("#id_bylines .chooser__status")).to_contain_text(FAILED)
    expect(box).to_have_value("elin")
    assert page.url == url


@pytest.mark.parametrize(
    ("field", "typed", "option"), [("bylines_search", "elin", "Elin"), ("tags", "Mold", "Moldova")]
)
def test_what_is_typed_before_the_combobox_is_there_is_searched(draft, field, typed, option):
    page, url = draft
    held = Held(page, "**/combobox.*")
    page.goto(url)
    box = page.locator(f"#id_{field}")
    box.fill("")
    box.press_sequentially(typed)
    if field != "tags":
        box.press("Enter")  # chooses nothing yet, and does not save

    held.answer()

    expect(page.locator("[role=option]").first).to_contain_text(option)
    assert page.url == url
    box.press("Enter")
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert page.url == url


def test_each_part_that_is_loaded_later_is_tried_here():
    scripts = (ROOT / "static/js/desk").rglob("*.js")
    parts = {path for script in scripts for path in LATER_IMPORT.findall(script.read_text("utf-8"))}

    names = {path.rpartition("/")[2].removesuffix(".js") for path in parts}
    assert names == {name.split()[0] for name in USES} | WITHOUT_A_BUTTON
