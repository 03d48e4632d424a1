"""The old addresses of texts, as Jekyll and Hugo make them by default, by settings and by the fields of a text."""

import pytest

from publications.importers.markdown import open_markdown_source

from .test_reader import arrivals

FRONT = "---\ntitle: Grain & Gas, again\ndate: 2024-04-09\n{front}---\nText.\n"


def write_site(folder, files: dict[str, str]):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


POST = "_posts/2024-04-09-grain.md"
PAGE = "content/posts/grain.md"


@pytest.mark.parametrize(
    ("settings", "place", "front", "paths"),
    [
        ("_config.yml", POST, "categories: [EU, Trade Policy]\n", ["/eu/trade-policy/2024/04/09/grain.html"]),
        ("_config.yml", "eu/_posts/2024-04-09-grain.md", "", ["/eu/2024/04/09/grain.html"]),
        ("_config.yml permalink: pretty", POST, "", ["/2024/04/09/grain/"]),
        ("_config.yml permalink: none", POST, "category: eu\n", ["/eu/grain.html"]),
        ("_config.yml permalink: /n/:year/:i_month/:title/", POST, "", ["/n/2024/4/grain/"]),
        ("_config.yml permalink: /n/:nothing/:title/", POST, "", []),
        ("_config.yml", POST, "permalink: /kept/:year/here.html\n", ["/kept/2024/here.html"]),
        ("_config.yml", POST, "permalink: about/\nredirect_from: [/a, /b]\n", ["/about/", "/a", "/b"]),
        ("_config.yml", POST, "permalink: '/{{ page.x }}/'\n", ["/2024/04/09/grain.html"]),
        ("_config.yml collections: {notes: {output: true}}", "_notes/eu/grain.md", "", ["/notes/eu/grain"]),
        ("_config.yml collections: {notes: {output: true, permalink: /n/:name}}", "_notes/grain.md", "", ["/n/grain"]),
        ("_config.yml defaults: [{scope: {type: posts}, values: {permalink: /d/:title}}]", POST, "", ["/d/grain"]),
        ("_config.yml permalink: /n/:year-:month/:slug:output_ext", "_posts/2024-04-09-some_name.md", "", ["/n/2024-04/some-name.html"]),
        ("_config.yml permalink: weekdate", POST, "", ["/2024/W15/Tue/grain.html"]),
        ("_config.yml permalink: /n/:title:nothing/", POST, "", ["/n/grain:nothing/"]),
        ("_config.yml {permalink: pretty, collections: {posts: {permalink: /p/:short_year/:title}}}", POST, "", ["/p/24/grain"]),
        ("_config.yml source: src", f"src/{POST}", "", ["/2024/04/09/grain.html"]),
        ("_config.yml source: ./src/", "src/about.md", "", ["/about"]),
        ("_config.yml collections_dir: all", f"all/{POST}", "categories: eu\n", ["/eu/2024/04/09/grain.html"]),
        ("_config.yml", POST, "slug: my own\n", ["/2024/04/09/my-own.html"]),
        ("hugo.toml", PAGE, "slug: Own Slug\n", ["/posts/own-slug/"]),
        ("_config.yml", "about/index.md", "", ["/about"]),
        ("_config.yml", POST, "slug: corn\n", ["/2024/04/09/corn.html"]),
        ("_config.yml", POST, "slug: corn\npermalink: /:year/:title.html\n", ["/2024/corn.html"]),
        ("_config.yml permalink: /n/:title/", POST, "slug: corn\n", ["/n/corn/"]),
        ("_config.yml timezone: Europe/Stockholm", POST, "date: 2019-05-05 23:30 -0500\n", ["/2019/05/06/grain.html"]),
        ("_config.yml timezone: America/New_York", POST, "date: 2019-05-06 03:30 +0200\n", ["/2019/05/05/grain.html"]),
        ("_config.yml timezone: Europe/Stockholm", POST, "date: 2019-05-05 23:30\n", ["/2019/05/05/grain.html"]),
        ("_config.yml timezone: Nowhere/Atlantis", POST, "date: 2019-05-05 23:30 -0500\n", ["/2019/05/05/grain.html"]),
        ("hugo.yaml {timeZone: Europe/Stockholm, permalinks: {posts: /:year/:day/:filename/}}", PAGE,
         "date: 2019-05-05T23:30:00-05:00\n", ["/2019/05/grain/", "/2019/05/grain-gas-again/"]),
        ("hugo.toml", PAGE, "", ["/posts/grain/"]),
        ("hugo.toml", "content/posts/grain/index.md", "slug: corn\n", ["/posts/corn/"]),
        ("hugo.toml", PAGE, "url: /x/y.html\naliases: [/old, older]\n", ["/x/y.html", "/old", "/x/older"]),
        ("hugo.toml", PAGE, "aliases: [older]\n", ["/posts/grain/", "/posts/older"]),
        ("hugo.yaml permalinks: {posts: /:year/:slug/}", PAGE, "", ["/2024/grain/", "/2024/grain-gas-again/"]),
        ("hugo.yaml permalinks: {page: {posts: /:section/:slug/}}", PAGE, "slug: corn\n", ["/posts/corn/"]),
        ("config/_default/permalinks.yaml posts: /:year/:filename/", PAGE, "", ["/2024/grain/", "/2024/grain-gas-again/"]),
        ("hugo.json", PAGE, "", ["/posts/grain/"]),
        ("hugo.yaml languages: {en: {}, sv: {}}", "content/posts/grain.sv.md", "", ["/sv/posts/grain/"]),
        ("hugo.yaml languages: {en: {}, sv: {}}", "content/sv/posts/grain.md", "", ["/sv/posts/grain/"]),
        ("", PAGE, "", []),
    ],
)  # fmt: skip
def test_an_old_address_is_that_of_the_generator(tmp_path, settings, place, front, paths):
    name, _space, text = settings.partition(" ")
    files = {place: FRONT.format(front=front)} | (
        {name: text or "{}" if name != "hugo.toml" else ""} if name else {}
    )

    (file,) = open_markdown_source(write_site(tmp_path, files)).entries

    assert list(file.former_paths) == paths


