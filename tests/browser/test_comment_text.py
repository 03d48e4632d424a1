"""The plain text that comments are placed in: the editor and the server have the same, and find the same words in it."""

import pytest
from playwright.sync_api import Page

from tests.browser.text_editor import ADD, set_markdown
from tests.markup.test_anchors import read_samples

pytestmark = pytest.mark.browser

PLAIN_TEXT = """async () => {
  const { plainText } = await import("/static/js/desk/editor/comment_text.js");
  return plainText(document.querySelector(".rich-text").pmViewDesc.node).characters.join("");
}"""
FIND_QUOTE = """async ({text, ...quotation}) => {
  const { findQuote } = await import("/static/js/desk/editor/comment_text.js");
  const found = findQuote({ characters: [...text] }, quotation);
  return found && [found.start, found.end];
}"""


@pytest.fixture
def form(open_desk) -> Page:
    return open_desk(ADD)


def test_the_editor_has_the_plain_text_of_the_server(form):
    for sample in read_samples("plain_texts"):
        set_markdown(form, sample["markdown"])
        assert form.evaluate(PLAIN_TEXT) == sample["text"]


def test_the_editor_finds_words_where_the_server_does(form):
    for sample in read_samples("quotations"):
        assert form.evaluate(FIND_QUOTE, sample) == sample["range"], sample
