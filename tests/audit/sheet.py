"""A contact sheet: every type of page at three widths, in light and dark, as JPEGs with labels."""

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .site import Page

WIDTHS = (1440, 768, 375)
SCHEMES = ("light", "dark")
MAX_HEIGHT = 2600  # pixels of a page
SCALE = 0.5
GAP, LABEL = 24, 36
PAPER, INK = "#8a8a8a", "#000000"
READY = """() => Promise.all([document.fonts.ready,
    ...[...document.images].map(image => { image.loading = 'eager'; return image.decode().catch(() => null) })])"""
FONT = ImageFont.load_default(size=20)


def make(browser, pages: list[Page], folder: Path) -> None:
    """Save a JPEG for each page, and an overview of all of them on a wide screen in light colours."""
    folder.mkdir(parents=True, exist_ok=True)
    first = []
    for number, page in enumerate(pages, start=1):
        shots = {
            (scheme, width): shot(browser, page, scheme, width) for scheme in SCHEMES for width in WIDTHS
        }
        rows = [
            [
                (f"{page.name}, {scheme}" if width == WIDTHS[0] else f"{width} px", shots[scheme, width])
                for width in WIDTHS
            ]
            for scheme in SCHEMES
        ]
        name = "".join(sign if sign.isalnum() else "-" for sign in page.name)
        _sheet(rows).save(folder / f"{number:02}-{name}.jpg", quality=82)
        first.append((page.name, _small(shots["light", 1440])))
    _sheet([first[start : start + 5] for start in range(0, len(first), 5)]).save(
        folder / "00-overview.jpg", quality=82
    )
    print(f"{len(pages) + 1} sheets in {folder}")


def shot(browser, page: Page, scheme: str, width: int) -> Image.Image:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    opened = context.new_page()
    opened.goto(page.url)
    height = min(MAX_HEIGHT, opened.evaluate("document.documentElement.scrollHeight"))
    opened.set_viewport_size({"width": width, "height": max(height, 400)})  # lazy images load too
    opened.evaluate(READY)
    shot = Image.open(io.BytesIO(opened.screenshot())).convert("RGB")
    context.close()
    return shot.resize((round(shot.width * SCALE), round(shot.height * SCALE)), Image.Resampling.LANCZOS)


def _small(shot: Image.Image) -> Image.Image:
    half = shot.resize((shot.width // 2, shot.height // 2), Image.Resampling.LANCZOS)
    return half.crop((0, 0, half.width, min(half.height, 460)))


def _sheet(rows: list[list[tuple[str, Image.Image]]]) -> Image.Image:
    width = max(sum(shot.width + GAP for _label, shot in row) for row in rows) + GAP
    heights = [max(shot.height for _label, shot in row) + LABEL + GAP for row in rows]
    sheet = Image.new("RGB", (width, sum(heights) + GAP), PAPER)
    pen, top = ImageDraw.Draw(sheet), GAP
    for row, height in zip(rows, heights, strict=True):
        left = GAP
        for label, shot in row:
            pen.text((left, top), label, fill=INK, font=FONT)
            sheet.paste(shot, (left, top + LABEL))
            left += shot.width + GAP
        top += height
    return sheet
