"""Authors whom contributors propose: what they may be used for, and how an editor accepts or replaces them."""

import re
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from publications import actions
from publications.admin.choice_sources import CHOICE_SOURCES
from publications.models import AuditEntry, Author, Publication, Tag, get_or_create_tags
from publications.preflight import build_preflight_draft, run_preflight
from tests.desk_forms import ADD, change, filled
from tests.factories import make_author, make_person, make_publication, make_tag, picture_bytes
from tests.queries import count_queries

pytestmark = pytest.mark.django_db
PROPOSE = reverse("desk:quick-add", args=["author"])
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def contributor(client):
    person = make_person("Contributors")
    client.force_login(person, backend=BACKEND)
    return person


@pytest.fixture
def proposed() -> Author:
    return make_author("Anna Karlson", is_proposed=True)


def proposal_data(**fields) -> dict:
    return {"name": "Anna Karlson", "title_en": "Analyst", **fields}


# Proposing


def test_a_contributor_proposes_an_author_and_signs_a_draft_with_them(client, contributor):
    page = client.get(ADD, follow=True).text
    assert "Propose an author" in page and "/desk/publications/author/add/" not in page
    dialog = client.get(PROPOSE, {"name": "Anna Karlson"}).text
    assert "when an editor has accepted the author" in dialog and 'value="Propose"' in dialog

    portrait = SimpleUploadedFile("anna.png", picture_bytes())
    answer = client.post(PROPOSE, proposal_data(portrait_file=portrait)).json()
    client.post(ADD, filled(bylines=[str(answer["value"])]))

    author = Author.objects.get()
    assert (author.is_proposed, author.title_en, author.portrait.filename) == (True, "Analyst", "anna.png")
    assert answer["label"] == "Anna Karlson · proposed, not yet accepted"
    assert Publication.objects.get().bylines.get().author == author


def test_linkers_propose_nobody(client):
    client.force_login(make_person("Linkers"), backend=BACKEND)

    assert client.post(PROPOSE, proposal_data()).status_code == 403
    assert not Author.objects.exists()


def test_an_editor_adds_authors_who_are_accepted(desk):
    desk.post(PROPOSE, proposal_data())

    assert Author.objects.get().is_proposed is False


def test_a_proposal_does_not_reveal_who_is_behind_a_pen_name(client, contributor):
    make_author("Pen Name", aliases="Anna Karlson", affiliation_en="Lund University", is_pseudonymous=True)

    answer = client.post(PROPOSE, proposal_data())

    assert answer.status_code == 200 and "Pen Name" not in answer.text


# What a proposed author may be used for


def test_nothing_is_published_with_a_proposed_author(proposed, editor):
    draft = make_publication(authors=[proposed])

    with pytest.raises(actions.NotReady, match="Anna Karlson is proposed as an author"):
        actions.publish(draft, by=editor)
    issues = run_preflight(build_preflight_draft(draft)).blocking
    assert [(issue.field, "Anna Karlson" in issue.text) for issue in issues] == [("bylines", True)]


def test_the_check_leads_to_where_an_author_is_accepted_and_a_tag_is_translated(desk, proposed):
    [tag] = get_or_create_tags(["Grain"])
    draft = make_publication(authors=[proposed], tags=[tag])

    page = desk.get(reverse("desk:publish", args=[draft.pk])).text

    for model, row in (("author", proposed), ("tag", tag)):
        url = reverse(f"desk:publications_{model}_change", args=[row.pk])
        assert f'href="{url}?next={reverse("desk:publish", args=[draft.pk])}"' in page


@pytest.mark.parametrize(
    "path",
    ["/en/authors/{}/", "/en/authors/{}/card.png", "/en/feeds/authors/{}.atom", "/api/v1/authors/{}"],
)
def test_no_address_of_readers_shows_a_proposed_author(client, proposed, path):
    make_publication(authors=[proposed])

    assert client.get(path.format(proposed.slug)).status_code == 404


