"""Files beside the texts of an import, by the addresses that the old site had for them."""

from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote

import pytest

from publications.importers.image_finder import ImageFinder
from tests.factories import picture_bytes


def test_a_file_is_found_by_the_names_that_the_source_knows_best_first(tmp_path):
    for name in ("uploads/chart.png", "uploads/chart-300x200.png", "small.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"PNG")
    names = {"/content/chart-300x200.png": ("/uploads/chart.png", "/uploads/chart-300x200.png")}
    finder = ImageFinder((tmp_path,), {}, b"", lambda name: names.get(name, (name,)))

    assert finder.find_file("/content/chart-300x200.png?v=2", Path()) == tmp_path / "uploads/chart.png"
    assert finder.find_file("/small.png", Path()) == tmp_path / "small.png"
    assert finder.find_file("/content/other.png", Path()) is None


def test_no_name_leads_out_of_the_folders(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.txt").write_text("S")
    finder = ImageFinder(
        (tmp_path / "in",), {}, b"", lambda name: ("/../secret.txt", str(tmp_path / "secret.txt"))
    )

    assert finder.find_file("/a.png", Path("/")) is None


@pytest.mark.parametrize("written", ["NFC", "NFD"])
@pytest.mark.parametrize("stored", ["NFC", "NFD"])
def test_a_name_is_found_however_its_letters_are_composed(tmp_path, written, stored):
    for name in ("bilder/år/åäö.png", "åäö.pdf"):
        path = tmp_path / normalize(stored, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"PNG")
    finder = ImageFinder((tmp_path,), {}, b"")

    assert finder.find_file(quote(normalize(written, "/bilder/år/åäö.png")), Path())
    assert finder.find_file(normalize(written, "åäö.pdf"), tmp_path)
    assert finder.find_file(normalize(written, "/bilder/år/åä.png"), Path()) is None


def test_a_picture_saved_again_beside_one_that_cannot_be_shown_takes_its_place(tmp_path):
    (tmp_path / "map.svg").write_text("<svg></svg>")
    finder = ImageFinder((tmp_path,), {}, b"")
    assert "not a picture that can be shown" in str(finder.find("map.svg", tmp_path))

    (tmp_path / "map.png").write_bytes(picture_bytes())

    (tmp_path / "photo.jpg").write_bytes(b"broken")
    (tmp_path / "photo.png").write_bytes(picture_bytes())
    finder = ImageFinder((tmp_path,), {}, b"")
    assert finder.find("map.svg", tmp_path).path == tmp_path / "map.png"
    assert "not a picture" in str(finder.find("photo.jpg", tmp_path))  # photo.png may be another one
