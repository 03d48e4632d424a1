"""The list of publications as the page of search results."""

import re
from urllib.parse import urlencode

import pytest

from publications.search import results
from publications.views.pagination import PER_PAGE
from tests.factories import make_author, make_live, make_tag

pytestmark = pytest.mark.django_db

LIST = "/en/publications/"


def page_of(client, text: str, path: str = LIST, **params) -> str:
    response = client.get(path, {"q": text, **params})
    assert response.status_code == 200
    return " ".join(response.text.split())


def links_in(page: str) -> list[str]:
    return [address.replace("&amp;", "&") for address in re.findall(r'href="([^"]*)"', page)]


def test_a_result_highlights_the_words(client):
    make_live(title="The grain deal", summary="What it says.", body="Ships wait at Odesa for the grain.")

    page = page_of(client, "grain odesa")

    assert ">The <mark>grain</mark> deal</a>" in page
    assert "Ships wait at <mark>Odesa</mark> for the <mark>grain</mark>." in page
    assert "1 publication" in page and "What it says." not in page


def test_a_publication_found_by_its_topic_shows_its_summary(client):
    make_live(summary="What it says.", tags=(make_tag("Energy"),))

    assert "What it says." in page_of(client, "energy")


def test_results_can_be_sorted_by_date(client):
    make_live(title="Grain")
    make_live(title="More grain")

    page = page_of(client, "grain", kind="quick-comment")

    assert f"{LIST}?q=grain&kind=quick-comment&order=newest" in links_in(page)
    newest = page_of(client, "grain", order="newest")
    assert 'aria-current="true">Newest first' in newest
    assert '<input type="hidden" name="order" value="newest">' in newest


@pytest.mark.parametrize("order", ["x", "relevance"])
def test_any_other_order_is_by_relevance(client, order):
    make_live(title="Grain")
    make_live(title="More grain")

    assert 'aria-current="true">Best match first' in page_of(client, "grain", order=order)


def test_one_result_has_no_order_and_a_phrase_no_second_quotation_marks(client):
    make_live(title="The grain deal")

    page = page_of(client, '"grain deal"')

    assert "Best match first" not in page
    assert "</span>&quot;grain deal&quot;</a>" in page


def test_an_empty_order_leads_to_the_address_without_it(client):
    assert client.get(LIST, {"q": "grain", "order": ""}).url == f"{LIST}?q=grain"


def test_filters_count_the_results_of_a_search(client):
    make_live(title="Grain", author=make_author("Ann Berg"))
    make_live(title="Barley", author=make_author("Bo Ek"))

    page = page_of(client, "grain")

    assert ">Ann Berg (1)<" in page and "Bo Ek" not in page


def test_filters_are_collapsed_until_one_is_chosen(client):
    make_live(body="Grain.")

    assert '<details class="search-form__more">' in page_of(client, "grain")
    assert '<details class="search-form__more" open>' in page_of(client, "grain", kind="quick-comment")


def test_results_come_in_pages_and_a_page_that_is_not_there_is_not_found(client):
    for number in range(PER_PAGE + 1):
        make_live(title=f"Grain {number}")

    assert f"{LIST}?q=grain&page=2" in links_in(page_of(client, "grain"))
    assert "page 2 of 2" in page_of(client, "grain", page="2")
    assert client.get(LIST, {"q": "grain", "page": "3"}).status_code == 404


def test_the_nearest_spelling_is_a_link(client):
    make_live(title="Azerbaijan and grain")

    page = page_of(client, "Azerbajian")

    assert "Did you mean" in page
    assert f"{LIST}?q=Azerbaijan" in links_in(page)


def test_words_with_results_of_their_own_are_links_with_counts(client):
    make_live(title="Grain")
    make_live(title="Barley")

    page = page_of(client, "grain barley")

    assert f'<a href="{LIST}?q=grain">grain</a> (1)' in page
    assert f'<a href="{LIST}?q=barley">barley</a> (1)' in page


def test_filters_without_results_can_be_left_out(client):
    make_live(title="Grain")
    make_live(title="Barley", tags=(make_tag("Energy"),))

    page = page_of(client, "grain", topic="energy")

    assert "Without the other choices there is 1 publication with these words." in page
    assert f"{LIST}?q=grain" in links_in(page)


@pytest.mark.parametrize("text", ["???", "-grain", '""'])
def test_a_query_without_a_word_says_what_to_type(client, text):
    make_live(title="Grain")

    assert "There is no word here to look for." in page_of(client, text)


def test_a_query_that_is_too_long_says_what_was_searched(client):
    make_live(title="Grain")

    assert "only the first of them were" in page_of(client, "grain " * 900)


def test_a_search_over_the_limit_is_answered_with_503(client, monkeypatch):
    make_live(title="Grain")
    monkeypatch.setattr(results, "MAX_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(results, "_slots", results.threading.BoundedSemaphore(1))

    with results.search_slot():
        response = client.get(LIST, {"q": "grain"})

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "Many are searching just now" in response.text
    assert client.get(LIST, {"q": "grain"}).status_code == 200


def test_a_query_is_escaped(client):
    make_live(title="Grain")
    typed = '"><script>alert(1)</script>'

    response = client.get(f"{LIST}?{urlencode({'q': typed})}")

    assert "<script>alert" not in response.text
    assert "&lt;script&gt;" in response.text


def test_the_other_locale_keeps_the_search(client):
    make_live(title="Grain")

    assert "/sv/publikationer/?q=grain&order=newest" in links_in(page_of(client, "grain", order="newest"))


@pytest.mark.parametrize("character", ["ʼ", "ـ", "\u3099", "война ʼ", '"ـ"', "ﷺ"])
def test_characters_that_are_no_words_are_accepted_in_queries_and_texts(client, character):
    make_live(title=f"Grain {character}", body=f"A text with {character} alone.", language="uk")

    assert client.get(LIST, {"q": character}).status_code == 200
