"""Run the audit: `make audit`, or `python -m tests.audit html axe --only home list`."""

import argparse
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from . import accessibility, lighthouse, markup, picture, sheet, width, wire
from .site import CHROMIUM, serve_demonstration, serve_sites

CHECKS = {
    "html": markup.check,
    "axe": accessibility.check,
    "width": width.check,
    "wire": wire.check,
    "lighthouse": lighthouse.check,
}


def main() -> int:
    options = parse_arguments()
    if options.picture:
        with serve_demonstration() as url, sync_playwright() as playwright:
            picture.make(_launch(playwright), url, options.picture)
        return 0
    with serve_sites() as site, sync_playwright() as playwright:
        browser = _launch(playwright)
        pages = [page for page in site.pages if not options.only or page.name in options.only]
        if options.sheet:
            sheet.make(browser, pages, options.sheet)
            return 0
        failed = [name for name in options.checks if not CHECKS[name](browser, pages)]
        browser.close()
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nNo faults.")
    return len(failed)


def _launch(playwright):
    return playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    parser.add_argument("checks", nargs="*", metavar="CHECK", help="which to run (all)")
    parser.add_argument("--only", nargs="+", default=[], help="names of pages, as in the tables")
    parser.add_argument("--sheet", type=Path, help="make a contact sheet in this folder instead")
    parser.add_argument("--picture", type=Path, help="make the picture of README in this file instead")
    options = parser.parse_args()
    options.checks = options.checks or list(CHECKS)
    return options


if __name__ == "__main__":
    sys.exit(main())
