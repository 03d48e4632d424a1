"""axe finds nothing, nothing runs out of the page sideways, and the policy on scripts is never broken."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser

PIECE = "/en/publications/russian-foreign-minister-lavrov-visits-china-on-april-8-9/"
PUBLIC = {
    "home": "/en/",
    "home, Swedish": "/sv/",
    "list": "/en/publications/",
    "list, narrowed": "/en/publications/?kind=report",
    "piece": PIECE,
    "mastodon": f"{PIECE}share/mastodon/",
    "not found": "/en/nowhere/",
    "login": "/desk/login/",
    "forgotten password": "/desk/password_reset/",
}
DESK = {
    "index": "/desk/",
    "list": "/desk/publications/publication/",
    "new": "/desk/publications/publication/add/",
    "authors": "/desk/publications/author/",
    "new author": "/desk/publications/author/add/",
    "new image": "/desk/publications/image/add/",
    "links": "/desk/links/",
    "audit": "/desk/publications/auditentry/",
    "password": "/desk/password_change/",
}
SCHEMES = ("light", "dark")


def faults(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]


def faults_in_each_scheme(page) -> list[str]:
    """What axe finds in the light and in the dark, which a page turns to without being loaded anew."""
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}, {fault}" for fault in faults(page)]
    return found


def faults_and_widths(page, paths: list[str]) -> dict[str, list[str]]:
    """What axe finds on the pages in either scheme, and which of them are wider than a window of 320 pixels."""
    wrong: dict[str, list[str]] = {}
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        found = faults_in_each_scheme(page)
        page.set_viewport_size({"width": 320, "height": 640})
        width = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size({"width": 1280, "height": 900})
        if found or width > 320:
            wrong[path] = [*found, f"{width} pixels"]
    return wrong


@pytest.mark.parametrize("name", PUBLIC)
def test_axe_finds_nothing_on_public_pages(open_page, name):
    assert not faults_in_each_scheme(open_page(PUBLIC[name]))


def test_axe_finds_nothing_at_the_desk(open_page, site):
    page = open_page("/desk/")
    sign_in(page, site)
    found = {}

    for name, path in DESK.items():
        page.goto(path)
        found[name] = faults_in_each_scheme(page)
    page.goto("/desk/publications/publication/?q=lavrov")
    page.locator("#result_list tbody a").first.click()
    page.wait_for_load_state()
    found["form"] = faults_in_each_scheme(page)
    for action in ("publish", "withdraw", "undo", "revisions"):
        page.goto(page.url.rpartition("/publication/")[0] + f"/publication/{piece_number(page)}/{action}/")
        found[action] = faults_in_each_scheme(page)

    assert not {name: each for name, each in found.items() if each}


def piece_number(page) -> str:
    return page.url.rstrip("/").split("/")[-2]


@pytest.mark.parametrize("name", PUBLIC)
def test_nothing_runs_out_of_a_page_sideways_at_320_pixels(open_page, name):
    page = open_page(PUBLIC[name], viewport={"width": 320, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
