"""What was not public on the old site does not become public, whatever system it comes from, and the report says why."""

import json
from pathlib import Path

import pytest

from publications.importers.mapping import parse_mapping
from publications.importers.options import ImportOptions
from publications.importers.run import run_import
from publications.models import Edition, Image, Publication
from tests.factories import picture_bytes
from tests.old_site import SMALL_RULES

from .ghost.test_source import make_export
from .substack.test_source import write_export as write_substack
from .wordpress import exports as wordpress

pytestmark = pytest.mark.django_db
PUBLIC = "public-text"
HEAD = "title: T{number}\nauthor: Ann\n"


def write_posts(folder: Path, posts: dict[str, tuple[str, str]], name: str) -> dict[str, str]:
    """Write a public text and others, of which each has the name of its file, its fields and why it is hidden."""
    posts = {name: ("date: 2024-04-09\n", "")} | posts
    for number, (place, (front, _why)) in enumerate(posts.items()):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{HEAD.format(number=number)}{front}---\nText {number} has words enough.\n")
    return {place: why for place, (_front, why) in posts.items() if why}


DATE = "date: 2024-04-09\n"
FIELDS = {
    "draft: true\n": "draft: true",
    "Draft: True # until Monday\n": "Draft: True",
    "draft: maybe\n": "draft: maybe",
    "published: false\n": "published: false",
    "published: 'no, not yet'\n": "published: no, not yet",
    "publish: no\n": "publish: no",
    "private: true\n": "private: true",
    "unlisted: 1\n": "unlisted: 1",
    "hidden: yes\n": "hidden: yes",
    "status: scheduled\n": "status: scheduled",
    "visibility: members\n": "visibility: members",
    "password: hunter2\n": "(password)",
    "publishDate: 2190-01-01\n": "publishDate: 2190-01-01",
    "PublishDate: 2190-01-01\n": "PublishDate: 2190-01-01",
    "embargo_until: 2190-01-01\n": "embargo_until: 2190-01-01",
    "expiryDate: 2024-05-01\n": "the end that its file names has passed",
    "ExpiryDate: 2024-05-01\n": "the end that its file names has passed",
    "expiryDate: soon\n": "expiryDate: soon",
    "headless: true\n": "headless: true",
    "build:\n  render: never\n": "build.render: never",
    "_build:\n  list: false\n": "_build.list: false",
    "permalink: false\n": "permalink: false",
    "eleventyExcludeFromCollections: true\n": "eleventyExcludeFromCollections: true",
} | {
    f"{field}\n": field
    for field in (
        "status: utkast",
        "status: Draft (do not publish)",
        "status: unreviewed",
        "status: draft-2",
        "state: draft",
        "state: in-review",
        "visibility: members-only",
        "access: restricted",
        "embargoed: true",
        "confidential: true",
        "premium: true",
        "members: true",
        "paid: true",
        "internal: true",
        "publish: later",
        "publishOn: 2190-01-01",
        "embargo: after the summit",
        "releaseDate: 2190-01-01",
    )
}


def write_fields(folder: Path) -> dict[str, str]:
    posts = {
        f"posts/text-{number}.md": (DATE + front, why) for number, (front, why) in enumerate(FIELDS.items())
    }
    posts["posts/ahead.md"] = ("date: 2190-01-01\n", "its date lies ahead")
    posts["posts/no-date.md"] = ("", "it has no date")
    return write_posts(folder, posts, f"posts/{PUBLIC}.md")


