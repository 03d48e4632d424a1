"""Texts that are expensive to import, to find what takes more than linear time.

`python -m tests.import_hostile [characters]` parses each at that size and at half of it, and prints how the CPU time
grows: 2 is linear, 4 is quadratic.
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

from publications import markup  # noqa: E402
from publications.importers.image_finder import ImageFinder  # noqa: E402
from publications.importers.markdown import (  # noqa: E402
    MarkdownImportContext,
    open_markdown_source,
    read_file,
)
from publications.importers.source_authors import AuthorList  # noqa: E402

CHARACTERS = 200_000
MIN_SECONDS = 0.15  # what takes less is not printed
REPEATED = (
    "<!--", "<!-- -->", "<!-- x -->", "<img ", "<img src=", '<img alt="', "<img alt='", "<a ", "<a href=", '<a href="', "<a <", "<a href='x'>",
    "<table>", "<table", "<ul><li>", "<pre>", "<script>", "<script", "<iframe src=", "<svg><", "<div>", "<div ", "<p", "</div>",
    "<blockquote>", "<blockquote", "</blockquote>", "<aside class=quote>", "<blockquote></aside>", "<span", "<style><script>",
    "<video><audio><object>", "<b>", "&lt;", "<",
    "{%", "{% ", "{% a", "{% a %}", "{% raw %}", "{% raw", "{% comment %}", "{% highlight x %}", "{% highlight ", "{% image 'x",
    "{%- ", "{% endraw %}", "{% image x %}", "{% post_url x %}",
    "{{", "{{ ", "{{ a", "{{ a }}", "{{ a | url", "{{< ", "{{< highlight x >}}", "{{< a ", "{{< a >}}", "{{% a ", "{{</", "{{ 'x", '{{ "a" | team_link }}',
    "{% if x %}", "{% if x %}{% endif %}", "{% for i in (1..1000) %}", "{% capture x %}{{ x }}{{ x }}", "{% assign a = a | append: a %}",
    "{% include x %}", "-%}", "{%- x -%} ", "{:#", "{:#a}", "\n{:#a}", "# a {#b}\n", "- {:#a} ", "<div id='a' ", "](#a", "[a][b", "[[a][b]",
    "{:", "{: .x", "{: .x}", "{.x", "{:toc}", "* x\n{:", "[TOC]\n",
    "[", "]", "[[", "[](", "](", "](<", "]((a)", "](a(b", "[a](b", "[a](b)", "[x", "[^", "[^x]", "[^x]:", "][", "][a", "![", "![](", "![a](b",
    "![a][b]", "![a][", "![[", "![[a]", "[a]: b\n", "[a]:\n", "[a]: <", "\n[a", "![\n", '![a](b "', "![a](<", "[![a](b)](c) ",
    "`", "``", "```\n", "````\n", "`a", "`\n", "`a`", "``a`", "~~~\n", "~~~~ a\n", "~~", "~~a", "~~a~~ ", "```a\n~~~\n",
    "*", "**", "*a", "_", "__a", "**a *b ", "#", "# ", "\n#", "=", "\n=", "a\n=\n", "- ", "\n- ", "> ", "\n>", "1. ", "\n1. ",
    " ", "\t", "\n", "\n\n", " \n", "\n ", "\xa0", "a", "a ", "a\n", "a-", "-", "a.", ".", "a=", '"', "'", "\\", '\\"', "a'", "|", "| a ", "\n| a | b |", "|-",
    "\ue000", "\ue0000\ue001", "\ue000", "\u3042", "&", "&#", "&amp;", "http://", "http://[", "(", ")", "()", ":", "a:", "a: b\n", "a:\n",
)  # fmt: skip
OPENED = (
    "", "<!--", "--> ", "<img ", "<img alt=", "<a href=", "<table ", "<table>", "<script ", "<blockquote>", "{% x ", "{% raw %}", "{{ ",
    "{{< x ", "{: ", "](", "![", "![a](", "[a]: ", "[^", "`", "```\n", "* ", "1. ", "# ", "a:", "<div ",
)  # fmt: skip
CLOSED = ("", "\n", "-->", ">", "%}", "}}", "}", ")", "]", "`", "\n```\n", '"', "x")
RISING = {
    "backticks of rising length": lambda size: _rising("`", size),
    "backticks of falling length": lambda size: _rising("`", size)[::-1],
    "tildes on lines of rising length": lambda size: _rising("~", size).replace(" ", "\n"),
    "tildes on lines of falling length": lambda size: _rising("~", size).replace(" ", "\n")[::-1],
    "ever new Liquid": lambda size: _numbered("{{{{ a{} }}}} ", size),
    "ever new tags": lambda size: _numbered("{{% a{} %}}", size),
    "ever new links": lambda size: _numbered("[a](/b{}/) ", size),
    "ever new files": lambda size: _numbered("{{% post_url b{} %}}", size),
    "ever new images": lambda size: _numbered("![a](/b{}.png) ", size),
    "ever new comments": lambda size: _numbered("<!-- {} -->", size),
    "ever new frames": lambda size: _numbered("<iframe src=/{}></iframe>", size),
    "ever new notes": lambda size: _numbered("[^{}] ", size),
    "ever new definitions": lambda size: _numbered("[a{}]: /b{}/\n", size),
}  # fmt: skip
FRONT = {
    "ever new fields": lambda size: _numbered("a{}:\n", size),
    "ever new tags in a list": lambda size: "tags:\n" + _numbered("- a{}\n", size),
    "ever new authors": lambda size: "authors:\n" + _numbered("- a{}\n", size),
    "ever new old addresses": lambda size: "aliases:\n" + _numbered("- /a{}/\n", size),
    "ever new related publications": lambda size: "related:\n" + _numbered("- a{}\n", size),
    "one field again and again": lambda size: "a: b\n" * (size // 5),
}  # fmt: skip


def _rising(sign: str, size: int) -> str:
    lengths = range(1, int((2 * size) ** 0.5))
    return " ".join(sign * length for length in lengths)


def _numbered(text: str, size: int) -> str:
    return "".join(
        text.replace("{}", str(number)).replace("{{", "{").replace("}}", "}")
        for number in range(size // len(text))
    )


def bodies() -> dict[str, Callable[[int], str]]:
    """Return the functions that build each text, by name."""
    bodies_by_name: dict[str, Callable[[int], str]] = dict(RISING)
    for opened in OPENED:
        for part in REPEATED:
            bodies_by_name[f"{part!r} repeated behind {opened!r}"] = lambda size, opened=opened, part=part: (
                opened + part * (size // len(part))
            )
    return bodies_by_name


def texts() -> dict[str, Callable[[int], str]]:
    """Return the functions that build whole files, by name."""
    files = {
        name: lambda size, make=make: f"---\ntitle: A\n---\n{make(size)}" for name, make in bodies().items()
    }
    files |= {
        name: lambda size, make=make: f"---\ntitle: A\n{make(size)}---\nText.\n"
        for name, make in FRONT.items()
    }
    files["front matter that is no YAML"] = lambda size: (
        f"---\ntitle: A\nx: : [\n{'a: ' + 'b' * size}\n---\nText.\n"
    )
    files["fields that are no YAML"] = lambda size: f"---\nx: : [\n{_numbered('a{}:\n', size)}---\nText.\n"
    files["a list that is no YAML"] = lambda size: f"---\nx: : [\ntags:\n{'- a\n' * (size // 4)}---\nText.\n"
    files["lines that are no YAML"] = lambda size: f"---\nx: : [\na: b\n{' c\n' * (size // 3)}---\nText.\n"
    files["a name of spaces"] = lambda size: f"---\nx: : [\na{' ' * size}\n---\nText.\n"
    return files


def cost(folder: Path, text: str) -> tuple[float, float]:
    """Return the seconds of CPU for parsing a file, and for rendering its text."""
    file = folder / "a.md"
    file.write_text(text, encoding="utf-8")
    started, rendering = time.process_time(), RENDERING[0]
    source = open_markdown_source(folder).assign_slugs({}, set())
    context = MarkdownImportContext(
        authors=AuthorList({}),
        image_finder=ImageFinder((folder,), {}, b""),
        addresses={},
        uids_by_name=source.uids_by_name(),
        kinds=frozenset(),
        kind="commentary",
    )
    for file_card in source.entries:
        read_file(file_card, context)
    rendered = RENDERING[0] - rendering
    return time.process_time() - started - rendered, rendered


RENDERING = [0.0]


def _watch_rendering() -> None:
    """Count the CPU of rendering separately."""
    render = markup.render_markdown

    def timed_render(*words, **more):
        started = time.process_time()
        try:
            return render(*words, **more)
        finally:
            RENDERING[0] += time.process_time() - started

    markup.render_markdown = timed_render


def main(characters: int) -> None:
    """Measure all at a twentieth of the size; of each repeated part, measure the slowest beginning at full size."""
    _watch_rendering()
    with tempfile.TemporaryDirectory() as name:
        folder, files = Path(name), texts()
        slowest: dict[str, tuple[float, str]] = {}
        for what, make in files.items():
            repeated = what.partition(" behind ")[0]
            slowest[repeated] = max(
                slowest.get(repeated, (0.0, "")), (cost(folder, make(characters // 20))[0], what)
            )
        for _seconds, what in slowest.values():
            half, whole = (cost(folder, files[what](size)) for size in (characters // 2, characters))
            for part, small, large in zip(("importing", "rendering"), half, whole, strict=True):
                if large > MIN_SECONDS:
                    growth = large / max(small, 0.001)
                    print(
                        f"{growth:5.1f} times for twice the size, {large:6.2f} s {part}: {what}", flush=True
                    )
        print(
            f"{len(files)} texts, {len(slowest)} of them measured at {characters} characters; under {MIN_SECONDS} s is not printed"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CHARACTERS)
