"""Publications of kinds that stand in no lists: their own pages show them, and no other page or feed does."""

import re
from html import unescape
from urllib.parse import urljoin

import pytest

from publications.models import KIND, Edition, related_editions
from publications.search import is_match, parse_query
from publications.search.similarity import suggest
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_next_event
from subscriptions.models import AlertMail
from tests.factories import make_author, make_live, make_tag
from tests.subscriptions.factories import make_subscriber

pytestmark = pytest.mark.django_db

TITLE = "The granary opens"
TEXT = "Barley, rye and millet wait in the granary of the harbour until the ships come back in spring. " * 5
LINK = re.compile(r'(?:href|src)="([^"]+)"|<loc>([^<]+)</loc>')
CONTENT = (
    "text/html",
    "application/atom+xml",
    "application/rss+xml",
    "application/feed+json",
    "text/markdown",
)
START = (
    "/en/", "/sv/", "/llms.txt", "/en/publications/?q=granary", "/en/publications/?q=granary&order=newest",
    "/en/publications/?language=en", "/en/publications/?author=ann-berg", "/en/publications/?topic=grain",
    "/en/authors/ann-berg/", "/en/topics/grain/", "/en/nothing-here/",
)  # fmt: skip
OWN_LIST = "newsletter"


@pytest.fixture
def letter() -> Edition:
    """An issue beside a publication that has its author, topic, year, language and words."""
    author, tag = make_author("Ann Berg", slug="ann-berg"), make_tag("Grain", slug="grain")
    make_live(title="Rye is dear", body=TEXT, authors=[author], tags=(tag,))
    return make_live(title=TITLE, body=TEXT, authors=[author], tags=(tag,), kind="newsletter")


def crawl(client, *queue: str) -> dict[str, str]:
    """Return what can be reached from some addresses and is text, by its address."""
    texts, waiting = {}, list(queue)
    while waiting:
        path = waiting.pop().partition("#")[0]
        if path in texts or "/static/" in path:
            continue
        response = client.get(path)
        is_text = response.headers.get("Content-Type", "").startswith(CONTENT)
        texts[path] = response.text if is_text and not response.streaming else ""
        links = [unescape(link or loc) for link, loc in LINK.findall(texts[path])]
        waiting += [found for link in links if (found := urljoin(path, link)).startswith("/")]
    return texts


def test_no_page_and_no_feed_but_its_own_shows_it(client, letter):
    texts = crawl(client, *START)

    own = letter.get_absolute_url()
    own_pages = own.rstrip("/")  # and its text in Markdown
    others = {
        path: text for path, text in texts.items() if not path.startswith(own_pages) and OWN_LIST not in path
    }
    assert [path for path, text in others.items() if TITLE in text or own in text] == []
    assert len(texts) > 40


def test_it_has_a_page_a_list_and_a_feed_of_its_kind_and_is_in_the_sitemap(client, letter):
    own = letter.get_absolute_url()
    listed = client.get("/en/publications/?kind=newsletter")

    assert client.get(own).status_code == 200
    assert "Newsletter (1)" in listed.text
    assert TITLE in listed.text and "Rye is dear" not in listed.text
    feed = re.search(r'href="([^"]+newsletter[^"]*)"', listed.text)[1]
    assert TITLE in client.get(unescape(feed)).text
    assert own in client.get("/sitemap.xml").text
    assert own in client.get("/en/publications/?kind=newsletter&q=granary").text


def test_topics_and_authors_of_nothing_else_have_no_page(client):
    author, tag = make_author("Bo Ek", slug="bo-ek"), make_tag("Hay", slug="hay")
    issue = make_live(authors=[author], tags=(tag,), kind="newsletter")

    assert client.get("/en/topics/hay/").status_code == client.get("/en/authors/bo-ek/").status_code == 404
    texts = [client.get(path).text for path in (issue.get_absolute_url(), "/en/feeds/kinds/newsletter.atom")]
    texts += [client.get(f"{issue.get_absolute_url().rstrip('/')}.jsonld").text]
    assert not [text for text in texts if "/authors/bo-ek" in text or "/topics/hay" in text]
    assert not {"bo-ek", "hay"} & set(re.findall(r"/([a-z-]+)/</loc>", client.get("/sitemap.xml").text))


def test_it_is_no_suggestion_and_takes_no_place_among_them(letter):
    other = Edition.objects.get(title="Rye is dear")
    newer = make_live(title="Wheat is dear", body=TEXT)

    shown = [related.edition.pk for related in related_editions(other.publication_id)]
    assert shown == [newer.pk]
    assert letter.pk not in {row.similar_edition_id for row in suggest("Dear rye", TEXT)}


def test_only_those_who_chose_the_kind_or_the_publication_are_mailed():
    record_events()
    letter = make_live(title=TITLE, body=TEXT, kind="newsletter")
    chosen = [
        make_subscriber(Choice(filters={KIND: "newsletter"})),
        make_subscriber(Choice(filters={KIND: "newsletter"}, query="granary")),
        make_subscriber(Choice(publication=letter.publication_id)),
    ]
    for choice in (Choice(), Choice(filters={"language": "en"}), Choice(query="granary")):
        make_subscriber(choice)

    while record_events() or expand_next_event():
        pass

    assert is_match(parse_query("granary"), letter)
    assert set(AlertMail.objects.values_list("subscriber", flat=True)) == {each.pk for each in chosen}
