"""The title block of a Word file: names in a byline."""

import pytest

from publications.importers.word.title_block import split_byline


@pytest.mark.parametrize(
    ("byline", "names", "others"),
    [
        ("Anna Berg and Karl zum Winkel", ("Anna Berg", "Karl zum Winkel"), ()),
        ("Maria dal Pozzo, Analyst at SCEEUS", ("Maria dal Pozzo",), ("Analyst at SCEEUS",)),
        ("Analys av Ukraina", (), ("Analys av Ukraina",)),
    ],
)
def test_names_may_contain_particles(byline, names, others):
    assert split_byline(byline) == (names, others)
