"""Recovery codes: printed, each works once in place of another second factor.

A code has 120 bits, so a keyed digest is enough to store: nobody finds it by trying, even with the key.
"""

import base64
import re
import secrets

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .models import RecoveryCode

CODES = 10
FEW_CODES = 3  # as many or fewer are left: it is time to print others
CODE_BYTES = 15  # 112 bits are enough (ASVS 6.5.2); of these no code ends within a group
GROUP = 4  # characters between hyphens
CODE = re.compile(r"[A-Z2-7]{24}|[A-Z2-7]{16}", re.ASCII)  # those of older releases have 16
SPACES = re.compile(r"[\s-]+")
MISREAD = str.maketrans("018", "OIB")  # base32 has none of these digits


@transaction.atomic
def replace_codes(account: AbstractBaseUser) -> list[str]:
    """Make new codes in place of all earlier ones. They are returned once: only their digests are stored."""
    codes = [_new_code() for _number in range(CODES)]
    RecoveryCode.objects.filter(owner=account).delete()
    digests = [_digests(account, code)[0] for code in codes]
    RecoveryCode.objects.bulk_create(RecoveryCode(owner=account, digest=digest) for digest in digests)
    return [_group(code) for code in codes]


def use_code(account: AbstractBaseUser, text: str) -> bool:
    """Return whether a typed text is an unused code of an account; it is used then, once for all requests."""
    code = _normalize(text)
    if not CODE.fullmatch(code):
        return False
    codes = RecoveryCode.objects.unused().filter(owner=account, digest__in=_digests(account, code))
    return bool(codes.update(used_at=timezone.now()))


def count_unused(account: AbstractBaseUser) -> int:
    return RecoveryCode.objects.unused().filter(owner=account).count()


def _normalize(text: str) -> str:
    return SPACES.sub("", text).upper().translate(MISREAD)


def _new_code() -> str:
    return base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode("ascii")


def _group(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def _digests(account: AbstractBaseUser, code: str) -> list[str]:
    """Return the digest of a code with the current key, and with former ones."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    value = f"{account.pk}:{code}"
    return [
        salted_hmac("accounts.recovery_codes", value, secret=key, algorithm="sha256").hexdigest()
        for key in keys
    ]
