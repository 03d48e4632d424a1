"""Search: results, their order, counts and snippets, on whichever database is in use."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from publications import actions, search
from publications.models import FACETS, Edition, Synonym
from publications.search import results as results_module
from publications.search.engines import engine
from publications.search.expansion import expand
from tests.factories import make_author, make_live, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db


def titles(text: str, *, locale: str = "en", newest_first: bool = False, **filters) -> list[str]:
    results = search.search(
        search.parse_query(text), locale=locale, filters=filters, newest_first=newest_first
    )
    editions = Edition.objects.in_bulk(results.edition_ids)
    return [editions[pk].title for pk in results.edition_ids]


def snippet_of(text: str) -> str:
    results = search.search(search.parse_query(text), locale="en")
    edition = Edition.objects.get(pk=results.edition_ids[0])
    return search.SnippetBuilder(results.expanded_query).snippet(edition).text


# Results -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "harvest",
        "Harvests",
        "harv",
        '"the harvest"',
        "harvest -barley",
        "GRAIN-harvest",
        "grain harvest, kherson",
    ],
)
def test_a_publication_is_found_by_its_words(text):
    make_live(title="Wheat", body="In Kherson the harvest of grain was late: a poor grain harvest.")

    assert titles(text) == ["Wheat"]


@pytest.mark.parametrize(
    "text", ["harvest barley", '"harvest the"', "harvest -kherson", '"harv"', "arvest", "???"]
)
def test_a_publication_is_not_found_by_other_words(text):
    make_live(title="Wheat", body="In Kherson the harvest was late.")

    assert titles(text) == []


@pytest.mark.parametrize(
    ("body", "language", "text"),
    [
        ("Om försvarets beredskap.", "sv", "forsvaret"),
        ("Om försvarets beredskap.", "sv", "försvar"),
        ("Forsvarets uppgift.", "sv", "försvarets"),
        ("Новые санкции против банков.", "ru", "санкций"),
        ("Нові санкції проти банків.", "uk", "санкції"),
        ("عقوبات جديدة على المصارف", "ar", "عقوبات"),
        ("关于北京大学的评论", "zh", "北京"),
        ("Über die Straße nach Łódź.", "de", "strasse lodz"),
        ("Sanctions and their effects.", "en", "sanction effect"),
    ],
)
def test_texts_of_every_language_are_found(body, language, text):
    make_live(title="X", body=body, language=language)

    assert titles(text) == ["X"]


@pytest.mark.parametrize("text", ["Lukashenko", "Lukashenka", "Lukasjenko", "Лукашенко", "lukasjenkos"])
@pytest.mark.parametrize("spelling", ["Lukashenko", "Lukasjenko", "Лукашенко", "Лукашэнка"])
def test_a_name_is_found_in_every_spelling(spelling, text):
    make_live(title="X", body=f"What {spelling} said.")

    assert titles(text) == ["X"]


def test_synonyms_of_several_words_are_found_both_ways():
    make_live(title="A", body="The European Union decides.")
    make_live(title="B", body="EU decides.")
    make_live(title="C", body="A union of European trades.")

    assert sorted(titles("EU")) == ["A", "B"]
    assert sorted(titles("european union")) == ["A", "B", "C"]
    assert titles('"european union"') == ["A"]


def test_edited_synonyms_apply_at_once(editor):
    make_live(title="X", body="The Zhytomyr road.")
    synonym = Synonym(spellings="Zhytomyr\nZjytomyr")

    actions.save_instance(synonym, by=editor)
    assert titles("Zjytomyr") == ["X"]

    synonym.spellings = "Zhytomyr\nSchytomyr"
    actions.save_instance(synonym, by=editor)
    assert (titles("Zjytomyr"), titles("Schytomyr")) == ([], ["X"])

    actions.delete_instance(synonym, by=editor)
    assert titles("Schytomyr") == []


def test_a_publication_is_found_by_its_authors_and_topics_in_both_languages():
    make_live(title="X", author=make_author("Ann Berg"), tags=(make_tag("Energy", name_sv="Energi"),))

    assert titles("berg") == titles("Ann Berg") == titles("energi") == titles("energy berg") == ["X"]


def test_a_topic_that_is_renamed_is_found_by_its_new_name(editor):
    tag = make_tag("Energy")
    make_live(title="X", tags=(tag,))
    tag.name = "Power"

    actions.save_instance(tag, by=editor)

    assert (titles("energy"), titles("power")) == ([], ["X"])


def test_an_author_is_found_by_the_name_in_the_byline_and_by_the_current_one(editor):
    author = make_author("Ann Berg")
    make_live(title="X", author=author)
    author.name = "Ann Lind"

    actions.save_instance(author, by=editor)

    assert titles("berg") == titles("lind") == ["X"]


def test_an_author_is_found_by_the_letters_of_the_slug():
    make_live(title="Grain", author=make_author("Bahruz Səmədbəyli", slug="bahruz-semedbeyli"))

    assert titles("Semedbeyli") == titles("Səmədbəyli") == ["Grain"]


def test_texts_in_the_language_of_the_locale_come_first():
    for _number in range(8):
        make_live(title="Grain")
    make_live(title="A long way to Harkov and to all the other ports")
    make_live(title="Harkov, Harkov!", summary="Harkov.", body="Harkov.", language="sv")

    assert titles("harkov") == ["A long way to Harkov and to all the other ports", "Harkov, Harkov!"]

    make_live(title="Harkov", language="sv")
    assert titles("harkov")[0] == "Harkov"  # the exact title comes first, whatever its language


def test_a_pseudonym_leads_to_no_other_name(editor):
    author = make_author("Ann Berg")
    make_live(title="Old", author=author)
    author.name, author.is_pseudonymous = "N. N. Sokolova", True
    actions.save_instance(author, by=editor)
    make_live(title="New", author=author)

    assert (sorted(titles("sokolova")), titles("berg")) == (["New", "Old"], [])


def test_aliases_are_not_searched():
    make_live(author=make_author("Ann Berg", aliases="Anna Bergh"))

    assert titles("bergh") == []


# Order ----------------------------------------------------------------------------------------


def test_the_title_weighs_most_then_the_summary():
    make_live(title="A", body="On grain. " + "Other words follow here. " * 20)
    make_live(title="B", summary="On grain.", body="Other words follow here. " * 20)
    make_live(title="Grain", body="Other words follow here. " * 20)

    assert titles("grain") == ["Grain", "B", "A"]


def test_the_exact_title_comes_first():
    for number in range(5):
        make_live(title=f"Grain and the sea, part {number}", body="Grain and the sea. " * 9)
    make_live(title="Grain and the sea", body="Something else.")

    assert titles("grain and the sea")[0] == "Grain and the sea"


def test_words_as_close_as_they_were_typed_come_first():
    far = "Research comes before the user, and the user after the research that was done. " * 3
    close = "Before that came user research, after the rest that was done, and the others too. " * 3
    for number in range(3):
        make_live(title=f"{number}", body=far)
    make_live(title="Together", body=close)
    make_live(title="Last", body=far)

    assert titles("user research")[0] == "Together"
    assert len(titles("user research")) == 5


def test_nearness_counts_the_same_whichever_text_was_stored_after():
    close, far = (
        "Of wheat prices, a price, grain. Wheat prices grain.",
        "Of wheat prices the grain came late.",
    )
    for title, body in (("1", close), ("2", close), ("3", far)):
        make_live(title=title, body=body, language="fi")
    query = search.parse_query("prices grain")

    hits = engine().find(
        expand(query).expression, expand(query).proximity, filter_terms=[], now=timezone.now(), limit=9
    )

    far_score, *close_scores = (hit.score for hit in hits)
    assert close_scores[0] == close_scores[1] > far_score


def test_the_newest_can_come_first():
    old = timezone.now() - timedelta(days=90)
    make_live(title="Grain, grain", published_at=old)
    make_live(title="New", body="On grain.")

    assert titles("grain") == ["Grain, grain", "New"]
    assert titles("grain", newest_first=True) == ["New", "Grain, grain"]


def test_one_text_of_a_translation_group_is_found_that_of_the_locale_first():
    english = make_publication(title="Minsk speaks")
    actions.publish(english, by=None)
    swedish = make_publication(title="Minsk talar", language="sv", translation_of=english)
    actions.publish(swedish, by=None)

    assert titles("minsk", locale="en") == ["Minsk speaks"]
    assert titles("minsk", locale="sv") == ["Minsk talar"]
    assert titles("talar", locale="en") == ["Minsk talar"]
    assert titles("minsk", locale="en", language="sv") == ["Minsk talar"]


def test_a_word_that_many_names_have_means_those_that_the_word_beside_it_names(monkeypatch):
    monkeypatch.setattr("publications.search.expansion.MAX_NAMED_ROWS", 2)
    tags = [make_tag(f"Policy {word}") for word in ("North", "South", "East")]
    for tag in tags:
        make_live(title=f"On {tag.name.split()[1]}", body="Northern lights, north.", tags=(tag,))

    assert titles("policy north") == ["On North"]
    assert len(titles("policy")) == len(titles("policy lights")) == 3


def test_a_word_that_few_names_have_means_all_of_them():
    for word in ("North", "South"):
        make_live(title=word, body="North.", tags=(make_tag(f"Policy {word}"),))

    assert len(titles("policy north")) == 2


# Filters and counts ------------------------------------------------------------------------------------


@pytest.fixture
def store():
    ann, bo = make_author("Ann Berg"), make_author("Bo Ek")
    energy, belarus = make_tag("Energy"), make_tag("Belarus", kind="country")
    long_ago = timezone.now() - timedelta(days=800)
    make_live(title="A", body="Grain.", author=ann, tags=(energy, belarus))
    make_live(title="B", body="Grain.", author=ann, tags=(energy,), published_at=long_ago)
    make_live(title="C", body="Spannmål, grain.", author=bo, tags=(belarus,), kind="report", language="sv")
    make_live(title="D", body="Barley.", author=bo)
    return long_ago.year


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["A", "B", "C"]),
        ({"topic": "energy"}, ["A", "B"]),
        ({"country": "belarus"}, ["A", "C"]),
        ({"topic": "energy", "country": "belarus"}, ["A"]),
        ({"author": "bo-ek"}, ["C"]),
        ({"kind": "report"}, ["C"]),
        ({"language": "en"}, ["A", "B"]),
        ({"language": "sv", "topic": "energy"}, []),
        ({"topic": "belarus"}, []),
        ({"author": "nobody"}, []),
        ({"year": "x"}, []),
        ({"language": "xx"}, []),
    ],
)
def test_a_search_is_filtered_by_every_facet(store, filters, expected):
    assert sorted(titles("grain", **filters)) == expected


def test_a_search_is_filtered_by_year(store):
    assert titles("grain", year=str(store)) == ["B"]


def test_the_values_of_each_facet_are_counted(store):
    results = search.search(search.parse_query("grain"), locale="en", filters={"topic": "energy"})

    assert counts_of(results, "topic") == {"energy": 2}
    assert counts_of(results, "country") == {"belarus": 1}
    assert counts_of(results, "author") == {"ann-berg": 2}
    assert counts_of(results, "kind") == {"quick-comment": 2}
    assert counts_of(results, "language") == {"en": 2}
    assert counts_of(results, "year") == {str(store): 1, str(timezone.localtime().year): 1}
    assert set(search.search(search.parse_query("???"), locale="en").facet_counts) == set(FACETS)


def counts_of(results: search.SearchResults, name: str) -> dict[str, int]:
    return {choice.value: choice.count for choice in FACETS[name].build_choices(results.facet_counts[name])}


def test_a_pseudonym_is_no_filter_and_is_not_counted():
    make_live(title="A", body="Grain.", author=make_author("N. N.", is_pseudonymous=True))

    results = search.search(search.parse_query("grain"), locale="en")

    assert counts_of(results, "author") == {}
    assert titles("grain", author="n-n") == []


@pytest.mark.parametrize(
    "text", ["grain", "grain harvest", "grain -harvest", '"grain harvest"', "zzyzx", "???"]
)
def test_the_count_of_a_search_is_that_of_its_results(store, text):
    make_live(title="Grain harvest")
    results = search.search(search.parse_query(text), locale="en")

    count = search.count_results(search.parse_query(text))

    assert count == results.count and not count.is_partial


def test_a_count_over_the_limit_is_marked_as_partial():
    for number in range(3):
        make_live(title=f"Grain {number}")

    assert str(search.count_results(search.parse_query("grain"), limit=2)) == "2+"
    assert str(search.count_results(search.parse_query("grain"), limit=4)) == "3"


# Snippets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "text", "expected"),
    [
        ("The <b>harvest</b> & more.", "harvest", "The <mark>harvest</mark> &amp; more."),
        ("Så om försvaret.", "forsvar", "Så om <mark>försvaret</mark>."),
        ("On happy countries.", "happiness country", "On <mark>happy</mark> <mark>countries</mark>."),
        (
            "Of red lines and a red line.",
            '"red line"',
            "Of <mark>red lines</mark> and a <mark>red line</mark>.",
        ),
        ("Лукашенко сказал.", "Lukashenka", "<mark>Лукашенко</mark> сказал."),
        ("Grain, graining, migrain.", "grai", "<mark>Grain</mark>, <mark>graining</mark>, migrain."),
        ("Ein Großbau, kein Bau.", "bau", "Ein Großbau, kein <mark>Bau</mark>."),
        ("在赫尔松。", "赫尔", "在<mark>赫尔</mark>松。"),
    ],
)
def test_words_are_highlighted(body, text, expected):
    make_live(summary="No such word.", body=body)

    assert snippet_of(text) == expected


def test_texts_are_escaped_in_snippets():
    make_live(summary='Grain <script>alert("x")</script> & <mark>', body="X.")

    assert snippet_of("grain") == (
        "<mark>Grain</mark> &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &lt;mark&gt;"
    )


def test_a_snippet_is_the_extract_with_most_of_the_words():
    filler = "Nothing of the kind stands here at all, nor there. " * 12
    make_live(summary="S.", body=f"Grain. {filler}The grain went by the sea to Odesa. {filler}")

    snippet = snippet_of("grain sea odesa")

    assert "<mark>grain</mark> went by the <mark>sea</mark> to <mark>Odesa</mark>" in snippet
    assert snippet.startswith("… ") and snippet.endswith(" …")
    assert len(re.sub("<[^>]+>", "", snippet)) < 260


# Spelling -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("azerbajian", "Azerbaijan"),
        ("Azerbaidjan grian", "Azerbaijan grain"),
        ('"forein policy"', '"foreign policy"'),
        ("östersjon", ""),
        ("försvret", "försvaret"),
        ("grainz -corn", "grain -corn"),
        ("qqqqqqqq", ""),
        ("Azerbaijan", ""),
    ],
)
def test_the_nearest_spelling_is_offered(text, expected):
    make_live(title="Azerbaijan and grain", body="A foreign policy of grain. Om försvaret, Östersjön.")

    assert search.suggest_spelling(search.parse_query(text), locale="en").corrected == expected


@pytest.mark.parametrize(("locale", "expected"), [("en", "trains"), ("sv", "tränas")])
def test_of_near_words_the_language_of_the_page_comes_first(locale, expected):
    make_live(body="All trains stand still.")
    make_live(body="De ska tränas.", language="sv")

    assert search.suggest_spelling(search.parse_query("traxnas"), locale=locale).corrected == expected


@pytest.mark.parametrize("names", [["Kramov", "Krasov"], ["Krasov", "Kramov"]])
def test_of_near_words_the_name_of_a_topic_comes_first(names):
    for name in names:
        make_live(body=f"{name} spoke.")
    make_live(tags=(make_tag("Krasov"),))

    assert search.suggest_spelling(search.parse_query("Kraov"), locale="en").corrected == "Krasov"


@pytest.mark.parametrize("text", ["äåö", "<script>"])
def test_no_word_with_few_letters_in_common_is_offered(text):
    make_live(body="A scrap of long ago.")

    assert search.suggest_spelling(search.parse_query(text), locale="en").corrected == ""


def test_a_spelling_is_offered_only_where_the_whole_query_has_results():
    make_live(body="Grain.")
    make_live(body="Barley.")

    assert search.suggest_spelling(search.parse_query("grian barley"), locale="en").corrected == ""


def test_words_with_results_of_their_own_are_offered():
    make_live(body="Grain.")
    make_live(body="Barley and grain.")

    suggestion = search.suggest_spelling(search.parse_query("grain barley qqqq"), locale="en")

    assert [(words, results.total) for words, results in suggestion.parts] == [("grain", 2), ("barley", 1)]


# Windows --------------------------------------------------------------------------------------------


def is_found_at(clock, at) -> bool:
    clock.move_to(at)
    return titles("harvest") == ["X"]


def test_a_publication_is_found_exactly_while_it_is_live():
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        start, end = timezone.now() + timedelta(hours=1), timezone.now() + timedelta(hours=2)
        actions.publish(make_publication(title="X", body="Harvest."), by=None, at=start, until=end)
        second = timedelta(seconds=1)

        assert [is_found_at(clock, at) for at in (start - second, start, end - second, end)] == [
            False,
            True,
            True,
            False,
        ]


def test_a_scheduled_edition_is_found_from_its_start():
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication = make_publication(title="X", body="Harvest.")
        actions.publish(publication, by=None)
        clock.shift(timedelta(hours=1))
        at = timezone.now() + timedelta(hours=1)
        actions.publish(saved(publication, body="Barley."), by=None, at=at)

        assert (titles("harvest"), titles("barley")) == (["X"], [])
        clock.move_to(at)
        assert (titles("harvest"), titles("barley")) == ([], ["X"])


@pytest.mark.parametrize("text", ["harvest", "barley"])
def test_suggestions_contain_only_words_of_live_editions(text):
    publication = make_publication(title="X", body="Harvest.")
    actions.publish(publication, by=None)
    actions.withdraw(publication, by=None)
    actions.publish(make_publication(body="Barley."), by=None, at=timezone.now() + timedelta(hours=1))
    make_live(body="Else.")

    assert search.suggest_spelling(search.parse_query(f"{text[:-1]}z else"), locale="en").corrected == ""


# Any query -------------------------------------------------------------------------------------

ODD = [
    '"', '""', "'", "AND", "NEAR(", "a OR", "*", "**", "^a", "title:x", "{title}:x", "-", "--", "(((", "a\0b", "\\", "%s", "{}",
    "'; DROP TABLE x;--", "a:*", "<->", "!a", "&|", "a" * 5000, "x " * 2500, "-x " * 300, "Лукашенко", "عقوبات", "北京", "\ue000k1",
    "\ue001a1", "\ufffd\ufffd", "\u202e", "🙂", "ё" * 300, "'s", "’", "1e9", "0x00", "grain*", '"grain harvest', "gra-in", "İ", "ﬁ",
    "ʼ", "ـ", "\u3099", "война ʼ", '"ـ"', "ﷺ", "ﱞ", "゛",
]  # fmt: skip


@pytest.fixture
def grain_edition():
    make_live(title="Grain", body="A harvest of grain.", tags=(make_tag("Energy"),))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ODD) | st.text(max_size=30), max_size=6).map(" ".join))
@example('grain AND NOT "x')
@example("grain' OR '1'='1")
def test_any_query_is_answered(grain_edition, text):
    query = search.parse_query(text)
    results = search.search(query, locale="en")
    suggestion = search.suggest_spelling(query, locale="en")
    builder = search.SnippetBuilder(results.expanded_query)

    assert results.count.total <= 1 and isinstance(suggestion.corrected, str)
    for edition in Edition.objects.filter(pk__in=results.edition_ids):
        assert "Grain" in re.sub("<[^>]+>", "", builder.snippet(edition).title)


def test_a_search_over_the_limit_raises_search_busy(monkeypatch, grain_edition):
    monkeypatch.setattr(results_module, "MAX_WAIT_SECONDS", 0.01)
    slots = [results_module.search_slot() for _n in range(results_module.MAX_SEARCHES)]
    for slot in slots:
        slot.__enter__()
    try:
        with pytest.raises(search.SearchBusy):
            titles("grain")
    finally:
        for slot in slots:
            slot.__exit__(None, None, None)

    assert titles("grain") == ["Grain"]


def test_a_search_that_fails_releases_its_slot(monkeypatch, grain_edition):
    with monkeypatch.context() as broken:
        broken.setattr("publications.search.results.expand", lambda query: 1 / 0)
        for _n in range(results_module.MAX_SEARCHES + 1):
            with pytest.raises(ZeroDivisionError):
                titles("grain")

    assert titles("grain") == ["Grain"]


# At the desk -------------------------------------------------------------------------------------------

SPELLINGS = "/desk/publications/synonym/"


@pytest.fixture
def desk_client(client, editor):
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_editor_adds_synonyms_that_apply_at_once(desk_client):
    make_live(title="X", body="The Zhytomyr road.")

    response = desk_client.post(f"{SPELLINGS}add/", {"spellings": "Zhytomyr\r\n\r\n Zjytomyr \r\nZhytomyr"})

    assert response.status_code == 302
    assert Synonym.objects.get(spellings="Zhytomyr\nZjytomyr")
    assert titles("zjytomyr") == ["X"]


def test_a_single_spelling_is_refused_with_the_reason(desk_client):
    response = desk_client.post(f"{SPELLINGS}add/", {"spellings": "Zhytomyr\r\nZhytomyr"})

    assert "at least two spellings" in response.text


def test_a_spelling_in_two_rows_finds_both():
    for row in ("Holm\nHelm", "Holm\nHalm"):
        actions.save_instance(Synonym(spellings=row), by=None)
    make_live(title="A", body="Helm.")
    make_live(title="B", body="Halm.")

    assert sorted(titles("holm")) == ["A", "B"]


def test_synonyms_are_found_in_the_desk_by_one_spelling(desk_client):
    page = desk_client.get(SPELLINGS, {"q": "Lukasjenko"}).text

    assert "Lukashenko · Lukashenka" in page and "Gazprom" not in page
