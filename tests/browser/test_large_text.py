"""A text of 20,000 words in the editor: how long it takes to open and to type, beside an empty one."""

import statistics
import time

import pytest
from playwright.sync_api import expect

from tests.browser.test_comments import comment_on
from tests.browser.text_editor import ADD, rich_text, set_markdown

pytestmark = pytest.mark.browser

WORDS = 20_000
MAX_RATIO = 12
TARGET_MS = 50  # from a key to the next frame, on a machine that does nothing else
SENTENCE = (
    "The *northern* door is narrow, and [lorries](https://example.org/x) to Russia must take the **pass**. "
)
OBSERVE = """() => {
  window.pauses = [];
  window.keyTimes = [];
  new PerformanceObserver((list) => pauses.push(...list.getEntries().map(({duration}) => duration))).observe({type: "longtask"});
  document.addEventListener("keydown", () => {
    const start = performance.now();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => keyTimes.push(performance.now() - start);
      channel.port2.postMessage(0);
    });
  }, true);
}"""


def large_text(words: int) -> str:
    """Return Markdown of about so many words, with headings, lists, tables and a note in each paragraph."""
    blocks, notes = [], []
    for number in range(1, words // 90 + 1):
        blocks.append(f"{SENTENCE * 5}[^{number}]")
        notes.append(f"[^{number}]: Source {number}.")
        if number % 5 == 0:
            blocks.append(f"## Heading {number}")
        if number % 9 == 0:
            blocks.append("- one thing\n- another thing\n- a third")
        if number % 20 == 0:
            blocks.append("| A | B |\n| --- | --- |\n" + "| x | y |\n" * 8)
    return "\n\n".join([*blocks, "\n".join(notes)])


def type_in_the_middle(page) -> tuple[float, float]:
    """Return the median time from a key to the next frame, and the longest pause, in milliseconds."""
    page.wait_for_timeout(1000)
    paragraphs = rich_text(page).locator("> p")
    paragraphs.nth(paragraphs.count() // 2).click()
    page.keyboard.press("End")
    page.evaluate("() => { pauses.length = keyTimes.length = 0; }")
    page.keyboard.type(" typed in the middle of a text, word by word", delay=40)
    page.wait_for_timeout(1500)  # with the preview and the autosave
    return statistics.median(page.evaluate("keyTimes")), max(page.evaluate("pauses"), default=0)


def test_typing_adds_and_hides_nothing_beside_the_text(open_desk):
    """New nodes, and `hidden` that is set again, restyle all that rules with :has() look at: the whole text."""
    page = open_desk(ADD)
    rich_text(page).click()
    page.keyboard.type("The first words ")
    page.wait_for_timeout(1500)  # with the status of the autosave
    page.evaluate(
        """() => {
          window.changes = [];
          const isBeside = ({target}) => !target.closest(".rich-text, .suggestions-place, .writing__preview");
          const note = (records) => changes.push(...records.filter(isBeside).map(({target}) => target.outerHTML.slice(0, 80)));
          const options = {attributeFilter: ["hidden"], childList: true, subtree: true};
          new MutationObserver(note).observe(document.querySelector("#publication_form"), options);
        }"""
    )
    page.keyboard.type("and more")
    expect(page.locator("[data-word-count]")).to_contain_text("5 words")
    assert page.evaluate("changes") == []


def open_stored_draft(page) -> dict[str, float]:
    """Save the text as a draft, open its form anew, and return the seconds until each step was done."""
    page.locator("#id_title").fill("A large text")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url("**/change/**")
    rich_text(page)  # the server is done with it
    page.reload()
    rich_text(page)
    return page.evaluate(
        """() => {
          const [form] = performance.getEntriesByType("navigation");
          const blocks = performance.getEntriesByType("resource").filter(({name}) => name.includes("editor/blocks")).at(-1);
          const steps = {form: form.responseEnd, scripts: blocks.startTime, blocks: blocks.responseEnd, shown: performance.now()};
          return Object.fromEntries(Object.entries(steps).map(([name, time]) => [name, time / 1000]));
        }"""
    )


def test_a_text_of_a_book_opens_and_is_typed_in_as_a_short_one(open_desk, capsys):
    page = open_desk(ADD)
    page.evaluate(OBSERVE)
    rich_text(page)
    empty, _pause = type_in_the_middle(page)

    set_markdown(page, large_text(WORDS), to_rich_text=False)
    page.evaluate("() => { pauses.length = 0; }")
    started = time.monotonic()
    page.get_by_role("button", name="Markdown").click()
    rich_text(page)
    opened = time.monotonic() - started
    reading = page.evaluate(
        "() => performance.getEntriesByType('resource').filter(({name}) => name.includes('editor/blocks')).at(-1).duration"
    )
    shown = max(page.evaluate("pauses"), default=0)
    large, pause = type_in_the_middle(page)
    assert "word by word" in rich_text(page).inner_text()
    steps = open_stored_draft(page)

    with capsys.disabled():
        print(
            f"\n{WORDS} words open in {opened:.2f} s: {reading / 1000:.2f} s on the server, {shown / 1000:.2f} s to show; "
            f"a key takes {large:.0f} ms, {large / empty:.1f} times that in an empty text ({empty:.0f} ms); target {TARGET_MS} ms; "
            f"the longest pause {pause:.0f} ms; of the stored draft "
            f"{', '.join(f'{name} after {time:.2f} s' for name, time in steps.items())}"
        )
    assert large / max(empty, 4) < MAX_RATIO


def test_a_thread_stands_beside_its_words_though_paragraphs_above_are_not_laid_out_yet(open_desk):
    page = open_desk(ADD, viewport={"width": 1440, "height": 900})
    page.locator("#id_title").fill("Commented")
    paragraphs = [f"Paragraph {number}." for number in range(150)]
    set_markdown(page, "\n\n".join([*paragraphs, "The EU said so.", *paragraphs]))
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url("**/change/**")
    rich_text(page)
    comment_on(page, "The EU")
    page.reload()
    rich_text(page)
    mark, item = rich_text(page).locator(".comment-mark[role=mark]"), page.locator("[data-comment]")
    expect(mark).to_have_count(1)

    for step in range(60):
        page.mouse.wheel(0, 150)
        page.wait_for_timeout(20)
        if step % 10 == 0:
            page.wait_for_timeout(200)
            assert abs(mark.bounding_box()["y"] - item.bounding_box()["y"]) < 40


def test_the_text_is_read_before_the_preview_is_rendered(open_desk):
    page = open_desk(ADD, viewport={"width": 1440, "height": 900})
    page.locator("#id_title").fill("Previewed")
    page.evaluate("localStorage.setItem('desk-preview', 'open')")
    set_markdown(page, "Words.")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url("**/change/**")
    requests = []
    page.route(
        "**/editor/blocks/",
        lambda route: (page.wait_for_timeout(1000), requests.append("blocks"), route.continue_()),
    )
    page.route("**/preview/**", lambda route: (requests.append("preview"), route.continue_()))
    page.reload()
    rich_text(page)
    expect(page.frame_locator("[data-preview] iframe").locator("h1")).to_contain_text("Previewed")
    assert requests[:2] == ["blocks", "preview"]
