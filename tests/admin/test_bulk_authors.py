"""The bulk action that sets an author of drafts without one and publishes them; refusals are reported by reason."""

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.admin.drafts.bulk import format_ranges, parse_ranges
from publications.models import Byline, Edition, Publication, store_original
from tests.blogs import import_blog
from tests.factories import make_author, make_live, make_person, make_publication, saved, tomorrow, yesterday
from tests.importers.test_default_author import write_posts

pytestmark = pytest.mark.django_db

LIST = "/desk/publications/publication/"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def page_for(*publications: Publication) -> str:
    numbers = sorted(publication.pk for publication in publications)
    return f"{reverse('desk:bulk-author')}?of={format_ranges(numbers)}"


def post(client, *publications: Publication, author="", publish: bool = True):
    typed = {"author": str(author.pk) if author else "", **({"publish": "on"} if publish else {})}
    return client.post(page_for(*publications), typed, follow=True)


def names_of(publication: Publication) -> list[str]:
    return list(Byline.objects.filter(publication=publication).values_list("author__name", flat=True))


def test_an_unsigned_import_becomes_public_in_one_go(desk, tmp_path):
    import_blog(write_posts(tmp_path / "blog", 5))
    organisation = make_author("The House")
    ticked = {
        "action": "set_author",
        "_selected_action": list(Publication.objects.values_list("pk", flat=True)),
    }

    address = desk.post(LIST, ticked)["Location"]
    page = desk.post(address, {"author": str(organisation.pk), "publish": "on"}, follow=True).text

    assert "5 drafts signed" in page and "5 publications are public" in page
    live = Edition.objects.live()
    assert live.count() == 5 and set(live.values_list("bylines__name", flat=True)) == {"The House"}
    assert {timezone.localdate(edition.published_at).isoformat() for edition in live} == {"2024-04-09"}


def test_drafts_that_have_an_author_keep_theirs(desk):
    signed, unsigned = make_publication(authors=[make_author("Ann Berg")]), make_publication(authors=[])

    post(desk, signed, unsigned, author=make_author("The House"))

    assert (names_of(signed), names_of(unsigned)) == (["Ann Berg"], ["The House"])
    assert Edition.objects.live().count() == 2


def test_a_draft_that_a_colleague_has_signed_concurrently_is_named(desk):
    draft, other = make_publication(title="On Minsk", authors=[]), make_publication(authors=[])
    Byline.objects.create(publication=draft, author=make_author("Ann Berg"))

    page = post(desk, draft, other, author=make_author("The House"), publish=False).text

    assert "1 draft has an author already and keeps it." in page and "(“On Minsk”)" in page
    assert "1 draft signed." in page and names_of(draft) == ["Ann Berg"]


def test_drafts_that_are_only_published_are_not_said_to_keep_their_author(desk):
    assert "keeps it" not in post(desk, make_publication()).text


def test_without_publishing_the_drafts_alone_change_and_a_revision_is_kept(desk, editor):
    draft = make_publication(authors=[])

    post(desk, draft, author=make_author("The House"), publish=False)

    assert names_of(draft) == ["The House"] and not Edition.objects.exists()
    assert draft.revisions.first().saved_by == editor


def test_what_is_held_back_is_reported_by_reason_and_the_others_are_published(desk):
    organisation = make_author("The House")
    without_text = [make_publication(authors=[], body="") for _number in range(4)]
    ahead, ready = make_publication(authors=[], published_at=tomorrow()), make_publication(authors=[])

    page = post(desk, *without_text, ahead, ready, author=organisation).text

    assert (
        "Not published, 4: The text is missing." in page and "Not published, 1: The date readers see" in page
    )
    assert [edition.publication for edition in Edition.objects.live()] == [ready]


def test_what_the_page_that_checks_would_stop_is_held_back_here_too(desk):
    draft = make_publication(authors=[], body="See [this](/en/publications/nowhere/).")

    page = post(desk, draft, author=make_author()).text

    assert "leads nowhere" in page and not Edition.objects.exists()


def test_drafts_that_link_to_each_other_are_published_together(desk):
    first = make_publication(title="First", body="[b](/en/publications/second/)")
    second = make_publication(
        title="Second", body="[a](/en/publications/first/) [c](/en/publications/third/)"
    )
    third = make_publication(title="Third", authors=[])

    page = post(desk, first, second).text
    assert not Edition.objects.exists() and "“Third” is not public yet" in page
    post(desk, first, second, third)
    assert not Edition.objects.exists()  # the third has no author
    post(desk, first, second, third, author=make_author())

    assert {edition.publication for edition in Edition.objects.live()} == {first, second, third}


