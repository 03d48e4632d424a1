"""Forms of models that are public at once: conflicts of two editors, confirmations, permissions and invalid values."""

from datetime import timedelta

import lxml.html
import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import connection
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.reauthentication import AUTHENTICATED_AT
from publications import actions
from publications.admin.register import MODEL_ADMINS, admin_site
from publications.models import Author, Autosave, Image, Kind, NewsEvent, Publication, SitePage, Tag
from publications.news.descriptions import describe_news
from tests.factories import make_author, make_image, make_live, make_person, make_publication, make_tag, saved
from tests.html_forms import submitted_values

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


def change(row) -> str:
    return reverse(f"desk:publications_{row._meta.model_name}_change", args=[row.pk])


def form_data_of(response) -> dict:
    """Return the form of a page as a browser would submit it, with CRLF line ends."""
    [form] = lxml.html.fromstring(response.text).xpath("//form[@id]")
    values = {name: value for name, value in submitted_values(form) if not name.startswith("_")}
    return {name: value.replace("\r\n", "\n").replace("\n", "\r\n") for name, value in values.items()}


def save_changes(row, editor, **fields) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    actions.save_instance(row, by=editor)


def make_page(editor, **fields) -> SitePage:
    texts = {
        "title_en": "Press",
        "body_en": "Write to us.\n\nSoon.",
        "title_sv": "Press",
        "body_sv": "Skriv.",
        **fields,
    }
    return actions.save_instance(SitePage(slug_en="press", slug_sv="press", **texts), by=editor)


@pytest.mark.parametrize("line", ["Report {foo}", "Report {number", "Report year}", "{{number}} {year}"])
@pytest.mark.parametrize("field", ["type_line_en", "type_line_sv"])
def test_a_type_line_has_known_placeholders_only(admin_client, field, line):
    kind = Kind.objects.get(slug="quick-comment")
    form = form_data_of(admin_client.get(change(kind)))

    page = admin_client.post(change(kind), {**form, field: line})
    assert "Only {number} and {year} are filled in." in page.text
    response = admin_client.post(change(kind), {**form, field: "Report No {number}, {year}"})

    assert response.status_code == 302
    assert getattr(Kind.objects.get(pk=kind.pk), field) == "Report No {number}, {year}"


def new_kind(client, **fields):
    add = reverse("desk:publications_kind_add")
    texts = [f"{name}_{locale}" for name in ("name", "plural", "type_line") for locale in ("en", "sv")]
    names = dict.fromkeys(texts, "Policy Brief")
    return client.post(add, {**form_data_of(client.get(add, follow=True)), **names, **fields}, follow=True)


def test_a_kind_is_added_at_the_desk_and_drafts_can_have_it(client, editor):
    client.force_login(make_person("Administrators"), backend="django.contrib.auth.backends.ModelBackend")
    first = Kind.objects.first()

    new_kind(client)

    kind = Kind.objects.get(slug="policy-brief")
    assert Kind.objects.first() == first and Kind.objects.last() == kind
    edition = actions.publish(make_publication(kind="policy-brief"), by=editor)
    assert "Policy Brief" in client.get(edition.get_absolute_url()).text
    assert client.get("/en/publications/?kind=policy-brief").status_code == 200


@pytest.mark.parametrize(
    ("name", "reason"), [("policy brief!", "of this name already"), ("Огляд", "letters from a to z")]
)
def test_a_kind_needs_a_key_of_its_own(admin_client, name, reason):
    new_kind(admin_client)

    page = new_kind(admin_client, name_en=name)

    assert reason in page.text and Kind.objects.filter(slug="policy-brief").count() == 1


