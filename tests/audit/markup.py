"""The Nu HTML checker over every page: no error (needs Java)."""

import json
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from . import table
from .packages import package
from .site import Page


def ask(browser, pages: list[Page]) -> bool:
    """Say what the checker finds in each page as the server sends it."""
    if not shutil.which("java"):
        raise SystemExit("The Nu HTML checker needs Java (Debian: apt-get install default-jre-headless).")
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for place, page in enumerate(pages):
            path = Path(folder, f"{place:03}.html")
            path.write_bytes(_fetched(page))
            names[path.name] = page.name
        messages = _checked(Path(folder))
    counts = Counter((names[Path(each["url"]).name], _sort(each)) for each in messages)
    rows = [(page.name, counts[page.name, "error"], counts[page.name, "warning"]) for page in pages]
    table.show("Nu HTML checker", ("page", "errors", "warnings"), rows)
    for sort in ("error", "warning"):
        table.tell((names[Path(each["url"]).name], _told(each)) for each in messages if _sort(each) == sort)
    return not any(_sort(each) == "error" for each in messages)


def _fetched(page: Page) -> bytes:
    try:
        with urlopen(page.url, timeout=30) as answer:
            status, body = answer.status, answer.read()
    except HTTPError as refusal:
        status, body = refusal.code, refusal.read()
    if status != page.status:
        raise SystemExit(f"{page.name} answers {status} where {page.status} is right: {page.url}")
    return body


def _checked(folder: Path) -> list[dict]:
    jar = package("vnu-jar") / "vnu-jar" / "build" / "dist" / "vnu.jar"
    order = ["java", "-Xss1m", "-jar", str(jar), "--format", "json", "--exit-zero-always"]
    done = subprocess.run(
        [*order, *map(str, sorted(folder.iterdir()))], capture_output=True, text=True, check=True
    )
    return json.loads(done.stderr)["messages"]


def _sort(message: dict) -> str:
    return "warning" if message.get("subType") == "warning" else message["type"]


def _told(message: dict) -> str:
    """What the checker says; of an error, with the piece of the page."""
    said = f"{_sort(message)}: {message['message']}"
    return said if _sort(message) == "warning" else f"{said} … {message.get('extract', '')[:120]!r}"
