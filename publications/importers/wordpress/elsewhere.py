"""What custom fields say of other addresses: where the old site led the readers of a text, and what it played there."""

import html
import re
from collections.abc import Iterable

from ..links import is_address_of
from .export_item import ExportItem

ELSEWHERE_FIELDS = ("_links_to", "_yoast_wpseo_redirect", "redirect", "redirect_url", "_wp_redirect")
"""Fields by which Page Links To, Yoast and themes lead the readers of a text to another address."""
ENCLOSURE = "enclosure"
"""The field of WordPress for a file that feeds name, such as an episode: its address, size and type, one a line."""
_TAG = re.compile(r"<[^<>]*+>")
_ABSOLUTE = ("https://", "http://")


def find_elsewhere(item: ExportItem, own_paths: Iterable[str], site: str) -> str:
    """Return the address that the old site led the readers of a text to, or "" if they read it there."""
    addresses = (item.value_of(name) for name in ELSEWHERE_FIELDS)
    address = next((address for address in addresses if address.startswith((*_ABSOLUTE, "/"))), "")
    return "" if is_address_of(address, own_paths, site) else address


def find_enclosures(item: ExportItem) -> list[str]:
    """Return the addresses of files that the old site played beside a text, without those that its text names."""
    text = html.unescape(item.fields.get("content:encoded", ""))
    addresses = (value.strip().partition("\n")[0].strip() for value in item.values_of(ENCLOSURE))
    return [
        address
        for address in dict.fromkeys(addresses)
        if address.startswith(_ABSOLUTE) and address not in text
    ]


def has_words(item: ExportItem) -> bool:
    """Whether a post has a text."""
    return bool(_TAG.sub("", item.fields.get("content:encoded", "")).strip())
