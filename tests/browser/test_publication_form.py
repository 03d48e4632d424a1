"""The form of a publication: a bar that stays in sight, details beside the text or in a panel, nothing hidden under a bar."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import faults_in_each_scheme
from tests.browser.text_editor import rich_text

pytestmark = pytest.mark.browser

ADD = "/desk/publications/publication/add/"
WIDTHS = (1440, 375)
IMPORTANT = (
    "[name=title]", "[name=summary]", "[name=bylines-find]", "[name=tags]", "[name=related-find]", "[name=kind]",
    "[name=language]", "[name=published_at]", "[name=cover_choice-find]",
)  # fmt: skip
TITLE_TOP = 200  # pixels above the title without notices, at most
FOCUS = """() => {
    const element = document.activeElement, box = element.getBoundingClientRect();
    const isPart = (found) => found === element || element.contains(found) || found?.contains(element);
    const points = [[box.left + 3, box.top + 3], [box.left + 3, Math.min(box.bottom, innerHeight) - 3]];
    return {
        name: element.name || element.id || element.textContent.trim(), isBody: element === document.body,
        isHidden: !points.some(([x, y]) => isPart(document.elementFromPoint(x, y))),
    };
}"""
ANNOUNCED = """() => {
    globalThis.announced = [];
    const status = document.querySelector("[data-autosaved-at]");
    new MutationObserver(() => announced.push(status.textContent)).observe(status, { childList: true });
}"""


@pytest.fixture
def form(open_desk):
    """Return a function that opens the form of a Quick Comment."""

    def opened(**options):
        page = open_desk("/desk/publications/publication/?q=lavrov+kina", **options)
        page.locator("#result_list tbody th a").first.click()
        if options.get("java_script_enabled", True):
            page.locator(".rich-text").wait_for()
        return page

    return opened


def size(width: int) -> dict[str, int]:
    return {"width": width, "height": 900 if width > 400 else 812}


def focused_elements(page) -> list[dict]:
    """Press Tab through the page and return what had the focus, once."""
    elements = []
    for _press in range(150):
        page.keyboard.press("Tab")
        if page.locator(".rich-text:focus").count():
            page.keyboard.press("Escape")
        element = page.evaluate(FOCUS)
        if element["isBody"]:
            break
        elements.append(element)
    return elements


@pytest.mark.parametrize(("width", "scripts"), [(1440, True), (768, True), (375, True), (375, False)])
def test_the_bar_stays_in_sight(form, width, scripts):
    page = form(viewport=size(width), java_script_enabled=scripts)

    for position in (0, 900, 100_000):
        page.mouse.wheel(0, position)
        bar = page.get_by_role("region", name="State and actions")
        for name in ("Save draft", "Check and publish"):
            expect(bar.get_by_role("button", name=name)).to_be_in_viewport()
        expect(bar.locator(".state-mark")).to_be_in_viewport()
        if scripts:
            expect(bar.get_by_text("words,")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("language", ["en", "sv"])
def test_on_a_phone_the_bar_is_a_line_of_state_and_a_row_of_buttons(form, choose_language, language):
    choose_language(language)
    page = form(viewport=size(375))
    bar = page.locator(".form-bar")

    page.locator("[name=summary]").press_sequentially("One more.")
    expect(bar.locator("[data-kept]")).to_be_visible(timeout=20_000)

    assert bar.evaluate("bar => bar.offsetHeight") <= MAX_BAR_HEIGHT
    boxes = [button.bounding_box() for button in bar.locator(".form-bar__buttons > *").all()]
    assert len(boxes) == 5 and all(boxes)  # the preview is one of them
    assert len({(box["y"], box["height"]) for box in boxes}) == 1
    row = bar.locator(".form-bar__buttons").bounding_box()
    assert boxes[-1]["x"] + boxes[-1]["width"] <= row["x"] + row["width"]


def test_without_scripts_no_field_is_cut_off_in_a_column_that_scrolls(form):
    page = form(viewport=size(1440), java_script_enabled=False)
    side = page.locator("#form-side").bounding_box()

    last = page.locator("#form-side > :last-child").bounding_box()

    assert last["y"] + last["height"] <= side["y"] + side["height"]


def test_what_is_kept_is_shown_with_its_age_and_read_aloud_once(form):
    page = form(viewport=size(1440))
    page.evaluate(ANNOUNCED)

    page.locator("[name=summary]").press_sequentially("One more.")
    expect(page.locator(".form-bar [data-kept]")).to_have_text(
        re.compile(r"^Kept safe [3-9] sec\. ago, draft not saved$"), timeout=20_000
    )
    page.locator("[name=summary]").press_sequentially(" And more.")
    expect(page.locator(".form-bar [data-kept]")).to_have_text(
        re.compile(r"Kept safe (now|[12] sec\. ago)"), timeout=20_000
    )

    assert page.evaluate("announced") == ["What you type is kept."]


@pytest.mark.parametrize("language", ["en", "sv"])
def test_an_age_has_no_sign_though_the_clock_is_set_back(form, language):
    page = form(viewport=size(375))
    path = page.url
    page.route(path, lambda route: in_language(route, language))
    page.goto(path)
    page.evaluate("() => { const { now } = Date; Date.now = () => now() + (globalThis.shift ?? 0); }")
    page.locator("[name=summary]").press_sequentially("One more.")
    age = page.locator(".form-bar [data-kept]")
    expect(age).not_to_be_empty(timeout=20_000)

    for shift, unit in ((0, "1"), (31_000, "3"), (-90_000, "n")):
        page.evaluate("(shift) => { globalThis.shift = shift; }", shift)
        expect(age).to_have_text(re.compile(rf"^Kept safe [^−+\-\d]*{unit}[^−+\-]*, draft not saved$"))


def in_language(route, language: str) -> None:
    """Answer with the page as if it were in another language."""
    response = route.fetch()
    route.fulfill(
        response=response, body=response.text().replace('<html lang="en', f'<html lang="{language}')
    )


@pytest.mark.parametrize("path", ["", ADD])
def test_nothing_important_is_below_two_screens(form, path):
    page = form(viewport=size(1440))
    if path:
        page.goto(path)
        page.locator(".rich-text").wait_for()

    boxes = {field: page.locator(field).bounding_box() for field in IMPORTANT}

    # From the title, as other tests may have left notices above it.
    title_top = boxes["[name=title]"]["y"]
    assert all(box["y"] + box["height"] - title_top <= 2 * 900 - TITLE_TOP for box in boxes.values())


@pytest.mark.parametrize(("width", "scripts"), [(768, True), (375, True), (375, False)])
def test_the_details_are_one_click_away_where_there_is_no_room_beside_the_text(form, width, scripts):
    page = form(viewport=size(width), java_script_enabled=scripts)
    expect(page.locator("[name=tags]")).to_be_hidden()

    page.get_by_role("button", name="Details").click()

    for field in IMPORTANT[2:] if scripts else ():
        box = page.locator(field).bounding_box()
        assert box["y"] + box["height"] <= 2 * page.viewport_size["height"]
    page.locator("[name=tags]").fill("Panel")
    if scripts:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    else:
        page.get_by_role("button", name="Close").click()
    expect(page.locator("[name=tags]")).to_be_hidden()
    assert page.evaluate("new FormData(document.querySelector('#publication_form')).get('tags')") == "Panel"


def test_escape_leads_back_to_the_button_of_the_details(form):
    page = form(viewport=size(375))
    page.get_by_role("button", name="Details").click()
    expect(page.locator("#form-side")).to_be_focused()

    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Details")).to_be_focused()
    page.get_by_role("button", name="Details").click()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("button", name="Details")).to_be_focused()


def test_a_link_to_a_field_of_the_details_shows_it(form):
    page = form(viewport=size(375))

    page.goto(f"{page.url.split('?')[0]}#id_tags")

    expect(page.locator("[name=tags]")).to_be_in_viewport()


@pytest.mark.parametrize(
    "viewport", [size(1440), size(375), {"width": 720, "height": 450}, {"width": 320, "height": 256}]
)
def test_the_focus_is_never_hidden_under_a_bar(form, viewport):
    page = form(viewport=viewport)

    elements = focused_elements(page)

    assert len(elements) >= 15
    assert [element["name"] for element in elements if element["isHidden"]] == []


def test_the_tab_key_goes_in_the_order_of_reading(form):
    page = form(viewport=size(1440))
    names = [element["name"] for element in focused_elements(page)]

    order = [
        "title",
        "summary",
        "bylines-find",
        "tags",
        "related-find",
        "kind",
        "language",
        "published_at",
        "_save",
        "_publish",
    ]

    assert [name for name in dict.fromkeys(names) if name in order] == order


def test_where_the_text_is_much_enlarged_the_bar_takes_no_room_of_it(form):
    page = form(viewport={"width": 320, "height": 256})

    assert page.locator(".form-bar").evaluate("bar => getComputedStyle(bar).position") == "static"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_menu_closes_with_escape_and_a_click_elsewhere(form):
    page = form(viewport=size(1440))
    more, history = page.get_by_text("More", exact=True), page.get_by_role("link", name="History")
    more.click()
    expect(history).to_be_visible()
    page.keyboard.press("Escape")
    expect(history).to_be_hidden()
    more.click()

    page.locator("[name=title]").click()

    expect(history).to_be_hidden()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_refused_form_leads_from_the_bar_to_its_fields(form, width):
    page = form(viewport=size(width))
    page.locator("summary", has_text="Address, translation").evaluate(
        "element => { element.parentElement.open = true; }"
    )
    page.locator("[name=isbn]").evaluate("input => { input.value = 'no number'; }")

    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("link", name="1 field to correct").click()
    page.locator(".field-errors").get_by_role("link", name="ISBN").click()

    expect(page.locator("[name=isbn]")).to_be_in_viewport()
    assert not faults_in_each_scheme(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_with_all_panels_open(form, width):
    page = form(viewport=size(width))
    if width < 1056:
        page.get_by_role("button", name="Details").click()
        assert not faults_in_each_scheme(page)
        page.keyboard.press("Escape")
    else:
        page.get_by_role("button", name="Preview", exact=True).click()
    page.get_by_text("More", exact=True).click()

    assert not faults_in_each_scheme(page)


def test_suggestions_stand_at_their_fields_with_a_reason(form):
    page = form(viewport=size(1440))
    suggested = page.locator("fieldset:has([name=tags]) + [data-suggestions=tags]")

    expect(suggested).to_contain_text("named 2 times in the text")
    suggested.get_by_role("button", name="+ Ukraine").click()

    expect(page.locator("[name=tags]")).to_have_value(re.compile("Ukraine, $"))


def test_a_new_form_says_once_that_what_is_typed_is_kept_and_not_saved(form):
    page = form(viewport=size(375))
    page.goto(ADD)
    page.locator(".rich-text").wait_for()
    expect(page.locator("[data-word-count]")).to_have_text("0 words")
    expect(page.locator(".form-bar__status")).to_be_visible()

    page.locator(".rich-text").press_sequentially("Two words")

    expect(page.locator(".form-bar [data-kept]")).to_contain_text("draft not saved", timeout=20_000)
    expect(page.locator("[data-word-count]")).to_have_text("2 words, 1 min read")
    expect(page.locator(".form-bar__status")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("field", ["tags", "bylines-find"])
def test_suggestions_are_not_hidden_behind_the_bar(form, width, field):
    page = form(viewport=size(width))
    if width == 375:
        page.get_by_role("button", name="Details").click()
    box = page.locator(f"[name={field}]")
    box.evaluate("box => scrollBy(0, box.getBoundingClientRect().bottom - innerHeight + 80)")
    box.fill("")
    box.press_sequentially("e")
    options = page.locator("[role=listbox]:not([hidden])")
    expect(options.locator("[role=option]").first).to_be_visible()

    shown = options.evaluate(
        """(list) => { const { left, bottom } = list.getBoundingClientRect(); return list.contains(document.elementFromPoint(left + 9, bottom - 9)); }"""
    )
    assert shown


@pytest.mark.parametrize("width", WIDTHS)
def test_all_tags_are_in_sight(form, width):
    page = form(viewport=size(width))
    if width < 400:
        page.get_by_role("button", name="Details").click()
    tags = page.locator("[name=tags]")

    tags.fill(", ".join(f"A tag with a long name, number {number}" for number in range(12)))

    hidden = (
        "element => [element.scrollWidth - element.clientWidth, element.scrollHeight - element.clientHeight]"
    )
    expect(tags).to_have_js_property("tagName", "TEXTAREA")
    assert tags.evaluate(hidden) == [0, 0]


def test_enter_ends_a_tag(form):
    page = form(viewport=size(1440))
    tags = page.locator("[name=tags]")

    tags.fill("A tag that nobody has used")
    tags.press("Escape")
    tags.press("Enter")

    expect(tags).to_have_value("A tag that nobody has used, ")


MAX_BAR_HEIGHT = 96
LONG_LABELS = """() => {
    document.querySelector(".form-bar [name=_publish] .form-bar__brief").textContent = "Publicera…";
    document.querySelector(".form-bar [name=_save] .form-bar__brief").textContent = "Spara";
    document.querySelector("button.form-bar__details").textContent = "Uppgifter";
    document.querySelector("[data-kept]").dataset.text = "Undansparat {ago}, ännu inte i utkastet";
}"""
EDGES = """() => {
    const box = (name) => document.querySelector(name).getBoundingClientRect();
    const caret = getSelection().getRangeAt(0).startContainer;
    const row = (caret.closest ? caret : caret.parentElement).closest("tr").getBoundingClientRect();
    return [row.bottom, box("[data-table-tools]").top, box("[data-table-tools]").bottom, box(".form-bar").top].map(Math.round);
}"""


def test_the_row_that_is_typed_on_a_narrow_screen_is_above_both_bars(form):
    page = form(viewport=size(375))
    page.evaluate(LONG_LABELS)
    rich_text(page).click()
    page.keyboard.press("Control+End")
    page.get_by_role("toolbar").get_by_role("button", name="Table", exact=True).click()
    for _cell in range(7):
        page.keyboard.type("Word")
        page.keyboard.press("Tab")
    page.keyboard.type("Elering")
    expect(page.locator(".form-bar [data-kept]")).to_contain_text("Undansparat", timeout=20_000)

    edges = page.evaluate(EDGES)

    assert all(upper <= lower + 1 for upper, lower in pairwise(edges)), edges  # whole pixels
    height = page.evaluate("document.querySelector('.form-bar').offsetHeight")
    assert height <= MAX_BAR_HEIGHT


def test_a_date_without_its_hour_is_not_lost(form):
    """Browsers send nothing of it; the form stays, and says in their words what is missing."""
    page = form()
    date = page.locator("[name=published_at]")
    date.scroll_into_view_if_needed()
    date.fill("")
    date.click(position={"x": 5, "y": 10})
    page.keyboard.type("05012017")
    address = page.url

    page.get_by_role("button", name="Save draft").first.click()

    page.wait_for_timeout(500)
    assert page.url == address and date.evaluate("field => field.validity.badInput")
    assert date.evaluate("field => field === document.activeElement")
