"""The view of the protocol: every request is answered with status 200 and a document of the schema."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from publications.locales import LOCALES
from publications.models import SiteSettings
from publications.xml_writer import XmlWriter, build_xml, format_datetime

from .repository import OAI, VERBS, XSI, Repository, base_url, schema_location
from .request import OaiError, OaiRequest, parse_request

Write = Callable[[XmlWriter], None]
WITHOUT_ARGUMENTS = ("badVerb", "badArgument")
"""Errors after which the response does not repeat the arguments of the request (section 3.2)."""


@csrf_exempt  # the protocol asks for POST as well; it changes nothing
def oai(request: HttpRequest) -> HttpResponse:
    repository = Repository(timezone.now(), SiteSettings.current())
    with translation.override(LOCALES[0]):
        document = _respond(request, repository)
    return HttpResponse(document, content_type="text/xml; charset=utf-8")


oai.allowed_methods = ("GET", "HEAD", "POST")


def _respond(http_request: HttpRequest, repository: Repository) -> bytes:
    """Return the document of the response, or that of an error."""
    request = OaiRequest("")
    try:
        request = parse_request(http_request.POST if http_request.method == "POST" else http_request.GET)
        return _build_document(repository, request, _verb_writer(repository, request))
    except OaiError as raised:
        error = raised
    repeated = OaiRequest("") if error.code in WITHOUT_ARGUMENTS else request
    return _build_document(
        repository, repeated, lambda xml: xml.element("error", error.message, {"code": error.code})
    )


def _verb_writer(repository: Repository, request: OaiRequest) -> Write:
    def write(xml: XmlWriter) -> None:
        with xml.inside(request.verb):
            VERBS[request.verb](repository, request, xml)

    return write


def _build_document(repository: Repository, request: OaiRequest, write: Write) -> bytes:
    """Return what `write` writes within the envelope of every response."""

    def write_all(xml: XmlWriter) -> None:
        with xml.inside(
            "OAI-PMH", {"xmlns": OAI, "xmlns:xsi": XSI, "xsi:schemaLocation": schema_location(OAI)}
        ):
            xml.element("responseDate", format_datetime(repository.now))
            xml.element("request", base_url(), {"verb": request.verb, **request.arguments})
            write(xml)

    return build_xml(write_all)
