"""The check of terms: the words that it finds in identifiers, file names and docstrings."""

import pytest

from scripts.check_terms import WORDS, find_places, split_identifier


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("save_instance", ["save", "instance"]),
        ("EditionWithRows", ["edition", "with", "rows"]),
        ("HTMLTree", ["html", "tree"]),
        ("_MAX_2", ["max"]),
    ],
)
def test_an_identifier_is_split_into_its_words(name, words):
    assert split_identifier(name) == words


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("def told(): ...", "name"),
        ("def f(told): ...", "name"),
        ("told = 1", "name"),
        ("self.told = 1", "name"),
        ("import x as told", "name"),
        ('"""What is told."""', "docstring"),
    ],
)
def test_a_wrong_word_is_found_where_it_is_written(tmp_path, source, kind):
    path = tmp_path / "sound.py"
    path.write_text(source)

    assert list(find_places([path])) == [(path, 1, kind, "told")]


def test_a_wrong_word_is_found_in_a_file_name_and_not_in_other_words(tmp_path):
    (tmp_path / "telling.html").write_text("")
    (tmp_path / "sound.py").write_text("stolen = retold = hold = 1")

    assert [(path.name, word) for path, _line, _kind, word in find_places(sorted(tmp_path.iterdir()))] == [
        ("telling.html", "telling")
    ]


def test_each_word_says_what_to_use_instead():
    assert all(word == word.lower() and instead for word, instead in WORDS.items())
