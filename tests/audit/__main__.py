"""Run the audit: `make audit`, or `python -m tests.audit html axe --only home list`."""

import argparse
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from . import accessibility, lighthouse, markup, picture, sheet, width, wire
from .site import CHROMIUM, demonstrated, running

QUESTIONS = {
    "html": markup.ask,
    "axe": accessibility.ask,
    "width": width.ask,
    "wire": wire.ask,
    "lighthouse": lighthouse.ask,
}


def main() -> int:
    params = arguments()
    if params.picture:
        with demonstrated() as url, sync_playwright() as playwright:
            picture.make(_launched(playwright), url, params.picture)
        return 0
    with running() as site, sync_playwright() as playwright:
        browser = _launched(playwright)
        pages = [page for page in site.pages if not params.only or page.name in params.only]
        if params.sheet:
            sheet.make(browser, pages, params.sheet)
            return 0
        failed = [name for name in params.questions if not QUESTIONS[name](browser, pages)]
        browser.close()
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll is well.")
    return len(failed)


def _launched(playwright):
    return playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    parser.add_argument("questions", nargs="*", metavar="QUESTION", help="which to ask (all)")
    parser.add_argument("--only", nargs="+", default=[], help="names of pages, as the tables have them")
    parser.add_argument("--sheet", type=Path, help="make a contact sheet in this folder instead")
    parser.add_argument("--picture", type=Path, help="make the picture of README in this file instead")
    params = parser.parse_args()
    params.questions = params.questions or list(QUESTIONS)
    return params


if __name__ == "__main__":
    sys.exit(main())
