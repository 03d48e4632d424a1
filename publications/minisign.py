"""Sign and verify files in the format of minisign, so that readers check them with a tool of others.

A signature is made over the BLAKE2b hash of a file, so that files of any size are signed. Keys with a password are for
people: the server reads only keys without one (`minisign -G -W`). Format: https://jedisct1.github.io/minisign/.
"""

import base64
import binascii
import os
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PURE, HASHED = b"Ed", b"ED"  # algorithms of a signature: of a file itself, and of its hash
NO_PASSWORD = b"\0\0"
CHECKSUM = b"B2"
KEY_ID_BYTES, SEED_BYTES, SIGNATURE_BYTES = 8, 32, 64
KDF_BYTES = 32 + 8 + 8  # salt and limits of the password, all zero without one
SECRET_KEY_BYTES = 2 + 2 + 2 + KDF_BYTES + KEY_ID_BYTES + 64 + 32
CHUNK_BYTES = 1 << 20
COMMENT, TRUSTED_COMMENT = "untrusted comment: ", "trusted comment: "


class UnusableKey(ValueError):
    """A file or a text that holds no key that can be used here."""


class BadSignature(ValueError):
    """A signature that is malformed, by another key, or not of this file."""


@dataclass(frozen=True)
class PublicKey:
    """The public half of a key, with the number that signatures name it by."""

    key_id: bytes
    key: Ed25519PublicKey

    @classmethod
    def parse(cls, text: str) -> "PublicKey":
        """Return the key of a public key file, or of its second line alone.

        Raises:
            UnusableKey: the text is no public key.
        """
        lines = text.strip().splitlines() or [""]
        raw = _decode(lines[-1], UnusableKey("This is no public key of minisign."))
        if len(raw) != 2 + KEY_ID_BYTES + SEED_BYTES or raw[:2] != PURE:
            raise UnusableKey("This is no public key of minisign.")
        return cls(raw[2:10], Ed25519PublicKey.from_public_bytes(raw[10:]))

    def __str__(self) -> str:
        """Return the line that the tool takes after `-P`."""
        return base64.b64encode(PURE + self.key_id + self.key.public_bytes_raw()).decode("ascii")

    @property
    def name(self) -> str:
        """The number of the key as the tool shows it."""
        return self.key_id[::-1].hex().upper()

    def verify(self, chunks: Iterable[bytes], signature: str) -> str:
        """Return the trusted comment of a signature of these bytes.

        Raises:
            BadSignature: the signature is not of these bytes by this key.
        """
        malformed = BadSignature("This is no signature of minisign.")
        lines = signature.splitlines()
        if len(lines) < 4 or not (lines[0].startswith(COMMENT) and lines[2].startswith(TRUSTED_COMMENT)):
            raise malformed
        raw, of_comment = _decode(lines[1], malformed), _decode(lines[3], malformed)
        if len(raw) != 2 + KEY_ID_BYTES + SIGNATURE_BYTES or raw[:2] != HASHED:
            raise malformed
        if raw[2:10] != self.key_id:
            raise BadSignature("The signature is by another key.")
        comment = lines[2].removeprefix(TRUSTED_COMMENT)
        try:
            self.key.verify(raw[10:], _hash(chunks))
            self.key.verify(of_comment, raw[10:] + comment.encode("utf-8"))
        except InvalidSignature:
            raise BadSignature("The signature is not of this file.") from None
        return comment


@dataclass(frozen=True)
class SecretKey:
    """A key without a password, which signs on the server."""

    key_id: bytes
    key: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> "SecretKey":
        return cls(os.urandom(KEY_ID_BYTES), Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> "SecretKey":
        """Return the key of a secret key file.

        Raises:
            UnusableKey: the text is no secret key, is damaged, or has a password.
        """
        lines = text.strip().splitlines() or [""]
        raw = _decode(lines[-1], UnusableKey("This is no secret key of minisign."))
        if len(raw) != SECRET_KEY_BYTES or raw[:2] != PURE or raw[4:6] != CHECKSUM:
            raise UnusableKey("This is no secret key of minisign.")
        if raw[2:4] != NO_PASSWORD:
            raise UnusableKey("This key has a password. Make one without: minisign -G -W.")
        body = raw[6 + KDF_BYTES :]
        key_id, secret, checksum = body[:KEY_ID_BYTES], body[KEY_ID_BYTES:-32], body[-32:]
        if checksum not in (_checksum(key_id, secret), bytes(32)):
            raise UnusableKey("This secret key is damaged.")
        return cls(key_id, Ed25519PrivateKey.from_private_bytes(secret[:SEED_BYTES]))

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.key_id, self.key.public_key())

    def serialize(self) -> str:
        """Return the text of its file, which the tool reads too."""
        secret = self.key.private_bytes_raw() + self.public.key.public_bytes_raw()
        body = self.key_id + secret + _checksum(self.key_id, secret)
        raw = PURE + NO_PASSWORD + CHECKSUM + bytes(KDF_BYTES) + body
        return f"{COMMENT}minisign secret key {self.public.name}\n{base64.b64encode(raw).decode('ascii')}\n"

    def sign(self, chunks: Iterable[bytes], *, comment: str) -> str:
        """Return the text of a signature file.

        Args:
            chunks: the bytes to be signed, in parts.
            comment: one line that is signed with them, such as the time and the name of the file.
        """
        if "\n" in comment or "\r" in comment:
            raise ValueError("A trusted comment is one line.")
        signature = self.key.sign(_hash(chunks))
        of_comment = self.key.sign(signature + comment.encode("utf-8"))
        first = base64.b64encode(HASHED + self.key_id + signature).decode("ascii")
        second = base64.b64encode(of_comment).decode("ascii")
        return (
            f"{COMMENT}signature by key {self.public.name}\n{first}\n{TRUSTED_COMMENT}{comment}\n{second}\n"
        )


def read_chunks(path: Path) -> Iterable[bytes]:
    """Yield the bytes of a file in parts, to be signed or verified."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _hash(chunks: Iterable[bytes]) -> bytes:
    digest = blake2b()
    for chunk in chunks:
        digest.update(chunk)
    return digest.digest()


def _checksum(key_id: bytes, secret: bytes) -> bytes:
    return blake2b(PURE + key_id + secret, digest_size=32).digest()


def _decode(line: str, error: Exception) -> bytes:
    try:
        return base64.b64decode(line.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise error from None
