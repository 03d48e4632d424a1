"""Dialogs of the form: pictures of the library, links within the site, new authors and tags."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import faults_in_each_scheme
from tests.browser.text_editor import (
    ADD,
    expect_markdown,
    markdown_of,
    put_cursor_after,
    rich_text,
    select_text,
    set_markdown,
    show_markdown,
)
from tests.factories import picture_bytes

pytestmark = pytest.mark.browser
LAVROV = "/en/publications/russian-foreign-minister-lavrov-visits-china-on-april-8-9/"


@pytest.fixture
def form(open_desk):
    page = open_desk(ADD, viewport={"width": 1440, "height": 900})
    rich_text(page)
    return page


def open_library(page):
    page.get_by_role("toolbar").get_by_role("button", name="Picture").click()
    dialog = page.get_by_role("dialog", name="Choose a picture")
    expect(dialog.get_by_role("radio").first).to_be_visible()
    return dialog


def open_link(page):
    page.keyboard.press("Control+K")
    dialog = page.get_by_role("dialog", name="Link")
    expect(dialog.get_by_role("combobox")).to_be_focused()
    return dialog


# Pictures


def test_a_picture_of_the_library_is_put_into_the_text_with_its_words(form):
    set_markdown(form, "One.\n\nTwo.")
    put_cursor_after(form, "One.")
    dialog = open_library(form)
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    dialog.get_by_role("radio", name="grid").first.check()
    expect(dialog.get_by_label("Alternative text")).not_to_be_empty()
    expect(dialog.get_by_text("Used in:")).to_be_visible()
    assert not faults_in_each_scheme(form)
    dialog.get_by_label("Alternative text").fill("A [drawn] face")
    dialog.get_by_label("Caption").fill('She "speaks"')
    form.keyboard.press("Enter")

    expect(form.locator(".picture img")).to_be_visible()
    expect(rich_text(form)).to_be_focused()
    assert re.fullmatch(
        r'One\.\n\n!\[A \\\[drawn\\\] face\]\(image:\w{20} "She &quot;speaks&quot;"\)\n\nTwo\.',
        markdown_of(form),
    )


def test_the_library_is_searched_as_one_types_by_keyboard_alone(form):
    set_markdown(form, "One.")
    dialog = open_library(form)
    count = dialog.get_by_role("radio").count()

    form.keyboard.type("portrait")
    expect(dialog.get_by_role("radio")).not_to_have_count(count)
    form.keyboard.press("Tab")
    form.keyboard.press("Tab")
    form.keyboard.press("Space")
    expect(dialog.get_by_label("Caption")).to_be_visible()
    form.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("radio").nth(1)).to_be_checked()
    form.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(rich_text(form)).to_be_focused()
    expect_markdown(form, "One.")


def test_nothing_found_is_said(form):
    dialog = open_library(form)
    dialog.get_by_role("searchbox").fill("no such picture")

    expect(dialog).to_contain_text("Nothing found.")
    expect(dialog.get_by_role("button", name="Put into the text")).to_be_disabled()


def test_a_picture_is_put_into_the_markdown(form):
    show_markdown(form)
    form.locator("#id_body").fill("One.")
    form.locator("#id_body").evaluate("(area) => area.setSelectionRange(4, 4)")
    form.evaluate("document.querySelector('[data-command=picture]').click()")
    dialog = form.get_by_role("dialog", name="Choose a picture")
    dialog.get_by_role("radio", name="grid").first.dblclick()

    expect(form.locator("#id_body")).to_have_value(re.compile(r"One\.\n\n!\[[^\]]+\]\(image:\w+\)\n\n"))
    expect(dialog).to_be_hidden()


def test_a_cover_is_chosen_among_the_pictures(form):
    form.get_by_role("button", name="Choose among the pictures").click()
    dialog = form.get_by_role("dialog", name="Choose a picture")
    dialog.get_by_role("radio").first.check()
    expect(dialog.get_by_text("Used in:")).to_be_visible()
    expect(dialog.get_by_label("Caption")).to_be_hidden()
    dialog.get_by_role("button", name="Use as the cover").click()

    expect(form.locator("#id_cover_choice input[name=cover_choice]")).to_have_count(1)
    expect_markdown(form, "")


def test_a_cover_is_uploaded_with_its_words(form):
    form.get_by_role("button", name="Choose among the pictures").click()
    with form.expect_file_chooser() as chooser:
        form.get_by_role("button", name="Upload a picture").click()
    chooser.value.set_files({"name": "cover.png", "mimeType": "image/png", "buffer": picture_bytes("red")})
    form.get_by_role("dialog").get_by_label("Alternative text").fill("Red")
    expect(form.get_by_role("button", name="Only into the image library")).to_be_hidden()
    form.get_by_role("button", name="Use as the cover").click()

    expect(form.locator("#id_cover_choice .chooser__label")).to_contain_text("cover.png · Red")


# Links


def test_a_page_is_found_by_words_of_its_title(form):
    set_markdown(form, "See this.")
    select_text(form, "this")
    dialog = open_link(form)
    form.keyboard.type("lavrov")
    expect(dialog.get_by_role("option").first).to_contain_text("Lavrov")
    assert not faults_in_each_scheme(form)
    form.keyboard.press("Enter")
    expect(dialog.locator("[data-target]")).to_contain_text("Leads to: Russian Foreign Minister Lavrov")
    form.keyboard.press("Enter")

    expect_markdown(form, f"See [this]({LAVROV}).")


def test_without_selected_words_the_title_becomes_the_words(form):
    rich_text(form).click()
    dialog = open_link(form)
    form.keyboard.type("lavrov visits")
    dialog.get_by_role("option").first.click()
    form.keyboard.press("Enter")

    expect_markdown(form, f"[Russian Foreign Minister Lavrov visits China on April 8-9]({LAVROV})")


def test_a_pasted_address_of_the_site_is_named_and_stored_as_a_path(form, site):
    set_markdown(form, "See this.")
    select_text(form, "this")
    dialog = open_link(form)
    dialog.get_by_role("combobox").fill(f"{site.url}{LAVROV}#p-1")
    expect(dialog.locator("[data-target]")).to_contain_text("Russian Foreign Minister Lavrov")
    form.keyboard.press("Enter")
    expect_markdown(form, f"See [this]({LAVROV}#p-1).")

    put_cursor_after(form, "th")
    dialog = open_link(form)
    expect(dialog.locator("[data-target]")).to_contain_text("Russian Foreign Minister Lavrov")
    dialog.get_by_role("button", name="Remove link").click()
    expect_markdown(form, "See this.")


def test_what_is_typed_after_the_dialog_is_in_the_text_and_the_link_leads_to_the_page_later(form, site):
    set_markdown(form, "See this.")
    select_text(form, "this")
    dialog = open_link(form)
    waiting, is_answered = [], []
    form.route(
        "**/editor/links/**", lambda route: route.continue_() if is_answered else waiting.append(route)
    )
    form.keyboard.insert_text(f"{site.url}{LAVROV}")
    form.keyboard.press("Enter")
    form.keyboard.type(" and that")

    expect(dialog).to_be_hidden()
    expect(rich_text(form)).to_have_text("See this and that.")
    is_answered.append(True)
    for route in waiting:
        route.continue_()
    expect_markdown(form, f"See [this]({LAVROV}) and that.")
    form.keyboard.press("Control+Z")
    expect(rich_text(form)).to_have_text("See this.")


def test_an_address_of_another_site_stays_as_it_is(form):
    set_markdown(form, "See this.")
    select_text(form, "this")
    dialog = open_link(form)
    form.keyboard.type("example.org/a")
    expect(dialog.locator("[data-target]")).to_have_text("Leads to another site: example.org")
    form.keyboard.press("Enter")

    expect_markdown(form, "See [this](https://example.org/a).")


def test_words_that_are_no_title_set_no_link(form):
    set_markdown(form, "See this.")
    select_text(form, "this")
    dialog = open_link(form)
    form.keyboard.type("nothing like it")
    expect(dialog.locator("[data-target]")).to_contain_text("No page of this site has these words")
    dialog.get_by_role("button", name="Set link").click()

    expect(dialog.get_by_role("alert")).to_contain_text("Choose a page from the list")
    expect(dialog).to_be_visible()


# New authors and tags


def test_a_new_tag_gets_its_swedish_name(form):
    tags = form.locator("#id_tags")
    tags.press_sequentially("Moldova, Moldovaa")
    form.get_by_role("option", name="New tag “Moldovaa”").click()
    dialog = form.get_by_role("dialog", name="New tag")
    expect(dialog.locator("[name=name]")).to_have_value("Moldovaa")
    assert not faults_in_each_scheme(form)
    dialog.get_by_role("button", name="Add").click()
    expect(dialog).to_contain_text("Spelled nearly so: “Moldova”")
    expect(dialog.locator("[name=name]")).to_be_focused()
    dialog.locator("[name=name]").fill("Gagauzia")
    dialog.locator("[name=name_sv]").fill("Gagauzien")
    dialog.get_by_role("button", name="Add").click()

    expect(dialog).to_be_hidden()
    expect(tags).to_have_value("Moldova, Gagauzia, ")
    expect(tags).to_be_focused()


def test_a_cancelled_author_leaves_nothing(form):
    form.locator("#id_bylines_search").fill("Anna Karlson")
    form.get_by_role("button", name="New author").click()
    dialog = form.get_by_role("dialog", name="New author")
    expect(dialog.locator("[name=name]")).to_have_value("Anna Karlson")
    assert not faults_in_each_scheme(form)
    form.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(form.get_by_role("button", name="New author")).to_be_focused()
    expect(form.locator("#id_bylines .chooser__label")).to_have_count(0)


def test_a_dialog_that_is_closed_keeps_what_was_typed_until_it_is_added(form):
    opener = form.get_by_role("button", name="New author")
    dialog = form.get_by_role("dialog", name="New author")
    for close in (lambda: form.keyboard.press("Escape"), dialog.get_by_role("button", name="Cancel").click):
        opener.click()
        dialog.locator("[name=name]").fill("Kaja Typed")
        dialog.locator("[name=biography_en]").fill("Studies grids.")
        close()
        expect(dialog).to_be_hidden()
        form.locator("#id_language").select_option("sv")
        opener.click()
        expect(dialog.locator("[name=name]")).to_have_value("Kaja Typed")
        expect(dialog.locator("[name=biography_en]")).to_have_value("Studies grids.")
        close()
    opener.click()
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(form.locator("#id_bylines .chooser__label")).to_have_text("Kaja Typed")

    opener.click()
    expect(dialog.locator("[name=name]")).to_have_value("")


def test_a_picture_whose_dialog_was_closed_has_its_words_when_it_is_chosen_again(form):
    def choose():
        form.get_by_role("button", name="Choose among the pictures").click()
        with form.expect_file_chooser() as chooser:
            form.get_by_role("button", name="Upload a picture").click()
        chooser.value.set_files(
            {"name": "field.png", "mimeType": "image/png", "buffer": picture_bytes("green")}
        )
        return form.get_by_role("dialog")

    for close in ("Escape", "Cancel"):
        dialog = choose()
        dialog.get_by_label("Alternative text").fill("A green field")
        dialog.get_by_label("Credit").fill(close)
        form.keyboard.press("Escape") if close == "Escape" else dialog.get_by_role(
            "button", name=close
        ).click()
        expect(dialog).to_be_hidden()
        dialog = choose()
        expect(dialog.get_by_label("Alternative text")).to_have_value("A green field")
        expect(dialog.get_by_label("Credit")).to_have_value(close)
        form.keyboard.press("Escape")
    choose()
    form.get_by_role("button", name="Use as the cover").click()

    expect(form.locator("#id_cover_choice .chooser__label")).to_contain_text("field.png · A green field")
    expect(choose().get_by_label("Alternative text")).to_have_value("")
