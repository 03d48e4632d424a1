"""An authenticator in software: it makes passkeys and answers challenges as a browser with a security key does."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from webauthn.helpers import bytes_to_base64url

from accounts.models import Passkey

UP, UV, AT = 0x01, 0x04, 0x40  # user present, user verified, attested credential data (WebAuthn, section 6.1)


@dataclass
class Authenticator:
    """A security key with one passkey.

    Attributes:
        sign_count: how many answers it has given; None for one that does not count.
    """

    origin: str = "http://localhost"
    rp_id: str = "localhost"
    is_verified: bool = True
    sign_count: int | None = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def public_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32) for number in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def create(self, options: dict) -> str:
        """Return what a browser sends for a passkey that it has made."""
        length = struct.pack(">H", len(self.credential_id))
        attested = bytes(16) + length + self.credential_id + self.public_key()
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._authenticator_data(AT) + attested}
        response = {"attestationObject": bytes_to_base64url(cbor2.dumps(attestation))}
        return self._answer("webauthn.create", options["challenge"], response)

    def get(self, options: dict) -> str:
        """Return what a browser sends for a challenge that the passkey has answered."""
        if self.sign_count is not None:
            self.sign_count += 1
        data, client_data = (
            self._authenticator_data(),
            self._client_data("webauthn.get", options["challenge"]),
        )
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response = {
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
            "userHandle": "",
        }
        return self._answer("webauthn.get", options["challenge"], response)

    def store(self, owner, name: str = "Key") -> Passkey:
        """Store the passkey for an account without a ceremony."""
        return Passkey.objects.create(
            owner=owner,
            name=name,
            credential_id=bytes_to_base64url(self.credential_id),
            public_key=self.public_key(),
        )

    def _authenticator_data(self, flags: int = 0) -> bytes:
        flags |= UP | (UV if self.is_verified else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.sign_count or 0)

    def _client_data(self, type: str, challenge: str) -> bytes:
        return json.dumps({"type": type, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, type: str, challenge: str, response: dict) -> str:
        client_data = bytes_to_base64url(self._client_data(type, challenge))
        id = bytes_to_base64url(self.credential_id)
        return json.dumps(
            {
                "id": id,
                "rawId": id,
                "type": "public-key",
                "response": {"clientDataJSON": client_data, **response},
            }
        )


def options_of(client: Client, path: str) -> dict:
    """Return the options that a button for passkeys gets."""
    response = client.post(path)
    assert response.status_code == 200, response.status_code
    return response.json()