def write_jekyll(folder: Path) -> dict[str, str]:
    folder.mkdir()
    (folder / "_config.yml").write_text(
        "exclude: [internal/, '*.bak.md']\ncollections:\n  notes:\n    output: true\n  people: {}\n"
        "defaults:\n- scope: {path: _notes/inner}\n  values: {published: false}\n"
    )
    posts = {
        "_drafts/secret.md": (DATE, "_drafts/"),
        "sub/_drafts/2024-04-09-secret.md": (DATE, "_drafts/"),
        "_people/ann.md": (DATE, "_people/"),
        "_notes/inner/memo.md": (DATE, "published: false"),
        "_memos/a.md": (DATE, "_memos/"),
        "internal/memo.md": (DATE, "exclude"),
        "notes.bak.md": (DATE, "exclude"),
        "_unfinished.md": (DATE, "_unfinished.md"),
        "_posts/undated.md": (DATE, "undated.md"),
    }
    return write_posts(folder, posts, f"_notes/{PUBLIC}.md")


def write_drafts_alone(folder: Path) -> dict[str, str]:
    posts = {
        "_drafts/secret.md": (DATE, "_drafts/"),
        "drafts/b.md": (DATE, "drafts/"),
        "_unlisted/c.md": (DATE, "_unlisted/"),
        "Utkast/d.md": (DATE, "Utkast/"),
        "confidential/2024/e.md": (DATE, "confidential/"),
        "drafts-2024/f.md": (DATE, "drafts-2024/"),
        "scaffolds/post.md": (DATE, "scaffolds/"),
        "members only/g.md": (DATE, "members only/"),
    }
    return write_posts(folder, posts, f"posts/{PUBLIC}.md")


def write_eleventy(folder: Path) -> dict[str, str]:
    folder.mkdir()
    (folder / "eleventy.config.js").write_text("")
    (folder / ".eleventyignore").write_text("# not built\nwip/\n")
    (folder / "notes").mkdir()
    (folder / "notes/notes.json").write_text('{"draft": true}')
    (folder / "notes/c.11tydata.json").write_text('{"draft": false, "permalink": false}')
    (folder / "notes/d.11tydata.js").write_text("")
    posts = {
        "wip/a.md": (DATE, ".eleventyignore"),
        "notes/b.md": (DATE, "draft: true"),
        "notes/c.md": (DATE, "permalink: false"),
    }
    return write_posts(folder, posts, f"posts/{PUBLIC}.md")


def write_hugo(folder: Path) -> dict[str, str]:
    (folder / "content/memos").mkdir(parents=True)
    (folder / "content/old").mkdir()
    (folder / "hugo.toml").write_text(
        '[[cascade]]\ndraft = true\n[cascade.target]\npath = "/later/**"\n[cascade.params]\nx = 1\n'
    )
    (folder / "content/memos/_index.md").write_text(
        "---\ntitle: Memos\ncascade:\n  build: {render: never}\n---\n"
    )
    (folder / "content/old/_index.md").write_text(
        "+++\ntitle = 'Old'\n[[cascade]]\nexpiryDate = 2024-05-01\n+++\n"
    )
    posts = {
        "content/memos/deep/a.md": (DATE, "build.render: never"),
        "content/later/b/index.md": (DATE, "draft: true"),
        "content/old/c.md": (DATE, "the end that its file names has passed"),
        "content/posts/public-text/notes.md": (DATE, "public-text/index.md"),
        "content/posts/public-text/more/memo.md": (DATE, "public-text/index.md"),
        "archetypes/default.md": (DATE, "archetypes/"),
        "themes/plain/example.md": (DATE, "themes/"),
    }
    return write_posts(folder, posts, f"content/posts/{PUBLIC}/index.md")


def write_hugo_settings(folder: Path) -> dict[str, str]:
    (folder / "config/_default").mkdir(parents=True)
    (folder / "hugo.toml").write_text(
        "contentDir = 'texts'\nignorefiles = ['secret.*\\.md$', '/(a|b)[0-9]+-memo\\.']\n"
    )
    (folder / "config/_default/languages.yaml").write_text(
        "en: {contentdir: texts}\nsv: {contentDir: ./text-sv/, disabled: true}\n"
    )
    posts = {
        "texts/posts/secret-x.md": (DATE, "ignoreFiles"),
        "texts/posts/b12-memo.md": (DATE, "ignoreFiles"),
        "content/posts/c.md": (DATE, "content/"),
        "text-sv/posts/e.md": (DATE, "text-sv/"),
        "texts/posts/f.sv.md": (DATE, "disableLanguages"),
        "d.md": (DATE, "d.md"),
    }
    return write_posts(folder, posts, f"texts/posts/{PUBLIC}.md")


