"""An archive of texts in a real browser: checked, confirmed, published, and undone as a whole."""

import io
import re
import secrets
import zipfile

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

RUN = 180_000
"""Milliseconds until the process of an import has started and ended, on a busy machine."""
POST = "---\ntitle: {title}\nauthor: Ann Berg\ndate: 2024-05-01\nlanguage: {language}\n---\n\nA text about {title}.\n"


def archive(*texts: tuple[str, str]) -> dict:
    """Return an upload with a text for each title and language."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for title, language in texts:
            file.writestr(f"blog/{title.lower()}.md", POST.format(title=title, language=language))
    return {"name": "blog.zip", "mimeType": "application/zip", "buffer": stream.getvalue()}


def upload(page, files) -> None:
    page.goto("/desk/import/")
    page.set_input_files("input[name=files]", files)
    page.get_by_role("button", name="Upload and check").click()


def test_publishing_an_import_is_confirmed_and_can_be_undone_and_done_again(open_desk):
    page = open_desk(username="administrator")
    gas, oil = (f"{word}{secrets.token_hex(4)}".capitalize() for word in ("gas", "oil"))
    upload(page, archive((gas, "en"), (oil, "sv")))
    publish = page.get_by_role("link", name="Import and publish …")
    expect(publish).to_be_visible(timeout=RUN)

    publish.click()
    expect(page.locator(".page-intro")).to_contain_text(
        "2 texts become public at once: 1 in English, 1 in Swedish."
    )
    expect(page.locator("main")).to_contain_text(gas)

    page.get_by_role("button", name="Import and publish 2 texts").click()
    expect(page.locator(".status")).to_contain_text("2 became public.", timeout=RUN)
    made = page.get_by_role("region", name="What this import has made")
    expect(made.get_by_role("link", name=gas)).to_be_visible()
    assert page.request.get(f"/en/publications/{gas.lower()}/").status == 200

    page.get_by_role("link", name="Undo this import …").click()
    expect(page.get_by_role("heading", name=re.compile("2 texts will be withdrawn"))).to_be_visible()
    page.get_by_role("button", name="Undo the import").click()

    expect(page.locator(".status")).to_contain_text("The import is undone. Withdrawn: 2 texts.", timeout=RUN)
    assert page.request.get(f"/en/publications/{gas.lower()}/").status == 410

    page.get_by_role("button", name="Check again").first.click()
    publish = page.get_by_role("link", name="Publish 2 texts …")
    expect(publish).to_be_visible(timeout=RUN)
    publish.click()
    page.get_by_role("button", name="Import and publish 2 texts").click()
    expect(page.locator(".status")).to_contain_text("2 became public.", timeout=RUN)
    assert page.request.get(f"/en/publications/{gas.lower()}/").status == 200


def test_a_wrong_setting_is_shown_in_sight_and_corrected_without_another_upload(open_desk):
    page = open_desk("/desk/import/", username="administrator", viewport={"width": 375, "height": 700})
    page.set_input_files("input[name=files]", archive((f"Tar{secrets.token_hex(4)}", "en")))
    page.fill("input[name=authors]", "authors.csv")
    page.get_by_role("button", name="Upload and check").click()

    expect(page.locator(".errornote")).to_be_in_viewport()
    expect(page.locator(".field-authors")).to_contain_text("There is no “authors.csv” in the archive.")
    page.fill("input[name=authors]", "")
    page.get_by_role("button", name="Check again").click()

    expect(page.get_by_role("button", name="Import as drafts")).to_be_visible(timeout=RUN)


def test_a_file_that_is_no_archive_is_refused_in_sight(open_desk):
    page = open_desk(username="administrator", viewport={"width": 375, "height": 700})

    upload(page, {"name": "a.docx", "mimeType": "application/zip", "buffer": b"A"})

    expect(page.locator(".errornote")).to_be_in_viewport()
    expect(page.locator(".field-files")).to_contain_text("“a.docx” holds no Markdown files")
