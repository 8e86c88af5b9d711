"""Errors as programs read them: problem+json with a stable code, and never a value that somebody sent.

It decides how an error looks on the wire. It refuses to know why one happened: whoever raises a `Problem` says that by its
code. Values are left out of every error, because an error ends in log files of others.

Source: RFC 9457 "Problem Details for HTTP APIs".
"""

from __future__ import annotations

import json
import re
import secrets
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:payung:problem:"
DOORS = ("/v1", "/webhooks")
ERRORS_MAX = 100
"""Fields that are named, of however many are not right."""

#: code → (status, title). A code never changes its meaning; programs branch on it.
KINDS: Mapping[str, tuple[int, str]] = {
    "malformed": (400, "The request cannot be read"),
    "idempotency_key_missing": (400, "The header Idempotency-Key is missing"),
    "idempotency_key_invalid": (400, "The header Idempotency-Key is not of the right form"),
    "cursor_invalid": (400, "The cursor is not one that this list gave for these filters"),
    "unauthorised": (401, "A valid API key is needed"),
    "signature": (401, "The signature does not prove where this comes from"),
    "scope": (403, "The API key may not do this"),
    "not_found": (404, "There is nothing here"),
    "method_not_allowed": (405, "The method is not offered here"),
    "duplicate": (409, "The NIK already has an application in this programme year"),
    "closed": (409, "No programme is open"),
    "status": (409, "The application's status does not allow this"),
    "held_by_other": (409, "An officer has the application open"),
    "four_eyes": (409, "Whoever entered or edited an application cannot approve it"),
    "objection": (409, "Whoever refused an application cannot decide on the objection to it"),
    "quota": (409, "The programme has no place left, or lists hold what is left"),
    "no_whatsapp": (409, "This house writes no invitations on WhatsApp"),
    "batch_withdrawn": (409, "The batch was withdrawn before"),
    "not_done": (409, "The import is not done"),
    "too_large": (413, "The body is too large"),
    "too_many_events": (413, "Too many events in one delivery"),
    "unsupported_media": (415, "The bytes are not a photo that can be read"),
    "validation": (422, "Some fields are not right"),
    "idempotency_key_reused": (422, "The Idempotency-Key was used for another request"),
    "incomplete": (422, "The application is not complete"),
    "internal": (500, "Something went wrong on our side"),
    "not_configured": (503, "This door is not set up"),
}
_BY_STATUS = {
    400: "malformed",
    401: "unauthorised",
    403: "scope",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}
#: Pydantic's names that programs would have to guess, in plainer words; other names are passed on as they are.
_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")

_log = structlog.get_logger(__name__)


class FieldError(BaseModel):
    """One field that is not right."""

    field: str = Field(description="dotted name of the field", examples=["nik"])
    code: str = Field(description="stable code", examples=["nik.too_short"])
    message: str = Field(description="a sentence for the programmer; it never repeats the value")


class ProblemBody(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(examples=["urn:payung:problem:validation"])
    title: str = Field(examples=["Some fields are not right"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["See errors."])
    code: str = Field(description="stable; branch on this", examples=["validation"])
    errors: list[FieldError] | None = Field(default=None, description="which fields are not right")
    incident: str | None = Field(default=None, description="what to tell us when it was our fault")


class Problem(HTTPException):
    """A request that is refused, by its code.

    Args:
        code: a key of `KINDS`.
        detail: a sentence without personal data; the title when empty.
        errors: fields that are not right.
        headers: headers of the answer.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        incident: str = "",
    ) -> None:
        status, title = KINDS[code]
        super().__init__(status, detail or title, headers)
        self.code = code
        self.title = title
        self.errors = tuple(errors)
        self.incident = incident

    def body(self) -> bytes:
        """The problem as JSON."""
        fields: dict[str, Any] = {
            "type": TYPE + self.code,
            "title": self.title,
            "status": self.status_code,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            fields["errors"] = [error.model_dump() for error in self.errors]
        if self.incident:
            fields["incident"] = self.incident
        return json.dumps(fields, separators=(",", ":")).encode()

    def response(self) -> Response:
        """The answer that says it."""
        return Response(self.body(), status_code=self.status_code, headers=self.headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Every error of `/v1` and `/webhooks` is a problem; pages keep their own errors, but for values in them."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _failed)
    described = app.openapi

    def openapi() -> dict[str, Any]:
        schema = described()
        problem = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        schemas.update({**problem.pop("$defs"), "Problem": problem})
        return schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend its schema


def documented(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI `responses` for these codes."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        status, title = KINDS[code]
        entry = found.setdefault(
            status,
            {
                "description": "",
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
            },
        )
        entry["description"] = "; ".join(filter(None, [entry["description"], f"`{code}`: {title}"]))
        entry["content"][MEDIA_TYPE]["examples"][code] = {"value": json.loads(Problem(code).body())}
    return found


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette asks this handler for nothing else
    if isinstance(error, Problem):
        return error.response()
    if not request.url.path.startswith(DOORS) or error.status_code < 400:
        return await http_exception_handler(request, error)
    code = _BY_STATUS.get(error.status_code)
    if code is not None:
        return Problem(code, headers=error.headers).response()
    phrase = HTTPStatus(error.status_code).phrase
    plain = {
        "type": "about:blank",
        "title": phrase,
        "status": error.status_code,
        "detail": phrase,
        "code": f"http_{error.status_code}",
    }
    return Response(json.dumps(plain), status_code=error.status_code, headers=error.headers, media_type=MEDIA_TYPE)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    found = error.errors()
    if any(entry["type"] == "json_invalid" for entry in found):
        return Problem("malformed", "The body is not JSON.").response()
    return Problem("validation", "See errors.", errors=[_field_error(entry) for entry in found[:ERRORS_MAX]]).response()


async def _failed(request: Request, error: Exception) -> Response:
    """A bug. The log gets where it happened, not the error's words: a database driver puts values into them."""
    incident = secrets.token_hex(4)
    where = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    route = getattr(request.scope.get("route"), "path", "")
    _log.error("request_failed", incident=incident, error=type(error).__name__, route=route, where=where[-6:])
    return Problem("internal", "Nothing was changed. Please report the incident.", incident=incident).response()


def _field_error(entry: Mapping[str, Any]) -> FieldError:
    """One of pydantic's errors, without the value; names that are not ours are not repeated either."""
    place = [str(part) for part in entry["loc"]]
    named = place[1:] if len(place) > 1 else place
    field = ".".join(part if _NAME.fullmatch(part) or part.isdecimal() else "?" for part in named)
    if entry["type"] == "extra_forbidden":
        field = ".".join([*field.split(".")[:-1], "?"])
    return FieldError(field=field, code=_CODES.get(entry["type"], entry["type"]), message=entry["msg"])
