"""The pages of the made-up site: four types of texts and persons, lists and the rest, each with its own quirks."""

from datetime import date, timedelta
from html import escape
from posixpath import relpath
from urllib.parse import quote, urlsplit

from .contents import ALT, NEWS, PEOPLE, PUBLICATION, SITE, OldText

MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
ENGLISH_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
NAV = {
    "sv": '<ul class="nav"><li><a href="/">Start</a></li><li><a href="/nyheter/">Nyheter</a></li><li>'
    '<a href="/publikationer/">Publikationer</a></li><li><a href="/om-oss/medarbetare/">Medarbetare</a></li></ul>',
    "en": '<ul class="nav"><li><a href="/en/">Home</a></li><li><a href="/en/news/">News</a></li><li>'
    '<a href="/en/publications/">Publications</a></li></ul>',
}
COOKIES = (
    '<div id="cookie-consent" class="cookie-banner" role="dialog"><p>Vi använder kakor för att webbplatsen ska fungera '
    "på ett bra sätt för dig. Läs mer om hur vi hanterar personuppgifter och kakor på våra sidor.</p>"
    "<button>Jag godkänner</button></div>"
)
SIDEBAR = (
    '<div class="sidebar"><div class="box"><h3>Prenumerera</h3><p>Få våra nyheter och inbjudningar direkt i din '
    'inkorg varje vecka, utan kostnad.</p></div><div class="box"><h3>Senaste nytt</h3><ul>'
    '<li><a href="/nyheter/">Alla nyheter</a> 3 mars 2021</li></ul></div></div>'
)
FOOTER = (
    '<div id="footer"><p>Östinstitutet, Box 1, 111 11 Stockholm. Växel 08-123 45 67. '
    "Webbplatsen granskad 1 januari 2022.</p></div>"
)
SHARE = (
    '<div class="share-buttons"><span>Dela:</span> <a href="https://social.example/share">Facebook</a></div>'
)


def written_date(day: date, language: str) -> str:
    if language == "sv":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{ENGLISH_MONTHS[day.month - 1]} {day.day}, {day.year}"


def joined_names(names: tuple[str, ...], language: str) -> str:
    last = " och " if language == "sv" else " and "
    return last.join(filter(None, (", ".join(names[:-1]), names[-1])))


def address_in(text: OldText, target: str) -> str:
    """Return a link from one text to a path: every other one is relative."""
    if text.number % 2 or "?" in text.address or "?" in target:
        return escape(target)
    folder = urlsplit(text.address).path.rpartition("/")[0] or "/"
    return quote(relpath(target, folder) + ("/" if target.endswith("/") else ""))


def render_text(text: OldText) -> bytes:
    """Return the page of a text."""
    renderers = {NEWS: _render_news, PUBLICATION: _render_publication}
    html = renderers.get(text.kind, _render_report)(text)
    return html.encode("iso-8859-1", "xmlcharrefreplace") if text.kind == "report" else html.encode()


def render_body(text: OldText) -> str:
    blocks = [_render_block(tag, words, text) for tag, words in text.blocks]
    if "duplicate ids" in text.quirks:
        blocks.append('<div id="block"></div><div id="block"></div>')
    if "share in text" in text.quirks:
        blocks.insert(2, SHARE)
    return "\n".join(blocks)


def _render_block(tag: str, words: str, text: OldText) -> str:
    quoted = escape(words, quote=False)
    if tag == "img":
        return f'<p><img src="{address_in(text, words)}?width=300&amp;quality=80" alt="{ALT}" style="border:0"></p>'
    if tag == "link":
        title, _bar, target = words.partition("|")
        return f'<p><a href="{address_in(text, target)}" target="_blank">{escape(title)}</a></p>'
    if tag == "li":
        return (
            f'<ul type="disc"><li>{quoted}</ul>'
            if "unclosed" in text.quirks
            else f"<ul><li>{quoted}</li></ul>"
        )
    if tag != "p":
        return f"<{tag}>{quoted}</{tag}>"
    if "word" in text.quirks:
        style = "margin-bottom:.0001pt;mso-pagination:none"
        return (
            f'<p class="MsoNormal" style="{style}"><span lang="SV" style="font-size:11.0pt;font-family:&quot;Calibri&quot;">'
            f"{quoted}<o:p></o:p></span></p>"
        )
    if "divs for paragraphs" in text.quirks:
        return f"<div>{quoted}</div>"
    return f"<p>{quoted}" if "unclosed" in text.quirks else f"<p>{quoted}</p>"


