"""Lighthouse, as on a phone, on the home page, the list and a publication: its four scores."""

import json
import os
import subprocess

from . import table
from .packages import package
from .site import CHROMIUM, Page

MIN_SCORES = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
PAGES = ("home en", "list en", "publication")


def check(browser, pages: list[Page]) -> bool:
    rows, faults = [], []
    for page in pages:
        if page.name not in PAGES:
            continue
        report = _run(page.url)
        scores = {name: round((report["categories"][name]["score"] or 0) * 100) for name in MIN_SCORES}
        rows.append((page.name, *scores.values()))
        low = {name for name, score in scores.items() if score < MIN_SCORES[name]}
        faults += [
            (page.name, f"{name} {scores[name]}: {', '.join(_reasons(report, name))}") for name in sorted(low)
        ]
    table.print_table("Lighthouse, mobile", ("page", *MIN_SCORES), rows)
    table.print_faults(faults)
    return not faults


def _run(url: str) -> dict:
    command = [str(package("lighthouse") / ".bin" / "lighthouse"), url, "--output=json", "--quiet"]
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    environment = {**os.environ, "CHROME_PATH": CHROMIUM or ""}
    categories = f"--only-categories={','.join(MIN_SCORES)}"
    completed = subprocess.run(
        [*command, flags, categories], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(completed.stdout)


def _reasons(report: dict, category: str) -> list[str]:
    weighted = [audit["id"] for audit in report["categories"][category]["auditRefs"] if audit["weight"]]
    return [name for name in weighted if (report["audits"][name]["score"] or 0) < 0.9]
