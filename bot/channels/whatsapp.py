"""The WhatsApp Cloud API as a channel: a thin client of Graph.

It turns a `Message` into calls and a failure into what is certain about it. It does not know when free text is allowed
(Graph says so with "window_closed"; the sender decides), how fast to send, or what a webhook said (`whatsapp_inbound`).
The access token leaves it only in the Authorization header: neither in a log nor in an exception.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import httpx
from typing_extensions import override

from bot.channels import whatsapp_wire as wire
from bot.channels.port import Capabilities, Certainty, Channel, FetchError, Receipt, SendError
from bot.channels.whatsapp_errors import before_sending, broken, error_code, refusal
from bot.messages import ChannelName, Message

_CONNECT_TIMEOUT_S = 5.0
_PAGES_MAX = 100  # of a hundred templates; an account may have 6,000


def capabilities(identity: Literal["link", "chat"]) -> Capabilities:
    """What WhatsApp can do, with NIK and KTP photo in the chat or behind a link to the web chat.

    Texts are held to the 1,024 characters of an interactive body and of a caption, though bare text may have 4,096:
    whether buttons or a picture join a text is decided after it is written.
    """
    return Capabilities(
        text_max=wire.BODY_MAX,
        buttons_max=wire.BUTTONS_MAX,
        button_label_max=wire.LABEL_MAX,
        list_rows_max=wire.ROWS_MAX,
        row_label_max=wire.ROW_LABEL_MAX,
        row_description_max=wire.ROW_DESCRIPTION_MAX,
        identity_in_chat=identity == "chat",
        can_ask_phone=False,
        can_send_photo=identity == "chat",  # the photos we have to show are KTPs: with "link" none is handed to Meta
        can_send_document=True,
        can_link=True,
        window_hours=24,
        can_show=True,
    )


class WhatsApp(Channel):
    """One business phone number.

    Args:
        api_url: Graph's address with its version, such as `https://graph.facebook.com/v23.0`.
        phone_number_id: Graph's id of our number (not the number itself).
        token: the access token of a system user.
        identity: where NIK and KTP photo are collected.
        business_account_id: id of the business account, for `check_templates`; "" leaves templates unchecked.
        timeout_s: how long Graph may take to answer a call.
        transport: something other than the network, for tests.
    """

    def __init__(
        self,
        *,
        api_url: str,
        phone_number_id: str,
        token: str,
        identity: Literal["link", "chat"] = "link",
        business_account_id: str = "",
        timeout_s: float = 20.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError("the WhatsApp token is empty or holds blanks")  # else the HTTP layer would quote it
        self._api_url = api_url.rstrip("/")
        self._phone_number_id = phone_number_id
        self._business_account_id = business_account_id
        self._capabilities = capabilities(identity)
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_TIMEOUT_S)),
            transport=transport,
        )

    @property
    @override
    def name(self) -> ChannelName:
        return ChannelName.WHATSAPP

    @property
    @override
    def capabilities(self) -> Capabilities:
        return self._capabilities

    @override
    async def send(self, address: str, message: Message, *, opaque: str) -> Receipt:
        photo_id, document_id = await self._hand_over(message)
        *ahead, last = wire.compose(message, photo_id=photo_id, document_id=document_id)
        for payload in ahead:
            await self._post_message(wire.envelope(address, "") | payload)
        return Receipt(await self._post_message(wire.envelope(address, opaque) | last))

    @override
    async def fetch(self, ref: str, *, max_bytes: int) -> bytes:
        if not (ref.isascii() and ref.isalnum()):
            raise FetchError("gone", retryable=False)
        info = await self._media_info(ref)
        if _size(info) > max_bytes:
            raise FetchError("too_large", retryable=False)
        data = await self._download(str(info.get("url", "")), max_bytes)
        if not _is_whole(data, info.get("sha256")):
            raise FetchError("connection", retryable=True)
        return data

    @override
    async def close(self) -> None:
        await self._http.aclose()

    async def check_templates(self, names: Iterable[str], *, language: str = "id") -> Mapping[str, str]:
        """Graph's status of each named template in a language ("APPROVED", "PAUSED" …), "MISSING" when it has none.

        Nothing is said of any name when the business account's id is not known.

        Raises:
            SendError: Graph cannot be asked.
        """
        if not self._business_account_id:
            return {}
        found: dict[str, str] = {}
        query = {"fields": "name,status,language", "limit": "100"}
        for _ in range(_PAGES_MAX):
            page = await self._json("GET", f"{self._business_account_id}/message_templates", params=query)
            entries = page.get("data", [])
            found |= {entry["name"]: entry["status"] for entry in entries if entry["language"] == language}
            paging = page.get("paging", {})
            if "next" not in paging:
                break
            query["after"] = paging["cursors"]["after"]
        return {name: found.get(name, "MISSING") for name in names}

    # --- calls ------------------------------------------------------------------------------------------------------

    async def _hand_over(self, message: Message) -> tuple[str, str]:
        """The message's files are at Graph; their ids, "" for none."""
        if message.template is not None:
            return "", ""
        photo_id = document_id = ""
        if message.photo is not None:
            photo_id = await self._upload("foto", _picture_type(message.photo), message.photo)
        if message.document is not None:
            document_id = await self._upload(*message.document)
        return photo_id, document_id

    async def _upload(self, filename: str, media_type: str, data: bytes) -> str:
        try:
            answer = await self._json(
                "POST",
                f"{self._phone_number_id}/media",
                data={"messaging_product": "whatsapp", "type": media_type},
                files={"file": (filename, data, media_type)},
            )
            return _id(answer)
        except SendError as error:
            raise before_sending(error) from None

    async def _post_message(self, payload: wire.Payload) -> str:
        answer = await self._json("POST", f"{self._phone_number_id}/messages", json=payload)
        messages = answer.get("messages")
        return _id(messages[0] if isinstance(messages, list) and messages else {})

    async def _json(self, method: str, path: str, **request: Any) -> Mapping[str, Any]:
        """Graph's answer to one call.

        Raises:
            SendError: it refused, or the exchange broke. Raised outside the `except` so that no httpx error, whose
                request carries the token, hangs on it as context.
        """
        try:
            response = await self._http.request(method, f"{self._api_url}/{path}", **request)
        except httpx.HTTPError as error:
            failure = broken(error)
        else:
            answer = _answer(response)
            if answer is not None:
                return answer
            failure = refusal(response)
        raise failure

    async def _media_info(self, media_id: str) -> Mapping[str, Any]:
        query = {"phone_number_id": self._phone_number_id}
        try:
            response = await self._http.get(f"{self._api_url}/{media_id}", params=query)
        except httpx.HTTPError:
            response = None
        if response is None:
            raise FetchError("connection", retryable=True)
        answer = _answer(response)
        if answer is not None:
            return answer
        if response.status_code == 404 or error_code(response) == 100:  # no such object, or no longer
            raise FetchError("gone", retryable=False)
        raise FetchError("connection", retryable=True)

    async def _download(self, url: str, max_bytes: int) -> bytes:
        """The file behind a media URL. A URL lives five minutes; a dead one is worth asking for anew, so it is no "gone"."""
        if not url.startswith("https://") and not url.startswith(_origin(self._api_url)):
            raise FetchError("connection", retryable=True)
        data = bytearray()
        try:
            async with self._http.stream("GET", url) as response:
                complete = response.status_code == 200
                async for chunk in response.aiter_bytes():
                    data += chunk
                    if not complete or len(data) > max_bytes:
                        break
        except httpx.HTTPError:
            complete = False
        if len(data) > max_bytes and complete:
            raise FetchError("too_large", retryable=False)
        if not complete:
            raise FetchError("connection", retryable=True)
        return bytes(data)


