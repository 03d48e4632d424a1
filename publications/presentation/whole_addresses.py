"""HTML of ours for reading elsewhere: in feeds, and by programs."""

import re
from html import escape, unescape
from urllib.parse import urljoin

TAG = re.compile(r"<[a-z][a-z0-9]*(?:\s+[a-z-]+(?:=\"[^\"]*\")?)+\s*/?>")
ADDRESS = re.compile(r"(?<=\s)(href|src|srcset)=\"([^\"]*)\"")


def with_whole_addresses(html: str, page: str) -> str:
    """Our HTML with every address whole, so that links, notes and pictures lead somewhere from anywhere."""

    def whole(match: re.Match[str]) -> str:
        name, value = match[1], unescape(match[2])
        each = value.split(", ") if name == "srcset" else [value]
        return f'{name}="{escape(", ".join(urljoin(page, address) for address in each))}"'

    return TAG.sub(lambda tag: ADDRESS.sub(whole, tag[0]), html)
