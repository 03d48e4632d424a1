"""The shortcodes of a site of Hugo itself: what their templates do not show is no text."""

import pytest

from publications.importers.imported_file import ImportLog
from publications.importers.markdown.go_templates import ANY, INNER, find_shown
from publications.importers.markdown.shortcodes import resolve_shortcodes
from publications.importers.source_authors import AuthorList
from publications.models import Edition
from tests.blogs import import_blog, texts_of

ALWAYS, PERHAPS = True, None


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("", {}),
        ("{{/* {{ .Inner }} */}}", {}),
        ("<p>{{- .Inner | markdownify -}}</p>", {INNER: ALWAYS}),
        ("{{ $_ := .Inner }}", {}),
        ("{{ $x := trim .Inner `\n` }}{{ $x | .Page.RenderString }}", {INNER: ALWAYS}),
        ("{{ if .Inner }}{{ .Inner }}{{ end }}{{ with .Get 0 }}{{ . }}{{ end }}", {INNER: ALWAYS, 0: ALWAYS}),
        ("{{ range split .Inner `\n` }}<li>{{ . }}</li>{{ end }}", {INNER: ALWAYS}),
        ("{{ if not hugo.IsProduction }}{{ .Inner }}{{ end }}", {}),
        ('{{ if eq hugo.Environment "production" }}{{ $.Inner }}{{ else }}{{ .Get 0 }}{{ end }}', {INNER: ALWAYS}),
        ('{{ if eq (.Get "for") "staff" }}{{ else }}{{ .Inner }}{{ end }}', {}),
        ('{{ if ne (.Get "for") "all" | and (isset .Params "for") }}{{ .Params.title }}{{ end }}', {"title": ALWAYS}),
        ("{{ if .Site.Params.staff }}{{ .Inner }}{{ end }}", {INNER: PERHAPS}),
        ("{{ if .Site.Params.staff }}<b>{{ .Inner }}</b>{{ else if .Get 1 }}{{ .Get 1 }}{{ else }}{{ .Inner }}{{ end }}",
         {INNER: ALWAYS}),
        ('{{ $i := .Page.Resources.GetMatch (.Get "for") }}{{ with $i }}{{ .Title }}{{ end }}', {"for": ALWAYS}),
        ('{{ partial "box" . }}', {ANY: PERHAPS}),
        ('{{ partial "box" (dict "text" .Inner) }}', {INNER: ALWAYS}),
        ("{{ define `x` }}{{ .Inner }}{{ end }}", {}),
        ("{{ '\"' }}{{ \"a }}\n{{ .Inner {{ .Inner }}", {INNER: ALWAYS}),
    ],
)  # fmt: skip
def test_a_template_shows_what_its_actions_write(template, shown):
    arguments = {"for": "staff", "title": "A title", 0: "staff", 1: ""}

    assert find_shown(template, arguments, "words") == shown


@pytest.mark.parametrize("repeated", [" ", '"{{"', '"{{ \\"', "`{{`", "'\"'{{", "/*{{"])
def test_a_template_without_ends_is_read_once(repeated):
    # Read again from each opening, it would take hours.
    assert find_shown("{{" + repeated * 200_000, {}, "words") == {}


SITE = {
    "hugo.toml": "theme = 'plain'\n",
    "layouts/shortcodes/private.html": "<!-- {{ .Inner }} -->",
    "layouts/_shortcodes/away.html": '<div style="display:none">{{ .Inner }}</div>',
    "themes/plain/layouts/shortcodes/note.html": "<h4>{{ .Get `title` }}</h4>{{ .Inner }}",
    "layouts/shortcodes/staff.html": "{{ if .Site.Params.staff }}{{ .Inner }}{{ end }}",
}
SHOWN = (
    'Words. {{< private >}}Salt{{< /private >}} {{% away %}}Pepper{{% /away %}} {{< private text="Two salts" />}}\n\n'
    '{{< note title="Fine words" summary="Three salts" >}}Sugar {{< private >}}Salts{{< /private >}}{{< /note >}}'
)


def write_hugo(folder, body: str) -> None:
    for place, text in {
        **SITE,
        "content/posts/a.md": f"---\ntitle: A\ndate: 2024-04-09\nauthor: ann\nsummary: Short.\n---\n{body}\n",
    }.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "is_live"),
    [
        (SHOWN, True),
        ("Words. {{< staff >}}Salt{{< /staff >}}", False),
        ("Words. {{< staff >}}{{< /staff >}}", True),
    ],
)
def test_words_that_a_shortcode_hides_are_left_out_or_hold_their_text_back(tmp_path, body, is_live):
    write_hugo(tmp_path, body)

    report = import_blog(tmp_path, media=())

    page = "".join(Edition.objects.live().values_list("body", flat=True))
    assert bool(page) == is_live, texts_of(report, "not-public", "content/posts/a.md")
    assert "alt" not in page and "Pepper" not in page
    if body == SHOWN:
        assert "Sugar" in page and "Fine words" in page
        assert not texts_of(report, "words", "content/posts/a.md")
        hidden = " ".join(texts_of(report, "hidden", "content/posts/a.md"))
        assert "Salt" in hidden and "Pepper" in hidden and "Salts" in hidden


@pytest.mark.parametrize(
    ("body", "is_held"),
    [
        ('{{% hugo-encryptor "hunter2" %}}Salt{{% /hugo-encryptor %}}', True),
        ('{{< password "hunter2" >}}Salt{{< /password >}}', True),
        ("{{< members-only >}}Salt{{< /members-only >}}", True),
        ("{{< zzz >}}Salt{{< /zzz >}}", True),
        ("{{< zzz >}}", False),
        ("{{< callout >}}Salt{{< /callout >}} {{< hint info >}}Salt{{< /hint >}}", False),
        ("{% members %}Salt{% endmembers %}", True),
        ('{% protected "hunter2" %}Salt{% endprotected %}', True),
        ('{% include premium.html content="Salt and pepper" %}', True),
        ('{% include team.html content="Salt and pepper" %}', False),
        ("{% highlight x %}Salt{% endhighlight %} {% zzz %}", False),
    ],
)
def test_a_tag_that_may_hide_words_holds_its_text_back(body, is_held):
    log = ImportLog()

    left = resolve_shortcodes(body, keep=str, authors=AuthorList({}), fields={}, log=log)

    assert log.is_hidden is is_held
    assert "hunter2" not in left + "".join(note.text for note in log.notes)


@pytest.mark.parametrize("part", ["{{", "{{/*", '{{"', "{{ a", "{{`", '{{ "\\'])
def test_a_template_of_openings_without_an_end_is_read(part):
    assert find_shown(part * 40_000, {}, "") == {}
