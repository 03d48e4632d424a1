"""DOI and ISBN: one spelling of each, mistakes said in words, kept with the edition that was published with them."""

import pytest
from django.core.exceptions import ValidationError

from publications import actions, manuscript
from publications.importers.manuscripts import import_manuscript
from publications.manuscript import Manuscript
from publications.models import (
    Edition,
    Publication,
    check_doi,
    check_isbn,
    doi_url,
    normalize_doi,
    normalize_isbn,
)
from tests.admin.test_publication_form import change, filled
from tests.factories import make_author, make_live, make_person, make_publication, make_tag, saved

BACKEND = "django.contrib.auth.backends.ModelBackend"
UID = "6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a71"


@pytest.mark.parametrize(
    "typed",
    ["10.1234/abc-5", " https://doi.org/10.1234/abc-5 ", "http://dx.doi.org/10.1234/abc-5", "doi:10.1234/abc-5", "DOI: 10.1234/abc-5"],
)  # fmt: skip
def test_a_doi_has_one_spelling(typed):
    assert normalize_doi(typed) == "10.1234/abc-5"


def test_the_url_of_a_doi_is_read_back():
    doi = "10.1002/(SICI)1097<1::AID>3.0;2-X"

    assert normalize_doi(doi_url(doi)) == doi
    assert normalize_doi("https://doi.org/10.1234/%E5") == "10.1234/%E5"
    assert normalize_doi("10.1234/a%3Cb") == "10.1234/a%3Cb"


def test_only_the_beginning_of_an_identifier_is_removed():
    assert normalize_doi("10.1234/doi:abc") == "10.1234/doi:abc"
    assert normalize_isbn("978 isbn 91") == "978-ISBN-91"


@pytest.mark.parametrize(
    "typed", ["978-91-986543-2-3", "ISBN 978 91 986543 2 3", "ISBN13: 978 91 986543 2 3", "ISBN13 978 91 986543 2 3", "isbn-13: 978–91–986543–2–3", " 978-91-986543 - 2-3 "]
)  # fmt: skip
def test_an_isbn_has_one_spelling(typed):
    assert normalize_isbn(typed) == "978-91-986543-2-3"


@pytest.mark.parametrize(
    "doi", ["10.1234/abc-5", "10.1000.10/123", "10.1002/(SICI)1097<1::AID>3.0;2-X", "10.5555/åäö"]
)
def test_a_doi_may_hold_any_sign_but_spaces(doi):
    check_doi(doi)


@pytest.mark.parametrize(
    "doi",
    [
        "10.1234",
        "10.12/x",
        "11.1234/x",
        "10.1234/a b",
        "10.1234/",
        "10.1234/" + "x" * 200,
        "10.1234/a\u00a0b",
        "10.1234/a\u2028b",
        "10.1234/a\u200b",
    ],
)
def test_what_no_resolver_could_take_is_refused_in_words(doi):
    with pytest.raises(ValidationError, match="is no DOI"):
        check_doi(doi)


@pytest.mark.parametrize(
    "isbn", ["978-3-16-148410-0", "9783161484100", "0-306-40615-2", "0-8044-2957-X", "979-10-90636-07-1"]
)
def test_isbns_old_and_new_are_known(isbn):
    check_isbn(isbn)


@pytest.mark.parametrize("isbn", ["978-3-16-148410-1", "0-306-40615-3", "0-8044-2957-0"])
def test_a_typing_error_in_an_isbn_is_seen(isbn):
    with pytest.raises(ValidationError, match="typing error"):
        check_isbn(isbn)


@pytest.mark.parametrize("isbn", ["977-3-16-148410-0", "12", "978-3-16-148410-X", "x" * 13, "٩٧٨٣١٦١٤٨٤١٠٠"])
def test_what_is_no_isbn_is_refused_in_words(isbn):
    with pytest.raises(ValidationError, match="is no ISBN"):
        check_isbn(isbn)


def test_a_doi_leads_to_its_resolver_whatever_it_holds():
    assert doi_url("10.1002/a<1>b?c#d") == "https://doi.org/10.1002/a%3C1%3Eb%3Fc%23d"


