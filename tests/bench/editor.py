"""The text editor of the desk in Chromium: random edits, and how long a text of 20,000 words takes to open and to type in."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.first_passwords import keep_first_passwords

from .databases import Site
from .figures import Figure
from .random_edits import (
    DEFAULT_EDITS,
    EDITS_PER_SAVE,
    EDITS_PER_TEXT,
    MAX_CHARACTERS,
    MAX_PRINTED,
    MAX_SHOWN,
    SCRIPT,
    TRAP,
    EditedText,
    Results,
    texts,
)  # fmt: skip
from .serving import site_server
from .site import FOLDER, ROOT, environment

FAULTS = FOLDER / "edit-faults.jsonl"


@contextmanager
def open_form() -> Iterator:
    """Yield a page of Chromium with the form of a new publication, on a site of its own with the demonstration."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM, LAUNCH_ARGUMENTS
    from tests.browser.text_editor import ADD

    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, env=environment(Path(folder)), check=True, capture_output=True)  # fmt: skip
        keep_first_passwords(environment(Path(folder)))
        lines = (Path(folder) / "first-login.txt").read_text().splitlines()
        passwords = dict(line.split() for line in lines)
        with site_server(Site(Path(folder), 0)) as server, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH_ARGUMENTS)
            page = chromium.new_page(base_url=f"http://127.0.0.1:{server.port}")
            page.add_init_script(TRAP)
            page.goto("/desk/")
            page.fill("input[name=username]", "editor")
            page.fill("input[name=password]", passwords["editor"])
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/login/" not in url)
            page.goto(ADD)
            page.locator(".rich-text").wait_for()
            try:
                yield page
            finally:
                chromium.close()


def random_edits() -> Iterator[Figure]:
    """Make random edits until there are EDITS of them, or until the keyboard interrupts; print each fault."""
    _set_up_django()
    count = int(os.environ.get("EDITS", DEFAULT_EDITS))
    seed = int(os.environ.get("EDITS_SEED") or random.randrange(1_000_000))
    print(f"Random edits with EDITS_SEED={seed}", file=sys.stderr, flush=True)
    results = Results(seed)
    FOLDER.mkdir(parents=True, exist_ok=True)
    FAULTS.unlink(missing_ok=True)
    try:
        with open_form() as page:
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(error.stack or str(error)))
            page.evaluate(SCRIPT.read_text("utf-8"))
            texts_at_hand = texts()
            if not os.environ.get("EDITS_ONLY"):
                open_and_save(page, texts_at_hand, results)
            edit_until(page, texts_at_hand, count, results, errors)
    except KeyboardInterrupt:
        print("\nInterrupted: what follows was counted so far.", file=sys.stderr, flush=True)
    yield from results.figures()


def open_and_save(page, texts_at_hand: list[tuple[str, str]], results: Results) -> None:
    """Open each text, type and undo that, and count the bytes that would be saved other than they were."""
    for name, text in texts_at_hand:
        opened = page.evaluate("(text) => bench.load(text)", text)
        if not opened["isOpen"]:
            continue
        posted = page.evaluate("() => bench.touch()")
        edited = EditedText(name, opened)
        fault = edited.check({"what": "type and undo", "posted": posted, "untouched": [], "touched": "[]"})
        results.opened += 1
        if edited.markdown != text:
            results.changed_bytes += abs(len(edited.markdown.encode()) - len(text.encode())) or 1
            print(f"\n{name} is saved as {edited.markdown!r:.{MAX_SHOWN}}", flush=True)
        elif fault:
            count_fault(fault, results)
        progress(f"{results.opened} of {len(texts_at_hand)} texts opened and saved")


def edit_until(page, texts_at_hand, count: int, results: Results, errors: list[str]) -> None:
    chance = random.Random(results.seed)
    short = [(name, text) for name, text in texts_at_hand if 0 < len(text) <= MAX_CHARACTERS]
    started = time.monotonic()
    while results.edits < count:
        name, text = texts_at_hand[0] if chance.random() < 0.2 else chance.choice(short)
        seed = chance.randrange(2**32)
        edit_text(page, name, text, seed, min(EDITS_PER_TEXT, count - results.edits), results)
        results.seconds = time.monotonic() - started
        while errors:
            results.differences += 1
            print(f"\nerror in the page, {name}, seed {seed}: {errors.pop()}", flush=True)
        rate = results.edits / results.seconds
        progress(f"{results.edits:,} of {count:,} edits, {results.differences} saved other than shown, {results.touched} beside them, {rate:.0f} a second")  # fmt: skip


def edit_text(page, name: str, text: str, seed: int, count: int, results: Results) -> None:
    """Open a text, edit it `count` times and save it now and then; then what was saved is opened."""
    for opened, states, saved in page.evaluate(
        """async ([text, seed, rounds, count]) => {
          const all = [];
          let opened = await bench.load(text);
          for (let round = 0; round < rounds && opened.isOpen; round++) {
            const states = await bench.run(seed + round, count);
            const next = await bench.reload();
            all.push([opened, states, next.text]);
            opened = next;
          }
          return all;
        }""",
        [text, seed, -(-count // EDITS_PER_SAVE), EDITS_PER_SAVE],
    ):
        edited, is_faulty = EditedText(f"{name}, seed {seed}", opened), False
        for state in states:
            results.edits += 1
            before = edited.markdown
            try:
                fault = None if is_faulty else edited.check(state)
            except Exception as error:  # such as markup that cannot be rendered
                fault = f"{type(error).__name__}: {error}, {name}, seed {seed}, {state}"
            is_faulty = is_faulty or bool(fault)
            if fault:
                count_fault(fault, results)
                store_fault(state, edited, before)
        if states and not is_faulty and saved.rstrip("\n") != edited.markdown.rstrip("\n"):
            count_fault(f"the server wrote {saved!r}, not {edited.markdown!r}", results)


def count_fault(fault: object, results: Results) -> None:
    kind = getattr(fault, "kind", "saved other than shown")
    if kind == "saved other than shown":
        results.differences += 1
    else:
        results.touched += 1
    if results.differences + results.touched <= int(os.environ.get("EDITS_PRINTED", MAX_PRINTED)):
        print(f"\n{fault}", flush=True)


def store_fault(state: dict, edited: EditedText, before: str) -> None:
    """Keep what was posted, so that the fault can be repeated without a browser."""
    row = {
        "state": state,
        "origins": edited.origins,
        "text": edited.text,
        "before": before,
        "after": edited.markdown,
    }
    with FAULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def progress(text: str) -> None:
    print(f"\r{text}\033[K", end="" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)


def _set_up_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sceeus.settings")
    django.setup()
