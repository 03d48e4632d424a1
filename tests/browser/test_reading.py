"""Aids to reading in a browser: notes that open in place, links to paragraphs, contents where there is room."""

import time

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NOTED = "/en/publications/?kind=report&language=en"
OUT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def open_publication(open_page):
    """The newest English report of the demonstration; it has notes."""

    def opened(**options):
        page = open_page(NOTED, **options)
        page.goto(page.locator("main article h2 a, main article h3 a").first.get_attribute("href"))
        return page

    return opened


def test_a_note_opens_below_its_paragraph_and_escape_gives_the_focus_back(open_publication):
    page = open_publication()
    number, address = page.locator(".footnote-ref").first, page.url
    number.focus()

    page.keyboard.press("Enter")

    expect(page.locator(".note")).to_be_focused()
    expect(number).to_have_attribute("aria-expanded", "true")
    assert page.url == address
    page.keyboard.press("Escape")
    expect(page.locator(".note")).to_have_count(0)
    expect(number).to_be_focused()


def test_a_note_closes_by_its_button_and_by_its_number(open_publication):
    page = open_publication()
    number = page.locator(".footnote-ref").first

    number.click()
    page.get_by_role("button", name="Close the note").click()
    expect(page.locator(".note")).to_have_count(0)
    number.click()
    number.click()

    expect(page.locator(".note")).to_have_count(0)


def test_notes_stand_open_in_the_order_of_their_numbers_whichever_is_opened_first(open_publication):
    page = open_publication()
    first = page.locator(".footnote-ref").first
    first.evaluate(
        "link => link.closest('p').append(document.querySelectorAll('.footnote-ref')[1].parentNode)"
    )

    for number in (1, 0):
        page.locator(".footnote-ref").nth(number).click()

    assert page.locator(".note__number").all_text_contents() == ["1", "2"]
    expect(page.locator(".note").first).to_contain_text(page.locator("#fn-1 p").first.inner_text()[:20])


def test_with_scripts_off_the_number_of_a_note_leads_to_it(open_publication):
    page = open_publication(java_script_enabled=False)

    page.locator(".footnote-ref").first.click()

    assert page.url.endswith("#fn-1")


def test_the_link_of_a_paragraph_shows_under_the_pointer_and_no_other_does(open_publication):
    page = open_publication()
    paragraph = page.locator(".prose > p[id]").first
    link = paragraph.locator(".permalink")
    expect(link).to_be_hidden()

    paragraph.hover()

    expect(link).to_be_visible()
    expect(page.locator(".permalink:visible")).to_have_count(1)


def test_a_checkbox_shows_all_links_to_paragraphs_without_scripts(open_publication):
    page = open_publication(java_script_enabled=False)

    page.get_by_label("Show links to paragraphs").check()

    expect(page.get_by_role("link", name="Link to this paragraph").first).to_be_visible()
    page.locator(".permalink").first.focus()
    expect(page.locator(".permalink").first).to_be_focused()


def test_the_words_of_a_page_that_are_copied_hold_no_signs_of_links(open_publication):
    page = open_publication()

    page.get_by_label("Show links to paragraphs").check()
    page.keyboard.press("Control+A")

    assert "¶" not in page.evaluate("getSelection().toString()")


@pytest.mark.parametrize("width", [320, 375])
def test_a_long_choice_does_not_make_the_list_scroll_sideways(open_page, width):
    page = open_page("/en/publications/", viewport={"width": width, "height": 700})
    page.locator("summary").first.click()

    longest = "list => [...list.options].toSorted((a, b) => b.label.length - a.label.length)[0].value"
    for choices in page.locator(".facets select").all():
        choices.select_option(choices.evaluate(longest))

    assert page.evaluate(OUT) == 0


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize(
    "path", ["/sv/amnen/", "/en/publications/?series=ukrainian-domestic-affairs", "/sv/tillganglighet/"]
)
def test_text_of_twice_the_size_fits(open_page, path, width):
    page = open_page(path, viewport={"width": width, "height": 800})

    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate(OUT) == 0


