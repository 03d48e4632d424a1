"""The page to verify a PDF or a text: which edition it is of, whether that stands, and what differs from it.

What a reader gives is read in memory, is not stored and not logged, and the response is not cached.
"""

import hashlib
from dataclasses import dataclass, field
from http import HTTPStatus

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from publications import renditions
from publications.models import AuditEntry, Change, Edition, EditionAttachment, EditionWithRows, ServedPdf
from publications.pdf import UnreadablePdf, extract_pdf_text
from publications.presentation import (
    MAX_TEXT_CHARACTERS,
    announced_date_text,
    breadcrumb,
    changes_url,
    compare_with_edition,
    comparison_context,
    edition_pdf_url,
    editions_url,
    editorial_notice_context,
    find_edition,
    is_excerpt,
    passages_of_edition,
    passages_of_text,
    paths_in_locales,
    pdf_url,
    render_page,
)
from publications.search import SearchBusy

from .downloads import get_edition_pdf

PDF_MAGIC = b"%PDF-"
MIN_WORDS = 8  # of a text that can be found


class InMemoryUpload(MemoryFileUploadHandler):
    """Keep a file of any size in memory; the size of the request is limited."""

    def handle_raw_input(self, *args, **kwargs) -> None:
        self.activated = True


@dataclass
class Result:
    """What is said about a PDF or a text: sentences, links, and what templates show of a difference."""

    heading: str
    sentences: list[str] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    context: dict[str, object] = field(default_factory=dict)
    status: int = HTTPStatus.OK


@csrf_exempt
def verify(request: HttpRequest) -> HttpResponse:
    """Show the form; after it is sent, what is known of the PDF or the text in it."""
    if request.method != "POST":
        return _render(request)
    request.upload_handlers = [InMemoryUpload(request)]
    try:
        result = _verify(request)
    except SearchBusy:
        text = _("Many texts are being compared at this moment. Please try again in a few seconds.")
        result = Result(_("Not at hand just now"), [text], status=HTTPStatus.SERVICE_UNAVAILABLE)
    response = _render(request, result)
    response.headers["Cache-Control"] = "no-store"
    return response


verify.allowed_methods = ("GET", "HEAD", "POST")


def _render(request: HttpRequest, result: Result | None = None) -> HttpResponse:
    return render_page(
        request,
        "pages/verify.html",
        status=result.status if result else HTTPStatus.OK,
        title=_("Is it ours?"),
        description=_("Verify a PDF or a text that is said to be of this site."),
        canonical=request.path,
        alternates=paths_in_locales("publications:verify"),
        breadcrumb=breadcrumb(_("Is it ours?")),
        result=result,
        given_text=request.POST.get("text", ""),
        max_megabytes=settings.MAX_VERIFIED_BYTES // 1_000_000,
        **(result.context if result else {}),
    )


def _verify(request: HttpRequest) -> Result:
    text, file = request.POST.get("text", ""), request.FILES.get("pdf")
    if file:
        return _verify_file(file.read())
    if len(text) > MAX_TEXT_CHARACTERS:
        return _problem(_("This text is too long. Please paste a part of it."))
    if len(text.split()) < MIN_WORDS:
        return _problem(_("Please choose a PDF, or paste a text of some sentences."))
    edition = find_edition(text)
    return _compared(edition, text, passages_of_edition(edition, text)) if edition else _unknown()


def _problem(sentence: str) -> Result:
    return Result(_("Nothing was verified"), [sentence], status=HTTPStatus.BAD_REQUEST)


def _verify_file(content: bytes) -> Result:
    digest = hashlib.sha256(content).hexdigest()
    served = ServedPdf.objects.of_content(content).select_related("edition").first()
    if served:
        return _recorded(served.edition)
    attached = EditionAttachment.objects.filter(
        original__contains=f"/{digest}", edition__in=Edition.objects.ever_public()
    ).select_related("edition")
    editions = [attachment.edition for attachment in attached.order_by("-edition__visible_from")]
    if editions:
        return _recorded(next(filter(_is_public, editions), editions[0]))
    if not content.startswith(PDF_MAGIC):
        return _problem(_("This file is no PDF, and none of ours."))
    return _verify_pdf_text(content)