def frame(language: str, number: int, page_class: str, head: str, main: str, breadcrumb: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{language}-SE"><head><meta charset="utf-8">{head}'
        '<meta name="generator" content="EPiServer"><meta property="og:site_name" content="Östinstitutet">'
        f'<meta property="og:image" content="{SITE}/static/logo.png"><link rel="stylesheet" href="/static/site.css">'
        f'</head><body class="page page-{number} {page_class} lang-{language}">{COOKIES}<div id="wrapper">'
        f'<div class="header"><a href="/"><img src="/static/logo.png" alt="Östinstitutet"></a>{NAV[language]}'
        '<form action="/sok/"><input type="search" name="q"></form></div>'
        f'<div class="breadcrumbs">{breadcrumb}</div><div id="content"><div class="row">{main}{SIDEBAR}</div></div>'
        f"</div>{FOOTER}<script>var pageId = {number};</script></body></html>"
    )


def head_of(text: OldText, further: str = "") -> str:
    alternate = (
        f'<link rel="alternate" hreflang="{"en" if text.language == "sv" else "sv"}" href="{SITE}{escape(text.translation)}">'
        if text.translation
        else ""
    )
    description = escape(text.summary or text.title)
    return (
        f"<title>{escape(text.title)} - Östinstitutet</title>"
        f'<meta name="description" content="{description}"><link rel="canonical" href="{SITE}{escape(text.address)}">'
        f"{alternate}{further}"
    )


def steps(*pairs: tuple[str, str], last: str) -> str:
    links = " / ".join(f'<a href="{address}">{escape(name)}</a>' for address, name in pairs)
    return f"{links} / <span>{escape(last)}</span>"


def _render_news(text: OldText) -> str:
    """A page of nested divisions: the date in words, the byline in three forms, also a later date of an update."""
    swedish = text.language == "sv"
    day = text.published_on
    label = ("Publicerad: " if swedish else "Published ") if text.number % 3 else ""
    published = f'<p class="date">{label}{written_date(day, text.language)}</p>' if day else ""
    changed = date(2021, 3, 3) + timedelta(days=text.number % 50)
    update = f"{'Senast uppdaterad' if swedish else 'Last updated'} {written_date(changed, text.language)}"
    byline = _byline(text)
    main = (
        '<div class="col-8"><div class="epi-contentarea"><div class="block">'
        f'<h1>{escape(text.title)}</h1>{published}<p class="ingress">{escape(text.summary)}</p>'
        f'<div class="text editor">{render_body(text)}</div>{byline}<p class="updated">{update}</p>'
        f"</div></div>{SHARE if text.number % 2 else ''}</div>"
    )
    section = ("/nyheter/", "Nyheter") if swedish else ("/en/news/", "News")
    home = ("/", "Start") if swedish else ("/en/", "Home")
    return frame(
        text.language, text.number, "newspage", head_of(text), main, steps(home, section, last=text.title)
    )


def _byline(text: OldText) -> str:
    if not text.authors:
        return ""
    names = joined_names(text.authors, text.language)
    by = {"sv": ("Av", "Text:", "Författare:"), "en": ("By", "Text by", "Author:")}[text.language]
    return f'<p class="byline">{by[text.number % 3]} {escape(names)}</p>'


def _render_publication(text: OldText) -> str:
    """A newer page: an article with the date in an attribute, authors as links, files, tags and related texts."""
    swedish = text.language == "sv"
    people = {name: f"/om-oss/medarbetare/{person_slug(name)}/" for name in text.authors}
    authors = ", ".join(f'<a href="{address}">{escape(name)}</a>' for name, address in people.items())
    files = "".join(
        f'<li><a href="{quote(path)}" class="file">{escape(label)}</a> <span>(1,2 MB)</span></li>'
        for path, label in text.files
    )
    tags = "".join(f'<li><a href="/amnen/{tag.lower()}/" rel="tag">{tag}</a></li>' for tag in text.tags)
    related = "".join(f'<li><a href="{escape(path)}">{escape(path)}</a></li>' for path in text.related)
    picture = (
        f'<figure class="lead-image"><img src="{text.picture}?width=1200" alt="Omslag"></figure>'
        if text.picture
        else ""
    )
    day = text.published_on
    main = (
        f'<div class="col-8"><article class="publication"><header><h1 class="title">{escape(text.title)}</h1>'
        f'<div class="meta"><time datetime="{day.isoformat()}T09:00:00+01:00">{written_date(day, text.language)}</time>'
        f' <span class="authors">{authors}</span></div></header>{picture}<p class="lead">{escape(text.summary)}</p>'
        f'<div class="publication-body">{render_body(text)}</div>'
        f'<section class="downloads"><h2>{"Ladda ner" if swedish else "Download"}</h2><ul>{files}</ul></section>'
        f'<ul class="tag-list">{tags}</ul>'
        f'<aside class="related"><h2>{"Läs också" if swedish else "Related"}</h2><ul>{related}</ul></aside>'
        "</article></div>"
    )
    section = ("/publikationer/", "Publikationer") if swedish else ("/en/publications/", "Publications")
    further = f'<meta property="og:title" content="{escape(text.title)}"><meta property="og:type" content="article">'
    trail = steps(("/" if swedish else "/en/", "Start"), section, last=text.title)
    return frame(text.language, text.number, "publicationpage", head_of(text, further), main, trail)