def write_hugo_mounts(folder: Path) -> dict[str, str]:
    folder.mkdir()
    (folder / "hugo.yaml").write_text(
        "module:\n  mounts:\n  - {source: data/texts, target: content, excludeFiles: '**/{a,b}.md'}\n"
        "  - {source: some, target: content/some, includeFiles: [c.md]}\n  - {source: more, target: static}\n"
    )
    posts = {
        "data/texts/a.md": (DATE, "module.mounts"),
        "some/d.md": (DATE, "module.mounts"),
        "more/e.md": (DATE, "more/"),
        "content/f.md": (DATE, "content/"),
    }
    return write_posts(folder, posts, f"data/texts/{PUBLIC}.md")


def write_hugo_cascades(folder: Path) -> dict[str, str]:
    (folder / "config/_default").mkdir(parents=True)
    (folder / "content/en/old").mkdir(parents=True)
    (folder / "config/_default/hugo.yaml").write_text(
        "defaultContentLanguage: en\nlanguages:\n  en: {contentDir: content/en}\n"
        "  sv: {contentDir: content/sv, cascade: [{target: {path: '/memo/**'}, draft: true}]}\n"
        "Cascade:\n- {target: {path: '/embargo/**'}, draft: true}\n"
        "- {target: {path: '/{a,b}/[x-z]*'}, params: {private: true}}\n"
        "- {target: {path: '/new/*', lang: sv}, draft: true}\n"
        "- {target: {path: '/new/**', environment: staging}, expiryDate: 2024-05-01}\n"
        "- {target: {sites: {matrix: 1}, path: '/sites/**'}, draft: true}\n"
        "- {target: {sites: {matrix: 1}}, draft: false, extra: x}\n"
        "- {target: {path: '/posts/**', environment: development}, draft: true}\n"
        "- {target: {path: '/posts/*/deep', kind: page}, draft: true}\n"
        "- {target: {kind: section}, draft: true}\n"
    )
    (folder / "config/_default/cascade.toml").write_text(
        "[[cascade]]\ndraft = true\n[cascade.target]\npath = '/file/**'\n"
    )
    (folder / "content/en/old/_index.md").write_text(
        "---\ntitle: Old\ncascade:\n  _target: {path: '/old/c*'}\n  build: {list: never}\n---\n"
    )
    posts = {
        "content/en/embargo/a.md": (DATE, "draft: true"),
        "content/en/embargo/my b/index.md": (DATE, "draft: true"),
        "content/en/b/y.md": (DATE, "private: true"),
        "content/sv/new/s.md": (DATE, "draft: true"),
        "content/en/new/d.md": (DATE, "the end that its file names has passed"),
        "content/en/sites/e.md": (DATE, "draft: true"),
        "content/en/file/f.md": (DATE, "draft: true"),
        "content/en/old/c1.md": (DATE, "build.list: never"),
        "content/sv/memo/g.md": (DATE, "draft: true"),
    }
    return write_posts(folder, posts, f"content/en/posts/x/deep/{PUBLIC}.md")


def write_hexo(folder: Path) -> dict[str, str]:
    folder.mkdir()
    (folder / "_config.yml").write_text("permalink: :year/:title/\nexclude: ['_posts/memos/*']\n")
    posts = {
        "source/_drafts/a.md": (DATE, "_drafts/"),
        "source/_posts/_parts/b.md": (DATE, "_parts/"),
        "source/_posts/memos/c.md": (DATE, "exclude"),
        "source/_notes/d.md": (DATE, "_notes/"),
        "themes/plain/e.md": (DATE, "themes/"),
    }
    return write_posts(folder, posts, f"source/_posts/{PUBLIC}.md")


