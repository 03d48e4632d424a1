#!/usr/bin/env python3
"""Cut the fonts of PDFs and social images from their packages: `cut_pdf_fonts.py NotoSansCJK-Regular.ttc`.

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
        cut_all(Path(folder, "node_modules"), file)


def cut_all(packages: Path, file: Path) -> None:
    for name, (source, family) in RENAMED.items():
        font = cut(packages / source, ranges=WESTERN)
        rename(font, family, style=Path(name).stem.split("-", 2)[2].replace("-", " ").title())
        save(font, name)
    for script, package in SCRIPTS.items():
        for weight in (400, 600):
            source = f"noto-{package}-{script}-{weight}-normal.woff2"
            font = cut(packages / "@fontsource" / f"noto-{package}" / "files" / source)
            save(font, f"{script}/noto-{package}-{weight}.ttf")
    emoji = packages / "@fontsource/noto-emoji/files/noto-emoji-emoji-400-normal.woff2"
    save(cut(emoji, features=["ccmp"], above=0x2000, sequences=False), "emoji/noto-emoji.ttf")
    save(ideographs(file), "ideographs/noto-sans-cjk.otf")


def cut(source: Path, *, ranges=(), features=FEATURES, above=0, sequences=True) -> TTFont:
    """Return a font with the letters in the ranges (all by default), without hints and unused tables."""
    options = options_with(features)
    font = subset.load_font(str(source), options)
    if not sequences:
        del font["GSUB"]
    codes = [code for first, last in ranges for code in range(first, last + 1)] or list(font.getBestCmap())
    return only(font, {code for code in codes if code > above}, options)


def ideographs(source: Path) -> TTFont:
    """The letters of JIS X 0208 and GB 2312, in their Japanese and their simplified Chinese forms."""
    options = options_with(["locl", "ccmp", "kern"])
    options.font_number = 0
    font = subset.load_font(str(source), options)
    for record in font["GSUB"].table.ScriptList.ScriptRecord:
        record.Script.LangSysRecord = [
            language for language in record.Script.LangSysRecord if language.LangSysTag == "ZHS "
        ]
    return only(font, {c for c in charset("euc_jp") | charset("gb2312") if c > 0x2FFF}, options)


def options_with(features: list[str]) -> subset.Options:
    options = subset.Options()
    options.layout_features = features
    options.hinting = options.glyph_names = False
    options.notdef_outline = True
    options.drop_tables += ["DSIG", "BASE", "STAT", "vhea", "vmtx", "VORG", "gasp", "prep"]
    return options


def only(font: TTFont, codes: set[int], options: subset.Options) -> TTFont:
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    return font


def charset(encoding: str) -> set[int]:
    rows = range(0xA1, 0xFF)
    signs = (bytes((row, cell)).decode(encoding, "ignore") for row in rows for cell in rows)
    return {ord(sign) for sign in signs if len(sign) == 1}


def rename(font: TTFont, family: str, *, style: str) -> None:
    """Another name: "Source" is reserved by the licence for the fonts as Adobe made them."""
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
