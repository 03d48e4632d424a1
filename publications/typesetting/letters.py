"""Which fonts a text needs: those of its scripts, so that a page in English opens no large file."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "fonts"
ALWAYS = "latin"
SCRIPTS = {
    "arabic": re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]"),
    "hebrew": re.compile("[\u0590-\u05ff\ufb1d-\ufb4f]"),
    "georgian": re.compile("[\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2d]"),
    "armenian": re.compile("[\u0530-\u058f\ufb13-\ufb17]"),
    "ideographs": re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]"),
    "emoji": re.compile("[\u203c\u2049\u2100-\u27bf\u2900-\u2bff\ufe0f\U0001f000-\U0001faff]"),
}


def folders_for(text: str) -> list[Path]:
    """The folders of the fonts in which the text can be set."""
    return [FOLDER / ALWAYS, *(FOLDER / name for name, letters in SCRIPTS.items() if letters.search(text))]
