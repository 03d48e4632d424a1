"""Choosing by typing: the choice is what was typed, however fast."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import faults_in_each_scheme

pytestmark = pytest.mark.browser


@pytest.fixture
def form(open_desk):
    return open_desk("/desk/publications/publication/add/")


def test_enter_chooses_what_was_typed_and_not_the_first_option_of_an_older_list(form):
    box = form.locator("#id_bylines_search")
    box.click()
    expect(form.locator("[role=option]").first).to_be_visible()

    box.press_sequentially("Elin")
    box.press("Enter")
    expect(form.locator("[role=option]")).to_have_count(1)
    box.press("Enter")

    expect(form.locator("#id_bylines .chooser__label")).to_contain_text(["Elin"])


def test_what_is_typed_before_the_first_response_is_searched_for(form):
    box = form.locator("#id_bylines_search")
    form.route("**/choose/authors/**", lambda route: (form.wait_for_timeout(60), route.continue_()))

    box.click()
    box.press_sequentially("Elin", delay=5)

    expect(form.locator("[role=option]")).to_contain_text(["Elin"])


def test_the_title_has_the_focus_though_an_unsaved_form_is_offered(form, site):
    form.locator("#id_summary").fill("Half a sentence")
    expect(form.locator("[data-autosaved-at]")).not_to_be_empty(timeout=10_000)
    form.goto(site.url + "/desk/")
    form.goto(site.url + "/desk/publications/publication/add/")

    expect(form.get_by_role("button", name="Restore").first).to_be_visible()
    expect(form.locator("#id_title")).to_be_focused()


def test_enter_chooses_the_offered_tag_and_saves_nothing(form):
    tags = form.locator("#id_tags")
    tags.fill("")
    tags.press_sequentially("Mold")
    expect(form.get_by_role("option", name="Moldova")).to_be_visible()
    tags.press("Enter")

    expect(tags).to_have_value(re.compile("^Moldova"))
    assert "/add/?form=" in form.url


def test_a_name_that_was_typed_and_not_chosen_is_kept_and_reported_once(form):
    form.fill("#id_title", "On Minsk")
    form.fill("#id_bylines_search", "Elin Nobody")

    form.click("[name=_save].default")

    expect(form.locator(".errornote + .errorlist")).to_contain_text("“Elin Nobody” is not chosen yet")
    expect(form.locator("#id_bylines_search")).to_have_value("Elin Nobody")
    form.click("[name=_save].default")
    expect(form.locator(".messagelist")).to_contain_text("Draft saved")


def test_pages_beside_the_form_of_a_publication_choose_by_typing_too(form, site):
    form.goto(site.url + "/desk/publications/author/add/")
    box = form.locator("#id_portrait_choice_search")

    box.press_sequentially("a")

    expect(form.locator("[role=option]").first).to_be_visible()


def test_the_selected_option_is_readable_under_the_mouse(form):
    form.locator("#id_bylines_search").click()
    option = form.locator("#id_bylines [role=option][aria-selected=true]")
    option.hover()

    expect(option).to_be_visible()
    assert not faults_in_each_scheme(form)
