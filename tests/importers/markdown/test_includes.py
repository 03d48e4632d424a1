"""What a text includes, assigns and refers to comes in; what nothing defines becomes its words, and is reported."""

import time

import pytest

from publications.importers.imported_file import NOT_PUBLIC, ImportLog
from publications.importers.markdown.includes import ResolvedText, resolve_includes
from publications.importers.markdown.liquid_values import UNKNOWN, Scope, evaluate, is_true
from publications.importers.markdown.source_site import find_source_site
from publications.models import Publication
from tests.blogs import import_blog, texts_of, write_post

from .test_reader import arrivals

FILES = {
    "references.md": "{% comment %}shared{% endcomment %}\n[ships]: https://ships.example/\n[Grain  Deal]: /grain/\n",
    "note.html": '<div class="note"><strong>{{ include.title }}</strong> {{ include.text | upcase }}</div>\n',
    "issues.md": (
        "{% assign all = include.numbers | split: ',' %}{% for one in all %}\n"
        "[issue #{{ one }}]: https://issues.example/{{ one }}\n"
        "{% if include.v > 1 %}[new #{{ one }}]: https://new.example/{{ one }}{% endif %}\n{%- endfor %}"
    ),
    "topics.md": "{% for topic in site.topics %}[topic {{ topic.short | default: topic.title }}]: {{ topic.url }}\n{% endfor %}",
    "outer.md": "Outer. {% include inner.md word=include.word %}",
    "inner.md": "Inner {{ include.word }}.",
    "endless.md": "{% include endless.md %}",
    "wide.md": "{% for i in (1..1000) %}{% for j in (1..1000) %}words {% endfor %}{% endfor %}",
}


@pytest.fixture
def site(tmp_path):
    """A folder of Jekyll with files to include; gives its folder of posts."""
    (tmp_path / "_config.yml").write_text(
        "title: The Blog\ncollections:\n  topics:\n    permalink: /topics/:title/\n"
    )
    (tmp_path / "_includes").mkdir()
    for name, text in FILES.items():
        (tmp_path / "_includes" / name).write_text(text)
    (tmp_path / "_topics").mkdir()
    (tmp_path / "_topics" / "black-sea.md").write_text("---\ntitle: The Black Sea\nshort: sea\n---\n")
    (tmp_path / "_posts").mkdir()
    (tmp_path / "secret.md").write_text("A secret.")
    return tmp_path / "_posts"


def resolved(site, text: str, **page) -> tuple[ResolvedText, str]:
    """A text with its includes, and what is reported of it."""
    result = ImportLog()
    found = resolve_includes(text, site=find_source_site(site), page=page, folder=site, log=result)
    return found, "\n".join(line.text for line in result.notes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% include outer.md word='grain' %}", "Outer. Inner grain."),
        ("{% assign x = 'a b' | split: ' ' | join: '-' %}{{ x }}", "a-b"),
        ("{% assign label = 'Ships' %}![{{label}}](/x.png) *{{label}}*", "![Ships](/x.png) *Ships*"),
        ("{% capture x %}one{% endcapture %}{{ x }} and {{ x }}", "one and one"),
        ("{% for i in (1..3) %}{{ i }}{% endfor %}", "123"),
        (
            "{% for i in (1..4) limit:2 offset: 1 reversed %}{{ i }}{% endfor %}{% for i in (1..3) limit:0 %}x{% endfor %}",
            "32",
        ),
        ("{% if page.lang == 'sv' %}svenska{% else %}English{% endif %}", "svenska"),
        ("{% unless page.lang == 'sv' %}English{% endunless %}", ""),
        ("{% case page.lang %}{% when 'en' %}a{% when 'fi' or 'sv' %}b{% endcase %}", "b"),
        ("{% assign seen = '1:33' %}Words.", "Words."),
        ("{% include 'inner.md' word='x' %}", "Inner x."),
        ("a {%- include inner.md word='x' -%} b", "aInner x.b"),
    ],
)
def test_what_is_known_is_put_in(site, text, expected):
    assert resolved(site, text, lang="sv")[0].text == expected


@pytest.mark.parametrize(
    "text",
    [
        "{% include absent.md %}",
        "{% include ../secret.md %}",
        "{% include /etc/hostname %}",
        "{% include figure.html src='/a.png' alt='x' %}",
        "{% if jekyll.environment %}words{% endif %}",
        "{% assign x = page.date | unheard_of %}",
        "{% for x in site.nothing %}words{% endfor %}",
        "{% raw %}{% include inner.md %}{% endraw %}",
        "{% if x",
        "{% if page.lang %}no end",
        "{{ unknown }} {{ page.title }}",
        "{{< include inner.md >}}",
    ],
)
def test_what_is_not_known_stays_as_it_was_written(site, text):
    assert resolved(site, text)[0].text == text


@pytest.mark.parametrize("name", ["endless.md", "wide.md"])
def test_includes_without_end_are_left_out_and_reported(site, name):
    began = time.monotonic()

    found, report = resolved(site, f"Before. {{% include {name} %}}")

    assert (
        "too large or too deep" in report
        and found.text.startswith("Before.")
        and time.monotonic() - began < 20
    )


def test_addresses_that_includes_define_are_kept_apart(site):
    text = (
        '{% include references.md %}{% include issues.md v=2 numbers="1,22" %}{% include topics.md %}Words.'
    )

    found, report = resolved(site, text)

    assert found.text == "Words." and report == ""
    assert found.definitions == {
        "ships": "https://ships.example/", "grain deal": "/grain/", "topic sea": "/topics/black-sea/",
        "issue #1": "https://issues.example/1", "issue #22": "https://issues.example/22",
        "new #1": "https://new.example/1", "new #22": "https://new.example/22",
    }  # fmt: skip