@pytest.mark.parametrize("locale", ["en", "sv"])
def test_a_numbered_kind_shows_its_number_in_both_languages(admin_client, locale):
    lines = {"type_line_en": "Brief {number}", "type_line_sv": "Översikt {number}"}

    page = new_kind(admin_client, is_numbered="on", **{**lines, f"type_line_{locale}": "Policy Brief"})
    assert "A numbered kind needs {number} here" in page.text and not Kind.objects.filter(slug="policy-brief")
    new_kind(admin_client, is_numbered="on", **lines)

    assert Kind.objects.get(slug="policy-brief").is_numbered


def test_a_field_that_both_changed_is_a_conflict(desk, editor):
    tag = make_tag("Belarus", introduction_en="As it was.")
    form = form_data_of(desk.get(change(tag)))
    save_changes(tag, editor, introduction_en="A colleague's words.")

    page = desk.post(change(tag), {**form, "introduction_en": "My words."})

    assert Tag.objects.get(pk=tag.pk).introduction_en == "A colleague's words."
    assert "Somebody else has saved this" in page.text
    assert "My words." in page.text
    assert "It now reads: “A colleague&#x27;s words.”" in page.text


def test_a_conflict_is_resolved_by_saving_again(desk, editor):
    tag = make_tag("Belarus", introduction_en="As it was.")
    form = form_data_of(desk.get(change(tag)))
    save_changes(tag, editor, introduction_en="A colleague's words.")
    again = form_data_of(desk.post(change(tag), {**form, "introduction_en": "My words."}))

    desk.post(change(tag), again)

    assert Tag.objects.get(pk=tag.pk).introduction_en == "My words."


def test_changes_of_different_fields_are_merged(desk, editor):
    row = make_page(editor, summary_en="", summary_sv="")
    form = form_data_of(desk.get(change(row)))
    save_changes(row, editor, summary_en="For journalists.", body_en="Call us.\n\nNow.")

    response = desk.post(change(row), {**form, "summary_sv": "För journalister."})

    stored = SitePage.objects.get(pk=row.pk)
    assert response.status_code == 302
    assert (stored.summary_en, stored.summary_sv) == ("For journalists.", "För journalister.")
    assert stored.body_en == "Call us.\n\nNow."


def test_a_chooser_that_only_a_colleague_changed_keeps_the_change(desk, editor):
    tag = make_tag("Belarus")
    person = make_author("Ann Berg")
    form = form_data_of(desk.get(change(tag)))
    save_changes(tag, editor, responsible=person)

    desk.post(change(tag), {**form, "name_sv": "Vitryssland"})

    stored = Tag.objects.get(pk=tag.pk)
    assert (stored.name_sv, stored.responsible) == ("Vitryssland", person)


def test_a_conflict_of_a_long_text_shows_the_differing_part(desk, editor):
    long = "The same words again and again. " * 40
    row = make_page(editor, body_en=long)
    form = form_data_of(desk.get(change(row)))
    save_changes(row, editor, body_en=f"{long}Theirs.")

    page = desk.post(change(row), {**form, "body_en": f"{long}Mine."}).text

    [said] = [line for line in page.splitlines() if "It now reads" in line]
    assert "again. Theirs." in said
    assert len(said) < 500


def test_what_was_typed_for_a_deleted_object_is_offered_for_a_new_one(desk):
    author = make_author("Ann Berg")
    url = change(author)
    form = {**form_data_of(desk.get(url)), "biography_en": "Of Kyiv.\r\n\r\nWrites."}
    author.delete()

    page = desk.post(url, form, follow=True)
    assert "Perhaps it was deleted?" in page.text and "What you typed is kept below" in page.text
    [url] = {link for link in lxml.html.fromstring(page.text).xpath("//a/@href") if "held=" in link}
    response = desk.post(url, form_data_of(desk.get(url)))

    assert response.status_code == 302
    assert Author.objects.get(name="Ann Berg").biography_en == "Of Kyiv.\n\nWrites."
    assert not Autosave.objects.unsaved().exists()


