"""Forms that were opened before an update which renamed a field: every field of every form keeps its stored value."""

import re

import lxml.html
import pytest
from django.forms.models import model_to_dict
from django.urls import reverse

from publications.admin.outdated_forms import OutdatedFormMixin
from publications.admin.register import MODEL_ADMINS
from publications.models import Kind, MenuLink, Publication, SitePage, SiteSettings, Synonym
from tests.factories import make_author, make_image, make_person, make_publication, make_tag
from tests.html_forms import submitted_values

pytestmark = pytest.mark.django_db

MESSAGE = "This form was opened before the site was updated"


def make_full_author():
    return make_author(
        "Ann Berg",
        is_pseudonymous=True,
        is_guest=True,
        aliases="A. Berg",
        biography_en="Of Kyiv.",
        portrait=make_image(),
    )


def make_full_publication():
    draft = make_publication(
        title="A text", summary="Short.", body="Long.", internal_note="Call Vera first.", key_points="One\nTwo",
        doi="10.1234/abc", isbn="978-3-16-148410-0", external_url="https://example.org/a", cover=make_image(),
    )  # fmt: skip
    draft.tags.add("Energy")
    return draft


def make_full_kind():
    kind = Kind.objects.get(slug="report")
    kind.is_guest = kind.is_numbered = kind.is_scholarly = True
    kind.save()
    return kind


MAKERS = {
    "author": make_full_author,
    "image": make_image,
    "kind": make_full_kind,
    "menulink": lambda: MenuLink.objects.first(),
    "publication": make_full_publication,
    "sitepage": lambda: SitePage.objects.first(),
    "sitesettings": SiteSettings.current,
    "synonym": lambda: Synonym.objects.first(),
    "tag": lambda: make_tag("Belarus", introduction_en="On it."),
}


def test_every_form_that_may_be_outdated_is_tested():
    models = [model for model, admin in MODEL_ADMINS.items() if issubclass(admin.form, OutdatedFormMixin)]

    assert sorted(model._meta.model_name for model in models) == sorted(MAKERS)


def form_fields(response) -> dict[str, list[str]]:
    """Return the values of the form of a page by name, as a browser submits them; names without a value included."""
    [form] = lxml.html.fromstring(response.text).xpath("//form[@id]")
    fields: dict[str, list[str]] = {}
    for name, value in submitted_values(form):
        if not name.startswith("_"):
            fields.setdefault(name, []).append(value)
    return fields


def submitted_names(form, name: str) -> list[str]:
    """Return the names under which a page submits a field: choosers have several."""
    return [name, f"{name}-role", f"{name}-chooser", f"{name}-find", f"{name}-found"]


def stored(row) -> dict:
    row = type(row).objects.get(pk=row.pk)
    columns = {name: value for name, value in row.__dict__.items() if not name.startswith("_")}
    related = {name: str(value) for name, value in model_to_dict(row).items()}
    if isinstance(row, Publication):
        related["lines"] = [(line.author_id, line.role) for line in row.bylines.all()]
    return {
        **related,
        **{
            name: value
            for name, value in columns.items()
            if name not in ("version", "updated_at", "changed_at", "digest")
        },
    }


def fields_of(desk, url: str) -> list[str]:
    form = desk.get(url).context["adminform"].form
    fixed = {"attach", "attach_label", "detach", "related"}
    return [
        name
        for name, field in form.fields.items()
        if name not in fixed and not field.disabled and not field.widget.is_hidden
    ]


@pytest.mark.parametrize("model", MAKERS)
def test_a_field_that_the_page_did_not_have_keeps_its_value(desk, model):
    desk.force_login(make_person(is_superuser=True))
    row = MAKERS[model]()
    url = reverse(f"desk:publications_{model}_change", args=[row.pk])
    names = fields_of(desk, url)
    assert names
    for name in names:
        form, before = form_fields(desk.get(url)), stored(row)
        older = {key: values for key, values in form.items() if key not in submitted_names(form, name)}
        if "seen" in older:
            older["seen"] = [re.sub(rf"(^| ){name}=", rf"\1former_{name}=", older["seen"][0])]

        page = desk.post(url, older)

        if name.endswith("_file"):  # a page without it submits no file, which changes nothing
            continue
        assert page.status_code == 200, f"{model}.{name} was saved without the user having seen it"
        assert MESSAGE in page.text, name
        assert stored(row) == before, name
        again = form_fields(page)
        assert again.get(name) == form.get(name), f"{name}: the form shows something else than is stored"

        response = desk.post(url, again)

        assert response.status_code == 302, (
            name,
            response.context["adminform"].form.errors if response.context else "",
        )
        assert stored(row) == before, name


def test_a_form_of_this_release_is_saved_at_once(desk):
    desk.force_login(make_person(is_superuser=True))
    for model, make in MAKERS.items():
        row = make()
        url = reverse(f"desk:publications_{model}_change", args=[row.pk])
        assert desk.post(url, form_fields(desk.get(url))).status_code == 302, model


def test_a_contributor_sees_no_portrait_behind_a_pen_name(client):
    portrait = make_image(filename="vera-holm.jpg", alt_en="Portrait of Vera Holm", size=(900, 600))
    make_author("Pen Name", is_pseudonymous=True, portrait=portrait)
    open_image = make_image(filename="kyiv.jpg", alt_en="Kyiv", colour="red", size=(900, 600))
    contributor = make_person("Contributors")
    client.force_login(contributor)
    draft = make_publication(created_by=contributor)
    add, change = (
        reverse("desk:publications_publication_add"),
        reverse("desk:publications_publication_change", args=[draft.pk]),
    )
    for url in (f"{add}?form=abc", change):
        page = client.get(url)
        assert page.status_code == 200
        assert "kyiv.jpg" in page.text
        assert "vera-holm" not in page.text and "Vera Holm" not in page.text

    form = form_fields(client.get(change)) | {"cover_choice": [str(portrait.pk)]}
    assert client.post(change, form).status_code == 200
    assert Publication.objects.get(pk=draft.pk).cover is None
    for image, status in ((portrait, 404), (open_image, 200)):
        path = reverse("desk:library-image", kwargs={"key": image.key, "size": "480", "extension": "jpg"})
        in_text = reverse("desk:editor-image", kwargs={"key": image.key})
        assert [client.get(path).status_code, client.get(in_text).status_code] == [status, status]


def test_an_empty_name_of_a_field_is_the_primary_key(desk):
    for model, make in MAKERS.items():
        pk = make().pk
        for name in ("change", "delete"):
            url = reverse(f"desk:publications_{model}_{name}", args=[pk])
            assert desk.get(f"{url}?_to_field=").status_code in (200, 302, 403), url
