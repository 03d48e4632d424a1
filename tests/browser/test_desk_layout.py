"""Pages of the desk: axe finds nothing, no page scrolls sideways, and the Content-Security-Policy holds."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import faults_and_widths

pytestmark = pytest.mark.browser

LIST = "/desk/publications/publication/"
PAGES = (
    "/desk/",
    LIST,
    f"{LIST}?waits=mine",
    f"{LIST}deleted/",
    "/desk/links/?only=few",
    "/desk/newsletter/",
    "/desk/publications/auditentry/",
)
PUBLICATION_PAGES = (
    "change/", "revisions/", "revisions/1/", "revisions/1/restore/", "difference/?from=r1&to=now", "reviews/", "publish/",
)  # fmt: skip


def number_of(page, query: str) -> str:
    page.goto(f"{LIST}?q={query}")
    href = page.locator("#result_list tbody th a").first.get_attribute("href")
    return re.search(r"/publication/([0-9]+)/", href)[1]


def make_review_link(page, number: str) -> str:
    """Make a review link and return its address, which the page shows once."""
    page.goto(f"{LIST}{number}/reviews/")
    page.fill("[name=reader]", "A reader")
    page.get_by_role("button", name="Make a link").click()
    return page.locator("#address").input_value()


def paths(page) -> list[str]:
    """Return the paths of all these pages, with content on each."""
    number = number_of(page, "lavrov")
    page.goto(f"{LIST}{number}/change/")
    page.fill("textarea[name=summary]", "What was changed, so that there is a difference.")
    page.get_by_text("More", exact=True).click()
    ready = page.get_by_role("button", name="Ready to be checked")
    if ready.count():  # else an earlier test has pressed it
        ready.click()
        page.get_by_text("Ready to be checked, says").wait_for()
    bulk = [f"{LIST}tags/?of={number}", f"{LIST}withdraw/?of={number}"]
    return [
        *PAGES,
        *(f"{LIST}{number}/{page_name}" for page_name in PUBLICATION_PAGES),
        *bulk,
        f"/desk/links/{number}/",
    ]


def test_axe_finds_nothing_and_no_page_scrolls_sideways(open_desk):
    page = open_desk(viewport={"width": 1280, "height": 900})

    assert not faults_and_widths(page, [*paths(page), make_review_link(page, number_of(page, "lavrov"))])


def test_a_title_of_two_lines_stands_beside_its_checkbox_on_a_telephone(open_desk):
    page = open_desk(f"{LIST}?q=lavrov", viewport={"width": 375, "height": 800})

    row = page.locator("#result_list tbody tr").first
    box = row.locator("input[type=checkbox]").bounding_box()
    lines = row.locator("th a").evaluate("link => [...link.getClientRects()].map(line => line.left)")

    assert len(lines) > 1
    assert min(lines) >= box["x"] + box["width"]


def test_a_reader_without_an_account_comments_and_approves(open_page, open_desk):
    editor = open_desk()
    number = number_of(editor, "transnistria")
    reader = open_page(make_review_link(editor, number), java_script_enabled=False)

    reader.locator("#passage-2 summary").click()
    reader.locator("#text-2").fill("Is that so?")
    reader.locator("#passage-2").get_by_role("button", name="Send the comment").click()
    expect(reader.locator("#passage-2")).to_contain_text("Is that so?")
    reader.get_by_role("button", name="Fine by me").click()

    editor.goto(f"{LIST}{number}/change/")
    expect(editor.get_by_text("Is that so?", exact=True)).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_header_takes_one_line_on_a_phone_and_its_menu_unfolds(open_desk, scripts):
    page = open_desk(viewport={"width": 375, "height": 760}, java_script_enabled=scripts)
    assert page.locator(".masthead").bounding_box()["height"] < 72
    link = page.get_by_role("navigation", name="Sections").get_by_role("link", name="Planning")
    expect(link).to_be_hidden()

    page.locator(".masthead summary").click()  # with the number of unread news

    link.click()
    expect(page).to_have_url(re.compile("/desk/planning/$"))


LONGEST_PERSON = """() => {
  document.querySelector(".masthead__name").firstChild.data = "Aleksandra Konstantinopolska";
  const news = document.querySelector(".masthead__person [href$='/news/']");
  news.querySelector("strong")?.remove();
  news.insertAdjacentHTML("beforeend", " <strong>99+</strong>");
}"""


@pytest.mark.parametrize(("language", "settings"), [("en", "My settings"), ("sv", "Mina inställningar")])
@pytest.mark.parametrize("width", [1440, 1280, 1264])
def test_the_header_takes_one_line_where_there_is_room(open_desk, choose_language, width, language, settings):
    choose_language(language)
    page = open_desk(viewport={"width": width, "height": 900})

    expect(page.get_by_role("link", name=settings)).to_be_visible()
    page.evaluate(LONGEST_PERSON)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator(".masthead summary")).to_be_hidden()
    assert page.locator(".masthead").bounding_box()["height"] < 72


@pytest.mark.parametrize("width", [375, 1440])
def test_filters_are_folded_and_the_chosen_ones_show(open_desk, width):
    page = open_desk(LIST, viewport={"width": width, "height": 900})
    filters = page.get_by_role("search", name="Filter")
    expect(filters.get_by_role("link")).to_have_count(0)

    page.goto(f"{LIST}?language=sv")

    expect(filters.get_by_role("link")).to_have_text([re.compile("Svenska"), "Clear all filters"])
    filters.get_by_text("Filter", exact=True).click()
    expect(filters.get_by_role("link", name="Commentary").first).to_be_visible()
