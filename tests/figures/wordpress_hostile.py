"""Texts that are expensive to import from WordPress, to find what takes more than linear time.

`python -m tests.figures.wordpress_hostile [characters]` reads each text in an export at a hundredth of that size. Of each
repeated part, the slowest is read at a tenth; those that take longest are read at that size and at half of it, and
printed with how the CPU time grows: 2 is linear, 4 is quadratic.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sceeus.settings")
django.setup()

from tests.importers.wordpress.exports import item, read, write_export  # noqa: E402

CHARACTERS = 200_000
MIN_SECONDS = 0.2  # at a tenth of the size; what takes less is not measured at full size
REPEATED = (
    "[", "[[", "[a", "[a ", "[a b", "[a b=", '[a b="', "[a b='", "[a]", "[/a]", "[a][/a]", "[[a]", "[[a]]", "[[a][/a]", "[/", "]", "[a=",
    "[a_b]", "[a_b", "[b]", "[caption]", "[caption", "[caption id=1]", "[/caption]", "[caption]<img src=a>[/caption]", "[gallery", "[gallery]",
    "[gallery ids=", '[gallery ids="1,', "[gallery ids=1]", "[playlist", "[embed]", "[embed]//a", "[footnote]", "[footnote]a[/footnote]",
    "[ref]a[/ref]", "[code]", "[code", "[/code]", "[[code]", "[source]", "[vimeo ", "[youtube=", "[quote]", "[quote]a[/quote]", "[button link=a]b[/button]",
    "<!-- wp:", "<!-- wp:a -->", "<!-- wp:a", "<!-- wp:a {", '<!-- wp:a {"b":', '<!-- wp:a {"b":[ ', "<!-- wp:a {} ", "<!-- wp:a {}", "<!-- wp:a } ",
    "<!-- /wp:a -->", "<!-- wp:a --><!-- /wp:a -->", "<!-- wp:a /-->", "<!-- wp:block {\"ref\":9} /-->", "<!-- wp:query -->", "<!-- wp:html -->",
    "<!-- wp:file -->", "<!-- wp:verse -->", "<!-- wp:cover -->", "<!-- wp:freeform -->a", "<!-- ", "<!--", "<!-- -->", "-->", "<!--more-->",
    "<!--   ", "<!-- x", "<!-- wp:a  ", "{", "}", '{"a":',
    "<![CDATA[", "]]>", "<![CDATA[a]]>", "<a ", "<a href=", '<a href="', '<a href="#', "<a href='#a'>", "<a href=\"#a\">1</a>", "<a href=\"/?attachment_id=1\">",
    "<a id=a>", '<sup data-fn="', '<sup data-fn="a">', '<sup data-fn="a"></sup>', "<sup", "<sup>", "<sup ", "<img ", "<img", "<img alt=", '<img alt="',
    '<img src="a">', '<img src="a" class="wp-image-1">', "<img src='", " alt=\"", " alt = ", "<img alt", "wp-image-", "wp-image-1 ", "attachment_", "data-fn=",
    "/wp-content/uploads/", "/wp-content/uploads/a", "/files/2020/", "/files/", ".files.wordpress.com/", "://", "//a ", "//", "https://a.example/", "http://a ",
    "<p>", "<p", "<p>a</p>", "</p>", "<div>", "</div>", "<pre>", "<pre", "</pre>", "<script>", "<script", "<style>", "<textarea>", "<xmp>", "<code>", "<iframe src=",
    "<iframe src=/a></iframe>", "<svg>", "<svg></svg>", "<math>", "<video>", "<audio>", "<object>", "<noscript>", "<table>", "<table><tr><td>", "<td>", "<tr>", "<ul>",
    "<ul><li>", "<li>", "<ol>", "</ul>", "<blockquote>", "<h2>", "<h2>a</h2>", "<hr>", "<br>", "<br>\n", "<br", "<figure>", "<figure><figcaption>", "<figcaption>",
    "<figure><figcaption>a</figcaption></figure>", "<b>", "<i>", "<b><i>", "<b>a</b>", "<span style=\"font-weight:bold\">", "<span style=\"a:b;", "<em></b>",
    "<p class=\"MsoListParagraph\">a</p>", '<p style="mso-list:l0 level1 lfo1">a</p>', '<p style="mso-list:', "<!--[if !supportLists]-->", "<![if !supportLists]>",
    "<form>", "<select><option>", "<button>", "<summary>", "<details>", "<picture>", "<source srcset=", "<img srcset=\"a 1w, ", "<dl><dt>", "<center>", "<font>",
    "<li id=\"fn1\">", "<p id='fn1'>", "<a href='#fn1'>1</a>", "<a href='#fn1'>1</a><p id='fn1'>", "<a id=_ftnref1 href=#_ftn1>[1]</a>",
    "<", ">", "</", "<a", "<1", "&", "&#", "&amp;", "&lt;", "&#1;", "&nbsp;", "\xa0", " ", "\n", "\n\n", "\n \n", " \n", "\n\xa0", "\t", "\r\n", "a", "a ", "a\n", "a\n\n",
    "*", "_", "`", "#", "- ", "\n- ", "1. ", "\n1. ", "|", "> ", "\n> ", "~", "=", '"', "'", "\\", "(", ")", "](", "](a", "[^1]", "\n[^1]: ", "![", "![a](", ":", "\ue0ff",
    "\ue000", "\u3042", "\xad", "&shy;", "a-", "a=", "a:", "1", "1 ", "width=", 'x="', "x='", "x= ", '="<a "',
)  # fmt: skip
OPENED = (
    "", "<", "<!-- wp:a -->", "<!-- wp:a {", "<!-- ", "[a ", "[a]", "[/a]", '[a b="', "[caption]", "[/caption]", "[gallery ", "[code]", "[/code]", "[[a]",
    "<a ", '<a href="', "<a href=#", "<img ", '<img alt="', "<sup data-fn=\"a\">", "<p>", "<pre>", "<script>", "<table><tr><td>", "<ul><li>", "<b>",
    '<div class="', '<p style="', "/wp-content/uploads/", "\n\n", "`", "[gallery ids=",
)  # fmt: skip
NUMBERED = {
    "shortcodes without an end": "[a{}] ", "shortcodes with one": "[a{}]b[/a{}] ", "ends of shortcodes": "[/a{}] ", "opened shortcodes": "[a_{}]",
    "notes": "[footnote]a{}[/footnote] ", "blocks": "<!-- wp:a{} -->b<!-- /wp:a{} -->", "opened blocks": "<!-- wp:a{} -->", "left out blocks": "<!-- wp:a{} /-->",
    "shared blocks": '<!-- wp:block {"ref":{}} /-->', "images": '<img src="/a{}.png">', "library images": '<img class="wp-image-{}" src="/a{}.png">',
    "galleries": '[gallery ids="{}"]', "links": '<a href="/a{}/">a</a> ', "fragments": '<a href="#a{}">a</a> ', "ids": '<p id="a{}">a</p>',
    "files": '<a href="/wp-content/uploads/a{}.pdf">a</a>', "elements": "<a{}>b</a{}>", "opened elements": "<a{}>", "comments": "<!-- a{} -->",
    "words": "a{} ", "frames": "<iframe src=/a{}></iframe>", "references": '<a id="r{}" href="#n{}">1</a> ', "block notes": '<sup data-fn="a{}">1</sup>',
    "titles": "<h2>a{}</h2>", "rows": "<table><tr><td>a{}</table>", "classes": '<p class="a{}">a</p>', "styles": '<p style="a{}:b">a</p>',
}  # fmt: skip


def _number(text: str, size: int) -> str:
    return "".join(text.replace("{}", str(number)) for number in range(size // len(text)))


def _build_notes(size: int) -> str:
    count = size // 60
    links = "".join(f'<a id="r{n}" href="#n{n}">{n}</a> a ' for n in range(count))
    return links + "".join(f'<p id="n{n}">{n}. <a href="#r{n}">↩</a> b</p>' for n in range(count))


def _nest(opening: str, closing: str) -> Callable[[int], str]:
    def build(size: int) -> str:
        count = size // len(opening + closing)
        return opening * count + "a" + closing * count

    return build


BUILDERS: dict[str, Callable[[int], str]] = {
    "notes behind their references": _build_notes,
    "nested shortcodes": _nest("[quote]", "[/quote]"),
    "nested unknown shortcodes": _nest("[x]", "[/x]"),
    "nested captions": _nest("[caption]", "[/caption]"),
    "nested blocks": _nest("<!-- wp:a -->", "<!-- /wp:a -->"),
    "nested columns": _nest("<!-- wp:columns --><div>", "</div><!-- /wp:columns -->"),
    "nested lists": _nest("<ul><li>", "</li></ul>"),
    "nested figures": _nest("<figure>", "<figcaption>a</figcaption></figure>"),
    "nested emphasis around blocks": _nest("<b><i><p>", "</p></i></b>"),
    "ends before beginnings": lambda size: "[/a]" * (size // 8) + "[a]" * (size // 8),
    "beginnings before ends": lambda size: "[a]" * (size // 8) + "[/a]" * (size // 8),
    "beginnings of other names before ends": lambda size: "[b]" * (size // 8) + "[/a]" * (size // 8),
    "code before ends of code": lambda size: "[[code]" * (size // 14) + "[/code]" * (size // 14),
    "other blocks before ends": lambda size: "<!-- wp:b -->" * (size // 28) + "<!-- /wp:a -->" * (size // 28),
    "JSON of a block": lambda size: f'<!-- wp:a {{"b":"{"c " * (size // 2)}"}} -->',
    "marks around values": lambda size: f"[a_b {'c=„ ' * (size // 4)}]",
    "buttons of a file": lambda size: f"<!-- wp:file --><a {'class=\"wp-block-file__button ' * (size // 30)}",
    "keys of a note": lambda size: f"<sup {'data-fn=\"a\" ' * (size // 12)}",
    "ends of paragraphs in divisions": lambda size: "<div>" * (size // 9) + "</p>" * (size // 9),
    "captions of a figure": lambda size: f"<figure>{'<figcaption>a</figcaption>' * (size // 26)}",
    "nested texts of the classic editor": _nest("<!-- wp:freeform -->", "<!-- /wp:freeform -->"),
    "a text in nested blocks": lambda size: "<!-- wp:freeform -->" * 50 + "a\n\n" * (size // 3) + "<!-- /wp:freeform -->" * 50,
    "a text in nested shortcodes": lambda size: "[embed]" * 50 + "a\n\n" * (size // 3) + "[/embed]" * 50,
    "notes in a line": lambda size: "".join(f'<a id="r{n}" href="#n{n}">{n}</a> ' for n in range(size // 60))
    + "".join(f'<a id="n{n}" href="#r{n}">{n}</a> b ' for n in range(size // 60)),
    "nested JSON of a block": lambda size: f'<!-- wp:a {{"b":{"[" * (size // 2)}{"]" * (size // 2)}}} -->',
    **{
        f"ever new {name}": lambda size, text=text: _number(text, size)
        for name, text in NUMBERED.items()
    },
}  # fmt: skip
"""Texts of a size by name."""


def build_texts() -> dict[str, Callable[[int], str]]:
    """Return the functions that build each text, by name."""
    texts = dict(BUILDERS)
    for opened in OPENED:
        for part in REPEATED:
            texts[f"{part!r} repeated behind {opened!r}"] = lambda size, opened=opened, part=part: (
                opened + part * (size // len(part))
            )
    return texts


def measure(folder: Path, text: str, **values: str) -> float:
    """Return the seconds of CPU for indexing an export of a text and reading it."""
    path = write_export(folder, item(1, **{"text": text} | values))
    started = time.process_time()
    read(path)
    return time.process_time() - started


def main(characters: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, texts = Path(name), build_texts()
        slowest: dict[str, tuple[float, str]] = {}
        for what, build in texts.items():
            repeated = what.partition(" behind ")[0]
            seconds = measure(folder, build(characters // 100))
            slowest[repeated] = max(slowest.get(repeated, (0.0, "")), (seconds, what))
        slow = ((measure(folder, texts[what](characters // 10)), what) for _seconds, what in slowest.values())
        longest = sorted((pair for pair in slow if pair[0] > MIN_SECONDS), reverse=True)
        for _seconds, what in longest:
            half, whole = (measure(folder, texts[what](size)) for size in (characters // 2, characters))
            print(f"{whole / half:5.1f} times for twice the size, {whole:6.2f} s: {what}", flush=True)
        print(f"{len(texts)} texts, {len(longest)} of them measured at {characters} characters")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CHARACTERS)
