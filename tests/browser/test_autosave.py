"""Nothing typed is lost: a browser that is killed while somebody types loses at most fifteen seconds of it."""

import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CHROMIUM
from tests.browser.text_editor import rich_text

pytestmark = pytest.mark.browser

MAX_SECONDS_LOST = 15.0


def open_draft(page) -> None:
    page.goto("/desk/publications/publication/?q=transnistria")
    page.get_by_role("link", name="Transnistria after Russian gas").click()
    rich_text(page)


@dataclass
class Killable:
    """A separate Chromium that can be killed."""

    process: subprocess.Popen
    address: str
    typed: list[tuple[str, float]] = field(default_factory=list)

    def kill(self) -> float:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        return time.monotonic()


@pytest.fixture
def killable(tmp_path):
    profile = tmp_path / "profile"
    options = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--remote-debugging-port=0",
    ]
    process = subprocess.Popen(
        [CHROMIUM, *options, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    port_file = profile / "DevToolsActivePort"
    for _attempt in range(200):
        if port_file.exists() and port_file.read_text().strip():
            break
        time.sleep(0.1)
    yield Killable(process, f"http://127.0.0.1:{port_file.read_text().split()[0]}")
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def test_a_browser_killed_while_somebody_types_loses_fifteen_seconds_at_most(
    browser, open_desk, site, killable, capsys
):
    doomed = browser.browser_type.connect_over_cdp(killable.address)
    page = doomed.contexts[0].new_page()
    page.goto(site.url + "/desk/")
    page.fill("input[name=username]", "editor")
    page.fill("input[name=password]", site.passwords["editor"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    page.goto(site.url + "/desk/publications/publication/?q=transnistria")
    page.get_by_role("link", name="Transnistria after Russian gas").click()
    text = rich_text(page)  # visible: what is typed before goes to the textarea
    text.press("Control+End")
    typed, until = [], time.monotonic() + random.uniform(16, 19)
    while time.monotonic() < until:
        word = f"typed{len(typed)}word"
        text.press_sequentially(f" {word}")
        typed.append((word, time.monotonic()))
        time.sleep(0.25)
    killed_at = killable.kill()

    page = open_desk()
    open_draft(page)
    page.get_by_role("button", name="Restore").first.click()  # the newest
    body = rich_text(page).inner_text()

    lost = [killed_at - at for word, at in typed if word not in body]
    with capsys.disabled():
        print(
            f"\n{len(typed)} words typed, {len(lost)} lost, the oldest of them {max(lost, default=0):.1f} s old"
        )
    assert len(typed) > 20
    assert max(lost, default=0) <= MAX_SECONDS_LOST


def test_leaving_the_page_warns_only_while_something_is_not_kept(open_desk):
    page = open_desk("/desk/publications/publication/add/")
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.dismiss()))

    page.fill("[name=title]", "Not kept yet")
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    expect(page.locator("[data-autosaved-at]")).to_contain_text("is kept", timeout=20_000)
    before = list(dialogs)
    page.goto("/desk/")

    assert (before, dialogs) == (["beforeunload"], ["beforeunload"])


def test_other_editors_of_a_publication_are_named_without_a_reload(open_desk):
    mine, theirs = open_desk(), open_desk(username="administrator")
    for page in (theirs, mine):
        open_draft(page)

    expect(mine.locator("[data-other-editors]")).to_contain_text(
        "administrator has this open", timeout=20_000
    )
