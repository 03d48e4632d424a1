"""What a note of an import names is looked for in the text as whole words, until none of it is left."""

from types import SimpleNamespace

import pytest

from publications.importers.note_traces import is_resolved


@pytest.mark.parametrize(
    ("name", "imported", "now", "resolved"),
    [
        ("Bo", "Bo wrote a Book.", "A Book.", True),
        ("Bo", "Bo wrote a Book.", "Bo wrote.", False),
        ("Bo", "A Book.", "Nothing.", False),
        ("3", "3 and 300 pages.", "Pages.", False),
        ("/a/b", "See [this](/a/b).", "See [this](/a/bc).", True),
    ],
)
def test_a_note_is_resolved_when_what_it_names_as_whole_words_is_gone(name, imported, now, resolved):
    state = SimpleNamespace(last_import=SimpleNamespace(body=imported))
    note = {"message": "This is nobody's name: %s", "values": [name]}

    assert is_resolved("author", note, SimpleNamespace(body=now), state) is resolved
