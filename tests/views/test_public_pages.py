"""Public pages: their parts and the order of these, and that they are the same for everyone."""

import inspect
import re

import pytest
from django.utils.html import strip_tags

from publications import actions
from publications.models import Attachment, store_original
from publications.search import MAX_QUERY_CHARACTERS
from tests.factories import make_author, make_image, make_live, make_person, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db


def page_of(client, edition, path: str = "") -> str:
    return collapse_white_space(client.get(edition.get_absolute_url() + path).text)


def collapse_white_space(page: str) -> str:
    """Return the page without the white space that no browser shows, as at line breaks of templates."""
    page = re.sub(r"\s+", " ", page)
    return re.sub(r" ?(</?(?:p|h[1-6]|li|dt|dd|ul|div|section|article)\b[^>]*>) ?", r"\1", page)


def positions(page: str, *words: str) -> list[int]:
    assert not [word for word in words if word not in page]
    return [page.index(word) for word in words]


@pytest.fixture
def full_publication(editor):
    """A publication with everything on it."""
    publication = make_publication(
        title="On Minsk",
        kind="guest-commentary",
        authors=[
            make_author("Ann Berg", affiliation_en="Centre for Tests", biography_en="Ann <b>writes</b>.")
        ],
        tags=(make_tag("Belarus", name_sv="Belarus"),),
        body="The body begins.\n\nAnd ends.",
        published_at=None,
    )
    actions.publish(publication, by=editor)
    actions.set_related_links(publication, [make_live(title="Kin to it").publication], by=editor)
    return actions.publish(
        saved(publication, body="The body begins.\n\nIt ends."),
        by=editor,
        change="correction",
        note="It was “and”.",
    )


def test_the_parts_of_a_publication_page_are_in_order(client, full_publication):
    page = page_of(client, full_publication)

    order = positions(
        page, 'class="breadcrumb"', 'class="kind">Guest Commentary', ">On Minsk</h1>", ">Ann Berg<", "<time",
        "What happened, and what we make of it.</p>", "The body begins.", "not an endorsement", 'id="corrections"', ">Topics</h2>",
        ">About the Author<", ">Share</h2>", ">Cite</h2>", ">Related Publications<", "Kin to it",
    )  # fmt: skip
    assert order == sorted(order)


def test_the_text_of_the_page_names_title_authors_date_and_language(client, full_publication):
    text = re.sub(r"\s+", " ", strip_tags(page_of(client, full_publication)))

    said = [
        "On Minsk",
        "Guest Commentary",
        "Ann Berg",
        "Centre for Tests",
        str(full_publication.published_at.year),
        "English",
    ]
    assert all(word in text for word in said)


def test_the_type_line_of_a_quick_comment_says_what_it_is(client):
    page = strip_tags(page_of(client, make_live()))

    assert "Quick Comment – insights from SCEEUS&#x27;s experts on breaking news and hot topics" in page


def test_several_authors_share_one_section(client):
    edition = actions.publish(make_publication(authors=[make_author("Ann"), make_author("Bo")]), by=None)

    assert "About the Authors" in page_of(client, edition)


def test_a_biography_is_text_and_no_markup(client, full_publication):
    assert "Ann &lt;b&gt;writes&lt;/b&gt;." in page_of(client, full_publication)


def test_an_author_under_a_pen_name_has_no_portrait_biography_or_page(client):
    author = make_author(
        "Pen Name",
        is_pseudonymous=True,
        biography_en="zzqlife",
        orcid="0000-0002-1825-0097",
        portrait=make_image(),
    )
    page = page_of(client, make_live(author=author))

    assert "Pen Name" in page
    assert not any(
        word in page for word in ("zzqlife", "0000-0002-1825-0097", "author=pen-name", author.portrait.key)
    )


def test_related_publications_come_in_the_order_of_the_staff_and_only_while_live(client, editor):
    publication, first, second, gone = (
        make_live(title=title) for title in ("Piece", "Zeta", "Alpha", "Gone")
    )
    actions.set_related_links(
        publication.publication, [each.publication for each in (first, gone, second)], by=editor
    )
    actions.withdraw(gone.publication, by=editor)

    page = page_of(client, publication)

    assert positions(page, "Zeta", "Alpha") == sorted(positions(page, "Zeta", "Alpha"))
    assert "Gone" not in page


