"""Sticky elements never cover anything else while a page scrolls, at each width."""

import re

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.browser

REPORT = "/en/publications/old-ships-narrow-waters/"
WIDTHS = (375, 768, 1024, 1056, 1280, 1920)
STICKY = {
    ".contents", ".writing-top", ".writing__preview", ".writing-tools--table", ".library .submit-row",
    ".form-side:not(:popover-open)", ".form-side:popover-open .form-side__head",
}  # fmt: skip
"""All rules of the style sheets that let something stick; those of the form and of reports are on the pages below."""
OVERLAPS = """(step) => {
    const isShown = each => each.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const sticky = [...document.querySelectorAll("body *")]
        .filter(each => getComputedStyle(each).position === "sticky" && isShown(each));
    const within = ["IMG", "BUTTON", "INPUT", "SELECT", "TEXTAREA"];
    const parts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const owner = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
        const isText = node.nodeType === Node.TEXT_NODE && node.data.trim();
        if (!(isText || within.includes(node.nodeName)) || !isShown(owner)) continue;
        if (owner.closest(".visually-hidden, .form-bar")) continue;
        if (sticky.some(each => each.contains(owner) || each.closest("[data-text-editor]")?.contains(owner))) continue;
        const range = document.createRange();
        range.selectNode(node);
        for (const box of range.getClientRects())
            if (box.width > 1 && box.height > 1) parts.push([node, box.left, box.top + scrollY, box.right, box.bottom + scrollY]);
    }
    const found = new Set();
    const end = document.documentElement.scrollHeight - innerHeight;
    for (let y = 0; y <= end + step; y += step) {
        scrollTo(0, Math.min(y, end));
        for (const each of sticky) {
            const box = each.getBoundingClientRect();
            for (const [node, left, top, right, bottom] of parts)
                if (left < box.right - 1 && box.left < right - 1 && top - scrollY < box.bottom - 1 && box.top < bottom - scrollY - 1)
                    found.add(`${each.className} over ${(node.data || node.nodeName).trim().slice(0, 30)}`);
        }
    }
    return { sticky: sticky.map(each => `.${each.className.split(" ")[0]}`), found: [...found] };
}"""


@pytest.fixture
def desk_form(open_desk):
    """The form of the long report at the desk."""

    def opened(**options):
        page = open_desk("/desk/publications/publication/?q=old+ships", **options)
        page.get_by_role("link", name="Old ships").first.click()
        page.locator(".writing-top").wait_for()
        return page

    return opened


def overlaps_of(page) -> dict[str, list[str]]:
    """Return the sticky elements of the page, and what they cover while it scrolls in steps of a fifth of the window."""
    page.evaluate("document.fonts.ready")
    return page.evaluate(OVERLAPS, page.viewport_size["height"] // 5)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", [REPORT, f"{REPORT}editions/1/"])
def test_contents_beside_a_long_text_cover_nothing(open_page, path, width):
    page = open_page(path, viewport={"width": width, "height": 900})

    seen = overlaps_of(page)

    assert seen == {"sticky": [".contents"] if width >= 992 else [], "found": []}


@pytest.mark.parametrize("width", WIDTHS)
def test_tools_and_preview_beside_the_text_at_the_desk_cover_nothing_but_the_text(desk_form, width):
    page = desk_form(viewport={"width": width, "height": 900})
    if width >= 1200:
        page.get_by_role("button", name="Preview", exact=True).click()

    seen = overlaps_of(page)

    side = [".form-side"] if width in (1056, 1920) else []
    preview = [".writing__preview"] if width >= 1200 else []
    assert seen == {"sticky": [".writing-top", *side, *preview], "found": []}


def test_every_rule_that_lets_something_stick_is_known_here():
    styles = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "static/css").glob("*.css"))

    selectors = re.findall(r"([^{};/]+)\{[^{}]*position: sticky", styles)

    assert {selector.strip() for selector in selectors} == STICKY
