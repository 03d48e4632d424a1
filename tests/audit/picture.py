"""The picture of README: pages of the demonstration on a desktop, a tablet and a phone, in light and dark."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .sheet import take_screenshot
from .site import Page

HOME, LIST = "/en/", "/en/publications/"
COMMENT = f"{LIST}russian-foreign-minister-lavrov-visits-china-on-april-8-9/"
REPORT = f"{LIST}trade-and-payments-between-russia-and-china-in-2023/"
ROWS = (  # the height of the row, and its pages
    (
        1240,
        (
            ("Home", HOME, 1440, "light"),
            ("A Quick Comment", COMMENT, 1440, "light"),
            ("All publications", LIST, 1440, "dark"),
        ),
    ),
    (
        1480,
        (
            ("A report", REPORT, 768, "light"),
            ("A country", "/en/topics/russia/", 768, "dark"),
            ("An author", "/en/authors/marten-ekenlid/", 768, "light"),
            ("Home", HOME, 375, "dark"),
            ("All publications", LIST, 375, "light"),
            ("A Quick Comment", COMMENT, 375, "dark"),
            ("Home, Swedish", "/sv/", 375, "light"),
            ("A report", REPORT, 375, "light"),
        ),
    ),
)
WIDTH, GAP, LABEL = 2340, 30, 34
FILE_WIDTH = 2000  # pixels
PAPER, INK = "#dedbd3", "#33383e"
FONT = ImageFont.load_default(size=19)


def make(browser, url: str, file: Path) -> None:
    rows = [
        (height // 2, [(label, take_screenshot(browser, Page(label, f"{url}{path}"), scheme, width)) for label, path, width, scheme in row])
        for height, row in ROWS
    ]  # fmt: skip
    whole = Image.new("RGB", (WIDTH, GAP + sum(height + LABEL + GAP for height, _row in rows)), PAPER)
    top = GAP
    for height, row in rows:
        _paste_row(whole, row, top, height)
        top += height + LABEL + GAP
    whole = whole.resize((FILE_WIDTH, whole.height * FILE_WIDTH // WIDTH), Image.Resampling.LANCZOS)
    file.parent.mkdir(parents=True, exist_ok=True)
    whole.save(file, quality=72, optimize=True, progressive=True)
    print(f"{file}: {whole.width} × {whole.height}, {file.stat().st_size / 1000:.0f} kB")


def _paste_row(whole: Image.Image, row: list[tuple[str, Image.Image]], top: int, height: int) -> None:
    """Put a row of screenshots, cropped to one height, from edge to edge, with their names above them."""
    pen = ImageDraw.Draw(whole)
    room = WIDTH - 2 * GAP - sum(screenshot.width for _label, screenshot in row)
    left = float(GAP)
    for label, screenshot in row:
        pen.text((round(left), top), label, fill=INK, font=FONT)
        whole.paste(
            screenshot.crop((0, 0, screenshot.width, min(height, screenshot.height))),
            (round(left), top + LABEL),
        )
        left += screenshot.width + room / (len(row) - 1)
