import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publications.minisign import BadSignature, PublicKey, SecretKey, UnusableKey, read_chunks

KEY = SecretKey.generate()
needs_tool = pytest.mark.skipif(not shutil.which("minisign"), reason="needs the tool minisign")


def _sign(data: bytes, comment: str = "2026-11-29 a.txt") -> str:
    return KEY.sign([data], comment=comment)


@given(st.binary(max_size=200), st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])))
def test_a_signature_verifies_and_returns_its_comment(data: bytes, comment: str):
    assert KEY.public.verify([data[:3], data[3:]], _sign(data, comment)) == comment


@given(st.data())
def test_no_changed_bit_of_a_signed_file_or_of_its_signature_verifies(data):
    text = b"A text that is signed."
    signature = _sign(text)
    lines = signature.splitlines()
    place = data.draw(st.sampled_from(["file", 1, 2, 3]))
    if place == "file":
        changed = bytearray(text)
        changed[data.draw(st.integers(0, len(text) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        text = bytes(changed)
    else:
        start = 17 if place == 2 else 0
        index = data.draw(
            st.integers(start, len(lines[place]) - 4)
        )  # the last letters hold bits of no meaning
        letter = lines[place][index]
        other = data.draw(st.sampled_from([c for c in "AZaz09+/" if c != letter]))
        lines[place] = lines[place][:index] + other + lines[place][index + 1 :]

    with pytest.raises(BadSignature):
        KEY.public.verify([text], "\n".join(lines) + "\n")


@pytest.mark.parametrize("signature", ["", "x", "untrusted comment: \nä\ntrusted comment: \nä\n", "\n\n\n\n"])
def test_what_is_no_signature_is_refused(signature):
    with pytest.raises(BadSignature):
        KEY.public.verify([b"a"], signature)


def test_a_signature_by_another_key_is_refused():
    with pytest.raises(BadSignature, match="another key"):
        SecretKey.generate().public.verify([b"a"], _sign(b"a"))


@pytest.mark.parametrize("text", ["", "RWS8", "untrusted comment: x\n\n", "ä" * 56, "A" * 56])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(UnusableKey):
        PublicKey.parse(text)
    with pytest.raises(UnusableKey):
        SecretKey.parse(text)


def test_a_damaged_secret_key_is_refused():
    first, second = KEY.serialize().splitlines()
    middle = len(second) // 2
    other = "A" if second[middle + 9] != "A" else "B"
    with pytest.raises(UnusableKey):
        SecretKey.parse(f"{first}\n{second[: middle + 9]}{other}{second[middle + 10 :]}")


def test_keys_are_read_as_they_were_written():
    assert str(SecretKey.parse(KEY.serialize()).public) == str(KEY.public)
    assert str(PublicKey.parse(str(KEY.public))) == str(KEY.public)


def test_a_comment_of_two_lines_is_refused():
    with pytest.raises(ValueError, match="one line"):
        _sign(b"a", "one\ntwo")


@needs_tool
def test_the_tool_verifies_our_signatures_and_we_verify_its(tmp_path: Path):
    (tmp_path / "key").write_text(KEY.serialize())
    (tmp_path / "ours").write_bytes(b"x" * 3_000_000)
    (tmp_path / "ours.minisig").write_text(KEY.sign(read_chunks(tmp_path / "ours"), comment="då"))
    (tmp_path / "theirs").write_bytes(b"text\n")

    subprocess.run(["minisign", "-V", "-P", str(KEY.public), "-m", tmp_path / "ours"], check=True)
    subprocess.run(
        ["minisign", "-S", "-s", tmp_path / "key", "-m", tmp_path / "theirs", "-t", "é"], check=True
    )

    signature = (tmp_path / "theirs.minisig").read_text()
    assert KEY.public.verify(read_chunks(tmp_path / "theirs"), signature) == "é"


@needs_tool
def test_a_key_with_a_password_is_refused_with_the_remedy(tmp_path: Path):
    made = ["minisign", "-G", "-p", tmp_path / "public", "-s", tmp_path / "secret"]
    subprocess.run(made, input=b"secret\nsecret\n", check=True, capture_output=True)

    with pytest.raises(UnusableKey, match="minisign -G -W"):
        SecretKey.parse((tmp_path / "secret").read_text())
