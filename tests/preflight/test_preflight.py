"""The checks of a draft: blocking issues and advice, and none for a draft without issues."""

import zlib

import pytest
from django.utils import timezone

from publications import actions, markup, preflight
from publications.models import Attachment, Redirect, get_or_create_tags, store_original
from publications.preflight import DraftImage, PreflightDraft, advice, attached_pdfs, blocking
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved, tomorrow

VALID_BODY = (
    "## What happened\n\nOne[^1] and [a source](https://example.org/).\n\n### Why\n\nTwo.\n\n[^1]: A note."
)


def draft(body: str = VALID_BODY, **fields) -> PreflightDraft:
    """Return a draft without issues but for the given fields."""
    valid_fields = {
        "title": "On Minsk", "summary": "What happened.", "body": body, "html": markup.render_markdown(body).html,
        "headings": markup.outline(body), "slug": "on-minsk", "tags": 1,
    }  # fmt: skip
    return PreflightDraft(**{**valid_fields, **fields})


def text_of(issues) -> str:
    return " ".join(issue.text for issue in issues)


def test_a_valid_draft_has_no_issues():
    report = preflight.run_preflight(draft())

    assert (report.blocking, report.advice) == ([], [])


# Blocking issues


def test_a_missing_field_blocks_publishing():
    report = preflight.run_preflight(draft(missing_fields=(("title", "The title is missing."),)))

    assert [(issue.field, issue.text) for issue in report.blocking] == [("title", "The title is missing.")]


def test_a_text_that_cannot_be_rendered_blocks_publishing():
    report = preflight.run_preflight(draft(rendering_error="Lists are nested too deeply."))

    assert text_of(report.blocking) == "Lists are nested too deeply."


def test_an_image_without_alternative_text_blocks_publishing():
    without_alt = DraftImage(key="abcdefghij", filename="map.png", has_alt=False, has_alt_in_language=False)
    body = "![](image:abcdefghij)"

    assert "“map.png” has no alternative text" in text_of(
        preflight.run_preflight(draft(body, images=(without_alt,))).blocking
    )


def test_an_image_has_its_alternative_text_in_the_text_or_in_the_library():
    without_alt = DraftImage(key="abcdefghij", filename="map.png", has_alt=False, has_alt_in_language=False)
    with_alt = DraftImage(key="abcdefghij", filename="map.png", has_alt=True, has_alt_in_language=True)

    in_text = draft("![A map](image:abcdefghij)", images=(without_alt,))
    in_library = draft("![](image:abcdefghij)", images=(with_alt,))

    assert not [*blocking.image_without_alt(in_text), *blocking.image_without_alt(in_library)]


def test_a_cover_without_alternative_text_blocks_publishing():
    cover = DraftImage(
        key="abcdefghij", filename="map.png", has_alt=False, has_alt_in_language=False, is_cover=True
    )

    assert [issue.field for issue in blocking.image_without_alt(draft(images=(cover,)))] == ["cover_choice"]


def test_a_cover_with_alternative_text_in_another_language_is_to_be_corrected_at_the_cover():
    cover = DraftImage(
        key="abcdefghij", filename="map.png", has_alt=True, has_alt_in_language=False, is_cover=True
    )

    assert [issue.field for issue in advice.alt_in_another_language(draft(images=(cover,)))] == [
        "cover_choice"
    ]


def test_a_reference_to_a_missing_footnote_blocks_publishing():
    report = preflight.run_preflight(draft("One.[^source] Two.[^2]\n\n[^2]: There."))

    assert "There is no footnote “source”" in text_of(report.blocking)
    assert "“2”" not in text_of(report.blocking)


def test_a_footnote_in_code_is_no_reference():
    assert not [*blocking.footnote_without_target(draft("Write `[^1]` for a note."))]


def test_a_broken_link_blocks_publishing():
    report = preflight.run_preflight(
        draft("See [this](/en/nowhere/).", broken_links={"/en/nowhere/": "there is no such page."})
    )

    assert text_of(report.blocking) == "The link “this” (/en/nowhere/) leads nowhere: there is no such page."


