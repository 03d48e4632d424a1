"""Keeping many old addresses in one action: it is safe to repeat, and names what it refuses and why."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publications import actions
from publications.actions import AddressRefusal, OldAddress, RefusedAddress
from publications.admin.history.audit_text import describe_entry
from publications.importers.redirects import keep_old_addresses
from publications.models import AuditEntry, RedactedAddress, Redirect, SitePage, SiteVersion
from publications.name_search import NameMatcher, search_database
from tests.actions.test_remove_name import REMOVAL, remove
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db

NAME = REMOVAL.spellings[0]


def keep(*rows: OldAddress) -> dict[str, AddressRefusal]:
    return {refused.address: refused.reason for refused in keep_old_addresses(rows, by=None)}


def test_many_are_kept_in_one_action_which_is_safe_to_repeat():
    grain, rye, tag = make_live(title="Grain").publication, make_publication(), make_tag()
    rows = [
        OldAddress("/?p=1", grain), OldAddress("/?p=2", rye), OldAddress("/tag/grain/", tag),
        OldAddress("/logo.png", make_image()), OldAddress("/blog", "/en/publications/"), OldAddress("/?p=1", grain),
    ]  # fmt: skip
    before = SiteVersion.objects.get().number

    assert keep(*rows) == keep(*rows) == {}

    assert SiteVersion.objects.get().number == before + 1
    assert {row.address for row in Redirect.objects.all()} == {
        "/?p=1",
        "/?p=2",
        "/tag/grain",
        "/logo.png",
        "/blog",
    }
    entry = AuditEntry.objects.first()
    assert entry.detail == {"kind": "redirect", "count": 5}
    assert describe_entry(entry).description == "5 old addresses kept"


def test_removing_one_is_an_action():
    keep(OldAddress("/old", "/en/"))

    actions.remove_old_addresses([Redirect.objects.get()], by=None)

    assert not Redirect.objects.exists()
    assert describe_entry(AuditEntry.objects.first()).description == "1 old address removed"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", AddressRefusal.INVALID), ("/", AddressRefusal.INVALID), ("https://old.example", AddressRefusal.INVALID),
        ("/?" + "a" * 600, AddressRefusal.INVALID), ("/" + "a" * 600, AddressRefusal.INVALID),
        ("http://[", AddressRefusal.INVALID), ("/a\0", AddressRefusal.INVALID), ("/?p=%00", AddressRefusal.INVALID),
        ("/desk/", AddressRefusal.RESERVED), ("/Desk/?p=1", AddressRefusal.RESERVED), ("/desk", AddressRefusal.RESERVED),
        ("/static/a.css", AddressRefusal.RESERVED), ("/media/a.jpg", AddressRefusal.RESERVED),
        ("/api/v1/publications", AddressRefusal.RESERVED), ("/oai?verb=Identify", AddressRefusal.RESERVED),
        ("/admin/", AddressRefusal.RESERVED),
        ("/en/", AddressRefusal.USED), ("/sv/publikationer/", AddressRefusal.USED), ("/robots.txt", AddressRefusal.USED),
        ("/en/publications/grain/", AddressRefusal.USED), ("/en/publications/grain.pdf", AddressRefusal.USED),
        ("/en/publications/a-draft", AddressRefusal.USED), ("/en/topics/theme/", AddressRefusal.USED),
        ("/en/authors/ann-berg", AddressRefusal.USED), ("/en/method/", AddressRefusal.USED),
        ("/en/publications/?kind=report&q=x", AddressRefusal.USED), ("/en/feeds/publications.rss", AddressRefusal.USED),
        ("/taken", AddressRefusal.OTHER), ("/given-up", AddressRefusal.REDACTED), ("/given-up?p=1", AddressRefusal.REDACTED),
        ("/?p=given-up", AddressRefusal.REDACTED),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_returned_with_the_reason(address, reason):
    make_live(title="Grain", tags=(make_tag("Theme"),), author=make_author("Ann Berg"))
    saved(make_publication(), slug="a-draft")
    SitePage.objects.create(title_en="Method", slug_en="method", body_en="So.")
    keep(OldAddress("/taken", make_tag()))
    RedactedAddress.objects.store(["/given-up", "/?p=given-up"])
    target = make_live(title="Rye").publication

    assert keep(OldAddress(address, target), OldAddress("/kept", target)) == {address: reason}
    assert Redirect.objects.get(path="/kept")


FORMATS = ("/", ".pdf", ".md", ".bib", "/editions/1/", "/timegate/", "/linkset.json", "/files/abc/report.pdf")


@pytest.mark.parametrize("suffix", FORMATS)
def test_no_address_that_a_draft_will_have_is_taken(suffix):
    """Whoever keeps an address reads the same sentence of a draft and of a page."""
    make_publication(title="A draft to come"), make_live(title="Public")
    saved(make_publication(title="Ett utkast", language="sv"), slug="eget-namn")
    own = suffix.replace("editions", "utgavor")
    draft_paths = [f"/en/publications/a-draft-to-come{suffix}", f"/sv/publikationer/eget-namn{own}"]
    paths, other = [*draft_paths, f"/en/publications/public{suffix}"], make_live().publication

    assert set(keep(*(OldAddress(path, other) for path in paths)).values()) == {AddressRefusal.USED}
    assert set(actions.add_redirects(other, paths, by=None)) == set(map(Redirect.normalize_path, paths))
    assert not Redirect.objects.exists()


def test_the_address_that_a_draft_will_have_may_lead_to_it(client, editor):
    draft = make_publication(title="A draft to come")

    assert keep(OldAddress("/en/publications/a-draft-to-come/", draft)) == {}
    actions.publish(saved(draft, slug="another"), by=editor)
    assert client.get("/en/publications/a-draft-to-come/").headers["Location"] == "/en/publications/another/"


@pytest.mark.parametrize("path", ["/desk/x", "/en/topics/theme/", "/en/", "/en/publications/"])
def test_an_import_takes_no_address_of_the_site(path):
    make_tag("Theme")

    assert actions.add_redirects(make_publication(), [path], by=None) == [Redirect.normalize_path(path)]


@pytest.mark.parametrize(
    "address",
    ["/en/publications/an-old-text/", "/en/topics/an-old-topic", "/en/contact-us", "/en/publications/?cat=3"],
)
def test_an_address_in_the_form_of_the_site_is_kept_if_nothing_is_there(client, address):
    target = make_live().publication

    assert keep(OldAddress(address, target)) == {}
    assert client.get(address).status_code == 301


def test_the_own_address_of_the_target_needs_no_redirect():
    edition, tag = make_live(), make_tag("Grain")

    assert (
        keep(OldAddress(edition.get_absolute_url(), edition.publication), OldAddress("/en/topics/grain", tag))
        == {}
    )
    assert not Redirect.objects.exists()


def test_a_pen_name_has_no_old_address():
    author = make_author("Tacit", is_pseudonymous=True)

    assert keep(OldAddress("/people/ann-berg", author)) == {"/people/ann-berg": AddressRefusal.NO_TARGET}


def test_a_deleted_draft_holds_no_old_address(editor):
    draft, target = make_publication(), make_live().publication
    keep(OldAddress("/?p=1", draft))
    actions.delete_draft(draft, by=editor)

    assert keep(OldAddress("/?p=1", target)) == {}
    assert Redirect.objects.get().publication == target


def test_a_redacted_publication_gets_no_new_ones(editor):
    publication = make_live(body="Vera Holm said it.").publication
    keep(OldAddress("/?p=1", publication))
    actions.redact(publication, "Vera Holm", by=editor)

    refused = keep(OldAddress("/?p=1", publication), OldAddress("/?p=vera-holm", publication))

    assert refused == {"/?p=vera-holm": AddressRefusal.REDACTED}


@pytest.mark.parametrize(
    "address", ["/vera-holm?p=1", "/?p=vera-holm", "/?name=Vera+H%C3%B6lm", "/?n=Vera%20Holm"]
)
def test_a_redaction_gives_up_the_address_with_its_query(client, editor, address):
    publication = make_live(title="Vera Holm", body="Vera Holm said it, and Vera Hölm.").publication
    other = make_live().publication
    keep(OldAddress(address, publication), OldAddress("/?p=2", publication))

    actions.redact(publication, "Vera Holm" if "C3" not in address else "Vera Hölm", by=editor)

    assert [row.address for row in Redirect.objects.all()] == ["/?p=2"]
    assert keep(OldAddress(address, other)) == {address: AddressRefusal.REDACTED}
    assert keep(OldAddress("/?p=3", other)) == {}
    if address.startswith("/vera-holm"):
        assert set(keep(OldAddress("/vera-holm", other), OldAddress("/vera-holm?p=2", other)).values()) == {
            AddressRefusal.REDACTED
        }


def test_removing_a_name_deletes_old_addresses_that_hold_it():
    addresses = ["/people/vera-akerholm?p=1", f"/?name={NAME.replace(' ', '+')}", "/?name=Vera+%C3%85kerholm"]
    for address in addresses:
        keep(OldAddress(address, "/en/"))
    Redirect.objects.create(path="/list", site_path="/en/publications/?author=vera-akerholm")
    keep(OldAddress("/?p=1", "/en/"))

    remove()

    assert [row.address for row in Redirect.objects.all()] == ["/?p=1"]
    assert list(search_database(NameMatcher(REMOVAL.spellings))) == []
    assert {keep(OldAddress(address, "/en/"))[address] for address in addresses} == {AddressRefusal.REDACTED}
    assert keep(OldAddress("/list", "/en/"), OldAddress("/?p=2", "/en/")) == {}


SPELLED = [
    "/people/vera-akerholm", "/people/Vera%20%C3%85kerholm.html", "/Vera_%C5kerholm", "/vera%2520%25C3%2585kerholm",
    "/veraakerholm/x?p=1", "/p/vera%252520akerholm", "/VERA+A%CC%8AKERHOLM", "/?n=Vera+%C5kerholm", "/?n=vera%2Bakerholm",
    "/?n=Vera%2520%25C3%2585kerholm", "/?n=Vera%20Akerholm", "/?first=Vera&last=%C3%85kerholm", "/?n=Vera+%26Aring%3Bkerholm",
    "/a.aspx?u=%2Fpeople%2Fvera-akerholm", "/?vera-akerholm", "/?vera_akerholm=1",
]  # fmt: skip
"""Old addresses that hold the name: percent-encoded once or several times, in Windows-1252, over two parameters …"""


@pytest.mark.parametrize("has_publication", [True, False])
def test_a_name_is_found_and_removed_however_an_old_address_spells_it(has_publication):
    target = make_live().publication if has_publication else "/en/"
    assert keep(*(OldAddress(address, target) for address in (*SPELLED, "/people/vera", "/?n=Ake"))) == {}
    kept = Redirect.objects.exclude(path="/people/vera").exclude(query="n=Ake")
    places = {occurrence.place for occurrence in search_database(NameMatcher(REMOVAL.spellings))}
    missed = [row.address for row in kept if not any(f"row {row.pk}" in place for place in places)]
    assert missed == ["/?first=Vera&last=%C3%85kerholm"]  # whose two columns hold half of it each

    remove()

    assert {row.address for row in Redirect.objects.all()} == {"/people/vera", "/?n=Ake"}
    refused = keep(*(OldAddress(address, "/en/") for address in SPELLED))
    assert set(refused.values()) == {AddressRefusal.REDACTED} and set(refused) == set(SPELLED)


def test_a_redaction_removes_the_same_spellings(editor):
    publication = make_live(body="Vera Åkerholm said it.").publication
    keep(*(OldAddress(address, publication) for address in (*SPELLED, "/?p=2")))
    Redirect.objects.create(path="/list", publication=publication)

    actions.redact(publication, "Vera Åkerholm", by=editor)

    assert {row.address for row in Redirect.objects.all()} == {"/?p=2", "/list"}


def test_the_number_of_queries_depends_on_batches_not_on_rows():
    target = make_live().publication

    def count_queries(first: int, count: int) -> int:
        rows = [OldAddress(f"/?p={number}", target) for number in range(first, first + count)]
        with CaptureQueriesContext(
            connection,
        ) as context:
            assert keep(*rows) == {}
        return len(context)

    assert count_queries(0, 10) == count_queries(1000, 200)


def test_a_refusal_is_a_sentence():
    assert (
        RefusedAddress("/old", AddressRefusal.USED).reason.label
        == "The site itself has something at this address."
    )
