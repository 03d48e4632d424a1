"""What a file is that holds no texts."""

import pytest

from publications.importers.imported_file import ImportRefused
from publications.importers.markdown import open_markdown_source


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty."),
        (b"\x1f\x8b\x08", "compressed (gzip): unpack it first."),
        (b"<rss>", "holds no Markdown"),
    ],
)
def test_a_file_without_texts_says_what_it_is(tmp_path, content, said):
    (tmp_path / "a.xml").write_bytes(content)

    for path in (tmp_path, tmp_path / "a.xml"):
        with pytest.raises(ImportRefused) as refusal:
            open_markdown_source(path)
        assert said in str(refusal.value)
