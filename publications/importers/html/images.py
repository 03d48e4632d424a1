"""Replace the images of a text by those of the library, and captions by their titles."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from publications.html_tree import Element
from publications.markup import REFERENCE_TAG
from publications.stored_messages import gettext as _
from publications.stored_messages import join_messages

from ..image_finder import FoundImage
from ..imported_file import ImportLog
from ..used_images import UsedImages
from .losses import TextLosses, one_line
from .media import SourceMedia, addresses_in_srcset, path_of, suffix_of
from .source_tree import Child, classes_of, visible_text

SOURCE_ATTRIBUTES = ("data-orig-file", "data-large-file", "data-src", "data-lazy-src", "data-original", "src")
SRCSET_ATTRIBUTES = ("srcset", "data-srcset", "data-lazy-srcset")
IMAGE_SUFFIXES = frozenset({"jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "tif", "tiff", "bmp"})
FIGURE_CLASSES = frozenset({"wp-caption", "gallery-item", "captioned-image-container"})
CAPTION_CLASSES = frozenset({"wp-caption-text", "gallery-caption", "image-caption", "wp-element-caption"})
PLACEHOLDER = re.compile(r"data:image/(?:gif|svg)", re.IGNORECASE)
LIBRARY_PREFIX = "image:"


class ImageReplacer:
    """Replaces the images of one text; `used` are those that it has then."""

    def __init__(self, media: SourceMedia, used: UsedImages, log: ImportLog, losses: TextLosses) -> None:
        self.media, self.used, self.log, self.losses = media, used, log, losses
        self.former_files: dict[str, str] = {}

    def replace_images(self, root: Element) -> None:
        """Replace all images: those that are found by library images, others by their words or a link."""
        root.replace_descendants(self._unwrap_own_link)
        root.replace_descendants(self._replace)

    def find_cover(self, address: str, alt: str) -> str:
        """Return the key of the main image, or "" if it is missing, which is reported."""
        return self._find([address], alt)[0] if address else ""

    def _unwrap_own_link(self, element: Element) -> list[Child]:
        """Return an image without a link to its own file, which is the first place to look for it."""
        if element.tag != "a" or suffix_of(element.get("href")) not in IMAGE_SUFFIXES:
            return [element]
        images = element.find_all("img")
        if len(images) != 1 or visible_text(element).strip():
            return [element]
        images[0].attributes["data-linked"] = element.get("href")
        return element.children

    def _replace(self, element: Element) -> list[Child]:
        if element.tag == "picture":
            return self._replace_picture(element)
        return self._replace_image(element) if element.tag == "img" else [element]

    def _replace_picture(self, element: Element) -> list[Child]:
        return [
            child for child in element.children if not isinstance(child, Element) or child.tag != "source"
        ]

    def _replace_image(self, element: Element) -> list[Child]:
        if element.get("src").startswith(LIBRARY_PREFIX):
            return [element]
        alt, title = one_line(element.get("alt")), one_line(element.get("title"))
        if _is_symbol(element):
            return [alt] if alt else []
        addresses = _addresses_of(element)
        if not addresses:
            return self._words(alt)
        resolved = [self.media.resolve(address) for address in addresses]
        own = [address for address in resolved if self.media.is_own(address)]
        if not own and not resolved[0].startswith("data:"):
            own = [address for address in resolved if self.media.may_be_own(address)]
            if self.media.find_image(own)[0]:
                return self._show(own, alt)
            return self._link(resolved[-1], alt or title)
        return self._show(own or resolved, alt)

    def _show(self, addresses: list[str], alt: str) -> list[Child]:
        """Return the first image that is there, or its words."""
        key, _image = self._find(addresses, alt)
        return [Element("img", {"src": f"{LIBRARY_PREFIX}{key}", "alt": alt})] if key else self._words(alt)

    def _find(self, addresses: list[str], alt: str) -> tuple[str, FoundImage | None]:
        """Return the key of the first image that is there; a missing one is reported."""
        resolved = [self.media.resolve(address) for address in addresses]
        image, reason = self.media.find_image(
            address for address in resolved if not address.startswith("data:")
        )
        shown = resolved[-1][:200]
        if image is None:
            rest = _("Its words stay: %s") % alt if alt else ""
            reason = reason or _("The picture is missing.")
            self.log.dropped("image-missing", join_messages(f"{shown}:", reason, rest))
            return "", None
        name = self.used.add(image, alt)
        for address in resolved:
            if path := path_of(address):
                self.former_files[path] = name
        return image.key, image

    def _words(self, alt: str) -> list[Child]:
        # The spaces keep the words apart from the text beside the picture.
        return [" ", Element("em", {}, [alt]), " "] if alt else []

    def _link(self, address: str, label: str) -> list[Child]:
        self.log.changed("image-elsewhere", _("A picture of another site became a link: %s") % address)
        name = unquote(path_of(address).rstrip("/").rpartition("/")[2]) or address
        return [Element("a", {"href": address}, [label or name])]


def _is_symbol(image: Element) -> bool:
    """Whether an image is an emoji or a pixel that counts readers."""
    is_pixel = image.get("width") in ("0", "1") and image.get("height") in ("0", "1")
    return is_pixel or bool(classes_of(image) & {"emoji", "wp-smiley"})


def _addresses_of(image: Element) -> list[str]:
    """Return the addresses of an image, the best first and that in `src` last, without placeholders."""
    addresses = [image.get("data-linked"), image.get("data-orig-file"), image.get("data-large-file")]
    for name in SRCSET_ATTRIBUTES:
        addresses += addresses_in_srcset(image.get(name))
    addresses += [image.get(name) for name in SOURCE_ATTRIBUTES[2:]]
    stripped = map(str.strip, addresses)
    return list(dict.fromkeys(address for address in stripped if address and not PLACEHOLDER.match(address)))


def find_captions(root: Element) -> Iterator[str]:
    """Yield the words of images and their captions, which stand as paragraphs where an image is missing."""
    for element in root.walk():
        if element.tag == "img":
            yield from (element.get("alt"), element.get("title"))
        elif element.tag == "figcaption" or classes_of(element) & CAPTION_CLASSES:
            yield visible_text(element)


def build_captions(root: Element, log: ImportLog) -> None:
    """Replace figures by paragraphs of images whose captions are their titles, as Markdown has them."""
    root.replace_descendants(lambda element: _replace_figure(element, log))


def _replace_figure(element: Element, log: ImportLog) -> list[Child]:
    classes = classes_of(element)
    if element.tag in ("p", "div", "dd", "span") and classes & CAPTION_CLASSES:
        return [Element("figcaption", {}, element.children)]
    if element.tag == "dt" and "gallery-icon" in classes:
        return element.children
    if element.tag != "figure" and not classes & FIGURE_CLASSES:
        return [element]
    captions = [caption for caption in element.find_all("figcaption") if caption is not element]
    left_out = set(map(id, captions))
    element.replace_descendants(lambda child: [] if id(child) in left_out else [child])
    content = _paragraphs_of_images(element.children)
    images = [image for image in element.find_all("img") if image.get("src").startswith(LIBRARY_PREFIX)]
    tables = element.find_all("table")
    caption = Element("p", {}, [part for caption in captions for part in (*caption.children, " ")][:-1])
    if not visible_text(caption).strip():
        return [Element("div", {}, content)]
    is_title = len(images) == 1 and not images[0].get("title") and _is_plain(caption)
    if is_title and not visible_text(element).strip():
        images[0].attributes["title"] = one_line(visible_text(caption))
        for link in caption.find_all("a"):
            log.dropped("link-gone", _("A link could not be kept: %s") % link.get("href"))
    elif len(tables) == 1 and not any(child.tag == "caption" for child in tables[0].elements):
        tables[0].children.insert(0, Element("caption", {}, caption.children))
    else:
        content.append(caption)
    return [Element("div", {}, content)]


def _is_plain(caption: Element) -> bool:
    """Whether a caption has no notes or blocks, which a title cannot have."""
    return not any(
        child.tag.startswith(REFERENCE_TAG) or child.tag in ("ul", "ol", "table", "img", "pre")
        for child in caption.walk()
    )


def _paragraphs_of_images(children: list[Child]) -> list[Child]:
    """Return the content of a figure with each image in a paragraph."""
    return [
        Element("p", {}, [child])
        if isinstance(child, Element) and child.is_inline and child.find_all("img")
        else child
        for child in children
    ]
