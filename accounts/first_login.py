"""The first accounts of a site, with passwords that are soon changed."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from .events import record_event
from .models import EventType

FILE = "first-login.txt"
WORDS = 4
SYLLABLES = [a + b for a in "bdfghjklmnprstv" for b in "aeiou"]


@dataclass(frozen=True)
class FirstLogin:
    """A name and the password to sign in with for the first time."""

    username: str
    password: str


def create_account(username: str, group: str, *, superuser: bool = False, email: str = "") -> FirstLogin:
    """Make a person of the desk in a group, with a random password."""
    password = generate_password()
    people = get_user_model().objects
    person = people.create_user(username, email, password, is_staff=True, is_superuser=superuser)
    person.groups.add(Group.objects.get(name=group))
    record_event(EventType.CREATED, person)
    return FirstLogin(username, password)


def generate_password() -> str:
    """Four words of three syllables, to be read aloud and typed: about 75 bits."""
    return "-".join("".join(secrets.choice(SYLLABLES) for _syllable in range(3)) for _word in range(WORDS))


def first_login_path() -> Path:
    return Path(settings.SITE_DATA) / FILE


def write_first_logins(logins: list[FirstLogin]) -> Path:
    """Keep the first passwords where only the owner of the folder reads them."""
    path = first_login_path()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{login.username} {login.password}\n" for login in logins)
    return path


def remove_first_login(username: str) -> None:
    """Take a person's first password out of the file; an empty file goes."""
    path = first_login_path()
    if not path.exists():
        return
    kept = [
        line for line in path.read_text(encoding="utf-8").splitlines() if line.partition(" ")[0] != username
    ]
    if kept:
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    else:
        path.unlink()