def write_astro(folder: Path) -> dict[str, str]:
    folder.mkdir()
    (folder / "astro.config.mjs").write_text("")
    posts = {"src/content/_c/c.md": (DATE, "_c/"), "src/content/blog/_d.md": (DATE, "_d.md")}
    return write_posts(folder, posts, f"src/content/blog/{PUBLIC}.md")


def write_ghost(folder: Path) -> dict[str, str]:
    folder.mkdir()
    hidden = [
        ({"status": "draft"}, "(draft)"),
        ({"status": "scheduled"}, "(scheduled)"),
        ({"status": "sent"}, "(sent)"),
        ({"visibility": "members"}, "(members)"),
        ({"visibility": "paid"}, "(paid)"),
        ({"visibility": "tiers"}, "(tiers)"),
        ({"type": "page"}, "It was a page"),
        ({"page": 1}, "It was a page"),
        ({"published_at": "2190-01-01T00:00:00.000Z"}, "its date lies ahead"),
        ({"html": '<p>a</p><!--kg-gated-block:begin nonMember:false memberSegment:"status:-free" --><p>b</p><!--kg-gated-block:end-->'}, "(gated block)"),
        ({}, "(email_only)"),
    ]  # fmt: skip
    rows = [({}, ""), *hidden]
    posts = [
        {"title": f"T{number}", "slug": f"text-{number}" if why else PUBLIC, "html": f"<p>Text {number} has words enough.</p>", "published_at": "2024-04-09T08:00:00.000Z"} | values
        for number, (values, why) in enumerate(rows)
    ]  # fmt: skip
    meta = [{"post_id": f"p{len(rows)}", "email_only": 1}]
    authors = [{"post_id": f"p{number}", "author_id": "a1"} for number in range(1, len(rows) + 1)]
    export = make_export(*posts, posts_meta=meta, posts_authors=authors)
    (folder / "a.ghost.json").write_text(json.dumps(export))
    return {f"text-{number}": why for number, (_values, why) in enumerate(rows) if why}


def write_substack_export(folder: Path) -> dict[str, str]:
    rows = {
        "true,,,newsletter,everyone": "",
        "false,,,newsletter,everyone": "(draft)",
        "true,,,newsletter,only_paid": "(only_paid)",
        "true,,,newsletter,founding": "(founding)",
        "true,,,newsletter,only_free": "(only_free)",
        "true,,,newsletter,": "(–)",
        "true,,,adhoc_email,everyone": "(adhoc_email)",
        "true,,,podcast,everyone": "sound file",
        "true,,,newsletter,everyone ": "(paywall)",
    }
    slugs = {number: f"text-{number}" if why else PUBLIC for number, why in enumerate(rows.values())}
    lines = [
        f"{number}.{slugs[number]},2024-04-09T08:00:00.000Z,{row},T{number},,"
        for number, row in enumerate(rows)
    ]
    lines.append("99.ahead,2190-01-01T08:00:00.000Z,true,,,newsletter,everyone,Ahead,,")
    wall = '<div class="paywall-jump" data-component-name="PaywallToDOM"></div><p>More.</p>'
    texts = {
        f"{number}_{slug}": f"<p>Text {number} has words enough.</p>{wall if number == len(rows) - 1 else ''}"
        for number, slug in slugs.items()
    }
    write_substack(folder, "\n".join(lines), **texts, **{"99_ahead": "<p>a</p>"})
    return {slugs[number]: why for number, why in enumerate(rows.values()) if why} | {
        "ahead": "its date lies ahead"
    }


