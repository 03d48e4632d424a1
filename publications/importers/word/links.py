"""Clean the links of a Word file: remove tracking parameters, and replace redirectors by their targets."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from .losses import ConversionLosses

SCHEMES = ("http:", "https:", "mailto:", "tel:")
TRACKING_PARAMETER = re.compile(
    r"utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id|mc_[ce]id|mkt_tok|"
    r"_hs(?:enc|mi)|__hs\w+|oly_(?:anon|enc)_id|vero_(?:conv|id)|s_cid|ns_(?:campaign|mchannel|source|linkname|fee)|"
    r"at_(?:campaign|medium|link\w*|format|ptr_name|bbc_team)|wt\.mc_id|cmpid|ref_src|ref_url|sfmc_\w+|trk|trackingid",
    re.IGNORECASE,
)
REDIRECTORS = {
    re.compile(r"(?:www\.)?google\.[a-z.]{2,6}/url"): ("q", "url"),
    re.compile(r"[\w-]+\.safelinks\.protection\.outlook\.com/.*"): ("url",),
    re.compile(r"(?:lm?|l)\.facebook\.com/l\.php"): ("u",),
    re.compile(r"(?:www\.)?linkedin\.com/redir/redirect/?"): ("url",),
}
MAX_REDIRECTORS = 3


class LinkCleaner:
    """Cleans the links of one file; removed tracking and unusable addresses are reported as losses."""

    def __init__(self, losses: ConversionLosses) -> None:
        self.losses = losses

    def clean_link(self, target: str) -> str:
        """Return the address of a link, `#` with a bookmark of the text, or an empty string."""
        target = target.strip()
        if not target or target.startswith("#"):
            return target
        if not target.casefold().startswith(SCHEMES):
            if target.casefold().startswith("www."):
                return self.clean_link(f"https://{target}")
            self._report(self.losses.dead_links, target)
            return ""
        cleaned = remove_tracking(target)
        if cleaned != target:
            self._report(self.losses.tracking_urls, cleaned)
        return cleaned

    def _report(self, addresses: list[str], address: str) -> None:
        if address not in addresses:
            addresses.append(address)


def remove_tracking(address: str) -> str:
    """Return the final target of a link without tracking parameters."""
    for _attempt in range(MAX_REDIRECTORS):
        target = _redirect_target(address)
        if target == address:
            break
        address = target
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    parameters = [
        parameter
        for parameter in parts.query.split("&")
        if not TRACKING_PARAMETER.fullmatch(unquote(parameter.partition("=")[0]))
    ]
    if parts.scheme not in ("http", "https") or "&".join(parameters) == parts.query:
        return address
    return urlunsplit(parts._replace(query="&".join(parameters)))


def _redirect_target(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    location = f"{parts.hostname or ''}{parts.path}"
    for pattern, names in REDIRECTORS.items():
        if pattern.fullmatch(location):
            query_values = dict(parse_qsl(parts.query))
            target = next((query_values[name] for name in names if name in query_values), "")
            return target if target.startswith(("http://", "https://")) else address
    return address
