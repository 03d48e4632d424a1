"""Words that no reader of the old site saw are left out and named, or hold their text back."""

import pytest

from publications.importers.imported_file import ImportLog
from publications.importers.markdown.hidden_words import HiddenWords
from publications.importers.markdown.placeholders import Placeholders
from publications.models import Edition
from tests.blogs import import_blog, texts_of, write_post


def leave_out(text: str) -> tuple[str, list[str], bool]:
    """Return what is left of a text, the notes on it, and whether it is held back."""
    log, placeholders = ImportLog(), Placeholders()
    hidden = HiddenWords(log, placeholders.restore)
    left = placeholders.restore(hidden.leave_out(placeholders.keep_code(text)))
    return " ".join(left.split()), [note.text.partition(": ")[2] for note in log.notes], log.is_hidden


@pytest.mark.parametrize(
    ("text", "left", "words"),
    [
        ("a\n\n{::comment}\nX\n\nY\n{:/comment}\n\nb", "a b", ["X Y"]),
        ("a {::comment}X{:/} b {::comment/} c", "a b {::comment/} c", ["X"]),
        ('a {::nomarkdown type="latex"}X{:/} {::nomarkdown}b{:/}', "a {::nomarkdown}b{:/}", ["X"]),
        ('a\n\nX\nY\n{: style="color: red; display:none"}\n\nb', "a b", ["X Y"]),
        ('a\n\n{: hidden="hidden"}\nX\n\nb', "a b", ["X"]),
        ("a\n\n- X\n- Y\n{: .visually-hidden}\n\nb", "a b", ["- X - Y"]),
        ("{:away: style='display:none'}\na\n\nX\n{: away}", "{:away: style='display:none'} a", ["X"]),
        ("# X\n{: hidden}\na", "a", ["# X"]),
        ("## X {.sr-only}\n\n## a {.big #b}", "## a {.big #b}", ["## X"]),
        ("a\n\nX\n{style=\"display:none\"}\n\nb", "a b", ["X"]),
        ("a *X*{: hidden}, **X Y**{: hidden} and [X](/y){: .sr-only} b", "a , and b", ["*X*", "**X Y**", "[X](/y)"]),
        ("a `X`{: hidden} <b>X</b>{: hidden}", "a", ["`X`", "X"]),
        ("a <div hidden>X <div>Y</div></div> <span STYLE='display: none'>Z</span> b", "a b", ["X Y", "Z"]),
        ('a <img src="x.png" hidden> b', "a b", ["x.png"]),
        ('a <div aria-hidden="true" hidden>![X](b.png)</div>', "a", ["![X](b.png)"]),
        ("<p>a</p> <p aria-hidden=true>X</p>", "<p>a</p>", ["X"]),
        ("a `<i hidden>x</i>` {: .lead} {% x_{.5} $", "a `<i hidden>x</i>` {: .lead} {% x_{.5} $", []),
        ("<!-- a --> b {hidden c", "<!-- a --> b {hidden c", []),
        ("a[^1]\n\n[^1]: b\n[^2]: X\n    Y\n\nc", "a[^1] [^1]: b c", ["[^2]: X Y"]),
        ("a[^1]: b\n\n[^1]: c", "a[^1]: b [^1]: c", []),
        ("a\n\n  [^1]: X\n\n  [^1]", "a [^1]: X [^1]", []),
        ("<div hidden></div>\n\n<i hidden/> a", "<i hidden/> a", []),
    ],
)  # fmt: skip
def test_what_is_hidden_is_left_out_and_named(text, left, words):
    assert leave_out(text) == (left, words, False)


@pytest.mark.parametrize(
    "text",
    [
        '<div aria-hidden="true">![a](b.png)</div>', '<div aria-hidden="true"><img src="b.png"> words</div>',
        '<figure aria-hidden="true">\n\n![a][r]\n\n</figure>\n\n[r]: b.png', '<p aria-hidden="true">![r]</p>',
        '![a](b.png){: aria-hidden="true"}', '{: aria-hidden="true"} ![a](b.png)',
        '[![a](b.png)](x){: aria-hidden="true"}', '<img aria-hidden="true" src="b.png">',
        '<div style="font-size: 0"><b style="font-size: 1rem">words</b></div>',
    ],
)  # fmt: skip
def test_what_readers_saw_stays(text):
    assert leave_out(text) == (" ".join(text.split()), [], False)


def test_hidden_words_beside_a_picture_for_readers_are_left_out():
    assert leave_out('<div aria-hidden="true"><img src="b.png"> <i hidden>X</i></div>') == (
        '<div aria-hidden="true"><img src="b.png"> </div>',
        ["X"],
        False,
    )


@pytest.mark.parametrize(
    "text",
    [
        "[^a" * 100_000,
        *(f"<div {attributes}>a ![a](b.png)" * 2_000 + "</div>" * 2_000
          for attributes in ('aria-hidden="true"', 'hidden class="accordion"', "hidden")),
    ],
)  # fmt: skip
def test_what_is_nested_is_read_a_few_times(text):
    # Read again from each opening, it would take minutes.
    leave_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "a\n\n{::comment}\nX", "<div hidden>X", "a\n\n{: hidden}\n\nb", "- a\n  {: hidden}\n- b", "a {: hidden} b",
        "a b {: .sr-only}", "*a **b** c*{: hidden}", "<b>a <b>b</b></b>{: hidden}", "[a [b](c)](d){: hidden}",
        "a *b*{: hidden} " * 201,
    ],
)  # fmt: skip
def test_a_text_waits_if_it_is_not_clear_what_is_hidden(text):
    assert leave_out(text)[2]


def test_what_a_click_shows_stays():
    left, notes, is_hidden = leave_out('<div class="accordion" hidden>Shown</div>')

    assert "Shown" in left and notes == ["Shown"] and not is_hidden


@pytest.mark.django_db
def test_hidden_words_and_pictures_are_not_published(tmp_path):
    body = "All may read.\n\n<div hidden>Salt ![c](c.png)</div>\n\nPepper\n{: hidden='hidden'}\n\n<script>'<p hidden>'</script>"

    report = import_blog(write_post(tmp_path / "blog", body=body))

    assert "Salt" not in (page := Edition.objects.live().get().body) and "Pepper" not in page
    assert len(texts_of(report, "hidden")) == 2 and not texts_of(report, "image-missing")
    assert not texts_of(report, "words")
