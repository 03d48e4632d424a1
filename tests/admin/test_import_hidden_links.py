"""Links of an import to texts that readers do not see show no title of these unsaid, and are listed until they lead."""

import html
from datetime import timedelta

import pytest
from django.utils import timezone

from publications import actions
from publications.importers.html.links import names_page
from publications.importers.left_tasks import LeftTask
from publications.importers.left_to_do import find_left_to_do
from publications.models import ArchiveImport, Edition, Publication
from tests.factories import make_person, make_publication

from .test_archive_imports import administrator, archive, page_of, press, started
from .test_import_left import WHOLE, post
from .test_import_sources import check

__all__ = ["administrator", "started"]
pytestmark = pytest.mark.django_db
PLAN = "Minister to resign in May"
HIDDEN = post(PLAN, WHOLE + "draft: true\naliases: [/x/7/]\n")


def publish(administrator, files: dict[str, bytes]) -> tuple[str, ArchiveImport]:
    """Return the page that publishes an archive, and the import once it has."""
    check(administrator, archive(files))
    page = html.unescape(administrator.get(page_of("-publish", ArchiveImport.objects.first())).text)
    return page, press(administrator, "publish")


def import_drafts(administrator, files: dict[str, bytes]) -> None:
    check(administrator, archive(files))
    press(administrator, "drafts")


def reasons_of(job: ArchiveImport) -> list[str]:
    groups = {group.task: group for group in find_left_to_do(job)}
    reasons = (str(reason) for item in groups[LeftTask.LINKS].items for reason in item.reasons)
    return [reason for reason in reasons if reason.startswith("A link leads")]


@pytest.mark.parametrize("is_deleted", [False, True])
@pytest.mark.parametrize("link", ["/x/7/", "https://old.example/x/7"])
def test_links_to_drafts_of_another_import_keep_their_old_address(administrator, link, is_deleted):
    import_drafts(administrator, {"old/minister-to-resign-in-may.md": HIDDEN})
    draft = Publication.objects.get(title=PLAN)
    if is_deleted:
        actions.delete_draft(draft, by=make_person("Editors"))
    texts = archive({"new/a.md": post("A", text=f"See [x]({link}) here.")})
    check(administrator, texts, site="https://old.example")

    job = press(administrator, "publish")

    assert 'href="/x/7' in Edition.objects.get().html and "minister" not in Edition.objects.get().html
    if not is_deleted:
        assert reasons_of(job) == [f"A link leads to a text that readers do not see: {PLAN}"]
        actions.publish(draft, by=make_person("Editors"), although_hidden=True)
        assert reasons_of(job) == [] and administrator.get("/x/7/").status_code == 301


@pytest.mark.parametrize("state", ["draft", "scheduled", "deleted"])
def test_links_that_show_the_title_of_any_hidden_text_are_named_before_they_are_public(administrator, state):
    text = make_publication(title=PLAN, slug="minister-to-resign-in-may")
    if state == "scheduled":
        actions.publish(text, by=make_person("Editors"), at=timezone.now() + timedelta(days=3))
    if state == "deleted":
        actions.delete_draft(text, by=make_person("Editors"))
    link = "/en/publications/minister-to-resign-in-may/"

    page, job = publish(administrator, {"new/a.md": post("A", text=f"See [x]({link}) here.")})

    sentence = (
        f"A link leads to no text: {link}"
        if state == "deleted"
        else f"A link leads to a text that readers do not see: {PLAN}"
    )
    assert "1 of them links to a text that readers do not see" in page and sentence in page
    assert reasons_of(job) == [sentence]


def test_links_that_lead_and_links_to_other_sites_are_not_named(administrator):
    target = post("B", WHOLE + "aliases: [/en/publications/old-b/]\n")
    links = (
        "/en/publications/b.pdf", "/en/publications/b.bib", "/en/publications/social.png", "/en/publications/?page=2",
        "/en/publications/b/editions/1/", "/en/publications/b/#x", "/en/publications/old-b/",
        "https://www.sipri.example/en/publications/arms-2020/",
    )  # fmt: skip
    publish(administrator, {"old/b.md": target})
    text = " ".join(f"[x]({link})" for link in links)

    page, job = publish(administrator, {"new/a.md": post("A", text=text)})

    assert "A link leads" not in page and reasons_of(job) == []


@pytest.mark.parametrize("link", ["/en/publications/nothing/", "/en/publications/nothing/editions/1/"])
def test_links_to_no_text_are_left_to_do_and_show_no_title(administrator, link):
    files = {"new/a.md": post("A", text=f"See [x]({link})."), "new/b.md": HIDDEN}

    page, job = publish(administrator, files)

    assert "A link leads" not in page and reasons_of(job) == [f"A link leads to no text: {link}"]


def test_links_to_pages_of_topics_and_authors_of_whom_nothing_is_public_are_left(administrator):
    links = ("/en/topics/devops/", "/en/topics/gas/", "/en/authors/britta/", "/en/authors/ann-berg/")
    text = " ".join(f"See [x]({link})." for link in links)
    _page, job = publish(administrator, {"new/a.md": post("A", WHOLE + "tags: [Gas]\n", text=text)})

    assert reasons_of(job) == [
        "A link leads to /en/topics/devops/: no public piece is on this topic.",
        "A link leads to /en/authors/britta/: no public piece is by this author.",
    ]


@pytest.mark.parametrize(
    ("address", "is_named"),
    [
        ("https://github.com", False),
        ("https://wordpress.com/", False),
        ("https://18f.gsa.gov/about/", False),
        ("https://old.example/blog/on-gas/", True),
        ("https://old.example/?p=7", True),
    ],
)
def test_a_page_that_any_site_may_have_is_no_link_to_the_old_site(address, is_named):
    assert names_page(address) == is_named


@pytest.mark.parametrize("link", ["/en/publications/b/", "/x/7/"])
def test_links_to_withdrawn_texts_are_left_to_do(administrator, link):
    publish(administrator, {"old/b.md": post("B", WHOLE + "aliases: [/x/7/]\n")})
    text = Publication.objects.get()
    actions.withdraw(text, by=make_person("Editors"), note="Untrue.")

    page, job = publish(administrator, {"new/a.md": post("A", text=f"See [x]({link}).")})

    assert "A link leads" not in page
    assert reasons_of(job) == ["A link leads to a text that readers no longer see: B"]