def write_wordpress(folder: Path) -> dict[str, str]:
    hidden = {"draft": "(draft)", "private": "(private)", "pending": "(pending)", "future": "(future)"}
    items = [wordpress.item(1, slug=PUBLIC)]
    items += [
        wordpress.item(number, status=status, slug=f"text-{number}")
        for number, status in enumerate(hidden, start=2)
    ]
    parts = {
        "password": {"password": "hunter2"},
        "_members_access_role": {"meta": {"_members_access_role": "editor"}},
        "[restrict]": {"text": "Words. [restrict]More words.[/restrict]"},
        "[am4show]": {"text": 'Words. [am4show have="1"]More words.[/am4show]'},
        "_wpac_is_members_only": {"meta": {"_wpac_is_members_only": "true"}},
        "jetpack/paywall": {"text": "<p>Words.</p><!-- wp:jetpack/paywall /--><p>More words.</p>"},
        "the end that its file names has passed": {
            "meta": {"_expiration-date": "1500000000", "_expiration-date-status": "saved"}
        },
    }
    items += [
        wordpress.item(number, slug=f"text-{number}", **values)
        for number, values in enumerate(parts.values(), start=len(items) + 1)
    ]
    wordpress.write_export(folder, *items)
    return {f"text-{number}": why for number, why in enumerate([*hidden.values(), *parts], start=2)}


NOT_HIDDEN = ("It was a page", "the page of a sound file", "it has no date", "its date lies ahead")
"""Why a text waits that readers of the old site saw, or that no editor can publish yet."""


@pytest.mark.parametrize(
    "write",
    [write_fields, write_jekyll, write_drafts_alone, write_eleventy, write_hugo, write_hugo_settings, write_hugo_mounts,
     write_hugo_cascades, write_hexo, write_astro, write_ghost, write_substack_export, write_wordpress],
)  # fmt: skip
def test_what_was_hidden_waits_and_the_report_says_why(tmp_path, write):
    reasons = write(tmp_path / "site")

    report = run_import(ImportOptions(tmp_path / "site", publish=True, author="The Institute"))

    held = {file.source: " ".join(map(str, file.notes_on("held"))) for file in report.files}
    assert list(Edition.objects.live().values_list("slug", flat=True)) == [PUBLIC], held
    for name, why in reasons.items():
        matches = [text for source, text in held.items() if name.rstrip("/") in source and text]
        assert any(why in text for text in matches), (name, why, held)
    assert Publication.objects.count() == len(reasons) + 1
    drafts = {str(draft.uid): draft for draft in Publication.objects.filter(editions=None)}
    for file in report.files:
        was_hidden = not any(why in held[file.source] for why in NOT_HIDDEN)
        assert file.is_published or not was_hidden or drafts[file.uid].hidden_text, (file.source, held)
    assert "hunter2" not in json.dumps([draft.hidden_reason for draft in drafts.values()])
    assert "hunter2" not in json.dumps(report.as_dict(), default=str)


PAGE = (
    "<html><body class=news><h1>{}</h1><time datetime=2024-04-09></time><p class=by>By Anna Berg</p>"
    "<div class='text {}'><p>Words of text {}, which are enough.</p></div></body>"
)
SAVED_PAGES = {
    "a.html": ("On coal", ""),
    "a.html?preview=true.html": ("On coal", ""),
    "b.html": ("Private: a view of firms on coal", "Private:"),
    "c.html": ("Skyddad: On wind", "Skyddad:"),
    "d.html?preview_id=12&preview=true.html": ("On oil", "?preview_id"),
    "e.html": ("On gas", "status-draft"),
    "f.html": ("Private firms: protected by law", ""),
    "g.html?preview=false.html": ("On status-draft", ""),
}


