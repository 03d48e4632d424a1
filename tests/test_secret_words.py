"""Nothing unpublished leaks: every field and file of a publication holds a different secret word, every public address
is requested, and none of the words may appear, in headers and images included.

The addresses come from the URL resolver, so that new pages are included; one with unknown parameters fails the test.
"""

import io
import itertools
import re
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest
import time_machine
from django.urls import URLPattern, get_resolver, translate_url
from django.utils import timezone, translation
from PIL import Image as Pixels

from publications import actions, search
from publications.locales import LOCALES, localized_path
from publications.metadata import FEED_FORMATS, RECORD_FORMATS
from publications.models import (
    Attachment,
    Byline,
    Edition,
    Publication,
    read_site_state,
    similar_publications,
    site_state_scope,
    store_original,
)
from publications.renditions import sizes_of
from publications.views.errors import query_text_of_path
from subscriptions.conditions import Choice
from subscriptions.tokens import TokenPurpose, make_token
from tests.factories import make_author, make_image, make_publication, make_tag, saved
from tests.pdf_reading import words_of as words_of_pdf
from tests.subscriptions.factories import make_subscriber

pytestmark = pytest.mark.django_db

FIELDS = (
    "title", "slug", "summary", "keypoint", "body", "footnote", "internalnote", "author", "authorslug", "alias",
    "authortitle", "affiliation", "biography", "tag", "tagslug", "introduction", "alt", "credit", "licence", "filename",
    "attachment", "attachmentlabel", "attachmentbytes", "changenote", "cover",
)  # fmt: skip
WORDS = {field: f"zzq{field}" for field in FIELDS}
QUERIES = {
    "kind": ("quick-comment",),
    "topic": (WORDS["tagslug"],),
    "country": (WORDS["tagslug"],),
    "series": (WORDS["tagslug"],),
    "author": (WORDS["authorslug"],),
    **dict.fromkeys(("year", "language", "page", "order", "from"), (WORDS["tag"],)),
}
LISTS = ("/en/publications/", "/sv/publikationer/", "/api/v1/publications")


class Requests:
    """All requests in which a stranger may try the secret values."""

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        images = [make for make in (publication.cover, *publication.secret_images) if make]
        self.values = {
            "slug": [WORDS["slug"], WORDS["authorslug"], WORDS["tagslug"], "clean"],
            "number": [1, 2, 3],
            "digest": [file.digest[:32] for file in publication.attachments.all()] or ["0" * 32],
            "filename": [f"{WORDS['attachment']}.pdf"],
            "key": [image.key for image in images],
            "size": sorted({"960", *(size for image in images for size in sizes_of(image))}),
            "extension": ["webp", "jpg"],
            "author": [WORDS["authorslug"]],
            "tag": [WORDS["tagslug"]],
            "kind": ["quick-comment"],
            "code": ["en", "sv"],
            "record_format": list(RECORD_FORMATS),
            "format": list(FEED_FORMATS),
            "uid": [self.publication.uid],
            "rest": ["nowhere"],
            "token": tokens_of(publication),
            "source": ["publications", "topics", "authors", "pages"],
        }

    def paths(self) -> list[str]:
        found = set()
        for locale in LOCALES:
            with translation.override(locale):
                for route, names in public_routes():
                    for chosen in itertools.product(*self._choices(route, names)):
                        found.add("/" + route % dict(zip(names, chosen, strict=True)))
        lists = [
            path
            for path in found
            if path.rstrip("/").endswith(("publications", "publikationer", "/en", "/sv"))
        ]
        queries = [urlencode({name: value}) for name, values in QUERIES.items() for value in values]
        forms = [localized_path(locale, "subscriptions:sign_up") for locale in LOCALES]
        chosen = [*queries, urlencode({"publication": self.publication.uid})]
        return [
            *sorted(found),
            *(f"{path}?{query}" for path in lists for query in queries),
            *(f"{path}?{query}" for path in forms for query in chosen),
            *(
                f"{path}?{urlencode({'q': typed})}"
                for path, typed in zip(itertools.cycle(LISTS), what_a_stranger_may_type())
            ),
            *(f"/oai?{query}" for query in self._harvested()),
        ]

    def _choices(self, route: str, names: list[str]) -> list[list]:
        """What may stand in each place of a route: every slug in a page's own, below a page only those of its kind."""
        slugs = self.values["slug"] if route.endswith("%(slug)s/") else slugs_of(route)
        return [{**self.values, "slug": slugs}[name] for name in names]

    def _harvested(self) -> list[str]:
        """Every verb, of everything, of the publication itself, and of each set."""
        records = [f"verb={verb}&metadataPrefix=oai_dc" for verb in ("ListRecords", "ListIdentifiers")]
        sets = ["kind-quick-comment", "language-en", "language-sv"]
        identifier = urlencode({"identifier": f"oai:127.0.0.1:{self.publication.uid}"})
        return [
            *(f"verb={verb}" for verb in ("Identify", "ListSets", "ListMetadataFormats")),
            *records,
            *(f"{query}&set={each}" for query in records for each in sets),
            f"verb=GetRecord&metadataPrefix=oai_dc&{identifier}",
            f"verb=ListMetadataFormats&{identifier}",
        ]


