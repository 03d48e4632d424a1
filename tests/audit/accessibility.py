"""axe on every page in a browser, wide and narrow, in light and dark: no violation."""

from axe_playwright_python.sync_playwright import Axe

from . import table
from .site import Page

WIDTHS = (1440, 375)
SCHEMES = ("light", "dark")


def check(browser, pages: list[Page]) -> bool:
    counts: dict[str, list[int]] = {page.name: [] for page in pages}
    faults = []
    for scheme in SCHEMES:
        for width in WIDTHS:
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
            browser_page = context.new_page()
            for page in pages:
                page.open(browser_page)
                violations = _violations(browser_page)
                counts[page.name].append(len(violations))
                faults += [(f"{page.name} {width} {scheme}", violation) for violation in violations]
            context.close()
    headings = ("page", *(f"{width} {scheme}" for scheme in SCHEMES for width in WIDTHS))
    table.print_table("axe", headings, [(name, *numbers) for name, numbers in counts.items()])
    table.print_faults(faults)
    return not faults


def _violations(browser_page) -> list[str]:
    violations = Axe().run(browser_page).response["violations"]
    return [f"{violation['id']}: {node['target']}" for violation in violations for node in violation["nodes"]]
