"""No page scrolls sideways: at 320 pixels, at 200 % zoom, and with text of twice the size, on a phone too."""

from . import table
from .site import Page

LARGE_TEXT = "document.documentElement.style.fontSize = '200%'"
VIEWPORTS = {
    "320 px": ({"width": 320, "height": 640}, ""),
    "zoom 200 %": ({"width": 640, "height": 450}, ""),  # a window of 1280 pixels
    "text 200 %": ({"width": 1280, "height": 900}, LARGE_TEXT),
    "and on a phone": ({"width": 375, "height": 800}, LARGE_TEXT),
}
MEASURE = """() => {
    const wide = document.documentElement.clientWidth;
    const out = document.documentElement.scrollWidth - wide;
    const culprits = out > 0 ? [...document.querySelectorAll('body *')]
        .filter(element => element.getBoundingClientRect().right > wide + 1)
        .map(element => element.tagName.toLowerCase() + (element.className ? '.' + element.className : '')) : [];
    return [out, culprits.slice(0, 4)];
}"""


def check(browser, pages: list[Page]) -> bool:
    overflows: dict[str, list[int]] = {page.name: [] for page in pages}
    faults = []
    for name, (viewport, script) in VIEWPORTS.items():
        context = browser.new_context(viewport=viewport)
        browser_page = context.new_page()
        for page in pages:
            page.open(browser_page)
            if script:
                browser_page.evaluate(script)
            overflow, elements = browser_page.evaluate(MEASURE)
            overflows[page.name].append(overflow)
            faults += (
                [(f"{page.name} {name}", f"{overflow} px too wide: {', '.join(elements)}")]
                if overflow > 0
                else []
            )
        context.close()
    table.print_table(
        "Pixels beyond the width of the page",
        ("page", *VIEWPORTS),
        [(name, *pixels) for name, pixels in overflows.items()],
    )
    table.print_faults(faults)
    return not faults