def test_crlf_line_ends_separate_paragraphs(desk, client):
    tag = make_tag("Belarus")
    make_live(tags=[tag])
    form = form_data_of(desk.get(change(tag)))

    desk.post(change(tag), {**form, "introduction_en": "One.\r\n\r\nTwo."})

    assert Tag.objects.get(pk=tag.pk).introduction_en == "One.\n\nTwo."
    assert "<p>Two.</p>" in client.get("/en/topics/belarus/").text


def test_unpublishing_a_locale_needs_confirmation(desk, editor):
    row = make_page(editor)
    form = {**form_data_of(desk.get(change(row))), "title_en": ""}

    params = desk.post(change(row), form)
    still = SitePage.objects.get(pk=row.pk).locales
    done = desk.post(change(row), form_data_of(params))

    assert "no longer public in English" in params.text
    assert list(still) == ["en", "sv"]
    assert done.status_code == 302
    assert list(SitePage.objects.get(pk=row.pk).locales) == ["sv"]


def test_a_second_author_of_the_same_name_needs_confirmation(desk):
    make_author("Oskar Hedmyr", title_en="Analyst")
    add = reverse("desk:publications_author_add")
    form = {**form_data_of(desk.get(add)), "name": "oskar  hedmyr"}

    params = desk.post(add, form)
    number = Author.objects.count()
    desk.post(add, form_data_of(params))

    assert "There is an author of this name: Oskar Hedmyr, Analyst." in params.text
    assert number == 1
    assert Author.objects.count() == 2


@pytest.mark.parametrize(
    ("before", "question"),
    [
        (False, "the name that stood there is not kept"),
        (True, "This shows readers who stands behind the name"),
    ],
)
def test_changing_the_pseudonymity_of_a_published_author_needs_confirmation(desk, editor, before, question):
    editor.groups.set([Group.objects.get(name="Administrators")])
    author = make_author("Ann Berg", is_pseudonymous=before)
    make_live(author=author)
    form = form_data_of(desk.get(change(author)))
    form = (
        {**form, "is_pseudonymous": "on"}
        if not before
        else {k: v for k, v in form.items() if k != "is_pseudonymous"}
    )

    params = desk.post(change(author), form)
    still = Author.objects.get(pk=author.pk).is_pseudonymous
    desk.post(change(author), form_data_of(params))

    assert question in params.text
    assert "Please confirm." in params.text and "Please correct the error" not in params.text
    assert (still, Author.objects.get(pk=author.pk).is_pseudonymous) == (before, not before)


@pytest.mark.parametrize(
    ("before", "name"), [(False, "Ann Berg"), (False, "Eve"), (True, "Eve"), (True, "Ann Berg")]
)
def test_an_editor_changes_no_signature_of_what_is_published(desk, before, name):
    author = make_author("Ann Berg", is_pseudonymous=before)
    edition = make_live(author=author)
    form = {**form_data_of(desk.get(change(author))), "name": name, "is_pseudonymous": "on"}
    if before and name == author.name:
        del form["is_pseudonymous"]

    page = desk.post(change(author), form)
    again = desk.post(change(author), form_data_of(page))
    as_preview = desk.post(change(author), {**form, "_preview": "en"})

    for response in (page, again, as_preview):
        assert (
            response.status_code == 200 and "Only whoever may redact may change a pen name" in response.text
        )
    author.refresh_from_db()
    assert (author.name, author.is_pseudonymous) == ("Ann Berg", before)
    assert edition.bylines.get().name == "Ann Berg"


def test_an_editor_changes_a_pen_name_that_is_not_published_and_another_field_of_one_that_is(desk):
    author, published = make_author("Ann"), make_author("Bo", is_pseudonymous=True)
    make_live(author=published)

    desk.post(change(author), {**form_data_of(desk.get(change(author))), "is_pseudonymous": "on"})
    desk.post(change(published), {**form_data_of(desk.get(change(published))), "aliases": "Boris"})

    assert Author.objects.get(pk=author.pk).is_pseudonymous
    assert Author.objects.get(pk=published.pk).aliases == "Boris"


