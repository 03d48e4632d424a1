"""Mistakes of editors are reported, or can be corrected, where they happen."""

import io
import random
from datetime import timedelta

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from lxml import html

from publications import actions
from publications.admin.history.audit_text import describe_entry
from publications.models import (
    ActionType,
    AuditEntry,
    Author,
    Autosave,
    Image,
    Kind,
    MenuLink,
    Publication,
    SitePage,
    SiteSettings,
    Tag,
)
from publications.preflight import find_dropped_markup
from tests.desk_forms import ADD, change, filled
from tests.factories import make_author, make_live, make_person, make_publication, picture_bytes, tomorrow

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
AUTHOR = "/desk/publications/author/add/"
QUICK_ADD = "/desk/choose/new/author/"


def author_form(**fields) -> dict:
    empty = dict.fromkeys(
        ("title_en", "title_sv", "affiliation_en", "affiliation_sv", "biography_en", "biography_sv", "orcid",
         "family_name", "aliases", "slug"), "",
    )  # fmt: skip
    return {**empty, "name": "Ann Berg", "portrait_choice-chooser": "", "_save": "Save", **fields}


def test_the_message_of_a_schedule_names_its_end(desk):
    end = tomorrow() + timedelta(days=365)
    edition = actions.publish(make_publication(), by=None, at=tomorrow(), until=end)

    page = desk.get(reverse("desk:publish-result", args=[edition.publication_id, 1])).text

    assert "It will be taken down" in page and str(timezone.localdate(end).year) in page


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<iframe src="https://example.org">A film</iframe>', "<iframe>"),
        ("<video src=x>words</video>", "Only the words in it are shown: <video>"),
        ("![A sea](https://example.org/sea.png)", "picture of another site"),
        ("[a](javascript:alert(1))", "no address of a page"),
    ],
)
def test_what_readers_will_not_see_is_reported_on_saving(desk, body, said):
    page = desk.post(ADD, filled(body=body), follow=True)

    assert said in " ".join(str(message) for message in page.context["messages"])


@pytest.mark.parametrize(
    "body",
    [
        "`<iframe>`",
        "```\n<script>\n```",
        "1 < 2 and <3>",
        "<b>bold</b>",
        "![x](image:abc)",
        "    <iframe>",
        "[a](https://b.c)",
    ],
)
def test_what_stays_is_not_reported(body):
    assert find_dropped_markup(body) == []


def test_what_follows_code_is_reported():
    assert find_dropped_markup("    code\n\n```\ncode\n```\n\n`code` <iframe>x</iframe>")


def test_a_text_that_did_not_change_is_not_reported_again(desk):
    publication = make_publication(body="<iframe>A film</iframe>")

    page = desk.post(change(publication), filled(publication, internal_note="Only this."), follow=True)

    assert "Not shown" not in page.text


def test_help_with_markdown_stands_at_the_text(desk):
    page = desk.get(ADD).text

    assert page.index('id="id_body"') < page.index("How to write Markdown") < page.index('id="id_bylines"')


def test_a_portrait_is_added_in_the_form_of_its_author(desk):
    file = SimpleUploadedFile("ann.png", picture_bytes(), "image/png")

    desk.post(AUTHOR, author_form(portrait_file=file))

    portrait = Author.objects.get(name="Ann Berg").portrait
    assert (portrait, portrait.alt_en, portrait.alt_sv) == (
        Image.objects.get(), "Portrait of Ann Berg", "Porträtt av Ann Berg",
    )  # fmt: skip


def test_a_portrait_that_is_no_picture_is_refused_and_nothing_typed_is_lost(desk):
    page = desk.post(
        AUTHOR, author_form(title_en="Analyst", portrait_file=SimpleUploadedFile("a.png", b"no picture"))
    )

    assert page.status_code == 200 and "Analyst" in page.text
    assert not Author.objects.exists() and not Image.objects.exists()


def test_editors_change_the_address_of_the_newsletter_and_it_leaves_its_line(desk, editor):
    address = reverse("desk:newsletter")
    seen = desk.get(address).context["form"].initial["seen"]

    desk.post(address, {"newsletter": "https://example.org/sign-up", "seen": seen, "sure": ""})

    assert SiteSettings.objects.get().newsletter == "https://example.org/sign-up"
    assert AuditEntry.objects.get().by == editor
    assert "https://example.org/sign-up" in desk.get("/en/").text


def test_what_is_no_address_of_a_newsletter_is_refused(desk):
    page = desk.post(
        reverse("desk:newsletter"), {"newsletter": "javascript:alert(1)", "seen": "", "sure": ""}
    )

    assert "is no address" in page.text and not SiteSettings.objects.get().newsletter


def test_an_author_who_is_not_found_can_be_added(desk, client):
    page = desk.post(ADD, filled(_find="bylines", **{"bylines-find": "Zoë Öberg"})).text
    added = f"{QUICK_ADD}?name=Zo%C3%AB%20%C3%96berg"

    assert f'href="{added}"' in page
    assert 'value="Zoë Öberg"' in desk.get(added).text
    assert f'data-adding="{QUICK_ADD}"' in desk.get(ADD).text


def test_who_may_not_add_authors_may_propose_one(client):
    make_author("Ann")
    client.force_login(make_person("Contributors"), backend=BACKEND)

    page = client.post(ADD, filled(_find="bylines", **{"bylines-find": "nobody"})).text

    assert "Nothing found." in page and "Propose an author" in page and AUTHOR not in page


