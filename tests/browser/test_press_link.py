"""A press link in a real browser: made in five actions, read without a cookie or scripts, accessible at every width."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import faults_and_widths
from tests.browser.test_desk_layout import number_of

pytestmark = pytest.mark.browser

ROUTE = "/desk/publications/publication"


def make_press_link(page, number: str) -> tuple[str, str]:
    """Make a press link from the reviews of a publication; return the path of its address, and its password."""
    page.goto(f"{ROUTE}/{number}/reviews/")
    page.get_by_role("link", name="Give it to the press under embargo").click()
    page.fill("input[name=recipient]", "Kim Ek, The Daily")
    if page.locator("input[name=embargoed_until]").count():
        page.fill("input[name=embargoed_until]", "2035-06-01T06:00")
    page.click("text=Make a press link")
    address = page.input_value("#address")
    assert address in page.input_value("#message")
    return re.sub(r"^https?://[^/]+", "", address), page.input_value("#password")


def test_a_journalist_reads_a_scheduled_publication_without_a_cookie_or_scripts(open_page, open_desk):
    editor = open_desk()
    path, password = make_press_link(editor, number_of(editor, "sanctions"))
    journalist = open_page(path, java_script_enabled=False)

    journalist.fill("input[name=password]", password.upper())
    journalist.press("input[name=password]", "Enter")

    expect(journalist.locator(".notice")).to_contain_text("For Kim Ek, The Daily, embargoed until")
    assert journalist.locator("h1").inner_text() and not journalist.context.cookies()
    pdf = journalist.request.get(journalist.locator("a[type='application/pdf']").first.get_attribute("href"))
    assert pdf.ok and pdf.body().startswith(b"%PDF")


def test_axe_finds_nothing_and_no_page_scrolls_sideways(open_desk):
    page = open_desk(viewport={"width": 1280, "height": 900})
    number = number_of(page, "sanctions")
    path, password = make_press_link(page, number)
    page.goto(path)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    expect(page.locator(".notice")).to_be_visible()
    opened = page.evaluate("location.pathname")

    assert not faults_and_widths(page, [f"{ROUTE}/{number}/press/", path, opened, "/desk/review/press/none/"])
