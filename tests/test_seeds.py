"""Roles and first rows come after migrate, once: what editors and superusers changed since stays as they left it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal

from publications import seed_content, seeds
from publications.models import (
    Kind,
    MenuLink,
    NamedTerm,
    SearchIndex,
    SitePage,
    SiteSettings,
    SiteVersion,
    Synonym,
)
from publications.roles import APP_LABELS, ROLES, apply_roles
from tests.models.test_guards import run_on_sqlite

pytestmark = pytest.mark.django_db


def codenames(group: str) -> set[str]:
    return set(Group.objects.get(name=group).permissions.values_list("codename", flat=True))


def permission(codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label__in=APP_LABELS, codename=codename)


@pytest.mark.parametrize("role", ROLES)
def test_a_new_site_has_each_role_with_all_its_permissions(role):
    assert codenames(role) == set(ROLES[role])


def test_what_a_superuser_changed_in_a_group_stays():
    Group.objects.get(name="Editors").permissions.remove(permission("delete_author"))
    Group.objects.get(name="Linkers").permissions.add(permission("view_publication"))

    apply_roles()

    assert codenames("Editors") == set(ROLES["Editors"]) - {"delete_author"}
    assert codenames("Linkers") == {"relate_publication", "view_publication"}


@pytest.mark.parametrize("codename", ["view_accountevent", "change_kind", "view_group"])  # of each app
def test_a_group_gets_permissions_that_a_migration_brings(codename):
    permission(codename).delete()

    emit_post_migrate_signal(0, interactive=False, db="default")

    assert codename in codenames("Administrators") and codename not in codenames("Editors")


def test_a_missing_group_is_created_with_all_its_permissions():
    Group.objects.get(name="Editors").delete()

    apply_roles()

    assert codenames("Editors") == set(ROLES["Editors"])


def test_what_an_editor_deleted_does_not_come_back():
    for model in (MenuLink, SitePage, Synonym, Kind):
        model.objects.all().delete()

    emit_post_migrate_signal(0, interactive=False, db="default")

    assert not any(model.objects.exists() for model in (MenuLink, SitePage, Synonym, Kind))


def delete_seeds() -> None:
    for model in (MenuLink, SitePage, Synonym, NamedTerm, Kind, SiteSettings, SiteVersion, SearchIndex):
        model.objects.all().delete()


def test_first_rows_are_written_as_one(monkeypatch):
    def fail(using: str) -> None:
        raise RuntimeError("cut off")

    delete_seeds()
    monkeypatch.setattr(seeds, "_create_synonyms", fail)
    with pytest.raises(RuntimeError):
        seeds.create_seeds()
    assert not any(model.objects.exists() for model in (SiteSettings, Kind, SitePage))

    monkeypatch.undo()
    seeds.create_seeds()
    assert Kind.objects.count() == len(seed_content.KINDS)


@pytest.mark.django_db(transaction=True)
def test_flush_gives_roles_and_first_rows_back():
    call_command("flush", interactive=False, verbosity=0)

    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)
    assert (SiteSettings.objects.count(), Kind.objects.count(), SitePage.objects.count()) == (1, 6, 4)
    assert Synonym.objects.exists() and NamedTerm.objects.exists() and SiteVersion.objects.exists()


STEPS = """
import django
django.setup()
from django.core.management import call_command
from publications.models import Kind, MenuLink, SitePage, SiteSettings

def count():
    print(SiteSettings.objects.count(), SitePage.objects.count(), Kind.objects.count())

for label in (("accounts",), ("publications", "0003"), ("publications", "0010"), ()):
    call_command("migrate", *label, verbosity=0)
count()
MenuLink.objects.all().delete()
SitePage.objects.all().delete()
call_command("migrate", verbosity=0)
count()
"""


def test_first_rows_wait_for_all_migrations_and_come_once(tmp_path):
    assert run_on_sqlite(STEPS, tmp_path) == ["1", "4", "6", "1", "0", "6"]
