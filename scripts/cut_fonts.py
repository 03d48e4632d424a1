#!/usr/bin/env python3
"""Cut the fonts of the site from the npm packages they come from.

The style sheet decides: for each file that `static/css/tokens.css` names, its letters are those of its `unicode-range`
and its weights those of its `font-weight`. Of the features of the fonts stay those that set these letters.
As the licence asks of a changed font, the name is another one.

Needs npm, and Python with fonttools 4.68.0 and brotli; `make fonts` sees to both.
"""

import argparse
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

try:
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer
except ImportError:
    sys.exit("fontTools is missing. Install it with: pip install fonttools==4.68.0 brotli")

STATIC = Path(__file__).resolve().parent.parent / "static"
VERSION = "5.3.1"
PACKAGES = ("source-serif-4", "source-sans-3")
LATIN = ["kern", "liga", "locl", "pnum", "tnum"]  # each letter with its accent is a glyph of its own
FEATURES = {"cyrillic": ["ccmp", "kern", "mark", "mkmk"]}  # a stress is set on any vowel
FULL, POSTSCRIPT = (1, 4), (3, 6)  # numbers of the name table: with spaces, and without


@dataclass(frozen=True)
class Face:
    """One `@font-face` of the style sheet."""

    family: str
    file: str
    weights: tuple[int, int]
    letters: frozenset[int]

    @property
    def features(self) -> list[str]:
        return next((kept for name, kept in FEATURES.items() if f"-{name}-" in self.file), LATIN)

    @property
    def source(self) -> Path:
        """The file of the package that holds these letters; the neighbours of Latin are a part of its extension."""
        package = next(name for name in PACKAGES if self.file.startswith(name))
        name = self.file.replace("-neighbours-", "-latin-ext-")
        return Path("node_modules", "@fontsource-variable", package, "files", name)


def faces(sheet: str) -> Iterator[Face]:
    for rule in re.findall(r"@font-face \{(.*?)\}", sheet, re.DOTALL):
        if file := re.search(r"fonts/([\w-]+\.woff2)", rule):
            family = re.search(r'font-family: "(.+?)"', rule)[1]
            first, last = re.search(r"font-weight: (\d+) (\d+)", rule).groups()
            letters = re.search(r"unicode-range: ([^;]+);", rule)[1]
            yield Face(family, file[1], (int(first), int(last)), frozenset(_letters(letters)))


def _letters(ranges: str) -> Iterator[int]:
    for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", ranges):
        yield from range(int(first, 16), int(last or first, 16) + 1)


def cut(face: Face, packages: Path) -> bytes:
    font = TTFont(packages / face.source, recalcTimestamp=False)
    first, last = face.weights
    font = _again(instancer.instantiateVariableFont(font, {"wght": (first, first, last)}))
    subsetter = subset.Subsetter(subset.Options(layout_features=face.features, name_IDs=["*"]))
    subsetter.populate(unicodes=face.letters)
    subsetter.subset(font)
    for name in font["name"].names:
        if name.nameID in (*FULL, *POSTSCRIPT):
            name.string = face.family if name.nameID in FULL else face.family.replace(" ", "")
    return _bytes(font, "woff2")


def _again(font: TTFont) -> TTFont:
    """Written and read anew: the two tools do not agree on a font that is only half made."""
    return TTFont(io.BytesIO(_bytes(font, None)), recalcTimestamp=False)


def _bytes(font: TTFont, flavour: str | None) -> bytes:
    font.flavor, kept = flavour, io.BytesIO()
    font.save(kept)
    return kept.getvalue()


def differences(made: bytes, present: Path) -> list[str]:
    """What the file at hand does not share with the one just made."""
    if not present.exists():
        return ["is missing"]
    new, old = TTFont(io.BytesIO(made)), TTFont(present)
    asked = {
        "letters": lambda font: set(font.getBestCmap()),
        "weights": lambda font: [(axis.axisTag, axis.minValue, axis.maxValue) for axis in font["fvar"].axes],
        "glyphs": lambda font: font["maxp"].numGlyphs,
        "widths": lambda font: sorted(font["hmtx"].metrics.values()),
        "name": lambda font: font["name"].getDebugName(1),
    }
    return [f"other {what}" for what, answer in asked.items() if answer(new) != answer(old)]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; tell what the files at hand do not share"
    )
    parser.add_argument(
        "--packages", type=Path, help="a folder where the packages are installed (else they are fetched)"
    )
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        packages = asked.packages or _installed(Path(folder))
        told = [
            _settle(face, packages, check=asked.check)
            for face in faces((STATIC / "css/tokens.css").read_text())
        ]
    return sum(told)


def _installed(folder: Path) -> Path:
    names = [f"@fontsource-variable/{name}@{VERSION}" for name in PACKAGES]
    subprocess.run(  # noqa: S603
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *names],  # noqa: S607
        check=True,
    )
    return folder


def _settle(face: Face, packages: Path, *, check: bool) -> bool:
    """Write one file, or only look at it; True if the file at hand is not what was made."""
    made, present = cut(face, packages), STATIC / "fonts" / face.file
    found = differences(made, present) if check else []
    print(f"{len(made):7}  {face.file}  {', '.join(found)}")
    if not check:
        present.write_bytes(made)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
