"""The old addresses of pictures, topics, authors and lists of Jekyll and Hugo lead to what is here, or are listed."""

import pytest

from publications.models import Edition
from tests.blogs import import_blog
from tests.factories import picture_bytes

from .test_permalinks import write_site

pytestmark = pytest.mark.django_db
HEAD = (
    "---\ntitle: {title}\ndate: 2024-04-09\nauthor: ann\ntags: [Trade]\nexcerpt: Short.\n{front}---\n{body}\n"
)


def write_text(title: str = "Grain", body: str = "Text.", front: str = "") -> str:
    return HEAD.format(title=title, body=body, front=front)


@pytest.mark.parametrize(
    ("settings", "text", "body", "pictures"),
    [
        (
            "_config.yml",
            "_posts/2024-04-09-grain.md",
            "![A](/assets/a.png) ![B]({{ site.baseurl }}/img/b%20b.png?x=1)",
            {
                "assets/a.png": "/assets/a.png",
                "img/b b.png": "/img/b b.png",
                "assets/cover.png": "/assets/cover.png",
            },
        ),
        (
            "hugo.toml",
            "content/posts/grain/index.md",
            '![A](/img/a.png) {{< figure src="b.png" alt="B" >}}',
            {
                "static/img/a.png": "/img/a.png",
                "content/posts/grain/b.png": "/posts/grain/b.png",
                "static/assets/cover.png": "/assets/cover.png",
            },
        ),
    ],
)
def test_old_addresses_of_pictures_lead_to_them(client, tmp_path, settings, text, body, pictures):
    body = write_text(body=body, front="image: assets/cover.png\n")
    write_site(tmp_path, {settings: "", text: body})
    for number, place in enumerate(pictures):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(picture_bytes(size=(40 + number, 30)))

    import_blog(tmp_path, media=())

    for address in pictures.values():
        response = client.get(address)
        assert response.status_code == 301 and client.get(response["Location"]).status_code == 200, address


PDF = b"%PDF-1.4\n1 0 obj<</Root 1 0 R>>\nstartxref\n0\n%%EOF"


@pytest.mark.parametrize(
    ("settings", "text", "files"),
    [
        (
            "_config.yml",
            "_posts/2024-04-09-grain.md",
            {
                "[The *report*](/assets/a.pdf)": ("assets/a.pdf", "/assets/a.pdf"),
                "[Data](<{{ site.baseurl }}/files/b b.csv>)": ("files/b b.csv", "/files/b b.csv"),
                '<a href="/assets/c.pdf">C</a>': ("assets/c.pdf", "/assets/c.pdf"),
                "[D][d]\n\n[d]: https://old.example/assets/d.pdf": ("assets/d.pdf", "/assets/d.pdf"),
            },
        ),
        (
            "hugo.toml",
            "content/posts/grain/index.md",
            {
                "[The *report*](a.pdf)": ("content/posts/grain/a.pdf", "/posts/grain/a.pdf"),
                "[B](/files/b.pdf#page=2)": ("static/files/b.pdf", "/files/b.pdf"),
            },
        ),
    ],
)
def test_linked_files_are_attached_and_answer_at_their_old_addresses(client, tmp_path, settings, text, files):
    write_site(tmp_path, {settings: "", text: write_text(body="\n\n".join(files))})
    for number, (place, _address) in enumerate(files.values()):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        content = b"a,%d" % number if place.endswith(".csv") else PDF + b"%d" % number
        (tmp_path / place).write_bytes(content)
    (tmp_path / "assets").mkdir(exist_ok=True)
    (tmp_path / "assets" / "unused.pdf").write_bytes(PDF)

    report = import_blog(tmp_path, media=(), site="https://old.example")

    edition = Edition.objects.get(slug="grain")
    assert edition.publication.attachments.first().label == "The report"
    for link, (_place, address) in files.items():
        response = client.get(address)
        assert response.status_code == 301 and client.get(response["Location"]).status_code == 200, address
        fragment = "#page=2" if "#" in link else ""
        assert f'href="{response["Location"]}{fragment}"' in edition.html
    assert [remark.items for remark in report.source_notes if "no imported text" in remark.text] == [
        ("assets/unused.pdf",)
    ]


HUGO = "[taxonomies]\ntag = 'tags'\nauthor = 'authors'\nseries = 'series'\n[languages.en]\n[languages.sv]\n"
TOPIC, AUTHOR, LIST = "/en/topics/black-sea/", "/en/authors/ann-berg/", "/en/publications/"


