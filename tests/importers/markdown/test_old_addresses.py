"""The old addresses of pictures, topics, authors and lists of Jekyll and Hugo lead to what is here, or are listed."""

import pytest

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
