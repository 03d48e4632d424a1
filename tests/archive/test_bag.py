"""A bag is accepted by the program of the Library of Congress, and refused here if a bit, a file or a line differs."""

from hashlib import sha256
from pathlib import Path

import bagit
import pytest

from publications.archive.bag import MANIFEST, TAG_MANIFEST, NotABag, verify
from publications.archive.bag_writer import BagWriter

FILES = {"a.txt": b"Rye", "folder/b.txt": b"Wheat", "folder/empty.txt": b""}


@pytest.fixture
def bag(tmp_path) -> Path:
    writer = BagWriter(tmp_path / "bag")
    for name, content in FILES.items():
        writer.store(name, content)
    writer.finish({"Bagging-Date": "2026-05-03"}, {"README.txt": b"Read me"})
    return tmp_path / "bag"


@pytest.mark.filterwarnings("ignore:'count' is passed:DeprecationWarning")
def test_another_program_accepts_it(bag):
    other = bagit.Bag(str(bag))

    other.validate()

    assert other.info["Payload-Oxum"] == "8.3"


def test_a_whole_bag_is_accepted(bag):
    assert sorted(verify(bag)) == ["data/a.txt", "data/folder/b.txt", "data/folder/empty.txt"]


def names_of(bag: Path) -> list[str]:
    return sorted(path.relative_to(bag).as_posix() for path in bag.rglob("*") if path.is_file())


def test_each_flipped_bit_is_refused_by_the_name_of_the_file(bag):
    for name in names_of(bag):
        content = (bag / name).read_bytes()
        for bit in range(0, 8 * len(content), 7):  # one bit of each byte, or two
            changed = bytearray(content)
            changed[bit // 8] ^= 1 << bit % 8
            (bag / name).write_bytes(changed)
            with pytest.raises(NotABag, match=name if name != TAG_MANIFEST else "."):
                verify(bag)
        (bag / name).write_bytes(content)
    verify(bag)


def test_each_missing_file_is_refused_by_its_name(bag):
    for name in names_of(bag):
        content = (bag / name).read_bytes()
        (bag / name).unlink()
        with pytest.raises(
            NotABag, match="no complete archive" if "/" not in name and "README" not in name else name
        ):
            verify(bag)
        (bag / name).write_bytes(content)
    verify(bag)


@pytest.mark.parametrize("name", ["data/added.txt", "added.txt", "data/folder/.hidden"])
def test_an_additional_file_is_refused_by_its_name(bag, name):
    (bag / name).write_bytes(b"?")

    with pytest.raises(NotABag, match=f"{name} was added"):
        verify(bag)


def test_a_link_in_place_of_a_file_is_refused(bag, tmp_path):
    (tmp_path / "elsewhere").write_bytes(FILES["a.txt"])
    (bag / "data/a.txt").unlink()
    (bag / "data/a.txt").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(NotABag, match=r"data/a\.txt is missing"):
        verify(bag)


@pytest.mark.parametrize(
    "name", ["data/../../outside", "/etc/passwd", "data//a", "data/./a", "data\\..\\a", "a.txt"]
)
def test_a_manifest_leads_to_no_file_outside(bag, name):
    lines = (bag / MANIFEST).read_text()
    (bag / MANIFEST).write_text(f"{lines}{'0' * 64}  {name}\n")
    digest = sha256((bag / MANIFEST).read_bytes()).hexdigest()
    tags = [line for line in (bag / TAG_MANIFEST).read_text().splitlines() if MANIFEST not in line]
    (bag / TAG_MANIFEST).write_text("".join(f"{line}\n" for line in [*tags, f"{digest}  {MANIFEST}"]))

    with pytest.raises(NotABag, match="holds a line that is none"):
        verify(bag)