def test_a_pen_name_of_published_texts_needs_recent_authentication_and_is_news_to_all(desk, editor):
    editor.groups.set([Group.objects.get(name="Administrators")])
    author, colleague = make_author("Ann Berg"), make_person("Editors")
    edition = make_live(author=author)
    Kind.objects.update(needs_approval=True)
    form = {**form_data_of(desk.get(change(author))), "name": "Eve", "is_pseudonymous": "on"}
    confirmed = form_data_of(desk.post(change(author), form))
    session = desk.session
    session[AUTHENTICATED_AT] = 0.0
    session.save()

    refused = desk.post(change(author), confirmed)
    assert refused.status_code == 403 and 'action="/desk/reauthenticate/"' in refused.text
    assert (
        edition.bylines.get().name == "Ann Berg" and not NewsEvent.objects.filter(type="unapproved").exists()
    )

    session[AUTHENTICATED_AT] = timezone.now().timestamp()
    session.save()
    assert desk.post(change(author), confirmed).status_code == 302

    event = NewsEvent.objects.visible_to(colleague).with_rows().get(type="unapproved")
    text = describe_news(event, colleague)
    assert "signed in another way by one: “Eve”" in text.subject and text.url == change(author)
    assert edition.bylines.get().name == "Eve"


def test_confirming_a_pen_name_lists_the_attached_files_of_the_author(desk, editor):
    editor.groups.set([Group.objects.get(name="Administrators")])
    author = make_author("Ann Berg")
    live = make_live(author=author, title="On Minsk")
    make_live(author=author, title="Without files")
    make_live(title="Of somebody else")
    for file in ("report.pdf", "annex.pdf"):
        live.publication.attachments.create(original=f"00/{file}", filename=file)
    live.attachments.create(original="00/first.pdf", filename="first.pdf", size=1, position=1)
    form = {**form_data_of(desk.get(change(author))), "is_pseudonymous": "on"}

    page = desk.post(change(author), form)

    [section] = lxml.html.fromstring(page.text).xpath("//section[@aria-labelledby='attached-files']")
    assert [" ".join(item.text_content().split()) for item in section.iter("li")] == [
        "On Minsk: report.pdf, annex.pdf, first.pdf"
    ]
    assert section.xpath(".//a/@href") == [change(live.publication)]


PRIVATE = {
    "title_en": "Secret title", "affiliation_en": "Secret place", "biography_en": "Secret life",
    "aliases": "Olga Secret", "orcid": "0000-0002-1825-0097", "family_name": "Name",
    "fediverse_address": "@secret@example.social",
}  # fmt: skip


@pytest.mark.parametrize(("group", "is_shown"), [("Contributors", False), ("Editors", True)])
def test_details_of_a_pseudonymous_author_need_the_permission_to_change_authors(client, group, is_shown):
    client.force_login(make_person(group), backend=BACKEND)
    portrait = make_image(filename="secret.png", alt_en="Secret face")
    author = make_author("Pen Name", is_pseudonymous=True, portrait=portrait, **PRIVATE)

    page = client.get(change(author)).text
    images = client.get(reverse("desk:publications_image_changelist")).text
    found = client.get(reverse("desk:chooser-search", args=["images"]), {"q": "secret"}).json()["results"]

    assert "Pen Name" in page
    assert all((value in page) == is_shown for value in PRIVATE.values() if value != "Name")
    assert ("secret.png" in page, "secret.png" in images, bool(found)) == (is_shown,) * 3
    assert (client.get(change(portrait)).status_code == 200) == is_shown


def test_a_pen_name_is_not_found_by_details_of_its_author(client):
    client.force_login(make_person("Contributors"), backend=BACKEND)
    make_author("Pen Name", is_pseudonymous=True, **PRIVATE)

    def found(query: str) -> bool:
        chosen = client.get(reverse("desk:chooser-search", args=["authors"]), {"q": query}).json()["results"]
        listed = client.get(reverse("desk:publications_author_changelist"), {"q": query})
        assert "Secret" not in str(chosen) + listed.text.replace(f'value="{query}"', "")
        assert bool(chosen) == ("Pen Name" in listed.text)
        return bool(chosen)

    assert (found("pen"), found("olga"), found("secret")) == (True, False, False)


