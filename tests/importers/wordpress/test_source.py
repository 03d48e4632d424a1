"""The index of an export: which items are texts, their addresses, authors, topics, languages and files."""

import pytest

from publications.importers.image_finder import ImageFinder
from publications.importers.imported_file import UNREAD, ImportRefused
from publications.importers.mapping_yaml import render_mapping
from publications.importers.source import ImportContext
from publications.importers.sources import find_source
from publications.importers.wordpress.media import find_missing
from publications.path_patterns import PathTree

from .exports import SITE, attachment, category, export, group, item, open_export, read, write_export


def entry_of(source, number: int):
    return next(entry for entry in source.entries if entry.post_id == number)


def notes_of(source) -> str:
    return "\n".join(" ".join([note.text, *note.items]) for note in source.summarize(PathTree([])))


def test_an_export_is_found_as_a_file_and_in_a_folder(tmp_path):
    path = write_export(tmp_path / "in", item(1))

    assert (
        find_source(path)[0].name
        == find_source(tmp_path / "in")[0].name
        == find_source(tmp_path)[0].name
        == "WordPress"
    )


def test_several_files_of_a_large_site_are_one_source(tmp_path):
    for number in (1, 2, 3):
        write_export(tmp_path, item(number), name=f"site.{number}.xml")

    assert [entry.post_id for entry in open_export(tmp_path).entries] == [1, 2, 3]


def test_an_old_export_in_a_folder_of_markdown_leaves_the_folder_to_markdown(tmp_path):
    (tmp_path / "a.md").write_text("A text.")
    write_export(tmp_path / "old", item(1))

    assert find_source(tmp_path)[0].name == "Markdown"


@pytest.mark.parametrize("scheme", ["http://old.example", "https://www.old.example/", "https://OLD.example"])
def test_a_text_is_the_same_in_every_export_of_its_site(tmp_path, scheme):
    first = open_export(write_export(tmp_path, item(1)))
    second = open_export(write_export(tmp_path / "elsewhere", item(1), name="b.xml", site=scheme))

    assert first.entries[0].uid == second.entries[0].uid


def test_only_texts_are_imported_and_the_others_are_counted_with_their_reason(tmp_path):
    items = [item(1), item(2, type="page", slug="about"), item(3, status="trash"), item(4, status="auto-draft"),
             item(5, type="nav_menu_item"), item(6, type="revision", status="inherit"), item(7, type="report"),
             item(8, type="wp_block"), attachment(9, "2024/04/a.png"), item(10, status="draft", comments=3)]  # fmt: skip
    source = open_export(write_export(tmp_path, *items))

    notes = notes_of(source)

    assert [entry.post_id for entry in source.entries] == [1, 2, 10]
    assert "“post” in the export: 4; read as texts: 2. auto-draft: 1 trash: 1" in notes
    assert (
        "“page” in the export: 1; read as texts: 1." in notes
        and "Comments of readers, which are left out: 3." in notes
    )
    assert "types of their own of which nobody has said what they are: 1." in notes and "report: 1" in notes
    assert "left out: 2. nav_menu_item: 1 revision: 1" in notes


def test_a_type_of_its_own_is_imported_with_the_kind_of_the_mapping(tmp_path):
    path = write_export(tmp_path, item(1, type="policy_paper"), item(2, type="page"), item(3, type="event"))
    source = open_export(path, kinds={"policy_paper": "report", "page": ""})

    assert [(entry.post_id, entry.kind) for entry in source.entries] == [(1, "report")]
    assert entry_of(source, 1).former_paths[-1] == "/?post_type=policy_paper&p=1"


def test_an_export_without_texts_says_what_it_has(tmp_path):
    with pytest.raises(
        ImportRefused, match=r"export of WordPress without texts. It holds: nav_menu_item \(1\)"
    ):
        open_export(write_export(tmp_path, item(1, type="nav_menu_item")))


