"""Images as pages show them: in all their widths, at addresses that the caller chooses, and in the body of a text."""

from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import get_language, gettext

from publications import markup
from publications.images import FORMATS, teaser_height, teaser_widths, widths_for
from publications.models import Edition, Image

PORTRAIT = 192
ImageAddress = Callable[[Image, str, str], str]


def responsive_image(image: Image, address: ImageAddress) -> markup.ResponsiveImage:
    """A picture of the library in all its widths, at addresses that the caller chooses."""
    return _in_widths(image, address, widths_for(image), "", (image.width, image.height))


def teaser_image(image: Image, address: ImageAddress) -> markup.ResponsiveImage:
    """The same cut to the shape of cards, around its focal point."""
    widths = teaser_widths(image)
    return _in_widths(image, address, widths, "c", (widths[-1], teaser_height(widths[-1])))


def _in_widths(
    image: Image, address: ImageAddress, widths: Sequence[int], cut: str, size: tuple[int, int]
) -> markup.ResponsiveImage:
    sources = tuple(
        (
            kind.media_type,
            ", ".join(f"{address(image, f'{width}{cut}', extension)} {width}w" for width in widths),
        )
        for extension, kind in FORMATS.items()
    )
    shown = widths[-1] if len(widths) == 1 else widths[1]
    return markup.ResponsiveImage(
        src=address(image, f"{shown}{cut}", "jpg"),
        width=size[0],
        height=size[1],
        alt=image.alt,
        credit=image.credit,
        sources=sources,
    )


def portrait_image(image: Image | None, address: ImageAddress) -> markup.ResponsiveImage | None:
    if not image:
        return None
    sources = tuple(
        (kind.media_type, address(image, f"{PORTRAIT}s", extension)) for extension, kind in FORMATS.items()
    )
    return markup.ResponsiveImage(
        src=address(image, f"{PORTRAIT}s", "jpg"), width=PORTRAIT, height=PORTRAIT, alt="", sources=sources
    )


def body_html(edition: Edition, images: Iterable[Image], address: ImageAddress) -> str:
    """The stored safe HTML with its pictures in place."""
    return markup.insert_images(
        edition.html, {image.key: responsive_image(image, address) for image in images}
    )


def with_permalinks(html: str, language: str) -> str:
    """The HTML of a text in this language with a link at each paragraph and heading, for its own page."""
    locale = get_language() or ""
    spoken = "" if language == locale else locale
    paragraph, section = gettext("Link to this paragraph"), gettext("Link to this section")
    return markup.insert_permalinks(html, paragraph, section, language=spoken)