def test_share_links_ask_nothing_of_other_sites_until_they_are_followed(client):
    page = page_of(client, make_live(title="On Minsk & more"))

    assert not re.search(
        r'<(?:script|img|link|iframe)[^>]+(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1)', page
    )
    assert "linkedin.com/sharing" in page
    assert "On%20Minsk%20%26%20more" in page


def test_the_page_that_shares_on_mastodon_says_where_the_reader_is(client):
    edition = make_live(title="On Minsk")

    page = client.get(f"{edition.get_absolute_url()}share/mastodon/").text

    way = re.search(r'<nav class="breadcrumb".*?</nav>', page, re.DOTALL)[0]
    assert re.findall(r"<bdi[^>]*>([^<]+)</bdi>", way) == [
        "Home",
        "Publications",
        "On Minsk",
        "Share on Mastodon",
    ]
    assert f'href="{edition.get_absolute_url()}"' in way


def test_mastodon_asks_for_the_server_of_the_reader_and_offers_a_plain_link(client):
    edition = make_live(title="On Minsk")

    params = page_of(client, edition, "share/mastodon/")
    offered = page_of(client, edition, "share/mastodon/?server=mastodon.social")
    refused = page_of(client, edition, "share/mastodon/?server=javascript:alert(1)")

    assert 'name="server"' in params
    assert 'href="https://mastodon.social/share?text=On+Minsk' in offered
    assert "not the name of a server" in refused
    assert 'href="https://javascript' not in refused


def test_a_picture_of_the_text_is_served_in_two_formats(client):
    image = make_image(size=(1000, 500), credit="TT", alt_en="A field")
    page = page_of(client, make_live(body=f"![](image:{image.key})"))

    sources = re.findall(rf"/media/{image.key}/\d+\.(?:webp|jpg)", page)
    assert {client.get(source).status_code for source in sources} == {200}
    assert 'alt="A field"' in page
    assert "TT" in page


def test_a_picture_is_not_public_before_a_publication_shows_it(client):
    image = make_image(size=(1000, 500))

    assert client.get(f"/media/{image.key}/480.webp").status_code == 404


def test_an_image_size_that_no_page_uses_is_404(client):
    image = make_image(size=(1000, 500))
    make_live(body=f"![](image:{image.key})")

    assert client.get(f"/media/{image.key}/481.webp").status_code == 404