@pytest.mark.parametrize("body", ["See [the law](https://) now.", "See [it]().", "See [it]( http:// )."])
def test_a_link_without_an_address_blocks_publishing(body):
    [report] = blocking.link_without_address(draft(body))

    assert "has no address" in report.text and report.line == 1


def test_a_link_in_code_or_with_an_address_is_valid():
    assert not [*blocking.link_without_address(draft("`[a](https://)` and [b](https://example.org)"))]


@pytest.mark.parametrize("mark", ["{++put in++}", "{--taken out--}", "{~~this~>that~~}", "{>>Is this so?<<}"])
def test_a_tracked_change_blocks_publishing(mark):
    report = preflight.run_preflight(draft(f"The first {mark} word."))

    assert mark in text_of(report.blocking) and "not settled" in text_of(report.blocking)


def test_a_tracked_change_shown_as_code_is_no_change():
    assert not [*blocking.tracked_change(draft("One writes `{++this++}` to put in."))]


# Advice


def test_a_heading_that_jumps_a_level_is_reported():
    report = preflight.run_preflight(draft("## One\n\nText.\n\n#### Deep\n\nText."))

    assert "“Deep” is of level 4, below one of level 2" in text_of(report.advice)


def test_a_heading_may_begin_at_the_first_level_and_go_back_up():
    assert not [*advice.heading_jump(draft("# One\n\n## Two\n\n### Three\n\n## Four"))]


def test_a_link_that_reads_as_its_address_is_reported_except_in_notes():
    body = "See <https://example.org/x>.[^1]\n\n[^1]: <https://example.org/note>"

    report = preflight.run_preflight(draft(body))

    assert "“https://example.org/x” reads as an address" in text_of(report.advice)
    assert "note" not in text_of(report.advice)


def test_an_unused_footnote_is_reported():
    report = preflight.run_preflight(draft("One.[^1]\n\n[^1]: Here.\n\n[^2]: Nowhere."))

    assert "Nothing in the text refers to footnote 2." in text_of(report.advice)


def test_a_long_summary_is_reported():
    assert "has 451 characters" in text_of(preflight.run_preflight(draft(summary="a" * 451)).advice)
    assert not [*advice.long_summary(draft(summary="a" * 450))]


def test_a_duplicate_title_is_reported():
    assert "On Minsk (Report)" in text_of(
        preflight.run_preflight(draft(duplicates=("On Minsk (Report)",))).advice
    )


def test_a_long_automatic_slug_is_reported_before_the_first_edition():
    long = "-".join(["word"] * 14)

    assert "made from the whole title" in text_of(preflight.run_preflight(draft(slug=long)).advice)
    assert not [*advice.unconsidered_slug(draft(slug=long, was_public=True))]


def test_a_slug_of_another_title_is_reported():
    assert "“untitled-draft” has no word of the title" in text_of(
        preflight.run_preflight(draft(custom_slug="untitled-draft")).advice
    )
    assert not [*advice.unconsidered_slug(draft(custom_slug="minsk"))]


def test_alternative_text_in_another_language_is_reported():
    picture = DraftImage(key="abcdefghij", filename="map.png", has_alt=True, has_alt_in_language=False)

    report = preflight.run_preflight(draft("![](image:abcdefghij)", images=(picture,)))

    assert "“map.png” is not in the language" in text_of(report.advice)


def test_a_draft_without_tags_is_reported():
    assert "no tag" in text_of(preflight.run_preflight(draft(tags=0)).advice)
    assert preflight.run_preflight(draft(tags=0, is_listed=False)).advice == []


def test_a_faulty_attachment_is_reported():
    report = preflight.run_preflight(
        draft(attachment_problems={"a.pdf": "“a.pdf” is not tagged.", "b.pdf": ""})
    )

    assert text_of(report.advice) == "“a.pdf” is not tagged."


