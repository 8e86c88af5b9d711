"""Runs any ASGI app on a real loopback socket, in a thread of its own, for the length of a `with` block.

It decides on port and start-up only. What the app answers, and how it fails, is the app's affair; `abort` lets an app
cut the connection without an answer, which plain ASGI cannot say.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any, cast

import uvicorn
from typing_extensions import override
from uvicorn._types import ASGIApplication
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_CUT = "payung.cut"
_PATIENCE_S = 30.0
_GRACE_S = 1.0

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class _Protocol(HttpToolsProtocol):
    """Uvicorn's own protocol, which also hands the app a way to cut the connection."""

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.access_log = False  # a URL may hold a token, and tests look through the log for such things
        self.scope["extensions"] = {_CUT: {"abort": self.transport.abort}}


class _Server(uvicorn.Server):
    """A server that says when it listens, instead of being asked again and again."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave = asyncio.Event()

    def leave(self) -> None:
        """The server is on its way out, at once and from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._leave.set)

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            await super().startup(sockets)
        finally:
            self.ready.set()

    @override
    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._leave.wait()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's own, without its pauses: they would be most of a test's time."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            _, late = await asyncio.wait(set(self.server_state.tasks), timeout=_GRACE_S)
            for task in late:
                task.cancel()
        await self.lifespan.shutdown()


def abort(scope: MutableMapping[str, Any]) -> None:
    """The connection of this request is cut; the client gets no byte of an answer."""
    cast("Callable[[], None]", scope["extensions"][_CUT]["abort"])()


def free_port() -> int:
    """A loopback port on which nobody listens, for tests of refused connections."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(app: Asgi, *, lifespan: bool = True) -> Iterator[str]:
    """`app` answers at the yielded base URL (without a slash at its end) until the block ends.

    Args:
        app: any ASGI app; it runs in a thread and an event loop of its own, so whatever it shares with the test must
            be safe to share between threads.
        lifespan: whether the app's start-up and shut-down are run, if it has any.

    Raises:
        RuntimeError: the app failed to start.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        config = uvicorn.Config(
            cast("ASGIApplication", app),
            http=_Protocol,
            ws="none",
            loop="asyncio",
            lifespan="auto" if lifespan else "off",
            log_config=None,
            access_log=False,
        )
        server = _Server(config)
        thread = threading.Thread(target=_run, args=(server, listener), name="served-app", daemon=True)
        thread.start()
        server.ready.wait(_PATIENCE_S)
        try:
            if not server.started:
                raise RuntimeError("the served app did not start; see its log")
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.leave()
            thread.join(_PATIENCE_S)


def _run(server: _Server, listener: socket.socket) -> None:
    """The server has run until it was told to stop; a refused start is not a traceback in the thread."""
    with contextlib.suppress(SystemExit):
        server.run(sockets=[listener])
