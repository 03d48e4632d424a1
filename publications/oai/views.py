"""The one address of the protocol. Whatever is asked is answered with 200 and a document of the schema."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from publications.languages import TREES
from publications.models import Site
from publications.xml_writer import XmlWriter, build_xml, format_datetime

from .answers import ANSWERS, OAI, XSI, Repository, base_url, located
from .asking import Fault, Question, read

Write = Callable[[XmlWriter], None]
WITHOUT_ARGUMENTS = ("badVerb", "badArgument")
"""After these the request is repeated without its arguments, which may be none (section 3.2)."""


@csrf_exempt  # the protocol asks for POST as well; it changes nothing
def oai(request: HttpRequest) -> HttpResponse:
    repository = Repository(timezone.now(), Site.objects.first() or Site())
    with translation.override(TREES[0]):
        answer = _answered(request, repository)
    return HttpResponse(answer, content_type="text/xml; charset=utf-8")


oai.methods = ("GET", "HEAD", "POST")


def _answered(request: HttpRequest, repository: Repository) -> bytes:
    """The whole answer, or the word of what is wrong: nothing of one that could not be finished is sent."""
    question = Question("")
    try:
        question = read(request.POST if request.method == "POST" else request.GET)
        return _document(repository, question, _answer(repository, question))
    except Fault as fault:
        told = fault
    asked = Question("") if told.code in WITHOUT_ARGUMENTS else question
    return _document(repository, asked, lambda xml: xml.element("error", told.words, {"code": told.code}))


def _answer(repository: Repository, question: Question) -> Write:
    def write(xml: XmlWriter) -> None:
        with xml.inside(question.verb):
            ANSWERS[question.verb](repository, question, xml)

    return write


def _document(repository: Repository, question: Question, write: Write) -> bytes:
    """What `write` writes, within what every answer has."""

    def whole(xml: XmlWriter) -> None:
        with xml.inside("OAI-PMH", {"xmlns": OAI, "xmlns:xsi": XSI, "xsi:schemaLocation": located(OAI)}):
            xml.element("responseDate", format_datetime(repository.now))
            xml.element("request", base_url(), {"verb": question.verb, **question.arguments})
            write(xml)

    return build_xml(whole)
