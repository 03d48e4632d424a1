"""Where links lead: to their target itself, without what traces readers; what leads nowhere is plain words."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from .findings import Findings

SCHEMES = ("http:", "https:", "mailto:", "tel:")
TRACING = re.compile(
    r"utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id|mc_[ce]id|mkt_tok|"
    r"_hs(?:enc|mi)|__hs\w+|oly_(?:anon|enc)_id|vero_(?:conv|id)|s_cid|ns_(?:campaign|mchannel|source|linkname|fee)|"
    r"at_(?:campaign|medium|link\w*|format|ptr_name|bbc_team)|wt\.mc_id|cmpid|ref_src|ref_url|sfmc_\w+|trk|trackingid",
    re.IGNORECASE,
)
WRAPPERS = {
    re.compile(r"(?:www\.)?google\.[a-z.]{2,6}/url"): ("q", "url"),
    re.compile(r"[\w-]+\.safelinks\.protection\.outlook\.com/.*"): ("url",),
    re.compile(r"(?:lm?|l)\.facebook\.com/l\.php"): ("u",),
    re.compile(r"(?:www\.)?linkedin\.com/redir/redirect/?"): ("url",),
}
MOST_WRAPS = 3


class Addresses:
    """Leads the links of one file; what was cut, and what leads nowhere, is told."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def led(self, target: str) -> str:
        """The address of a link, `#` and a name for a place in the text, or nothing."""
        target = target.strip()
        if not target or target.startswith("#"):
            return target
        if not target.casefold().startswith(SCHEMES):
            if target.casefold().startswith("www."):
                return self.led(f"https://{target}")
            self._tell(self.findings.dead_links, target)
            return ""
        clean = without_tracing(target)
        if clean != target:
            self._tell(self.findings.tracked_addresses, clean)
        return clean

    def _tell(self, told: list[str], address: str) -> None:
        if address not in told:
            told.append(address)


def without_tracing(address: str) -> str:
    """The address itself: unwrapped from redirections, and without parameters that trace readers."""
    for _wrap in range(MOST_WRAPS):
        inner = _unwrapped(address)
        if inner == address:
            break
        address = inner
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    kept = [each for each in parts.query.split("&") if not TRACING.fullmatch(unquote(each.partition("=")[0]))]
    if parts.scheme not in ("http", "https") or "&".join(kept) == parts.query:
        return address
    return urlunsplit(parts._replace(query="&".join(kept)))


def _unwrapped(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    place = f"{parts.hostname or ''}{parts.path}"
    for pattern, names in WRAPPERS.items():
        if pattern.fullmatch(place):
            given = dict(parse_qsl(parts.query))
            inner = next((given[name] for name in names if name in given), "")
            return inner if inner.startswith(("http://", "https://")) else address
    return address
