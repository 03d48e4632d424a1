"""The instructions of Word's fields: targets of hyperlinks."""

import pytest

from publications.importers.word.fields import ComplexField

ADDRESSES = {
    'HYPERLINK "http://a.se"': "http://a.se",
    "HYPERLINK http://a.se": "http://a.se",
    'hyperlink "http://a.se" \\l "part"': "http://a.se#part",
    'HYPERLINK "http://a.se" \\l ""': "http://a.se",
    'HYPERLINK \\l "part"': "#part",
    "HYPERLINK \\l part": "#part",
    'HYPERLINK "" \\l "part"': "#part",
    'HYPERLINK \\o "tip" "http://a.se"': "http://a.se",
    'HYPERLINK \\t "_blank" "http://a.se"': "http://a.se",
    'HYPERLINK \\n "http://a.se"': "http://a.se",
    'HYPERLINK "http://a.se" \\o "type \\l part"': "http://a.se",
    'HYPERLINK "http://a.se" \\o "say \\"\\l x\\"" \\l "part"': "http://a.se#part",
    "HYPERLINK": "",
    "HYPERLINK \\l": "",
    'PAGEREF "http://a.se"': "",
    "": "",
}


@pytest.mark.parametrize("instruction", ADDRESSES)
def test_the_address_of_a_hyperlink_is_its_target_with_its_anchor(instruction):
    assert ComplexField(instruction).address == ADDRESSES[instruction]
