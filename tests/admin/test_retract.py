"""The pages of a faulty text: they compare what can be done, show what readers will see, and then do it."""

import pytest

from publications import actions, preflight
from publications.models import EditorialStatus, Publication
from tests.factories import make_live, make_person, make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db

URLS = {
    "retract": EditorialStatus.RETRACTED,
    "express-concern": EditorialStatus.CONCERN,
    "lift-concern": EditorialStatus.NONE,
}
STATUS_ACTIONS = {
    EditorialStatus.RETRACTED: actions.retract,
    EditorialStatus.CONCERN: actions.express_concern,
}


def page_of(publication: Publication, name: str) -> str:
    return f"/desk/publications/publication/{publication.pk}/{name}/"


def make_before(name: str, **fields) -> Publication:
    """Return a publication that the action of a page can be performed on."""
    publication = make_live(**fields).publication
    if name == "lift-concern":
        actions.express_concern(publication, by=None, note="In doubt.")
    return publication


def post(desk, publication: Publication, name: str, **data):
    state = actions.public_state(publication)
    return desk.post(page_of(publication, name), {"state": state, **data})


@pytest.mark.parametrize("name", URLS)
def test_a_notice_is_shown_before_anything_changes(desk, name):
    publication = make_before(name, title="Grain")
    count = publication.editions.count()

    page = post(desk, publication, name, note="The figures\nare made up.").text

    assert publication.editions.count() == count
    assert "The figures" in page and 'name="seen"' in page
    if URLS[name]:
        assert f"{EditorialStatus(URLS[name]).label.upper()}: Grain" in page


@pytest.mark.parametrize("name", URLS)
def test_a_notice_that_was_shown_is_put_on_the_publication(desk, editor, name):
    publication = make_before(name)

    response = post(desk, publication, name, note="Two\r\nlines.", seen="Two\nlines.")

    live = publication.editions.live().get()
    assert response.status_code == 302
    assert (live.editorial_status, live.published_by) == (URLS[name], editor)
    assert live.change_note.split() == ["Two", "lines."]


@pytest.mark.parametrize("name", URLS)
def test_a_notice_that_has_changed_since_it_was_shown_is_shown_again(desk, name):
    publication = make_before(name)
    count = publication.editions.count()

    page = post(desk, publication, name, note="Another.", seen="The first.").text

    assert publication.editions.count() == count
    assert 'name="seen" value="Another."' in page


@pytest.mark.parametrize("name", URLS)
def test_a_reason_is_required(desk, name):
    publication = make_before(name)

    response = post(desk, publication, name, note=" ", seen=" ")

    assert response.status_code == 200 and "errorlist" in response.text


@pytest.mark.parametrize("name", [*URLS, "faulty-text"])
def test_only_who_may_publish_sees_the_pages(client, name):
    publication = make_live().publication
    client.force_login(make_person("Contributors"))

    assert client.get(page_of(publication, name)).status_code == 403


@pytest.mark.parametrize("name", URLS)
def test_what_cannot_be_done_is_said_instead_of_offered(desk, name):
    publication = make_live().publication
    actions.withdraw(publication, by=None)

    page = desk.get(page_of(publication, name)).text

    assert "is withdrawn, so nobody reads it" in page
    assert "<textarea" not in page


@pytest.mark.parametrize(
    ("status", "offered", "left_out"),
    [
        (None, ["retract", "express-concern", "withdraw"], ["lift-concern"]),
        (EditorialStatus.CONCERN, ["retract", "lift-concern", "withdraw"], ["express-concern"]),
        (EditorialStatus.RETRACTED, ["withdraw", "undo"], ["retract", "express-concern", "lift-concern"]),
    ],
)
def test_one_page_compares_what_can_be_done(desk, status, offered, left_out):
    publication = make_live().publication
    if status:
        STATUS_ACTIONS[status](publication, by=None, note="Why.")

    page = desk.get(page_of(publication, "faulty-text")).text

    assert all(f'href="{page_of(publication, name)}"' in page for name in offered)
    assert not any(f'href="{page_of(publication, name)}"' in page for name in left_out)


def test_the_page_says_that_the_scheduled_edition_is_cancelled(desk):
    publication = make_live().publication
    actions.publish(saved(publication, body="Later."), by=None, at=tomorrow())

    assert "The edition that waits is cancelled" in desk.get(page_of(publication, "retract")).text


def test_preflight_says_that_a_retracted_publication_is_not_published():
    publication = make_live().publication
    actions.retract(publication, by=None, note="Made up.")

    report = preflight.run_preflight(preflight.build_preflight_draft(publication))

    assert [issue.name for issue in report.blocking] == ["retracted"]


def test_a_retracted_publication_cannot_be_published_and_its_pages_say_so(desk):
    publication = make_live().publication
    actions.retract(publication, by=None, note="Made up.")
    saved(publication, body="Better.")

    publish = desk.get(page_of(publication, "publish")).text
    form = desk.get(page_of(publication, "change")).text

    assert "a retracted text is not published again" in publish
    assert "it stays readable, and is not published again" in form


@pytest.mark.parametrize(
    ("status", "value", "text"),
    [
        (EditorialStatus.RETRACTED, "retracted", "still readable, not to be published again"),
        (EditorialStatus.CONCERN, "concern", "Under an expression of concern, live since"),
    ],
)
def test_the_list_filters_by_the_states_and_names_them(desk, status, value, text):
    publication = make_live(title="Grain").publication
    STATUS_ACTIONS[status](publication, by=None, note="Why.")
    make_live(title="Other")

    page = desk.get(f"/desk/publications/publication/?state={value}").text

    assert "Grain" in page and text in page
    assert ">Other<" not in page


def test_what_is_under_a_concern_is_a_worklist(desk):
    publication = make_live(title="Grain").publication
    actions.express_concern(publication, by=None, note="Why.")

    assert "Grain" in desk.get("/desk/publications/publication/?waits=concern").text


def test_taking_back_a_retraction_is_called_so(desk):
    publication = make_live().publication
    actions.retract(publication, by=None, note="Made up.")

    assert "Take back the retraction" in desk.get(page_of(publication, "undo")).text


def test_a_draft_has_nothing_to_withdraw_or_retract(desk):
    assert "nothing to withdraw or retract" in desk.get(page_of(make_publication(), "faulty-text")).text
