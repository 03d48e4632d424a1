"""URLs of the forms of the desk: which page and publication a URL belongs to, and the autosave that it restores."""

from contextlib import suppress
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import RedirectView

from publications.models import Autosave, Publication, parse_pk

AUTOSAVE_PARAM = "held"  # of the URL of a form: the autosave that fills it
DRAFT_FORM_URL_NAMES = ("publications_publication_add", "publications_publication_change")
SIGN_IN_URL_NAMES = (
    "login",
    "logout",
    "admin_password_reset",
    "password_reset_confirm",
    "invitation",
    "second-step",
    "passkey-sign-in",
    "provider-sign-in",
    "provider-return",
    "reauthenticate",
    "provider-reauthentication",
)
"""Pages for people who are not signed in: values typed there may be secret."""

SECRET_URL_NAMES = ("authenticator-app", "recovery-codes")
"""Pages of a person's own with secrets, which are not carried."""

SECURITY_URL_NAMES = ("passkey-add", "passkey", *SECRET_URL_NAMES)
"""Pages where people change their second factors."""

COMMENT_URL_NAMES = ("comments", "comment-update")
"""Forms beside that of a draft, which are shown again on a page of their own."""


def split_url(url: str) -> SplitResult:
    """Return the parts of a URL from a browser; empty parts if it is invalid."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def next_url_of(request: HttpRequest) -> str:
    """Return the page of the desk that the address of a form says to go back to (`next`), or ""."""
    url = request.GET.get("next", "")
    is_local = url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if is_local and url.startswith(reverse("desk:index")) else ""


def origin_of(url: str) -> str:
    parts = split_url(url)
    return f"{parts.scheme}://{parts.netloc}"


def remove_param(url: str, name: str) -> str:
    """Return the path of a URL with its parameters, without the one of this name."""
    parts = split_url(url)
    params = QueryDict(parts.query, mutable=True)
    params.pop(name, None)
    return f"{parts.path}?{params.urlencode()}" if params else parts.path


def resolve_url(url: str) -> ResolverMatch:
    """Return the match of a URL; that of the first page of the desk if no page has it any more."""
    try:
        return resolve(urlsplit(url).path)
    except Resolver404:
        return resolve(reverse("desk:index"))


def replace_former_path(url: str) -> str:
    """Return the URL that a former address of the desk redirects to; any other URL unchanged."""
    parts = split_url(url)
    with suppress(Resolver404):
        match = resolve(parts.path)
        options = getattr(match.func, "view_initkwargs", {})
        if getattr(match.func, "view_class", None) is RedirectView and "url" in options:
            return parts._replace(path=options["url"] % match.kwargs).geturl()
    return url


def url_name_of(url: str) -> str:
    """Return the URL name of a page; "index" for a page without one."""
    return resolve_url(url).url_name or "index"


def publication_of(match: ResolverMatch) -> Publication | None:
    """Return the publication of a page, so that a redaction reaches the values typed there."""
    if not match.route.startswith("desk/publications/publication/"):
        return None
    pk = str(match.kwargs.get("pk") or match.kwargs.get("object_id") or "")
    return Publication.objects.filter(pk=parse_pk(pk)).first()


def form_url_of(request: HttpRequest) -> str:
    """Return the URL of the page with the submitted form, which may differ from the URL that it is sent to."""
    referer = split_url(request.headers.get("Referer", ""))
    is_own = origin_of(referer.geturl()) == f"{request.scheme}://{request.get_host()}"
    path, query = (
        (referer.path, referer.query) if is_own else (request.path, request.META.get("QUERY_STRING", ""))
    )
    is_elsewhere = is_own and url_name_of(path) in SIGN_IN_URL_NAMES
    if not path.startswith(settings.DESK) or is_elsewhere or url_name_of(request.path) in COMMENT_URL_NAMES:
        path, query = request.path, request.META.get("QUERY_STRING", "")
    return remove_param(replace_former_path(f"{path}?{query}"), AUTOSAVE_PARAM)


def restore_url(autosave: Autosave, url: str) -> str:
    """Return the URL of a form that is filled from an autosave."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode({AUTOSAVE_PARAM: autosave.pk})}"