def test_old_addresses_are_those_that_readers_had(tmp_path):
    text = item(1, slug="gas", link=f"{SITE}/2024/04/09/gas/", guid="https://dev.example/?p=1",
                meta=[("_wp_old_slug", "oil"), ("_wp_old_date", "2024-03-01")])  # fmt: skip
    page = item(2, type="page", slug="about", link=f"{SITE}/about/")
    file = attachment(3, "2024/04/chart.png", parent=1, link=f"{SITE}/2024/04/09/gas/chart/")
    source = open_export(write_export(tmp_path, text, page, file))

    assert entry_of(source, 1).former_paths == (
        "/2024/04/09/gas/", "/2024/04/09/oil/", "/2024/03/01/gas/", "/?p=1", "/2024/04/09/gas/chart/", "/?attachment_id=3",
    )  # fmt: skip
    assert entry_of(source, 2).former_paths == ("/about/", "/?p=2", "/?page_id=2")


def test_the_address_of_a_blog_in_a_folder_is_that_on_its_host(tmp_path):
    site = "https://old.example/blog"
    path = write_export(
        tmp_path, item(1, link=f"{site}/gas.html", slug="gas", meta={"_wp_old_slug": "oil"}), site=site
    )

    assert open_export(path).entries[0].former_paths == (
        "/blog/gas.html",
        "/blog/oil.html",
        "/?p=1",
        "/blog/?p=1",
    )


def test_the_home_page_and_other_sites_are_no_address_of_a_text(tmp_path):
    path = write_export(tmp_path, item(1, link=f"{SITE}/", guid="https://elsewhere.example/gas/"))

    assert open_export(path).entries[0].former_paths == ("/?p=1",)


def test_the_number_in_a_guid_is_the_address_of_the_text_with_that_number(tmp_path):
    source = open_export(write_export(tmp_path, item(1161, guid=f"{SITE}/?p=582"), item(582)))

    assert "/?p=582" in entry_of(source, 582).former_paths
    assert "/?p=582" not in entry_of(source, 1161).former_paths


def test_links_find_texts_by_their_numbered_addresses(tmp_path):
    source = open_export(write_export(tmp_path, item(1), item(2))).assign_slugs({}, set())

    addresses = source.addresses(lambda locale, slug: f"/{locale}/publications/{slug}/")

    assert (
        addresses["/?p=1"] == "/en/publications/text-1/"
        and addresses["/2024/04/text-2"] == "/en/publications/text-2/"
    )
    assert "/" not in addresses


def test_a_link_to_a_hidden_text_by_its_number_does_not_show_its_title(tmp_path):
    hidden = item(2, slug="secret-paper", status="private")
    path = write_export(tmp_path, item(1, text=f'<p>See <a href="{SITE}/?p=2">here</a>.</p>'), hidden)

    assert f"[here]({SITE}/?p=2)" in read(path)[1].manuscript.body


def test_entities_in_the_name_of_a_category_that_the_export_does_not_list_are_decoded(tmp_path):
    path = write_export(tmp_path, item(1, terms=[("category", "trade", "Trade &amp; Transport")]))

    assert open_export(path).entries[0].tags == ("Trade & Transport",)


def test_slugs_of_other_alphabets_are_decoded(tmp_path):
    path = write_export(
        tmp_path,
        item(1, slug="%d0%b3%d0%b0%d0%b7"),
        item(2, slug="", title="Räksmörgås"),
        item(3, slug="", title="?"),
    )

    assert [entry.requested_slug for entry in open_export(path).entries] == ["газ", "räksmörgås", "text-3"]


def author(login: str, name: str, **values: str) -> str:
    return group(
        "author", author_login=login, author_email=f"{login}@old.example", author_display_name=name, **values
    )


