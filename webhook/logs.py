"""Logs: one JSON line an event, with names and numbers of our own only.

Personal data never reach a log call; should a long number or a token slip into one all the same, it is masked here.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){8,}")  # a NIK or a phone number, also as people group them
#: Tokens of Telegram, of Meta, of ours (API keys, webhook secrets, one-time links), and whatever was sent as a bearer.
TOKEN = re.compile(
    r"\d{6,}:[\w-]{30,}|\bEA[A-Z][A-Za-z0-9]{20,}|pyg_[\w-]{20,}|whsec_[\w+/=]{10,}"
    r"|[?#&]t=[\w-]{16,}|(?i:bearer) +[\w.~+/=-]+"
)
LONG = 10**8  # a whole number from nine digits on


def configure(*, level: int = logging.INFO) -> None:
    """Log lines go to standard error as JSON, ours and the libraries'."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The event without long numbers and tokens; what begins with an underscore is the logging library's own."""
    return {name: value if name.startswith("_") else _masked(value) for name, value in event.items()}


def _masked(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case int() | float():
            return "•••" if abs(value) >= LONG else value
        case Mapping():
            return {str(_masked(name)): _masked(inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(inner) for inner in value]
        case _:
            return LONG_NUMBER.sub("•••", TOKEN.sub("•••", value if isinstance(value, str) else repr(value)))