@pytest.mark.parametrize(
    ("settings", "place", "targets"),
    [
        (
            ("hugo.toml", HUGO),
            "content/posts/war/grain.md",
            {
                "/tags/black-sea/": TOPIC, "/authors/ann-berg/": AUTHOR, "/series/deals/": LIST, "/posts/": LIST,
                "/posts/war/": LIST, "/tags/": LIST, "/series/": LIST, "/authors/": "/en/authors/",
            },
        ),
        (("hugo.toml", ""), "content/posts/grain/index.md", {"/tags/black-sea/": TOPIC, "/posts/": LIST}),
        (
            ("hugo.toml", HUGO),
            "content/posts/grain.sv.md",
            {"/sv/tags/black-sea/": "/sv/amnen/black-sea/", "/sv/posts/": "/sv/publikationer/"},
        ),
        (
            ("_config.yml", ""),
            "_posts/2024-04-09-grain.md",
            {"/tag/black-sea/": TOPIC, "/tags/black-sea/": TOPIC, "/categories/black-sea/": TOPIC, "/tags/": LIST},
        ),
    ],
)  # fmt: skip
def test_old_addresses_of_lists_lead_to_topics_authors_and_lists(client, tmp_path, settings, place, targets):
    front = "tags: [Black Sea]\ncategories: [Black Sea]\nauthors: [Ann Berg]\nseries: [Deals]\n"
    write_site(
        tmp_path,
        {
            settings[0]: settings[1],
            place: HEAD.replace("tags: [Trade]\nauthor: ann\n", "").format(
                title="Grain", body="Text.", front=front
            ),
        },
    )

    report = import_blog(tmp_path, media=(), authors=None)

    found = {address: client.get(address).get("Location") for address in targets}
    assert found == targets and not [remark for remark in report.source_notes if remark.topic]


@pytest.mark.parametrize(
    "body", ["{% for post in site.posts %}<li>{{ post.title }}</li>{% endfor %}", "Own words."]
)
def test_no_text_takes_the_place_of_the_home_page(tmp_path, body):
    write_site(
        tmp_path,
        {
            "_config.yml": "",
            "index.html": f"---\ntitle: Home\n---\n{body}",
            "_posts/2024-04-09-grain.md": write_text(body="[Home](/)"),
        },
    )

    report = import_blog(tmp_path, media=())

    assert 'href="/en/"' in Edition.objects.get(slug="grain").html
    assert [file.source for file in report.files if file.source == "index.html"] == (
        [] if "for" in body else ["index.html"]
    )


@pytest.mark.parametrize(
    ("settings", "place", "addresses"),
    [
        (
            ("_config.yml", "baseurl: /blog/\npermalink: /:year/:title/\n"),
            "_posts/2024-04-09-grain.md",
            {
                "/blog/2024/grain/": "",
                "/blog/old/": "",
                "/blog/tags/eu/": "/en/topics/eu/",
                "/blog/feed.xml": "/en/",
            },
        ),
        (
            ("hugo.toml", "baseURL = 'https://a.example/pub/'\n"),
            "content/posts/grain.md",
            {
                "/pub/posts/grain/": "",
                "/pub/old/": "",
                "/pub/tags/eu/": "/en/topics/eu/",
                "/pub/index.xml": "/en/",
            },
        ),
    ],
)
def test_a_site_in_a_folder_of_its_host_had_its_addresses_there(client, tmp_path, settings, place, addresses):
    base = next(iter(addresses)).split("/")[1]
    links = (
        f"[a](/{base}/old/) [b]({{% post_url x %}}) ![c](/{base}/img/c.png) [d](/{base}/d.pdf) [e](/d.pdf)"
    )
    links = links.replace(
        "{% post_url x %}", "{{ site.baseurl }}{% post_url 2024-04-09-grain %}" if base == "blog" else "/old/"
    )
    front = f"tags: [EU]\n{'redirect_from' if base == 'blog' else 'aliases'}: [/old/]\n"
    write_site(tmp_path, {settings[0]: settings[1], place: write_text(front=front, body=links)})
    folder = tmp_path / ("static" if base == "pub" else "")
    (folder / "img").mkdir(parents=True)
    (folder / "img/c.png").write_bytes(picture_bytes())
    (folder / "d.pdf").write_bytes(PDF)

    import_blog(tmp_path, media=())

    edition = Edition.objects.live().get()
    for address, target in {**addresses, f"/{base}/img/c.png": "/media", f"/{base}/d.pdf": "/en"}.items():
        response = client.get(address)
        assert response.status_code == 301 and response["Location"].startswith(
            target or edition.get_absolute_url()
        ), address
    assert client.get("/old/").status_code == 404
    assert edition.html.count(f'href="{edition.get_absolute_url()}"') == 2 and "post:" not in edition.html
    assert edition.html.count(".pdf") == 2 and f"/{base}/" not in edition.html
