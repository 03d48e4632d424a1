"""The preview beside the form: a button opens it in wide windows, it follows what is typed and keeps its position."""

import re
import time

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

BODY = ".rich-text"
WIDE, NARROW = {"width": 1200, "height": 900}, {"width": 1199, "height": 900}


def open_draft(open_desk, **options):
    page = open_desk("/desk/publications/publication/?q=transnistria", **options)
    page.get_by_role("link", name="Transnistria after Russian gas").click()
    page.locator(BODY if options.get("java_script_enabled", True) else "#id_body").wait_for()
    return page


def open_preview(page):
    """Open the preview beside the form and return its frame."""
    page.get_by_role("button", name="Preview", exact=True).click()
    return page.frame_locator("[data-preview] iframe")


def test_the_preview_shows_what_is_typed_and_keeps_its_position(open_desk, capsys):
    page = open_draft(open_desk, viewport=WIDE)
    frame = open_preview(page)
    expect(frame.locator("h1")).to_contain_text("Transnistria")
    inner = page.locator("[data-preview] iframe").element_handle().content_frame()
    times = []
    for word in ("firstword", "secondword", "thirdword"):
        page.locator(BODY).press("Control+End")
        page.locator(BODY).press_sequentially(f"\n\n{word}")
        started = time.monotonic()
        expect(frame.get_by_text(word)).to_be_visible(timeout=20_000)
        times.append(time.monotonic() - started)

    expect(frame.get_by_text("thirdword")).to_be_in_viewport()
    position = inner.evaluate("scrollY")
    page.locator("[name=isbn]").evaluate(
        "input => input.dispatchEvent(new Event('input', { bubbles: true }))"
    )
    page.wait_for_timeout(1500)
    assert inner.evaluate("scrollY") == position
    assert inner.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith(
        '"Publications Serif'
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDE["width"]
    with capsys.disabled():
        print(f"\nin the preview after {', '.join(f'{seconds:.2f}' for seconds in times)} s")


def test_a_new_publication_has_a_preview_before_it_is_saved(open_desk):
    page = open_desk("/desk/publications/publication/add/", viewport=WIDE)

    frame = open_preview(page)
    page.fill("[name=title]", "Not saved yet")

    expect(frame.locator("h1")).to_have_text("Not saved yet")


def test_the_browser_remembers_whether_the_preview_is_open(open_desk):
    page = open_draft(open_desk, viewport=WIDE)
    button = page.get_by_role("button", name="Preview", exact=True)
    expect(button).to_have_attribute("aria-expanded", "false")
    open_preview(page)
    page.reload()
    expect(page.locator("[data-preview]")).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")

    page.get_by_role("button", name="Close the preview").click()

    expect(page.locator("[data-preview]")).to_be_hidden()
    expect(button).to_be_focused()


def test_in_a_narrow_window_a_button_opens_the_preview(open_desk):
    page = open_draft(open_desk, viewport=NARROW)
    expect(page.locator("[data-preview]")).to_be_hidden()
    page.locator(BODY).press("Control+End")
    page.locator(BODY).press_sequentially("\n\nnot saved")

    with page.expect_popup() as opened:
        page.get_by_role("button", name="Preview").click()

    expect(opened.value.get_by_text("not saved", exact=True)).to_be_visible()


def test_the_button_needs_no_script(open_desk):
    page = open_draft(open_desk, viewport=WIDE, java_script_enabled=False)
    expect(page.locator("[data-preview]")).to_be_hidden()
    page.fill("[name=title]", "Typed without a script")

    with page.expect_popup() as opened:
        page.get_by_role("button", name="Preview").click()

    expect(opened.value.locator("h1")).to_have_text("Typed without a script")


def test_the_preview_follows_the_place_that_is_edited_and_a_click_leads_to_its_source(open_desk):
    page = open_draft(open_desk, viewport=WIDE)
    frame = open_preview(page)
    paragraphs, source = frame.locator(".prose > p"), page.locator(".rich-text > p")
    expect(paragraphs.first).to_be_attached()

    source.last.click()
    expect(paragraphs.last).to_be_in_viewport()
    page.locator("[name=title]").focus()
    expect(frame.locator("h1")).to_be_in_viewport()
    paragraphs.nth(1).click()
    page.keyboard.type("Here: ")

    expect(source.nth(1)).to_have_text(re.compile("^Here: "))
    frame.locator("h1").click()
    expect(page.locator("[name=title]")).to_be_focused()


def test_a_click_in_the_preview_leads_to_details_in_their_panel(open_desk):
    page = open_draft(open_desk, viewport=WIDE)

    open_preview(page).locator(".byline").click(position={"x": 2, "y": 2})

    expect(page.locator("[name=bylines-find]")).to_be_focused()
