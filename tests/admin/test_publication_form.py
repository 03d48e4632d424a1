"""The form of a draft: it is saved whole, nothing typed is lost, and saving publishes nothing."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from publications import actions
from publications.attachment_files import ATTACHMENT_TYPES, UnsuitableAttachment, check_attachment
from publications.models import AuditEntry, Author, Image, Publication, Tag
from tests.desk_forms import ADD, PDF, change, filled
from tests.factories import (
    make_author,
    make_image,
    make_live,
    make_person,
    make_publication,
    make_tag,
    picture_bytes,
    saved,
    tomorrow,
)

pytestmark = pytest.mark.django_db


def test_a_draft_is_stored_with_authors_in_order_and_tags(desk):
    ann, bo = make_author("Ann"), make_author("Bo")

    desk.post(
        ADD,
        filled(
            bylines=[bo.pk, ann.pk],
            tags="Belarus, foreign policy EU",
            **{"bylines-role": ["author", "editor"]},
        ),
    )

    publication = Publication.objects.get()
    assert [(line.author, line.role) for line in publication.bylines.all()] == [
        (bo, "author"),
        (ann, "editor"),
    ]
    assert sorted(tag.name for tag in publication.tags.all()) == ["Belarus", "foreign policy EU"]
    assert publication.body == "First.\n\nSecond."
    assert publication.revisions.count() == 1


def test_a_tag_that_is_too_long_is_an_error_of_its_field(desk):
    page = desk.post(ADD, filled(tags=f"EU, {'x' * 101}"))

    [message] = page.context["adminform"].form.errors["tags"]
    assert message.startswith("“xxxx") and "at most 100" in message
    assert not Tag.objects.exists()


def test_tags_are_one_whatever_their_case(desk):
    Tag.objects.create(name="EU")

    desk.post(ADD, filled(tags="eu, Östersjön, Украина"))

    assert sorted(Tag.objects.values_list("name", "slug")) == [
        ("EU", "eu"),
        ("Östersjön", "östersjön"),
        ("Украина", "украина"),
    ]


def test_an_unfinished_draft_can_be_saved(desk):
    answer = desk.post(ADD, filled(title="", summary=""))

    assert answer.status_code == 302
    assert Publication.objects.count() == 1


def test_saving_a_live_publication_changes_nothing_public(desk):
    edition = make_live(title="As published")
    publication = edition.publication

    desk.post(change(publication), filled(publication, title="As edited"))

    assert Publication.objects.get().title == "As edited"
    assert publication.editions.live().get().title == "As published"
    assert "later changes are not public" in desk.get(change(publication)).text


def test_saving_without_a_change_leaves_no_trace_of_one(desk):
    publication = make_live().publication

    desk.post(change(publication), filled(publication))

    assert "later changes are not public" not in desk.get(change(publication)).text


def test_the_publish_button_stores_what_was_typed_and_leads_to_the_page_that_publishes(desk):
    author = make_author()

    answer = desk.post(ADD, filled(bylines=author.pk, _publish="Publish…"), follow=True)

    publication = Publication.objects.get()
    assert answer.redirect_chain == [(reverse("desk:publish", args=[publication.pk]), 302)]
    assert not publication.editions.exists()


def test_withdrawing_asks_for_a_reason_that_readers_see(desk):
    edition = make_live()

    params = {"note": "It was wrong.", "state": actions.public_state(edition.publication)}
    desk.post(reverse("desk:withdraw", args=[edition.publication_id]), params)

    assert "It was wrong." in desk.get(edition.get_absolute_url()).text


def test_undo_says_what_it_will_do_and_does_it(desk, editor):
    publication = make_live(body="Right.").publication
    actions.publish(saved(publication, body="Wrong."), by=editor)
    path = reverse("desk:undo", args=[publication.pk])

    page = desk.get(path)
    desk.post(path, {"state": page.context["form"]["state"].value()})

    assert "Readers will see the text of edition 1 again" in page.text
    assert publication.editions.live().get().body == "Right."


def test_without_scripts_find_offers_others_and_keeps_all_that_was_typed(desk):
    for number in range(70):
        make_author(f"Author {number:02}")
    expected = make_author("Zhanna Zorina")
    typed = filled(title="Half typed", _find="bylines", **{"bylines-find": "zorina"})
    del typed["_save"]

    page = desk.post(ADD, typed)

    assert f'<option value="{expected.pk}">' in page.text
    assert page.context["adminform"].form["title"].value() == "Half typed"
    assert "Half typed</textarea>" in page.text
    assert "First." in page.text
    assert "errornote" not in page.text
    assert not Publication.objects.exists()


def test_a_chosen_author_is_always_among_the_options(desk):
    for number in range(70):
        make_author(f"Author {number:02}")
    publication = make_publication(authors=[make_author("Zhanna Zorina")])

    assert "Zhanna Zorina" in desk.get(change(publication)).text


def test_choosing_the_same_author_twice_is_refused_by_name(desk):
    author = make_author("Ann Berg")

    page = desk.post(ADD, filled(bylines=[author.pk, author.pk]))

    assert "“Ann Berg” is chosen twice." in page.text


@pytest.mark.parametrize("value", ["x", "-1", "999999", "9" * 40, "1; DROP"])
def test_a_forged_choice_is_refused_with_a_page(desk, value):
    assert desk.post(ADD, filled(bylines=value)).status_code == 200
    assert not Publication.objects.exists()


def test_related_publications_of_a_live_publication_are_public_when_saved_and_the_form_says_so(desk):
    publication, other = make_live().publication, make_live(title="Kin to it").publication

    assert "public as soon as they are saved" in desk.get(change(publication)).text
    desk.post(change(publication), filled(publication, related=other.pk))

    assert "Kin to it" in desk.get(publication.editions.live().get().get_absolute_url()).text
    assert AuditEntry.objects.first().action == "relate"


def test_the_preview_shows_the_working_copy_in_the_real_template(desk):
    image = make_image(size=(1000, 500))
    publication = make_live(title="As published").publication
    saved(publication, title="As edited", body=f"![](image:{image.key})", cover=image)

    page = desk.get(reverse("desk:preview", args=[publication.pk]))

    assert "As edited</h1>" in page.text
    assert "Readers do not see this." in page.text
    assert f"/desk/library/{image.key}/" in page.text and f"/media/{image.key}/" not in page.text
    assert page["Cache-Control"] == "private, no-store"


def test_a_text_that_cannot_be_rendered_is_refused_with_the_reason(desk):
    page = desk.post(ADD, filled(body="[a](" * 150_000))

    assert page.status_code == 200
    assert not Publication.objects.exists()
    assert "errorlist" in page.text


def test_what_was_public_cannot_be_deleted(desk, editor):
    publication = make_live().publication

    assert (
        desk.post(
            reverse("desk:publications_publication_delete", args=[publication.pk]), {"post": "yes"}
        ).status_code
        == 403
    )
    assert Publication.objects.exists()


def test_a_draft_can_be_deleted(desk):
    publication = make_publication()

    desk.post(reverse("desk:publications_publication_delete", args=[publication.pk]), {"post": "yes"})

    assert not Publication.objects.exists()


def test_the_list_says_where_each_publication_stands(desk, editor):
    make_publication(title="Never")
    make_live(title="Live")
    actions.publish(make_publication(title="Waits"), by=editor, at=tomorrow())
    gone = make_live(title="Gone").publication
    actions.withdraw(gone, by=editor)

    page = desk.get("/desk/publications/publication/").text

    assert all(words in page for words in ("Draft, not public yet", "Live since", "goes public", "Withdrawn"))


@pytest.mark.parametrize(
    ("state", "title"), [("draft", "Never"), ("live", "Live"), ("waiting", "Waits"), ("ended", "Gone")]
)
def test_the_list_can_be_narrowed_to_a_state(desk, editor, state, title):
    make_publication(title="Never")
    make_live(title="Live")
    actions.publish(make_publication(title="Waits"), by=editor, at=tomorrow())
    actions.withdraw(make_live(title="Gone").publication, by=editor)

    rows = desk.get(f"/desk/publications/publication/?state={state}").context["cl"].result_list

    assert [publication.title for publication in rows] == [title]


def test_an_author_saved_at_the_desk_is_an_action(desk):
    author = make_author("Ann Berg")
    path = reverse("desk:publications_author_change", args=[author.pk])

    desk.post(path, {"name": "Ann Bergh", "portrait_choice-chooser": "1", "slug": author.slug})

    assert Author.objects.get().name == "Ann Bergh"
    assert AuditEntry.objects.get().action == "amend"


def test_a_new_tag_gets_its_address_from_its_name(desk):
    desk.post("/desk/publications/tag/add/", {"name": "Östersjön", "kind": "theme"})

    assert Tag.objects.get().slug == "östersjön"


def test_a_picture_comes_into_the_library_and_says_what_it_shows(desk):
    file = SimpleUploadedFile("field.png", picture_bytes(size=(700, 500)))

    desk.post(
        "/desk/publications/image/add/", {"file": file, "alt_en": "A field", "focus_x": 50, "focus_y": 50}
    )

    image = Image.objects.get()
    assert (image.width, image.alt_en) == (700, "A field")


def test_a_picture_without_words_is_refused(desk):
    file = SimpleUploadedFile("field.png", picture_bytes())

    page = desk.post("/desk/publications/image/add/", {"file": file, "focus_x": 50, "focus_y": 50})

    assert "Say what the picture shows" in page.text
    assert not Image.objects.exists()


def test_a_file_that_is_no_picture_is_refused_in_words(desk):
    file = SimpleUploadedFile("x.png", b"GIF89a=1;alert(1)")

    page = desk.post(
        "/desk/publications/image/add/", {"file": file, "alt_en": "x", "focus_x": 50, "focus_y": 50}
    )

    assert "not a picture that can be shown" in page.text


def test_an_attachment_is_stored_privately_and_published_with_the_publication(desk):
    author = make_author()
    file = SimpleUploadedFile("The Report.pdf", PDF)

    desk.post(ADD, filled(bylines=author.pk, attach=file, attach_label="The report"))

    attachment = Publication.objects.get().attachments.get()
    assert (attachment.filename, attachment.label) == ("the-report.pdf", "The report")


@pytest.mark.parametrize(
    ("name", "content"), [("x.html", b"<script>"), ("x.pdf", b"<html>"), ("x.svg", b"<svg>")]
)
def test_a_file_that_readers_should_not_get_is_refused(desk, name, content):
    page = desk.post(ADD, filled(attach=SimpleUploadedFile(name, content)))

    assert page.status_code == 200
    assert not Publication.objects.exists()


def zipped(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


def opendocument(kind: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
    return stream.getvalue()


CONTENTS = {
    "pdf": PDF,
    "csv": "land,år\n".encode("utf-16"),
    "txt": "Östersjön".encode("latin-1"),
    "docx": zipped("[Content_Types].xml", "word/document.xml"),
    "xlsx": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "pptx": zipped("[Content_Types].xml", "ppt/presentation.xml"),
    "odt": opendocument("text"),
    "ods": opendocument("spreadsheet"),
    "zip": zipped("a.txt"),
}


@pytest.mark.parametrize("suffix", sorted(ATTACHMENT_TYPES))
def test_an_attachment_is_what_its_suffix_says(suffix):
    content = CONTENTS[suffix]
    assert check_attachment(f"a.{suffix.upper()}", len(content), lambda: content) == content

    program = b"MZ\x90\0" + bytes(200) + b"word/xl/ppt/"
    with pytest.raises(UnsuitableAttachment, match=f"called {suffix.upper()}"):
        check_attachment(f"a.{suffix}", len(program), lambda: program)
    if suffix not in ("zip", "csv", "txt"):
        with pytest.raises(UnsuitableAttachment, match=f"called {suffix.upper()}"):
            check_attachment(f"a.{suffix}", 22, lambda: CONTENTS["zip"])


@pytest.mark.parametrize("name", ["author", "tag"])
def test_an_author_or_tag_in_use_cannot_be_deleted_and_the_desk_says_so(desk, name):
    tag = make_tag("Armenia")
    author = make_live(title="A piece of hers", tags=(tag,)).bylines.get().author
    instance = {"author": author, "tag": tag}[name]

    page = desk.get(reverse(f"desk:publications_{name}_delete", args=[instance.pk]), follow=True)

    assert "is in use and stays: “A piece of hers”. What" in page.text
    instance.refresh_from_db()


def test_a_forgotten_password_is_answered_by_mail(client, mailoutbox):
    make_person("Editors", email="ann@example.org", password="a right password")

    client.post("/desk/password_reset/", {"email": "ann@example.org"})

    assert "/desk/password_reset/" in mailoutbox[0].body


def test_the_history_shows_editions_revisions_and_actions(desk, editor):
    publication = make_live().publication
    actions.publish(
        saved(publication, body="Mended."), by=editor, change="correction", note="A date was wrong."
    )

    page = desk.get(reverse("desk:history", args=[publication.pk])).text

    assert "A date was wrong." in page and "Published:" in page


def test_the_list_names_the_language_of_each_text_and_what_the_button_of_a_word_file_does(desk):
    make_publication(language="sv")

    page = desk.get(reverse("desk:publications_publication_changelist")).text

    assert (
        'field-language_name">Swedish<' in page
        and ">Create draft</button>" in page
        and ">Import<" not in page
    )


def test_a_filter_without_a_count_shows_the_label_alone(desk):
    page = desk.get(reverse("desk:publications_publication_changelist")).text

    assert "waits=gone" in page and "(-)" not in page


@pytest.mark.parametrize("model", ["publication", "author", "tag", "synonym"])
def test_a_form_names_its_address_as_browsers_would_add_the_fragment_of_a_link(desk, model):
    """A browser takes `#id_bylines` along through every save if the form has no action."""
    page = desk.get(reverse(f"desk:publications_{model}_add") + "?name=a%26b", follow=True)

    path = page.wsgi_request.get_full_path()
    assert f'action="{escape(path)}"' in page.text


def test_a_saved_form_names_its_address(desk):
    publication = make_publication()

    assert f'action="{change(publication)}"' in desk.get(change(publication)).text


def test_saving_loads_nothing_of_the_page_that_it_does_not_show(desk):
    publication = make_live().publication
    of_the_page = {
        "publications_presence",
        "publications_wordfile",
        "publications_review",
        "publications_translationcheck",
    }

    with CaptureQueriesContext(connection) as opened:
        desk.get(change(publication))
    with CaptureQueriesContext(connection) as saving:
        response = desk.post(change(publication), filled(publication=publication, title="New"))

    assert response.status_code == 302
    assert of_the_page <= tables_in(opened) and not of_the_page & tables_in(saving)


def tables_in(queries: CaptureQueriesContext) -> set[str]:
    return {table for query in queries for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])}
