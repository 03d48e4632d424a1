"""Old addresses: one spelling for what an import keeps, what links are looked for by, and what readers ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from publications import actions
from publications.models import AuditEntry, Publication, Redirect
from publications.slugs import MAX_REDIRECT_PATH, normalize_redirect_path
from tests.blogs import import_blog, outcomes, texts_of, write_post
from tests.factories import make_publication

pytestmark = pytest.mark.django_db

SPELLINGS = [
    "/Old/Grain", "/old/grain/", "old/grain", "/old/grain.html", "/old/grain/index.html", "/old/grain/index.htm",
    "/old/gr%61in", "https://old.example/old/grain#top", "//old.example/old/grain",
]  # fmt: skip


@pytest.mark.parametrize("stated", SPELLINGS)
def test_an_old_address_leads_on_for_readers_and_links_however_it_is_spelled(tmp_path, client, stated):
    write_post(tmp_path / "blog", front=f"redirect_from: {stated}\n")
    written = " ".join(f"[x]({item})" for item in SPELLINGS if item.startswith(("/o", "/O")))
    import_blog(write_post(tmp_path / "blog", "b.md", title="B", body=written))

    assert Redirect.objects.get(publication__title="A").path == "/old/grain"
    assert set(Publication.objects.get(title="B").body.split()) == {"[x](/en/publications/a/)"}
    for query in ("/old/grain", "/Old/Grain.html", "/old/grain/index.html", "/old/gr%61in/?page=1"):
        assert client.get(query)["Location"].endswith("/en/publications/a/"), query


def test_an_old_address_with_a_query_leads_on_for_that_query_alone(tmp_path, client):
    import_blog(write_post(tmp_path / "blog", front="redirect_from: https://old.example/page.aspx?id=7\n"))

    assert client.get("/page.aspx?utm_source=x&id=7")["Location"].endswith("/en/publications/a/")
    assert [client.get(path).status_code for path in ("/page.aspx", "/page.aspx?id=8")] == [404, 404]


def test_a_name_that_only_ends_like_the_file_of_a_page_is_whole():
    assert (
        normalize_redirect_path("/myindex.html") == "/myindex"
        and normalize_redirect_path("/index.html") == "/"
        and normalize_redirect_path("/html") == "/html"
    )


@given(some.text(max_size=40) | some.text("/:[]?#%.\\ \n\0ahtmlindex", max_size=40))
def test_whatever_is_written_is_a_path_or_none(written):
    path = normalize_redirect_path(written)

    assert path == "" or (path.startswith("/") and len(path) <= MAX_REDIRECT_PATH and "\0" not in path)
    assert normalize_redirect_path(path.replace("%", "%25").replace("#", "%23").replace("?", "%3f")) in (
        path,
        "/" + path[1:].strip("/"),
    )


@pytest.mark.parametrize("wrong", ["http://[x", "/" + "a" * MAX_REDIRECT_PATH])
def test_what_is_no_old_address_is_reported_and_the_others_lead_on(tmp_path, wrong):
    folder = write_post(
        tmp_path / "blog", front=f"redirect_from: ['{wrong}', /old/]\n", body=f"[x]({wrong}) and [y](/other/)"
    )

    import_report = import_blog(folder)

    assert (
        outcomes(import_report) == {"a.md": "new"}
        and Redirect.objects.get(publication__title="A").path == "/old"
    )
    assert wrong in texts_of(import_report, "redirect")[0]


def test_an_audit_line_does_not_say_which_old_addresses_lead_here():
    actions.add_redirects(make_publication(), ["/2014/vera-holm.html", "/2014/vera/"], by=None)

    (line,) = AuditEntry.objects.filter(detail__kind="redirect")
    assert line.detail["count"] == 2 and "vera" not in f"{line.subject} {line.detail}"