def test_a_proposed_author_is_responsible_for_no_topic(desk, proposed):
    tag = make_tag("Gas")

    page = desk.post(
        reverse("desk:publications_tag_change", args=[tag.pk]),
        {
            "name": "Gas",
            "kind": "theme",
            "responsible_choice": [str(proposed.pk)],
            "responsible_choice-chooser": "",
        },
    )

    assert "Anna Karlson is proposed and not accepted yet." in page.text
    assert Tag.objects.get().responsible is None


# Accepting


def test_editors_find_proposals_on_their_first_page(client, contributor, editor):
    pk = client.post(PROPOSE, proposal_data()).json()["value"]
    client.post(ADD, filled(title="On Minsk", bylines=[str(pk)]))
    assert "Proposed authors" not in client.get("/desk/").text

    client.force_login(editor, backend=BACKEND)
    page = client.get("/desk/").text

    assert "Proposed authors" in page and reverse("desk:publications_author_change", args=[pk]) in page
    assert "Changed for readers" not in page
    assert f"Proposed by {contributor.username}." in page and ">On Minsk</a>" in page


def test_saving_a_proposed_author_accepts_them(desk, proposed, editor):
    draft, url = (
        make_publication(authors=[proposed]),
        reverse("desk:publications_author_change", args=[proposed.pk]),
    )
    assert "Saving accepts the author." in desk.get(url).text

    desk.post(url, {"name": "Anna Karlson", "title_en": "Analyst", "portrait_choice-chooser": ""})

    proposed.refresh_from_db()
    assert (proposed.is_proposed, proposed.title_en) == (False, "Analyst")
    assert "Saving accepts the author." not in desk.get(url).text
    assert actions.publish(draft, by=editor).is_live


def approval_data() -> dict:
    return {"name": "Anna Karlson", "portrait_choice-chooser": "", "_save": "Approve"}


def test_approving_a_proposed_author_leads_back_to_the_page_of_publishing(desk, proposed):
    draft = make_publication(authors=[proposed])
    publish_url = reverse("desk:publish", args=[draft.pk])
    url = f"{reverse('desk:publications_author_change', args=[proposed.pk])}?next={publish_url}"
    assert 'value="Approve"' in desk.get(url).text

    response = desk.post(url, approval_data(), follow=True)

    assert response.redirect_chain == [(publish_url, 302)]
    assert [str(message) for message in response.context["messages"]] == ["Anna Karlson is approved."]


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/desk/", "//example.org/desk/", "/en/", "desk", ""]
)
def test_a_form_leads_back_to_pages_of_the_desk_only(desk, proposed, elsewhere):
    url = reverse("desk:publications_author_change", args=[proposed.pk])

    response = desk.post(f"{url}?{urlencode({'next': elsewhere})}", approval_data())

    assert response.url == reverse("desk:publications_author_changelist")


def test_the_list_of_authors_can_be_limited_to_proposed_ones(desk, proposed):
    make_author("Somebody Else")

    page = desk.get(reverse("desk:publications_author_changelist"), {"is_proposed__exact": "1"}).text

    assert "Anna Karlson" in page and "Somebody Else" not in page


# Replacing


def test_the_author_who_is_meant_takes_the_place_in_all_drafts(desk, proposed):
    meant, other = make_author("Anna Karlsson"), make_author("Olena")
    alone, both = make_publication(authors=[other, proposed]), make_publication(authors=[meant, proposed])
    url = reverse("desk:author-replace", args=[proposed.pk])
    assert f'<option value="{meant.pk}" selected>' in desk.get(url).text

    desk.post(url, {"replacement": [str(meant.pk)], "replacement-chooser": ""})

    assert not Author.objects.filter(pk=proposed.pk).exists()
    alone, both = (Publication.objects.get(pk=draft.pk) for draft in (alone, both))
    assert [line.author for line in alone.bylines.all()] == [other, meant]
    assert [line.author for line in both.bylines.all()] == [meant]
    assert alone.revisions.count() == 2 and "anna-karlsson" in str(alone.revisions.first().manuscript)
    entry = AuditEntry.objects.first()
    assert (entry.detail["removed"], entry.detail["replaced_by"]) == (True, meant.pk)


