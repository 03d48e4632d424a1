"""The page Old addresses: administrators list, search, add and remove them, and see what one answers."""

import html

import pytest
from django.urls import reverse

from publications import actions
from publications.actions import OldAddress
from publications.models import AuditEntry, Publication, Redirect, SitePage
from tests.factories import make_live, make_person, make_publication, make_tag

pytestmark = pytest.mark.django_db

PAGE = "/desk/addresses/"


@pytest.fixture
def desk(client):
    client.force_login(make_person("Administrators"))
    return client


def keep(address: str, target) -> Redirect:
    assert actions.keep_old_addresses([OldAddress(address, target)], by=None) == []
    return Redirect.objects.latest("pk")


def text_of(response) -> str:
    return " ".join(response.text.split())


def test_each_is_listed_with_what_it_leads_to_and_whether_that_is_public(desk, editor):
    live, draft, gone = (
        make_live(title="Grain"),
        make_publication(title="Rye"),
        make_live(title="Oats").publication,
    )
    for number, target in enumerate((live.publication, draft, gone, "/en/publications/?kind=report")):
        keep(f"/?p={number}", target)
    actions.withdraw(gone, by=editor)

    page = text_of(desk.get(PAGE))

    assert "4 old addresses" in page
    assert f'<a href="{live.get_absolute_url()}">Grain</a>' in page
    assert (
        "Rye · <strong>not public</strong>" in page and "Oats · <strong>withdrawn or expired</strong>" in page
    )
    assert ">/en/publications/?kind=report</a>" in page


def test_those_of_a_deleted_draft_are_listed_again_when_it_is_restored(desk, editor):
    draft = make_publication(title="Rye")
    keep("/?p=2", draft)

    actions.delete_draft(draft, by=editor)
    assert "Rye" not in desk.get(PAGE).text and "Rye" not in desk.get(PAGE, {"nowhere": "1"}).text

    Publication.with_deleted.filter(pk=draft.pk).update(deleted_at=None)
    assert "Rye" in desk.get(PAGE).text


def test_each_has_the_status_of_its_answer_and_those_that_lead_nowhere_are_filtered(desk, client, editor):
    live, gone, draft = make_live().publication, make_live().publication, make_publication(title="Rye")
    targets = {
        "/live": live,
        "/gone": gone,
        "/draft": draft,
        "/?p=9": draft,
        "/tag": make_tag(),
        "/list": "/en/topics/",
    }
    for address, target in targets.items():
        keep(address, target)
    keep("/en/method", live)
    SitePage.objects.create(title_en="Method", slug_en="method", body_en="So.")  # its page wins
    actions.withdraw(gone, by=editor)

    page, filtered = desk.get(PAGE), desk.get(PAGE, {"nowhere": "1"})

    statuses = {row.redirect.address: row.status for row in page.context["rows"]}
    assert statuses == {
        "/live": 301, "/gone": 410, "/draft": 404, "/?p=9": 302, "/tag": 404, "/list": 301, "/en/method": 301,
    }  # fmt: skip
    assert statuses == {address: client.get(address).status_code for address in statuses}
    assert text_of(page).count("a page of the site answers at this address") == 1
    assert {row.redirect.address for row in filtered.context["rows"]} == {"/draft", "/?p=9", "/tag"}
    assert "3 old addresses" in text_of(filtered) and " checked>" in filtered.text


@pytest.mark.parametrize(
    ("query", "found"), [("p=1", "/?p=1"), ("grain", "/?p=1"), ("blog", "/blog"), ("topics", "/blog")]
)
def test_they_are_found_by_address_and_by_what_they_lead_to(desk, query, found):
    keep("/?p=1", make_live(title="Grain").publication)
    keep("/blog", "/en/topics/")

    page = desk.get(PAGE, {"q": query}).text

    assert [address for address in ("/?p=1", "/blog") if f"<code>{address}</code>" in page] == [found]