def _answer(response: httpx.Response) -> Mapping[str, Any] | None:
    """The decoded body of a success with the fields we rely on, else None."""
    if response.status_code != 200:
        return None
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _id(answer: Mapping[str, Any]) -> str:
    """The id in an answer.

    Raises:
        SendError: there is none, so that nobody knows what Graph did.
    """
    value = answer.get("id")
    if not isinstance(value, str) or not value:
        raise SendError("server", Certainty.UNCERTAIN, detail="an answer without an id")
    return value


def _picture_type(data: bytes) -> str:
    return "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"


def _origin(url: str) -> str:
    parsed = httpx.URL(url)
    return f"{parsed.scheme}://{parsed.netloc.decode()}/"


def _size(info: Mapping[str, Any]) -> int:
    size = str(info.get("file_size", ""))
    return int(size) if size.isascii() and size.isdigit() else 0


def _is_whole(data: bytes, expected: object) -> bool:
    """Whether the file has the digest Graph names, in hexadecimal or Base64; True when it names none."""
    if not isinstance(expected, str) or not expected:
        return True
    digest = hashlib.sha256(data).digest()
    if hmac.compare_digest(digest.hex().encode(), expected.lower().encode()):
        return True
    try:
        return hmac.compare_digest(digest, base64.b64decode(expected, validate=True))
    except (binascii.Error, ValueError):
        return False
