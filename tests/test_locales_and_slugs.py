"""Locales, languages and slugs of any alphabet."""

import re
import unicodedata

import pytest
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from publications.locales import LANGUAGE_NAMES, LOCALES, locale_of, localized_path, text_direction
from publications.slugs import SLUG, numbered_slug, slugify

ALPHABETS = st.sampled_from("aÅöŐßŉİiIJ̌ЙйЁ́ΣςἈĳ가각각كِעִबि़ำ่𐐀𞤀Ⅷ½²-_ '’\u200d\u00ad")


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
def test_a_slug_keeps_the_letters_of_its_alphabet(title, slug):
    assert slugify(title) == slug


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("हिन्दी", "हिन्दी"),
        ("ภาษาไทย", "ภาษาไทย"),
        ("за\u0301мок", "замок"),
        ("מִלְחָמָה", "מלחמה"),
        ("İstanbul", "istanbul"),
        ("\u1100\u00ad\u1161", "가"),
    ],
)
def test_marks_that_spell_a_word_stay_and_stress_marks_are_removed(word, slug):
    assert slugify(word) == slug


@pytest.mark.parametrize("inside", ["\u00ad", "\u200b", "\u200c", "\ufeff", "'", "’", "ʼ"])
def test_soft_hyphens_and_apostrophes_do_not_split_a_word(inside):
    assert slugify(f"п{inside}ять") == "пять"


def test_a_taken_slug_gets_the_lowest_free_number():
    assert numbered_slug("grain", {"grain", "grain-2", "grain-4"}) == "grain-3"


def test_a_long_slug_is_cut_to_make_room_for_its_number():
    assert numbered_slug(f"{'a' * 93}-{'b' * 6}", set()) == f"{'a' * 93}-2"


def test_a_long_title_is_cut_at_a_word():
    slug = slugify("word " * 40)

    assert len(slug) <= 100
    assert slug.endswith("-word")


def test_a_word_that_is_too_long_is_cut_as_it_is():
    assert slugify("a" * 150) == "a" * 100


@given(st.text(max_size=200) | st.text(ALPHABETS, max_size=200))
def test_slugify_is_idempotent(text):
    slug = slugify(text)

    assert slugify(slug) == slug
    assert slug == slug.lower() == unicodedata.normalize("NFC", slug)
    assert not slug or re.fullmatch(SLUG, slug)


def test_the_slug_of_every_letter_matches():
    letters = (chr(place) for place in range(0x3000) if chr(place).isalnum())

    unmatched = [letter for letter in letters if (slug := slugify(letter)) and not re.fullmatch(SLUG, slug)]

    assert not unmatched


@pytest.mark.parametrize(
    "wrong",
    ["A", "Ö", "Я", "a--b", "-a", "a-", "a.pdf", "a_b", "a/b", "", "a b", "a\n", "a\u0301", "a" * 101],
)  # fmt: skip
def test_an_invalid_slug_does_not_match(wrong):
    assert not re.fullmatch(SLUG, wrong)


@pytest.mark.parametrize("slug", ["any-slug", "östersjön-säkerhet", "переговоры", "העולם", "हिन्दी"])
@pytest.mark.parametrize(
    ("name", "kwargs"),
    [
        ("publications:detail", {}),
        ("publications:changes", {"number": 12}),
        ("publications:record", {"record_format": "bib"}),
        ("publications:attachment", {"digest": "0" * 32, "filename": "any-slug Ö.pdf"}),
    ],
)
def test_the_path_of_a_slug_is_the_reversed_one(name, kwargs, slug):
    for locale in LOCALES:
        with translation.override(locale):
            path = reverse(name, kwargs={"slug": slug, **kwargs})

        assert localized_path(locale, name, slug=slug, **kwargs) == path


def test_a_third_language_belongs_to_the_first_locale():
    assert [locale_of(language) for language in ("en", "sv", "ru", "ar")] == ["en", "sv", "en", "en"]


def test_every_locale_is_a_language():
    assert set(LOCALES) <= set(LANGUAGE_NAMES)


def test_every_language_names_itself():
    assert (LANGUAGE_NAMES["sv"], LANGUAGE_NAMES["uk"], LANGUAGE_NAMES["ka"]) == (
        "Svenska",
        "Українська",
        "ქართული",
    )


def test_hebrew_arabic_and_persian_read_from_the_right():
    assert {language for language in LANGUAGE_NAMES if text_direction(language) == "rtl"} == {
        "ar",
        "he",
        "fa",
    }