def person_slug(name: str) -> str:
    return name.lower().replace(" ", "-").replace("’", "").translate(str.maketrans("åäö", "aao"))


def _render_report(text: OldText) -> str:
    """The oldest page: tables, no class for its parts but one, Dublin Core in the head, and no encoding named."""
    (path, label), *_others = text.files
    creators = "".join(f'<meta name="DC.creator" content="{escape(name)}">' for name in text.authors)
    head = head_of(text, f'<meta name="DC.date" content="{text.published_on.isoformat()}">{creators}')
    return (
        f'<HTML lang="{text.language}"><HEAD>{head.replace("Östinstitutet", "&Ouml;stinstitutet")}</HEAD><BODY BGCOLOR=white>'
        f"<TABLE width=100%><TR><TD class=menu>{NAV[text.language]}</TD><TD class=content><P class=rubrik>{escape(text.title)}</P>"
        f"<TABLE class=text><TR><TD>{render_body(text)}</TD></TR></TABLE>"
        f'<TABLE class=files><TR><TD><A HREF="{quote(path)}">{escape(label)}</A></TD></TR></TABLE>'
        f"</TD></TR></TABLE>{FOOTER}</BODY></HTML>"
    )


def render_person(name: str, number: int) -> bytes:
    address = f"/om-oss/medarbetare/{person_slug(name)}/"
    main = (
        f'<div class="col-8"><div class="person"><h1>{escape(name)}</h1><p class="role">Analytiker</p>'
        f'<div class="contact"><a href="mailto:{person_slug(name)}@ostinstitutet.example">E-post</a></div>'
        f"<p>{escape(name)} arbetar med frågor om region {number} och skriver om handel och säkerhet.</p></div></div>"
    )
    head = f'<title>{escape(name)} - Östinstitutet</title><link rel="canonical" href="{SITE}{address}">'
    trail = steps(("/", "Start"), ("/om-oss/medarbetare/", "Medarbetare"), last=name)
    return frame("sv", 900 + number, "personpage", head, main, trail).encode()


def render_list(
    title: str, texts: list[OldText], language: str, number: int, trail: str, pager: str = ""
) -> bytes:
    items = "".join(
        f'<li class="teaser"><h2><a href="{escape(text.address)}">{escape(text.title)}</a></h2>'
        f'<p class="teaser-date">{written_date(text.published_on, language) if text.published_on else ""}</p>'
        f"<p>{escape(text.summary)}</p></li>"
        for text in texts
    )
    main = f'<div class="col-12"><h1>{escape(title)}</h1><ul class="teasers">{items}</ul><div class="pager">{pager}</div></div>'
    return frame(language, number, "listpage", f"<title>{escape(title)}</title>", main, trail).encode()


def render_people() -> bytes:
    items = "".join(
        f'<li><a href="/om-oss/medarbetare/{person_slug(name)}/">{escape(name)}</a></li>' for name in PEOPLE
    )
    main = f'<div class="col-12"><h1>Medarbetare</h1><ul class="people">{items}</ul></div>'
    trail = steps(("/", "Start"), last="Medarbetare")
    return frame("sv", 899, "peoplepage", "<title>Medarbetare</title>", main, trail).encode()


def render_other(title: str, main: str, page_class: str, number: int, language: str = "sv") -> bytes:
    trail = steps(("/", "Start"), last=title)
    return frame(language, number, page_class, f"<title>{escape(title)}</title>", main, trail).encode()
