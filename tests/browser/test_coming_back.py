"""A form that is reloaded, or that somebody comes back to, is merged with what others have saved since."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_journeys import choose
from tests.browser.text_editor import (
    ADD,
    markdown_of,
    put_cursor_after,
    rich_text,
    set_markdown,
    show_markdown,
)

pytestmark = pytest.mark.browser

KEPT_MS = 1000  # after the last key, what was typed is in the history of the browser


@pytest.fixture
def draft(open_desk, site):
    """Return a function that saves a new draft and returns its form."""

    def save_draft(text: str):
        page = open_desk()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(site.url + ADD)
        page.fill("[name=title]", "Coming back")
        page.fill("[name=summary]", "A summary.")
        set_markdown(page, text)
        save(page)
        return page

    return save_draft


def save(page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Save draft").click()
    expect(page.locator("[data-text-editor][data-mode]")).to_be_visible()


def type_after(page, text: str, typed: str) -> None:
    put_cursor_after(page, text)
    page.keyboard.type(typed)
    page.wait_for_timeout(KEPT_MS)


def save_elsewhere(page, text: str, typed: str, **fields: str) -> None:
    """Save the draft in another window."""
    other = page.context.new_page()
    other.goto(page.url)
    type_after(other, text, typed)
    for name, value in fields.items():
        other.fill(f"[name={name}]", value)
    save(other)
    other.close()


def test_a_reloaded_form_keeps_what_was_typed_and_what_others_saved(draft):
    page = draft("One.\n\nTwo.")
    page.fill("[name=title]", "Coming back later")
    type_after(page, "One.", " Mine.")
    save_elsewhere(page, "Two.", " Theirs.", summary="Their summary.")

    page.reload()
    expect(rich_text(page)).to_contain_text("One. Mine.")
    expect(page.get_by_text("The draft has been saved since")).to_be_visible()
    save(page)

    assert markdown_of(page) == "One. Mine.\n\nTwo. Theirs."
    assert page.locator("[name=title]").input_value() == "Coming back later"
    assert page.locator("[name=summary]").input_value() == "Their summary."


@pytest.mark.parametrize("name", ["title", "summary"])
def test_a_field_that_both_changed_is_shown_for_a_choice_after_coming_back(draft, site, name):
    page = draft("One.\n\nTwo.")
    page.fill(f"[name={name}]", "Mine")
    page.wait_for_timeout(KEPT_MS)
    address = page.url
    page.goto(site.url + "/desk/")
    other = page.context.new_page()
    other.goto(address)
    rich_text(other)
    other.fill(f"[name={name}]", "Theirs")
    save(other)

    page.go_back()
    expect(rich_text(page)).to_contain_text("Two.")
    expect(page.locator(f"[name={name}]")).to_have_value("Mine")
    page.get_by_role("button", name="Save draft").click()

    expect(page.locator(".errornote")).to_be_visible()
    other.reload()
    expect(other.locator(f"[name={name}]")).to_have_value("Theirs")


def test_markdown_is_kept_with_its_version(draft):
    page = draft("One.\n\nTwo.")
    show_markdown(page)
    page.fill("#id_body", "One. Mine.\n\nTwo.")
    page.wait_for_timeout(KEPT_MS)
    other = page.context.new_page()
    other.goto(page.url)
    show_markdown(other)
    other.fill("#id_body", "One.\n\nTwo. Theirs.")
    save(other)

    page.reload()
    expect(page.locator("#id_body")).to_have_value("One. Mine.\n\nTwo.")
    save(page)

    assert markdown_of(page) == "One. Mine.\n\nTwo. Theirs."


def test_back_from_the_page_of_publishing_shows_what_others_corrected(draft):
    page = draft("One.\n\nTwo.")
    type_after(page, "One.", " Mine.")
    with page.expect_navigation():
        page.get_by_role("button", name="Check and publish").click()
    address = page.url.replace("/publish/", "/change/")
    other = page.context.new_page()
    other.goto(address)
    type_after(other, "Two.", " Theirs.")
    save(other)

    page.go_back()
    type_after(page, "One. Mine.", "!")
    save(page)

    assert markdown_of(page) == "One. Mine.!\n\nTwo. Theirs."


def test_back_after_saving_again_loses_nothing_that_was_saved(draft):
    page = draft("One.\n\nTwo.")
    for text, typed in (("One.", " First."), ("Two.", " Second.")):
        type_after(page, text, typed)
        save(page)

    for _entry in range(2):
        page.go_back()
        rich_text(page)

        assert markdown_of(page) == "One. First.\n\nTwo. Second."


def test_what_was_redacted_stays_out_of_a_reloaded_form(draft, open_desk):
    page = draft("One by Jane Secretname.\n\nTwo.")
    type_after(page, "Two.", " Mine.")
    redaction = open_desk(username="administrator")
    redaction.goto(page.url.replace("/change/", "/redact/"))
    redaction.locator("main [name=passage]").first.fill("Jane Secretname")
    for _step in range(2):
        for box in redaction.locator("main input[type=checkbox]").all():
            box.check()
        with redaction.expect_navigation():
            redaction.locator("main form [type=submit]").first.click()
    other = page.context.new_page()
    other.goto(page.url)
    assert "Secretname" not in markdown_of(other)

    page.reload()
    expect(rich_text(page)).to_contain_text("Two. Mine.")
    with page.expect_navigation():
        page.get_by_role("button", name="Save draft").click()

    other.reload()
    rich_text(other)
    assert "Secretname" not in markdown_of(other)


def wait_until_kept(page, name: str) -> None:
    """Wait until a choice in a chooser is in the history of the browser."""
    count = f"history.state?.form?.choices?.{name}?.chosen.length ?? 0"
    for _attempt in range(600):
        if page.evaluate(count):
            return
        page.wait_for_timeout(50)
    assert page.evaluate(count)


def chosen(page, name: str):
    return page.locator(f'[data-chooser][data-name="{name}"] .chooser__label')


@pytest.mark.parametrize("way", ["back", "reload"])
def test_choices_are_kept_when_somebody_comes_back(draft, site, way):
    page = draft("One.\n\nTwo.")
    choose(page, "bylines", "strandv", "Linnéa Strandvall")
    choose(page, "related", "full trains", "Full trains, slow transfers")
    wait_until_kept(page, "related")

    if way == "back":
        page.goto(site.url + "/desk/")
        page.go_back()
    else:
        page.reload()

    expect(rich_text(page)).to_contain_text("Two.")
    expect(chosen(page, "bylines")).to_contain_text(["Linnéa Strandvall"])
    expect(chosen(page, "related")).to_contain_text(["Full trains, slow transfers"])
    save(page)
    page.reload()
    expect(chosen(page, "bylines")).to_contain_text(["Linnéa Strandvall"])


def test_choices_that_were_saved_are_not_brought_back(draft):
    page = draft("One.\n\nTwo.")
    choose(page, "bylines", "strandv", "Linnéa Strandvall")
    save(page)
    page.get_by_role("button", name="Remove: Linnéa Strandvall").click()
    save(page)

    page.go_back()

    expect(rich_text(page)).to_contain_text("Two.")
    expect(chosen(page, "bylines")).to_have_count(0)


def test_a_link_to_a_missing_text_puts_the_cursor_into_it(draft, site):
    page = draft("One.")
    address = page.url.partition("#")[0]

    page.goto(site.url + "/desk/")
    page.goto(f"{address}#id_body")

    expect(rich_text(page)).to_be_focused()
