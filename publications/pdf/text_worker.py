"""Write the text of the PDF on standard input to standard output: `python -I text_worker.py SECONDS BYTES`.

A PDF is of anybody. So it is read in a process of its own, with limits of time and memory, that opens no files and has
nothing of the site.
"""

import io
import logging
import sys

import pypdf

MAX_PAGES = 400
MAX_CHARACTERS = 600_000


def main(seconds: int, memory: int) -> None:
    content = sys.stdin.buffer.read()
    limit_resources(seconds, memory)
    logging.disable()
    try:
        text = extract_text(content)
    except Exception as error:  # a malformed PDF fails anywhere
        sys.exit(type(error).__name__)
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


def limit_resources(seconds: int, memory: int) -> None:
    """Set limits of time and memory, write no file, and take a low priority, if the system supports them."""
    if sys.platform == "linux":
        import os
        import resource

        os.nice(5)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def extract_text(content: bytes) -> str:
    """Return the text of the first pages, as far as the limit goes."""
    parts, length = [], 0
    for page in pypdf.PdfReader(io.BytesIO(content)).pages[:MAX_PAGES]:
        parts.append(page.extract_text())
        length += len(parts[-1])
        if length > MAX_CHARACTERS:
            break
    return "\n".join(parts)[:MAX_CHARACTERS]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
