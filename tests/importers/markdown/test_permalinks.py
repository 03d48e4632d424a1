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
        ("_config.yml", "about/index.md", "", ["/about"]),
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
