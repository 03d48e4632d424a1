"""Texts of the block editor: their HTML, blocks that several texts share, and blocks that the old site filled."""

import pytest

from publications.importers.imported_file import ImportLog
from publications.importers.wordpress.blocks import PostBlocks

SHARED = {5: "<!-- wp:paragraph --><p>Shared.</p><!-- /wp:paragraph -->", 6: '<!-- wp:block {"ref":6} /-->'}


def read(text: str) -> tuple[str, list[str]]:
    log = ImportLog()
    html = PostBlocks(lambda number: SHARED.get(number, ""), log).read_text(text)
    return " ".join(html.split()), [note.text for note in log.notes]


def block(name: str, content: str = "", values: str = "") -> str:
    values = f" {values}" if values else ""
    return (
        f"<!-- wp:{name}{values} -->{content}<!-- /wp:{name} -->"
        if content
        else f"<!-- wp:{name}{values} /-->"
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (block("paragraph", "<p>One\n\nstill one</p>"), "<p>One still one</p>"),
        (f"Classic\n\ntext\n{block('paragraph', '<p>One</p>')}", "<p>Classic</p> <p>text</p> <p>One</p>"),
        ("No blocks\n\nat all", "<p>No blocks</p> <p>at all</p>"),
        (block("group", f"<div>{block('paragraph', '<p>In</p>')}</div>", '{"layout":{"type":"flex"}}'), "<div><p>In</p></div>"),
        (block("core/freeform", "One\n\nTwo"), "<p>One</p> <p>Two</p>"),
        (block("block", values='{"ref":5}'), "<p>Shared.</p>"),
        (block("verse", '<pre class="wp-block-verse">A line\nand one</pre>'), "<p>A line<br /> and one</p>"),
        (block("cover", "<div><p>Over</p></div>", '{"url":"a.png","id":3}'),
         '<figure><img src="a.png" alt="" /></figure><div><p>Over</p></div>'),
        (block("embed", values='{"url":"https://a.example/?a=1\\u0026b=2"}'),
         '<p><a href="https://a.example/?a=1&amp;b=2">https://a.example/?a=1&amp;b=2</a></p>'),
        (f"<!-- wp:paragraph --><p>Not closed</p>{block('spacer', '<div></div>')}", "<p>Not closed</p><div></div>"),
        (f"<!-- /wp:paragraph -->{block('paragraph', '<p>One</p>')}", "<p>One</p>"),
    ],
)  # fmt: skip
def test_blocks_become_their_html(text, html):
    assert read(text) == (html, [])


def test_the_button_beside_a_file_is_left_out_and_named():
    button = '<a href="a.pdf" class="wp-block-file__button" download>Download</a>'

    assert read(block("file", f'<div><a href="a.pdf">A</a>{button}</div>')) == (
        '<div><a href="a.pdf">A</a></div>', ["The button beside the link to a file was left out: Download"],
    )  # fmt: skip


def test_blocks_that_the_old_site_filled_are_named_once():
    inner = block("post-template", block("post-title") + block("post-date"))
    text = block("latest-posts") + block("query", f"<div>{inner}</div>") + block("latest-posts")

    assert read(text)[1] == ["Blocks that the old site filled were left out: latest-posts, query"]


def test_words_that_a_block_of_a_plugin_keeps_in_its_values_are_named():
    text = block("acf/quote", values='{"data":{"quote":"Energy is politics","size":"large"}}')

    assert read(text) == (
        "",
        ["Blocks that the old site filled were left out: acf/quote (Energy is politics)"],
    )


@pytest.mark.parametrize("number", [6, 99])
def test_a_shared_block_that_is_missing_or_holds_itself_is_named(number):
    assert read(block("block", values=f'{{"ref":{number}}}'))[1] == [
        f"A block that several texts share is not in the export: number {number}."
    ]


def test_shared_blocks_that_hold_many_others_are_read_once_and_have_a_limit():
    reads = []
    texts = {number: f'<!-- wp:block {{"ref":{number + 1}}} /-->' * 1_000 for number in range(5)}
    log = ImportLog()

    def find(number: int) -> str:
        reads.append(number)
        return texts.get(number, "<p>End</p>")

    html = PostBlocks(find, log).read_text('<!-- wp:block {"ref":0} /--> <p>Words</p>')

    assert sorted(reads) == list(range(6)) and "Words" in html
    assert any("too long together" in note.text for note in log.notes)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<!-- wp:a --><p>One</p><!-- wp:a {", "<p>One</p><!-- wp:a {"),
        ("<!-- wp:a --><!-- <p>One</p>", "<!-- <p>One</p>"),
        ("<!-- wp:a --><p>One</p><!-- /wp:b --><!-- /wp:b --><p>Two</p>", "<p>One</p><p>Two</p>"),
        ("<!-- wp:query -->" * 100 + "Words", ""),
        ("<!-- wp:group -->" * 100 + "<p>One</p>" + "<!-- /wp:group -->" * 100, "<p>One</p>"),
    ],
)
def test_blocks_without_an_end_and_ends_without_a_block_hide_nothing(text, html):
    assert read(text)[0] == html


def test_values_that_are_no_json_do_not_hide_the_content():
    assert read("<!-- wp:paragraph {broken} --><p>One</p><!-- /wp:paragraph -->")[0] == "<p>One</p>"