def test_a_form_that_was_open_while_the_author_was_replaced_says_so(desk, proposed):
    draft, meant = make_publication(authors=[proposed]), make_author("Anna Karlsson")
    data = filled(draft)
    desk.post(
        reverse("desk:author-replace", args=[proposed.pk]),
        {"replacement": [str(meant.pk)], "replacement-chooser": ""},
    )

    page = desk.post(change(draft), data)

    assert "One of the chosen entries is no longer there." in page.text
    assert draft.bylines.get().author == meant


def test_only_a_proposed_author_is_replaced_and_only_by_an_accepted_one(desk, proposed, editor):
    accepted, also_proposed = make_author("Anna Berg"), make_author("Anna Karl", is_proposed=True)

    for author, replacement in ((accepted, proposed), (proposed, also_proposed)):
        with pytest.raises(actions.ActionRefused):
            actions.replace_proposed_author(author, replacement, by=editor)
    assert desk.get(reverse("desk:author-replace", args=[accepted.pk])).status_code == 404
    url = reverse("desk:author-replace", args=[proposed.pk])
    page = desk.post(url, {"replacement": [str(also_proposed.pk)], "replacement-chooser": ""})
    assert "“Anna Karl” is proposed too." in page.text
    page = desk.post(url, {"replacement": [str(proposed.pk)], "replacement-chooser": ""})
    assert "This is the proposed author. Choose another." in page.text


def test_contributors_replace_nobody(client, contributor, proposed):
    assert client.get(reverse("desk:author-replace", args=[proposed.pk])).status_code == 403


def test_the_chooser_says_who_is_proposed(proposed):
    assert CHOICE_SOURCES["authors"].label(proposed) == "Anna Karlson · proposed, not yet accepted"


def test_the_queries_of_the_first_page_do_not_depend_on_the_number_of_proposals(desk, proposed):
    make_publication(authors=[proposed])
    count_queries(desk, "/desk/")
    few = count_queries(desk, "/desk/")
    for number in range(4):
        author = make_author(f"Proposed {number}", is_proposed=True)
        make_publication(title=f"First {number}", authors=[author])
        make_publication(title=f"Second {number}", authors=[author])

    assert count_queries(desk, "/desk/") == few


def test_each_proposal_names_its_own_proposer_and_drafts(client):
    people = {name: make_person("Contributors") for name in ("Anna", "Bo")}
    for name, person in people.items():
        client.force_login(person, backend=BACKEND)
        answer = client.post(PROPOSE, proposal_data(name=name)).json()
        client.post(ADD, filled(title=f"Draft of {name}", bylines=[str(answer["value"])]))
    client.force_login(make_person("Editors"), backend=BACKEND)

    page = " ".join(client.get("/desk/").text.split())

    for name, person in people.items():
        proposal = page.partition(f">{name}</a>")[2].partition("</li>")[0]
        assert f"Proposed by {person.username}." in proposal
        assert proposal.count("Draft of") == 1 and f"Draft of {name}" in proposal


def test_the_list_of_authors_marks_those_who_are_proposed(desk, proposed):
    make_author("Bo Ek", is_guest=True)

    page = desk.get(reverse("desk:publications_author_changelist")).text

    remarks = re.findall(r'<td class="field-remarks">(.*?)</td>', page)
    assert remarks == ["proposed, not yet accepted", "guest"]


def test_a_proposal_without_a_name_says_so_below_the_label(client, contributor):
    page = client.post(PROPOSE, proposal_data(name="")).text

    assert page.index("Name:</label>") < page.index("This field is required.")
    assert '<label for="new_name" class="required">' in page
