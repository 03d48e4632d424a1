"""Arguments of foreign tags: the words that readers saw, and nothing else."""

import pytest

from publications.importers.markdown.tag_arguments import words_in_tag


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        (
            '{% box "a.jpg" "image-reduce right-aligned" "Paper with three columns" %}',
            "Paper with three columns",
        ),
        ('{% box "well-known facts" %}', "well-known facts"),
        ('{% box "A state-of-the-art port" %}', "A state-of-the-art port"),
        ('{% box "/assets/port view.png" %}', ""),
    ],
)
def test_names_of_classes_and_addresses_are_no_words(tag, words):
    assert words_in_tag(tag) == words