def test_the_schema_type_of_a_kind_is_a_known_or_used_one(client):
    client.force_login(make_person("Administrators"), backend=BACKEND)
    Kind.objects.filter(slug="report").update(schema_type="Thesis")
    kind = Kind.objects.get(slug="commentary")

    def stored(schema_type: str) -> str:
        form = form_data_of(client.get(change(kind)))
        client.post(change(kind), {**form, "schema_type": schema_type})
        return Kind.objects.get(pk=kind.pk).schema_type

    assert [stored(name) for name in ("Artikel", "Thesis", "OpinionNewsArticle")] == [
        "Article",
        "Thesis",
        "OpinionNewsArticle",
    ]


TOO_LARGE = "9" * 39


@pytest.mark.parametrize("model", MODEL_ADMINS, ids=lambda model: model._meta.label_lower)
def test_a_key_too_large_for_a_column_is_a_form_error(rf, model):
    admin = admin_site.get_model_admin(model)
    request = rf.get("/")
    request.user = make_person("Administrators", is_superuser=True)
    make_live(cover=make_image())
    row = model.objects.first()
    new_form, change_form = admin.get_form(request)(), admin.get_form(request, row, change=True)(instance=row)
    fields = [*new_form.fields.values(), *change_form.fields.values()]

    for field in (field for field in fields if isinstance(field, ModelChoiceField)):
        value = [TOO_LARGE] if isinstance(field, ModelMultipleChoiceField) else TOO_LARGE
        with pytest.raises(ValidationError):
            field.clean(value)


def test_groups_and_permissions_with_too_large_keys_are_field_errors(client):
    client.force_login(make_person("Administrators", is_superuser=True), backend=BACKEND)
    person, group = make_person(), Group.objects.get(name="Linkers")

    pages = [
        client.post(reverse("desk:auth_user_change", args=[person.pk]), {"groups": TOO_LARGE}),
        client.post(reverse("desk:auth_group_change", args=[group.pk]), {"permissions": TOO_LARGE}),
    ]

    assert [page.status_code for page in pages] == [200, 200]
    for page, field in zip(pages, ("groups", "permissions"), strict=True):
        assert TOO_LARGE in str(page.context["adminform"].form.errors[field])


def test_the_lead_of_a_topic_must_have_its_tag(desk):
    tag, other = make_tag("Belarus"), make_live(title="On budgets")
    on_it = make_live(title="On Belarus", tags=[tag])
    form = form_data_of(desk.get(change(tag)))

    refused = desk.post(change(tag), {**form, "lead_choice": other.publication_id})
    lead = Tag.objects.get(pk=tag.pk).lead
    desk.post(change(tag), {**form, "lead_choice": on_it.publication_id})

    assert "“On budgets” is not on this topic" in refused.text
    assert lead is None
    assert Tag.objects.get(pk=tag.pk).lead_id == on_it.publication_id


def test_the_focal_point_must_be_within_the_image(desk):
    image = make_image()
    form = form_data_of(desk.get(change(image)))

    page = desk.post(change(image), {**form, "focus_x": "500"})

    assert "Give a number from 0 to 100" in page.text
    assert Image.objects.get(pk=image.pk).focus_x == image.focus_x


