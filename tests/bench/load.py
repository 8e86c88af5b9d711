"""The load: 64 connections that each play whole conversations, one message after the answer to the one before.

A process of its own, so that it takes no time of the server's; it is also the Bot API that the echo answers to. It checks
every status, and every reply that comes its way.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from urllib.parse import parse_qs

CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class Measured:
    """Turns a second, and the 50th and 99th percentile of a turn in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float
    turns: int


@dataclass(frozen=True, slots=True)
class Play:
    """What is to be played.

    Attributes:
        port: where the server listens on the loopback address.
        talks: conversations a connection plays, one after the other.
        said: the messages of a conversation.
        first_chat: the first chat id; every conversation has its own.
        echo: "body" = the answer must carry the text back, "api" = a call to our Bot API must, "" = the answer is empty.
        api_port: where our Bot API listens, for "api".
    """

    port: int
    talks: int
    said: Sequence[str]
    first_chat: int
    echo: str = ""
    api_port: int = 0


def measure(play: Play) -> Measured:
    """How fast the server takes the conversations, as seen from another process.

    Raises:
        RuntimeError: an answer was not the expected one.
    """
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_main, args=(theirs, play))
    process.start()
    result = ours.recv()
    process.join()
    if isinstance(result, str):
        raise RuntimeError(result)  # noqa: TRY004 - the words of an error in the other process
    assert isinstance(result, Measured)
    return result


def update(update_id: int, chat: int, text: str) -> bytes:
    """A Telegram update as it comes over the wire."""
    sender = {"id": chat, "is_bot": False, "first_name": "Contoh", "language_code": "id"}
    message = {
        "message_id": update_id,
        "from": sender,
        "chat": {"id": chat, "first_name": "Contoh", "type": "private"},
        "date": 1790000000,
        "text": text,
    }
    return json.dumps({"update_id": update_id, "message": message}).encode()


def _main(pipe: Connection, play: Play) -> None:
    try:
        pipe.send(asyncio.run(_play_all(play)))
    except Exception as error:
        pipe.send(f"{type(error).__name__}: {error}")


async def _play_all(play: Play) -> Measured:
    api = _BotApi()
    server = await asyncio.start_server(api.serve, "127.0.0.1", play.api_port) if play.echo == "api" else None
    times: list[float] = []
    started = time.perf_counter()
    await asyncio.gather(*(_play(play, number, times) for number in range(CONNECTIONS)))
    spent = time.perf_counter() - started
    if server is not None:
        server.close()
        expected = Counter({text: CONNECTIONS * play.talks * play.said.count(text) for text in play.said})
        if api.texts != expected:
            raise RuntimeError(f"replies lost or doubled: {api.texts}")
    times.sort()
    count = len(times)
    return Measured(count / spent, times[count // 2] * 1000, times[count * 99 // 100] * 1000, count)


async def _play(play: Play, number: int, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", play.port)
    for talk in range(play.talks):
        chat = play.first_chat + number * play.talks + talk
        for step, text in enumerate(play.said):
            body = update((chat << 8) + step, chat, text)
            begun = time.perf_counter()
            content = await _turn(reader, writer, body)
            if play.echo == "body" and json.loads(content)["text"] != text:
                raise RuntimeError(f"not an echo: {content[:200]!r}")
            times.append(time.perf_counter() - begun)
    writer.close()


async def _turn(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> bytes:
    head = (
        "POST /webhooks/telegram HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: bench-secret\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    content = await reader.readexactly(_length(answer))
    if b" 200 " not in answer.split(b"\r\n", 1)[0]:
        raise RuntimeError(f"unexpected answer: {answer[:100]!r} {content[:200]!r}")
    return content


def _length(head: bytes) -> int:
    lines = head.split(b"\r\n")
    return next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length")), 0)


class _BotApi:
    """The least of a Bot API that an echo needs: sendMessage, whose texts are counted."""

    def __init__(self) -> None:
        self.texts: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                values = parse_qs((await reader.readexactly(_length(head))).decode())
                chat, text = int(values["chat_id"][0]), values["text"][0]
                self.texts[text] += 1
                sent = {"message_id": 1, "date": 1790000000, "chat": {"id": chat, "type": "private"}, "text": text}
                body = json.dumps({"ok": True, "result": sent}).encode()
                headers = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(headers.encode() + body)
        except asyncio.IncompleteReadError:
            writer.close()
