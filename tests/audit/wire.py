"""What a first view costs on the wire, beside the budgets of the design: compressed bytes by sort."""

import gzip
from collections import Counter
from urllib.parse import urlsplit

from . import table
from .site import Page

BUDGETS = {"document": 15_000, "stylesheet": 12_000, "script": 4_000, "font": 90_000}
WITH_ITALICS = 140_000  # bytes of fonts, where the text has italics
COMPRESSED = ("document", "stylesheet", "script")


def ask(browser, pages: list[Page]) -> bool:
    """A page that is not compressed by the server is counted as a server in front would send it (gzip)."""
    rows, faults = [], []
    for page in pages:
        sizes, strangers, italics = _first_view(browser, page)
        budgets = {**BUDGETS, "font": WITH_ITALICS} if italics else BUDGETS
        rows.append((page.name, *(sizes[sort] for sort in BUDGETS), sizes["image"]))
        faults += [
            (page.name, f"{sort} {sizes[sort]} over {most}")
            for sort, most in budgets.items()
            if sizes[sort] > most
        ]
        faults += [(page.name, f"asks {stranger}") for stranger in strangers]
    budget = ("(budget)", *BUDGETS.values(), "")
    table.show("Bytes of a first view", ("page", *BUDGETS, "image"), [budget, *rows])
    table.tell(faults)
    return not faults


def _first_view(browser, page: Page) -> tuple[Counter, list[str], bool]:
    sizes, strangers, answers = Counter(), [], []
    context = browser.new_context(viewport={"width": 375, "height": 800})
    opened = context.new_page()
    opened.on("response", lambda answer: answers.append(answer))
    opened.goto(page.url, wait_until="networkidle")
    for answer in answers:
        if urlsplit(answer.url).netloc != urlsplit(page.url).netloc:
            strangers.append(answer.url)
        sizes[answer.request.resource_type] += _size(answer)
    context.close()
    return sizes, strangers, any("italic" in answer.url for answer in answers)


def _size(answer) -> int:
    body = answer.body()
    if answer.headers.get("content-encoding"):
        return answer.request.sizes()["responseBodySize"]
    return len(gzip.compress(body, 6)) if answer.request.resource_type in COMPRESSED else len(body)
