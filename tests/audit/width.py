"""No page runs out sideways: at 320 pixels, at 200 % zoom, and with letters of twice the size, on a phone too."""

from . import table
from .site import Page

LARGE_LETTERS = "document.documentElement.style.fontSize = '200%'"
WAYS = {
    "320 px": ({"width": 320, "height": 640}, ""),
    "zoom 200 %": ({"width": 640, "height": 450}, ""),  # a window of 1280 pixels
    "letters 200 %": ({"width": 1280, "height": 900}, LARGE_LETTERS),
    "and on a phone": ({"width": 375, "height": 800}, LARGE_LETTERS),
}
MEASURE = """() => {
    const wide = document.documentElement.clientWidth;
    const out = document.documentElement.scrollWidth - wide;
    const culprits = out > 0 ? [...document.querySelectorAll('body *')]
        .filter(each => each.getBoundingClientRect().right > wide + 1)
        .map(each => each.tagName.toLowerCase() + (each.className ? '.' + each.className : '')) : [];
    return [out, culprits.slice(0, 4)];
}"""


def ask(browser, pages: list[Page]) -> bool:
    over: dict[str, list[int]] = {page.name: [] for page in pages}
    faults = []
    for name, (viewport, act) in WAYS.items():
        context = browser.new_context(viewport=viewport)
        opened = context.new_page()
        for page in pages:
            opened.goto(page.url)
            if act:
                opened.evaluate(act)
            out, culprits = opened.evaluate(MEASURE)
            over[page.name].append(out)
            faults += [(f"{page.name} {name}", f"{out} px out: {', '.join(culprits)}")] if out > 0 else []
        context.close()
    table.show(
        "Pixels out of the page sideways", ("page", *WAYS), [(name, *each) for name, each in over.items()]
    )
    table.tell(faults)
    return not faults