def test_dropped_markup_is_reported():
    advice = preflight.run_preflight(draft("<iframe src=x>A film</iframe>")).advice

    assert "Not shown, with all that stands in it: <iframe>" in text_of(advice)


# Documents


def in_object_stream(content: bytes) -> bytes:
    """Return a PDF with its catalogue in a compressed object stream."""
    return b"%PDF-1.7\n1 0 obj <</Type /ObjStm /N 1 /Filter /FlateDecode>> stream\n" + zlib.compress(content)


def test_a_tagged_pdf_is_recognized_compressed_or_not():
    catalogue = b"<</Type /Catalog /MarkInfo <</Marked true>> /StructTreeRoot 5 0 R>>"

    assert attached_pdfs.is_tagged(b"%PDF-1.4\n" + catalogue)
    assert attached_pdfs.is_tagged(in_object_stream(catalogue))
    assert not attached_pdfs.is_tagged(in_object_stream(b"<</Type /Catalog>>"))


def test_an_encrypted_pdf_is_recognized():
    assert attached_pdfs.is_encrypted(b"%PDF-1.4\n" + b" " * 9000 + b"trailer <</Root 1 0 R /Encrypt 9 0 R>>")
    assert not attached_pdfs.is_encrypted(b"%PDF-1.4\ntrailer <</Root 1 0 R>>")


@pytest.mark.parametrize("content", [b"", b"/Type /ObjStm stream\n\xff\xfe", b"/Type /ObjStm" * 50_000])
def test_a_damaged_pdf_is_not_tagged(content):
    assert not attached_pdfs.is_tagged(content)


# From the database


@pytest.mark.django_db
def test_a_complete_publication_has_no_issues():
    publication = make_publication(tags=(make_tag(),), body=VALID_BODY)

    report = preflight.run_preflight(preflight.build_preflight_draft(publication))

    assert (report.blocking, report.advice) == ([], [])


@pytest.mark.django_db
def test_missing_fields_are_reported_with_their_form_field():
    publication = make_publication(title="", summary="", body="", authors=[])

    report = preflight.run_preflight(preflight.build_preflight_draft(publication))

    assert [issue.field for issue in report.blocking] == ["title", "summary", "body", "bylines"]


def broken_link_texts(body: str, **fields) -> list[str]:
    publication = make_publication(body=body, **fields)
    return [issue.text for issue in blocking.broken_link(preflight.build_preflight_draft(publication))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "href",
    [
        "/en/publications/on-minsk/", "/en/publications/on-minsk/#p-1", "/en/topics/belarus/", "/en/authors/ann-berg/", "/en/",
        "/en/about/", "/sv/publikationer/", "/en/publications/?kind=report", "/old/minsk", "https://example.org/nowhere/",
        "//example.org/x", "mailto:a@example.org", "/en/publications/the-piece-itself/", "#s-here", "/static/css/tokens.css",
    ],
)  # fmt: skip
def test_a_working_link_is_not_reported(href):
    live = make_live(title="On Minsk", author=make_author("Ann Berg"), tags=(make_tag("Belarus"),))
    Redirect.objects.create(path="/old/minsk", publication=live.publication)

    assert not broken_link_texts(f"## Here\n\n[a]({href})", title="The piece itself")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("href", "reason"),
    [
        ("/en/publications/nowhere/", "there is no such page"),
        ("/en/publications/gone/", "“Gone” is no longer public"),
        ("/en/topics/nowhere/", "no public piece is on this topic"),
        ("/en/authors/nobody/", "no public piece is by this author"),
        ("/en/no-such-page/", "there is no such page"),
        ("/nowhere.html", "there is no such page"),
        ("/old/gone", "“Gone” is no longer public"),
        ("/desk/publications/publication/1/change/", "readers cannot come to the desk"),
        ("#nowhere", "this text has no such place"),
        ("http://127.0.0.1:8000/en/publications/nowhere/", "there is no such page"),
        ("/media/nothing/480.jpg", "there is no such page"),
        ("/en/publications/%FF/", "there is no such page"),
    ],
)
def test_a_broken_link_is_reported_with_its_reason(settings, editor, href, reason):
    settings.SITE_URL = "http://127.0.0.1:8000"
    gone = make_live(title="Gone").publication
    actions.withdraw(gone, by=editor)
    Redirect.objects.create(path="/old/gone", publication=gone)
    actions.publish(make_publication(title="Later"), by=editor, at=tomorrow())

    assert reason in " ".join(broken_link_texts(f"[a]({href})"))


