"""Files of people (KTP photos, data copies, spreadsheets): encrypted before they touch a disk or a bucket.

One interface over any store that `obstore` knows: a folder on one machine, an S3-compatible bucket on many. A key is random
and says nothing.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from models.ground.sealed import KeyRing

PURPOSE = "file"


class FileGone(Exception):
    """No file has this key (any more)."""


class Files:
    """The file store.

    Args:
        url: `file:///absolute/folder` (made when missing) or a URL that obstore knows, such as `s3://bucket/prefix`.
        keys: the ring that seals the files.
    """

    def __init__(self, url: str, keys: KeyRing) -> None:
        self._keys = keys
        self._store: ObjectStore = _open(url)

    async def put(self, data: bytes, *, kind: str) -> str:
        """The data are stored, sealed; their key. `kind` ("photo", "copy", "sheet") is the folder."""
        key = f"{kind}/{secrets.token_hex(16)}"
        await obstore.put_async(self._store, key, self._keys.seal(data, PURPOSE))
        return key

    def put_now(self, data: bytes, *, kind: str) -> str:
        """Like `put`, for a caller inside a transaction, off the event loop."""
        key = f"{kind}/{secrets.token_hex(16)}"
        obstore.put(self._store, key, self._keys.seal(data, PURPOSE))
        return key

    async def get(self, key: str) -> bytes:
        """The data.

        Raises:
            FileGone: there is no such file.
        """
        try:
            found = await obstore.get_async(self._store, key)
            return self._keys.open(bytes(await found.bytes_async()), PURPOSE)
        except FileNotFoundError as error:
            raise FileGone(key) from error

    async def delete(self, key: str) -> None:
        """There is no such file (any more)."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return


def _open(url: str) -> ObjectStore:
    if not url.startswith("file://"):
        return from_url(url)
    folder = Path(url.removeprefix("file://"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return LocalStore(prefix=folder)
