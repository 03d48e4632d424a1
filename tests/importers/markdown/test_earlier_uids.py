import pytest

from publications.importers.markdown.earlier_uids import match_earlier_uids


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
    assert match_earlier_uids(now, {path: path for path in then}) == expected
