"""Compressed bytes of a first view by type of resource, beside the budgets."""

import gzip
from collections import Counter
from urllib.parse import urlsplit

from . import table
from .site import Page

BUDGETS = {"document": 15_000, "stylesheet": 12_000, "script": 4_000, "font": 90_000}
WITH_ITALICS = 140_000  # bytes of fonts, where the text has italics
COMPRESSED = ("document", "stylesheet", "script")


def check(browser, pages: list[Page]) -> bool:
    """Check the bytes of each page; what the server does not compress counts as a proxy would send it (gzip)."""
    rows, faults = [], []
    for page in [page for page in pages if not page.is_mail]:
        sizes, foreign_urls, italics = _first_view(browser, page)
        budgets = {**BUDGETS, "font": WITH_ITALICS} if italics else BUDGETS
        rows.append((page.name, *(sizes[type_] for type_ in BUDGETS), sizes["image"]))
        faults += [
            (page.name, f"{type_} {sizes[type_]} over {budget}")
            for type_, budget in budgets.items()
            if sizes[type_] > budget
        ]
        faults += [(page.name, f"requests {url}") for url in foreign_urls]
    budget_row = ("(budget)", *BUDGETS.values(), "")
    table.print_table("Bytes of a first view", ("page", *BUDGETS, "image"), [budget_row, *rows])
    table.print_faults(faults)
    return not faults


def _first_view(browser, page: Page) -> tuple[Counter, list[str], bool]:
    sizes, foreign_urls, responses = Counter(), [], []
    context = browser.new_context(viewport={"width": 375, "height": 800})
    browser_page = context.new_page()
    browser_page.on("response", lambda response: responses.append(response))
    page.open(browser_page, wait_until="networkidle")
    for response in responses:
        if urlsplit(response.url).netloc != urlsplit(page.url).netloc:
            foreign_urls.append(response.url)
        sizes[response.request.resource_type] += _size(response)
    context.close()
    return sizes, foreign_urls, any("italic" in response.url for response in responses)


def _size(response) -> int:
    body = response.body()
    if response.headers.get("content-encoding"):
        return response.request.sizes()["responseBodySize"]
    return len(gzip.compress(body, 6)) if response.request.resource_type in COMPRESSED else len(body)