def test_authors_are_named_and_have_the_addresses_of_their_pages(tmp_path):
    accounts = [author("ann", "Ann Berg"), author("bo", "", author_first_name="Bo", author_last_name="Ek"),
                author("cia@old.example", "")]  # fmt: skip
    source = open_export(write_export(tmp_path, *accounts, item(1)))

    authors = source.read_authors()

    assert [authors.find(name).name for name in ("Ann", "bo", "cia@old.example")] == [
        "Ann Berg",
        "Bo Ek",
        "Cia",
    ]
    assert authors.find("ann").former_paths == ("/author/ann/",)
    assert not any("@" in f"{row.name}{row.former_paths}" for row in authors.by_id.values())


def test_bylines_of_co_authors_plus_name_guests_and_accounts(tmp_path):
    guest = item(9, type="guest-author", slug="cap-eva-lind", title="Eva Lind",
                 meta={"cap-display_name": "Eva Lind", "cap-user_login": "eva-lind", "cap-user_email": "eva@old.example",
                       "cap-description": "Eva writes on <b>gas</b> &amp; oil.", "_thumbnail_id": "7"})  # fmt: skip
    terms = [("author", "cap-eva-lind", "eva-lind"), ("author", "cap-ann-b", "ann")]
    ordered = [("author", "cap-ann-b", "ann"), ("author", "cap-eva-lind", "eva-lind")]
    path = write_export(tmp_path, author("ann", "Ann Berg"), group("term", term_taxonomy="author", term_slug="cap-ann-b", term_name="ann"),
                        guest, attachment(7, "2024/04/eva.png"), item(1, terms=terms, creator="ann"), item(2, terms=ordered, creator="eva-lind"))  # fmt: skip
    source = open_export(path)

    authors = source.read_authors()

    assert entry_of(source, 1).authors == ("eva-lind", "ann") and entry_of(source, 2).authors == (
        "eva-lind",
        "ann",
    )
    assert (authors.find("eva-lind").name, authors.find("eva-lind").former_paths) == (
        "Eva Lind",
        ("/author/eva-lind/",),
    )
    assert authors.find("ann").former_paths == ("/author/ann-b/",)
    assert authors.find("eva-lind").biography == "Eva writes on gas & oil."
    assert authors.find("eva-lind").portrait == "/wp-content/uploads/2024/04/eva.png"
    assert "Files that no imported text" not in notes_of(source)


TERMS = [("category", "gas", "Gas"), ("category", "uncategorized", "Uncategorized"), ("post_tag", "eu", "EU"),
         ("post_tag", "gas", "GAS"), ("post_format", "post-format-aside", "Aside"), ("category", "report", "Report")]  # fmt: skip


def test_categories_and_tags_are_topics_in_this_order(tmp_path):
    names = category("gas", "Gas &amp; oil", "energy", "About <b>gas</b>.") + category("energy", "Energy")
    source = open_export(write_export(tmp_path, names, item(1, terms=TERMS)))

    assert source.entries[0].tags == ("Gas & oil", "Report", "EU", "GAS")
    topic = source.topics["gas & oil"]
    assert topic.introduction == "About gas ." and topic.former_paths == (
        "/category/energy/gas/",
        "/category/gas/",
    )


def test_a_category_that_is_a_kind_is_no_topic(tmp_path):
    entry = open_export(write_export(tmp_path, item(1, terms=TERMS)), kinds={"Report": "report"}).entries[0]

    assert entry.kind == "report" and "Report" not in entry.tags


def test_a_mapping_is_proposed_with_what_the_export_shows(tmp_path):
    names = category("gas", "Gas", "energy") + category("energy", "Energy") + category("rapport", "Rapport")
    terms = [("category", "gas", "Gas"), ("category", "rapport", "Rapport")]
    text = item(1, terms=terms, meta={"doi": "10.1/x", "colour": "red", "_edit_last": "1"})
    source = open_export(
        write_export(tmp_path, author("ann", "Ann Berg"), names, text, item(2, type="event"))
    )

    proposal = render_mapping(source.propose_mapping())

    assert "  gas: Gas  # 1 text below “Energy”" in proposal and "  ann: Ann Berg  # 1 text" in proposal
    assert "  rapport: report" in proposal and "  # event:  # 1 text" in proposal
    assert (
        "  # colour:  # 1 text" in proposal
        and "  doi: doi  # 1 text" in proposal
        and "_edit_last" not in proposal
    )