@pytest.mark.django_db
def test_an_edition_keeps_the_identifiers_it_was_published_with():
    edition = make_live(doi="10.1234/first", isbn="978-3-16-148410-0")
    later = actions.publish(saved(edition.publication, doi="10.1234/second"), by=None)

    kept = Edition.objects.get(pk=edition.pk)
    assert (kept.doi, kept.isbn, later.doi) == ("10.1234/first", "978-3-16-148410-0", "10.1234/second")


@pytest.mark.django_db
def test_a_new_identifier_is_a_change_that_can_be_published():
    edition = make_live()

    publication = saved(edition.publication, doi="10.1234/x")

    assert publication.digest != edition.digest


@pytest.mark.django_db
def test_a_manuscript_carries_them_both_ways():
    text = manuscript.loads(
        "---\ntitle: T\ndoi: https://doi.org/10.1234/X\nisbn: 978 3 16 148410 0\nuid: " + UID + "\n---\n"
    )

    publication = import_manuscript(text, by=None).publication

    assert (publication.doi, publication.isbn) == ("10.1234/X", "978-3-16-148410-0")
    assert "doi: 10.1234/X\nisbn: 978-3-16-148410-0\n" in publication.revisions.get().manuscript


@pytest.mark.django_db
def test_a_wrong_identifier_is_left_out_and_reported():
    report = import_manuscript(Manuscript(title="T", uid=UID, isbn="978-3-16-148410-1"), by=None)

    assert report.publication.isbn == ""
    assert report.messages == [
        "Left out: This ISBN has a typing error: its last digit does not fit the others."
    ]


@pytest.mark.django_db
def test_an_identifier_that_holds_a_passage_is_taken_out_with_it():
    edition = make_live(doi="10.1234/smithson", body="Smithson and smithson said so.")

    actions.redact(edition.publication, "smithson", by=None)

    kept = Edition.objects.get()
    assert (kept.doi, Publication.objects.get().doi) == ("", "")
    assert not any("smithson" in revision.manuscript for revision in kept.publication.revisions.all())
    assert kept.record_changed_at


@pytest.mark.django_db
def test_editions_are_touched_by_what_their_records_tell_beside_them():
    tag = make_tag("Belarus")
    named, other = make_live(tags=(tag,)), make_live()

    tag.introduction_en = "Of Belarus."
    actions.save_instance(tag, by=None)
    assert not Edition.objects.exclude(record_changed_at=None)
    tag.name_sv = "Vitryssland"
    actions.save_instance(tag, by=None)

    assert [each.pk for each in Edition.objects.exclude(record_changed_at=None)] == [named.pk] != [other.pk]


@pytest.fixture
def at_the_desk(client):
    client.force_login(make_person("Editors"), backend=BACKEND)
    return client


@pytest.mark.django_db
def test_the_desk_takes_identifiers_as_they_are_pasted(at_the_desk):
    publication = make_publication()

    at_the_desk.post(
        change(publication),
        filled(publication, doi="https://doi.org/10.1234/x", isbn="ISBN 978 3 16 148410 0"),
    )

    publication.refresh_from_db()
    assert (publication.doi, publication.isbn) == ("10.1234/x", "978-3-16-148410-0")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("doi", "abc", "“abc” is no DOI."),
        ("isbn", "978-3-16-148410-1", "This ISBN has a typing error"),
        ("doi", "10.1234/TAKEN", "“First” has 10.1234/TAKEN already."),
        ("isbn", "9780306406157", "“First” has 9780306406157 already."),
    ],
)
def test_the_desk_says_what_is_wrong_with_an_identifier(at_the_desk, field, typed, said):
    make_publication(title="First", doi="10.1234/taken", isbn="978-0-306-40615-7")
    publication = make_publication()

    response = at_the_desk.post(change(publication), filled(publication, **{field: typed}))

    assert said in response.content.decode()
    assert not Publication.objects.get(pk=publication.pk).doi


@pytest.mark.django_db
def test_a_family_name_is_a_part_of_the_name():
    author = make_author("María García López", family_name="García López")
    author.full_clean()

    author.family_name = "Lopez"
    with pytest.raises(ValidationError, match="is a part of the name"):
        author.full_clean()
