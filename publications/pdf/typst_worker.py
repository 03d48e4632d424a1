"""Run one typst job: `python -I typst_worker.py FOLDER`. The script imports typst and nothing of the site.

The folder contains job.json, the template, its data and its images; the output is written there too. An error goes to
standard error as one line.
"""

import json
import os
import re
import sys
from pathlib import Path

os.environ["RAYON_NUM_THREADS"] = "1"  # one core per job; the others serve readers

import typst

NOT_DISPLAYED = re.compile(r'the text `"(.+?)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
MAX_ATTEMPTS = 12
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
UNCOMMON_LETTERS = re.compile("[^\x00-\u024f\u0370-\u03ff\u0400-\u04ff\u2000-\u206f]")


def main(folder: Path) -> None:
    limit_resources(json.loads((folder / "job.json").read_text("utf-8")))
    try:
        typeset(folder, json.loads((folder / "job.json").read_text("utf-8")))
    except typst.TypstError as error:
        sys.exit(f"{error.message} {' '.join(error.hints)}".replace("\n", " "))


def limit_resources(job: dict) -> None:
    """Set limits of time and memory and a low priority, if the system supports them."""
    if hasattr(os, "nice"):
        os.nice(5)
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))
        resource.setrlimit(resource.RLIMIT_AS, (job["bytes"], job["bytes"]))


def typeset(folder: Path, job: dict) -> None:
    """Compile the template, replacing letters that no font has: first one by one, finally all unsupported ones."""
    values = (folder / job["data"]).read_text("utf-8")
    for attempt in range(MAX_ATTEMPTS):
        try:
            return compile_in(folder, job, job["standards"])
        except typst.TypstError as error:
            match = NOT_DISPLAYED.search(error.message)
            if not match:
                if not job["standards"]:
                    raise
                print(f"without PDF/UA: {error.message}", file=sys.stderr)
                return compile_in(folder, job, [])
            values = unsupported_letters(match[1], is_last=attempt == MAX_ATTEMPTS - 2).sub(
                REPLACEMENT, values
            )
            (folder / job["data"]).write_text(values, "utf-8")
    return compile_in(folder, job, [])


def unsupported_letters(text: str, *, is_last: bool) -> re.Pattern[str]:
    """Return a pattern of the letters to replace in text that typst cannot display.

    typst reports a combining mark with the letter before it. ASCII is never replaced: every font has it, and its digits
    are numbers in the values.
    """
    letters = ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    non_ascii = "".join(letter for letter in letters if not letter.isascii())
    return UNCOMMON_LETTERS if is_last or not non_ascii else re.compile(f"[{re.escape(non_ascii)}]")


def compile_in(folder: Path, job: dict, standards: list[str]) -> None:
    typst.compile(
        str(folder / job["template"]),
        output=str(folder / job["output"]),
        root=str(folder),
        font_paths=job["fonts"],
        ignore_system_fonts=True,
        format=job["format"],
        ppi=job["ppi"],
        pdf_standards=standards,
        package_path=str(folder),
        package_cache_path=str(folder),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
