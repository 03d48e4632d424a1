"""An export of Ghost comes in with its tags, authors and pictures; what was not public becomes a draft."""

import json

import pytest

from publications.importers.ghost import is_ghost, open_ghost_source
from publications.importers.imported_file import ImportRefused
from publications.importers.options import ImportOptions
from publications.importers.run import run_import
from publications.importers.source import ImportSource
from publications.path_patterns import PathTree
from tests.factories import picture_bytes
from tests.importers.html.articles import make_context

SITE = "https://old.example"


def make_export(*posts: dict, **tables) -> dict:
    data = {
        "posts": [
            {"id": f"p{number}", "uuid": f"u{number}", "status": "published", "visibility": "public", "type": "post"} | post
            for number, post in enumerate(posts, start=1)
        ],
        "tags": [
            {"id": "t1", "name": "War & peace", "slug": "war", "description": "On war.", "visibility": "public"},
            {"id": "t2", "name": "#hidden", "slug": "hash-hidden", "visibility": "internal"},
        ],
        "users": [{"id": "a1", "name": "Ann Lee", "slug": "ann", "email": "ann@x.example", "password": "$2a$secret", "bio": "Ann writes."}],
        "posts_tags": [{"post_id": "p1", "tag_id": "t2", "sort_order": 0}, {"post_id": "p1", "tag_id": "t1", "sort_order": 1}],
        "posts_authors": [{"post_id": "p1", "author_id": "a1", "sort_order": 0}],
        "posts_meta": [{"post_id": "p1", "feature_image_alt": "An alt", "feature_image_caption": "Photo: <a href='https://w.example'>W. &amp; M.</a>", "meta_description": "For machines"}],
        "settings": [{"key": "lang", "value": "sv"}],
    }  # fmt: skip
    return {"db": [{"meta": {"exported_on": 1, "version": "5.0.0"}, "data": data | tables}]}


@pytest.fixture
def open_export(tmp_path):
    def _open(export: dict | str) -> ImportSource:
        file = tmp_path / "my-site.ghost.2024-01-01.json"
        file.write_text(export if isinstance(export, str) else json.dumps(export))
        assert isinstance(export, str) or is_ghost(file)
        return open_ghost_source(file, language="en", site=SITE).assign_slugs({}, set())

    return _open


def read_all(source: ImportSource, folder) -> list:
    addresses = source.addresses(lambda locale, slug: f"/{locale}/{slug}/")
    context = make_context(
        folder,
        addresses=addresses,
        site=source.site,
        authors=source.read_authors(),
        topics=source.topic_names,
    )
    return list(source.read(context, processes=0))


def test_a_post_comes_in_with_all_its_fields(open_export, tmp_path):
    folder = tmp_path / "content/images/2024"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(picture_bytes())
    post = {
        "title": "A < B",
        "slug": "a-b",
        "html": '<p>One <a href="__GHOST_URL__/other/">link</a>.</p><figure class="kg-card kg-image-card kg-card-hascaption">'
        '<img src="__GHOST_URL__/content/images/size/w600/2024/a.png" class="kg-image" alt="In"><figcaption><span>Cap</span></figcaption></figure>',
        "feature_image": "__GHOST_URL__/content/images/2024/a.png",
        "published_at": "2024-04-09T08:00:00.000Z",
        "custom_excerpt": "Short",
        "codeinjection_head": "<script></script>",
        "canonical_url": "https://magazine.example/a/",
    }
    source = open_export(
        make_export(
            post,
            {"title": "Other", "slug": "other", "html": "<p>b</p>", "canonical_url": "__GHOST_URL__/other"},
        )
    )
    first, second = read_all(source, tmp_path)

    assert not [note for note in second.notes if note.topic == "value"]
    text = first.manuscript
    key = text.images[0].key
    assert (text.title, text.summary, text.language, text.slug) == ("A < B", "Short", "sv", "a-b")
    assert text.body == f'One [link](/sv/other/).\n\n![In](image:{key} "Cap")' and text.cover == key
    assert text.tags == ("War & peace",) and [byline.name for byline in text.bylines] == ["Ann Lee"]
    assert text.published_at.isoformat() == "2024-04-09T08:00:00+00:00"
    assert first.former_paths == ("/a-b/",) and not first.is_draft and not second.is_draft
    notes = [str(note.text) for note in first.notes]
    assert text.images[0].credit == "Photo: W. & M."
    left = [str(note.text) for note in first.notes if note.topic == "value"]
    assert len(left) == 2 and "https://magazine.example/a/" in left[0] and "https://w.example" in left[1]
    assert any("codeinjection_head" in note for note in notes) and any(
        "For machines" in note for note in notes
    )
    assert source.topics["war"].former_paths == ("/tag/war/",) and "hash-hidden" not in source.topics
    assert source.read_authors().find("ann").former_paths == ("/author/ann/",)
    assert "secret" not in str(notes) and "ann@x.example" not in str(notes)


@pytest.mark.parametrize(
    "values",
    [
        {"status": "draft"},
        {"status": "scheduled"},
        {"status": "sent"},
        {"visibility": "members"},
        {"visibility": "paid"},
        {"visibility": "tiers"},
        {"type": "page"},
    ],
)
def test_what_was_not_public_becomes_a_draft(open_export, tmp_path, values):
    (file,) = read_all(
        open_export(make_export({"title": "A", "slug": "a", "html": "<p>b</p>"} | values)), tmp_path
    )

    assert file.is_draft and [note.topic for note in file.notes if note.topic == "not-public"]


