#!/usr/bin/env python3
"""Subset the fonts of the site from their npm packages.

The style sheet decides: each file that `static/css/tokens.css` names has the characters of its `unicode-range` and the
weights of its `font-weight`. Only the font features that these characters need are kept.
The name is changed, as the licence requires of a changed font.

Needs npm, and Python with fonttools 4.68.0 and brotli; `make fonts` installs both.
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
LATIN_FEATURES = ["kern", "liga", "locl", "pnum", "tnum"]  # accented letters are glyphs of their own
SCRIPT_FEATURES = {"cyrillic": ["ccmp", "kern", "mark", "mkmk"]}  # a stress mark may be on any vowel
FULL_NAME_IDS, POSTSCRIPT_NAME_IDS = (1, 4), (3, 6)  # of the name table: with spaces, and without


@dataclass(frozen=True)
class Face:
    """One `@font-face` of the style sheet."""

    family: str
    file: str
    weights: tuple[int, int]
    code_points: frozenset[int]

    @property
    def features(self) -> list[str]:
        return next(
            (features for name, features in SCRIPT_FEATURES.items() if f"-{name}-" in self.file),
            LATIN_FEATURES,
        )

    @property
    def source(self) -> Path:
        """Return the file of the package with these characters; `neighbours` is a subset of `latin-ext`."""
        package = next(name for name in PACKAGES if self.file.startswith(name))
        name = self.file.replace("-neighbours-", "-latin-ext-")
        return Path("node_modules", "@fontsource-variable", package, "files", name)


def parse_faces(style_sheet: str) -> Iterator[Face]:
    for rule in re.findall(r"@font-face \{(.*?)\}", style_sheet, re.DOTALL):
        if file := re.search(r"fonts/([\w-]+\.woff2)", rule):
            family = re.search(r'font-family: "(.+?)"', rule)[1]
            first, last = re.search(r"font-weight: (\d+) (\d+)", rule).groups()
            ranges = re.search(r"unicode-range: ([^;]+);", rule)[1]
            yield Face(family, file[1], (int(first), int(last)), frozenset(_code_points(ranges)))


def _code_points(ranges: str) -> Iterator[int]:
    for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", ranges):
        yield from range(int(first, 16), int(last or first, 16) + 1)


def subset_font(face: Face, packages: Path) -> bytes:
    font = TTFont(packages / face.source, recalcTimestamp=False)
    first, last = face.weights
    font = _reload(instancer.instantiateVariableFont(font, {"wght": (first, first, last)}))
    subsetter = subset.Subsetter(subset.Options(layout_features=face.features, name_IDs=["*"]))
    subsetter.populate(unicodes=face.code_points)
    subsetter.subset(font)
    for name in font["name"].names:
        if name.nameID in (*FULL_NAME_IDS, *POSTSCRIPT_NAME_IDS):
            name.string = face.family if name.nameID in FULL_NAME_IDS else face.family.replace(" ", "")
    return _bytes(font, "woff2")


def _reload(font: TTFont) -> TTFont:
    """Write and read a font: the subsetter fails on what the instancer leaves in memory."""
    return TTFont(io.BytesIO(_bytes(font, None)), recalcTimestamp=False)


def _bytes(font: TTFont, flavour: str | None) -> bytes:
    font.flavor, stream = flavour, io.BytesIO()
    font.save(stream)
    return stream.getvalue()


def list_differences(content: bytes, file: Path) -> list[str]:
    """Return how a stored file differs from the new font."""
    if not file.exists():
        return ["is missing"]
    new, old = TTFont(io.BytesIO(content)), TTFont(file)
    properties = {
        "characters": lambda font: set(font.getBestCmap()),
        "weights": lambda font: [(axis.axisTag, axis.minValue, axis.maxValue) for axis in font["fvar"].axes],
        "glyphs": lambda font: font["maxp"].numGlyphs,
        "widths": lambda font: sorted(font["hmtx"].metrics.values()),
        "name": lambda font: font["name"].getDebugName(1),
    }
    return [f"other {name}" for name, read in properties.items() if read(new) != read(old)]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; print how the stored files differ"
    )
    parser.add_argument(
        "--packages", type=Path, help="a folder where the packages are installed (else they are fetched)"
    )
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        packages = options.packages or _install(Path(folder))
        results = [
            _write_or_check(face, packages, check=options.check)
            for face in parse_faces((STATIC / "css/tokens.css").read_text())
        ]
    return sum(results)


def _install(folder: Path) -> Path:
    names = [f"@fontsource-variable/{name}@{VERSION}" for name in PACKAGES]
    subprocess.run(  # noqa: S603
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *names],  # noqa: S607
        check=True,
    )
    return folder


def _write_or_check(face: Face, packages: Path, *, check: bool) -> bool:
    """Write the file of a face, or compare it; return whether the stored file differs."""
    content, file = subset_font(face, packages), STATIC / "fonts" / face.file
    changes = list_differences(content, file) if check else []
    print(f"{len(content):7}  {face.file}  {', '.join(changes)}")
    if not check:
        file.write_bytes(content)
    return bool(changes)


if __name__ == "__main__":
    sys.exit(main())
