"""The page "Who may do what": every permission of a role has its words, and each role says what it may."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from publications.admin.role_matrix import TASKS, task_codenames
from publications.roles import ROLES
from tests.factories import make_person

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


def matrix(client) -> dict[str, set[str]]:
    """Return the roles that may do each task, by its label."""
    context = client.get(reverse("desk:role-matrix")).context
    return {
        str(row.label): set(filter(None, row.cells)) for _heading, rows in context["sections"] for row in rows
    }


def test_every_permission_of_a_role_has_a_task_and_every_task_a_role():
    assert task_codenames() == {codename for codenames in ROLES.values() for codename in codenames}
    for _heading, tasks in TASKS:
        for label, codenames in tasks:
            assert any(set(codenames) <= set(role) for role in ROLES.values()), label


def test_each_role_says_what_it_may(client):
    client.force_login(make_person("Administrators"), backend=BACKEND)

    tasks = matrix(client)

    publishers = {"Editors", "Administrators"}
    assert tasks["Publish, schedule, withdraw, retract and take back"] == publishers
    assert tasks["Delete their own drafts, and restore them"] == publishers | {"Contributors"}
    assert tasks["Delete and restore the drafts of others"] == publishers
    assert tasks["Set the related links of what is public"] == publishers | {"Linkers"}
    assert tasks["Redact a name or passage everywhere"] == {"Administrators"}


def test_the_page_names_the_people_and_what_a_superuser_has_changed(client):
    make_person("Editors", first_name="Ann", last_name="Holm")
    client.force_login(make_person("Administrators"), backend=BACKEND)
    editors = Group.objects.get(name="Editors")
    editors.permissions.remove(Permission.objects.get(codename="publish_publication"))
    editors.permissions.add(Permission.objects.get(codename="add_kind"))
    Group.objects.create(name="Guests")

    page = client.get(reverse("desk:role-matrix"))

    assert "Ann Holm" in page.text and "(and 1 permission that no task above names)" in page.text
    assert [column.name for column in page.context["columns"]] == [*ROLES, "Guests"]
    assert matrix(client)["Publish, schedule, withdraw, retract and take back"] == {"Administrators"}


def test_only_superusers_get_the_form_of_raw_permissions(client, admin_client):
    client.force_login(make_person("Administrators"), backend=BACKEND)
    form = reverse("desk:auth_group_change", args=[Group.objects.get(name="Editors").pk])

    assert client.get(form).status_code == 403
    assert "Change groups" not in client.get(reverse("desk:role-matrix")).text
    assert admin_client.get(form).status_code == 200
    assert "Change roles" in admin_client.get(reverse("desk:role-matrix")).text


@pytest.mark.parametrize("name", ["Contributors", "Editors", "Linkers", "Administrators"])
def test_a_role_that_is_saved_unchanged_keeps_its_permissions(admin_client, name):
    group = Group.objects.get(name=name)
    permissions = set(group.permissions.values_list("codename", flat=True))
    url = reverse("desk:auth_group_change", args=[group.pk])
    form = admin_client.get(url).context["adminform"].form

    admin_client.post(url, {"name": group.name, "permissions": [str(each.pk) for each in form.initial["permissions"]
                            if each in form.fields["permissions"].queryset]})  # fmt: skip

    assert set(group.permissions.values_list("codename", flat=True)) == permissions
