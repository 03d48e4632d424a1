"""Site pages, menu and footer, redirects and error pages."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publications import actions
from publications.models import (
    AuditEntry,
    MenuLink,
    Redirect,
    SitePage,
    SiteSettings,
    read_site_state,
    site_state_scope,
)
from publications.views.errors import query_text_of_path
from tests.factories import make_author, make_image, make_live, make_tag, saved

pytestmark = pytest.mark.django_db


def make_page(**fields) -> SitePage:
    return actions.save_instance(
        SitePage(**{"title_en": "Press", "body_en": "Write to us.", **fields}), by=None
    )


def save_changed(instance, **fields):
    for name, value in fields.items():
        setattr(instance, name, value)
    return actions.save_instance(instance, by=None)


def get_raw(client, path: bytes, query: bytes = b""):
    """Request a path of raw bytes, as a server passes them, without the decoding of the test client."""
    return client.get("/", PATH_INFO=path.decode("latin-1"), QUERY_STRING=query.decode("latin-1"))


# Pages


@pytest.mark.parametrize("path", ["/en/about/", "/en/contact/", "/en/privacy/", "/en/accessibility/", "/sv/om-oss/",
                                  "/sv/kontakt/", "/sv/personuppgifter/", "/sv/tillganglighet/"])  # fmt: skip
def test_a_new_site_has_its_first_pages_in_both_languages(client, path):
    page = client.get(path)

    assert page.status_code == 200
    assert "Last changed" in page.text or "Senast ändrad" in page.text


def test_links_of_the_first_pages_lead_somewhere(client):
    texts = " ".join(page.html_en + page.html_sv for page in SitePage.objects.all())
    links = {part.partition('"')[0] for part in texts.split('href="')[1:]}

    assert links
    assert {client.get(link).status_code for link in links} == {200}


def test_a_page_is_shown_as_safe_html_in_the_language_of_its_locale(client):
    make_page(title_sv="Press", body_en="Write **now**. <script>alert(1)</script>", body_sv="Skriv.")

    page = client.get("/en/press/").text

    assert "<strong>now</strong>" in page
    assert "<script>alert" not in page
    assert 'hreflang="sv" href="http' in page and "/sv/press/" in page


def test_a_page_without_text_in_a_language_is_not_found_there(client):
    make_page(title_sv="Press")

    assert client.get("/en/press/").status_code == 200
    assert client.get("/sv/press/").status_code == 404


@pytest.mark.parametrize("word", ["publications", "publikationer", "topics", "feeds", "Authors"])
def test_an_address_of_the_site_itself_is_refused_in_both_languages(word):
    for locale in ("en", "sv"):
        fields = {f"title_{locale}": "Some page", f"body_{locale}": "Text.", f"slug_{locale}": word}

        with pytest.raises(ValidationError, match="is an address of the site itself"):
            actions.save_instance(SitePage(**fields), by=None)


def test_a_page_shows_no_picture_of_the_library():
    image = make_image()

    with pytest.raises(ValidationError, match="shows no pictures"):
        make_page(body_en=f"![A field](image:{image.key})")


def test_a_text_that_cannot_be_rendered_is_refused_and_nothing_is_stored():
    with pytest.raises(ValidationError) as refusal:
        make_page(body_en="a" * 400_001)

    assert "body_en" in refusal.value.message_dict
    assert not SitePage.objects.filter(title_en="Press").exists()


def test_a_change_of_a_page_writes_an_audit_entry(editor):
    actions.save_instance(SitePage(title_en="Press", body_en="Text."), by=editor, changed=["title_en"])

    line = AuditEntry.objects.get(subject="Press")
    assert (line.by, line.detail["kind"]) == (editor, "sitepage")


def test_a_page_in_a_menu_cannot_be_deleted():
    page = make_page()
    MenuLink.objects.create(place="menu", page=page)

    with pytest.raises(actions.ActionRefused, match="linked from the menu"):
        actions.delete_instance(page, by=None)


# Menu and footer


def test_the_menu_is_in_the_language_of_the_locale_and_marks_the_current_page(client):
    page = client.get("/sv/om-oss/").text

    assert '<a href="/sv/om-oss/" aria-current="page">Om oss</a>' in page
    assert '<a href="/sv/publikationer/">Publikationer</a>' in page


def test_pages_of_one_site_version_have_their_own_etags(client):
    with site_state_scope(read_site_state()):
        pages = {path: client.get(path).text for path in ("/sv/", "/sv/om-oss/", "/sv/publikationer/")}

    marked = {path: re.findall('href="([^"]+)" aria-current="page"', page) for path, page in pages.items()}
    assert {path: set(marks) for path, marks in marked.items()} == {
        "/sv/": set(),
        "/sv/om-oss/": {"/sv/om-oss/"},
        "/sv/publikationer/": {"/sv/publikationer/"},
    }
    assert ["masthead__search" in page for page in pages.values()] == [True, True, False]


def test_a_page_in_one_language_is_linked_in_the_other_locale_with_its_language(client):
    MenuLink.objects.create(place="footer", page=make_page())

    page = client.get("/sv/").text

    assert 'href="/en/press/" hreflang="en" lang="en">Press <span' in " ".join(page.split())


def test_a_page_without_any_text_is_linked_nowhere(client):
    page = make_page()
    MenuLink.objects.create(place="footer", page=page)

    save_changed(page, body_en="")

    assert "Press" not in client.get("/en/").text


@pytest.mark.parametrize(("typed", "shown"), [
    ("news@example.org", 'href="mailto:news@example.org"'),
    ("mailto:news@example.org", 'href="mailto:news@example.org"'),
    ("https://example.org/@us", 'href="https://example.org/@us"'),
    ("/en/about/", 'href="/en/about/"'),
])  # fmt: skip
def test_newsletter_and_accounts_are_linked_as_typed(client, typed, shown):
    SiteSettings.objects.update(newsletter=typed)
    MenuLink.objects.create(place="social", address_en=typed, label_en="Elsewhere")

    page = client.get("/sv/").text

    assert page.count(shown) >= 2
    assert ('rel="me"' in page) == typed.startswith("https")


def test_the_footer_names_the_publisher(client):
    SiteSettings.objects.update(publisher_en="Hosted by an institute\nFunded by <nobody>")

    page = client.get("/en/").text

    assert "Hosted by an institute<br>Funded by &lt;nobody&gt;" in page


def test_the_number_of_queries_does_not_depend_on_the_number_of_links(client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/en/about/").status_code == 200
        return len(captured)

    few = queries()
    for number in range(20):
        MenuLink.objects.create(place="footer", page=make_page(title_en=f"Page {number}"))

    assert queries() == few <= 4


# Former paths


def test_the_former_address_of_a_page_leads_to_it(client):
    page = make_page()
    save_changed(page, slug_en="media")

    response = client.get("/en/press/")

    assert (response.status_code, response["Location"]) == (301, "/en/media/")
    assert client.get("/en/press")["Location"] == "/en/media/"


def test_a_reused_address_no_longer_redirects(client):
    page = make_page()
    save_changed(page, slug_en="media")
    save_changed(page, slug_en="press")

    assert client.get("/en/press/").status_code == 200
    assert client.get("/en/media/")["Location"] == "/en/press/"
    assert Redirect.objects.count() == 1


@pytest.mark.parametrize(("locale", "section"), [("en", "topics"), ("sv", "amnen")])
def test_the_former_address_of_a_topic_leads_to_it_while_it_has_a_live_publication(client, locale, section):
    tag = make_tag("Belarus")
    make_live(tags=(tag,))
    save_changed(tag, slug="belarus-today")
    unused = make_tag("Unused")
    save_changed(unused, slug="unused-too")

    assert client.get(f"/{locale}/{section}/belarus/")["Location"] == f"/{locale}/{section}/belarus-today/"
    assert client.get(f"/{locale}/{section}/unused/").status_code == 404


def test_the_former_address_of_an_author_redirects_unless_pseudonymous(client):
    author = make_author("Ann Berg")
    make_live(author=author)
    save_changed(author, slug="ann-berg-lind")

    assert client.get("/en/authors/ann-berg/")["Location"] == "/en/authors/ann-berg-lind/"
    save_changed(author, is_pseudonymous=True)
    assert client.get("/en/authors/ann-berg/").status_code == 404


def test_an_address_of_another_system_answers_as_its_publication_does(client, editor):
    edition = make_live(title="On Minsk")
    Redirect.objects.create(
        path=Redirect.normalize_path("/2019/05/on minsk.html"), publication=edition.publication
    )
    query = "/2019/05/On%20Minsk.html?utm=x"

    assert client.get(query)["Location"] == edition.get_absolute_url()
    actions.withdraw(edition.publication, by=editor)
    assert client.get(query).status_code == 410


def test_an_address_of_a_publication_never_published_is_not_found(client, editor):
    publication = make_live().publication
    draft = saved(type(publication)(kind=publication.kind, title="Draft"))
    Redirect.objects.create(path="/old", publication=draft)

    assert client.get("/old").status_code == 404


def test_only_safe_methods_are_redirected(client):
    page = make_page()
    save_changed(page, slug_en="media")

    assert client.post("/en/press/").status_code == 405


def test_a_redirect_is_found_with_one_or_two_queries(client):
    page = make_page()
    save_changed(page, slug_en="media")

    with CaptureQueriesContext(connection) as captured:
        client.get("/en/press/")

    assert len(captured) <= 3  # the page that is not there, then the path


@pytest.mark.parametrize(("typed", "lower"), [
    ("/EN/About/?q=Ä&x=1", "/en/about/?q=%C3%84&x=1"),
    ("/en/About", "/en/about/"),
    ("/SV/Publikationer/", "/sv/publikationer/"),
])  # fmt: skip
def test_an_address_in_capitals_redirects_to_lower_case(client, typed, lower):
    response = client.get(typed)

    assert (response.status_code, response["Location"]) == (301, lower)


@pytest.mark.parametrize("typed", ["/en/NOWHERE/", "/Nowhere", "//EN//ABOUT", "/EN/" + "A" * 3000])
def test_capitals_are_not_redirected_where_no_page_is(client, typed):
    assert client.get(typed).status_code == 404


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.binary(max_size=60), query=st.binary(max_size=20))
def test_invalid_bytes_in_a_path_get_a_page(client, path, query):
    assert get_raw(client, b"/" + path, query).status_code < 500


@pytest.mark.parametrize(
    "path", [b"//[", b"//en/old", b"/\xff\xfe", b"/A\xed\xb3\xbf", b"/\xe2\x80\xa8", b"/a\r\nb", b"///"]
)
def test_unusual_paths_are_404(client, path):
    assert get_raw(client, path).status_code == 404


# Pages for when there is nothing to see


@pytest.mark.parametrize(("path", "words"), [
    ("/en/publications/lavrov-visits-china/", "lavrov visits china"),
    ("/2019/05/on-minsk.html", "on minsk"),
    ("/", ""),
    ("/en/x/", ""),
])  # fmt: skip
def test_the_query_of_the_404_page_is_read_from_the_path(path, words):
    assert query_text_of_path(path) == words


def test_the_404_page_has_a_search_form_and_the_latest_publications(client):
    make_live(title="On Minsk")

    page = client.get("/en/lavrov-in-china/").text

    assert 'name="q" value="lavrov in china"' in page
    assert "On Minsk" in page


def test_robots_may_read_all_but_the_desk(client):
    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "User-agent: *\nDisallow: /desk/\n" in response.text
    assert "Sitemap: http" in response.text


def test_a_form_that_is_too_large_is_answered_with_its_page(client, editor, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")

    response = client.post("/desk/publications/sitepage/add/", {"title_en": "x" * 2000})

    assert response.status_code == 413
    assert "None of it has been stored" in response.text


def test_a_form_without_csrf_token_gets_an_error_page():
    response = Client(enforce_csrf_checks=True).post("/desk/login/", {"username": "editor"})

    assert response.status_code == 403
    assert "This form has expired" in response.text


@pytest.mark.parametrize("path", ["/en/", "/en/about/", "/en/nowhere/", "/desk/"])
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_an_unreachable_database_is_answered_with_503(client, editor, path, error):
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    client.raise_request_exception = False

    def away(*_):
        raise error("connection refused")

    with connection.execute_wrapper(away):
        response = client.get(path)

    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "Back in a moment" in response.text


def test_any_other_error_is_answered_with_500(client, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("something else")

    client.raise_request_exception = False
    monkeypatch.setattr("publications.views.pages.site_page_context", fail)

    response = client.get("/en/about/")

    assert response.status_code == 500
    assert "Retry-After" not in response
