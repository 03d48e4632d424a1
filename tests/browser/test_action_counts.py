"""How many actions an editor needs: every click, choice, file and typed value counts one."""

import pytest
from playwright.sync_api import expect

from tests.browser.text_editor import type_paragraph
from tests.factories import picture_bytes
from tests.word_files import docx, note, note_element, p, picture, table

pytestmark = pytest.mark.browser

MAX_FROM_WORD, MAX_FROM_WORD_WITH_IMAGES, MAX_FOR_A_CORRECTION, MAX_FOR_A_GUEST = 6, 9, 4, 6
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

    def write(self, call) -> None:
        self._act("type", call)

    def choose_file(self, locator, path) -> None:
        self._act("file", lambda: locator.set_input_files(path))

    def _act(self, name: str, call) -> None:
        call()
        self.actions.append(name)


def file_on_disk(folder, title: str, *, has_images: bool):
    """A file of a text without a summary, with footnotes and a table, and two images without alternative text."""
    path, image_names = folder / "comment.docx", ("media/map.png", "media/price.png") if has_images else ()
    size = (600 + len(title), 480)  # the images of no other test: those are described already
    colours = {"media/map.png": "teal", "media/price.png": "maroon"}
    body = (
        p(title, style="Title") + p("By Linnéa Strandvall") + p(TEXT, note(1)) + p(TEXT, note(2))
        + "".join(p(picture(name)) for name in image_names) + table(["Year", "Price"], ["2026", "410"])
    )  # fmt: skip
    path.write_bytes(
        docx(
            body,
            footnotes=note_element(1, p("The ministry.")) + note_element(2, p("The company.")),
            parts={name: picture_bytes(colours[name], size) for name in image_names},
        )
    )
    return path


def suggestion(page, field: str, name: str = ""):
    buttons = page.locator(f'[data-suggested="{field}"] button')
    return (buttons.filter(has_text=name) if name else buttons).first


def print_actions(capsys, what: str, editor: Editor) -> None:
    with capsys.disabled():
        print(f"\n{what}: {len(editor.actions)} actions ({', '.join(editor.actions)})")


def publish_from_word(open_desk, tmp_path, title: str, *, scripts: bool, has_images: bool = False) -> Editor:
    """Go from the first page of the desk to a live publication with a summary, one more topic and one related link."""
    page = open_desk(viewport={"width": 1280, "height": 900}, java_script_enabled=scripts)
    editor = Editor(page)

    editor.choose_file(page.locator("#word-file"), file_on_disk(tmp_path, title, has_images=has_images))
    if not scripts:
        editor.click(page.get_by_role("button", name="Create draft"))
    if has_images:
        descriptions = page.get_by_label("Alternative text")
        editor.type(descriptions.first, "The pipelines through Moldova on a map.")
        editor.type(descriptions.last, "The price of gas since 2021.")
        editor.click(page.get_by_role("button", name="On to the draft"))
    expect(page.locator("[name=title]")).to_have_value(title)
    editor.type(page.locator("[name=summary]"), SUMMARY)
    editor.click(suggestion(page, "tags", "Moldova"))
    expect(page.locator("[name=tags]")).to_have_value("Moldova, " if scripts else "Moldova")
    related = suggestion(page, "related")
    name = related.inner_text().removeprefix("+").strip()
    editor.click(related)
    editor.click(page.locator('[name="_publish"]').last)
    page.wait_for_url("**/publish/")
    editor.click(page.get_by_role("button", name="Publish", exact=True))
    page.wait_for_url("**/published/1/")

    page.get_by_role("link", name="View live").click()
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator(".topics")).to_contain_text("Moldova")
    expect(page.locator(".related").first).to_contain_text(name)
    expect(page.locator("article.article")).to_contain_text(SUMMARY)
    expect(page.locator("article.article table")).to_contain_text("410")
    expect(page.locator("article.article")).to_contain_text("The ministry.")
    if has_images:
        expect(page.get_by_alt_text("The price of gas since 2021.")).to_be_visible()
    return editor


def test_a_quick_comment_goes_from_a_file_to_readers_in_six_actions(open_desk, tmp_path, capsys):
    editor = publish_from_word(open_desk, tmp_path, "Gas and a price", scripts=True)

    print_actions(capsys, "from a Word file to readers", editor)
    assert len(editor.actions) <= MAX_FROM_WORD and editor.actions.count("type") == 1


def test_two_images_without_words_take_three_more(open_desk, tmp_path, capsys):
    editor = publish_from_word(open_desk, tmp_path, "Gas and a price on maps", scripts=True, has_images=True)

    print_actions(capsys, "from a Word file with two images to readers", editor)
    assert len(editor.actions) <= MAX_FROM_WORD_WITH_IMAGES and editor.actions.count("type") == 3


@pytest.mark.parametrize("has_images", [False, True])
def test_the_same_without_scripts(open_desk, tmp_path, capsys, has_images):
    title = f"Gas and a price, once more{' on maps' * has_images}"
    editor = publish_from_word(open_desk, tmp_path, title, scripts=False, has_images=has_images)

    print_actions(capsys, f"the same without scripts{', with images' * has_images}", editor)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_live_publication_is_corrected_in_four_actions(open_desk, capsys, scripts):
    page = open_desk("/desk/publications/publication/?q=lavrov&state=live", java_script_enabled=scripts)
    page.locator("#result_list tbody th a").first.click()
    body = page.locator("textarea[name=body]")
    editor, word = Editor(page), f"corrected{'with' if scripts else 'without'}"

    if scripts:
        editor.write(lambda: type_paragraph(page, word))
    else:
        editor.type(body, f"{body.input_value()}\n\n{word}")
    editor.click(page.locator('[name="_publish"]').last)
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


def test_a_new_guest_with_a_portrait_is_placed_first_on_the_same_page(open_desk, tmp_path, capsys):
    page = open_desk(
        "/desk/publications/publication/?q=lavrov&state=live", viewport={"width": 1280, "height": 900}
    )
    page.locator("#result_list tbody th a").first.click()
    url, portrait = page.url, tmp_path / "ekaterine.png"
    portrait.write_bytes(picture_bytes())
    editor = Editor(page)

    editor.type(page.locator("#id_bylines_search"), "Ekaterine Guestadze")
    editor.click(page.get_by_role("button", name="New author"))
    dialog = page.get_by_role("dialog", name="New author")
    editor.click(dialog.get_by_label("Guest"))
    editor.choose_file(dialog.locator("[name=portrait_file]"), portrait)
    editor.click(dialog.get_by_role("button", name="Add as the first"))

    expect(page.locator("#id_bylines .chooser__label").first).to_have_text("Ekaterine Guestadze")
    assert page.url == url
    print_actions(capsys, "a new guest author with a portrait, placed first", editor)
    assert len(editor.actions) <= MAX_FOR_A_GUEST
