"""Lighthouse, as on a phone, on home, list and piece: its four scores."""

import json
import os
import subprocess

from . import table
from .packages import package
from .site import CHROMIUM, Page

LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
PAGES = ("home en", "list en", "piece")


def ask(browser, pages: list[Page]) -> bool:
    rows, faults = [], []
    for page in pages:
        if page.name not in PAGES:
            continue
        report = _run(page.url)
        scores = {name: round((report["categories"][name]["score"] or 0) * 100) for name in LEAST}
        rows.append((page.name, *scores.values()))
        low = {name for name, score in scores.items() if score < LEAST[name]}
        faults += [
            (page.name, f"{name} {scores[name]}: {', '.join(_reasons(report, name))}") for name in sorted(low)
        ]
    table.show("Lighthouse, mobile", ("page", *LEAST), rows)
    table.tell(faults)
    return not faults


def _run(url: str) -> dict:
    order = [str(package("lighthouse") / ".bin" / "lighthouse"), url, "--output=json", "--quiet"]
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    surroundings = {**os.environ, "CHROME_PATH": CHROMIUM or ""}
    categories = f"--only-categories={','.join(LEAST)}"
    done = subprocess.run(
        [*order, flags, categories], env=surroundings, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def _reasons(report: dict, category: str) -> list[str]:
    weighed = [each["id"] for each in report["categories"][category]["auditRefs"] if each["weight"]]
    return [name for name in weighed if (report["audits"][name]["score"] or 0) < 0.9]
