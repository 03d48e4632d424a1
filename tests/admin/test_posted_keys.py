"""Invalid primary keys in forms and URLs of the desk are refused with a message, never with a server error."""

from collections.abc import Iterator

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import Max, Min
from django.test import Client
from django.urls import reverse

from publications.admin.site import admin_site
from publications.models import Publication, RelatedLink, store_original
from tests.admin.test_every_state import _about as addresses_about
from tests.admin.test_every_state import _filled as addresses_with
from tests.admin.test_every_state import client_of, made_newsroom, newsroom, routes, sample_of, values_of  # noqa: F401
from tests.desk_forms import ADD, change, filled
from tests.factories import make_author, make_person, make_publication
from tests.html_forms import PageForm, forms_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shared_renditions")]

NOT_KEYS = ("abc", "1.5", "\0", "9" * 39)
LIST = reverse("desk:publications_publication_changelist")


def pages(newsroom) -> Iterator[str]:  # noqa: F811
    """Return one address of every page of the desk, those about publications about a changed one."""
    publication = sample_of(newsroom)["changed"]
    for name, route in routes().items():
        if "publications/publication/<" in route:
            yield next(addresses_about(publication, route, "", newsroom))
        else:
            yield next(addresses_with(route, values_of(name, route, newsroom)))
    first, last = Publication.objects.aggregate(first=Min("pk"), last=Max("pk")).values()
    for page in ("bulk-tags", "bulk-withdraw", "bulk-author"):
        yield f"{reverse(f'desk:{page}')}?of={first}-{last}"


def is_key(value: str) -> bool:
    return value.isdecimal()


def key_fields(form: PageForm) -> set[str]:
    """Return the names of the fields of a form that hold primary keys, or lists of them."""
    names = {name for name in form.element.fields if name and name.endswith("-chooser")}
    for control in form.element.inputs:
        values = [option.get("value", "") for option in control.iter("option")] or [
            control.get("value") or ""
        ]
        if control.name and control.get("type") != "submit" and any(is_key(value) for value in values):
            names.add(control.name)
    return names


def post(client: Client, path: str, data: dict):
    with transaction.atomic():
        response = client.post(path, data)
        transaction.set_rollback(True)
    return response


class TestEveryForm:
    """Every form of every page, in one newsroom."""

    def test_a_key_that_is_none_is_answered_in_words(self, newsroom):  # noqa: F811
        client = client_of(make_person("Editors", is_superuser=True))
        failed, fields = [], set()
        for page in pages(newsroom):
            if page == reverse("desk:logout"):
                continue
            response = client.get(page)
            if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
                continue
            for form in forms_of(response.text, page):
                names = key_fields(form)
                fields |= names
                for value in NOT_KEYS if names else ():
                    sent = form.submitted() | {name: [value, value] for name in names}
                    if post(client, form.action, sent).status_code >= 500:
                        failed.append((form.action, value, names))

        assert failed == []
        assert {
            ACTION_CHECKBOX_NAME, "bylines", "related-chooser", "take_off", "author", "portrait_choice",
            "groups", "permissions",
        } <= fields  # fmt: skip

    @pytest.mark.parametrize("value", ["2", "1,2", *NOT_KEYS])
    def test_an_address_may_fill_any_field_with_anything(self, newsroom, value):  # noqa: F811
        person = make_person("Editors", is_superuser=True)
        client, failed = client_of(person), []
        for model, model_admin in admin_site._registry.items():
            page = reverse(f"desk:{model._meta.app_label}_{model._meta.model_name}_add")
            form = client.get(page).context
            if form and "adminform" in form:
                names = list(form["adminform"].form.fields)
                if client.get(page, dict.fromkeys(names, value)).status_code >= 500:
                    failed.append((page, names))

        assert failed == []


@pytest.mark.parametrize("action", ["change_tags", "set_author", "withdraw"])
@pytest.mark.parametrize("value", NOT_KEYS)
def test_an_action_on_no_row_says_that_none_is_chosen(desk, action, value):
    make_publication()

    page = desk.post(
        LIST, {"action": action, "select_across": 0, "index": 0, ACTION_CHECKBOX_NAME: value}, follow=True
    )

    assert page.status_code == 200 and "Nothing is ticked. Tick rows of the list first" in page.text


def test_an_address_fills_choosers(desk):
    author, related = make_author("Ann Berg"), make_publication(title="On Minsk")

    form = desk.get(ADD, {"bylines": author.pk, "related": related.pk}).context["adminform"].form

    assert form["bylines"].value().pairs == [(str(author.pk), "")]
    assert form["related"].value().pairs == [(str(related.pk), "")]


def test_related_publications_of_an_address_are_stored(desk):
    related = make_publication(title="On Minsk")
    form = desk.get(ADD, {"related": related.pk}).context["adminform"].form
    opened_with = ",".join(map(str, form["related"].value().initial_pks))

    desk.post(ADD, filled(title="New", related=[related.pk], **{"related-chooser": opened_with}))

    assert RelatedLink.objects.get().source == Publication.objects.get(title="New")


@pytest.mark.parametrize("value", NOT_KEYS)
def test_a_file_that_is_none_is_not_taken_out(desk, value):
    publication = make_publication()
    publication.attachments.create(original=store_original(b"a", "txt"), filename="a.txt", size=1)

    page = desk.post(change(publication), filled(publication, detach=value))

    assert page.status_code == 200 and page.context["adminform"].form.errors["detach"]
    assert publication.attachments.exists()
