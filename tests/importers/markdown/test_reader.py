"""Reading files of other programs as manuscripts: changes are noted, and no file makes the import fail."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publications import markup
from publications.importers.image_finder import ImageFinder
from publications.importers.imported_file import ImportLog, NoteKind
from publications.importers.markdown.authors import read_authors
from publications.importers.markdown.dates import parse_date
from publications.importers.markdown.front_matter import read_front_matter
from publications.importers.markdown.page import PLAIN_TEXT, compare_markdown
from publications.importers.markdown.reader import MarkdownImportContext, read_file
from publications.importers.markdown.shortcodes import resolve_shortcodes
from publications.importers.markdown.source import open_markdown_source
from publications.importers.source_authors import AuthorList
from publications.manuscript import HOME_ZONE
from tests.conftest import ROOT

SAMPLES = ROOT / "tests" / "samples" / "import"
POST = "---\ntitle: A title\ndate: 2024-04-09\nauthor: ann\nexcerpt: A summary.\n---\n{}"


@pytest.fixture
def read(tmp_path):
    """Reads texts, by file name, as one folder; gives arrivals by name."""

    def _read(authors=SAMPLES / "authors.csv", **options) -> dict:
        files = options.pop("files")
        folder = tmp_path / "blog"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return arrivals(folder, authors, **options)

    return _read


def arrivals(
    folder: Path, authors=None, *, media=SAMPLES / "media", site: str = "", given=None, taken=()
) -> dict:
    found = open_markdown_source(folder).assign_slugs(given or {}, set(taken))
    addresses = found.addresses(lambda locale, slug: f"/{locale}/publications/{slug}/")
    gallery = ImageFinder((media, folder), {}, b"secret")
    people = read_authors(authors)
    context = MarkdownImportContext(
        authors=people,
        image_finder=gallery,
        addresses=addresses,
        uids_by_name=found.uids_by_name(),
        kinds=frozenset({"report"}),
        kind="commentary",
        site=site,
        source_site=found.source_site,
        linked_fragments=found.linked_fragments,
    )
    return {file.source: read_file(file, context) for file in found.entries}


def body_of(read, markdown: str, **options) -> str:
    return read(files={"a.md": POST.format(markdown)}, **options)["a.md"].manuscript.body


def texts_of(arrival, sort: NoteKind) -> str:
    return "\n".join(line.text for line in arrival.notes if line.kind is sort)


@pytest.mark.parametrize(
    ("written", "day", "hour"),
    [
        ("2014-03-19", "2014-03-19", 0),
        ("2014-03-19T22:30:00-05:00", "2014-03-19", 22),
        ("2014-03-19 09:00:00 -5", "2014-03-19", 15),
        ("2014-03-19T23:30:00.000Z", "2014-03-19", 23),
        ("2014-3-9 8:05", "2014-03-09", 8),
        ("2014/03/19", "2014-03-19", 0),
        ("19.03.2014", "2014-03-19", 0),
        ("9 April 2024", "2024-04-09", 0),
        ("April 9th, 2024", "2024-04-09", 0),
        ("Wed, 19 Mar 2014 12:00:00 -0500", "2014-03-19", 18),
        ("2024-03-31 02:30", "2024-03-31", 2),
    ],
)
def test_the_day_stays_as_it_was_written(written, day, hour):
    moment = parse_date(written).astimezone(HOME_ZONE)

    assert moment.date() == date.fromisoformat(day) and moment.hour in (hour, hour + 1)


@pytest.mark.parametrize("written", ["", "soon", "2014-13-01", "2014-02-30", "0001-01-01", "99999", "1:2:3"])
def test_what_is_no_date_is_none(written):
    assert parse_date(written) is None


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf---\r\ntitle: A\r\n---\r\nText\r\n",
        b"\n\n---\ntitle: A\n---\nText\n",
        "---\ntitle: A\n---\nText\n".encode("utf-16"),
        b'+++\ntitle = "A"\n+++\nText\n',
        b'{"title": "A"}\nText\n',
        b"---\ntitle: A\ntitle: A\n---\nText\n",
        b"---\ntags:\n- x\t\t\ntitle: A\n---\nText\n",
        b"---\ntitle: A\nbad: : [\n---\nText\n",
    ],
)
def test_front_matter_of_every_kind_is_read(content):
    front = read_front_matter(content, ImportLog())

    assert front.fields["title"] == "A" and front.body.strip() == "Text"


def test_front_matter_that_is_no_yaml_is_reported():
    result = ImportLog()

    fields = read_front_matter(b"---\ntitle: A: b\ntags:\n- x\n- y\n---\n", result).fields

    assert (fields["title"], fields["tags"], result.notes[0].kind) == ("A: b", ["x", "y"], NoteKind.GUESSED)


def test_a_file_without_front_matter_is_refused(read):
    assert "There is no front matter" in open_markdown_source(SAMPLES / "jekyll").refused["README.md"]


def test_liquid_is_resolved_or_reported():
    result, aside = ImportLog(), []
    people = read_authors(SAMPLES / "authors.csv")
    text = '{{ "ann" | team_link }} [x]({{ "/y/" | url }}) {% raw %}{{ z }}{% endraw %}{% if a %}{{ b.c }}'

    resolved = resolve_shortcodes(
        text, keep=lambda kept: aside.append(kept) or "<>", authors=people, fields={}, log=result
    )

    assert resolved == "Ann Berg [x](/y/) <>" and aside == ["{{ z }}"]
    assert [line.text for line in result.notes] == [
        "Liquid left out: {% if a %}",
        "Liquid left out: {{ b.c }}",
    ]


def test_a_name_that_is_made_from_an_id_is_reported():
    result = ImportLog()

    resolved = resolve_shortcodes(
        '{{ "romke-h" | team_link }}', keep=str, authors=AuthorList({}), fields={}, log=result
    )

    assert resolved == "Romke H"
    assert [line.text for line in result.notes] == [
        "A name in the text was made from an id: romke-h became Romke H."
    ]


def test_shortcodes_of_hugo_are_resolved(read):
    text = '{{< ref "b.md" >}} [b]({{< relref "b.md" >}}) {{< youtube id1 >}} {{< figure src="/assets/blog/port.png" alt="Port" >}}'

    files = {"a.md": POST.format(text), "b.md": POST.format("B")}
    body = read(files=files)["a.md"].manuscript.body

    assert "[b](/en/publications/b/)" in body and "watch?v=id1" in body and "![Port](image:" in body
    assert "{{" not in body


def test_the_sample_blog_comes_out_as_it_should():
    found = arrivals(SAMPLES / "jekyll", SAMPLES / "authors.csv")
    post = found["_posts/2021-03-04-grain.md"]
    text, html = post.manuscript, post.rendered.html

    assert (text.title, text.slug, text.tags) == ("Grain & ships", "grain", ("Black Sea", "grain"))
    assert [line.author for line in text.bylines] == ["bo-ek", "ann"]
    assert (
        text.published_at.date() == date(2021, 3, 5) and text.summary == "Two routes out of Odesa, both open."
    )
    assert set(post.former_paths) == {"/2021/03/04/grain/", "/old/Grain/"}
    assert text.cover == text.images[0].key and len(text.images) == 1 and f"image:{text.cover}" in text.body
    assert 'href="/en/publications/fleet' in html and 'href="https://video.example.org/embed/1"' in html
    assert "<blockquote>" in html and "<em>held</em>" in html and "{{ name }}" in html
    assert "<pre><code>run &lt;this&gt;\n\nthen that" in html and "<script" not in html and "{:" not in html
    assert "widgets.example.org" in texts_of(post, NoteKind.DROPPED) and "lost.png" in texts_of(
        post, NoteKind.DROPPED
    )
    assert "https://example.org/routes" in texts_of(post, NoteKind.DROPPED) and post.coverage.missing == ()


def test_a_name_of_a_file_gives_the_date_and_says_so():
    fleet = arrivals(SAMPLES / "jekyll")["_posts/2021-04-01-fleet.md"]

    assert fleet.manuscript.published_at.date() == date(2021, 4, 1)
    assert "file's name: 2021-04-01" in texts_of(fleet, NoteKind.GUESSED)


def test_no_date_stays_no_date_and_unknown_authors_are_not_staff():
    arrival = arrivals(SAMPLES / "jekyll", SAMPLES / "authors.csv")["_posts/no-date.md"]

    assert arrival.manuscript.published_at is None and arrival.non_guest_authors == frozenset()
    assert [line.name for line in arrival.manuscript.bylines] == ["Somebody Else"]


def test_the_same_slug_twice_has_two_addresses():
    found = arrivals(SAMPLES / "jekyll")

    assert found["_posts/2021-04-01-fleet.md"].manuscript.slug == "fleet"
    assert found["fleet.md"].manuscript.slug == "fleet-2"


def test_translations_name_their_original():
    found = arrivals(SAMPLES / "jekyll")

    assert found["sv/fleet.md"].manuscript.translation_of == found["fleet.md"].manuscript.uid
    assert found["sv/fleet.md"].manuscript.language == "sv"


def test_related_publications_are_found_by_file():
    found = arrivals(SAMPLES / "jekyll")

    assert found["fleet.md"].manuscript.related == (found["_posts/2021-03-04-grain.md"].manuscript.uid,)


def test_addresses_do_not_depend_on_how_often_or_in_which_order(read):
    files = {f"{year}-01-01-same.md": POST.format("T") for year in (2020, 2021, 2022)}
    first = {name: item.manuscript for name, item in read(files=files).items()}
    given = {first["2021-01-01-same.md"].uid: "same-2"}

    again = read(files=files, given=given)

    assert [item.manuscript.slug for item in again.values()] == [item.slug for item in first.values()]


def test_an_address_of_another_publication_is_left_to_it(read):
    found = read(files={"fleet.md": POST.format("T")}, taken=[("en", "fleet")])

    assert found["fleet.md"].manuscript.slug == "fleet-2"


@pytest.mark.parametrize(
    ("markdown", "kept"),
    [
        ("![A port](/assets/blog/port.png)", "![A port](image:"),
        ('<img src="/assets/blog/port.png" alt="A port">', "![A port](image:"),
        ("![A port][p]\n\n[p]: /assets/blog/port.png", "![A port](image:"),
        ("![A port](/assets/none.png)", "*A port*"),
        ("![A port](https://example.org/p.png)", "[A port](https://example.org/p.png)"),
        ("![A port](/assets/../../../../etc/passwd)", "*A port*"),
        ("[a](//example.org/x)", "[a](https://example.org/x)"),
        ('<div markdown="1">\n\n## H\n\n</div>', "## H"),
        ("<aside class='pquote'>\n  So it is.\n</aside>", "> So it is."),
        ("~~gone~~", "<del>gone</del>"),
    ],
)
def test_pictures_links_and_frames(read, markdown, kept):
    assert kept in body_of(read, markdown)


def test_pictures_and_links_in_a_raw_table_are_shown(read):
    table = "<table><tr><td>\n\n![A port](/assets/blog/port.png)\n\n</td><td>[x](https://example.org/x)</td></tr></table>"

    html = markup.render_markdown(body_of(read, table)).html

    assert 'alt="A port"' in html and "data-image" in html and '<a href="https://example.org/x">x</a>' in html


def test_links_to_the_old_site_lead_there_or_to_the_new_address(read):
    files = {
        "a.md": POST.format("[b](https://old.example/b/) [c](/c/)"),
        "b.md": POST.format("B").replace("title", "permalink: /b/\ntitle"),
    }

    body = read(files=files, site="https://old.example")["a.md"].manuscript.body

    assert body == "[b](/en/publications/b/) [c](https://old.example/c/)"


def test_words_that_are_lost_are_named():
    share = compare_markdown("One *two* three [four](http://x.example/y).", "One two four")

    assert share.missing == ("three",) and share.total == 4


def test_code_in_a_list_stays_code_in_its_item(read):
    html = markup.render_markdown(body_of(read, "1. Do:\n\n   ```\n   a\n\n   b\n   ```\n\n2. Then.")).html

    assert html.count("<ol>") == 1 and "<pre><code>a\n\nb" in html


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: POST.format(text).encode()))
def test_any_bytes_are_read_or_refused(tmp_path, content):
    folder = tmp_path / "any"
    folder.mkdir(exist_ok=True)
    (folder / "any.md").write_bytes(content)
    (folder / "good.md").write_text(POST.format("Good."), encoding="utf-8")

    found = arrivals(folder)

    assert found["good.md"].manuscript.body == "Good."


SIGNS = st.text(st.sampled_from("---:[]{}&*!|>'\"#%@,?\n\t -ab1<{%}=/"), max_size=60)
VALUE = st.recursive(
    SIGNS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SIGNS, inner, max_size=3), max_leaves=6
)
NAMES = st.sampled_from(
    [
        "title",
        "date",
        "authors",
        "tags",
        "image",
        "draft",
        "related",
        "permalink",
        "redirect_from",
        "lang",
        "slug",
        "uid",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=SIGNS, fields=st.dictionaries(NAMES, VALUE, max_size=6), body=SIGNS)
def test_any_front_matter_is_read_or_refused(tmp_path, written, fields, body):
    folder = tmp_path / "any"
    folder.mkdir(exist_ok=True)
    (folder / "typed.md").write_text(f"---\n{written}\n---\n{body}", encoding="utf-8")
    (folder / "fields.md").write_text(json.dumps(fields) + f"\n{body}", encoding="utf-8")

    found = arrivals(folder)

    assert all(item.manuscript or item.refusal for item in found.values())


@settings(max_examples=200, deadline=None)
@given(body=st.text(st.sampled_from("{}%<>[]()!`~-#*\"'/= \nabcdiv.:|&;"), max_size=120))
def test_no_text_makes_it_fail(body):
    result = ImportLog()
    kept = resolve_shortcodes(body, keep=lambda text: "", authors=AuthorList({}), fields={}, log=result)

    assert isinstance(kept, str) and compare_markdown(body, kept) is not None


@settings(max_examples=300, deadline=None)
@given(words=st.from_regex(PLAIN_TEXT, fullmatch=True))
def test_a_summary_that_is_taken_as_it_is_would_be_rendered_as_it_is(words):
    summary = " ".join(words.split())

    assert " ".join(markup.render_markdown(summary).text.split()) == summary


@pytest.mark.parametrize(
    ("written", "summary"),
    [
        ("One *two*.", "One two."),
        ("One &amp; two", "One & two"),
        ("It's... --", "It’s… –"),
        ("[One](https://example.org/)", "One"),
    ],
)
def test_a_summary_is_plain_text(read, written, summary):
    files = {"a.md": f"---\ntitle: A\nexcerpt: '{written.replace("'", "''")}'\n---\nText."}

    assert read(files=files)["a.md"].manuscript.summary == summary


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        ("The first that says something.\n\nAnother.", "The first that says something."),
        ("Only three words.", ""),
        ("word " * 100, "word " * 59 + "word …"),
    ],
)
def test_a_publication_without_a_summary_has_its_first_paragraph(read, body, summary):
    arrival = read(files={"a.md": f"---\ntitle: A\n---\n{body}"})["a.md"]

    assert arrival.manuscript.summary == summary
    assert bool(summary) == ("The summary is the first paragraph." in texts_of(arrival, NoteKind.GUESSED))


@pytest.mark.parametrize(
    "before",
    [
        "Short.",
        "These are the four points:\n\n- a list of several words",
        "> A quotation of several words.",
        "![A map of the north coast](gone.png)",
        '![](gone.png "It\'s a map of the coast")',
    ],
)
def test_a_caption_a_quotation_or_a_short_line_is_no_summary(read, before):
    arrival = read(files={"a.md": f"---\ntitle: A\n---\n{before}\n\nThe first that says something."})["a.md"]

    note = "The summary is the first paragraph that is no caption, quotation or short line."
    assert arrival.manuscript.summary == "The first that says something."
    assert note in texts_of(arrival, NoteKind.GUESSED)


def test_a_text_of_quotations_says_that_its_summary_is_one(read):
    arrival = read(files={"a.md": "---\ntitle: A\n---\n> A quotation of several words."})["a.md"]

    assert arrival.manuscript.summary == "A quotation of several words."
    note = "The summary is a quotation, as the text has no other long paragraph."
    assert note in texts_of(arrival, NoteKind.GUESSED)
