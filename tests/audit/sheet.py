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
        screenshots = {
            (scheme, width): take_screenshot(browser, page, scheme, width)
            for scheme in SCHEMES
            for width in WIDTHS
        }
        rows = [
            [
                (
                    f"{page.name}, {scheme}" if width == WIDTHS[0] else f"{width} px",
                    screenshots[scheme, width],
                )
                for width in WIDTHS
            ]
            for scheme in SCHEMES
        ]
        name = "".join(sign if sign.isalnum() else "-" for sign in page.name)
        _sheet(rows).save(folder / f"{number:02}-{name}.jpg", quality=82)
        first.append((page.name, _small(screenshots["light", 1440])))
    _sheet([first[start : start + 5] for start in range(0, len(first), 5)]).save(
        folder / "00-overview.jpg", quality=82
    )
    print(f"{len(pages) + 1} sheets in {folder}")


def take_screenshot(browser, page: Page, scheme: str, width: int) -> Image.Image:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    browser_page = context.new_page()
    page.open(browser_page)
    height = min(MAX_HEIGHT, browser_page.evaluate("document.documentElement.scrollHeight"))
    browser_page.set_viewport_size({"width": width, "height": max(height, 400)})  # lazy images load too
    browser_page.evaluate(READY)
    screenshot = Image.open(io.BytesIO(browser_page.screenshot())).convert("RGB")
    context.close()
    return screenshot.resize(
        (round(screenshot.width * SCALE), round(screenshot.height * SCALE)), Image.Resampling.LANCZOS
    )


def _small(screenshot: Image.Image) -> Image.Image:
    half = screenshot.resize((screenshot.width // 2, screenshot.height // 2), Image.Resampling.LANCZOS)
    return half.crop((0, 0, half.width, min(half.height, 460)))


def _sheet(rows: list[list[tuple[str, Image.Image]]]) -> Image.Image:
    width = max(sum(screenshot.width + GAP for _label, screenshot in row) for row in rows) + GAP
    heights = [max(screenshot.height for _label, screenshot in row) + LABEL + GAP for row in rows]
    sheet = Image.new("RGB", (width, sum(heights) + GAP), PAPER)
    pen, top = ImageDraw.Draw(sheet), GAP
    for row, height in zip(rows, heights, strict=True):
        left = GAP
        for label, screenshot in row:
            pen.text((left, top), label, fill=INK, font=FONT)
            sheet.paste(screenshot, (left, top + LABEL))
            left += screenshot.width + GAP
        top += height
    return sheet
