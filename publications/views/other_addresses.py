"""Other ways to reach the site where it is blocked: its onion service and mirrors, as a page and as a signed list."""

from contextlib import suppress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from publications.minisign import BadSignature
from publications.presentation import absolute_url, breadcrumb, paths_in_locales, render_page
from publications.signing import read_public_key, sign

MAX_AGE = 600  # seconds
MIRRORS_TXT = """# Addresses of {site}
# Signature: {signature}
{addresses}
"""


def other_addresses(request: HttpRequest) -> HttpResponse:
    """List the onion service and the mirrors, and say how to verify them; 404 on a site that has none."""
    if not (settings.ONION_URL or settings.MIRROR_URLS):
        raise Http404
    public_key = read_public_key()
    return render_page(
        request,
        "pages/other_addresses.html",
        title=_("Other ways to reach us"),
        description=_("Addresses of this site where it is blocked, and how to verify them."),
        canonical=request.path,
        alternates=paths_in_locales("publications:other_addresses"),
        breadcrumb=breadcrumb(_("Other ways to reach us")),
        onion_url=settings.ONION_URL,
        mirror_urls=settings.MIRROR_URLS,
        list_file=reverse("mirrors_txt"),
        signature_file=reverse("mirrors_signature") if _signature() else "",
        public_key=str(public_key) if public_key else "",
    )


def mirrors_txt(request: HttpRequest) -> HttpResponse:
    """Send the list of addresses, one on each line; 404 on a site that has none."""
    return _text_response(_list_of_addresses())


def mirrors_signature(request: HttpRequest) -> HttpResponse:
    """Send the signature of the list in the format of minisign; 404 where there is none that is right."""
    signature = _signature()
    if not signature:
        raise Http404
    return _text_response(signature)


def _list_of_addresses() -> str:
    addresses = [url for url in (settings.ONION_URL, *settings.MIRROR_URLS) if url]
    if not addresses:
        raise Http404
    return MIRRORS_TXT.format(
        site=settings.SITE_URL,
        signature=absolute_url(reverse("mirrors_signature")),
        addresses="\n".join([settings.SITE_URL, *addresses]),
    )


def _signature() -> str:
    """Return the signature by the key on this machine, or the one in SITE_DATA that somebody has made elsewhere."""
    text = _list_of_addresses().encode()
    if signature := sign(text, name="mirrors.txt"):
        return signature
    public_key = read_public_key()
    with suppress(OSError, UnicodeDecodeError, BadSignature):
        signature = settings.MIRRORS_SIGNATURE.read_text("utf-8")
        if public_key:
            public_key.verify([text], signature)
            return signature
    return ""


def _text_response(text: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return response
