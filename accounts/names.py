"""The name by which an account is shown."""

from django.contrib.auth.models import AbstractBaseUser


def full_name_of(account: AbstractBaseUser | None) -> str:
    """Return the name of a person, or the user name of who has given none; "" for a deleted account."""
    return (account.get_full_name() or account.get_username()) if account else ""
