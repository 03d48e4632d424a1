"""The first accounts of a site, with generated passwords in a file."""

import logging
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from .events import record_event
from .models import EventType
from .temporary_passwords import mark_temporary

FILE_NAME = "first-login.txt"
PASSWORD_WORDS = 4
SYLLABLES = [a + b for a in "bdfghjklmnprstv" for b in "aeiou"]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FirstLogin:
    """A user name and its generated password."""

    username: str
    password: str


def create_account(username: str, group: str, *, superuser: bool = False, email: str = "") -> FirstLogin:
    """Create a staff account in a group, with a generated password that its owner changes at the first sign-in."""
    password = generate_password()
    user_group = Group.objects.get(name=group)  # before the account: without the group there is none
    users = get_user_model().objects
    user = users.create_user(username, email, password, is_staff=True, is_superuser=superuser)
    user.groups.add(user_group)
    mark_temporary(user)
    record_event(EventType.CREATED, user)
    return FirstLogin(username, password)


def generate_password() -> str:
    """Return four words of three syllables, easy to read aloud and type: about 75 bits."""
    return "-".join(
        "".join(secrets.choice(SYLLABLES) for _syllable in range(3)) for _word in range(PASSWORD_WORDS)
    )


def first_login_path() -> Path:
    return Path(settings.SITE_DATA) / FILE_NAME


def write_first_logins(logins: Iterable[FirstLogin]) -> Path:
    """Write the passwords to a file that only its owner can read."""
    return _write_lines(f"{login.username} {login.password}" for login in logins)


def remove_first_login(username: str) -> None:
    """Remove the password of an account from the file; an empty file is deleted. Failures are logged only."""
    path = first_login_path()
    if not path.exists():
        return
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        others = [line for line in lines if line.partition(" ")[0] != username]
        if others:
            _write_lines(others)
        else:
            path.unlink(missing_ok=True)
    except (OSError, UnicodeDecodeError):  # the account has another password already
        logger.warning("A generated password could not be removed from %s.", path, exc_info=True)


def _write_lines(lines: Iterable[str]) -> Path:
    """Replace the file atomically, so that a full disk loses no password."""
    path = first_login_path()
    temporary_path = path.with_suffix(".part")
    temporary_path.unlink(missing_ok=True)  # a file left by an interrupted run may be readable by others
    handle = os.open(temporary_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    return temporary_path.replace(path)