@pytest.mark.parametrize(
    "rows", ["[{]", "[]", json.dumps([{"from": f"/{n}", "to": "/a/"} for n in range(20_001)])]
)
def test_a_file_of_redirects_that_is_not_read_whole_is_named(open_export, tmp_path, rows):
    (tmp_path / "redirects.json").write_text(rows)

    source = open_export(make_export({"title": "A", "slug": "a", "html": "<p>a</p>"}))

    assert [remark.items for remark in source.summarize(PathTree([]))] == [("redirects.json",)]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["redirects.json", "redirects.yaml"])
def test_redirects_beside_the_export_are_old_addresses(open_export, tmp_path, name):
    rows = {
        "^/old/?$": "/a/",
        r"^\/2019\/older\/$": f"{SITE}/old/",
        "/themes/": "/tag/war/",
        "^/blog/(.*)$": "/$1",
        r"^\/notes\/([a-z-]+)\/?$": f"{SITE}/$1/",
        "^/x/([a-z]+)/([a-z]+)$": "/$1",
        "^/y/((a+)+)$": "/$1",
        "/away/": "https://other.example/a/",
        "/loop": "/loop",
    }
    if name.endswith("json"):
        content = json.dumps(
            [{"from": source, "to": target, "permanent": True} for source, target in rows.items()]
        )
    else:
        content = "301:\n" + "".join(f"  '{source}': {target}\n" for source, target in rows.items())
    (tmp_path / name).write_text(content)

    source = open_export(make_export({"title": "A", "slug": "a", "html": "<p>a</p>"}))

    assert source.entries[0].former_paths == ("/a/", "/blog/a", "/notes/a", "/old", "/2019/older/")
    assert source.topics["war"].former_paths == ("/tag/war/", "/blog/tag/war", "/themes/")
    lost, server = source.summarize(PathTree([]))
    assert (lost.items, lost.topic) == (("/loop → /loop",), "lost-address")
    assert (server.topic, server.items) == (
        "server-redirect",
        (
            '^/x/([a-z]+)/([a-z]+)$ → /$1: rewrite "^/x/([a-z]+)/([a-z]+)$" "/$1" permanent;',
            "^/y/((a+)+)$ → /$1: –",
            '/away/ → https://other.example/a/: rewrite "^/away/?$" "https://other.example/a/" permanent;',
        ),
    )


def test_a_portrait_whose_address_is_none_is_left_out(open_export):
    users = [
        {"id": "a1", "name": "Ann Lee", "slug": "ann", "profile_image": "https://[cdn]/content/images/a.png"}
    ]

    source = open_export(make_export({"title": "A", "slug": "a", "html": "<p>a</p>"}, users=users))

    assert (source.read_authors().find("ann").name, source.read_authors().find("ann").portrait) == (
        "Ann Lee",
        "",
    )


def test_members_are_not_read(open_export, tmp_path):
    members = [{"id": "m1", "email": "reader@x.example", "name": "Rea Der"}]
    posts = make_export(
        {"title": "A", "slug": "a", "html": "<p>a</p>"}, members=members, members_subscribe_events=members
    )
    (tmp_path / "members.csv").write_text("email\nreader@x.example\n")

    source = open_export(posts)

    assert "reader@x.example" not in str(vars(source)) and "Rea Der" not in str(read_all(source, tmp_path))


def test_the_uid_does_not_depend_on_the_folder(open_export):
    first, second = (open_export(make_export({"title": title, "slug": title})) for title in ("a", "b"))

    assert first.uids == second.uids


def test_a_text_whose_html_is_missing_altogether_is_refused_with_the_remedy(open_export):
    source = open_export(make_export({"title": "A", "slug": "a", "plaintext": "Words."}))

    assert "save it" in source.refused["/a/"]


@pytest.mark.parametrize(
    ("export", "reason"),
    [
        ('{"db": [\n{"data": {"posts": [,]}}]}', "line 2"),
        ('{"db": [{"data": {}}]}', "no list of posts"),
        ("[" * 100_000, "JSON|deeply"),
    ],
)
def test_a_broken_export_is_refused_with_the_reason(open_export, export, reason):
    with pytest.raises(ImportRefused, match=reason):
        open_export(export)


def test_rows_of_any_form_are_read(open_export, tmp_path):
    export = make_export(
        {"title": None, "slug": 7, "html": ["x"], "published_at": 1500000000000, "created_at": "no"},
        {"published_at": 10**30},
        posts_tags="x", users=[1, {"id": None}], settings={}, posts_meta=[{"post_id": []}],
    )  # fmt: skip

    assert [file.refusal for file in read_all(open_export(export), tmp_path)] == ["", ""]


@pytest.mark.django_db
def test_words_on_a_picture_that_another_text_has_given_it_otherwise_are_named(open_export, tmp_path):
    folder = tmp_path / "content/images"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(picture_bytes())
    post = {"html": "<p>b</p>", "feature_image": "__GHOST_URL__/content/images/a.png", "custom_excerpt": "c"}
    rows = [{"title": "One", "slug": "one"} | post, {"title": "Two", "slug": "two"} | post]
    meta = [
        {"post_id": f"p{n}", "feature_image_alt": f"Alt {n}", "feature_image_caption": f"Photo: {n}"}
        for n in (1, 2)
    ]
    open_export(make_export(*rows, posts_meta=meta))

    for _run in range(2):
        first, second = run_import(ImportOptions(tmp_path, author="The Institute")).files
        assert first.notes_on("value") == []
        assert [text.partition("left out: ")[2] for text in second.notes_on("value")] == ["Photo: 2", "Alt 2"]