def test_what_was_ever_public_or_waits_is_left_as_it_is(desk):
    live, gone, waiting = make_live().publication, make_live().publication, make_publication()
    actions.withdraw(gone, by=None)
    actions.publish(waiting, by=None, at=tomorrow())
    before = list(Edition.objects.order_by("pk").values())

    page = desk.get(page_for(live, gone, waiting)).text
    post(desk, live, gone, waiting, author=make_author("The House"))

    assert "Nothing is chosen" in page and "Public or scheduled before now" in page
    assert list(Edition.objects.order_by("pk").values()) == before
    assert "The House" not in [*names_of(live), *names_of(gone), *names_of(waiting)]


def test_somebody_has_to_be_chosen_where_nothing_is_published(desk):
    draft = make_publication(authors=[])

    assert "Choose an author" in post(desk, draft, publish=False).text
    assert not names_of(draft)


def test_a_contributor_signs_and_cannot_publish(client):
    client.force_login(make_person("Contributors"), backend=BACKEND)
    draft = make_publication(authors=[])

    params = client.get(page_for(draft)).text
    page = post(client, draft, author=make_author("The House")).text

    assert "1 draft is signed" in params and "What is published" not in params
    assert "1 draft signed" in page and not Edition.objects.exists() and names_of(draft) == ["The House"]


def test_a_thousand_are_taken_and_the_page_shows_the_first(desk, monkeypatch):
    monkeypatch.setattr("publications.admin.drafts.bulk_authors.MAX_LISTED", 2)
    drafts = [make_publication(authors=[]) for _number in range(3)]

    page = desk.get(page_for(*drafts)).text

    assert "3 drafts are signed" in page and "The first 2 of them" in page


def test_a_second_press_publishes_nothing_twice(desk):
    draft, organisation = make_publication(authors=[], published_at=yesterday()), make_author()

    for _time in range(2):
        post(desk, draft, author=organisation)

    assert Edition.objects.count() == 1 and len(names_of(draft)) == 1


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([7], "7"), ([1, 2, 3], "1-3"), ([1, 3, 4, 9], "1,3-4,9"), ([5, 6], "5-6")],
)
def test_numbers_are_written_as_ranges_and_read_again(numbers, text):
    assert format_ranges(numbers) == text
    assert parse_ranges(text, 100) == numbers


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1-999999999999", [1, 2, 3]),
        ("3-1", []),
        ("-1", []),
        ("1-", []),
        ("1-2-3", []),
        ("x,2", [2]),
        ("１", []),
        ("1,2,3,4", [1, 2, 3]),
    ],
)
def test_odd_ranges_are_cut_or_left_out(text, read):
    assert parse_ranges(text, 3) == read


def test_a_draft_with_notes_to_oneself_is_held_back(desk):
    draft = make_publication(body="It rose by [figure to be checked].")

    page = post(desk, draft).text

    assert "looks like a note to yourself" in page and not draft.editions.exists()


@pytest.fixture
def reading(monkeypatch):
    """What happens whenever a file is read from the store."""
    happens: list = []
    read = FileSystemStorage._open

    def _open(self, name, mode="rb"):
        for each in happens:
            each()
        return read(self, name, mode)

    monkeypatch.setattr(FileSystemStorage, "_open", _open)
    return happens


def make_draft_with_pdf() -> Publication:
    draft = make_publication()
    content = b"%PDF-1.7 /MarkInfo << /Marked true >> /StructTreeRoot"
    draft.attachments.create(
        original=store_original(content, "pdf"), filename="r.pdf", label="Report", size=len(content)
    )
    return saved(draft)


def test_files_are_read_before_the_lock_is_taken(desk, reading):
    draft = make_draft_with_pdf()
    depths: list[int] = []
    reading.append(lambda: depths.append(len(connection.savepoint_ids)))

    post(desk, draft)

    assert Edition.objects.live().get().publication == draft
    assert depths and set(depths) == {0}


def test_a_draft_that_is_saved_while_it_is_checked_is_held_back(desk, reading):
    draft, other = make_draft_with_pdf(), make_publication()
    reading.append(lambda: saved(Publication.objects.get(pk=draft.pk), body="Changed."))

    page = post(desk, draft, other).text

    assert [edition.publication for edition in Edition.objects.live()] == [other]
    assert "It was saved while it was checked" in page


def test_a_text_that_became_public_while_it_was_checked_is_not_called_unpublished(desk, reading):
    draft, other = make_draft_with_pdf(), make_publication(body="It rose by [figure to be checked].")
    reading.append(lambda: other.editions.exists() or actions.publish(other, by=None))

    page = post(desk, draft, other).text

    assert {edition.publication for edition in Edition.objects.live()} == {draft, other}
    assert "1 publication is public" in page and "Not published" not in page
