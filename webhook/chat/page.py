"""The web chat's pages and their parts, as they go over the wire: filled with texts, compressed, and never from elsewhere.

It decides on caching and on which texts a script gets. It refuses to know sessions and messages. All is made once, when the
routes are.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
from dataclasses import dataclass
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response

from locales.texts import DEFAULT_LANGUAGE, Texts
from webhook.chat.gate import HEADERS

MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "html": "text/html; charset=utf-8",
}
SCRIPT_TEXTS = "web.js."
DEMO_ONLY = ("demo.", "simulator.")

_PLACE = re.compile(r"\{\{([a-z_.]+)\}\}")


@dataclass(frozen=True, slots=True)
class _Part:
    """A file of the page, plain and compressed."""

    media_type: str
    plain: bytes
    packed: bytes

    def response(self, request: Request, headers: dict[str, str]) -> Response:
        """The part as this browser can take it."""
        if "gzip" in request.headers.get("accept-encoding", ""):
            packed = {**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            return Response(self.packed, media_type=self.media_type, headers=packed)
        return Response(self.plain, media_type=self.media_type, headers={**headers, "Vary": "Accept-Encoding"})


class Pages:
    """The pages, in the default language.

    Args:
        texts: every text.
        demo: whether the demo's own page is among them.

    Raises:
        MissingText: a page names a text that nobody wrote.
    """

    def __init__(self, texts: Texts, *, demo: bool = False) -> None:
        self._texts = texts
        folder = resources.files("webhook") / "static"
        files = {
            entry.name: entry.read_bytes()
            for entry in folder.iterdir()
            if _ending(entry.name) in MEDIA_TYPES and (demo or not entry.name.startswith(DEMO_ONLY))
        }
        self._version = hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()[:10]
        self._pages = {name: self._page(data.decode()) for name, data in files.items() if name.endswith(".html")}
        self._static = {name: _part(name, data) for name, data in files.items() if not name.endswith(".html")}

    async def chat(self, request: Request) -> Response:
        """The page of one phone; which one, its own address says."""
        return self._pages["chat.html"].response(request, HEADERS)

    async def demo(self, request: Request) -> Response:
        """Two phones side by side, except for somebody who comes with a one-time link."""
        return self._pages["chat.html" if "t" in request.query_params else "demo.html"].response(request, HEADERS)

    async def static(self, request: Request) -> Response:
        """A part of the page; its address changes with its content, so it may be kept."""
        part = self._static.get(request.path_params["name"])
        if part is None:
            return Response(status_code=404, headers=HEADERS)
        return part.response(request, {**HEADERS, "Cache-Control": "public, max-age=31536000, immutable"})

    def _page(self, template: str) -> _Part:
        return _part("page.html", _PLACE.sub(self._fill, template).encode())

    def _fill(self, match: re.Match[str]) -> str:
        name = match[1]
        if name == "version":
            return self._version
        if name == "texts":
            return self._script_texts()
        return html.escape(self._texts.text(name))

    def _script_texts(self) -> str:
        """The scripts' texts as JSON that cannot end its element; their placeholders are filled by the scripts."""
        every = self._texts.by_language[DEFAULT_LANGUAGE]
        wanted = {key.removeprefix(SCRIPT_TEXTS): text for key, text in every.items() if key.startswith(SCRIPT_TEXTS)}
        return json.dumps(wanted, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")


def _part(name: str, data: bytes) -> _Part:
    return _Part(MEDIA_TYPES[_ending(name)], data, gzip.compress(data, mtime=0))


def _ending(name: str) -> str:
    return name.rpartition(".")[2]
