"""Files at the emulated Graph: upload, a URL that dies in five minutes, download."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.emulators.graph_rules import Refusal

if TYPE_CHECKING:
    from tests.emulators.graph import Graph

URL_LIFE = dt.timedelta(minutes=5)
MEDIA_LIFE = dt.timedelta(days=30)
_LIMITS = {
    "image/jpeg": 5 << 20,
    "image/png": 5 << 20,
    "application/pdf": 100 << 20,
    "text/plain": 100 << 20,
    "text/csv": 100 << 20,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": 100 << 20,
}


@dataclass(frozen=True)
class File:
    """A file under a media id."""

    data: bytes
    media_type: str
    since: dt.datetime

    @property
    def sha256(self) -> str:
        """The digest in hexadecimal, as Graph's own answer has it (webhooks have Base64)."""
        return hashlib.sha256(self.data).hexdigest()


class MediaShelf:
    """The account's files."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.files: dict[str, File] = {}
        self.spoilt: set[str] = set()
        self._urls: dict[str, tuple[str, dt.datetime]] = {}

    def put(self, data: bytes, media_type: str) -> str:
        """A file is there; its media id."""
        media_id = str(900_000_000_000_000 + self._graph.next_id())
        self.files[media_id] = File(data, media_type, self._graph.now())
        return media_id

    def remove(self, media_id: str) -> None:
        """A file is gone, as after thirty days."""
        del self.files[media_id]

    async def upload(self, request: Request) -> Response:
        if request.path_params["owner"] != self._graph.phone_number_id:
            return _refused(Refusal(100, "Unsupported request. Object does not exist", subcode=33))
        async with request.form() as form:
            file = form.get("file")
            if form.get("messaging_product") != "whatsapp" or not isinstance(file, UploadFile):
                return _refused(Refusal(100, "Invalid parameter", "messaging_product and file are required"))
            media_type, data = str(form.get("type") or file.content_type), await file.read()
        if file.content_type != media_type or len(data) > _LIMITS.get(media_type, 0):
            return _refused(Refusal(131053, "Media upload error", f"{media_type}, {len(data)} bytes"))
        return JSONResponse({"id": self.put(data, media_type)})

    async def info(self, request: Request) -> Response:
        media_id, number = request.path_params["media_id"], request.query_params.get("phone_number_id")
        file = self.files.get(media_id)
        if file is None or self._graph.now() - file.since > MEDIA_LIFE or number not in {None, self._graph.phone_number_id}:
            return _refused(Refusal(100, "Unsupported get request. Object does not exist", subcode=33))
        key = f"{media_id}-{self._graph.next_id()}"
        self._urls[key] = (media_id, self._graph.now())
        url = f"{str(request.base_url).rstrip('/')}/files/{key}"
        answer = {"messaging_product": "whatsapp", "id": media_id, "url": url, "mime_type": file.media_type}
        return JSONResponse(answer | {"file_size": str(len(file.data)), "sha256": file.sha256})

    async def download(self, request: Request) -> Response:
        media_id, since = self._urls.get(request.path_params["key"], ("", self._graph.now()))
        file = self.files.get(media_id)
        if file is None or self._graph.now() - since > URL_LIFE:
            return Response(status_code=404)
        data = file.data[:-1] if media_id in self.spoilt else file.data
        return Response(data, media_type=file.media_type)


def _refused(refusal: Refusal) -> Response:
    return JSONResponse(refusal.body(), status_code=refusal.status)
