"""Mail addresses of readers: checked, and stored so that nobody who reads the database, or a copy of it, has them.

An address is encrypted for the row that it belongs to, and found by a keyed digest. Both keys come from `SECRET_KEY`,
which is not in the database, or from one before it (`keys`).
"""

import re
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.crypto import salted_hmac
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from accounts.encryption import decrypt, encrypt

from .keys import list_keys

PURPOSE = "subscriber"
REFUSAL_PURPOSE = "subscriber.refusal"
LINK_PURPOSE = "subscriber.link"
MAX_ADDRESS_CHARACTERS = 254
"""RFC 5321, section 4.5.3.1, as errata 1690 corrects it."""
NOT_IN_ADDRESSES = re.compile(r"""["\[\]\\]""")
"""Of quoted names, which have many spellings, and of numbers instead of a host."""
NEVER_IN_NAMES = re.compile(r"^[-+=/]|[!%|]")
"""Of names that a standard allows and mail servers refuse, as a route to another host or an option of a command (the
defaults of Exim and Postfix), and of those that a spreadsheet takes for a formula. No reader has such an address."""
validate_address = EmailValidator(allowlist=[])
DOTLESS_HOSTS = ("gmail.com", "googlemail.com")
"""Of one provider, which ignores dots in names. With others a name with a dot may be somebody else's."""

PROVIDERS = (
    "gmail.com", "googlemail.com", "hotmail.com", "hotmail.se", "outlook.com", "icloud.com", "yahoo.com", "yahoo.se",
    "live.com", "live.se", "telia.com", "protonmail.com", "bredband.net", "comhem.se",
)  # fmt: skip
"""Hosts that many readers have, and mistype."""
SIMILAR_HOSTS = (
    "mail.com", "email.com", "ymail.com", "rocketmail.com", "hotmail.be", "hotmail.de", "hotmail.es", "hotmail.sk",
    "hotmail.rs", "hotmail.sg", "yahoo.be", "yahoo.de", "yahoo.es", "yahoo.ie", "live.be", "live.de", "live.cl",
    "live.co.uk", "love.com", "protonmail.ch",
)  # fmt: skip
"""Hosts of other providers that are spelled alike: no question follows them, nor those such as hotmail.com.br."""
ONLY_COM = ("gmail", "googlemail", "icloud")
"""Providers that have addresses under .com alone, whatever their site is called in a country."""
MIN_SIMILARITY = 0.87
"""By which two letters of gmail.com are swapped, or one is wrong, missing or too many."""


def clean_address(text: str) -> str:
    """Return a mail address as it is used: without spaces around it, its host in the one spelling that is stored.

    Raises:
        ValidationError: it is none, or one that a mail server may read as another: with a quoted name, with signs of
            routes and commands in its name, or with signs in its host that stand for “@” or “,”. The message is for
            the reader. No address of this machine is one.
    """
    try:
        if len(text) > 2 * MAX_ADDRESS_CHARACTERS:
            raise ValidationError("")
        name, _mark, host = text.strip().rpartition("@")
        if not host.isprintable():  # some are left out when the host is encoded
            raise ValidationError("")
        host = _normalize_host(host)
        sent = f"{name}@{punycode(host)}"
        if len(sent) > MAX_ADDRESS_CHARACTERS or not sent.isascii():
            raise ValidationError("")
        if NOT_IN_ADDRESSES.search(sent) or NEVER_IN_NAMES.search(name):
            raise ValidationError("")
        validate_address(sent)
    except (ValidationError, UnicodeError) as error:
        message = _("This is no complete mail address. One looks like name@example.org.")
        raise ValidationError(message, code="invalid") from error
    return f"{name}@{host}"


def _normalize_host(host: str) -> str:
    """Return the one spelling of a host: that of its letters, and of the code it is sent with (RFC 3490).

    Raises:
        UnicodeError: it has none.
    """
    code = punycode(host.lower())
    try:
        return code.encode().decode("idna")
    except UnicodeError:  # such as the code of a host with ß, which stands for that host alone
        return code


def suggest_address(address: str) -> str:
    """Return the address that a reader may have meant who mistyped the host of a big provider; "" for any other.

    It knows nothing but the hosts above: neither what is stored nor what hosts there are.
    """
    name, mark, host = address.rpartition("@")
    if host in PROVIDERS or host in SIMILAR_HOSTS:
        return ""
    provider = host.partition(".")[0]
    if provider in ONLY_COM:
        return f"{name}{mark}{provider}.com"
    if host.rpartition(".")[0] in PROVIDERS:  # one of a country, such as hotmail.com.br
        return ""
    similar = get_close_matches(host, PROVIDERS, n=1, cutoff=MIN_SIMILARITY)
    return f"{name}{mark}{similar[0]}" if similar else ""


def shorten_address(address: str) -> str:
    """Return an address as its owner knows it, and nobody else can write to it: "a…@example.org"; "" for none."""
    name, _mark, host = address.rpartition("@")
    return f"{name[:1]}…@{host}" if name else ""


def encrypt_address(address: str, *, owner: str) -> bytes:
    """Return an address, encrypted; for another owner it is not decrypted."""
    return encrypt(address.encode(), purpose=PURPOSE, owner=owner)


def decrypt_address(encrypted: bytes, *, owner: str) -> str:
    """Return an address, or "" if it cannot be decrypted, such as after a new `SECRET_KEY` without the one before."""
    data = decrypt(bytes(encrypted), purpose=PURPOSE, owner=owner, keys=list_keys())
    return data.decode() if data else ""


def digest_address(address: str) -> str:
    """Return the keyed digest by which an address is found, the same for all spellings of its letters."""
    return list_digests(address)[0]


def list_digests(address: str, *, purpose: str = PURPOSE) -> list[str]:
    """Return the digests of an address with the present key and those before it, the present one first."""
    text = address.casefold()
    return [salted_hmac(purpose, text, secret=key, algorithm="sha256").hexdigest() for key in list_keys()]


def digest_mailbox(address: str, *, purpose: str = PURPOSE) -> str:
    """Return the keyed digest that limits count by: of the mailbox, whatever spelling of it an address may have.

    Dots in its name are left out. Where they make another mailbox, two people have one limit.
    """
    return list_digests(normalize_mailbox(address, ignores_dots=True), purpose=purpose)[0]


def list_refusals(address: str) -> list[str]:
    """Return the digests by which a mailbox is known to which the form sends no mail, with each key as above.

    Dots in its name are left out only where they never make another: nobody refuses for somebody else.
    """
    return list_digests(normalize_mailbox(address, ignores_dots=False), purpose=REFUSAL_PURPOSE)


def normalize_mailbox(address: str, *, ignores_dots: bool) -> str:
    """Return the one spelling of a mailbox: in small letters, without what follows a "+" in its name.

    Args:
        ignores_dots: leave out the dots in its name whatever its provider, and not only where they never matter.
    """
    name, _mark, host = address.casefold().rpartition("@")
    name = name.partition("+")[0]
    if host in DOTLESS_HOSTS:
        host, ignores_dots = DOTLESS_HOSTS[0], True
    return f"{name.replace('.', '') if ignores_dots else name}@{host}"