def tokens_of(publication: Publication) -> list[str]:
    """Return the tokens of a reader who follows a publication; one that has ended is called by its last title."""
    editions = Edition.objects.filter(publication=publication)
    has_ended = editions.ever_public().exists() and not editions.live().exists()
    choices = [] if has_ended else [Choice(publication=publication.pk)]
    subscriber = make_subscriber(*choices)
    subscriber.subscriptions.create(condition=Choice(query="nothing").store())  # not confirmed yet
    return [make_token(purpose, subscriber.uid) for purpose in TokenPurpose]


def slugs_of(route: str) -> list[str]:
    if "author" in route or "forfattare" in route:
        return [WORDS["authorslug"]]
    if "topic" in route or "amnen" in route:
        return [WORDS["tagslug"]]
    return [WORDS["slug"], "clean"]


def what_a_stranger_may_type() -> list[str]:
    """Every secret word as it is, half typed beside a word that is public, and with a slip that a search may mend.

    One of the lists is requested for each, as they share one search.
    """
    return [*WORDS.values(), *halves_and_slips()]


def halves_and_slips() -> list[str]:
    """What finds a word that is not typed."""
    return [typed for word in WORDS.values() for typed in (f"nothing {word[:-2]}", f"{word[:-1]}q")]


def public_routes() -> list[tuple[str, list[str]]]:
    """Every address of the resolver outside the desk, as a template and the names of its parameters."""
    return [
        (route, names)
        for route, names in _routes(get_resolver(), "", [])
        if not route.startswith(("desk/", "admin/"))
    ]


def _routes(resolver, before: str, names: list[str]):
    for pattern in resolver.url_patterns:
        text = str(pattern.pattern)
        template = before + re.sub(r"<(?:\w+:)?(\w+)>", r"%(\1)s", text)
        inside = [*names, *re.findall(r"<(?:\w+:)?(\w+)>", text)]
        if isinstance(pattern, URLPattern):
            yield template, inside
        else:
            yield from _routes(pattern, template, inside)


def clean_publication(editor) -> Publication:
    """A public publication without anything secret."""
    publication = make_publication(title="Clean", slug="clean", body="Nothing to hide.")
    actions.publish(publication, by=editor)
    return publication


def fill_with_secrets(publication: Publication) -> Publication:
    """Put a secret word into every field and file of the draft."""
    words = WORDS
    cover = make_image(
        colour="red", alt_en=words["cover"], credit=words["credit"], filename=f"{words['cover']}.png"
    )
    shown = make_image(
        colour="green", alt_en=words["alt"], licence=words["licence"], filename=f"{words['filename']}.png"
    )
    portrait = make_image(colour="blue", alt_en=words["alt"])
    author = make_author(
        words["author"], slug=words["authorslug"], aliases=words["alias"], title_en=words["authortitle"],
        affiliation_en=words["affiliation"], biography_en=words["biography"], portrait=portrait,
    )  # fmt: skip
    tag = make_tag(words["tag"], slug=words["tagslug"], introduction_en=words["introduction"])
    publication.bylines.all().delete()
    Byline.objects.create(publication=publication, author=author)
    publication.tags.set([tag])
    content = f"%PDF-1.4 {words['attachmentbytes']}".encode()
    Attachment.objects.create(
        publication=publication, original=store_original(content, "pdf"), filename=f"{words['attachment']}.pdf",
        label=words["attachmentlabel"], size=len(content),
    )  # fmt: skip
    body = f"{words['body']}[^1]\n\n![](image:{shown.key})\n\n[^1]: {words['footnote']}"
    saved(
        publication, title=words["title"], slug=words["slug"], summary=words["summary"], key_points=words["keypoint"],
        body=body, internal_note=words["internalnote"], cover=cover,
    )  # fmt: skip
    publication.secret_images = [shown, portrait]
    return publication


