"""The text of a PDF, extracted in a process of its own with limits of time and memory (`text_worker`)."""

import subprocess
import sys
from pathlib import Path

MAX_SECONDS = 5  # of a processor, and by the clock twice as many
MAX_MEMORY = 512 * 1024 * 1024
WORKER = Path(__file__).with_name("text_worker.py")


class UnreadablePdf(Exception):
    """The file is no PDF, has no text, or takes too long to read."""


def extract_pdf_text(content: bytes) -> str:
    """Return the text of a PDF. Nothing of it is stored.

    Raises:
        UnreadablePdf: it cannot be read within the limits, or has no text.
    """
    command = [sys.executable, "-I", str(WORKER), str(MAX_SECONDS), str(MAX_MEMORY)]
    try:
        process = subprocess.run(  # noqa: S603
            command, input=content, capture_output=True, timeout=2 * MAX_SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadablePdf from error
    text = process.stdout.decode("utf-8", "replace").replace("\0", "")
    if process.returncode or not text.strip():
        raise UnreadablePdf
    return text
