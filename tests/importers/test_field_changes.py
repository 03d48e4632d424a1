"""What changes between two manuscripts of a text, in words."""

import pytest

from publications.importers.field_changes import MAX_VALUE_CHARACTERS, label_changes, list_changes
from publications.manuscript import Manuscript


@pytest.mark.parametrize(
    ("before", "after", "labels"),
    [
        ({"title": "Gas"}, {"title": "Oil"}, ["Title: Gas → Oil"]),
        ({"summary": "Short."}, {"summary": "a" * 999}, [f"Summary: Short. → {'a' * MAX_VALUE_CHARACTERS}…"]),
        ({"summary": "Short."}, {"summary": ""}, ["Summary: removed"]),
        ({"title": "a" * 100}, {"title": "b" * 100}, [f"Title: {'a' * 100} → {'b' * 100}"]),
        (
            {"summary": f"{'word ' * 40}and gas."}, {"summary": f"{'word ' * 40}and oil. {'More ' * 30}"},
            ["Summary: …word word word word word word and gas. → …word word word word word word and oil. " + ("More " * 30)[:61] + "…"],
        ),
        ({"language": "en"}, {"language": "sv"}, ["Language of the text: English → Swedish (its address moves below /sv/)"]),
        ({"language": "uk"}, {"language": "pl"}, ["Language of the text: Ukrainian → Polish"]),
        ({"body": "Gas and oil.\n\n- Rye"}, {"body": "Gas and oil."}, ["Text: words −2, +0"]),
        ({"body": "Gas *and* oil."}, {"body": "Gas and oil."}, ["Text: words −1, +1"]),
        ({"body": "Gas\noil."}, {"body": "oil. Gas"}, ["Text: the same words in another form or order"]),
        ({"body": "Gas."}, {"body": "Gas."}, []),
    ],
)  # fmt: skip
def test_changes_are_labelled_with_what_was_and_what_is(before, after, labels):
    assert label_changes(list_changes(Manuscript(**before), Manuscript(**after)), {}) == labels
