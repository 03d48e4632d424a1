"""Links of a portable copy, in every spelling that a page or a style sheet may have, read back from its zip."""

import re
import zipfile
from pathlib import Path

import pytest

from publications.exporters import MirrorFolder, PortableMirror

SITE = "http://127.0.0.1:8000"
PAGES = (
    "/",
    "/en/publications/",
    "/en/publications/?page=2",
    "/en/publications/rye/",
    "/sv/publikationer/r%C3%A5g/",
)
FILES = ("/media/a%20b.jpg", "/media/%C3%A5.jpg", "/media/100%25.jpg", "/media/q%3Fx.jpg", "/media/h%23x.jpg")
RYE = "../../sv/publikationer/r%C3%A5g/index.html"
LINKS = {
    "#top": "#top",
    "": "index.html",
    "./#p": "index.html#p",
    "?page=2": "page%3D2.html",
    "rye/": "rye/index.html",
    "/en/publications/rye": "rye/index.html",
    "/en/publications/rye?q=x": f"{SITE}/en/publications/rye?q=x",
    "../../": "../../index.html",
    "/sv/publikationer/råg/": RYE,
    "/sv/publikationer/r%C3%A5g/#p-1": f"{RYE}#p-1",
    " /sv/publikationer/r%C3%A5g/ ": RYE,
    f"{SITE}/sv/publikationer/r%C3%A5g/": RYE,
    "/en/search/?q=a&amp;b=%23": f"{SITE}/en/search/?q=a&amp;b=%23",
    "/nowhere/": f"{SITE}/nowhere/",
    "/media/a b.jpg": "../../media/a%20b.jpg",
    "/media/%c3%a5.jpg": "../../media/%C3%A5.jpg",
    "/media/100%25.jpg": "../../media/100%25.jpg",
    "/media/q%3Fx.jpg": "../../media/q%3Fx.jpg",
    "/media/h%23x.jpg#y": "../../media/h%23x.jpg#y",
    "//other.example/x": "http://other.example/x",
    "https://other.example/x": "https://other.example/x",
    "mailto:ann@example.org": "mailto:ann@example.org",
    "http://[": "http://[",
}
"""What the page of publications links to, and how it does in the copy."""
STYLES = {
    'url("b.css")': 'url("b.css")',
    "url('/media/a%20b.jpg')": 'url("../media/a%20b.jpg")',
    "url(/media/100%25.jpg)": 'url("../media/100%25.jpg")',
    "url(data:image/png;base64,AA==)": "url(data:image/png;base64,AA==)",
    """url("data:image/svg+xml,<svg fill='url(#g)'/>")""": """url("data:image/svg+xml,<svg fill='url(#g)'/>")""",
}


@pytest.fixture(scope="module")
def copied(tmp_path_factory) -> dict[str, str]:
    """The texts of a zip by name."""
    folder = tmp_path_factory.mktemp("mirror")
    mirror, file = MirrorFolder(folder / "site"), folder / "a name with å.zip"
    links = "".join(f'<a href="{link}">x</a>' for link in LINKS)
    page = (
        f'<html lang="en"><main>{links}<img srcset="/media/a%20b.jpg 1x, /media/%C3%A5.jpg 2x"></main></html>'
    )
    styles = "".join(f"a{{b:{style}}}" for style in STYLES)
    contents = {"/static/a.css": styles, "/static/b.css": "x{}", "/static/a.js": "let a=1 // the end"}
    for path in (*PAGES, *FILES):
        mirror.write_page(path, page.encode() if path in PAGES else b"picture")
    for path, content in contents.items():
        mirror.write_page(path, content.encode())
    PortableMirror(mirror).write_zip(file)
    return read_zip(file)


def read_zip(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_each_link_leads_to_its_file_or_to_the_site(copied):
    links = re.findall(r'<a[^>]* href="([^"]*)"', copied["en/publications/index.html"])

    assert dict(zip(LINKS, links, strict=True)) == LINKS


def test_sources_of_pictures_are_relative(copied):
    assert '"../../media/a%20b.jpg 1x, ../../media/%C3%A5.jpg 2x"' in copied["en/publications/index.html"]


def test_style_sheets_lead_to_files_and_keep_what_is_in_them(copied):
    assert re.findall(r"a\{b:(.*?)\}", copied["static/a.css"]) == list(STYLES.values())


def test_a_script_may_end_with_a_comment(copied):
    assert copied["static/a.js"].splitlines()[-1] == "})();"


def test_names_in_the_zip_are_those_of_the_files(copied):
    assert {"media/a b.jpg", "media/å.jpg", "media/100%.jpg", "media/q?x.jpg", "media/h#x.jpg"} < set(copied)