def _verify_pdf_text(content: bytes) -> Result:
    try:
        text = extract_pdf_text(content)
    except UnreadablePdf:
        text = _("We have no record of this PDF, and no text can be read in it.")
        return Result(_("Cannot be verified"), [text])
    edition = find_edition(text)
    if not edition:
        return _unknown()
    try:
        passages = _pdf_passages(edition)
    except (renditions.RenderingBusy, renditions.RenderingFailed, UnreadablePdf):
        # Ours may be too long to read.
        passages = passages_of_edition(edition, text)
    result = _compared(edition, text, passages)
    if not result.links:  # withdrawn while this was compared
        return result
    result.sentences[:0] = [_warn_of_file(edition), _("Do not open it; here is the PDF as we send it.")]
    result.links.insert(
        0, {"label": _("The PDF as we send it"), "url": _pdf_address(edition), "language": ""}
    )
    return result


def _warn_of_file(edition: Edition) -> str:
    """Return that a file is not recorded. Nor are those from before a redaction or a pen name, to betray no name."""
    if AuditEntry.objects.redaction_times(edition.publication_id):
        return _(
            "We have no record of this file. A name or a passage was removed from this text for reasons of law or "
            "safety, and with it the record of files from before then. Its text was compared with ours."
        )
    return _("We have no record of this file. Its text was compared with ours.")


def _pdf_address(edition: Edition) -> str:
    is_live = Edition.objects.live().filter(pk=edition.pk).exists()
    return pdf_url(edition) if is_live else edition_pdf_url(edition, edition.number)


def _pdf_passages(edition: Edition) -> list[str]:
    """Return the passages of our own PDF, in the language of its address. Raises RenderingBusy, RenderingFailed."""
    with override(edition.locale):
        content = get_edition_pdf(edition).content
    return passages_of_text(extract_pdf_text(content))


def _unknown() -> Result:
    return Result(
        _("Not ours"),
        [_("No public text of ours resembles it. Texts that were withdrawn are not compared.")],
    )


def _is_public(edition: Edition) -> bool:
    readable = Edition.objects.readable().filter(pk=edition.pk)
    return readable.exists() and Edition.objects.live().filter(publication=edition.publication_id).exists()


def _recorded(edition: Edition) -> Result:
    """Return what is said of a file whose bytes are known; nothing of a text that is not public any more."""
    if not _is_public(edition):
        text = _("We have published this file, and have withdrawn its text since.")
        return Result(_("Ours, but withdrawn"), [text])
    result = Result(_("Ours"), [_("We have published this file; not a byte of it was changed.")])
    return _with_edition(result, edition)


def _compared(edition: Edition, text: str, passages: list[str]) -> Result:
    difference = compare_with_edition(text, passages)
    if difference.is_empty:
        sentence = (
            _("It is a part of our text, with the same words in the same order.")
            if is_excerpt(text, passages)
            else _("It has the same words as our text, in the same order.")
        )
        result = Result(_("The words are ours"), [sentence])
    else:
        result = Result(_("It differs from our text"))
        result.context = comparison_context(difference, edition.language) | {"compared_edition": edition}
    return _with_edition(result, edition, is_same=difference.is_empty)


def _with_edition(result: Result, edition: Edition, *, is_same: bool = True) -> Result:
    """Add which edition it is, or resembles most, and whether that stands."""
    live = Edition.objects.live().filter(publication=edition.publication_id).first()
    if not live:  # withdrawn in between
        return _unknown()
    title = live.notice.mark(edition.title) if live.notice else edition.title
    values = {"number": edition.number, "title": title, "day": announced_date_text(edition)}
    sentence = (
        _("It is edition %(number)d of “%(title)s”, of %(day)s.")
        if is_same
        else _("It comes closest to edition %(number)d of “%(title)s”, of %(day)s.")
    )
    result.sentences.append(sentence % values)
    result.links.append(
        {"label": live.marked_title, "url": live.get_absolute_url(), "language": live.language}
    )
    if edition.pk == live.pk:
        if not live.notice:
            result.sentences.append(_("That is the current edition."))
    else:
        result.sentences.append(_describe_successor(edition))
        since = f"{changes_url(live, live.number)}?from={edition.number}"
        result.links.append({"label": _("What has changed since"), "url": since, "language": ""})
    if live.number > 1:
        result.links.append({"label": _("All editions"), "url": editions_url(live), "language": ""})
    if live.notice:
        result.heading = f"{live.notice.definition.prefix}: {result.heading}"
        notice = editorial_notice_context(EditionWithRows(edition=live))
        result.context |= {**notice, "noticed_edition": live, "notice_language": live.locale}
    return result


def _describe_successor(edition: Edition) -> str:
    later = Edition.objects.readable().filter(publication=edition.publication_id, number__gt=edition.number)
    if Change.CORRECTION in set(later.values_list("change", flat=True)):
        return _("The text has been corrected since.")
    return _("A later edition has taken its place.")
