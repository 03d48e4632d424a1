"""Languages and addresses: any alphabet, no surprises."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publications.languages import NAMES, SLUG, TREES, direction, slugify, tree_of


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        (
            "Russian Foreign Minister Lavrov visits China on April 8-9",
            "russian-foreign-minister-lavrov-visits-china-on-april-8-9",
        ),
        ("Östersjön: säkerhet & ordning", "östersjön-säkerhet-ordning"),
        ("Переговоры в Минске", "переговоры-в-минске"),
        ("Ukraine’s “victory plan”", "ukraines-victory-plan"),
        ("O\u0308stersjo\u0308n", "östersjön"),
        ("العربية", "العربية"),
        ("report_2.pdf", "report-2-pdf"),
        ("…", ""),
    ],
)
def test_an_address_keeps_the_letters_of_its_alphabet(title, slug):
    assert slugify(title) == slug


def test_a_long_title_is_cut_at_a_word():
    slug = slugify("word " * 40)

    assert len(slug) <= 100
    assert slug.endswith("-word")


@given(st.text(max_size=200))
def test_an_address_is_its_own_address(text):
    slug = slugify(text)

    assert slugify(slug) == slug
    assert not slug or re.fullmatch(SLUG, slug)
    assert len(slug) <= 100


@pytest.mark.parametrize("wrong", ["A", "a--b", "-a", "a.pdf", "a_b", "a/b", "", "a b"])
def test_what_is_no_address_does_not_match(wrong):
    assert not re.fullmatch(SLUG, wrong)


def test_a_third_language_stands_in_the_first_tree():
    assert [tree_of(language) for language in ("en", "sv", "ru", "ar")] == ["en", "sv", "en", "en"]


def test_every_tree_is_a_language():
    assert set(TREES) <= set(NAMES)


def test_arabic_reads_from_the_right():
    assert (direction("ar"), direction("ru")) == ("rtl", "ltr")