@pytest.mark.parametrize(
    "target", ["{live}", "http://localhost:8000{live}", "/en/topics/grain", "/sv/publikationer/", "{draft}"]
)
def test_one_is_added(desk, settings, target):
    settings.SITE_URL = "http://localhost:8000"
    live = make_live(tags=(make_tag("Grain"),))
    draft = reverse("desk:publications_publication_change", args=[make_publication().pk])
    form = {
        "address": "https://old.example/?p=1",
        "target": target.format(live=live.get_absolute_url(), draft=draft),
    }

    response = desk.post(PAGE, form, follow=True)

    assert "Kept: https://old.example/?p=1" in response.text and Redirect.objects.get().address == "/?p=1"
    assert AuditEntry.objects.first().by.username.startswith("administrators")


@pytest.mark.parametrize(
    ("address", "target", "sentence"),
    [
        ("/desk/", "/en/", "Addresses of this kind belong to the site itself."),
        ("/en/", "/sv/", "The site itself has something at this address."),
        ("/taken", "/sv/", "It leads to something else already. Remove it first."),
        ("/old", "https://elsewhere.example/", "This leads to another site"),
        ("/old", "https://elsewhere.example/", 'rewrite "^/old/?$" "https://elsewhere.example/" permanent;'),
        ("^/blog/(.*)$", "/$1", 'This is a pattern for several addresses'),
        ("/old", "/desk/publications/publication/99/change/", "It would lead to nothing that has an address on this site."),
        ("/feed/", "/en/feed/", "The feed of this site is at /en/feeds/publications.atom."),
        ("/old", "http://[", "This is no address."),
        ("http://[", "/en/", "This is no address of a page: a path is needed, of at most 500 characters."),
        ("", "/en/", "This field is required."),
    ],
)  # fmt: skip
def test_what_cannot_be_added_is_said_and_what_was_typed_stays(desk, address, target, sentence):
    keep("/taken", "/en/topics/")

    response = desk.post(PAGE, {"address": address, "target": target})

    assert response.status_code == 200 and sentence in html.unescape(response.text)
    assert response.context["form"]["target"].value() == target and Redirect.objects.count() == 1


def test_one_is_removed_after_a_question(desk, client):
    redirect = keep("/old", "/en/topics/")
    page = f"{PAGE}{redirect.pk}/remove/"
    assert "/old" in desk.get(page).text and Redirect.objects.exists()

    response = desk.post(page, follow=True)

    assert "Removed: /old" in response.text and not Redirect.objects.exists()
    assert AuditEntry.objects.first().detail == {"kind": "redirect", "count": 1, "removed": True}
    assert desk.get(page).status_code == 404


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("https://old.example/?utm_source=x&p=1", 301, "It leads to another address:"),
        ("/?p=2", 302, "It leads to another address:"),
        ("/gone", 410, "was withdrawn or has expired"),
        ("/nowhere/å b", 404, "Nothing is here"),
        ("nowhere", 404, "Nothing is here"),
        ("/en/", 200, "The site itself has a page or a file here."),
        ("/%00", 400, "It cannot be shown."),
        ("/desk/", "", "Addresses of this kind belong to the site itself."),
        ("//desk/", 302, "It leads to another address:"),
        ("http://[", 400, "This is no address."),
    ],
)
def test_the_answer_of_an_address_is_shown(desk, editor, address, status, sentence):
    live, gone = make_live(title="Grain"), make_live().publication
    keep("/?p=1", live.publication)
    keep("/gone", gone)
    actions.withdraw(gone, by=editor)

    page = text_of(desk.get(PAGE, {"address": address}))

    assert sentence in page and (f"<strong>{status}</strong>" in page if status else True)
    assert status != 301 or f'href="{live.get_absolute_url()}"' in page


def test_the_number_of_pages_is_limited(desk):
    target = make_live().publication
    rows = [OldAddress(f"/?p={number}", target) for number in range(35)]
    actions.keep_old_addresses(rows, by=None)

    assert desk.get(PAGE).text.count("<code>") == 30 and desk.get(PAGE, {"page": 2}).text.count("<code>") == 5


def test_the_page_is_in_swedish_too(desk):
    keep("/rye", make_publication())  # what it answers is an English page
    page = desk.get(PAGE, {"address": "/en/nothing"}, headers={"Accept-Language": "sv"}).text

    assert "Gamla adresser" in page and "Vad svarar en gammal adress?" in page
