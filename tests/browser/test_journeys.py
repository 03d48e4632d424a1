"""From the desk to a reader: a Quick Comment is written, published and read, with scripts and without."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.text_editor import set_markdown
from tests.conftest import ROOT, SHARED

pytestmark = pytest.mark.browser

SAMPLE = ROOT / "tests/samples/quick-comment.txt"
SEED = SHARED / "corpus/seed/quick-comment.txt"


def read_sample(path) -> tuple[str, list[str]]:
    """Return the title and the paragraphs of a page that was copied as text."""
    blocks = [block.strip() for block in path.read_text(encoding="utf-8").split("\n\n") if block.strip()]
    end = blocks.index("About the Author")
    return blocks[0].rpartition(" / ")[2], blocks[2:end]


def assert_readers_see(
    open_page, path: str, title: str, paragraphs: list[str], related: str, **options
) -> None:
    """Assert that everything a reader expects is in the text of the page, in its order."""
    page = open_page(path, **options)
    text = page.locator("body").inner_text()
    order = [
        "Home", title, "insights from SCEEUS's experts on breaking news and hot topics", title, "Linnéa Strandvall",
        "2026", paragraphs[0][:40], paragraphs[-1][-40:], "About the Author", "Share", "Related Publications", related,
    ]  # fmt: skip
    position = 0
    for expected in order:
        position = text.find(expected, position)
        assert position >= 0, expected
        position += len(expected)
    for expected in ("Quick Comment", "Stockholm Centre for Eastern European Studies", "English"):
        assert expected in text
    assert page.locator(".prose > p").count() == len(paragraphs)


def typed_body(paragraphs: list[str]) -> str:
    return "\n\n".join(paragraphs)


@pytest.mark.parametrize(
    "source", [pytest.param(SEED, marks=pytest.mark.corpus, id="seed"), pytest.param(SAMPLE, id="sample")]
)
def test_a_quick_comment_goes_from_the_desk_to_a_reader(open_page, open_desk, source):
    title, paragraphs = read_sample(source)
    page = open_desk("/desk/publications/publication/add/", viewport={"width": 1280, "height": 900})

    page.fill("[name=title]", title)
    page.fill("textarea[name=summary]", "A visit says more about dependence than about friendship.")
    set_markdown(page, typed_body(paragraphs))
    choose(page, "bylines", "strandv", "Linnéa Strandvall")
    page.fill("[name=tags]", "China, Rus")
    page.locator("[name=tags]").press_sequentially("s")
    page.get_by_role("option", name="Russia").click()
    choose(page, "related", "full trains", "Full trains, slow transfers")
    choose(page, "related", "second patron", "The second patron")
    page.locator('[data-name="related"] li', has_text="The second patron").get_by_role(
        "button", name=re.compile("^Up")
    ).click()
    page.locator('[name="_publish"]').last.click()
    page.wait_for_url("**/publish/")
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="View live").click()
    address = page.url

    assert_readers_see(open_page, address, title, paragraphs, "The second patron")
    page = open_page(address)
    expect(page.locator(".related h3, .related h2 ~ * a").first).to_be_visible()
    expect(page.locator(".topics")).to_have_text(re.compile(r"China\s*Russia"))


def test_the_same_with_scripts_off(open_page, open_desk):
    title, paragraphs = read_sample(SAMPLE)
    title = f"{title}, once more"
    page = open_desk("/desk/publications/publication/add/", java_script_enabled=False)

    page.fill("[name=title]", title)
    page.fill("textarea[name=summary]", "What was agreed, and what was not.")
    page.fill("textarea[name=body]", typed_body(paragraphs))
    page.fill("[name=tags]", "Russia")
    page.fill("input[name=bylines-find]", "strandvall")
    page.click('button[name="_find"][value="bylines"]')
    expect(page.locator("[name=title]")).to_have_value(title)
    page.locator("select[name=bylines]").first.select_option(
        label=option(page, "bylines", "Linnéa Strandvall")
    )
    page.locator("select[name=related]").first.select_option(label=option(page, "related", "Full trains"))
    page.locator('[name="_publish"]').last.click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="View live").click()

    assert_readers_see(
        open_page, page.url, title, paragraphs, "Full trains, slow transfers", java_script_enabled=False
    )


def test_an_outdated_form_shows_the_conflict_and_keeps_what_was_typed(open_desk):
    first, second = (open_desk("/desk/publications/publication/?q=transnistria") for _editor in range(2))
    for page in (first, second):
        page.get_by_role("link", name="Transnistria after Russian gas").click()

    first.fill("textarea[name=summary]", "The colleague was faster.")
    first.locator('[name="_save"]').last.click()
    second.fill("textarea[name=summary]", "Typed for an hour.")
    second.locator('[name="_save"]').last.click()

    expect(second.get_by_text("has saved this publication since you opened it")).to_be_visible()
    expect(second.locator("textarea[name=summary]")).to_have_value("Typed for an hour.")
    expect(second.locator(".conflict")).to_contain_text("The colleague was faster.")


def test_the_link_to_a_publication_can_be_copied(open_page):
    page = open_page(
        "/en/publications/?kind=report&language=en", permissions=["clipboard-read", "clipboard-write"]
    )
    page.locator("main h2 a, main h3 a").first.click()
    page.wait_for_load_state()

    page.get_by_role("button", name="Copy link").click()

    expect(page.locator("[aria-live=polite], [role=status]").first).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def choose(page, name: str, typed: str, expected: str) -> None:
    """Choose in an ordered chooser: type and click the option."""
    box = page.locator(f'[data-chooser][data-name="{name}"] input[type=search]')
    box.fill(typed)
    page.get_by_role("option").filter(has_text=expected).first.click()
    expect(page.locator(f'[data-chooser][data-name="{name}"] li', has_text=expected)).to_be_visible()


def option(page, name: str, expected: str) -> str:
    texts = page.locator(f"select[name={name}]").first.locator("option").all_inner_texts()
    return next(text for text in texts if expected in text)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_publish_button_says_schedule_once_a_later_moment_is_chosen(open_desk, scripts):
    page = open_desk("/desk/publications/publication/3/publish/", java_script_enabled=scripts)

    expect(page.get_by_label("Publish at")).to_be_hidden()
    page.get_by_label("At a later moment").check()

    expect(page.get_by_label("Publish at")).to_be_visible()
    expect(page.get_by_role("button", name="Schedule", exact=True)).to_be_visible()
    page.get_by_label("Now", exact=True).check()
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_change_that_is_not_chosen_is_said_above_the_button(open_desk, scripts):
    page = open_desk("/desk/publications/publication/", java_script_enabled=scripts)
    page.get_by_role("link", name="How to read a Russian budget").first.click()
    page.fill("textarea[name=summary]", "What nobody reads in the Russian budget of 2027.")
    page.get_by_role("button", name="Check and publish").click()
    missing = page.get_by_text("Choose first what changes for readers.")
    expect(missing).to_be_hidden()

    page.get_by_role("button", name="Publish", exact=True).click()

    expect(missing).to_be_visible()
    page.get_by_label("Silent fix").check()
    expect(missing).to_be_hidden()
