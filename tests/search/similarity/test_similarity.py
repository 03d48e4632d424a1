"""Similarity: which publications are similar, in which order and for which reasons; for drafts too."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from publications import actions
from publications.models import Edition, Similarity, similar_publications
from publications.search import similarity
from publications.search.similarity.matching import decay
from publications.search.similarity.terms import (
    MAX_TERMS,
    Rarity,
    build_draft_profile,
    characteristic_terms,
    weigh_words,
)
from tests.factories import make_author, make_live, make_publication, make_tag, tomorrow

pytestmark = pytest.mark.django_db

GRAIN = "Grain from Kherson is moved by barge, since the railway and the elevator were shelled."
GAS = "Pipelines, compressors and storage: what Gazprom earns in winter depends on temperature."
CHURCH = "Patriarch and synod quarrel about autocephaly, parishes and the calendar of the liturgy."


def live(title: str, body: str, **fields) -> Edition:
    return make_live(title=title, summary=f"On {title}.", body=body, **fields)


def similar_titles(edition: Edition, count: int = 5) -> list[str]:
    return [
        row.similar_edition.title
        for row in similar_publications(edition.publication_id, timezone.now(), count)
    ]


def reasons_of(edition: Edition) -> list[str]:
    return similarity.build_reasons(similar_publications(edition.publication_id, timezone.now(), 5))


# Similar publications -------------------------------------------------------------------------------------


def test_a_publication_is_similar_to_one_on_the_same_subject():
    publication = live("Barges", GRAIN)
    live("Winter", GAS)
    live("Elevators", f"{GRAIN} The elevator of Mykolaiv loads grain again.")

    assert similar_titles(publication)[:1] == ["Elevators"]


def test_similarity_is_mutual_whichever_came_first():
    first = live("Barges", GRAIN)
    second = live("Elevators", f"{GRAIN} The elevator of Mykolaiv loads grain again.")

    assert similar_titles(first) == ["Elevators"] and similar_titles(second) == ["Barges"]


def test_publications_that_share_nothing_are_not_similar():
    publication = live("Barges", GRAIN)
    live("Schism", CHURCH)

    assert similar_titles(publication) == []


def test_a_shared_topic_or_author_makes_publications_similar():
    tag, author = make_tag("Belarus"), make_author("Anna Nowak")
    publication = live("Barges", GRAIN, tags=(tag,), author=author)
    live("Schism", CHURCH, tags=(tag,))
    live("Winter", GAS, author=author)

    assert sorted(similar_titles(publication)) == ["Schism", "Winter"]


def test_a_rare_topic_counts_more():
    rare, usual = make_tag("Gagauzia"), make_tag("Europe")
    for number in range(8):
        live(f"Filler {number}", f"Wholly{number} other{number} words{number}.", tags=(usual,))
    publication = live("Barges", GRAIN, tags=(rare, usual))
    live("Schism", CHURCH, tags=(rare,))

    assert similar_titles(publication, 1) == ["Schism"]


def test_addresses_in_texts_are_ignored():
    publication = live("Barges", f"{GRAIN} <https://example.org/zanzibar/omelette/kumquat>")
    live("Schism", f"{CHURCH} <https://example.org/zanzibar/omelette/kumquat>")

    assert similar_titles(publication) == []


def test_of_two_similar_publications_the_newer_comes_first():
    months = [timezone.now() - timedelta(days=days) for days in (3000, 30)]
    publication = live("Barges", GRAIN)
    old, new = (live(f"Grain {day.year}", GRAIN, published_at=day) for day in months)

    assert similar_titles(publication) == [new.title, old.title]


def test_similarity_decays_most_in_the_first_years():
    now = timezone.now()
    years = [decay(now, now - timedelta(days=365.25 * count)) for count in (0, 2, 6, 16)]

    assert years == pytest.approx([1, 0.5**0.5, 0.5, 1 / 3])


def test_similarity_to_newer_publications_decays_too():
    now = timezone.now()
    later = [decay(now, now + timedelta(days=365.25 * count)) for count in (1, 3, 8)]

    assert later == pytest.approx([0.5**0.5, 0.5, 1 / 3])


def test_one_text_of_a_translation_group_is_similar_and_none_of_its_own():
    tag = make_tag("Belarus")
    publication = live("Barges", GRAIN, tags=(tag,))
    own = live("Pråmar", "Spannmål.", tags=(tag,), language="sv", translation_of=publication.publication)
    other = live("Elevators", GRAIN, tags=(tag,))
    live("Silor", "Spannmål.", tags=(tag,), language="sv", translation_of=other.publication)

    assert similar_titles(publication) == ["Elevators"]
    assert similar_titles(own) == ["Silor"]


# Reasons --------------------------------------------------------------------------------------


def test_reasons_are_sentences():
    tags, author = (make_tag("Belarus"), make_tag("Sanctions")), make_author("Anna Nowak")
    publication = live("Barges", GRAIN, tags=tags)
    live("Schism", CHURCH, tags=tags)
    assert reasons_of(publication) == ["Both on Belarus and Sanctions"]

    publication = live("Winter", GAS, author=author)
    live("Calendar", "Feasts and fasts.", author=author)
    assert reasons_of(publication) == ["Both by Anna Nowak"]


def test_shared_words_are_spelled_as_in_the_text():
    publication = live("Barges", GRAIN)
    live("Elevators", GRAIN)

    (result,) = reasons_of(publication)

    assert result.startswith("Much the same words: ")
    assert len(result.split(", ")) == 3
    assert set(result.partition(": ")[2].split(", ")) <= {*GRAIN.strip(".").replace(",", "").split()}


def test_common_words_are_no_reason():
    publication = live("Barges", f"{GRAIN} The first source, as both said then, was asked to help.")
    live("Wagons", "Grain from Kherson: the first source, as both said then, was asked to help.")

    assert reasons_of(publication) == ["Much the same words: Grain, Kherson"]


def test_publications_that_share_common_words_only_are_not_similar():
    publication = live("Barges", "The first source, as both said then, was asked to help. Rye.")
    live("Schism", "The first source, as both said then, was asked to help. Liturgy.")

    assert similar_titles(publication) == []


def test_a_word_of_many_texts_is_no_reason():
    for number in range(12):
        live(f"Filler {number}", f"Brussels and the word{number}, and the other{number}.")
    publication = live("Barges", f"{GRAIN} Brussels, Brussels and the Brussels of Brussels.")
    live("Elevators", f"{GRAIN} Brussels, Brussels and the Brussels of Brussels.")

    assert "Brussels" not in reasons_of(publication)[0]


def test_reasons_name_topics_by_their_current_name_in_the_current_language(editor):
    tag = make_tag("Belarus", name_sv="Vitryssland")
    publication = live("Barges", GRAIN, tags=(tag,))
    live("Schism", CHURCH, tags=(tag,))
    tag.name = "Belarus and its people"
    actions.save_instance(tag, by=editor)

    assert reasons_of(publication) == ["Both on Belarus and its people"]
    with translation.override("sv"):
        assert "Vitryssland" in reasons_of(publication)[0]


def test_a_pseudonym_makes_nothing_similar_and_is_no_reason(editor):
    hidden = make_author("A Historian", is_pseudonymous=True)
    publication = live("Barges", GRAIN, author=hidden)
    live("Schism", CHURCH, author=hidden)
    assert similar_titles(publication) == []

    author = make_author("Vera Holm")
    publication = live("Winter", GAS, author=author)
    live("Calendar", "Feasts and fasts.", author=author)
    assert reasons_of(publication) == ["Both by Vera Holm"]
    author.name, author.is_pseudonymous = "An Observer", True
    actions.save_instance(author, by=editor)
    assert similar_titles(publication) == []


# Drafts ------------------------------------------------------------------------------------------------


def suggested_titles(*args, **kwargs) -> list[str]:
    return [row.similar_edition.title for row in similarity.suggest(*args, **kwargs)]


def test_a_draft_gets_suggestions_with_reasons():
    tag, author = make_tag("Belarus"), make_author("Anna Nowak")
    live("Elevators", GRAIN)
    live("Schism", CHURCH, tags=(tag,))
    live("Winter", GAS, author=author)

    rows = similarity.suggest("Barges", GRAIN, [tag], [author])

    result = {
        row.similar_edition.title: why for row, why in zip(rows, similarity.build_reasons(rows), strict=True)
    }
    assert set(result) == {"Elevators", "Schism", "Winter"}
    assert result["Schism"] == "Both on Belarus" and result["Winter"] == "Both by Anna Nowak"
    assert not Similarity.objects.filter(edition=None).exists() and rows[0].pk is None


def test_only_live_editions_are_suggested(editor):
    withdrawn = live("Withdrawn", GRAIN)
    actions.withdraw(withdrawn.publication, by=editor)
    actions.publish(make_publication(title="Scheduled", body=GRAIN), by=editor, at=tomorrow())
    make_publication(title="Draft", body=GRAIN)
    live("Live", GRAIN)

    assert suggested_titles("Barges", GRAIN) == ["Live"]


def test_a_draft_is_not_suggested_itself_nor_linked_or_excluded_publications(editor):
    own, linked, apart, left = (live(title, GRAIN) for title in ("Own", "Linked", "Apart", "Left"))
    publication = own.publication
    actions.set_related_links(publication, [linked.publication], by=editor)
    actions.exclude_suggestion(apart.publication, publication, by=editor)

    assert suggested_titles("Own", GRAIN, publication=publication) == [left.title]
    assert len(suggested_titles("Own", GRAIN)) == 4


def test_suggestions_are_limited_and_an_empty_draft_gets_none():
    for number in range(4):
        live(f"Grain {number}", GRAIN)

    assert len(suggested_titles("Barges", GRAIN, count=2)) == 2
    assert suggested_titles("", "") == []


# Characteristic terms -----------------------------------------------------------------------------------------


def test_a_word_weighs_more_in_a_title_and_less_in_a_long_text():
    def weight(*parts):
        return weigh_words(*parts, "en")["grain"]

    assert weight("Grain", "", "") > weight("", "Grain", "") > weight("", "", "Grain")
    assert weight("", "", "Grain") > weight("", "", "Grain " + "barley " * 900)


def test_stop_words_short_words_and_numbers_have_no_weight():
    assert set(weigh_words("The 27 of EU", "in 2014", "and 5G barley", "en")) == {"barley"}


def test_a_text_has_at_most_so_many_characteristic_words():
    text = " ".join(f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(300))
    profile = build_draft_profile("Long", text, "en", (), ())

    assert len(characteristic_terms(profile, Rarity(profile.weights)).weights) == MAX_TERMS


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Зерно из Херсона везут баржами"),
        ("ar", "القمح من خيرسون ينقل بالسفن"),
        ("ka", "ხერსონის მარცვალი გემით მიდის"),
    ],
)
def test_texts_of_any_alphabet_are_compared(language, text):
    publication = live("A", text, language=language)
    live("B", text, language=language)

    assert similar_titles(publication) == ["B"]
