"""Public pages and the desk: axe finds nothing, no page scrolls sideways, and the Content-Security-Policy holds."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PUBLICATION = "/en/publications/russian-foreign-minister-lavrov-visits-china-on-april-8-9/"
PUBLIC = {
    "home": "/en/",
    "home, Swedish": "/sv/",
    "list": "/en/publications/",
    "list, filtered": "/en/publications/?kind=report",
    "publication": PUBLICATION,
    "mastodon": f"{PUBLICATION}share/mastodon/",
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
    "help": "/desk/help/",
    "my settings": "/desk/my-settings/",
    "news": "/desk/news/",
    "planning": "/desk/planning/",
    "idea": "/desk/planning/idea/",
    "calendar": "/desk/planning/calendar/",
    "mail about news": "/desk/news/mail/",
    "password": "/desk/password_change/",
}
SCHEMES = ("light", "dark")


def faults(page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [f"{violation['id']}: {node['target']}" for violation in violations for node in violation["nodes"]]


def faults_in_each_scheme(page) -> list[str]:
    """Return what axe finds in light and dark colours, to which a page switches without a reload."""
    messages = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        messages += [f"{scheme}, {fault}" for fault in faults(page)]
    return messages


def faults_and_widths(page, paths: list[str]) -> dict[str, list[str]]:
    """Return by path what axe finds in either scheme, and the width of pages that exceed a window of 320 pixels."""
    faulty: dict[str, list[str]] = {}
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        messages = faults_in_each_scheme(page)
        page.set_viewport_size({"width": 320, "height": 640})
        width = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size({"width": 1280, "height": 900})
        if messages or width > 320:
            faulty[path] = [*messages, f"{width} pixels"]
    return faulty


@pytest.mark.parametrize("name", PUBLIC)
def test_axe_finds_nothing_on_public_pages(open_page, name):
    assert not faults_in_each_scheme(open_page(PUBLIC[name]))


def test_axe_finds_nothing_at_the_desk(open_desk):
    page = open_desk()
    messages = {}

    for name, path in DESK.items():
        page.goto(path)
        messages[name] = faults_in_each_scheme(page)
    page.goto("/desk/publications/publication/?q=lavrov")
    page.locator("#result_list tbody a").first.click()
    page.wait_for_load_state()
    messages["form"] = faults_in_each_scheme(page)
    for action in ("publish", "withdraw", "undo", "revisions"):
        page.goto(
            page.url.rpartition("/publication/")[0] + f"/publication/{publication_number(page)}/{action}/"
        )
        messages[action] = faults_in_each_scheme(page)

    assert not {name: faults for name, faults in messages.items() if faults}


def publication_number(page) -> str:
    return page.url.rstrip("/").split("/")[-2]


@pytest.mark.parametrize("name", PUBLIC)
def test_no_page_scrolls_sideways_at_320_pixels(open_page, name):
    page = open_page(PUBLIC[name], viewport={"width": 320, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
