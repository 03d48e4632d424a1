"""How many actions an editor needs: every click, choice, file and typed value counts one."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.word_files import docx, p, r

pytestmark = pytest.mark.browser

MAX_FROM_WORD, MAX_FOR_A_CORRECTION = 7, 4
SUMMARY = "What was agreed between Moscow and Chisinau, and why it will be read in Kyiv."
TEXT = "Moldova requested gas, and Russia named a price. In Moldova that price is a question of elections."


class Editor:
    """Somebody at the desk whose actions are counted."""

    def __init__(self, page) -> None:
        self.page, self.actions = page, []

    def click(self, locator) -> None:
        self._act("click", locator.click)

    def type(self, locator, text: str) -> None:
        self._act("type", lambda: locator.fill(text))

    def choose_file(self, locator, path) -> None:
        self._act("file", lambda: locator.set_input_files(path))

    def _act(self, name: str, call) -> None:
        call()
        self.actions.append(name)


def file_on_disk(folder, title: str):
    path = folder / "comment.docx"
    summary = p(r(SUMMARY, "<w:b/>"))
    path.write_bytes(docx(p(title, style="Title") + p("By Linnéa Strandvall") + summary + p(TEXT) + p(TEXT)))
    return path


def suggestion(page, field: str, name: str = ""):
    buttons = page.locator(f'[data-suggested="{field}"] button')
    return (buttons.filter(has_text=name) if name else buttons).first


def print_actions(capsys, what: str, editor: Editor) -> None:
    with capsys.disabled():
        print(f"\n{what}: {len(editor.actions)} actions ({', '.join(editor.actions)})")


def publish_from_word(open_page, site, tmp_path, title: str, *, scripts: bool) -> Editor:
    """Go from the first page of the desk to a live publication with one more topic and one related link."""
    page = open_page("/desk/", viewport={"width": 1280, "height": 900}, java_script_enabled=scripts)
    sign_in(page, site)
    editor = Editor(page)

    editor.choose_file(page.locator("#word-file"), file_on_disk(tmp_path, title))
    if not scripts:
        editor.click(page.get_by_role("button", name="Import"))
    expect(page.locator("[name=title]")).to_have_value(title)
    editor.click(suggestion(page, "tags", "Moldova"))
    expect(page.locator("input[name=tags]")).to_have_value("Moldova, " if scripts else "Moldova")
    related = suggestion(page, "related")
    name = related.inner_text().removeprefix("+").strip()
    editor.click(related)
    editor.click(page.locator('input[name="_publish"]').last)
    page.wait_for_url("**/publish/")
    editor.click(page.get_by_role("button", name="Publish", exact=True))
    page.wait_for_url("**/published/1/")

    page.get_by_role("link", name="View live").click()
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator(".topics")).to_contain_text("Moldova")
    expect(page.locator(".related").first).to_contain_text(name)
    expect(page.locator("article.article")).to_contain_text(SUMMARY)
    return editor


def test_a_quick_comment_goes_from_a_file_to_readers_in_seven_actions(open_page, site, tmp_path, capsys):
    editor = publish_from_word(open_page, site, tmp_path, "Gas and a price", scripts=True)

    print_actions(capsys, "from a Word file to readers", editor)
    assert len(editor.actions) <= MAX_FROM_WORD


def test_the_same_without_scripts(open_page, site, tmp_path, capsys):
    editor = publish_from_word(open_page, site, tmp_path, "Gas and a price, once more", scripts=False)

    print_actions(capsys, "the same without scripts", editor)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_live_publication_is_corrected_in_four_actions(open_page, site, capsys, scripts):
    page = open_page("/desk/", java_script_enabled=scripts)
    sign_in(page, site)
    page.goto("/desk/publications/publication/?q=lavrov&state=live")
    page.locator("#result_list tbody th a").first.click()
    body = page.locator("textarea[name=body]")
    page.wait_for_selector("textarea[name=body]")
    editor, word = Editor(page), f"corrected{'with' if scripts else 'without'}"

    editor.type(body, f"{body.input_value()}\n\n{word}")
    editor.click(page.locator('input[name="_publish"]').last)
    page.wait_for_url("**/publish/")
    if not scripts:  # with scripts the note selects it
        editor.click(page.locator("[name=change][value=correction]"))
    editor.type(page.locator("[name=note]"), f"An earlier version lacked {word}.")
    editor.click(page.get_by_role("button", name="Publish", exact=True))
    page.wait_for_url("**/published/*/")

    page.get_by_role("link", name="View live").click()
    expect(page.get_by_text(f"An earlier version lacked {word}.").first).to_be_visible()
    print_actions(capsys, f"a correction{'' if scripts else ' without scripts'}", editor)
    assert len(editor.actions) <= MAX_FOR_A_CORRECTION + (not scripts)
