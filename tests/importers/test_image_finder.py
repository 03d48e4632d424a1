"""Files beside the texts of an import, by the addresses that the old site had for them."""

from pathlib import Path

from publications.importers.image_finder import ImageFinder


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