@pytest.mark.django_db
def test_images_and_attachments_are_read_from_the_storage():
    without_alt, swedish = make_image(alt_en=""), make_image(colour="red", alt_en="", alt_sv="Ett fält")
    publication = make_publication(
        body=f"![](image:{without_alt.key})\n\n![](image:{swedish.key})", cover=without_alt
    )
    content = b"%PDF-1.4 no tags"
    Attachment.objects.create(
        publication=publication,
        original=store_original(content, "pdf"),
        filename="report.pdf",
        size=len(content),
    )

    report = preflight.run_preflight(preflight.build_preflight_draft(saved(publication)))

    assert [issue.name for issue in report.blocking] == ["alt"]
    assert "not in the language of the piece" in text_of(report.advice)
    assert "“report.pdf” is not tagged" in text_of(report.advice)


@pytest.mark.django_db
@pytest.mark.parametrize("original", [False, True], ids=["gone", "half-written"])
def test_a_missing_or_truncated_attachment_blocks_publishing(original):
    publication = make_publication()
    name = store_original(b"%PDF-1.4", "pdf") if original else "ab/abc.pdf"
    Attachment.objects.create(publication=publication, original=name, filename="report.pdf", size=40_000_000)

    assert "missing from the store or damaged" in text_of(
        preflight.run_preflight(preflight.build_preflight_draft(saved(publication))).blocking
    )


@pytest.mark.django_db
def test_a_translation_may_share_its_title():
    publication = make_publication(title="Belarus")
    translated = make_publication(title="Belarus", language="sv", translation_of=publication)

    assert preflight.build_preflight_draft(translated).duplicates == ()


@pytest.mark.django_db
def test_duplicate_titles_are_found_regardless_of_case():
    make_publication(title="Belarus")

    assert preflight.build_preflight_draft(make_publication(title="BELARUS")).duplicates == (
        "Belarus (Quick Comment)",
    )


@pytest.mark.django_db
def test_links_alone_are_checked_without_reading_files(django_assert_max_num_queries):
    publication = make_publication(body="See [this](/en/publications/never-was/).")
    publication.attachments.create(original="missing.pdf", filename="report.pdf", size=10)

    with django_assert_max_num_queries(5):
        assert list(preflight.find_broken_links(publication)) == ["/en/publications/never-was/"]


@pytest.mark.django_db
def test_links_that_readers_follow_in_vain_already_hold_up_no_correction():
    """An imported text may have many dead links of the old site; a link to a place that goes now is a new one."""
    live = make_live(body="## Here\n\n[a](#s-here) [b](/author/ann/) [c](#lost)").publication
    live.body = "## There\n\n[a](#s-here) [b](/author/ann/) [c](#lost) [d](/author/bo/)"

    report = preflight.run_preflight(preflight.build_preflight_draft(saved(live)))

    blocking_text, advice_text = text_of(report.blocking), text_of(report.advice)
    assert all(f"({href})" in blocking_text for href in ("#s-here", "/author/bo/"))
    assert all(f"({href})" in advice_text for href in ("/author/ann/", "#lost"))
    assert (blocking_text + advice_text).count("leads nowhere") == 4


