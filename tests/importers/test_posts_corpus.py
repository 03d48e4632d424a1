"""A real blog of ten years: it comes in whole, with the figures that were promised, and each of its references is
read back by parsers of others as its page has it.
"""

import os

import pytest
from django.utils import timezone

from publications import markup, preflight
from publications.html_tree import parse
from publications.importers.run import ImportOptions, run_import
from publications.metadata import REFERENCE_FORMATS, parse_name
from publications.models import Edition
from tests.figures.imports import CORPUS, import_figures, show
from tests.figures.search import compare_with_tfidf
from tests.preflight.test_placeholders import texts_of
from tests.reference_readers import PARSERS, ParsedReference

pytestmark = [pytest.mark.corpus, pytest.mark.django_db]
ALL = os.environ.get("CORPUS") == "all"  # else one format of each post, and the Markdown of every third


def on_the_page(edition: Edition) -> ParsedReference:
    """What readers see, each name turned round."""
    return ParsedReference(
        " ".join(edition.title.split()),
        [parse_name(row.name).inverted for row in edition.bylines.all()],
        timezone.localdate(edition.published_at),
        f"http://127.0.0.1:8000{edition.get_absolute_url()}",
    )


def are_the_names(turned: list[str], edition: Edition) -> bool:
    """The same words for each, in the order of the byline, however they are turned."""
    return [sorted(name.replace(",", " ").split()) for name in turned] == [
        sorted(row.name.replace(",", " ").split()) for row in edition.bylines.all()
    ]


def says_the_same_as_markdown(edition: Edition) -> bool:
    """Its Markdown, rendered anew, gives the same words."""
    markdown = markup.to_markdown(parse(edition.html), markup.PORTABLE_STYLE)
    return (
        markup.render_markdown(markdown, language=edition.language).text.split() == edition.plain_text.split()
    )


def test_a_blog_of_ten_years(client, capsys, subtests):
    """Import once, because that takes longer than all checks."""
    options = ImportOptions(CORPUS / "posts", authors=CORPUS / "authors/team_members.csv", publish=True)
    account = run_import(options)

    with subtests.test("the posts come in whole"):
        the_posts_are_whole(account, capsys)
    with subtests.test("no post is taken for unfinished"):
        no_post_is_taken_for_unfinished()
    with subtests.test("posts are read back from each format"):
        posts_are_read_back_from_each_format(client, capsys)
    with subtests.test("linked posts are found more often than by plain TF-IDF"):
        linked_posts_are_found_more_often_than_by_tfidf(capsys)


def the_posts_are_whole(account, capsys) -> None:
    result = import_figures(account, CORPUS / "posts", CORPUS / "media")
    with capsys.disabled():
        show("Posts", result)
    assert (result["publications"], result["authors in use"], result["tags"]) == (509, 273, 142)
    assert (result["dates from file names"], result["dates that differ from the file name"]) == (87, 45)
    assert len(result["addresses of the same-slug posts"]) == 3 and result["pages with script or iframe"] == 0
    assert result["files below 99.5 %"] == 0 and result["words left out, all named"] == 0
    for name in (
        "posts whose authors are in another order",
        "posts whose day is another",
        "pages with Liquid that its author did not put between raw",
        "links neither kept nor named",
        "pictures neither kept nor named",
    ):
        assert not result[name], name


def linked_posts_are_found_more_often_than_by_tfidf(capsys) -> None:
    ratios = compare_with_tfidf(list(Edition.objects.live().order_by("pk")))

    with capsys.disabled():
        show("Similarity", {"times as good as plain TF-IDF, in halves": ratios})
    assert sum(ratios) / 2 >= 1.1 and min(ratios) >= 1


def no_post_is_taken_for_unfinished() -> None:
    unfinished = {
        edition.title: placeholders
        for edition in Edition.objects.live()
        if (placeholders := list(preflight.find_placeholders(texts_of(edition, edition.html))))
    }

    assert unfinished == {}


def posts_are_read_back_from_each_format(client, capsys) -> None:
    editions = list(Edition.objects.live().prefetch_related("bylines", "images"))

    formats = list(REFERENCE_FORMATS)
    astray = []
    for place, edition in enumerate(editions):
        for face in formats if ALL else [formats[place % len(formats)]]:
            response = client.get(f"{edition.get_absolute_url().rstrip('/')}.{face}")
            read = PARSERS[face](response.content.decode())
            if read != on_the_page(edition) or not are_the_names(read.authors, edition):
                astray.append(f"{edition.slug}.{face}")

    reworded = [
        edition.slug for edition in editions[:: 1 if ALL else 3] if not says_the_same_as_markdown(edition)
    ]

    with capsys.disabled():
        show(
            "References of the posts",
            {"posts": len(editions), "formats": formats, "otherwise than the page": astray, "other words as Markdown": reworded},
        )  # fmt: skip
    assert len(editions) == 509
    assert not astray and not reworded
