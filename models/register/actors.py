"""Who does something to the register: an officer, a worker in a talk, an API key, the command line, or a clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """The doer of an operation.

    Attributes:
        label: how the audit names it, such as "officer:7".
        officer_id: set when an officer does it, by whatever door.
        key_id: set when an API key does it.
    """

    label: str
    officer_id: int | None = None
    key_id: int | None = None


def officer(officer_id: int) -> Actor:
    """An officer, in chat or on the office pages."""
    return Actor(f"officer:{officer_id}", officer_id=officer_id)


def worker(conversation_id: int, *, officer_id: int | None = None) -> Actor:
    """Whoever talks in this conversation; an officer who registers somebody in chat stays an officer."""
    return Actor(f"conversation:{conversation_id}", officer_id=officer_id)


def api_key(key_id: int) -> Actor:
    """A program with an API key."""
    return Actor(f"api:{key_id}", key_id=key_id)


def system(part: str) -> Actor:
    """A part of the house itself, such as "bpjs" or "retention"."""
    return Actor(f"system:{part}")