@pytest.mark.parametrize(
    "fields", [{"title": "What Comes Later"}, {"title": "Later", "slug": "what-comes-later"}]
)
@pytest.mark.django_db
def test_a_link_to_a_draft_names_it(fields):
    make_publication(**fields)
    publication = make_publication(body="See [this](/en/publications/what-comes-later/).")

    reasons = preflight.find_broken_links(publication)
    report = preflight.run_preflight(preflight.build_preflight_draft(publication))

    assert reasons == {"/en/publications/what-comes-later/": f"“{fields['title']}” is not public yet."}
    assert report.blocking == [] and [issue.name for issue in report.confirm] == [preflight.PENDING_LINK]


@pytest.mark.django_db
def test_a_link_to_the_old_address_of_a_draft_is_pending():
    Redirect.objects.create(path="/2024/later", publication=make_publication(title="Later"))

    body = f"See [this](/2024/later/) [file](/en/publications/later/files/{'0' * 64}/a.pdf)."
    draft = preflight.build_preflight_draft(make_publication(body=body))

    assert draft.broken_links["/2024/later/"] == "“Later” is not public yet."
    assert len(draft.broken_links) == 2 and list(draft.pending_links) == ["/2024/later/"]


@pytest.mark.django_db
def test_a_link_to_what_was_withdrawn_or_deleted_is_not_pending():
    withdrawn, deleted = make_live(title="Gone").publication, make_publication(title="Deleted")
    actions.withdraw(withdrawn, by=None, note="Wrong.")
    deleted.deleted_at = timezone.now()
    deleted.save()
    publication = make_publication(
        body="[a](/en/publications/gone/) [b](/en/publications/deleted/) [c](/en/publications/none/editions/2/)"
    )

    draft = preflight.build_preflight_draft(publication)

    assert len(draft.broken_links) == 3 and draft.pending_links == {}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("![](image:sea.png)", ["sea.png"]),
        ("![A port](image:abc-def)", ["abc-def"]),
        ("![A port](image:)", [""]),
        ('![A port](image:abcdef "The port")', []),
        ("Written as `![what it shows](image:its-key)`.", []),
    ],
)
@pytest.mark.django_db
def test_an_image_that_is_not_named_by_its_key_blocks_publishing(body, named):
    report = blocking.misnamed_image(preflight.build_preflight_draft(make_publication(body=body)))

    assert [issue.field for issue in report] == ["body"] * len(named)
    assert markup.invalid_image_keys(body)[: len(named)] == tuple(named)


@pytest.mark.django_db
def test_a_new_tag_is_reported_until_it_is_public():
    make_tag("Transnistria", name_sv="Transnistrien")
    new = get_or_create_tags(["Transnistra"])
    publication = make_publication(tags=new, body=VALID_BODY)

    advice = preflight.run_preflight(preflight.build_preflight_draft(publication)).advice

    assert "“Transnistra” is a new tag. Spelled nearly so: “Transnistria”." in text_of(advice)
    assert "The new tag “Transnistra” has no Swedish name." in text_of(advice)
    actions.publish(publication, by=None)
    assert not preflight.run_preflight(preflight.build_preflight_draft(publication)).advice


@pytest.mark.django_db
def test_open_comments_are_reported_and_approvals_are_not():
    publication = make_publication()
    for values in ({"text": "So?"}, {"text": "And?"}, {"is_approval": True}):
        publication.comments.create(**values)
    comment = publication.comments.create(text="Done.", resolved_at=tomorrow())
    publication.comments.create(text="Yes.", thread=comment)

    report = preflight.run_preflight(preflight.build_preflight_draft(publication))

    assert "2 comments are not resolved." in text_of(report.advice)
    assert text_of(preflight.run_preflight(draft(open_comments=1)).advice) == "1 comment is not resolved."


@pytest.mark.django_db
def test_a_future_date_is_reported():
    publication = make_publication(tags=(make_tag(),), body=VALID_BODY, published_at=tomorrow())

    advice = preflight.run_preflight(preflight.build_preflight_draft(publication)).advice

    assert [issue.field for issue in advice] == ["published_at"] and "still to come" in text_of(advice)
