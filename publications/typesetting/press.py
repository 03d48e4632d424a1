"""The press: one job at a time in a process of its own, so that none can hold up or bring down the site."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from .letters import folders_for
from .parts import Card, Paper, Picture, Unsettable
from .values import files_of, values_of, written

HERE = Path(__file__).resolve().parent
SECONDS = 30
MEMORY = 3 * 1024**3

Pixels = Callable[[Picture], bytes]


@dataclass(frozen=True)
class Form:
    """What a kind of paper is made with and into."""

    name: str
    made: str
    options: dict[str, object]


PAPER = Form("paper", "made.pdf", {"format": "pdf", "ppi": None, "standards": ["ua-1"]})
CARD = Form("card", "made.png", {"format": "png", "ppi": 72, "standards": []})


def set_paper(paper: Paper, pixels: Pixels, *, seconds: int = SECONDS) -> bytes:
    """The paper as a PDF. `pixels` gives the file of a picture. Raises Unsettable."""
    return _press(paper, PAPER, pixels, seconds)


def set_card(card: Card, pixels: Pixels, *, seconds: int = SECONDS) -> bytes:
    """The card as a PNG. Raises Unsettable."""
    return _press(card, CARD, pixels, seconds)


def digest_of(made_from: Paper | Card) -> str:
    """What the values and the way they are set come to: another look or another word is another digest."""
    told = json.dumps([look(), type(made_from).__name__, asdict(made_from)], sort_keys=True, default=str)
    return sha256(told.encode()).hexdigest()


@cache
def look() -> str:
    """What stands for everything but the text: templates, fonts, the room's own code, the version of typst."""
    files = [path for path in sorted(HERE.rglob("*")) if path.suffix in (".typ", ".py", ".otf", ".ttf")]
    told = sha256(version("typst").encode())
    for path in files:
        told.update(path.read_bytes())
    return told.hexdigest()


def _press(made_from: Paper | Card, form: Form, pixels: Pixels, seconds: int) -> bytes:
    with tempfile.TemporaryDirectory(prefix="press-") as name:
        folder = Path(name)
        try:
            _lay_out(folder, made_from, form, pixels, seconds)
        except RecursionError as reason:
            raise Unsettable("the text is nested too deeply") from reason
        _run(folder, seconds)
        return (folder / form.made).read_bytes()


def _lay_out(folder: Path, made_from: Paper | Card, form: Form, pixels: Pixels, seconds: int) -> None:
    """Put into the folder all that the job needs: nothing outside it is read but fonts."""
    values = written(values_of(made_from))
    job = {
        "template": f"{form.name}.typ",
        "values": f"{form.name}.json",
        "made": form.made,
        "fonts": [str(path) for path in folders_for(values.decode())],
        "seconds": seconds,
        "bytes": MEMORY,
        **form.options,
    }
    (folder / "job.json").write_text(json.dumps(job), "utf-8")
    (folder / job["values"]).write_bytes(values)
    (folder / job["template"]).write_bytes((HERE / job["template"]).read_bytes())
    for file, picture in files_of(made_from).items():
        (folder / file).write_bytes(pixels(picture))


def _run(folder: Path, seconds: int) -> None:
    command = [sys.executable, "-I", str(HERE / "pressing.py"), str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, cwd=folder, env={}, text=True)  # noqa: S603
    except subprocess.TimeoutExpired as reason:
        raise Unsettable(f"not set within {seconds} seconds") from reason
    if done.returncode:
        raise Unsettable(done.stderr.strip()[-500:] or f"the press ended with {done.returncode}")
