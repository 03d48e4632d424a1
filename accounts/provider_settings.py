"""The settings of an OpenID provider that staff sign in with, such as that of a university; without them there is none.

Raises ImproperlyConfigured at the start for settings that cannot work, with the variable and the remedy.
"""

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PACKAGES = ("joserfc", "urllib3")
INSTALL_COMMAND = "pip install --require-hashes -r requirements/sso.txt"
LOCAL_SIGN_IN = ("all", "administrators")
ROLES_FORMAT = 'a JSON object of groups and roles, as {"/desk/editors": "Editors"}'


@dataclass(frozen=True)
class ProviderSettings:
    """What the environment says about the provider.

    Attributes:
        name: as the button on the sign-in page has it.
        groups_claim: the claim of the ID token with the groups of a person, a list or one text.
        roles: the role, a group of this site, for each group of the provider.
        verified_claim: the claim that says that the mail address belongs to the person; Entra ID has `xms_edov`.
        links_by_mail: whether an account is linked, at first, to whoever has its mail address at the provider.
        factor_values: values of `amr` or `acr` that count as a second factor.
        local_sign_in: whose passwords and passkeys of this site sign in: "all" or "administrators".
    """

    issuer: str
    client_id: str
    client_secret: str
    name: str
    scopes: tuple[str, ...]
    groups_claim: str
    roles: Mapping[str, str]
    verified_claim: str
    links_by_mail: bool
    factor_values: frozenset[str]
    local_sign_in: str

    def roles_of(self, claims: Mapping) -> set[str]:
        """Return the roles for the groups in the claims of a person."""
        groups = claims.get(self.groups_claim)
        groups = groups if isinstance(groups, list) else [groups]
        return {self.roles[group] for group in groups if isinstance(group, str) and group in self.roles}

    def has_factor(self, claims: Mapping) -> bool:
        """Return whether the person showed a second factor at the provider, as far as the settings trust it."""
        methods = claims.get("amr")
        values = [*methods, claims.get("acr")] if isinstance(methods, list) else [claims.get("acr")]
        return not self.factor_values.isdisjoint(value for value in values if isinstance(value, str))

    def has_verified_mail(self, claims: Mapping) -> bool:
        """Return whether the provider says so; some write it as a text (Entra ID, Cognito)."""
        value = claims.get(self.verified_claim)
        return value is True or value in ("true", "1")


def current_provider() -> ProviderSettings | None:
    """Return the provider of the site, or None."""
    return settings.OIDC_PROVIDER


def read_provider(
    issuer: str,
    *,
    client_id: str,
    client_secret: str,
    name: str,
    scopes: str,
    groups_claim: str,
    roles: str,
    verified_claim: str,
    links_by_mail: bool,
    factor_values: list[str],
    local_sign_in: str,
) -> ProviderSettings | None:
    """Return the settings of the provider from the environment, or None without an issuer."""
    if not issuer:
        return None
    check_url("OIDC_ISSUER", issuer)
    if missing := [package for package in PACKAGES if find_spec(package) is None]:
        raise ImproperlyConfigured(
            f"OIDC_ISSUER needs the package {missing[0]}, which is not installed: {INSTALL_COMMAND}"
        )
    if not client_id:
        raise ImproperlyConfigured("OIDC_CLIENT_ID is missing: the provider gives it to each client.")
    if local_sign_in not in LOCAL_SIGN_IN:
        raise ImproperlyConfigured(f"OIDC_LOCAL_SIGN_IN is not one of: {', '.join(LOCAL_SIGN_IN)}.")
    return ProviderSettings(
        issuer=issuer,
        client_id=client_id,
        client_secret=client_secret,
        name=name or str(urlsplit(issuer).hostname),
        scopes=("openid", *(scope for scope in scopes.split() if scope != "openid")),
        groups_claim=groups_claim,
        roles=_parse_roles(roles),
        verified_claim=verified_claim,
        links_by_mail=links_by_mail,
        factor_values=frozenset(value.strip() for value in factor_values if value.strip()),
        local_sign_in=local_sign_in,
    )


def check_url(variable: str, url: str) -> None:
    """Raise ImproperlyConfigured unless a URL is one of https, or of this machine, as in tests."""
    if not is_allowed_url(url):
        raise ImproperlyConfigured(f"{variable} is not usable. It has the form https://HOST/PATH.")


def is_allowed_url(url: object, *, issuer: str = "") -> bool:
    """Return whether requests may go to a URL: by https, or by http on this machine if the issuer is there too."""
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        return False
    if parts.scheme == "http":
        return _is_loopback(host) and (not issuer or issuer.startswith("http:"))
    return parts.scheme == "https"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _parse_roles(text: str) -> dict[str, str]:
    try:
        roles = json.loads(text)
    except ValueError:
        roles = None
    pairs = roles.items() if isinstance(roles, dict) else ()
    if not pairs or not all(isinstance(role, str) and group and role for group, role in pairs):
        raise ImproperlyConfigured(f"OIDC_ROLES is not usable. It is {ROLES_FORMAT}.")
    return roles
