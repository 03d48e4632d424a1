"""Images in prose: placeholders in the stored text, pictures on the page, nothing from elsewhere."""

import re

from hypothesis import given, settings

from publications.markup import ResponsiveImage, image_keys_in, insert_images, render_markdown
from tests.prose_pages import MARKDOWN, Page, html_of

KEY = "kf7w2m9q3x"
PICTURE = ResponsiveImage(
    src="/m/kf7/960.jpg",
    width=960,
    height=640,
    alt='The "library" text',
    credit="Ann & Bo",
    sources=(("image/webp", "/m/kf7/480.webp 480w, /m/kf7/960.webp 960w"),),
)


def test_a_paragraph_of_one_image_is_a_figure():
    html = html_of(f"![Two men](image:{KEY} \"They 'met'\")\n\n![](image:{KEY})")

    assert html == (
        f'<figure><img data-image="{KEY}" alt="Two men"><figcaption>They ‘met’</figcaption></figure>\n'
        f'<figure><img data-image="{KEY}" alt=""></figure>'
    )


def test_images_that_stand_alone_on_their_lines_are_figures_each():
    html = html_of("![a](image:aaaaaa)\n![b](image:bbbbbb)\n\n[![c](image:cccccc)](https://x.example)")

    assert html.count("<figure>") == 3
    assert '<figure><a href="https://x.example"><img data-image="cccccc" alt="c"></a></figure>' in html


def test_an_image_within_a_line_stays_there_without_a_caption():
    assert f'see <img data-image="{KEY}" alt="it"> here' in html_of(f'see ![it](image:{KEY} "caption") here')


def test_images_are_listed_in_order_and_once():
    rendered = render_markdown(
        "![](image:bbbbbb)\n\nx ![](image:aaaaaa)\n\n![](image:bbbbbb)[^1]\n\n[^1]: ![](image:cccccc)"
    )

    assert rendered.images == ("bbbbbb", "aaaaaa", "cccccc")


def test_what_is_no_key_of_the_library_is_no_image():
    rendered = render_markdown("![one](image:short) ![two](image:NOT_A_KEY) ![three](image:../../etc)")

    assert rendered.images == () and rendered.text == "one two three"


@settings(max_examples=60, deadline=None)
@given(MARKDOWN)
def test_the_images_of_a_text_are_found_without_rendering_it(markdown):
    assert set(render_markdown(markdown).images) <= set(image_keys_in(markdown))


def test_a_picture_is_placed_with_all_that_a_page_needs():
    html = insert_images(html_of(f'![Two men](image:{KEY} "They met")'), {KEY: PICTURE})

    assert html == (
        '<figure><picture><source type="image/webp" srcset="/m/kf7/480.webp 480w, /m/kf7/960.webp 960w" '
        'sizes="(min-width: 44rem) 38rem, 94vw"><img src="/m/kf7/960.jpg" width="960" height="640" loading="lazy" '
        'decoding="async" alt="Two men"></picture>'
        '<figcaption>They met <span class="credit">Ann &amp; Bo</span></figcaption></figure>'
    )


def test_the_text_of_the_library_stands_in_where_the_author_wrote_none():
    html = insert_images(html_of(f"![](image:{KEY})"), {KEY: PICTURE})

    assert Page(html).values("alt") == [PICTURE.alt]
    assert '<figcaption><span class="credit">Ann &amp; Bo</span></figcaption>' in html


def test_a_picture_that_is_not_given_is_left_out_with_its_figure():
    html = html_of(f"before\n\n[![a](image:{KEY})](https://x.example)\n\nin ![b](image:{KEY}) line")

    placed = insert_images(html, {})

    assert [tag for tag, _attributes in Page(placed).elements] == ["p", "p"]


def test_words_that_look_like_a_placeholder_are_left_alone():
    html = html_of(f'`<img data-image="{KEY}" alt="">` [x](/y "<img data-image=\\"{KEY}\\" alt=\\"\\">")')

    assert insert_images(html, {KEY: PICTURE}) == html


@settings(max_examples=100, deadline=None)
@given(MARKDOWN)
def test_placing_pictures_changes_nothing_else(markdown):
    html = html_of(markdown)
    picture = ResponsiveImage(src="/x.jpg", width=1, height=1, alt="a")

    placed = insert_images(html, {"abcdef": picture})

    assert "data-image" not in placed
    assert re.sub(r"<img [^>]*>", "<img>", placed) == re.sub(r"<img [^>]*>", "<img>", html)
