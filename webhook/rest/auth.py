"""Who calls: a Bearer API key becomes a `Caller`, before a byte of the body is read; each operation asks for one scope.

A key is looked up by its hash; what it is called, and who holds it, is not known here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any

from fastapi import Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import override

from models.ground import api_keys
from models.ground.api_keys import Caller
from models.ground.store import Store
from webhook.edge import Edge
from webhook.limits import JSON_MAX, read_body, replayed
from webhook.problems import Problem

KEY_MAX = 200

_bearer = HTTPBearer(
    auto_error=False, scheme_name="apiKey", description="An API key (`pyg_…`), made by `payung api-key create`."
)
_Presented = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def guarded(edge: Edge, *, body_max: int = JSON_MAX) -> type[APIRoute]:
    """A class of routes that know their caller and read at most `body_max` bytes."""

    class Guarded(APIRoute):
        """A route behind the key."""

        @override
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handle_guarded(request: Request) -> Response:
                request.state.caller = await identify(edge.store, request.headers.get("authorization", ""))
                return await handle(replayed(request, await read_body(request, body_max)))

            return handle_guarded

    return Guarded


async def identify(store: Store, authorization: str) -> Caller:
    """Whose key the header holds.

    Raises:
        Problem: no key, or one that opens nothing ("unauthorised").
    """
    scheme, _, key = authorization.partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        raise Problem("unauthorised", "Send the header Authorization: Bearer pyg_…", headers={"WWW-Authenticate": "Bearer"})
    caller = None
    if key.startswith(api_keys.PREFIX) and len(key) <= KEY_MAX and key.isascii():
        caller = await store.read(lambda session: api_keys.find_caller(session, key))
    if caller is None:
        raise Problem(
            "unauthorised",
            "The API key is unknown or revoked.",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    return caller


def needs(scope: str) -> Callable[[Request, HTTPAuthorizationCredentials | None], Awaitable[Caller]]:
    """A dependency that gives the caller, if its key has this scope."""

    async def check(request: Request, _presented: _Presented) -> Caller:
        caller: Caller = request.state.caller
        if scope not in caller.scopes:
            header = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
            raise Problem("scope", f"The scope {scope} is needed.", headers=header)
        return caller

    return check


Reader = Annotated[Caller, Security(needs("applications:read"))]
Writer = Annotated[Caller, Security(needs("applications:write"))]
Decider = Annotated[Caller, Security(needs("applications:decide"))]
Subscriber = Annotated[Caller, Security(needs("subscribers:write"))]
Referrer = Annotated[Caller, Security(needs("referrals:write"))]
