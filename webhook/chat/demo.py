"""What the demo shows beside its two phones: a sample photo, hints what to type, and a button that plays BPJS.

These routes exist in the demo only. They decide nothing: what a hint says and what issuing does is told to them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from importlib import resources
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response

from locales.texts import Texts
from webhook.chat.gate import HEADERS, Refused, answer, read_json

SAMPLE = "sample-ktp.jpg"


class Demo:
    """The demo's own routes.

    Args:
        texts: every text.
        hints: see `webhook.chat.door.router`.
        issue_card: see `webhook.chat.door.router`.
        simulator: whether there are Telegram and WhatsApp phones beside.
    """

    def __init__(
        self,
        texts: Texts,
        hints: Callable[[], Awaitable[Mapping[str, str]]] | None,
        issue_card: Callable[[], Awaitable[str]] | None,
        *,
        simulator: bool = False,
    ) -> None:
        self._texts = texts
        self._hints = hints
        self._issue_card = issue_card
        self._simulator = simulator

    async def sample(self, _request: Request) -> Response:
        """The sample KTP of a fictional person."""
        file = _sample()
        if not file.is_file():
            raise Refused(404, "gone")
        headers = {**HEADERS, "Content-Disposition": f'inline; filename="{SAMPLE}"'}
        return Response(file.read_bytes(), media_type="image/jpeg", headers=headers)

    async def tell(self, _request: Request) -> Response:
        """What can be tried here, each hint with its label."""
        told = await self._hints() if self._hints else {}
        hints = [{"name": name, "label": self._label(name), "value": value} for name, value in told.items() if value]
        facts = {"sample": _sample().is_file(), "card": self._issue_card is not None, "simulator": self._simulator}
        return answer({"hints": hints, **facts})

    async def issue(self, request: Request) -> Response:
        """BPJS has issued the card of whoever waits for one; what happened, in a sentence."""
        await read_json(request)  # declares its type, so no other site can press this button
        if self._issue_card is None:
            raise Refused(404, "gone")
        return answer({"text": await self._issue_card()})

    def _label(self, name: str) -> str:
        key = f"web.hint.{name}"
        return self._texts.text(key) if self._texts.has(key) else name


def _sample() -> Traversable:
    return resources.files("ocr") / "data" / SAMPLE