def test_an_attachment_comes_with_its_publication(client):
    publication = make_publication()
    Attachment.objects.create(
        publication=publication,
        original=store_original(b"%PDF-1.4", "pdf"),
        filename="r.pdf",
        label="The report",
        size=8,
    )
    page = page_of(client, actions.publish(saved(publication), by=None))

    address = re.search(r'href="(/en/publications/[^"]+/files/[^"]+)"', page).group(1)
    response = client.get(address)
    assert b"".join(response.streaming_content) == b"%PDF-1.4"
    assert response["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("path", ["/", "/en/", "/sv/", "/en/publications/", "/en/nowhere/", "piece"])
def test_public_pages_are_the_same_for_everyone(client, path):
    path = make_live().get_absolute_url() if path == "piece" else path
    stranger = client.get(path)
    client.force_login(make_person("Administrators"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "sv"

    known = client.get(path, headers={"Accept-Language": "sv"})

    assert known.content == stranger.content
    assert "Vary" not in known or known["Vary"] == "Accept-Encoding"
    assert not stranger.cookies
    assert "Set-Cookie" not in known
    assert "nonce" not in known["Content-Security-Policy"]
    assert "csrf" not in known.text


def test_cookies_of_the_desk_stay_at_the_desk(client):
    client.get("/desk/login/")

    assert {cookie["path"] for cookie in client.cookies.values()} == {"/desk/"}


def test_the_root_redirects_to_the_first_locale(client):
    assert client.get("/")["Location"] == "/en/"


@pytest.mark.parametrize(
    "query",
    [
        "kind=nope",
        "topic=nope",
        "country=nope",
        "series=nope",
        "author=nope",
        "year=99999",
        "year=x",
        "page=0",
        "page=x",
        "page=99",
    ],
)
def test_a_list_with_unknown_values_is_404(client, query):
    make_live()

    assert client.get(f"/en/publications/?{query}").status_code == 404


def test_lists_can_be_filtered_and_have_counts(client):
    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    make_live(title="Both", author=author, tags=(tag,))
    make_live(title="Other")

    page = client.get("/en/publications/?author=ann-berg&topic=belarus").text

    assert "Both" in page and ">Other<" not in page
    assert "1 publication" in page


def test_the_pages_of_an_empty_site_say_that_it_is_empty(client):
    assert client.get("/en/").status_code == client.get("/sv/publikationer/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/en/publications/%00/",
        "/media/%00/1.jpg",
        "/en/publications/?topic=%00",
        "/%FF%FE",
        "/en/publications/?page=%00",
    ],
)
def test_invalid_bytes_are_answered_with_a_page(client, path):
    assert client.get(path).status_code in (400, 404)


def test_the_500_page_needs_no_database(client, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the database is away")

    client.raise_request_exception = False
    monkeypatch.setattr("publications.views.publications.resolve_address", fail)

    response = client.get("/en/publications/anything/")

    assert response.status_code == 500
    assert "<h1" in response.text


def test_every_page_has_one_search_field(client):
    edition = make_live(author=make_author("Ann Berg"), tags=(make_tag("Belarus"),))
    paths = ["/en/", "/en/authors/ann-berg/", "/en/topics/belarus/", "/en/about/", edition.get_absolute_url()]

    for path in [*paths, "/en/publications/", "/en/nowhere/"]:
        page = client.get(path).text
        assert (path, page.count('type="search"')) == (path, 1)
        assert 'href="/en/publications/#words"' in page
    assert 'id="words"' in client.get("/en/publications/").text


def test_search_fields_have_the_maximum_length_of_a_query(client):
    for path in ["/en/", "/en/publications/", "/en/nowhere/"]:
        [field] = re.findall(r'<input[^>]*type="search"[^>]*>', client.get(path).text)
        assert (path, f'maxlength="{MAX_QUERY_CHARACTERS}"' in field) == (path, True)


@pytest.mark.parametrize("path", ["/en/", "/en/authors/", "/en/publications/", "/en/topics/", "/en/nowhere/"])
def test_no_context_value_is_computed_at_each_use(client, path):
    context = client.get(path).context

    names = context.keys()
    assert not [name for name in names if inspect.isfunction(context[name])]


def test_the_language_switch_of_an_untranslated_page_leads_to_the_home_page(client):
    alone = page_of(client, make_live())
    both = collapse_white_space(client.get("/en/authors/").text)

    said = '<a href="/sv/" hreflang="sv" lang="sv">Svenska <span class="languages__where">Till startsidan</span></a>'
    assert said in alone
    assert 'href="/sv/forfattare/" hreflang="sv" lang="sv">Svenska</a>' in both


def test_links_to_pdf_citation_sharing_and_alerts_are_below_the_title(client, full_publication):
    page = page_of(client, full_publication)

    at_hand = page.partition('class="quick-links')[2].partition("</ul>")[0]
    assert re.findall(r'href="([^"]+)"', at_hand) == [
        f"{full_publication.get_absolute_url()[:-1]}.pdf",
        "#cite",
        "#share",
        "#alerts",
    ]
    assert all(f'id="{place}"' in page for place in ("cite", "share", "alerts"))
    assert page.index('class="quick-links') < page.index("The body begins.")


def test_a_printed_publication_ends_with_its_citation_and_address(client, full_publication):
    end = (
        page_of(client, full_publication)
        .partition('<section class="print-only">')[2]
        .partition("</section>")[0]
    )

    said = strip_tags(end)
    assert "Suggested citation" in said
    assert "Berg, A." in said
    assert said.strip().endswith(full_publication.get_absolute_url())


@pytest.mark.parametrize("path", ["/en/about/", "/en/contact/", "/sv/om-oss/", "/sv/kontakt/"])
def test_a_new_site_tells_readers_nothing_that_is_meant_for_editors(client, path):
    page = client.get(path).text.partition("<main")[2].partition("</main>")[0]

    assert not re.search(
        r"Editors change|Redaktörer ändrar|Here the centre|[Hh]är (?:berättar|anger) centret", page
    )
    assert "<h2" in page
