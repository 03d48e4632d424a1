"""Old paths in one spelling, so that a link finds the piece it means."""

from urllib.parse import unquote, urlsplit


def normal(address: str) -> str:
    """Decoded, lower-case, without host, query, `index.html` and closing slash."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    plain = unquote(path).lower().strip("/")
    for ending in ("index.html", "index.htm"):
        plain = plain.removesuffix(ending)
    return "/" + plain.removesuffix(".html").strip("/")


def host_of(address: str) -> str:
    """The host of an address without `www.`; nothing where it names none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