def test_words_that_an_include_puts_in_are_reported(site):
    found, report = resolved(site, "{% include note.html title='Note' text='that ships sail' %}")

    assert "<strong>Note</strong> THAT SHIPS SAIL" in found.text and "note.html" in report


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'a' | append: 'b' | upcase", "AB"),
        ("'Hash, signed!' | slugify", "hash-signed"),
        ("'Åland' | slugify: 'latin'", "aland"),
        ("'100000000000000000' | date: '%Y'", UNKNOWN),
        ("page.missing | default: 'x'", "x"),
        ("page.list.size", 2),
        ("page.list | first", "a"),
        ("'2024-04-09' | date: '%d/%m'", "09/04"),
        ("'x' | unheard_of", UNKNOWN),
        ("unheard.of", UNKNOWN),
        ("'a' | plus: 'b'", UNKNOWN),
    ],
)
def test_values_and_filters_of_liquid(expression, value):
    assert evaluate(expression, Scope({"list": ["a", "b"]}, {})) == value


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("page.a and page.b", False),
        ("page.a or page.b", True),
        ("page.a contains 'x'", True),
        ("page.b == nil", True),
        ("2 > 1", True),
        ("x.y == 1", UNKNOWN),
        ("page.a < > 1", UNKNOWN),
    ],
)
def test_conditions_of_liquid(condition, holds):
    assert is_true(condition, Scope({"a": "xyz"}, {})) is holds


@pytest.mark.django_db
def test_reference_links_lead_where_includes_say_or_become_their_words(site):
    body = (
        "On [ships][], the [deal][grain deal] and [issue\n#1][], [new ones][new #1].\n"
        "A [sea][topic sea] and [nobody's][undefined one], [this][] too.\n\n- item with a\n  label [over][issue\n  #1]\n\n"
        '{% include references.md %}{% include issues.md v=2 numbers="1" %}{% include topics.md %}'
    )
    write_post(site, body=body, front="lang: en\n")

    import_report = import_blog(site, site="https://old.example/")

    text = Publication.objects.get().body
    assert "nobody's, this too" in text and "[ships][]" in text
    assert {line for line in text.split("\n") if line.startswith("[")} == {
        "[issue #1]: https://issues.example/1",
        "[new #1]: https://new.example/1",
        "[topic sea]: https://old.example/topics/black-sea/",
        "[ships]: https://ships.example/",
        "[grain deal]: https://old.example/grain/",
    }
    assert [
        line.count("“undefined one”") + line.count("“this”") for line in texts_of(import_report, "reference")
    ] == [
        1,
        1,
    ]
    assert texts_of(import_report, "words") == []


@pytest.mark.parametrize(
    "text", ["matrix[0][1]", "A note[^1][^2].\n\n[^1]: a\n\n[^2]: b", r"\[a\][b]", "`[a][b]`", "[sic]"]
)
@pytest.mark.django_db
def test_what_is_no_reference_link_stays(tmp_path, text):
    write_post(tmp_path / "blog", body=text)

    import_report = import_blog(tmp_path / "blog")

    assert (
        texts_of(import_report, "reference") == [] and text.split("\n")[0] in Publication.objects.get().body
    )


@pytest.mark.parametrize(
    "body",
    [
        "{% if site.staging %}Secret words.{% endif %}",
        "{%- if\tsite.staging -%}\n![](/secret.png)\n{%- endif -%}",
        "{% if page.absent %}no{% elsif site.staging %}Secret{% else %}words{% endif %}",
        "{% unless site.live %}Secret words.{% endunless %}",
        "{% case site.stage %}{% when 'test' %}Secret words.{% endcase %}",
        "{% for note in site.notes %}Secret words.{% endfor %}",
        "{% if page.title %}{% if site.staging %}{{ page.secret }}{% endif %}{% endif %}",
        "{% if page.title %}Words{% elif staging %}Secret",
        "{% include endless.md %}{% if site.staging %}Secret words.{% endif %}",
        "{% include draft.md %}",
        "{% highlight text %}{% if site.staging %}Secret{% endif %}{% endhighlight %}",
    ],
)
@pytest.mark.parametrize("suffix", ["md", "html"])
def test_words_under_a_condition_that_is_not_known_hold_a_text_back(site, body, suffix):
    (site.parent / "_includes" / "draft.md").write_text("{% unless site.live %}Secret words.{% endunless %}")
    write_post(site, name=f"2024-04-09-a.{suffix}", front="secret: s\n", body=f"Before.\n\n{body}\n\nAfter.")

    (file,) = arrivals(site).values()

    assert file.is_draft
    assert any(note.topic == NOT_PUBLIC and "{%" in str(note.text) for note in file.notes)


@pytest.mark.parametrize(
    "body",
    [
        "{% if page.title %}Words.{% endif %}",
        "{% if site.title == 'The Blog' %}Words.{% else %}Other words.{% endif %}",
        "{% raw %}{% if site.staging %}Words.{% endif %}{% endraw %}",
        "{% if site.staging %}{% comment %}Words.{% endcomment %}{% assign x = 1 %}{% endif %}",
        "{% include outer.md word='grain' %}",
    ],
)
def test_words_under_a_condition_that_is_known_hold_nothing_back(site, body):
    write_post(site, name="2024-04-09-a.md", body=f"Before.\n\n{body}")

    assert not arrivals(site)["2024-04-09-a.md"].is_draft


def test_tags_of_liquid_are_plain_words_in_hugo(tmp_path):
    (tmp_path / "hugo.toml").touch()
    write_post(tmp_path / "content", body="{% if user %}Words.{% endif %}")

    assert not arrivals(tmp_path)["content/a.md"].is_draft
