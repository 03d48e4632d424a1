"""Issues of the newsletter: a new one from what is new, and each as the mail that it will be."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from accounts.mail import can_send_mail
from publications.locales import LANGUAGE_NAMES, LOCALES, current_locale
from publications.markup import Unrenderable
from publications.models import (
    NEWSLETTER,
    Author,
    BylineRole,
    Kind,
    MailPurpose,
    OutboxMail,
    Publication,
    parse_pk,
    with_status,
)
from publications.news import remove_line_ends
from publications.preflight import list_hidden_items
from subscriptions.issue_mails import write_issue
from subscriptions.newsletter import find_last_issue, list_proposed, propose_topics
from subscriptions.sending import find_stop

from .drafts.preview import render_reason
from .history.comparison import build_draft_snapshot
from .mail_frames import build_mail_frames
from .publish.recipients import describe_issue_mails, describe_recipients
from .site import get_publication_or_404, render_desk_page, render_publication_page, require_permissions
from .status_text import status_text

ISSUE_PARAM, RELATED_PARAM, LANGUAGE_PARAM = "issue", "related", "language"
MAX_ISSUES = 50
MAX_SUBJECT_CHARACTERS = 60
"""What many inboxes show of a subject."""
DARK_QUERY = "(prefers-color-scheme: dark)"
MAIL_CSP = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
}
"""A mail has its styles in its elements, and neither scripts nor pictures of others."""


@require_permissions("change_publication")
def newsletter_issues(request: HttpRequest) -> HttpResponse:
    """List the issues, and propose what a new one may have: the form of a new publication is filled in with it."""
    language = request.GET.get(LANGUAGE_PARAM, "")
    language = language if language in LOCALES else current_locale()
    issues = with_status(Publication.objects.filter(kind__slug=NEWSLETTER).select_related("kind"))
    rows = [(issue, status_text(issue)) for issue in issues.order_by("-created_at", "-pk")[:MAX_ISSUES]]
    return render_desk_page(
        request, "newsletter_issues",
        title=_("Issues of the newsletter"), rows=rows, topics=propose_topics(language),
        last=find_last_issue(language), language=language,
        languages=[(code, LANGUAGE_NAMES[code]) for code in LOCALES],
        stop=find_stop(), kind=Kind.objects.filter(slug=NEWSLETTER).first(),
    )  # fmt: skip


def find_kind_of_issue(params: QueryDict) -> Kind | None:
    """Return the kind of the newsletter if a form is that of a new issue, which names its language; otherwise None."""
    is_issue = ISSUE_PARAM in params and params.get(LANGUAGE_PARAM) in LOCALES
    return Kind.objects.filter(slug=NEWSLETTER).first() if is_issue else None


def issue_initial(params: QueryDict, user: User) -> dict[str, object]:
    """Return the initial values of the form of a new issue; nothing for a form of any other text.

    Its author is the user, where there is one author of that name; otherwise the editor chooses.
    """
    kind = find_kind_of_issue(params)
    if not kind:
        return {}
    pks = list_proposed(parse_pk(value) for value in params.getlist(RELATED_PARAM))
    return {
        "kind": kind.pk,
        "language": params[LANGUAGE_PARAM],
        "bylines": [(author.pk, BylineRole.AUTHOR) for author in _find_authors(user)],
        "related": [(pk, "") for pk in pks],
    }


def _find_authors(user: User) -> list[Author]:
    """Return the author that a user is by name; none where two have it, or a pen name hides who it is."""
    name = user.get_full_name()
    authors = Author.objects.not_pseudonymous().filter(is_proposed=False)
    namesakes = list(authors.with_name(name)[:2]) if name else []
    return namesakes if len(namesakes) == 1 else []


@require_permissions("change_publication")
def newsletter_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the draft of an issue as the mail that it will be, at the widths of mail programs, light and dark."""
    issue = _get_issue_or_404(pk)
    subject = remove_line_ends(issue.title)
    is_mail_on, address = can_send_mail(), request.user.email
    live = issue.editions.live().first()
    return render_publication_page(
        request, "newsletter_issue", issue, title=_("As a mail"), address=address,
        may_test=bool(is_mail_on and address), lacks_address=is_mail_on and not address,
        subject=subject, subject_length=len(subject), is_subject_long=len(subject) > MAX_SUBJECT_CHARACTERS,
        shown_length=MAX_SUBJECT_CHARACTERS,
        is_live=bool(live),
        recipients=describe_issue_mails(live) if live else describe_recipients(build_draft_snapshot(issue)),
        hidden_items=list(list_hidden_items(issue)), frames=list(build_mail_frames(_write_text(issue))),
    )  # fmt: skip


def _write_text(issue: Publication) -> str:
    """Return the mail of an issue as plain text, or what is shown in its place."""
    try:
        return write_issue(issue).text
    except Unrenderable as refusal:
        return str(refusal)


@require_permissions("change_publication")
@csp_override(MAIL_CSP)
def newsletter_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the mail alone, for the frames of the page: dark or light, whatever the reader of the desk prefers."""
    issue, applies = _get_issue_or_404(pk), "all" if "dark" in request.GET else "not all"
    try:
        return HttpResponse(write_issue(issue).html.replace(DARK_QUERY, applies))
    except Unrenderable as refusal:
        return render_reason(str(refusal))


@require_permissions("change_publication")
@require_POST
def newsletter_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the mail for the address of the user, and for nobody else."""
    issue, user = _get_issue_or_404(pk), request.user
    if refusal := _find_refusal(issue, user.email):
        messages.error(request, refusal)
    else:
        key = f"{issue.pk}:{user.pk}:{timezone.now().timestamp():.6f}"
        OutboxMail.build(MailPurpose.NEWSLETTER, key, user.email, user=user).save()
        text = _("A test is on its way to %(address)s, and to nobody else. It comes within a minute.")
        messages.success(request, text % {"address": user.email})
    return HttpResponseRedirect(reverse("desk:newsletter-issue", args=[issue.pk]))


def _find_refusal(issue: Publication, address: str) -> str:
    """Return why an issue cannot be mailed to an address, or ""."""
    if not can_send_mail():
        return _("Mail is off on this server: nothing is sent.")
    if not address:
        return _("Your account has no mail address. Enter one in your settings first.")
    try:
        write_issue(issue)
    except Unrenderable as refusal:
        return str(refusal)
    return ""


def _get_issue_or_404(pk: int) -> Publication:
    issue = get_publication_or_404(pk)
    if not issue.kind.is_newsletter:
        raise Http404
    return issue
