"""The page Old addresses: what each leads to, and whether that is public; one is added, removed, or tried."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import actions, exporters
from publications.models import EditionAttachment, Publication, Redirect
from publications.old_feeds import LIKE_FEED
from publications.path_prefixes import RESERVED_PREFIXES
from publications.presentation import find_redirect_target

from .form_data import RedisplayMixin
from .link_addresses import DESK_PUBLICATION
from .model_admin import limit_query
from .site import render_desk_page, require_permissions

ADDRESSES_PER_PAGE = 30
MAX_ADDRESS_CHARACTERS = 1_000  # of an address that somebody types
RELATIONS = ("publication", "tag", "author", "page", "image")
PERMISSION = "change_sitesettings"
REASONS_OF_TARGETS = (
    actions.AddressRefusal.NO_TARGET,
    actions.AddressRefusal.OTHER_SITE,
    actions.AddressRefusal.PARAMETERS,
)


class OldAddressForm(RedisplayMixin, forms.Form):
    address = forms.CharField(
        label=gettext_lazy("Old address"),
        max_length=MAX_ADDRESS_CHARACTERS,
        help_text=gettext_lazy(
            "As it stood on the former site, with its query if it has one: “/2019/03/report.html”, “/?p=123”. "
            "Parameters that somebody adds to it make no difference."
        ),
    )
    target = forms.CharField(
        label=gettext_lazy("Leads to"),
        max_length=MAX_ADDRESS_CHARACTERS,
        help_text=gettext_lazy(
            "An address of this site: of a publication, a file or picture of one, a topic, an author, a page, a list "
            "with its filters, or a feed (/en/feeds/publications.atom). Of a draft, the address of its form at the "
            "desk."
        ),
    )

    @property
    def old_address(self) -> actions.OldAddress:
        target = self.cleaned_data["target"].strip()
        match = DESK_PUBLICATION.match(urlsplit(target).path)
        draft = Publication.objects.filter(pk=match[1]).first() if match else None
        return actions.OldAddress(self.cleaned_data["address"].strip(), draft or target)

    def clean_target(self) -> str:
        try:
            urlsplit(self.cleaned_data["target"])
        except ValueError as error:
            raise forms.ValidationError(_("This is no address.")) from error
        return self.cleaned_data["target"]


@dataclass(frozen=True)
class AddressRow:
    """A redirect in the list: what it leads to, and what its address answers now.

    Attributes:
        url: the path of what it leads to, while that is public.
        is_hidden: whether a page of the site answers at the address, so that it redirects nobody.
    """

    redirect: Redirect
    label: str
    url: str
    is_ended: bool
    status: int
    is_hidden: bool


@dataclass(frozen=True)
class Answer:
    """What the site answers to an address: the status, a sentence, and where a redirect leads to."""

    address: str
    status: int
    text: str
    location: str = ""


@require_permissions(PERMISSION)
def old_addresses_page(request: HttpRequest) -> HttpResponse:
    """List and search the old addresses, add one, or show what one answers now."""
    tried = request.GET.get("address", "").strip()[:MAX_ADDRESS_CHARACTERS]
    answer = find_answer(tried) if tried else None
    is_new = answer is not None and answer.status == HTTPStatus.NOT_FOUND
    form = OldAddressForm(request.POST or None, initial={"address": tried if is_new else ""}, label_suffix="")
    if request.method == "POST" and form.is_valid() and _keep(request, form):
        return HttpResponseRedirect(reverse("desk:old-addresses"))
    query = limit_query(request, request.GET.get("q", ""))
    is_nowhere = "nowhere" in request.GET
    redirects = find_redirects(query, only_nowhere=is_nowhere)
    page = Paginator(redirects, ADDRESSES_PER_PAGE).get_page(request.GET.get("page"))
    return render_desk_page(
        request,
        "old_addresses",
        title=_("Old addresses"),
        form=form,
        query=query,
        is_nowhere=is_nowhere,
        page=page,
        rows=list(_build_rows(page)),
        tried=tried,
        answer=answer,
    )


def find_redirects(query: str, *, only_nowhere: bool = False) -> QuerySet[Redirect]:
    """Return the redirects with these words in their address or in the title of what they lead to, by path.

    Args:
        only_nowhere: only those that lead to nothing that is or was public.
    """
    redirects = Redirect.objects.leading_nowhere() if only_nowhere else Redirect.objects.all()
    # Those of deleted drafts wait for these to be restored.
    redirects = redirects.exclude(publication__deleted_at__isnull=False)
    redirects = redirects.select_related(*RELATIONS).order_by("path", "query", "pk")
    for word in query.split():
        in_target = (
            Q(publication__title__icontains=word)
            | Q(tag__name__icontains=word)
            | Q(author__name__icontains=word)
            | Q(image__filename__icontains=word)
            | Q(site_path__icontains=word)
        )
        redirects = redirects.filter(Q(path__icontains=word) | Q(query__icontains=word) | in_target)
    return redirects


def _build_rows(redirects: Iterable[Redirect]) -> Iterable[AddressRow]:
    for redirect in redirects:
        target = find_redirect_target(redirect)
        expected = (HTTPStatus.MOVED_PERMANENTLY if target.url else HTTPStatus.GONE, target.url)
        has_target = bool(target.url or target.ended)
        is_free = has_target and (redirect.query or not actions.is_used(redirect.path, ""))
        answer = expected if is_free else _answer_of(redirect)
        is_hidden = has_target and answer != expected
        yield AddressRow(redirect, _label_of(redirect), target.url, bool(target.ended), answer[0], is_hidden)


def _answer_of(redirect: Redirect) -> tuple[int, str]:
    """Return status and location of an old address. One that leads nowhere answers as the page of its path, if any."""
    return exporters.find_answer(quote(redirect.path) + (f"?{redirect.query}" if redirect.query else ""))


def _label_of(redirect: Redirect) -> str:
    subjects = (getattr(redirect, name) for name in RELATIONS)
    label = str(next(filter(None, subjects), redirect.site_path))
    if not redirect.file_digest:
        return label
    file = EditionAttachment.objects.filter(original__contains=f"/{redirect.file_digest}").first()
    return f"{file.filename if file else _('file')} · {label}"


def _keep(request: HttpRequest, form: OldAddressForm) -> bool:
    """Keep the address of the form; a refusal is shown at the field that it is about."""
    target = form.cleaned_data["target"]
    try:
        refused = actions.keep_old_addresses([form.old_address], by=request.user)
    except actions.ActionRefused as refusal:
        form.add_error(None, refusal.reasons)
        return False
    for row in refused:
        form.add_error("target" if row.reason in REASONS_OF_TARGETS else "address", row.text)
        if row.reason is actions.AddressRefusal.NO_TARGET and LIKE_FEED.search(target):
            form.add_error("target", _("The feed of this site is at /en/feeds/publications.atom."))
    if not refused:
        messages.success(request, _("Kept: %(address)s") % {"address": form.old_address.address})
    return not refused


def find_answer(address: str) -> Answer:
    """Return what the site answers now to an address, of whatever host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return Answer(address, HTTPStatus.BAD_REQUEST, _("This is no address."))
    path = "/" + parts.path.lstrip("/")
    if path.startswith(RESERVED_PREFIXES):
        return Answer(address, 0, actions.AddressRefusal.RESERVED.label)
    query = f"?{quote(parts.query, safe='%&=+/:;,.~-_!*()@$')}" if parts.query else ""
    status, location = exporters.find_answer(quote(path, safe="/%:@!$&'()*+,;=-._~") + query)
    return Answer(address, status, _describe_status(status), location)


def _describe_status(status: int) -> str:
    texts = {
        HTTPStatus.OK: _("The site itself has a page or a file here."),
        HTTPStatus.NOT_FOUND: _("Nothing is here, or nothing that is public."),
        HTTPStatus.GONE: _("What was here was withdrawn or has expired; a page says so."),
    }
    is_redirect = status in (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.PERMANENT_REDIRECT)
    return _("It leads to another address:") if is_redirect else texts.get(status, _("It cannot be shown."))


@require_permissions(PERMISSION)
def old_address_removal_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before an old address is removed."""
    redirect = get_object_or_404(Redirect.objects.select_related(*RELATIONS), pk=pk)
    if request.method == "POST":
        try:
            actions.remove_old_addresses([redirect], by=request.user)
        except actions.ActionRefused as refusal:
            messages.error(request, " ".join(refusal.reasons))
        else:
            messages.success(request, _("Removed: %(address)s") % {"address": redirect.decoded_address})
        return HttpResponseRedirect(reverse("desk:old-addresses"))
    row = next(iter(_build_rows([redirect])))
    return render_desk_page(request, "old_address_removal", title=_("Remove an old address"), row=row)