def test_a_field_that_publications_do_not_have_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match=r"gives custom fields to “colour”\. There are: summary, authors"):
        open_export(write_export(tmp_path, item(1)), fields={"a": "colour"})


def test_custom_fields_are_listed_without_those_of_plugins(tmp_path):
    meta = {
        "colour": "red",
        "_colour": "field_1",
        "_yoast_wpseo_focuskw": "gas",
        "_secret": "x",
        "doi": "10.1/x",
        "empty": " ",
    }
    notes = notes_of(open_export(write_export(tmp_path, item(1, meta=meta)), fields={"DOI": "doi"}))

    assert "Custom fields of which nobody has said what they become: 1." in notes and " colour: 1" in notes
    assert "Fields that plugins keep for themselves, which are left out: 1. _secret: 1" in notes


def test_what_is_left_out_on_purpose_is_another_answer_than_none(tmp_path):
    path = write_export(tmp_path, item(1, meta={"colour": "red", "size": "2"}), *(
        item(number, type=name) for number, name in enumerate(("event", "rule"), start=2)
    ))  # fmt: skip
    remarks = open_export(path, kinds={"rule": ""}, fields={"Size": ""}).summarize(PathTree([]))

    items = {(item, remark.topic) for remark in remarks for item in remark.items if ": " in item}
    assert items == {("event: 1", UNREAD), ("rule: 1", ""), ("colour: 1", UNREAD), ("size: 1", "")}


def test_terms_of_other_taxonomies_are_counted_if_the_export_does_not_list_them(tmp_path):
    terms = [("region", "north", "The North"), ("language", "en", "English"), ("post_tag", "gas", "Gas")]

    notes = notes_of(open_export(write_export(tmp_path, item(1, terms=terms))))

    assert "Terms of other taxonomies, which are left out: 1. region: 1" in notes