def test_pages_that_somebody_signed_in_saved_wait(tmp_path):
    folder = tmp_path / "www.old.example"
    folder.mkdir()
    for name, (title, why) in SAVED_PAGES.items():
        classes = why if why.startswith("status") else "status-publish"
        (folder / name).write_text(PAGE.format(title, classes, name[0]))

    report = run_import(ImportOptions(folder, mapping=parse_mapping(SMALL_RULES, name="rules"), publish=True))

    notes = " ".join(note for file in report.files for note in file.notes_on("not-public"))
    assert {*Edition.objects.live().values_list("title", flat=True)} == {
        title for title, why in SAVED_PAGES.values() if not why
    }, [vars(file) for file in report.files]
    assert all(why in notes for _title, why in SAVED_PAGES.values())
    assert Publication.objects.count() == len(SAVED_PAGES) - 1


def test_a_list_of_documents_does_not_name_the_hidden_ones(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "_config.yml").write_text("collections:\n  notes:\n    output: true\n")
    write_posts(folder, {"_notes/b.md": (DATE + "published: false\n", "-")}, f"_notes/{PUBLIC}.md")
    write_posts(folder, {"_drafts/c.md": (DATE, "-")}, f"_notes/{PUBLIC}.md")
    loop = "{% for LIST in site.LIST %}{{ LIST.title }}!{% endfor %}"
    lists = "".join(loop.replace("LIST", name) for name in ("notes", "drafts"))
    (folder / "_notes/list.md").write_text(f"---\ntitle: List\n---\nNamed: {lists}\n")

    run_import(ImportOptions(folder))

    body = Publication.objects.get(title="List").body
    assert "T0" in body and "T1" not in body


NOT_SEEN = {
    "draft.md": DATE + "draft: true\n",
    "draft.html": DATE + "draft: true\n",
    "ended.md": DATE + "expiryDate: 2024-05-01\n",
    "ahead.md": "date: 2190-01-01\n",
}


def write_pictures(folder: Path, posts: dict[str, str], words: str) -> None:
    """Write texts by name with their fields, each of which has words on the picture of its name."""
    for number, (name, front) in enumerate(posts.items()):
        picture = f"image: {name}.png\nimage_alt: {words} alt\nimage_credit: {words} credit\n"
        text = f"---\n{HEAD.format(number=number)}{picture}{front}---\n{words} {number} has words enough.\n"
        (folder / f"{words}-{name}").write_text(text)
        (folder / f"{name}.png").write_bytes(picture_bytes(size=(40 + number, 40)))


@pytest.mark.parametrize("is_earlier", [False, True])
def test_words_of_a_hidden_text_on_a_picture_are_not_those_of_a_public_text(tmp_path, is_earlier):
    write_pictures(tmp_path, NOT_SEEN, "A secret")
    if is_earlier:
        run_import(ImportOptions(tmp_path))
        assert not any(image.alt_en or image.credit for image in Image.objects.all())
    write_pictures(tmp_path, dict.fromkeys(NOT_SEEN, DATE), "Public")

    report = run_import(ImportOptions(tmp_path, publish=True))

    assert {(image.alt_en, image.credit) for image in Image.objects.all()} == {
        ("Public alt", "Public credit")
    }
    left_out = [text for file in report.files for text in file.notes_on("value") if "A secret" in text]
    assert len(left_out) == 2 * len(NOT_SEEN)


def test_a_draft_of_this_site_brings_the_words_of_its_library(tmp_path):
    picture = picture_bytes()
    key = "0123456789ab"
    (tmp_path / "draft.md").write_text(
        "---\nformat: 1\nuid: 00000000-0000-4000-8000-000000000001\ntitle: T\nkind: commentary\nlanguage: en\n"
        f"status: draft\ncover: {key}\nimages:\n- key: {key}\n  file: p.png\n  alt:\n    en: An alt\n  credit: A credit\n"
        "---\nText has words enough.\n"
    )
    (tmp_path / "p.png").write_bytes(picture)

    run_import(ImportOptions(tmp_path))

    assert [(image.alt_en, image.credit) for image in Image.objects.all()] == [("An alt", "A credit")]