@pytest.mark.parametrize(("language", "label"), [("sv", "Typ:"), ("en", "Kind:")])
def test_the_kind_of_a_tag_is_not_called_that_of_a_publication(client, language, label):
    client.force_login(make_person("Editors"), backend=BACKEND)
    client.cookies["django_language"] = language

    page = client.get("/desk/publications/tag/add/").text

    assert label in page and "Publikationstyp:" not in page


LONG = 'A <b>bold</b> & plain title with "quotes" that is longer than its line'


@pytest.mark.parametrize("model", ["tag", "sitepage", "kind", "menulink", "author", "publication"])
@pytest.mark.parametrize("action", ["change", "delete"])
def test_the_path_of_a_page_cuts_titles_between_letters(client, model, action):
    client.force_login(make_person("Administrators"), backend=BACKEND)
    row = _row_called(model, LONG)

    answer = client.get(reverse(f"desk:publications_{model}_{action}", args=[row.pk]))

    if answer.status_code == 200:
        (path,) = html.fromstring(answer.text).xpath("//*[@class='breadcrumbs']")
        assert f" {LONG[:39]}" in " ".join(path.text_content().split())
        assert "&lt;b" not in path.text_content() and "&amp;" not in path.text_content()


def _row_called(model: str, name: str):
    rows = {
        "tag": Tag,
        "sitepage": SitePage,
        "kind": Kind,
        "menulink": MenuLink,
        "author": Author,
        "publication": Publication,
    }
    row = rows[model].objects.first() if model in ("sitepage", "kind", "menulink") else None
    if model == "menulink":
        rows[model].objects.filter(pk=row.pk).update(label_en=name[:60], label_sv=name[:60])
    elif model in ("tag", "author"):
        row = rows[model].objects.create(name=name)
    elif model == "publication":
        row = make_publication(title=name)
    else:
        fields = {"sitepage": ("title_en", "title_sv"), "kind": ("name_en", "name_sv")}[model]
        rows[model].objects.filter(pk=row.pk).update(**dict.fromkeys(fields, name))
    return row


def test_the_name_of_a_file_without_a_file_is_not_dropped_silently(desk):
    page = desk.post(ADD, filled(attach_label="The report"))

    assert "Choose the file" in page.text and 'value="The report"' in page.text


def test_a_title_that_is_too_long_has_one_error(desk):
    page = desk.post(ADD, filled(title="x" * 400, summary="", body=""))

    assert "Write something first" not in page.text and page.context["errors"]


def test_a_file_that_begins_like_a_pdf_and_is_none_is_refused(desk):
    content = b"%PDF-1.4\n" + random.Random(1).randbytes(4000)

    page = desk.post(ADD, filled(attach=SimpleUploadedFile("report.pdf", content, "application/pdf")))

    assert "cannot be opened" in page.text


def test_a_pdf_that_opens_is_attached(desk):
    content = io.BytesIO()
    document = pypdf.PdfWriter()
    document.add_blank_page(72, 72)
    document.write(content)

    desk.post(ADD, filled(attach=SimpleUploadedFile("report.pdf", content.getvalue())))

    assert Publication.objects.get().attachments.count() == 1


def test_what_was_typed_in_the_same_words_is_offered_once(desk, editor):
    for key in "abc":
        Autosave.objects.save_form(
            editor, key, {"values": [["title", "Typed"], ["summary", ""]], "publication": None}
        )
    Autosave.objects.save_form(
        editor, "d", {"values": [["title", ""], ["summary", "A summary alone."]], "publication": None}
    )

    page = desk.get(ADD)

    assert [str(typed) for typed in page.context["autosaves"]] == ["A summary alone.", "Typed"]


def test_what_is_saved_is_not_offered_from_another_window_too(desk, editor):
    values = [[name, value] for name, value in filled(title="On Minsk").items() if not name.startswith("_")]
    Autosave.objects.save_form(editor, "earlier", {"values": values, "publication": None})

    desk.post(ADD, filled(title="On Minsk", form_key="later"))

    assert not Autosave.objects.unsaved().exists()


def test_a_scheduled_edition_is_cancelled_by_that_name(desk):
    publication = make_publication()
    actions.publish(publication, by=None, at=tomorrow())
    undo = reverse("desk:undo", args=[publication.pk])

    form, publish_page = (
        desk.get(change(publication)),
        desk.get(reverse("desk:publish", args=[publication.pk])),
    )
    for page in (form, publish_page):
        links = html.fromstring(page.text).xpath(f"//a[@href='{undo}']")
        assert {link.text_content() for link in links} == {"Cancel the schedule…"}
    assert "Cancel the schedule" in desk.get(undo).context["title"]


def test_whoever_had_the_form_open_during_a_redaction_reads_of_it(desk, editor):
    publication = make_live(body="Vera Holm said it.").publication
    form = filled(publication, title="Another title")
    actions.redact(publication, "Vera Holm", by=editor)

    page = desk.post(change(publication), form, follow=True)

    assert "has been redacted since you opened this form" in page.text


def test_the_trail_names_the_fields_of_forms_in_words(desk, editor):
    line = AuditEntry(action=ActionType.AMEND, detail={"kind": "image", "changed": ["file", "alt_en"]})
    with translation.override("sv"):
        words = describe_entry(line).description

    assert words.startswith("bild: Fil;")


@pytest.mark.parametrize(("count", "words"), [(1, "1 word with"), (2, "2 words with")])
def test_a_report_counts_one_word(count, words):
    shown_words = {
        "word_report": {"word_file": {"filename": "x.docx"}, "word_counts": [count, 0], "counts": []},
        "publication": make_publication(),
    }

    assert words in render_to_string("desk/word_report_panel.html", shown_words)
