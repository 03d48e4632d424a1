"""axe over every page in a browser, wide and narrow, in the light and the dark: no violation."""

from axe_playwright_python.sync_playwright import Axe

from . import table
from .site import Page

WIDTHS = (1440, 375)
SCHEMES = ("light", "dark")


def ask(browser, pages: list[Page]) -> bool:
    counts: dict[str, list[int]] = {page.name: [] for page in pages}
    faults = []
    for scheme in SCHEMES:
        for width in WIDTHS:
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
            opened = context.new_page()
            for page in pages:
                opened.goto(page.url)
                found = _violations(opened)
                counts[page.name].append(len(found))
                faults += [(f"{page.name} {width} {scheme}", fault) for fault in found]
            context.close()
    heads = ("page", *(f"{width} {scheme}" for scheme in SCHEMES for width in WIDTHS))
    table.show("axe", heads, [(name, *each) for name, each in counts.items()])
    table.tell(faults)
    return not faults


def _violations(opened) -> list[str]:
    found = Axe().run(opened).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]
