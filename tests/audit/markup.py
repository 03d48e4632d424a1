"""The Nu HTML checker on every page: no error (needs Java)."""

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


def check(browser, pages: list[Page]) -> bool:
    """Check each page as the server sends it; print the messages and return whether there is no error."""
    if not shutil.which("java"):
        raise SystemExit("The Nu HTML checker needs Java (Debian: apt-get install default-jre-headless).")
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, page in enumerate(pages):
            path = Path(folder, f"{number:03}.html")
            path.write_bytes(_fetch(page))
            names[path.name] = page.name
        messages = _run_checker(Path(folder))
    counts = Counter((names[Path(message["url"]).name], _severity(message)) for message in messages)
    rows = [(page.name, counts[page.name, "error"], counts[page.name, "warning"]) for page in pages]
    table.print_table("Nu HTML checker", ("page", "errors", "warnings"), rows)
    for severity in ("error", "warning"):
        table.print_faults(
            (names[Path(message["url"]).name], _describe(message))
            for message in messages
            if _severity(message) == severity
        )
    return not any(_severity(message) == "error" for message in messages)


def _fetch(page: Page) -> bytes:
    try:
        with urlopen(page.url, page.form.encode() or None, timeout=30) as response:
            status, body = response.status or page.status, response.read()
    except HTTPError as error:
        status, body = error.code, error.read()
    if status != page.status:
        raise SystemExit(f"{page.name} answers {status}, expected {page.status}: {page.url}")
    return body


def _run_checker(folder: Path) -> list[dict]:
    jar = package("vnu-jar") / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-Xss1m", "-jar", str(jar), "--format", "json", "--exit-zero-always"]
    completed = subprocess.run(
        [*command, *map(str, sorted(folder.iterdir()))], capture_output=True, text=True, check=True
    )
    return json.loads(completed.stderr)["messages"]


def _severity(message: dict) -> str:
    return "warning" if message.get("subType") == "warning" else message["type"]


def _describe(message: dict) -> str:
    """Return the message; of an error with an extract of the page."""
    text = f"{_severity(message)}: {message['message']}"
    return text if _severity(message) == "warning" else f"{text} … {message.get('extract', '')[:120]!r}"
