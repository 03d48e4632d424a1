"""Words of a source are found on its page however it spells and joins them."""

import unicodedata

import pytest

from publications.importers.coverage import _JoinedWords, compare_plain_text, compare_words, split_words


@pytest.mark.parametrize("text", ["Förändringar på sjön", "Việt Nam độc lập", "Київ йде"])
def test_composed_and_decomposed_letters_are_the_same_words(text):
    decomposed = unicodedata.normalize("NFD", text)

    assert split_words(decomposed) == split_words(text)
    assert compare_plain_text(decomposed, text).missing == compare_plain_text(text, decomposed).missing == ()


@pytest.mark.parametrize(
    ("words", "page", "missing"),
    [
        (["end", "this"], "endThis", ()), (["a", "b", "c"], "abc", ("a", "b", "c")), (["end", "end", "this"], "endThis", ("end",)),
        (["one", "two", "three"], "onetwo three", ()), (["end", "thin"], "endThis", ("end", "thin")),
        (["end", "this"] * 2, "endThis endThis", ()), (["endthis"], "end this", ()), (["endthis"] * 2, "end this end", ("endthis",)),
        (["onetwothree"], "two one three", ()), (["endthis"], "end", ("endthis",)), (["aa"], "a", ("aa",)),
    ],
)  # fmt: skip
def test_words_that_the_page_joins_are_not_missing(words, page, missing):
    assert compare_words(words, page).missing == missing


def test_words_are_looked_up_and_not_compared_with_each_other():
    class CountedWords(set):
        lookups = 0

        def __contains__(self, word):
            CountedWords.lookups += 1
            return super().__contains__(word)

    words = [f"ord{number}x" for number in range(2_000)]
    joined = _JoinedWords(CountedWords(words), CountedWords(words))
    for number in range(2_000):
        joined.add(f"annat{number}y")

    assert not any(map(joined.take, words)) and CountedWords.lookups < 2_000 * 25
