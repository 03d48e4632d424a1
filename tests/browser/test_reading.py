"""Aids to reading in a browser: notes that open in place, links to paragraphs, contents where there is room."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NOTED = "/en/publications/?kind=report&language=en"
OUT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def open_piece(open_page):
    """The newest English report of the demonstration; it has notes."""

    def opened(**options):
        page = open_page(NOTED, **options)
        page.goto(page.locator("main article h2 a, main article h3 a").first.get_attribute("href"))
        return page

    return opened


def test_a_note_opens_below_its_paragraph_and_escape_gives_the_focus_back(open_piece):
    page = open_piece()
    number, address = page.locator(".footnote-ref").first, page.url
    number.focus()

    page.keyboard.press("Enter")

    expect(page.locator(".note")).to_be_focused()
    expect(number).to_have_attribute("aria-expanded", "true")
    assert page.url == address
    page.keyboard.press("Escape")
    expect(page.locator(".note")).to_have_count(0)
    expect(number).to_be_focused()


def test_a_note_closes_by_its_button_and_by_its_number(open_piece):
    page = open_piece()
    number = page.locator(".footnote-ref").first

    number.click()
    page.get_by_role("button", name="Close the note").click()
    expect(page.locator(".note")).to_have_count(0)
    number.click()
    number.click()

    expect(page.locator(".note")).to_have_count(0)


def test_with_scripts_off_the_number_of_a_note_leads_to_it(open_piece):
    page = open_piece(java_script_enabled=False)

    page.locator(".footnote-ref").first.click()

    assert page.url.endswith("#fn-1")


def test_the_link_of_a_paragraph_shows_under_the_pointer_and_no_other_does(open_piece):
    page = open_piece()
    paragraph = page.locator(".prose > p[id]").first
    link = paragraph.locator(".permalink")
    expect(link).to_be_hidden()

    paragraph.hover()

    expect(link).to_be_visible()
    expect(page.locator(".permalink:visible")).to_have_count(1)


def test_whoever_asks_gets_all_links_to_paragraphs_without_scripts(open_piece):
    page = open_piece(java_script_enabled=False)

    page.get_by_label("Show links to paragraphs").check()

    expect(page.get_by_role("link", name="Link to this paragraph").first).to_be_visible()
    page.locator(".permalink").first.focus()
    expect(page.locator(".permalink").first).to_be_focused()


def test_the_words_of_a_page_that_are_copied_hold_no_signs_of_links(open_piece):
    page = open_piece()

    page.get_by_label("Show links to paragraphs").check()
    page.keyboard.press("Control+A")

    assert "¶" not in page.evaluate("getSelection().toString()")


@pytest.mark.parametrize("width", [320, 375])
def test_a_long_choice_makes_no_list_run_out_sideways(open_page, width):
    page = open_page("/en/publications/", viewport={"width": width, "height": 700})
    page.locator("summary").first.click()

    longest = "list => [...list.options].toSorted((a, b) => b.label.length - a.label.length)[0].value"
    for choices in page.locator(".filters select").all():
        choices.select_option(choices.evaluate(longest))

    assert page.evaluate(OUT) == 0


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize(
    "path", ["/sv/amnen/", "/en/publications/?series=ukrainian-domestic-affairs", "/sv/tillganglighet/"]
)
def test_letters_of_twice_the_size_have_room(open_page, path, width):
    page = open_page(path, viewport={"width": width, "height": 800})

    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate(OUT) == 0
