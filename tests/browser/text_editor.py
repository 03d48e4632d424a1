"""The editor of a text in a browser: what is in it as Markdown, and what other programs put on the clipboard."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

SAMPLES = Path(__file__).parent.parent / "samples" / "clipboard"
ADD = "/desk/publications/publication/add/"
POSTED = """async () => {
  const form = document.querySelector("#publication_form"), data = new FormData(form);
  if (!data.has("body-blocks")) return data.get("body").replaceAll("\\r\\n", "\\n");
  const body = new URLSearchParams({
    csrfmiddlewaretoken: data.get("csrfmiddlewaretoken"), blocks: data.get("body-blocks"),
  });
  return (await (await fetch("/desk/editor/markdown/", {method: "POST", body})).json()).text;
}"""
COPY = """({html, plain}) => document.addEventListener("copy", (event) => {
  if (html) event.clipboardData.setData("text/html", html);
  event.clipboardData.setData("text/plain", plain);
  event.preventDefault();
  event.stopImmediatePropagation();
}, {once: true, capture: true})"""


def rich_text(page: Page) -> Locator:
    """Return the rich text editor, once its text is there."""
    text = page.locator(".rich-text")
    expect(text).to_be_visible()
    return text


def markdown_of(page: Page) -> str:
    """Return the Markdown that the form would save."""
    return page.evaluate(POSTED).rstrip("\n")


def expect_markdown(page: Page, markdown: str) -> None:
    """Wait until the form would save this Markdown."""
    for _attempt in range(40):
        if (current := markdown_of(page)) == markdown:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the text is\n{current!r}, not\n{markdown!r}")


def set_markdown(page: Page, markdown: str, *, to_rich_text: bool = True) -> None:
    """Write a text as Markdown; show it as rich text then, or leave the Markdown."""
    show_markdown(page)
    page.locator("#id_body").fill(markdown)
    if to_rich_text:
        page.get_by_role("button", name="Markdown").click()
        rich_text(page).focus()


def show_markdown(page: Page) -> None:
    expect(page.locator("[data-text-editor][data-mode]")).to_be_visible()
    if not page.locator("#id_body").is_visible():
        page.get_by_role("button", name="Markdown").click()
    expect(page.locator("#id_body")).to_be_visible()


def select_text(page: Page, text: str) -> None:
    """Select the first occurrence of a text within one text node of the editor."""
    _set_selection(page, text, 0)


def put_cursor_after(page: Page, text: str) -> None:
    _set_selection(page, text, len(text))


def _set_selection(page: Page, text: str, offset: int) -> None:
    rich_text(page).evaluate(
        """(editor, [text, offset]) => {
          const walker = document.createTreeWalker(editor, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const node = walker.currentNode, start = node.data.indexOf(text);
            if (start < 0) continue;
            editor.focus();
            getSelection().setBaseAndExtent(node, start + offset, node, start + text.length);
            return;
          }
          throw new Error(`no ${text}`);
        }""",
        [text, offset],
    )
    page.wait_for_timeout(100)  # the editor reads the selection a moment later


def type_paragraph(page: Page, text: str) -> None:
    """Type a paragraph after the last one, which may have notes below it."""
    rich_text(page).locator("> p").last.click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type(text)


def copy(page: Page, html: str = "", plain: str = "words") -> None:
    """Write to the clipboard, as another program does."""
    page.evaluate(COPY, {"html": html, "plain": plain})
    page.keyboard.press("Control+C")


def paste(page: Page, html: str = "", plain: str = "words", keys: str = "Control+V") -> None:
    copy(page, html, plain)
    page.keyboard.press(keys)
