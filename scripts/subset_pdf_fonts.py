#!/usr/bin/env python3
"""Subset the fonts of PDFs and social images from their packages: `subset_pdf_fonts.py NotoSansCJK-Regular.ttc`.

The file named is that of the Debian package fonts-noto-cjk; the rest is fetched with npm. As the licence requires of a
changed font, those with a reserved name get another.

Needs npm, and Python with fonttools 4.68.0 and brotli.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

try:
    from fontTools import subset
    from fontTools.ttLib import TTFont
except ImportError:
    sys.exit("fontTools is missing. Install it with: pip install fonttools==4.68.0 brotli")

FONTS = Path(__file__).resolve().parent.parent / "publications/pdf/fonts"
FEATURES = [
    "kern", "liga", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum", "calt", "rlig", "init", "medi", "fina", "isol",
]  # fmt: skip
WESTERN = (
    (0x20, 0x24F), (0x250, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x1E00, 0x1EFF), (0x2000, 0x20CF),
    (0x2100, 0x22FF), (0x25A0, 0x27BF), (0xFB00, 0xFB06), (0xFEFF, 0xFEFF), (0xFFFD, 0xFFFD),
)  # fmt: skip
RENAMED = {
    "latin/publications-serif-regular.otf": ("source-serif/OTF/SourceSerif4-Regular.otf", "Publications Serif"),
    "latin/publications-serif-italic.otf": ("source-serif/OTF/SourceSerif4-It.otf", "Publications Serif"),
    "latin/publications-serif-semibold.otf": ("source-serif/OTF/SourceSerif4-Semibold.otf", "Publications Serif"),
    "latin/publications-serif-semibold-italic.otf": (
        "source-serif/OTF/SourceSerif4-SemiboldIt.otf", "Publications Serif",
    ),
    "latin/publications-sans-regular.otf": ("source-sans/OTF/SourceSans3-Regular.otf", "Publications Sans"),
    "latin/publications-sans-italic.otf": ("source-sans/OTF/SourceSans3-It.otf", "Publications Sans"),
    "latin/publications-sans-semibold.otf": ("source-sans/OTF/SourceSans3-Semibold.otf", "Publications Sans"),
}  # fmt: skip
SCRIPTS = {
    "arabic": "naskh-arabic",
    "hebrew": "serif-hebrew",
    "georgian": "serif-georgian",
    "armenian": "serif-armenian",
}
PACKAGES = [
    "source-serif@4.5.1",
    "source-sans@3.52.0",
    "@fontsource/noto-emoji@5.3.2",
    *(f"@fontsource/noto-{package}@5.3.0" for package in SCRIPTS.values()),
]


def main(file: Path) -> None:
    with TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, *PACKAGES],  # noqa: S607
            check=True,
        )
        subset_all(Path(folder, "node_modules"), file)


def subset_all(packages: Path, file: Path) -> None:
    for name, (source, family) in RENAMED.items():
        font = subset_font(packages / source, ranges=WESTERN)
        rename(font, family, style=Path(name).stem.split("-", 2)[2].replace("-", " ").title())
        save(font, name)
    for script, package in SCRIPTS.items():
        for weight in (400, 600):
            source = f"noto-{package}-{script}-{weight}-normal.woff2"
            font = subset_font(packages / "@fontsource" / f"noto-{package}" / "files" / source)
            save(font, f"{script}/noto-{package}-{weight}.ttf")
    emoji = packages / "@fontsource/noto-emoji/files/noto-emoji-emoji-400-normal.woff2"
    save(subset_font(emoji, features=["ccmp"], min_code=0x2000, has_sequences=False), "emoji/noto-emoji.ttf")
    save(subset_ideographs(file), "ideographs/noto-sans-cjk.otf")


def subset_font(source: Path, *, ranges=(), features=FEATURES, min_code=0, has_sequences=True) -> TTFont:
    """Return a font with the characters in the ranges (all by default), without hints and unused tables."""
    options = build_options(features)
    font = subset.load_font(str(source), options)
    if not has_sequences:
        del font["GSUB"]
    codes = [code for first, last in ranges for code in range(first, last + 1)] or list(font.getBestCmap())
    return subset_to(font, {code for code in codes if code > min_code}, options)


def subset_ideographs(source: Path) -> TTFont:
    """Return a font with the characters of JIS X 0208 and GB 2312, in Japanese and simplified Chinese forms."""
    options = build_options(["locl", "ccmp", "kern"])
    options.font_number = 0
    font = subset.load_font(str(source), options)
    for record in font["GSUB"].table.ScriptList.ScriptRecord:
        record.Script.LangSysRecord = [
            language for language in record.Script.LangSysRecord if language.LangSysTag == "ZHS "
        ]
    return subset_to(
        font, {c for c in characters_of("euc_jp") | characters_of("gb2312") if c > 0x2FFF}, options
    )


def build_options(features: list[str]) -> subset.Options:
    options = subset.Options()
    options.layout_features = features
    options.hinting = options.glyph_names = False
    options.notdef_outline = True
    options.drop_tables += ["DSIG", "BASE", "STAT", "vhea", "vmtx", "VORG", "gasp", "prep"]
    return options


def subset_to(font: TTFont, codes: set[int], options: subset.Options) -> TTFont:
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    return font


def characters_of(encoding: str) -> set[int]:
    rows = range(0xA1, 0xFF)
    signs = (bytes((row, cell)).decode(encoding, "ignore") for row in rows for cell in rows)
    return {ord(sign) for sign in signs if len(sign) == 1}


def rename(font: TTFont, family: str, *, style: str) -> None:
    """Change the name of a font: the licence reserves "Source" for the unmodified fonts of Adobe."""
    postscript = f"{family}-{style}".replace(" ", "")
    names = {
        1: family,
        2: "Italic" if "Italic" in style else "Regular",
        3: postscript,
        4: f"{family} {style}",
        6: postscript,
        16: family,
        17: style,
    }
    font["name"].names = [record for record in font["name"].names if record.nameID in (0, 5, 13, 14)]
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    table = font["CFF "].cff
    table.fontNames = [postscript]
    table.topDictIndex[0].FullName, table.topDictIndex[0].FamilyName = f"{family} {style}", family


def save(font: TTFont, name: str) -> None:
    path = FONTS / name
    path.parent.mkdir(exist_ok=True)
    font.flavor = None
    font.save(path)
    print(f"{path.stat().st_size:>9} {name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
