"""What lists, topics and authors count is what their pages show, in either tree.

One table of facets: a facet that is added to it reaches every place that filters, counts or describes them.
"""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from publications import actions, search
from publications.locales import LOCALES
from publications.models import (
    FACETS,
    Edition,
    LiveCount,
    Tag,
    count_authors,
    count_by_facet,
    count_editions,
    count_tags,
    facet_of,
    is_public,
    live_choices,
    read_site_state,
    site_state_scope,
    top_counts,
)
from publications.page_parameters import parameters_of
from tests.factories import make_author, make_live, make_publication, make_tag, tomorrow

pytestmark = pytest.mark.django_db

TEXTS = [
    ("en", "sv"),
    ("en",),
    ("sv",),
    ("uk", "sv"),
    ("uk", "en"),
    ("uk", "ru"),
    ("uk",),
    ("en", "sv", "uk"),
]
"""Families by the languages of their live texts, the original first."""


@pytest.fixture
def families():
    """Each family on a topic, by an author, with what is not public beside it."""
    author, tag = make_author(), make_tag("Belarus")
    for languages in TEXTS:
        original = make_live(author=author, tags=(tag,), language=languages[0]).publication
        for language in languages[1:]:
            make_live(author=author, tags=(tag,), language=language, translation_of=original)
    actions.withdraw(make_live(author=author, tags=(tag,)).publication, by=None)
    actions.publish(make_publication(authors=[author], tags=(tag,)), at=tomorrow(), by=None)
    return author, tag


@pytest.mark.parametrize("locale", LOCALES)
def test_as_many_are_counted_as_stand_in_the_tree(families, locale):
    author, tag = families
    texts = Edition.objects.live().for_locale(locale).count()

    assert texts < sum(map(len, TEXTS))
    assert count_editions(locale, {}) == texts
    assert count_tags(locale, {})[tag.pk].count == texts
    assert count_authors(locale, {})[author.pk].count == texts


@pytest.mark.parametrize("locale", LOCALES)
def test_those_are_counted_that_stand_in_the_tree(families, locale):
    shown = Edition.objects.live().for_locale(locale)

    found = Counter({code: live.count for code, live in count_by_facet("language", locale, {}).items()})

    assert found == Counter(edition.language for edition in shown)
    assert count_tags(locale, {})[families[1].pk].newest == max(edition.published_at for edition in shown)


def test_in_no_tree_every_live_text_is_counted(families):
    assert count_editions(None, {}) == sum(map(len, TEXTS))


def test_filters_apply_to_the_counts(families):
    other = make_tag("Ukraine")
    make_live(tags=(other, families[1]), kind="report")

    assert count_editions("en", {"topic": "ukraine"}) == 1
    assert {pk: live.count for pk, live in count_tags("en", {"kind": "report"}).items()} == {
        other.pk: 1,
        families[1].pk: 1,
    }


def test_a_pen_name_is_not_counted():
    make_live(author=make_author(is_pseudonymous=True))

    assert count_authors("en", {}) == {}


def test_tags_have_the_counts_that_were_read(families):
    make_tag("On nothing")

    rows = Tag.objects.attach_counts(count_tags("en", {}))

    assert [(tag.name, tag.edition_count) for tag in rows] == [
        ("Belarus", Edition.objects.for_locale("en").live().count())
    ]


def test_the_facets_of_tags_share_one_query_for_their_labels(families, django_assert_num_queries):
    tag_facets = [facet for facet in FACETS.values() if facet.model is Tag]

    with site_state_scope(read_site_state()):
        live_choices(tag_facets[0], "en", {})
        with django_assert_num_queries(0):
            for facet in tag_facets[1:]:
                live_choices(facet, "en", {})


def test_a_pseudonymous_author_belongs_to_no_facet():
    author, pseudonym = make_author(), make_author("A. B.", is_pseudonymous=True)

    assert facet_of(author) is FACETS["author"]
    with pytest.raises(ValueError, match=f"Author {pseudonym.pk} belongs to no facet"):
        facet_of(pseudonym)


def test_top_counts_come_with_the_equals_of_the_last():
    now = timezone.now()
    counts = {key: LiveCount(count, now - timedelta(days=key)) for key, count in enumerate((3, 2, 2, 1))}

    assert list(top_counts(counts, 2, lambda live: live.count)) == [0, 1, 2]
    assert list(top_counts(counts, 2, lambda live: live.newest)) == [0, 1]
    assert top_counts({}, 2, lambda live: live.count) == {}


# An eighth facet ------------------------------------------------------------------------------------------


