"""Propose the match of a rule: what all pages of a template have, and if possible no page that a later rule is for."""

import re
from collections.abc import Collection
from typing import Any

from .page_groups import PageGroup
from .page_profiles import PageProfile
from .rules import compile_address, normalize_address

MAX_LISTED_ADDRESSES = 50
NOT_LITERAL = re.compile(r"[\[\]*%\s]")
"""Characters of an address that mean something else in a pattern; `?` fits each of them, as it fits itself."""


def propose_match(
    group: PageGroup, marker: str, others: Collection[PageProfile], *, is_ignored: bool
) -> dict[str, Any]:
    """Return the selector that only these pages have, or patterns that fit the address of each of them.

    A pattern is that of a folder, or of a page whose addresses differ by the query, unless it fits another page: then
    each address is listed. Of many addresses the folder is better, although it fits others, except for a rule that
    leaves pages out. The addresses of the home page, which has no folder, are always listed.

    Args:
        others: the pages that the pattern may not fit.
    """
    if marker:
        return {"selector": marker}
    addresses = [normalize_address(page.address) for page in group.pages]
    other_addresses = [normalize_address(page.address) for page in others]
    folders = {address: _folder_of(address) for address in addresses}
    shared = {
        folder for folder in {*folders.values()} if any(map(compile_address(folder).match, other_addresses))
    }
    listed = [address for address in addresses if folders[address] in shared]
    if len(listed) > MAX_LISTED_ADDRESSES and not is_ignored:
        shared = set()
    patterns = [_escape(address) if folder in shared else folder for address, folder in folders.items()]
    return {"address": [*dict.fromkeys(patterns)]}


def _folder_of(address: str) -> str:
    """Return the pattern of the first folder of an address, or of its page with any query; or else the address.

    The home page with any query would be `/?*`, which fits all pages of the site.
    """
    path, _mark, query = address.partition("?")
    folder, slash, _rest = path.strip("/").partition("/")
    pattern = f"/{_escape(folder)}/*" if slash else f"{_escape(path)}?*"
    is_fitting = folder and (slash or query) and compile_address(pattern).match(address)
    return pattern if is_fitting else _escape(address)


def _escape(address: str) -> str:
    return NOT_LITERAL.sub("?", address)