def never_published(editor, clock) -> Publication:
    clean_publication(editor)
    return fill_with_secrets(make_publication())


def draft_over_live(editor, clock) -> Publication:
    return fill_with_secrets(clean_publication(editor))


def scheduled(editor, clock) -> Publication:
    publication = fill_with_secrets(make_publication())
    actions.publish(publication, by=editor, at=timezone.now() + timedelta(hours=1))
    return publication


def scheduled_over_live(editor, clock) -> Publication:
    publication = fill_with_secrets(clean_publication(editor))
    at = timezone.now() + timedelta(hours=1)
    actions.publish(publication, by=editor, at=at, change="correction", note=WORDS["changenote"])
    return publication


def expired(editor, clock) -> Publication:
    publication = fill_with_secrets(make_publication())
    actions.publish(publication, by=editor, until=timezone.now() + timedelta(hours=1))
    clock.shift(timedelta(hours=2))
    return publication


def withdrawn(editor, clock) -> Publication:
    publication = fill_with_secrets(make_publication())
    actions.publish(publication, by=editor)
    clock.shift(timedelta(seconds=1))
    actions.withdraw(publication, by=editor)
    return publication


def undone(editor, clock) -> Publication:
    publication = fill_with_secrets(clean_publication(editor))
    clock.shift(timedelta(seconds=1))
    actions.publish(publication, by=editor, change="correction", note=WORDS["changenote"])
    clock.shift(timedelta(seconds=1))
    actions.undo(publication, by=editor)
    return publication


STATES = (never_published, draft_over_live, scheduled, scheduled_over_live, expired, withdrawn, undone)


def everything_said(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items() if name != "Location")
    return (
        headers
        + body.decode("latin-1")
        + unquote(body.decode("utf-8", "replace"))
        + secrets_inside(response, body)
    )


def secrets_inside(response, body: bytes) -> str:
    """The words of a made PDF, and those that a card carries with its picture."""
    if response.headers["Content-Type"] == "application/pdf" and not response.streaming:
        return words_of_pdf(body)
    if response.headers["Content-Type"] == "image/png":
        return " ".join(Pixels.open(io.BytesIO(body)).text.values())
    return ""


def without_echo(said: str, path: str) -> str:
    """Without what a stranger typed, which a page or its links show again, word for word."""
    for typed in " ".join(itertools.chain(*parse_qs(urlsplit(path).query).values())).split():
        said = re.sub(rf"{re.escape(typed)}(?![a-z])", "", said)
    return said


def offer_of(path: str) -> str:
    """The 404 page puts the words of the requested address into its search field."""
    return f'value="{query_text_of_path(urlsplit(path).path)}"'


def leaks(client, publication: Publication) -> list[str]:
    """Return the secrets in all responses. Nothing changes between them, so all are in one site state, as in the page cache."""
    with site_state_scope(read_site_state()):
        return [leak for path in Requests(publication).paths() for leak in leaks_of(client, path)]


def leaks_of(client, path: str) -> list[str]:
    response = client.get(path)
    said = without_echo(everything_said(response), path).replace(offer_of(path), "")
    found = [f"{path}: {word}" for word in WORDS.values() if word in said]
    return (
        [*found, f"{path}: a picture"]
        if path.startswith("/media/") and response.status_code == 200
        else found
    )


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_no_secret_word_appears_anywhere(client, editor, state):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication = state(editor, clock)
        clock.shift(timedelta(seconds=1))

        assert not leaks(client, publication)


def test_a_redacted_word_appears_nowhere(client, editor):
    publication = fill_with_secrets(make_publication())
    actions.publish(publication, by=editor)
    taken_out = ("title", "slug", "summary", "keypoint", "body", "footnote", "attachmentlabel")
    for field in taken_out:
        actions.redact(publication, WORDS[field], by=editor)

    found = " ".join(leaks(client, publication))

    assert WORDS["author"] in found
    assert [field for field in taken_out if f"{WORDS[field]} " in f"{found} "] == []


def test_an_author_who_takes_a_pen_name_is_named_nowhere(client, editor):
    publication = fill_with_secrets(make_publication())
    actions.publish(publication, by=editor)
    author = publication.bylines.get().author
    author.name, author.slug, author.is_pseudonymous = "A Historian", "a-historian", True
    actions.save_instance(author, by=editor)

    found = " ".join(leaks(client, publication))

    assert WORDS["body"] in found
    hidden = ("author", "authorslug", "alias", "authortitle", "affiliation", "biography")
    assert [field for field in hidden if f"{WORDS[field]} " in f"{found} "] == []


