"""The preview beside the form: it follows what is typed, keeps its scroll position, and is shown in wide windows."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser

BODY = "textarea[name=body]"
WIDE, NARROW = {"width": 1200, "height": 900}, {"width": 1199, "height": 900}


def open_draft(open_page, site, **options):
    page = open_page("/desk/", **options)
    sign_in(page, site)
    page.goto("/desk/publications/publication/?q=transnistria")
    page.get_by_role("link", name="Transnistria after Russian gas").click()
    page.wait_for_selector(BODY)
    return page


def test_the_preview_follows_what_is_typed_and_keeps_its_position(open_page, site, capsys):
    page = open_draft(open_page, site, viewport=WIDE)
    frame = page.frame_locator("[data-preview] iframe")
    expect(frame.locator("h1")).to_contain_text("Transnistria")
    inner = page.locator("[data-preview] iframe").element_handle().content_frame()
    inner.evaluate("scrollTo(0, 300)")

    times = []
    for word in ("firstword", "secondword", "thirdword"):
        page.locator(BODY).press("Control+End")
        page.locator(BODY).press_sequentially(f"\n\n{word}")
        started = time.monotonic()
        expect(frame.get_by_text(word)).to_be_visible(timeout=8000)
        times.append(time.monotonic() - started)

    assert inner.evaluate("scrollY") == 300
    assert inner.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith(
        '"Publications Serif'
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDE["width"]
    with capsys.disabled():
        print(f"\nin the preview after {', '.join(f'{seconds:.2f}' for seconds in times)} s")


def test_a_new_publication_has_a_preview_before_it_is_saved(open_page, site):
    page = open_page("/desk/", viewport=WIDE)
    sign_in(page, site)
    page.goto("/desk/publications/publication/add/")

    page.fill("[name=title]", "Not saved yet")

    expect(page.frame_locator("[data-preview] iframe").locator("h1")).to_have_text("Not saved yet")


def test_in_a_narrow_window_a_button_opens_the_preview(open_page, site):
    page = open_draft(open_page, site, viewport=NARROW)
    expect(page.locator("[data-preview]")).to_be_hidden()
    page.locator(BODY).press("Control+End")
    page.locator(BODY).press_sequentially("\n\nnot saved")

    with page.expect_popup() as opened:
        page.get_by_role("button", name="Preview").click()

    expect(opened.value.get_by_text("not saved", exact=True)).to_be_visible()


def test_the_button_needs_no_script(open_page, site):
    page = open_draft(open_page, site, viewport=WIDE, java_script_enabled=False)
    expect(page.locator("[data-preview]")).to_be_hidden()
    page.fill("[name=title]", "Typed without a script")

    with page.expect_popup() as opened:
        page.get_by_role("button", name="Preview").click()

    expect(opened.value.locator("h1")).to_have_text("Typed without a script")
