"""Replace the images of a Markdown text, which are beside it or in media folders, by library keys."""

import html
import re
from collections.abc import Mapping
from pathlib import Path, PurePath
from urllib.parse import quote, unquote, urljoin

from publications.stored_messages import gettext as _
from publications.stored_messages import join_messages

from ..image_finder import FoundImage, ImageFinder
from ..imported_file import ImportLog, describe_cover_caption
from ..used_images import MAX_CREDIT, UsedImages
from .page import strip_markup
from .placeholders import ATTRIBUTES
from .source_site import SourceSite

MARKDOWN_IMAGE = re.compile(
    r"""!\[((?:[^\[\]\n]++|\[[^\[\]\n]*+\]|\n(?!\n))*+)\]\([ \t]*+"""
    r"""(<[^<>\n]*+>|[^\s()<>]*+(?:\([^\s()]*+\)[^\s()<>]*+)*+)"""
    r"""(?:[ \t\n]++("[^"\n]*+"|'[^'\n]*+'))?+[ \t]*+\)"""
)
REFERENCE_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\[([^\[\]\n]*)\]")
LINK_DEFINITION = re.compile(
    r"""^ {0,3}\[(?!\^)([^\]\n]+)\]:[ \t]*<?([^\s<>]+)>?"""
    r"""(?:[ \t]++("[^"\n]*+"|'[^'\n]*+'|\([^()\n]*+\)))?+[^\n]*$""",
    re.MULTILINE,
)
IMG_ELEMENT = re.compile(rf"<img\b({ATTRIBUTES})>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""\b(src|alt|title)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


class ImageRewriter:
    """Rewrites the images of one file; `used` are those that it has then, `words` those of missing ones.

    Args:
        page: the address of the text on the old site, the base of relative addresses; "" if it is not known.
        site: has the path below which the old site was.
    """

    def __init__(
        self, finder: ImageFinder, folder: Path, language: str, log: ImportLog, page: str, site: SourceSite
    ) -> None:
        self.finder, self.folder, self.log, self.page, self.site = finder, folder, log, page, site
        self.used = UsedImages(language)
        self.former_files: dict[str, str] = {}
        self.words: list[str] = []

    def rewrite_images(self, text: str) -> str:
        """Return the text with images referenced by library keys."""
        if "![" in text:
            definitions = {
                name.casefold(): _inline_target(address, quoted_title[1:-1])
                for name, address, quoted_title in LINK_DEFINITION.findall(text)
            }
            text = REFERENCE_IMAGE.sub(lambda match: _inline_reference(match, definitions), text)
            text = MARKDOWN_IMAGE.sub(self._rewrite_markdown, text)
        return IMG_ELEMENT.sub(self._rewrite_element, text) if "<img" in text.lower() else text

    def cover(self, address: str, alt: str, credit: str) -> str:
        """Return the key of the cover image, or "" if there is none or it is missing, which is reported.

        Args:
            credit: as it is written; the image gets it as plain text.
        """
        image = self._find(address, "") if address else None
        words = strip_markup(credit, ImportLog()) if credit else ""
        if credit and (not image or words != credit or len(words) > MAX_CREDIT):
            self.log.dropped("value", describe_cover_caption(credit))
        if not image:
            return ""
        self._use(address, image, alt)
        if words:
            self.used.add_credit(image.key, words)
        return image.key

    def _rewrite_markdown(self, match: re.Match[str]) -> str:
        return self._rewrite(" ".join(match[1].split()), match[2].strip("<>"), (match[3] or "")[1:-1])

    def _rewrite_element(self, match: re.Match[str]) -> str:
        attributes = {
            name.lower(): html.unescape(double or single or bare)
            for name, double, single, bare in ATTRIBUTE.findall(match[1])
        }
        alt = " ".join(attributes.get("alt", "").split())
        return self._rewrite(
            alt.replace("[", "(").replace("]", ")"), attributes.get("src", ""), attributes.get("title", "")
        )

    def _rewrite(self, alt: str, address: str, title: str) -> str:
        address, title = address.strip(), " ".join(title.split())
        if re.match(r"(?:https?:)?//", address, re.IGNORECASE):
            absolute_url = f"https:{address}" if address.startswith("//") else address
            self.log.changed(
                "image-elsewhere", _("A picture of another site became a link: %s") % absolute_url
            )
            label = alt or title or _file_name(absolute_url)
            return f"[{label}]({re.sub(r'[\s()<>]', lambda match: quote(match[0]), absolute_url)})"
        if address.startswith("image:"):
            return f"![{alt}]({address})"
        image = self._find(address, alt)
        if not image:
            self.words += [alt, title]
            alt_text = f"*{alt}*" if alt and "*" not in alt else alt
            return " ".join(filter(None, [alt_text, title if title != alt else ""]))
        self._use(address, image, alt)
        return f"![{alt}]({_inline_target(f'image:{image.key}', title if title != alt else '')})"

    def _use(self, address: str, image: FoundImage, alt: str) -> None:
        """Add an image, and the path that it had on the old site."""
        name = self.used.add(image, alt)
        path = unquote(re.split(r"[?#]", address)[0])
        path = path if PurePath(path).suffix else f"{path}{image.path.suffix}"
        is_beside = (self.folder / path.lstrip("/")).resolve() == image.path
        base = self.page if is_beside else "/"
        if base:
            old_path = urljoin(base, path.lstrip("/") if is_beside else path)
            self.former_files[self.site.under_base(old_path)] = name

    def _find(self, address: str, alt: str) -> FoundImage | None:
        image = self.finder.find(self.site.below_base(address), self.folder)
        if not isinstance(image, FoundImage) and address.startswith(
            "/"
        ):  # a shortcode names a file beside the text
            image = self.finder.find(address.lstrip("/"), self.folder)
        if isinstance(image, FoundImage):
            return image
        rest = _("Its words stay: %s") % alt if alt else ""
        self.log.dropped("image-missing", join_messages(f"{address}:", image, rest))
        return None


def _inline_reference(match: re.Match[str], definitions: Mapping[str, str]) -> str:
    target = definitions.get((match[2] or match[1]).casefold())
    return f"![{match[1]}]({target})" if target else match[0]


def _inline_target(address: str, title: str) -> str:
    """Return what stands in the parentheses of an inline image: the address, and the title if there is one."""
    return f'{address} "{title.replace(chr(34), "”")}"' if title else address


def _file_name(address: str) -> str:
    return unquote(re.split(r"[?#]", address)[0].rstrip("/").rpartition("/")[2]) or address