@pytest.fixture
def eighth(monkeypatch):
    """A facet of its own in every respect that a facet can have."""
    facet = replace(
        FACETS["author"],
        name="signatory",
        label="Signatory",
        all_label="All signatories",
        term_prefix="s",
        set_label=lambda author: author.name,
        description="the slug of a signatory",
        example="cilla-dahl",
    )
    monkeypatch.setitem(FACETS, facet.name, facet)
    parameters_of.cache_clear()
    yield facet
    parameters_of.cache_clear()


@pytest.fixture
def signed(eighth):
    """One text that has the value of the eighth facet, and one beside it."""
    make_live(title="Grain beside")
    return make_live(title="Grain signed", author=make_author("Cilla Dahl"))


def test_the_list_offers_and_applies_an_eighth_facet(client, eighth, signed):
    page = client.get("/en/publications/").text
    filtered = client.get("/en/publications/?signatory=cilla-dahl").text

    assert '<select name="signatory">' in page and "All signatories" in page
    assert '<option value="cilla-dahl">Cilla Dahl (1)</option>' in page
    assert "Grain signed" in filtered and "Grain beside" not in filtered
    assert client.get("/en/publications/?signatory=nobody").status_code == 404


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [
        ("kind", "quick-comment", "report"),
        ("topic", "belarus", "energy"),
        ("author", "ann-berg", "cilla-dahl"),
        ("year", str(timezone.localtime().year), "1999"),
        ("language", "en", "sv"),
    ],
)
def test_a_value_is_public_with_a_live_edition(name, value, other):
    draft = {"authors": [make_author("Cilla Dahl")], "tags": (make_tag("Energy"),)}
    actions.publish(make_publication(language="sv", kind="report", **draft), at=tomorrow(), by=None)
    make_live(author=make_author("Ann Berg"), tags=(make_tag("Belarus"),))

    assert is_public(FACETS[name], value)
    assert not is_public(FACETS[name], other)
    assert not is_public(FACETS[name], "")


def test_a_list_of_one_value_of_an_eighth_facet_has_its_feed(client, eighth, signed):
    page = client.get("/en/publications/?signatory=cilla-dahl").text

    assert re.findall(r'<a href="([^"]+\.atom)"[^>]*>Follow by feed', page) == [
        "/en/feeds/authors/cilla-dahl.atom"
    ]


def test_an_eighth_facet_is_counted(eighth, signed):
    assert ("cilla-dahl", "Cilla Dahl", 1) in live_choices(eighth, "en", {})
    assert count_editions("en", {"signatory": "cilla-dahl"}) == 1


def test_the_search_filters_and_counts_by_an_eighth_facet(client, eighth, signed):
    found = search.search(search.parse_query("grain"), locale="en", filters={"signatory": "cilla-dahl"})

    assert found.edition_ids == (signed.pk,)
    assert ("cilla-dahl", "Cilla Dahl", 1) in eighth.build_choices(found.facet_counts["signatory"])
    assert "Cilla Dahl (1)" in client.get("/en/publications/?q=grain&signatory=cilla-dahl").text


def test_the_api_takes_and_describes_an_eighth_facet(client, eighth, signed):
    items = client.get("/api/v1/publications?signatory=cilla-dahl").json()["items"]
    described = client.get("/api/v1/openapi.json").json()["paths"]["/publications"]["get"]["parameters"]

    assert [item["title"] for item in items] == ["Grain signed"]
    assert {"signatory": "Only those of this: the slug of a signatory."}.items() <= {
        each["name"]: each.get("description") for each in described
    }.items()


def test_harvesters_get_the_sets_of_an_eighth_facet(client, eighth, signed):
    sets = client.get("/oai?verb=ListSets").text
    records = client.get("/oai?verb=ListIdentifiers&metadataPrefix=oai_dc&set=signatory-cilla-dahl").text

    assert "<setSpec>signatory-cilla-dahl</setSpec>" in sets and "<setName>Cilla Dahl</setName>" in sets
    assert records.count("<identifier>") == 1 and "<setSpec>signatory-cilla-dahl</setSpec>" in records


def test_pages_are_cached_by_an_eighth_facet(eighth):
    assert eighth.name in parameters_of("/en/publications/")
    assert eighth.name not in parameters_of("/en/authors/")


def test_a_renamed_value_of_an_eighth_facet_redirects(client, editor, eighth, signed):
    author = signed.bylines.get().author
    author.slug = "cilla-ek"
    actions.save_instance(author, by=editor)

    response = client.get("/en/publications/?signatory=cilla-dahl")

    assert (response.status_code, response["Location"]) == (301, "/en/publications/?signatory=cilla-ek")


def test_prefixes_of_terms_are_those_of_the_version_of_the_index():
    """Another prefix needs another VERSION: rows that are there do not have its terms."""
    assert {facet.term_prefix for facet in FACETS.values()} == set("ktayl")
    assert search.index.VERSION == 6