def test_data_of_a_site_is_put_in_where_a_text_names_it(tmp_path):
    files = {
        "_config.yml": "title: The Blog",
        "_data/team.yml": "ann: {name: Ann Lee}\n",
        "_data/trade/ports.csv": "port,tons\nGdansk,12\n",
        "_data/bomb.yml": "a: &a [x]\n" + "".join(f"b{n}: [{', '.join(['*a'] * 9)}]\n" for n in range(9)),
        "_posts/2024-04-09-a.md": FRONT.format(front="") + "By {{ site.data.team.ann.name }}: "
        "{% for row in site.data.trade.ports %}{{ row.port }} {{ row.tons }}.{% endfor %}"
        "{{ site.data.bomb }}{{ site.data.team }}{{ site.data['../../secret'] }}",
    }  # fmt: skip
    (tmp_path / "secret.yml").write_text("word: secret")

    (file,) = arrivals(write_site(tmp_path / "site", files)).values()

    assert file.manuscript.body.endswith("By Ann Lee: Gdansk 12.")


@pytest.mark.parametrize(
    "reference",
    [
        '{{< ref "grain-deal" >}}',
        '{{< relref "/posts/grain-deal" >}}',
        '{{< ref "posts/grain-deal/index.md" >}}',
    ],
)
def test_a_reference_to_a_page_bundle_leads_to_its_text(tmp_path, reference):
    files = {
        "hugo.toml": "",
        "content/posts/grain-deal/index.md": FRONT.format(front=""),
        "content/posts/b.md": FRONT.format(front="") + f"[one]({reference})",
    }

    text = arrivals(write_site(tmp_path, files))["content/posts/b.md"].manuscript

    assert "[one](/en/publications/grain-deal/)" in text.body


def test_the_day_of_a_text_is_that_in_the_zone_of_its_site(tmp_path):
    files = {
        "_config.yml": "timezone: Europe/Stockholm",
        POST: FRONT.format(front="date: 2019-05-05 23:30 -0500\n"),
    }

    text = arrivals(write_site(tmp_path, files))[POST].manuscript

    assert text.published_at.isoformat() == "2019-05-06T06:30:00+02:00"


def test_lists_and_feeds_have_the_addresses_of_the_settings(tmp_path):
    archives = "jekyll-archives: {permalinks: {tag: '/topic/:name/', category: '/section/:name/'}}"
    front = "tags: [Gas Ports]\ncategories: [EU]\n"
    jekyll = open_markdown_source(
        write_site(tmp_path / "a", {"_config.yml": archives, POST: FRONT.format(front=front)})
    )
    settings = "{outputFormats: {rss: {basename: feed}}, defaultContentLanguageInSubdir: true, languages: {en: {}, sv: {}}}"
    hugo = open_markdown_source(
        write_site(tmp_path / "b", {"hugo.yaml": settings, PAGE: FRONT.format(front="")})
    )

    assert jekyll.old_pages["/topic/gas-ports/"].topic == "Gas Ports"
    assert jekyll.old_pages["/section/eu/"].topic == "EU"
    assert {"/feed.xml", "/en/feed.xml", "/en/index.xml"} <= set(hugo.feed_paths)


def test_settings_of_jekyll_name_folders_below_that_of_the_texts(tmp_path):
    settings = "source: src\nexclude: [old]\ndefaults: [{scope: {path: hidden}, values: {published: false}}]"
    hidden = ("src/old/a.md", "src/hidden/b.md", "elsewhere/c.md")
    files = dict.fromkeys((*hidden, f"src/{POST}"), FRONT.format(front=""))

    texts = arrivals(write_site(tmp_path, {"_config.yml": settings, **files}))

    assert {name for name, text in texts.items() if text.is_draft} == set(hidden)
