import pytest

from publications.importers.imported_file import EarlierText
from publications.importers.markdown.earlier_texts import match_earlier_texts


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        (["a.md", "b.md"], ["posts/a.md", "posts/b.md"], {"a.md": "posts/a.md", "b.md": "posts/b.md"}),
        (["posts/a.md"], ["a.md"], {"posts/a.md": "a.md"}),
        (
            ["new/en/a.md", "new/sv/a.md"],
            ["old/sv/a.md", "old/en/a.md"],
            {"new/en/a.md": "old/en/a.md", "new/sv/a.md": "old/sv/a.md"},
        ),
        (["a.md", "x/a.md"], ["x/a.md"], {"x/a.md": "x/a.md"}),
        (["x/a.md", "y/a.md"], ["a.md"], {}),
        (["a.md"], ["x/a.md", "y/a.md"], {}),
        (["x/index.md", "z/index.md"], ["x/index.md", "y/index.md"], {"x/index.md": "x/index.md"}),
        ([], [], {}),
    ],
)
def test_texts_have_the_uid_of_the_path_with_the_longest_common_end(now, then, expected):
    earlier = {path: EarlierText(path, "A title") for path in then}

    assert match_earlier_texts(dict.fromkeys(now, "A title"), earlier) == expected


@pytest.mark.parametrize(("title", "is_same"), [("a TITLE", True), ("", True), ("Another", False)])
def test_the_name_of_a_file_alone_counts_with_its_title(title, is_same):
    earlier = {"news/comment.md": EarlierText("uid", "A title")}

    assert match_earlier_texts({"opinion/comment.md": title}, earlier) == (
        {"opinion/comment.md": "uid"} if is_same else {}
    )
    assert match_earlier_texts({"site/news/comment.md": title}, earlier) == {"site/news/comment.md": "uid"}
