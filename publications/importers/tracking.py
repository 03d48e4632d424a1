"""Links without what traces readers: parameters are cut, redirectors give way to what they lead to."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

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


def remove_tracking(address: str) -> str:
    """Return the address that a link leads to in the end, without parameters that trace readers."""
    for _wrap in range(MAX_REDIRECTORS):
        inner = _redirect_target(address)
        if inner == address:
            break
        address = inner
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    kept = [
        parameter
        for parameter in parts.query.split("&")
        if not TRACKING_PARAMETER.fullmatch(unquote(parameter.partition("=")[0]))
    ]
    if parts.scheme not in ("http", "https") or "&".join(kept) == parts.query:
        return address
    return urlunsplit(parts._replace(query="&".join(kept)))


def _redirect_target(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    place = f"{parts.hostname or ''}{parts.path}"
    for pattern, names in REDIRECTORS.items():
        if pattern.fullmatch(place):
            given = dict(parse_qsl(parts.query))
            inner = next((given[name] for name in names if name in given), "")
            return inner if inner.startswith(("http://", "https://")) else address
    return address
