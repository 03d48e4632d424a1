"""Texts written to keep an importer busy: what costs a step a sign, and what costs a step for every two of them.

`python -m tests.import_hostile [signs]` reads each at that size and at half of it, and tells how the cost grows: 2 is
linear, 4 is quadratic. It is told as a ratio of processor time.
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
from publications.importers.markdown import (  # noqa: E402
    AuthorList,
    ImageFinder,
    MarkdownImportContext,
    index_files,
    read_file,
)

SIGNS = 200_000
NOTICED = 0.15  # seconds
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
    "ever other Liquid": lambda size: _numbered("{{{{ a{} }}}} ", size),
    "ever other tags": lambda size: _numbered("{{% a{} %}}", size),
    "ever other links": lambda size: _numbered("[a](/b{}/) ", size),
    "ever other files": lambda size: _numbered("{{% post_url b{} %}}", size),
    "ever other pictures": lambda size: _numbered("![a](/b{}.png) ", size),
    "ever other comments": lambda size: _numbered("<!-- {} -->", size),
    "ever other frames": lambda size: _numbered("<iframe src=/{}></iframe>", size),
    "ever other notes": lambda size: _numbered("[^{}] ", size),
    "ever other definitions": lambda size: _numbered("[a{}]: /b{}/\n", size),
}  # fmt: skip
FRONT = {
    "ever other fields": lambda size: _numbered("a{}:\n", size),
    "ever other tags in a list": lambda size: "tags:\n" + _numbered("- a{}\n", size),
    "ever other authors": lambda size: "authors:\n" + _numbered("- a{}\n", size),
    "ever other old addresses": lambda size: "aliases:\n" + _numbered("- /a{}/\n", size),
    "ever other related pieces": lambda size: "related:\n" + _numbered("- a{}\n", size),
    "one field again and again": lambda size: "a: b\n" * (size // 5),
}  # fmt: skip


def _rising(sign: str, size: int) -> str:
    lengths = range(1, int((2 * size) ** 0.5))
    return " ".join(sign * each for each in lengths)


def _numbered(text: str, size: int) -> str:
    return "".join(
        text.replace("{}", str(each)).replace("{{", "{").replace("}}", "}")
        for each in range(size // len(text))
    )


def bodies() -> dict[str, Callable[[int], str]]:
    """What makes each text, by what it is."""
    found: dict[str, Callable[[int], str]] = dict(RISING)
    for opened in OPENED:
        for each in REPEATED:
            found[f"{each!r} again and again behind {opened!r}"] = lambda size, opened=opened, each=each: (
                opened + each * (size // len(each))
            )
    return found


def texts() -> dict[str, Callable[[int], str]]:
    """Whole files, by what they hold."""
    found = {
        name: lambda size, make=make: f"---\ntitle: A\n---\n{make(size)}" for name, make in bodies().items()
    }
    found |= {
        name: lambda size, make=make: f"---\ntitle: A\n{make(size)}---\nText.\n"
        for name, make in FRONT.items()
    }
    found["front matter that is no YAML"] = lambda size: (
        f"---\ntitle: A\nx: : [\n{'a: ' + 'b' * size}\n---\nText.\n"
    )
    found["fields that are no YAML"] = lambda size: f"---\nx: : [\n{_numbered('a{}:\n', size)}---\nText.\n"
    found["a list that is no YAML"] = lambda size: f"---\nx: : [\ntags:\n{'- a\n' * (size // 4)}---\nText.\n"
    found["lines that are no YAML"] = lambda size: f"---\nx: : [\na: b\n{' c\n' * (size // 3)}---\nText.\n"
    found["a name of spaces"] = lambda size: f"---\nx: : [\na{' ' * size}\n---\nText.\n"
    return found


def cost(folder: Path, text: str) -> tuple[float, float]:
    """Seconds of the processor that the import of a file takes, and those that rendering its text takes."""
    file = folder / "a.md"
    file.write_text(text, encoding="utf-8")
    began, rendering = time.process_time(), RENDERING[0]
    found = index_files(folder).assign_slugs({}, set())
    context = MarkdownImportContext(
        AuthorList({}), ImageFinder((folder,), {}, b""), {}, found.names(), frozenset(), "commentary"
    )
    for card in found.files:
        read_file(card, context)
    rendered = RENDERING[0] - rendering
    return time.process_time() - began - rendered, rendered


RENDERING = [0.0]


def _watch_rendering() -> None:
    """Count apart what prose takes, which is a room of its own."""
    render = markup.render_markdown

    def watched(*words, **more):
        began = time.process_time()
        try:
            return render(*words, **more)
        finally:
            RENDERING[0] += time.process_time() - began

    markup.render_markdown = watched


def main(signs: int) -> None:
    """Screen all at a twentieth of the size; of each text that goes on and on measure the slowest beginning whole."""
    _watch_rendering()
    with tempfile.TemporaryDirectory() as name:
        folder, made = Path(name), texts()
        slowest: dict[str, tuple[float, str]] = {}
        for what, make in made.items():
            going_on = what.partition(" behind ")[0]
            slowest[going_on] = max(
                slowest.get(going_on, (0.0, "")), (cost(folder, make(signs // 20))[0], what)
            )
        for _seconds, what in slowest.values():
            half, whole = (cost(folder, made[what](size)) for size in (signs // 2, signs))
            for part, small, large in zip(("importing", "rendering"), half, whole, strict=True):
                if large > NOTICED:
                    growth = large / max(small, 0.001)
                    print(
                        f"{growth:5.1f} times for twice the size, {large:6.2f} s {part}: {what}", flush=True
                    )
        print(
            f"{len(made)} texts, {len(slowest)} of them measured at {signs} signs; under {NOTICED} s is not told"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIGNS)
