"""The page behind a review link: what a reader types and has not sent is not lost."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_desk_layout import make_review_link

pytestmark = pytest.mark.browser


def test_sending_one_comment_or_approving_keeps_the_others_that_are_typed(open_page, open_desk):
    editor = open_desk("/desk/publications/publication/?q=transnistria")
    editor.get_by_role("link", name="Transnistria after Russian gas").click()
    number = editor.url.split("/")[-3]
    reader = open_page(make_review_link(editor, number))
    summaries = reader.locator("[data-comments] summary")
    for index, words in enumerate(("First remark.", "Second remark.", "Third remark.")):
        summaries.nth(index).click()
        reader.locator("[data-comments] textarea").nth(index).fill(words)

    reader.locator("[data-comments] form").nth(1).get_by_role("button", name="Send the comment").click()
    expect(reader.locator(".review__comment")).to_contain_text("Second remark.")
    texts = [reader.locator("[data-comments] textarea").nth(index) for index in (0, 1, 2)]
    expect(texts[0]).to_have_value("First remark.")
    expect(texts[1]).to_have_value("")
    reader.get_by_role("button", name="Fine by me").click()
    expect(reader.locator(".review__fine")).to_be_visible()

    expect(texts[0]).to_have_value("First remark.")
    expect(texts[2]).to_have_value("Third remark.")
    expect(texts[2]).to_be_visible()
