"""Responsive images: sources in all widths, at URLs that the caller chooses, also within the body of a text."""

from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import get_language, gettext

from publications import markup
from publications.images import (
    FORMATS,
    PORTRAIT_SIDE,
    PORTRAIT_SIZE,
    teaser_height,
    teaser_widths,
    widths_for,
)
from publications.models import Edition, Image

ImageUrl = Callable[[Image, str, str], str]
"""Returns the URL of an image, given its size and extension."""


def responsive_image(image: Image, image_url: ImageUrl) -> markup.ResponsiveImage:
    """Return an image of the library in all its widths."""
    return _build_responsive_image(image, image_url, widths_for(image), "", (image.width, image.height))


def teaser_image(image: Image, image_url: ImageUrl) -> markup.ResponsiveImage:
    """Return the image in all widths, cropped to the aspect ratio of teasers around its focal point."""
    widths = teaser_widths(image)
    return _build_responsive_image(image, image_url, widths, "c", (widths[-1], teaser_height(widths[-1])))


def _build_responsive_image(
    image: Image, image_url: ImageUrl, widths: Sequence[int], crop: str, size: tuple[int, int]
) -> markup.ResponsiveImage:
    sources = tuple(
        (
            kind.media_type,
            ", ".join(f"{image_url(image, f'{width}{crop}', extension)} {width}w" for width in widths),
        )
        for extension, kind in FORMATS.items()
    )
    default_width = widths[-1] if len(widths) == 1 else widths[1]
    return markup.ResponsiveImage(
        src=image_url(image, f"{default_width}{crop}", "jpg"),
        width=size[0],
        height=size[1],
        alt=image.alt,
        credit=image.credit,
        sources=sources,
    )


def portrait_image(image: Image | None, image_url: ImageUrl) -> markup.ResponsiveImage | None:
    if not image:
        return None
    sources = tuple(
        (kind.media_type, image_url(image, PORTRAIT_SIZE, extension)) for extension, kind in FORMATS.items()
    )
    return markup.ResponsiveImage(
        src=image_url(image, PORTRAIT_SIZE, "jpg"),
        width=PORTRAIT_SIDE,
        height=PORTRAIT_SIDE,
        alt="",
        sources=sources,
    )


def body_html(edition: Edition, images: Iterable[Image], image_url: ImageUrl, *, html: str = "") -> str:
    """Return the stored safe HTML, or `html` in its place, with its images inserted."""
    return markup.insert_images(
        html or edition.html, {image.key: responsive_image(image, image_url) for image in images}
    )


def with_permalinks(html: str, language: str) -> str:
    """Return the HTML of a text in this language with a permalink at each paragraph and heading."""
    locale = get_language() or ""
    label_language = "" if language == locale else locale
    paragraph, section = gettext("Link to this paragraph"), gettext("Link to this section")
    return markup.insert_permalinks(html, paragraph, section, language=label_language)
