"""The one address of the protocol. Whatever is asked is answered with 200 and a document of the schema."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from publications.locales import LOCALES
from publications.models import SiteSettings
from publications.xml_writer import XmlWriter, build_xml, format_datetime

from .repository import ANSWERS, OAI, XSI, Repository, base_url, located
from .request import OaiError, OaiRequest, parse_request

Write = Callable[[XmlWriter], None]
WITHOUT_ARGUMENTS = ("badVerb", "badArgument")
"""After these the request is repeated without its arguments, which may be none (section 3.2)."""


@csrf_exempt  # the protocol asks for POST as well; it changes nothing
def oai(request: HttpRequest) -> HttpResponse:
    repository = Repository(timezone.now(), SiteSettings.current())
    with translation.override(LOCALES[0]):
        answer = _respond(request, repository)
    return HttpResponse(answer, content_type="text/xml; charset=utf-8")


oai.methods = ("GET", "HEAD", "POST")


def _respond(http_request: HttpRequest, repository: Repository) -> bytes:
    """The whole answer, or the word of what is wrong: nothing of one that could not be finished is sent."""
    request = OaiRequest("")
    try:
        request = parse_request(http_request.POST if http_request.method == "POST" else http_request.GET)
        return _document(repository, request, _answer(repository, request))
    except OaiError as raised:
        error = raised
    echoed = OaiRequest("") if error.code in WITHOUT_ARGUMENTS else request
    return _document(repository, echoed, lambda xml: xml.element("error", error.words, {"code": error.code}))


def _answer(repository: Repository, request: OaiRequest) -> Write:
    def write(xml: XmlWriter) -> None:
        with xml.inside(request.verb):
            ANSWERS[request.verb](repository, request, xml)

    return write


def _document(repository: Repository, request: OaiRequest, write: Write) -> bytes:
    """What `write` writes, within what every answer has."""

    def write_all(xml: XmlWriter) -> None:
        with xml.inside("OAI-PMH", {"xmlns": OAI, "xmlns:xsi": XSI, "xsi:schemaLocation": located(OAI)}):
            xml.element("responseDate", format_datetime(repository.now))
            xml.element("request", base_url(), {"verb": request.verb, **request.arguments})
            write(xml)

    return build_xml(write_all)