def test_the_form_of_a_public_topic_or_author_links_its_page(desk):
    tag, author = make_tag("Belarus"), make_author("Ann Berg")
    before = desk.get(change(tag)).text + desk.get(change(author)).text
    make_live(tags=[tag], author=author)

    assert "View live" not in before
    assert 'href="/sv/amnen/belarus/"' in desk.get(change(tag)).text
    assert 'href="/en/authors/ann-berg/"' in desk.get(change(author)).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0026-05-01T10:00", "The year 26 cannot be right"),
        ("9999-05-01T10:00", "The year 9999 cannot be right"),
        ("0001-01-01T00:00", "cannot be right"),
        ("2026-03-29T02:30", "The clocks change that night"),
    ],
)
def test_an_implausible_date_is_refused_and_the_form_redisplayed(desk, typed, said):
    publication = make_publication(title="A draft")
    form = form_data_of(desk.get(change(publication)))

    page = desk.post(change(publication), {**form, "summary": "Typed.", "published_at": typed})

    assert page.status_code == 200
    assert said in page.text
    assert "Typed." in page.text
    assert Publication.objects.get(pk=publication.pk).published_at is None


def test_a_translation_needs_a_language_of_its_own(desk):
    original = make_live(title="Original").publication
    publication = make_publication(title="Another", language="en")
    form = form_data_of(desk.get(change(publication)))

    page = desk.post(change(publication), {**form, "translation_choice": original.pk})

    assert "“Original” is in English too" in page.text
    assert Publication.objects.get(pk=publication.pk).translation_of is None


def test_two_translations_into_one_language_are_refused(desk):
    original = make_live(title="Original").publication
    make_publication(title="Översatt", language="sv", translation_of=original)
    publication = make_publication(title="Också översatt", language="sv")
    form = form_data_of(desk.get(change(publication)))

    page = desk.post(change(publication), {**form, "translation_choice": original.pk})

    assert "“Översatt” is in Svenska too" in page.text


def test_a_contributor_sees_no_notice_about_related_links(client, editor):
    from tests.factories import make_person

    publication = make_live().publication
    saved(publication, body="More.")
    client.force_login(make_person("Contributors"), backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(change(publication)).text

    assert "Related publications are public as soon" not in page


def test_a_time_in_summer_is_accepted(desk):
    publication = make_publication(title="A draft")
    form = form_data_of(desk.get(change(publication)))

    desk.post(change(publication), {**form, "published_at": "2026-07-01T10:00"})

    stored = Publication.objects.get(pk=publication.pk).published_at
    assert timezone.localtime(stored).utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize("typed", ["marten", "HÅKANSSON", "hakans marten", "rachi"])
def test_authors_are_found_without_diacritics(desk, typed):
    for name in ("Mårten Håkansson", "Doina Răchitaru", "Mart Nool"):
        make_author(name)

    matches = desk.get(reverse("desk:chooser-search", args=["authors"]), {"q": typed}).json()["results"]

    assert [match["label"] for match in matches] == [
        "Doina Răchitaru" if typed == "rachi" else "Mårten Håkansson"
    ]


# Saves at the same time


@pytest.mark.postgresql
@pytest.mark.parametrize(("column", "path"), [("biography_en", ""), ("newsletter", "/desk/newsletter/")])
def test_a_form_is_compared_with_what_is_stored_once_no_action_is_running(desk, column, path):
    """Two saves at the same time would otherwise both compare with what was stored before either."""
    author = make_author("Ann Berg")

    with CaptureQueriesContext(connection) as captured:
        desk.post(path or change(author), {"name": "Ann Bergh", "newsletter": "", "seen": "", "sure": ""})

    queries = [query["sql"] for query in captured]
    lock = next(number for number, sql in enumerate(queries) if "FOR UPDATE" in sql)
    assert "siteversion" in queries[lock]
    reads = [number for number, sql in enumerate(queries) if f'"{column}"' in sql]
    assert reads and min(reads) > lock


def test_tags_are_listed_without_regard_to_capitals(desk):
    for name in ("economy", "EU", "Energy"):
        make_tag(name)

    rows = desk.get(reverse("desk:publications_tag_changelist")).context["cl"].result_list

    assert [tag.name for tag in rows] == ["economy", "Energy", "EU"]
