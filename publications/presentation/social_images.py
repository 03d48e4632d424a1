"""Social images of pages that are no publication: what each says, and where it is found."""

import textwrap

from django.utils.encoding import iri_to_uri

from publications.addresses import absolute
from publications.languages import direction
from publications.models import Image, Site
from publications.pdf import PdfImage, SocialImage

from .ways import current_tree

IMAGE_NAME = "card.png"
IMAGE_SIZE = (1200, 630)  # pixels
MAX_DETAIL = 190  # characters that the image has room for


def social_image_tags(page_path: str, title: str) -> dict[str, object]:
    """The social image of the page at a path, as its head names it."""
    width, height = IMAGE_SIZE
    return {
        "url": absolute(f"{iri_to_uri(page_path)}{IMAGE_NAME}"),
        "alt": title,
        "width": width,
        "height": height,
    }


def page_card(
    title: str,
    *,
    site: Site,
    kind: str = "",
    authors: str = "",
    detail: str = "",
    cover: Image | None = None,
    cover_digest: str = "",
) -> SocialImage:
    """What the social image of a page says, in the language of the page.

    Args:
        site: whose page it is.
        kind: a word above the title.
        authors, detail: lines below it; the second is cut to the words that there is room for.
        cover, cover_digest: a picture beside the words, and what stands for it as it is shown there.
    """
    tree = current_tree()
    return SocialImage(
        title=title,
        language=tree,
        direction=direction(tree),
        kind=kind,
        authors=authors,
        detail=textwrap.shorten(detail, MAX_DETAIL, placeholder=" …"),
        site=site.short_name,
        publisher=site.name if title != site.name else "",
        locale=tree,
        cover=PdfImage(cover_digest, cover.width, cover.height) if cover else None,
        is_page=True,
    )
