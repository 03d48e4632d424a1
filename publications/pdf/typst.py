"""Runs typst: one job at a time in a process of its own, so that none can hold up or bring down the site."""

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

from .document import (
    PdfDocument,
    PdfImage,
    SocialImage,
    TypesettingError,
    font_folders,
    image_files,
    template_data,
)

PACKAGE = Path(__file__).resolve().parent
MAX_SECONDS = 30
MAX_MEMORY = 3 * 1024**3  # bytes

Pixels = Callable[[PdfImage], bytes]


@dataclass(frozen=True)
class TypstTemplate:
    """A template and the file that is made with it."""

    name: str
    output: str
    options: dict[str, object]


PDF = TypstTemplate("pdf", "output.pdf", {"format": "pdf", "ppi": None, "standards": ["ua-1"]})
SOCIAL_IMAGE = TypstTemplate("social_image", "output.png", {"format": "png", "ppi": 72, "standards": []})


def typeset_pdf(document: PdfDocument, pixels: Pixels, *, seconds: int = MAX_SECONDS) -> bytes:
    """Return the document as a PDF. `pixels` gives the file of an image. Raises TypesettingError."""
    return _typeset(document, PDF, pixels, seconds)


def typeset_social_image(document: SocialImage, pixels: Pixels, *, seconds: int = MAX_SECONDS) -> bytes:
    """Return the social image as a PNG. Raises TypesettingError."""
    return _typeset(document, SOCIAL_IMAGE, pixels, seconds)


def document_digest(document: PdfDocument | SocialImage) -> str:
    """Return a digest of the values and of all that makes a file of them: another word or template changes it."""
    values = [template_fingerprint(), type(document).__name__, asdict(document)]
    return sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


@cache
def template_fingerprint() -> str:
    """Return a digest of everything but the values: templates, fonts, this package, the version of typst."""
    files = [path for path in sorted(PACKAGE.rglob("*")) if path.suffix in (".typ", ".py", ".otf", ".ttf")]
    digest = sha256(version("typst").encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _typeset(
    document: PdfDocument | SocialImage, template: TypstTemplate, pixels: Pixels, seconds: int
) -> bytes:
    with tempfile.TemporaryDirectory(prefix="typst-") as name:
        folder = Path(name)
        try:
            _write_job(folder, document, template, pixels, seconds)
        except RecursionError as reason:
            raise TypesettingError("the text is nested too deeply") from reason
        _run(folder, seconds)
        return (folder / template.output).read_bytes()


def _write_job(
    folder: Path, document: PdfDocument | SocialImage, template: TypstTemplate, pixels: Pixels, seconds: int
) -> None:
    """Write everything that the job needs into its folder: nothing outside it is read but fonts."""
    data = json.dumps(template_data(document), ensure_ascii=False).encode("utf-8", "replace")
    job = {
        "template": f"{template.name}.typ",
        "data": f"{template.name}.json",
        "output": template.output,
        "fonts": [str(path) for path in font_folders(data.decode())],
        "seconds": seconds,
        "bytes": MAX_MEMORY,
        **template.options,
    }
    (folder / "job.json").write_text(json.dumps(job), "utf-8")
    (folder / job["data"]).write_bytes(data)
    (folder / job["template"]).write_bytes((PACKAGE / job["template"]).read_bytes())
    for file, image in image_files(document).items():
        (folder / file).write_bytes(pixels(image))


def _run(folder: Path, seconds: int) -> None:
    command = [sys.executable, "-I", str(PACKAGE / "typst_worker.py"), str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, cwd=folder, env={}, text=True)  # noqa: S603
    except subprocess.TimeoutExpired as reason:
        raise TypesettingError(f"not set within {seconds} seconds") from reason
    if done.returncode:
        raise TypesettingError(done.stderr.strip()[-500:] or f"typst ended with {done.returncode}")
