"""Site pages, menu links, leads and tags at the desk: public when saved, validated, typed values are kept."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from publications import actions
from publications.models import AuditEntry, MenuLink, Redirect, SitePage, SiteSettings, SiteVersion, Tag
from tests.factories import (
    make_author,
    make_image,
    make_live,
    make_person,
    make_publication,
    make_tag,
    tomorrow,
)

pytestmark = pytest.mark.django_db

ADD = "/desk/publications/sitepage/add/"
LINKS = "/desk/publications/menulink/"


def change(row) -> str:
    return reverse(f"desk:publications_{row._meta.model_name}_change", args=[row.pk])


def typed(**fields) -> dict:
    """Return the form of a page as a browser posts it."""
    parts = ("title", "slug", "summary", "body")
    empty = {f"{part}_{locale}": "" for part in parts for locale in ("en", "sv")}
    return {**empty, "title_en": "Press", "body_en": "Write to us.\r\n\r\nSoon.", "_save": "Save", **fields}


def link(**fields) -> dict:
    empty = dict.fromkeys(("section", "page", "address_en", "address_sv", "label_en", "label_sv"), "")
    return {**empty, "place": "footer", "position": "5", "_save": "Save", **fields}


def tag_form(tag: Tag, **fields) -> dict:
    return {
        "name": tag.name, "name_sv": "", "kind": tag.kind, "introduction_en": "", "introduction_sv": "", "slug": tag.slug,
        "lead_choice-chooser": "", "responsible_choice-chooser": "", "_save": "Save", **fields,
    }  # fmt: skip


# Pages


def test_a_saved_page_is_public_at_once_and_has_an_audit_entry(desk, editor):
    desk.post(ADD, typed(title_sv="Press", body_sv="Skriv till oss."))

    assert "Write to us." in desk.get("/en/press/").text
    assert "Skriv till oss." in desk.get("/sv/press/").text
    line = AuditEntry.objects.get(subject="Press")
    assert line.by == editor
    assert {"title_en", "body_sv"} <= set(line.detail["changed"])


def test_line_breaks_are_stored_as_line_feeds(desk):
    desk.post(ADD, typed())

    assert SitePage.objects.get(slug_en="press").body_en == "Write to us.\n\nSoon."


@pytest.mark.parametrize(
    ("field", "fields", "said"),
    [
        ("slug_en", {"slug_en": "Publications"}, "is an address of the site itself"),
        ("slug_en", {"slug_en": "about"}, "Another site page stands at this address"),
        ("body_en", {"body_en": "> " * 9000}, "nested more than"),
        ("body_en", {"body_en": "![](image:abcdefghij)"}, "shows no pictures"),
        ("title_en", {"title_en": ""}, "A page has a title"),
    ],
)
def test_errors_are_shown_at_their_fields_with_the_typed_values(desk, field, fields, said):
    page = desk.post(ADD, typed(summary_en="My summary.", **fields))

    assert said in " ".join(page.context["adminform"].form.errors[field])
    assert "My summary." in page.text
    assert not SitePage.objects.filter(summary_en="My summary.").exists()


def test_a_changed_slug_redirects_from_the_former_one(desk):
    page = SitePage.objects.get(slug_en="about")

    question = desk.post(change(page), typed(title_en="About", slug_en="who-we-are"))
    sure = question.context["adminform"].form["sure"].value()
    desk.post(change(page), typed(title_en="About", slug_en="who-we-are", sure=sure))

    assert desk.get("/en/about/")["Location"] == "/en/who-we-are/"


def test_a_preview_renders_the_typed_values_and_stores_nothing(desk):
    page = SitePage.objects.get(slug_en="about")

    shown = desk.post(change(page), typed(title_en="About", body_en="Not **yet**.", _preview="en"))

    assert "<strong>yet</strong>" in shown.text and "Readers do not see it" in shown.text
    assert SitePage.objects.get(pk=page.pk).body_en == page.body_en
    assert not Redirect.objects.exists()


def test_a_new_page_can_be_previewed(desk):
    shown = desk.post(ADD, typed(title_sv="Press", body_sv="Skriv.", _preview="sv"))

    assert 'lang="sv"' in shown.text and "Skriv." in shown.text
    assert not SitePage.objects.filter(title_en="Press").exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"_preview": "sv"}, "There is no title or no text in Svenska yet."),
        ({"_preview": "en", "slug_en": "topics"}, "is an address of the site itself"),
    ],
)
def test_an_impossible_preview_is_reported_with_the_typed_values(desk, fields, said):
    page = desk.post(ADD, typed(**fields))

    assert said in page.text and "Write to us." in page.text
    assert not SitePage.objects.filter(title_en="Press").exists()


def test_a_form_whose_preview_is_refused_keeps_its_buttons_and_links(desk):
    page = SitePage.objects.get(slug_en="about")

    response = desk.post(change(page), typed(title_en="About", body_en="", _preview="en"))

    assert "There is no title or no text in English yet." in response.text
    assert (
        'name="_preview" value="sv"' in response.text and 'href="/en/about/" hreflang="en"' in response.text
    )


def test_a_refused_action_is_reported_with_the_typed_values(desk):
    SiteVersion.objects.update(changed_at=tomorrow() + timedelta(days=1))

    page = desk.post(ADD, typed())

    assert "The clock of the server" in page.text and "Write to us." in page.text
    assert not SitePage.objects.filter(title_en="Press").exists()


@pytest.mark.parametrize("role", ["Contributors", "Linkers"])
def test_pages_links_and_leads_need_permissions(client, role):
    client.force_login(make_person(role), backend="django.contrib.auth.backends.ModelBackend")
    edition = make_live()

    responses = [
        client.post(ADD, typed()),
        client.post(ADD, typed(_preview="en")),
        client.post(f"{LINKS}add/", link(section="topics")),
        client.post("/desk/lead/", {"lead_choice": edition.publication_id, "lead_choice-chooser": ""}),
    ]

    assert {response.status_code for response in responses} == {403}
    assert SiteSettings.objects.get().lead is None


def test_a_page_with_a_menu_link_cannot_be_deleted(desk):
    page = SitePage.objects.get(slug_en="about")
    address = reverse("desk:publications_sitepage_delete", args=[page.pk])

    desk.post(address, {"post": "yes"})

    assert SitePage.objects.filter(pk=page.pk).exists()


# Links


def test_a_new_link_is_in_the_menu(desk):
    desk.post(f"{LINKS}add/", link(place="menu", address_en="https://example.org/", label_en="Podcast"))

    page = " ".join(desk.get("/en/").text.split())
    assert '<a href="https://example.org/" rel="external">Podcast</a>' in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose one target"),
        ({"section": "topics", "address_en": "https://example.org/"}, "Choose one target"),
        ({"address_en": "https://example.org/"}, "needs a label"),
        ({"address_en": "javascript:alert(1)", "label_en": "X"}, "is no address"),
    ],
)
def test_a_link_needs_one_target_and_a_label(desk, fields, said):
    assert said in desk.post(f"{LINKS}add/", link(**fields)).text


def test_links_are_ordered_in_their_list(desk):
    page = desk.get(LINKS)
    forms = page.context["cl"].formset.forms
    params = {"form-TOTAL_FORMS": len(forms), "form-INITIAL_FORMS": len(forms), "_save": "Save"}
    for number, form in enumerate(forms):
        params |= {f"form-{number}-id": form.instance.pk, f"form-{number}-position": 100 - number}
    lines = AuditEntry.objects.count()

    desk.post(LINKS, params)

    menu = [str(row) for row in MenuLink.objects.filter(place="menu")]
    assert menu == ["About us", "Authors", "Topics", "Publications"]
    assert AuditEntry.objects.count() - lines == len(forms)


def test_the_list_starts_with_the_menu_and_labels_each_position(desk):
    page = desk.get(LINKS).text

    assert page.index(">Publications</a></th>") < page.index(">Contact</a></th>")
    assert 'aria-label="Position of “Contact”"' in page


def test_the_list_of_links_has_a_constant_number_of_queries(desk):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.get(LINKS)
        return len(captured)

    queries()
    few = queries()
    for page in SitePage.objects.all():
        MenuLink.objects.create(page=page)

    assert queries() == few


# The lead of the home page


def test_only_live_publications_are_offered_as_lead(desk):
    make_live(title="Public now")
    make_publication(title="Still a draft")
    actions.publish(make_publication(title="Later"), by=None, at=tomorrow())

    offered = desk.get("/desk/lead/").text
    labels = [match["label"] for match in desk.get("/desk/choose/live/").json()["results"]]

    assert "Public now" in offered and "Still a draft" not in offered and "Later" not in offered
    assert [label.partition(" ·")[0] for label in labels] == ["Public now"]


def test_setting_and_clearing_the_lead_have_an_audit_entry_each(desk):
    publication = make_live().publication
    make_live(title="Newer")
    lines = AuditEntry.objects.count()

    desk.post("/desk/lead/", {"lead_choice": publication.pk, "lead_choice-chooser": ""})
    pinned = SiteSettings.objects.get().lead
    desk.post("/desk/lead/", {"lead_choice": "", "lead_choice-chooser": str(publication.pk)})

    assert (pinned, SiteSettings.objects.get().lead) == (publication, None)
    assert AuditEntry.objects.count() == lines + 2


def test_saving_an_unchanged_lead_is_no_action(desk):
    lines = AuditEntry.objects.count()

    page = desk.post("/desk/lead/", {"lead_choice": "", "lead_choice-chooser": ""}, follow=True)

    assert "Nothing has changed." in page.text
    assert AuditEntry.objects.count() == lines


def test_a_withdrawn_lead_stays_selected_with_its_status(desk, editor):
    publication = make_live(title="On Minsk").publication
    SiteSettings.objects.update(lead=publication)
    actions.withdraw(publication, by=editor)

    page = desk.get("/desk/lead/").text

    assert "On Minsk" in page and "Withdrawn" in page


def test_the_settings_form_saves_names_publisher_newsletter_and_lead(client):
    client.force_login(make_person("Administrators"), backend="django.contrib.auth.backends.ModelBackend")
    site, publication = SiteSettings.objects.get(), make_live().publication
    params = {
        "short_name": "ABC", "name_en": "A", "name_sv": "B", "description_en": "", "description_sv": "",
        "publisher_en": "The host", "publisher_sv": "", "newsletter": "https://example.org/news",
        "lead_choice": publication.pk, "lead_choice-chooser": "", "_save": "Save",
    }  # fmt: skip

    client.post(change(site), params)

    site.refresh_from_db()
    assert (site.short_name, site.publisher_sv, site.publisher_en) == ("ABC", "", "The host")
    assert (site.newsletter, site.lead) == ("https://example.org/news", publication)


# Tags and authors


def test_a_tag_has_a_lead_and_a_person_responsible(desk):
    tag, author = make_tag("Belarus"), make_author("Ann")
    publication = make_live(tags=[tag]).publication

    desk.post(change(tag), tag_form(tag, lead_choice=publication.pk, responsible_choice=author.pk))

    tag.refresh_from_db()
    assert (tag.lead, tag.responsible) == (publication, author)


def test_a_tag_keeps_its_slug_when_the_field_is_emptied(desk):
    tag = make_tag("Belarus")
    make_live(tags=(tag,))

    desk.post(change(tag), tag_form(tag, slug=""))
    slug = Tag.objects.get(pk=tag.pk).slug
    desk.post(change(tag), tag_form(tag, slug="White Rus"))

    assert (slug, Tag.objects.get(pk=tag.pk).slug) == ("belarus", "white-rus")
    assert Redirect.objects.filter(tag=tag).count() == 2


def test_a_slug_that_was_never_public_has_no_redirect(desk):
    tag = make_tag("Operation Codename")

    desk.post(change(tag), tag_form(tag, name="Open", slug="open"))

    assert not Redirect.objects.exists()


def test_the_search_of_a_chooser_without_scripts_keeps_the_typed_values(desk):
    tag = make_tag("Belarus")

    page = desk.post(change(tag), tag_form(tag, introduction_en="Half a sentence", _find="lead_choice"))

    assert "Half a sentence" in page.text
    assert Tag.objects.get(pk=tag.pk).introduction_en == ""


def test_the_portrait_of_an_author_is_kept_when_the_form_is_saved(desk):
    author = make_author("Ann", portrait=make_image())
    form = desk.get(change(author)).context["adminform"].form
    params = {
        name: form[name].value() or ""
        for name in form.fields
        if name not in ("portrait_choice", "is_organisation", "is_guest", "is_pseudonymous")
    }
    params |= {
        "portrait_choice": author.portrait_id,
        "portrait_choice-chooser": author.portrait_id,
        "name": "Ann Berg",
    }

    desk.post(change(author), {**params, "_save": "Save"})

    author.refresh_from_db()
    assert (author.name, author.portrait_id) == ("Ann Berg", params["portrait_choice"])
