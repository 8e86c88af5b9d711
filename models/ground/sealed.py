"""Sealed values and keyed hashes: what is personal is encrypted, and found again without being readable.

AES-GCM with a random 96-bit nonce; the purpose (such as "application.answers") is authenticated along, so that a value
cannot be moved to another column. The first key of the ring seals, every key of it opens; the last one also keys the
hashes, so a new key goes in front and the last stays until everything was hashed anew.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlmodel import Session

NONCE_BYTES = 12
KEY_BYTES = 32
NAME_MAX = 16


class SealBroken(Exception):
    """A sealed value cannot be opened: an unknown key, another purpose, or altered bytes."""


class KeyRing:
    """The keys of the house.

    Args:
        keys: key id → 32 bytes; the first seals, the last keys the hashes.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ValueError("no key")
        if any(not (name.isascii() and 1 <= len(name) <= NAME_MAX) for name in keys):
            raise ValueError(f"the id of a key has 1 to {NAME_MAX} ASCII characters")
        if any(len(key) != KEY_BYTES for key in keys.values()):
            raise ValueError(f"a key must have {KEY_BYTES} bytes")
        self._current = next(iter(keys))
        self._ciphers = {name.encode(): AESGCM(key) for name, key in keys.items()}
        self._hash_root = keys[list(keys)[-1]]
        self._hash_key = lru_cache(maxsize=64)(self._derive)

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """The ring written as `id:base64,id:base64`.

        Raises:
            ValueError: it is not of that form.
        """
        pairs = [entry.strip().partition(":") for entry in text.split(",") if entry.strip()]
        return cls({name: base64.b64decode(key, validate=True) for name, _, key in pairs})

    def seal(self, data: bytes, purpose: str) -> bytes:
        """The data encrypted for this purpose: 1 byte length of the key id, key id, 12 bytes nonce, ciphertext and tag."""
        name = self._current.encode()
        nonce = os.urandom(NONCE_BYTES)
        return bytes([len(name)]) + name + nonce + self._ciphers[name].encrypt(nonce, data, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """What was sealed.

        Raises:
            SealBroken: it cannot be opened.
        """
        length = sealed[0] + 1 if sealed else 0
        cipher = self._ciphers.get(sealed[1:length])
        if cipher is None:
            raise SealBroken(f"{purpose}: unknown key")
        try:
            nonce = sealed[length : length + NONCE_BYTES]
            return cipher.decrypt(nonce, sealed[length + NONCE_BYTES :], purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"{purpose}: altered, or sealed for another purpose") from error

    def seal_json(self, value: Any, purpose: str) -> bytes:
        """A JSON value, sealed."""
        return self.seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), purpose)

    def open_json(self, sealed: bytes | None, purpose: str) -> Any:
        """The JSON value that was sealed; None for None.

        Raises:
            SealBroken: it cannot be opened.
        """
        return None if sealed is None else json.loads(self.open(sealed, purpose))

    def hash(self, value: str, purpose: str) -> bytes:
        """A keyed SHA-256 (32 bytes) of the value, different for each purpose: finds, but does not tell."""
        return hmac.digest(self._hash_key(purpose), value.encode(), "sha256")

    def _derive(self, purpose: str) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"payung hash " + purpose.encode()).derive(self._hash_root)


def keys_of(session: Session) -> KeyRing:
    """The ring that the store gave to this session."""
    ring = session.info["keys"]
    assert isinstance(ring, KeyRing)  # noqa: S101 - tells the type; the store puts nothing else there
    return ring