def found_by(text: str) -> list[str]:
    """The titles that a search finds, and the spelling that it offers where there are none."""
    query = search.parse_query(text)
    found = search.search(query, locale="en").edition_ids
    titles = list(Edition.objects.filter(pk__in=found).values_list("title", flat=True))
    return titles or [offer for offer in [search.suggest_spelling(query, locale="en").corrected] if offer]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_no_secret_word_finds_anything_or_is_offered(editor, state):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        state(editor, clock)
        clock.shift(timedelta(seconds=1))

        typed = [word for words in what_a_stranger_may_type() for word in words.split() if word != "nothing"]
        assert {word: there for word in typed if (there := found_by(word))} == {}


def suggested(publication: Publication) -> list[str]:
    """Every word of what is said to be like a text of nothing but the secret words, or like any live publication."""
    tags, authors = list(publication.tags.all()), list(publication.authors.all())
    rows = search.similarity.suggest(" ".join(WORDS.values()), " ".join(WORDS.values()), tags, authors)
    for live in Edition.objects.live():
        rows += similar_publications(live.publication_id, timezone.now(), 50)
    return [
        word
        for row in rows
        for word in (row.similar_edition.title, *row.words, *search.similarity.build_reasons([row]))
    ]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_no_secret_word_is_suggested(editor, state):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication = state(editor, clock)
        actions.publish(make_publication(title="Another", body="Nothing to hide."), by=editor)
        clock.shift(timedelta(seconds=1))

        assert [word for word in suggested(publication) if "zzq" in word] == []


def test_once_live_a_secret_word_is_suggested_so_that_the_test_above_can_fail(editor):
    publication = fill_with_secrets(make_publication())
    actions.publish(publication, by=editor)

    assert WORDS["title"] in suggested(publication)


def test_a_redacted_word_finds_nothing_and_is_not_offered(editor):
    publication = clean_publication(editor)
    for field in ("body", "summary", "title"):
        actions.publish(saved(publication, **{field: f"Nothing {WORDS[field]} to hide."}), by=editor)
    assert found_by(WORDS["body"]) and found_by(WORDS["title"][:-1])

    for field in ("body", "summary", "title"):
        actions.redact(publication, WORDS[field], by=editor)

    typed = [
        typed
        for field in ("body", "summary", "title")
        for typed in (WORDS[field], f"{WORDS[field]}x", WORDS[field][:-1])
    ]
    assert {word: there for word in typed if (there := found_by(word))} == {}


def test_a_scheduled_and_an_expiring_word_are_found_for_exactly_as_long_as_they_are_public(editor):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        start, end = timezone.now() + timedelta(hours=1), timezone.now() + timedelta(hours=2)
        publication = fill_with_secrets(make_publication())
        actions.publish(publication, by=editor, at=start, until=end)
        second = timedelta(seconds=1)
        moments = {start - second: False, start: True, end - second: True, end: False}

        for moment, is_public in moments.items():
            clock.move_to(moment)
            for field in ("title", "summary", "keypoint", "body", "footnote", "author", "tag"):
                assert bool(found_by(WORDS[field])) == is_public, (moment, field)


def test_once_live_every_public_word_is_found_so_that_the_test_above_can_fail(client, editor):
    publication = fill_with_secrets(make_publication())
    actions.publish(publication, by=editor)

    found = " ".join(leaks(client, publication))

    private = {"internalnote", "alias", "licence", "filename", "changenote"}
    assert {field for field, word in WORDS.items() if word not in found} == private
    assert "a picture" in found


def test_every_address_of_the_site_is_requested(client):
    routes = [route for route, _names in public_routes()]

    assert translate_url("/en/publications/", "sv") == "/sv/publikationer/"
    assert {"", "media/%(key)s/%(size)s.%(extension)s"} <= set(routes)
    assert any("editions/%(number)s/" in route for route in routes)


def test_pdf_and_social_image_of_a_live_publication_are_read(client, editor):
    actions.publish(fill_with_secrets(make_publication()), by=editor)
    address = f"/en/publications/{WORDS['slug']}"

    paper, card = (everything_said(client.get(address + ending)) for ending in (".pdf", "/card.png"))

    rows = (
        "title",
        "summary",
        "keypoint",
        "body",
        "footnote",
        "author",
        "affiliation",
        "biography",
        "tag",
        "credit",
    )
    assert not [field for field in rows if WORDS[field] not in paper]
    assert WORDS["title"] in card and WORDS["author"] in card
