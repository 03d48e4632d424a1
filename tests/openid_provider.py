"""A small OpenID provider for tests, on this machine, whose answers a test can falsify.

The flows are also tested with a provider of others (`oidc_provider_mock`), which cannot be made to lie.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.test import Client
from joserfc import jwk, jws
from lxml import html

from accounts.models import ProviderIdentity

CLIENT_ID, CLIENT_SECRET = "desk", "a secret / with: signs"
LOGIN, START, REAUTHENTICATE = "/desk/login/", "/desk/login/provider/", "/desk/reauthenticate/provider/"
RETURN_PATH = f"{START}return/"
PASSWORD = "a long way to Tbilisi"
EMAIL = "ann@university.example"
SETTINGS = {
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "name": "The University",
    "scopes": "profile email",
    "groups_claim": "groups",
    "roles": json.dumps({"/desk/editors": "Editors", "/desk/admins": "Administrators"}),
    "verified_claim": "email_verified",
    "links_by_mail": True,
    "factor_values": [],
    "local_sign_in": "all",
}


class Provider:
    """A provider, and everything that a test may change of it.

    Attributes:
        claims: of the person who signs in next.
        falsified: claims that replace those of the ID token; None removes one.
        metadata: values that replace those of the metadata.
        header: of the ID token.
        key: what the ID token is signed with.
        answers: a status, headers and body for a path, in place of its own.
    """

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = jwk.generate_key("EC", "P-256", {"kid": "one", "use": "sig"})
        self.published: list[dict] = [self.key.as_dict(private=False)]
        self.claims: dict = {}
        self.falsified: dict = {}
        self.metadata: dict = {}
        self.header: dict = {"alg": "ES256", "kid": "one"}
        self.answers: dict[str, tuple[int, dict, bytes]] = {}
        self.requests: list[str] = []
        self.token_requests: list[dict] = []
        self.codes: dict[str, dict] = {}
        self.id_token = ""

    def authorize(self, url: str) -> str:
        """Sign in the person at the address that the browser is sent to; return the path it is sent back to."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, strict_parsing=True))
        assert url.startswith(f"{self.issuer}/authorize?")
        assert query["response_type"] == "code" and query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        back = urlsplit(query["redirect_uri"])
        assert back.path == RETURN_PATH
        return f"{back.path}?{urlencode({'code': code, 'state': query['state']})}"

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict, bytes]:
        self.requests.append(f"{method} {path}")
        if path in self.answers:
            return self.answers[path]
        answers = {
            "/.well-known/openid-configuration": self._metadata,
            "/jwks": lambda: {"keys": self.published},
            "/token": lambda: self._token(dict(parse_qsl(body.decode()))),
        }
        values = answers[path]()
        status = 400 if "error" in values else 200
        return status, {"Content-Type": "application/json"}, json.dumps(values).encode()

    def _metadata(self) -> dict:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        endpoints = {key: f"{self.issuer}/{name}" for key, name in names.items()}
        return {"issuer": self.issuer, **endpoints, **self.metadata}

    def _token(self, fields: dict) -> dict:
        self.token_requests.append(fields)
        query = self.codes.pop(fields["code"], None)
        digest = hashlib.sha256(fields["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            not query
            or query["redirect_uri"] != fields["redirect_uri"]
            or query["code_challenge"] != challenge
        ):
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "auth_time": now,
            "nonce": query["nonce"], **self.claims, **self.falsified,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        self.id_token = self.sign(claims)
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token}

    def sign(self, claims: dict) -> str:
        if self.header["alg"] == "none":
            parts = (
                base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=")
                for each in (self.header, claims)
            )
            return b".".join(parts).decode() + "."
        return jws.serialize_compact(
            self.header, json.dumps(claims), self.key, algorithms=[self.header["alg"]]
        )


class Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, body: bytes) -> None:
        status, headers, content = self.provider.answer(self.command, self.path, body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args) -> None:
        pass


@contextmanager
def serve_provider() -> Iterator[Provider]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OwnHandler", (Handler,), {}))
    server.RequestHandlerClass.provider = provider = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def set_provider(settings, **values) -> None:
    settings.OIDC_PROVIDER = replace(settings.OIDC_PROVIDER, **values)


def address_of(page) -> str:
    """The address that a page leads to, by itself and by its link."""
    assert page.status_code == 200, page.text
    tree = html.fromstring(page.text)
    (content,) = tree.xpath("//meta[@http-equiv='refresh']/@content")
    (link,) = tree.xpath("//a[@class='button']/@href")
    assert content == f"0; url={link}"
    return link


def start(client: Client, path: str = START, **fields) -> str:
    return address_of(client.post(path, fields))


def sign_in(client: Client, provider: Provider, **fields):
    return client.get(provider.authorize(start(client, **fields)))


def error_of(page) -> str:
    return unescape(html.fromstring(page.text).xpath("string(//p[@class='errornote'])"))


def is_signed_in(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


def roles_of(person) -> list[str]:
    return list(person.groups.order_by("name").values_list("name", flat=True))


def assert_unavailable(client: Client, page) -> None:
    assert_refused(client, page, "does not answer as it should", status=503)


def assert_refused(
    client: Client, page, text: str = "is not valid for this sign-in", *, status: int = 403
) -> None:
    assert page.status_code == status and text in error_of(page)
    assert not is_signed_in(client)
    assert not ProviderIdentity.objects.exists()
