"""Details of the desk that only a browser shows: what Enter does, where the cursor is, where a click leads."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import faults_and_widths
from tests.browser.text_editor import set_markdown, show_markdown

pytestmark = pytest.mark.browser
LIST = "/desk/publications/publication/"
LIBRARY = "/desk/publications/image/"


def open_form(page, query: str) -> str:
    """Open the form of the first publication that matches and return its URL."""
    page.goto(f"{LIST}?q={query}")
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_url("**/change/**")
    return re.match(r".*/change/", page.url)[0]


def test_without_scripts_enter_in_the_find_field_finds_and_saves_nothing(open_desk):
    page = open_desk(java_script_enabled=False)
    open_form(page, "transnistria")
    page.fill("textarea[name=summary]", "Half typed")

    page.get_by_role("button", name="Details").click()
    page.fill("[name=bylines-find]", "qqzzqq")
    page.press("[name=bylines-find]", "Enter")

    expect(page.locator("#id_bylines")).to_contain_text("Nothing found.")
    expect(page.locator("textarea[name=summary]")).to_have_value("Half typed")
    expect(page.locator("[name=bylines-find]")).to_be_focused()
    expect(page.get_by_text("Draft saved")).to_have_count(0)


@pytest.mark.parametrize("is_rich", [True, False], ids=["rich text", "Markdown"])
def test_what_has_to_be_corrected_is_selected_and_in_sight(open_desk, is_rich):
    page = open_desk()
    form = open_form(page, "transnistria")
    show_markdown(page)
    text = page.locator("#id_body").input_value()
    set_markdown(page, f"{text}\n\nSee {{++this++}}.\n\n{'And so on. ' * 200}", to_rich_text=is_rich)
    page.locator('[name="_publish"]').last.click()

    page.get_by_role("link", name="Mend it in line").first.click()
    page.wait_for_url(f"{form}?line=*")

    element = ".rich-text" if is_rich else "#id_body"
    page.wait_for_function("(element) => document.activeElement.matches(element)", arg=element)
    page.wait_for_function("() => getSelection().toString().includes('this')")
    selected = page.evaluate("getSelection().toString()")
    height = page.evaluate("innerHeight")
    at = page.locator(element).evaluate("(field) => field.getBoundingClientRect().toJSON()")
    assert selected == "See {++this++}."
    assert at["top"] < 0 < height < at["bottom"]  # the middle of a long text, not its start


def test_a_link_skips_the_preview_by_keyboard(open_desk):
    page = open_desk()
    form = open_form(page, "lavrov")
    page.goto(form.replace("/change/", "/publish/"))

    page.get_by_role("link", name="Skip the preview").press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("Boolean(document.activeElement.closest('form.action-form'))")


def test_a_click_on_an_image_sets_its_focal_point(open_desk):
    page = open_desk(LIBRARY, viewport={"width": 1280, "height": 900})
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_load_state("networkidle")
    whole = page.locator(".focal__whole img")
    box = whole.bounding_box()

    whole.click(position={"x": box["width"] / 4, "y": box["height"] / 2})

    expect(page.locator("#id_focus_x")).to_have_value("25")
    expect(page.locator("#id_focus_y")).to_have_value("50")
    page.locator("#id_focus_x").fill("90")
    expect(page.locator(".focal__mark")).to_have_attribute("style", re.compile(r"left: 90%"))


def test_axe_finds_nothing_on_pages_of_actions(open_desk):
    page = open_desk(LIBRARY, viewport={"width": 1280, "height": 900})
    image = page.locator("#result_list tbody th a").first.get_attribute("href")
    draft = open_form(page, "transnistria").removesuffix("change/")
    live = open_form(page, "lavrov").removesuffix("change/")

    assert not faults_and_widths(page, [image, f"{draft}withdraw/", f"{live}undo/", f"{draft}publish/"])
