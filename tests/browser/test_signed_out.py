"""Signed out while writing: the text is restored after the sign-in, with and without scripts, and a warning is shown."""

import pytest
from playwright.sync_api import expect

from tests.browser.text_editor import markdown_of, rich_text, set_markdown

pytestmark = pytest.mark.browser

NEW = "/desk/publications/publication/add/"
BODY = "textarea[name=body]"
TEXT = "Typed while nobody knew.\n\n" + "A long paragraph of åäö and Київ. " * 200
SAVE = "[name=_save]"


def type_draft(page, *, scripts: bool = True) -> None:
    page.goto(NEW)
    page.fill("[name=title]", "Written while signed out")
    page.fill("[name=summary]", "Two sentences. They stay.")
    if scripts:
        set_markdown(page, TEXT)
    else:
        page.fill(BODY, TEXT)
    details = page.get_by_role("button", name="Details")
    if is_narrow := details.is_visible():
        details.click()
    page.fill("[name=tags]", "Belarus, Energy")
    if is_narrow:
        details.click()


def sign_out_elsewhere(page) -> None:
    """The session ends without this page: as in another window, or by the clock."""
    page.context.clear_cookies(name="sessionid")


def sign_in_here(page, site, username: str = "editor") -> None:
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", site.passwords[username])
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()


def signed_in_by_form(open_page, site, **options):
    """A page whose browser knows who signed in, as it does after a sign-in by the form."""
    page = open_page("/desk/", **options)
    sign_in_here(page, site)
    return page


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_what_was_typed_is_in_the_form_again_after_the_sign_in(open_page, site, scripts):
    page = signed_in_by_form(open_page, site, java_script_enabled=scripts)
    type_draft(page, scripts=scripts)
    sign_out_elsewhere(page)

    page.locator(SAVE).last.click()
    expect(page.get_by_text("nothing of it is lost: sign in")).to_be_visible()
    sign_in_here(page, site)

    expect(page.get_by_text("nothing has been saved yet")).to_be_visible()
    text = markdown_of(page) if scripts else page.locator(BODY).input_value()
    assert text.strip() == TEXT.strip()
    assert page.locator("[name=title]").input_value() == "Written while signed out"
    assert page.locator("[name=summary]").input_value() == "Two sentences. They stay."
    assert page.locator("[name=tags]").input_value() == "Belarus, Energy"
    page.locator(SAVE).last.click()
    expect(page.get_by_text("Draft saved")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_page_for_readers_is_in_its_form_again_after_the_sign_in(open_page, site, scripts):
    page = signed_in_by_form(open_page, site, java_script_enabled=scripts)
    page.goto("/desk/publications/sitepage/add/")
    page.fill("[name=title_en]", "Method")
    page.fill("[name=body_en]", TEXT)
    sign_out_elsewhere(page)

    page.locator(SAVE).last.click()
    sign_in_here(page, site)

    assert page.locator("[name=title_en]").input_value() == "Method"
    assert page.locator("[name=body_en]").input_value().strip() == TEXT.strip()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_going_back_from_the_notice_loses_nothing(open_page, site, scripts):
    page = signed_in_by_form(open_page, site, java_script_enabled=scripts)
    page.goto("/desk/publications/author/add/")
    page.fill("[name=name]", "Ann Bergh")
    sign_out_elsewhere(page)
    page.locator(SAVE).last.click()
    expect(page.get_by_text("nothing of it is lost: sign in")).to_be_visible()

    page.go_back()
    sign_in_here(page, site)

    expect(page.get_by_text("nothing has been saved yet")).to_be_visible()
    assert page.locator("[name=name]").input_value() == "Ann Bergh"


def test_another_account_has_to_confirm_and_sees_nothing_of_it(open_page, site):
    page = signed_in_by_form(open_page, site, java_script_enabled=False)
    type_draft(page, scripts=False)
    sign_out_elsewhere(page)

    page.locator(SAVE).last.click()
    sign_in_here(page, site, "administrator")

    expect(page.get_by_role("heading", name="Was it you who typed this?")).to_be_visible()
    assert "Written while signed out" not in page.content()
    page.get_by_role("button", name="let them sign in").click()
    sign_in_here(page, site)
    assert page.locator("[name=title]").input_value() == "Written while signed out"


def test_the_warning_is_in_sight_wherever_one_types_and_goes_once_one_is_back(open_page, site):
    page = signed_in_by_form(open_page, site, viewport={"width": 900, "height": 600})
    type_draft(page)
    sign_out_elsewhere(page)
    rich_text(page).scroll_into_view_if_needed()
    rich_text(page).press_sequentially(" More.")

    warning = page.get_by_text("You are signed out: what you type is not kept")
    expect(warning).to_be_in_viewport(timeout=20_000)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in in another window").click()
    sign_in_here(opened.value, site)
    opened.value.close()

    expect(warning).to_be_hidden(timeout=20_000)
    expect(page.locator("[data-autosaved-at]")).to_contain_text("is kept", timeout=20_000)
    page.locator(SAVE).last.click()
    expect(page.get_by_text("Draft saved")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_going_back_after_the_first_save_makes_no_second_draft(open_page, site, scripts):
    title = f"Once and again {scripts}"
    page = signed_in_by_form(open_page, site, java_script_enabled=scripts)
    page.goto(NEW)
    page.fill("[name=title]", title)
    page.locator(SAVE).last.click()
    expect(page.get_by_text("Draft saved")).to_be_visible()

    page.go_back()
    page.fill("[name=summary]", "One more word.")
    page.locator(SAVE).last.click()
    expect(page.get_by_text("Draft saved")).to_be_visible()

    page.goto(f"/desk/publications/publication/?q={title.replace(' ', '+')}")
    assert page.locator("#result_list tbody tr").count() == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_two_windows_of_one_form_lead_to_their_own_words_after_back(open_page, site, scripts):
    first = signed_in_by_form(open_page, site, java_script_enabled=scripts)
    second = first.context.new_page()
    names = {first: f"Aone {scripts}", second: f"Btwo {scripts}"}
    for page, name in names.items():
        page.goto(f"{first.url.split('/desk/')[0]}/desk/publications/author/add/")
        page.fill("[name=name]", name)
    sign_out_elsewhere(first)
    for page in names:
        page.locator(SAVE).last.click()

    first.go_back()
    sign_in_here(first, site)
    expect(first.locator("[name=name]")).to_have_value(names[first])
    first.locator(SAVE).last.click()
    sign_in_here(second, site)

    expect(second.locator("[name=name]")).to_have_value(names[second])