def test_the_contents_stay_in_sight_beside_a_long_report_and_scroll_by_themselves(open_page):
    page = open_page("/en/publications/old-ships-narrow-waters/", viewport={"width": 1280, "height": 400})

    page.evaluate("scrollTo(0, document.querySelector('.prose').offsetTop + 3000)")

    contents = page.locator(".contents")
    expect(contents).to_be_in_viewport(ratio=0.99)
    assert contents.evaluate("element => element.scrollHeight > element.clientHeight")
    assert page.evaluate("""() => {
        const [contents, prose, rail] = ['.contents', '.prose', '.article__rail']
            .map(name => document.querySelector(name).getBoundingClientRect());
        return prose.right <= contents.left && contents.bottom <= rail.top }""")


def test_pdf_reference_and_sharing_are_near_the_title_on_a_phone_and_beside_a_long_report(open_page):
    short, long = (
        f"/en/publications/{slug}/" for slug in ("moldova-a-yes-by-a-hair", "old-ships-narrow-waters")
    )

    for path, width in ((short, 375), (long, 375), (long, 1280)):
        at_hand = open_page(path, viewport={"width": width, "height": 700}).locator(".quick-links")
        expect(at_hand.get_by_role("link")).to_have_count(3)
        expect(at_hand).to_be_in_viewport()


def test_beside_a_short_text_they_are_in_the_side_column_alone(open_page):
    page = open_page("/en/publications/moldova-a-yes-by-a-hair/", viewport={"width": 1280, "height": 900})

    expect(page.locator(".quick-links")).to_be_hidden()
    expect(page.locator("#share")).to_be_in_viewport()


MEASURE_SHIFTS = """
    window.moved = 0;
    const add = shifts => shifts.getEntries().forEach(shift => (moved += shift.value));
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });"""

# A hundredth of what counts as good (web.dev, Cumulative Layout Shift): rounding, no movement.
MAX_SHIFT = 0.001


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_moves_when_fonts_and_scripts_arrive(open_page, width):
    page = open_page("/en/", viewport={"width": width, "height": 900})
    page.add_init_script(MEASURE_SHIFTS)

    for path in ("/en/", "/en/publications/", "/en/publications/old-ships-narrow-waters/#cite"):
        page.goto(path, wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        assert page.evaluate("moved") < MAX_SHIFT, path


@pytest.mark.parametrize("path", ["/en/", "/en/publications/old-ships-narrow-waters/"])
def test_nothing_moves_where_fonts_come_late(open_page, path):
    page = open_page("/robots.txt", viewport={"width": 1280, "height": 900})
    page.add_init_script(MEASURE_SHIFTS)
    page.route("**/*latin-wght-normal*.woff2", lambda route: (time.sleep(1), route.continue_()))

    page.goto(path, wait_until="networkidle")
    page.evaluate("document.fonts.ready")

    assert page.evaluate("moved") < MAX_SHIFT


def test_the_tab_order_has_a_paragraph_before_its_link(open_publication):
    page = open_publication()
    page.locator(".footnote-ref").first.focus()

    page.keyboard.press("Shift+Tab")
    before = page.evaluate("document.activeElement.className")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    assert before != "permalink"
    assert page.evaluate("document.activeElement.matches('p:has(.footnote-ref) > .permalink')")


def test_print_has_the_text_its_notes_and_its_reference_and_no_navigation(open_publication):
    page = open_publication()

    page.emulate_media(media="print")

    for hidden in (
        ".masthead nav",
        ".masthead__search",
        ".breadcrumb",
        ".quick-links",
        ".article__rail",
        ".footer",
    ):
        expect(page.locator(hidden).first).to_be_hidden()
    for shown in (".title", ".byline", ".prose", ".footnotes", ".print-only"):
        expect(page.locator(shown)).to_be_visible()
