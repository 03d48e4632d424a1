"""The first start of a site: accounts, names, demonstration content. Later starts change nothing."""

import hashlib
import os
import sys
from collections.abc import Callable
from getpass import getpass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction

from accounts.events import record_event
from accounts.first_login import FirstLogin, create_account, first_login_path, write_first_logins
from accounts.models import EventType
from publications import actions, demonstration, search
from publications.migration_state import read_migration_state
from publications.models import Publication, SiteSettings

STAMP_FILE = "prepared"
FINGERPRINTED_FILES = (
    "accounts/migrations/*.py",
    "publications/migrations/*.py",
    "publications/models/*.py",
    "publications/search/**/*.py",
    "static/**/*",
    "requirements.txt",
)

WriteLine = Callable[[str], object]


def fingerprint() -> str:
    """Return a digest of what a start depends on besides the database: names, sizes and times of files."""
    root = Path(settings.BASE_DIR)
    files = sorted(path for pattern in FINGERPRINTED_FILES for path in root.glob(pattern) if path.is_file())
    stats = "\n".join(f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files)
    parts = (stats, settings.DEBUG)  # in development no static files are collected
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def is_up_to_date() -> bool:
    """Return whether the last complete start had this code, and the database has all migrations.

    The database is queried each time: another release may have migrated it since, or it may have been emptied.
    """
    stamp = Path(settings.SITE_DATA) / STAMP_FILE
    if not stamp.exists() or stamp.read_text(encoding="ascii") != fingerprint():
        return False
    try:
        return read_migration_state().is_current and not (
            search.is_outdated() or search.similarity.is_outdated()
        )
    except DatabaseError:
        return False


def mark_up_to_date() -> None:
    """Record that a start with this code was complete."""
    (Path(settings.SITE_DATA) / STAMP_FILE).write_text(fingerprint(), encoding="ascii")


def set_up_empty_site(*, write: WriteLine) -> None:
    """Create the first accounts where there are none, and load the demonstration into an empty database."""
    if get_user_model().objects.exists():
        return
    if os.environ.get("DEMO", "1") == "0":
        _ask_for_site_and_administrator(write)
        return
    logins = _create_accounts_and_content(write)
    write("\nSign in at /desk/ with one of these; the desk then asks for a password of your own:")
    for login in logins:
        write(f"    {login.username:<15} {login.password}")
    write(f"Until then they are also kept in {first_login_path()}\n")


@transaction.atomic
def _create_accounts_and_content(write: WriteLine) -> list[FirstLogin]:
    """Create all or nothing: after an interrupted start the next one starts over.

    The passwords are written to their file before the commit: nobody could sign in without them.
    """
    logins = [
        create_account("administrator", "Administrators", superuser=True),
        create_account("editor", "Editors"),
    ]
    if not Publication.objects.exists():
        demonstration.load(by=get_user_model().objects.get(username="administrator"), write=write)
    write_first_logins(logins)
    return logins


def _ask_for_site_and_administrator(write: WriteLine) -> None:
    """Ask for the name of the site and an administrator."""
    if not sys.stdin.isatty():
        sys.exit("DEMO=0 asks for the name of the site and an administrator: run it in a terminal.")
    site = SiteSettings.objects.get()
    site.short_name = input(f"Short name of the site [{site.short_name}]: ").strip() or site.short_name
    site.name_en = input(f"Its name in English [{site.name_en}]: ").strip() or site.name_en
    site.name_sv = input(f"Its name in Swedish [{site.name_sv}]: ").strip() or site.name_sv
    username = input("User name of the administrator [administrator]: ").strip() or "administrator"
    _exit_if_invalid(site)
    _exit_if_invalid(get_user_model()(username=username, password="!"))  # noqa: S106 (it is set later)
    password = _ask_for_password(username)
    person = get_user_model().objects.create_superuser(username, "", password)
    person.groups.add(Group.objects.get(name="Administrators"))
    record_event(EventType.CREATED, person)
    actions.save_instance(site, by=person)
    write(f"Sign in at /desk/ as {username}.")


def _exit_if_invalid(instance: models.Model) -> None:
    """End the process with the errors of a row before anything is stored."""
    try:
        instance.clean_fields()
    except ValidationError as error:
        sys.exit("\n".join([*error.messages, "Nothing was stored. Run the command again."]))


def _ask_for_password(username: str) -> str:
    while True:
        password = getpass("Password: ")
        try:
            validate_password(password, get_user_model()(username=username))
        except ValidationError as error:
            print(*error.messages, sep="\n")
            continue
        if getpass("Once more: ") == password:
            return password
        print("The two differ.")