@pytest.mark.parametrize(
    ("values", "language"),
    [
        ({"terms": [("language", "sv", "Svenska")]}, "sv"),
        ({"meta": {"_wpml_import_language_code": "de"}}, "de"),
        ({"link": f"{SITE}/sv/gas/"}, "sv"),
        ({"link": f"{SITE}/gas/?lang=fr"}, "fr"),
        ({"link": f"{SITE}/se/gas/"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_of_a_text_is_that_which_the_export_shows(tmp_path, values, language):
    assert open_export(write_export(tmp_path, item(1, **values))).entries[0].language == language


@pytest.mark.parametrize(
    ("site", "option", "language"), [("sv-SE", "en", "sv"), ("en-US", "sv", "sv"), ("xx", "en", "en")]
)
def test_the_language_of_others_is_that_of_the_options_or_of_the_site(tmp_path, site, option, language):
    path = write_export(tmp_path, item(1), language=site)

    assert open_export(path, language=option).entries[0].language == language


def test_a_page_that_is_called_as_a_language_is_no_language(tmp_path):
    page, text = item(1, type="page", slug="it", link=f"{SITE}/it/"), item(2, link=f"{SITE}/it/gas/")

    assert {entry.language for entry in open_export(write_export(tmp_path, page, text)).entries} == {"en"}


def test_translations_follow_their_originals(tmp_path):
    terms = [("post_translations", "pll_5f", "pll_5f")]
    swedish = item(1, terms=[("language", "sv", "Svenska"), *terms])
    english = item(2, terms=[("language", "en", "English"), *terms])
    first, second = open_export(write_export(tmp_path, swedish, english)).entries

    assert (first.language, second.language, second.translation_of) == ("en", "sv", first.uid)


@pytest.mark.parametrize(
    "text",
    ["[:en]<p>Words.</p>[:sv]<p>Ord.</p>[:]", "<!--:en--><p>Words.</p><!--:--><!--:sv--><p>Ord.</p><!--:-->"],
)
def test_a_text_in_two_languages_is_two_texts(tmp_path, text):
    terms = [("category", "trade", "[:en]Trade[:sv]Handel[:]")]
    title, excerpt = "[:en]Ports[:sv]Hamnar[:]", "[:en]In short.[:sv]Kort.[:]"
    path = write_export(tmp_path, item(1, title=title, text=text, excerpt=excerpt, terms=terms), item(2))
    source = open_export(path).assign_slugs({}, set())
    context = ImportContext(
        authors=source.read_authors(), image_finder=ImageFinder((), {}, b""), addresses={}, uids_by_name={},
        kinds=frozenset({"commentary"}), kind="commentary", site=source.site, topics=source.topic_names,
    )  # fmt: skip

    english, _other, swedish = (imported.manuscript for imported in source.read(context, processes=0))
    assert (english.language, english.title, english.summary, english.body) == (
        "en",
        "Ports",
        "In short.",
        "Words.",
    )
    assert (swedish.language, swedish.title, swedish.summary, swedish.body) == (
        "sv",
        "Hamnar",
        "Kort.",
        "Ord.",
    )
    assert swedish.translation_of == english.uid and english.tags == swedish.tags == ("Trade",)
    assert english.uid == open_export(write_export(tmp_path / "b", item(1), item(2))).entries[0].uid
    assert (
        "/2024/04/text-1/" in source.entries[0].former_paths
        and "/sv/2024/04/text-1/" in source.entries[2].former_paths
    )


def test_files_that_are_not_there_are_named_once_and_others_that_nobody_uses_are_listed(tmp_path):
    text = '<img class="wp-image-3" src="/wp-content/uploads/2024/04/a-300x200.png"> <a href="/wp-content/uploads/b.pdf">B</a>'
    files = [
        attachment(3, "2024/04/a.png"),
        attachment(4, "2024/04/unused.png"),
        attachment(5, "2024/04/there.png"),
    ]
    path = write_export(tmp_path, item(1, text=text), item(2, text=text, meta={"_thumbnail_id": "5"}), *files)
    (tmp_path / "uploads/2024/04").mkdir(parents=True)
    (tmp_path / "uploads/2024/04/there-scaled.png").write_bytes(b"PNG")
    source = open_export(path)

    missing = find_missing(source.index, ImageFinder((tmp_path,), {}, b"", source.names_of))

    assert missing == (f"{SITE}/wp-content/uploads/2024/04/a.png", f"{SITE}/wp-content/uploads/b.pdf")
    assert (
        f"Files that no imported text shows or links to, which are left out: 1. {SITE}/wp-content/uploads/2024/04/unused.png"
        in notes_of(source)
    )


def test_a_good_export_has_no_note_of_what_is_not_there(tmp_path):
    source = open_export(write_export(tmp_path, item(1), category("gas", "Gas")))

    assert source.refused == {} and len(source.summarize(PathTree([]))) == 2


def test_nothing_of_the_export_is_written_where_it_is(tmp_path):
    write_export(tmp_path, item(1))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    open_export(tmp_path).propose_mapping()

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before and export(
        item(1)
    ) in before["export.xml"].decode()


def test_an_item_without_a_number_is_refused_by_name(tmp_path):
    source = open_export(write_export(tmp_path, item(0, title="Lost", link=""), item(1)))

    assert list(source.refused) == ["Lost"] and "wp:post_id" in source.refused["Lost"]


def test_files_of_deleted_texts_are_not_fetched(tmp_path):
    text = '<img src="/wp-content/uploads/a.png" />'
    source = open_export(
        write_export(tmp_path, item(1), item(2, status="trash", text=text), attachment(3, "a.png"))
    )

    assert source.index.used_files == set() and "which are left out: 1" in notes_of(source)
