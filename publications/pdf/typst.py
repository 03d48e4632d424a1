"""Run typst, each job in a separate process, so that none can block or crash the site."""

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

ReadImage = Callable[[PdfImage], bytes]
"""Returns the content of an image file."""


@dataclass(frozen=True)
class TypstTemplate:
    """A template and its output file."""

    name: str
    output: str
    options: dict[str, object]


PDF = TypstTemplate("pdf", "output.pdf", {"format": "pdf", "ppi": None, "standards": ["ua-1"]})
SOCIAL_IMAGE = TypstTemplate("social_image", "output.png", {"format": "png", "ppi": 72, "standards": []})


def typeset_pdf(document: PdfDocument, read_image: ReadImage, *, seconds: int = MAX_SECONDS) -> bytes:
    """Return the document as a PDF.

    Args:
        read_image: returns the content of an image file.
        seconds: limit for the run time.

    Raises:
        TypesettingError: the document cannot be typeset within the limits.
    """
    return _typeset(document, PDF, read_image, seconds)


def typeset_social_image(
    document: SocialImage, read_image: ReadImage, *, seconds: int = MAX_SECONDS
) -> bytes:
    """Return the social image as a PNG. Arguments and errors are those of `typeset_pdf`."""
    return _typeset(document, SOCIAL_IMAGE, read_image, seconds)


def document_digest(document: PdfDocument | SocialImage) -> str:
    """Return a digest of the values, the templates, the fonts and this package."""
    values = [template_fingerprint(), type(document).__name__, asdict(document)]
    return sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


@cache
def template_fingerprint() -> str:
    """Return a digest of the templates, the fonts, this package and the version of typst."""
    files = [path for path in sorted(PACKAGE.rglob("*")) if path.suffix in (".typ", ".py", ".otf", ".ttf")]
    digest = sha256(version("typst").encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _typeset(
    document: PdfDocument | SocialImage, template: TypstTemplate, read_image: ReadImage, seconds: int
) -> bytes:
    with tempfile.TemporaryDirectory(prefix="typst-") as name:
        folder = Path(name)
        try:
            _write_job(folder, document, template, read_image, seconds)
        except RecursionError as error:
            raise TypesettingError("the text is nested too deeply") from error
        _run(folder, seconds)
        return (folder / template.output).read_bytes()


def _write_job(
    folder: Path,
    document: PdfDocument | SocialImage,
    template: TypstTemplate,
    read_image: ReadImage,
    seconds: int,
) -> None:
    """Write the files of the job into its folder; only fonts are read from elsewhere."""
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
        (folder / file).write_bytes(read_image(image))


def _run(folder: Path, seconds: int) -> None:
    command = [sys.executable, "-I", str(PACKAGE / "typst_worker.py"), str(folder)]
    try:
        process = subprocess.run(command, capture_output=True, timeout=seconds, cwd=folder, env={}, text=True)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise TypesettingError(f"not typeset within {seconds} seconds") from error
    if process.returncode:
        raise TypesettingError(process.stderr.strip()[-500:] or f"typst ended with {process.returncode}")
