"""Terms, parsed queries and distances between spellings, without a database."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publications.search import terms
from publications.search.query import MAX_QUERY_CHARACTERS, MAX_QUERY_WORDS, parse_query
from publications.search.snippets import PrefixFinder
from publications.search.spelling import edit_distance, one_edit_away


@pytest.mark.parametrize(
    ("word", "other", "language"),
    [
        ("Sanctions", "sanction", "en"),
        ("Lukashenko’s", "LUKASHENKO", "en"),
        ("försvaret", "försvarets", "sv"),
        ("försvar", "forsvar", "sv"),
        ("за́мок", "замок", "ru"),
        ("санкциями", "санкции", "ru"),
        ("Ёлка", "елка", "ru"),
        ("п’ять", "пять", "uk"),
        ("Straße", "strasse", "de"),
        ("Łódź", "lodz", "pl"),
        ("İstanbul", "istanbul", "tr"),
        ("١٩٩١", "١٩٩١", "ar"),
        ("ﬁnance", "finance", "en"),
    ],
)
def test_spellings_of_one_word_have_one_term(word, other, language):
    assert terms.index_term(word, language) == terms.index_term(other, language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The EU's “red lines”, 2024–25", ["the", "eu", "red", "line", "2024", "25"]),
        ("Nagorno-Karabakh/C++ (18F)", ["nagorno", "karabakh", "c", "18f"]),
        ("北京大学", ["北", "京", "大", "学"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("soft\u00adhyphen", ["softhyphen"]),
        ("– … ✓ \ue000t1", ["t1"]),
    ],
)
def test_a_text_is_split_into_terms(text, expected):
    assert terms.index_terms(text, "en") == expected


def test_a_typed_word_has_the_terms_of_every_language():
    assert terms.query_terms("Parties") == ("parties", "parti")
    assert terms.index_term("parties", "en") in terms.query_terms("parties")
    assert terms.index_term("санкций", "ru") in terms.query_terms("санкций")


def test_titles_of_the_same_words_have_one_key():
    assert terms.title_key("The EU’s answer: “no”!") == terms.title_key("the eu's answer no")
    assert terms.title_key("The EU’s answer") != terms.title_key("Answer, the EU")
    assert terms.title_key("…") == ""


@given(st.text(max_size=80), st.sampled_from(["en", "sv", "ru", "ar", "hy", "el", "uk", "zh", ""]))
@example("a\u0301" * 40, "en")
@example("'’'", "en")
@example("ʼ", "uk")
@example("ـ ﷺ ﱞ", "ar")
@example("\u3099 ゛", "ja")
def test_any_text_has_terms_without_spaces_quotes_or_capitals(text, language):
    for term in terms.index_terms(text, language):
        assert term and len(term) <= terms.MAX_TERM_LENGTH
        assert not any(character.isspace() or character in "'\"\\*\ue000\ue001\ue002" for character in term)


def parsed_words(text: str) -> tuple[list[str], list[str]]:
    query = parse_query(text)
    return [" ".join(part.words) for part in query.parts], [" ".join(part.words) for part in query.excluded]


@pytest.mark.parametrize(
    ("text", "expected", "excluded"),
    [
        ("Belarus sanctions", ["Belarus", "sanctions"], []),
        ('"red lines" Putin', ["red lines", "Putin"], []),
        ("“röda linjer” «красные линии»", ["röda linjer", "красные линии"], []),
        ('Belarus -sanctions -"red lines"', ["Belarus"], ["sanctions", "red lines"]),
        ("COVID-19 EU/Nato", ["COVID 19", "EU", "Nato"], []),
        ("the state of the union", ["state", "union"], []),
        ("the", ["the"], []),
        ('"the"', ["the"], []),
        ('a AND "b', ["b"], []),
        ("-belarus", [], ["belarus"]),
        ("- -- ++ () \0 *", [], []),
        ("", [], []),
    ],
)
def test_a_query_is_parsed(text, expected, excluded):
    assert parsed_words(text) == (expected, excluded)


@pytest.mark.parametrize(
    ("text", "unfinished_word"),
    [
        ("Belarus sanc", "sanc"),
        ('sanc "red"', ""),
        ("sanc?", ""),
        ("sanc -x", ""),
        ("", ""),
        ("EU-Nat", "Nat"),
    ],
)
def test_the_last_word_may_be_unfinished(text, unfinished_word):
    assert parse_query(text).unfinished_word == unfinished_word


@given(st.text(max_size=400))
@example("x " * 5000)
@example('"' + "y " * 5000)
@example("-z " * 100 + "a")
@example("a" * 5000)
def test_any_query_is_limited(text):
    query = parse_query(text)

    assert len(query.text) <= MAX_QUERY_CHARACTERS
    assert sum(len(part.words) for part in (*query.parts, *query.excluded)) <= MAX_QUERY_WORDS


def test_a_truncated_query_says_so():
    assert parse_query("word " * 60).is_truncated and parse_query("a" * 300).is_truncated
    assert not parse_query("word " * MAX_QUERY_WORDS).is_truncated


@pytest.mark.parametrize(
    ("word", "other", "distance"),
    [
        ("belarus", "belarus", 0),
        ("belrus", "belarus", 1),
        ("bealrus", "belarus", 1),
        ("blarsu", "belarus", 2),
        ("", "ab", 2),
    ],
)
def test_edits_between_spellings_are_counted(word, other, distance):
    assert edit_distance(word, other) == distance == edit_distance(other, word)


@given(st.text(alphabet="abcxyz", min_size=1, max_size=8), st.text(alphabet="abcxyz", min_size=1, max_size=8))
def test_all_spellings_one_edit_away_are_generated(word, other):
    assert (other in one_edit_away(word)) == (edit_distance(word, other) <= 1)


def test_words_are_found_by_prefixes_whatever_their_accents():
    text = "Före Östersjön, İstanbul och öst; inte Nordost. Łódź."

    assert [text[start : start + 3] for start in PrefixFinder(["ost", "ist", "lod"]).find_starts(text)] == [
        "Öst",
        "İst",
        "öst",
        "Łód",
    ]
    assert PrefixFinder(["санк"]).find_starts("О Санкциях, несанкционно") == [2]
