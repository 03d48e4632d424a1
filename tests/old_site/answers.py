"""What the server of the made-up site answers for each of its addresses."""

from dataclasses import dataclass
from functools import cache
from html import escape
from io import BytesIO
from zipfile import ZipFile, ZipInfo

from PIL import Image
from pypdf import PdfWriter

from .contents import NEWS, PEOPLE, PUBLICATION, SITE, TOPICS, OldText, build_texts
from .templates import (
    person_slug,
    render_list,
    render_other,
    render_people,
    render_person,
    render_text,
    steps,
)

PER_PAGE = 8
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """A response: its status, type, body, and target of a redirect."""

    body: bytes = b""
    content_type: str = HTML
    status: int = 200
    location: str = ""


@cache
def answer_all() -> dict[str, Answer]:
    """Return the answers by path and query: pages first, then files and redirects."""
    texts = build_texts()
    pages = _pages_of_texts(texts) | _lists(texts) | _other_pages(texts)
    return pages | _files(texts) | _redirects(texts)


def _pages_of_texts(texts: list[OldText]) -> dict[str, Answer]:
    answers = {}
    for text in texts:
        content_type = "text/html" if text.kind == "report" else HTML
        answer = Answer(render_text(text), content_type)
        answers |= dict.fromkeys((text.address, *text.others), answer)
    return answers


def _lists(texts: list[OldText]) -> dict[str, Answer]:
    sections = (
        ("/nyheter/", "Nyheter", NEWS, "sv"), ("/en/news/", "News", NEWS, "en"),
        ("/publikationer/", "Publikationer", PUBLICATION, "sv"), ("/en/publications/", "Publications", PUBLICATION, "en"),
    )  # fmt: skip
    answers = {}
    for address, title, kind, language in sections:
        listed = [text for text in texts if text.kind == kind and text.language == language]
        answers |= _paged_list(address, title, listed, language)
    for topic in TOPICS["sv"]:
        listed = [text for text in texts if topic in text.tags][:20]
        answers |= _paged_list(f"/amnen/{topic.lower()}/", topic, listed, "sv")
    return answers


def _paged_list(address: str, title: str, texts: list[OldText], language: str) -> dict[str, Answer]:
    answers = {}
    count = max(1, -(-len(texts) // PER_PAGE))
    pager = "".join(f'<a href="{address}?page={number + 1}">{number + 1}</a>' for number in range(1, count))
    for number in range(count):
        shown = texts[number * PER_PAGE : (number + 1) * PER_PAGE]
        trail = steps(("/" if language == "sv" else "/en/", "Start"), last=title)
        place = f"{address}?page={number + 1}" if number else address
        answers[place] = Answer(render_list(title, shown, language, 700 + number, trail, pager))
    return answers


def _other_pages(texts: list[OldText]) -> dict[str, Answer]:
    links = "".join(
        f'<li><a href="{escape(text.address)}">{escape(text.title)}</a></li>' for text in texts[-12:]
    )
    start = f'<div class="hero"><h1>Östinstitutet</h1></div><ul class="news-links">{links}</ul>'
    search = '<div class="search-page"><h1>Sök</h1><form><input type="search" name="q"></form><p>Inga träffar.</p></div>'
    calendar = (
        '<div class="calendar-widget"><h1>Kalendarium</h1><dl><dt>Måndag</dt><dd>Seminarium om handel i sal fyra '
        "klockan nio, anmälan senast veckan innan.</dd><dt>Tisdag</dt><dd>Föredrag</dd></dl></div>"
    )
    contact = (
        '<div class="col-8"><h1>Kontakta oss</h1><div class="plain"><p>Besök oss på Storgatan tolv i Stockholm, eller '
        "skriv till vår postadress. Vi svarar inom två arbetsdagar.</p></div></div>"
    )
    pages = {
        "/": render_other("Östinstitutet", start, "startpage", 1),
        "/en/": render_other("The East Institute", start, "startpage", 2, "en"),
        "/sok/": render_other("Sök", search, "searchpage", 3),
        "/kalender/": render_other("Kalendarium", calendar, "calendarpage", 4),
        "/om-oss/kontakt/": render_other("Kontakta oss", contact, "contactpage", 5),
        "/om-oss/medarbetare/": render_people(),
    }
    people = {
        f"/om-oss/medarbetare/{person_slug(name)}/": render_person(name, number)
        for number, name in enumerate(PEOPLE)
    }
    return {address: Answer(body) for address, body in (pages | people).items()}


def _files(texts: list[OldText]) -> dict[str, Answer]:
    answers = {
        "/static/site.css": Answer(b"body{margin:0}", "text/css"),
        "/static/logo.png": _picture(0, 40, "PNG"),
    }
    for text in texts:
        for path, _label in text.files:
            body = _pdf(text.number) if path.endswith(".pdf") else _workbook(text.number)
            answers[path.replace(" ", "%20")] = Answer(
                body, "application/octet-stream" if " " in path else "application/pdf"
            )
        for tag, path in text.blocks:
            if tag == "img":
                answers[f"{path}?width=300&quality=80"] = _picture(text.number, 300, "JPEG")
                answers[path] = _picture(text.number, 600, "JPEG")
        if text.picture:
            answers[f"{text.picture}?width=1200"] = _picture(text.number + 1000, 1200, "JPEG")
    answers["/globalassets/gammalt/bortglomd.pdf"] = Answer(_pdf(0), "application/pdf")
    return answers


def _pdf(number: int) -> bytes:
    writer, file = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": f"Rapport {number}"})
    writer.write(file)
    return file.getvalue()


def _workbook(number: int) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr(ZipInfo("xl/workbook.xml"), f"<workbook>{number}</workbook>")
    return file.getvalue()


def _picture(number: int, width: int, form: str) -> Answer:
    colour = (number * 7 % 256, number * 13 % 256, number * 29 % 256)
    file = BytesIO()
    Image.new("RGB", (width, width // 2), colour).save(file, form)
    return Answer(file.getvalue(), f"image/{form.lower()}")


def _redirects(texts: list[OldText]) -> dict[str, Answer]:
    first, second, third = texts[0], texts[1], texts[2]
    refresh = f'<html><head><meta http-equiv="refresh" content="0; url={second.address}"></head><body></body></html>'
    file = next(text for text in texts if text.files).files[0][0]
    return {
        "/kort": Answer(status=301, location=first.address),
        "/Kampanj.aspx": Answer(refresh.encode()),
        "/latest": Answer(status=302, location=f"{SITE}{third.address}"),
        "/rapport": Answer(status=301, location=file.replace(" ", "%20")),
        "/kedja": Answer(status=301, location="/kort"),
        "/borta": Answer(b"<h1>Finns inte</h1>", status=404),
        "/extern": Answer(status=301, location="https://other.example/page"),
        "/slinga": Answer(status=301, location="/slinga"),
    }
