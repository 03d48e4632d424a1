"""Tags of Liquid and shortcodes: pictures are pictures whatever they are called, words stay, what is lost is counted."""

import pytest

from publications.models import Edition
from tests.blogs import import_blog, texts_of, write_post

pytestmark = pytest.mark.django_db


def page(folder, body: str, **options) -> tuple[str, object]:
    import_report = import_blog(write_post(folder / "blog", body=f"Before.\n\n{body}\n\nAfter."), **options)
    return Edition.objects.get().html, import_report


@pytest.mark.parametrize(
    "tag",
    [
        '{{< figure src="/assets/blog/port.png" alt="A port" >}}',
        '{{< legacy-img src="assets/blog/port.png" alt="A port" >}}',
        '{{% img-right src="/assets/blog/port" alt="A port" %}}',
        '{{< asset-img path="/assets/blog/port.png" alt="A port" >}}',
        '{% picture_of src="/assets/blog/port.png" alt="A port" %}',
        '{% include figure.html image_path="/assets/blog/port.png" alt="A port" %}',
        "{% img src='/assets/blog/port.png' alt='A port' %}",
    ],
)
def test_any_tag_with_a_source_and_words_is_a_picture(tmp_path, tag):
    html, import_report = page(tmp_path, tag)

    assert '<figure><img data-image="' in html and 'alt="A port"' in html
    assert texts_of(import_report, "words") == [] and texts_of(import_report, "liquid") == []


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        (
            '{{< figure src="/assets/blog/port.png" alt="A" caption="Ships wait" attr="Photo: Bo" >}}',
            "Ships wait Photo: Bo",
        ),
        ('{{< ours src="/assets/blog/port.png" caption="Ships [wait](/x/)" >}}', ">wait</a>"),
        ('{{< ours src="lost.png" alt="A port" caption="Ships wait" >}}', "A port</em> Ships wait"),
        ('{{< pullquote quote="No ship sails" cite="Ann Berg" >}}', "<blockquote>"),
        ("{{< pullquote >}}\nNo ship sails\n{{< /pullquote >}}", "<blockquote>"),
        ("{% pullquote %}No ship sails{% endpullquote %}", "<blockquote>"),
        ('{{< note "Mind the date of this note" >}}', "Mind the date of this note"),
        ('{{< asset file="x.pdf" label="View the slides" >}}', '<a href="/x.pdf">View the slides</a>'),
        (
            '{{< card kicker="Read" title="The deal" href="https://deal.example/" >}}',
            '<a href="https://deal.example/">',
        ),
        ('Ships {{< tooltip text="with grain aboard" >}} sail.', "Ships with grain aboard sail."),
        ('{% include absent.html title="The deal" text="Ships sail." %}', "Ships sail."),
        ("{{< box >}}Ships sail.{{< /box >}}", "Ships sail."),
    ],
)
def test_words_that_a_tag_is_given_stay(tmp_path, tag, words):
    html, import_report = page(tmp_path, tag)

    assert words in html and "{{" not in html and "{%" not in html and texts_of(import_report, "words") == []


def test_a_quotation_of_a_tag_holds_its_words_and_who_said_them(tmp_path):
    html, _account = page(tmp_path, '{{< pullquote cite="Ann Berg" >}}\nNo ship sails\n{{< /pullquote >}}')

    quoted = html.partition("<blockquote>")[2].partition("</blockquote>")[0]
    assert quoted.index("No ship sails") < quoted.index("— Ann Berg")


def test_a_film_is_a_link_and_no_picture(tmp_path):
    html, _account = page(tmp_path, '{{< video src="/films/port.mp4" title="The port" >}}')

    assert '<a href="/films/port.mp4">The port</a>' in html and "<img" not in html


@pytest.mark.parametrize("tag", ["{{< unheard 1234 >}}", "{% gist 1234 %}"])
def test_a_tag_that_nothing_is_known_of_is_reported(tmp_path, tag):
    _html, import_report = page(tmp_path, tag)

    assert texts_of(import_report, "liquid") == [f"Liquid left out: {tag}"]


def test_words_of_tags_are_counted_among_those_of_the_file(tmp_path):
    body = '{% capture never %}Grain ships wait{% endcapture %}\n{{< note "Three words stay" >}}'

    _html, import_report = page(tmp_path, body)

    entry = import_report.files[0]
    assert entry.coverage.total == 8 and sorted(entry.coverage.missing) == ["grain", "ships", "wait"]


def test_no_words_are_counted_that_only_steer(tmp_path):
    body = "{% assign label = 'a few words' %}{{< highlight go \"linenos=table, style=x y\" >}}\ncode\n{{< /highlight >}}"

    _html, import_report = page(tmp_path, body)

    assert texts_of(import_report, "words") == [] and import_report.files[0].coverage.total == 3


@pytest.mark.parametrize(
    ("body", "is_draft"),
    [
        ("{{% comment %}}Secret words{{% /comment %}}", False),
        ("{{< comment >}}\nSecret words\n\n- more\n{{< /comment >}}", False),
        ("{% comment %}Secret words{% endcomment %}", False),
        ("{{< comment >}}Secret words", True),
        ("{{< comment >}}Secret {{< comment >}}more{{< /comment >}}words{{< /comment >}}", True),
        ("{% comment %}Secret words", True),
        ("{% comment %}Secret{% comment %}more{% endcomment %}words{% endcomment %}", True),
    ],
)
def test_words_in_comments_never_become_public(tmp_path, body, is_draft):
    import_blog(write_post(tmp_path / "blog", body=f"Before.\n\n{body}\n\nAfter."))

    assert Edition.objects.exists() is not is_draft
    assert is_draft or not {"Secret", "words"} & set(Edition.objects.get().html.replace("<", " ").split())


@pytest.mark.parametrize(
    ("tag", "html"),
    [
        ("{{< gist ann 12345 >}}", 'href="https://gist.github.com/ann/12345"'),
        ("{{< instagram CxOWiQNP2MO >}}", 'href="https://www.instagram.com/p/CxOWiQNP2MO/"'),
        ('{{< x user="Zoo" id="1453" >}}', 'href="https://x.com/i/status/1453"'),
        ("{{< tweet 1453 >}}", 'href="https://x.com/i/status/1453"'),
        ('{{< details summary="Sum up" >}}Body.{{< /details >}}', "<strong>Sum up</strong></p>"),
        ('{{</* figure src="a.png" */>}}', "{{&lt; figure src=“a.png” &gt;}}"),
        ("- [x] Done\n- [ ] Open", "☑ Done"),
        ("`{{%/* ref x */%}}`", "<code>{{% ref x %}}</code>"),
    ],
)
def test_shortcodes_of_hugo_itself_leave_what_they_show(tmp_path, tag, html):
    found, import_report = page(tmp_path, tag)

    assert html in found and texts_of(import_report, "image-missing") == []
