"""Lists that wait for their yes or no: the newest is asked about, the older ones keep their turn. Pure.

A head who sends three files one after the other is asked about each; in the web chat only the last question can be
pressed, so what was asked before is asked again. Refuses to know what is in a list.
"""

from __future__ import annotations

from collections.abc import Mapping

MOST = 5
"""Older lists that keep their turn."""


def asked_first(pending: Mapping[str, str], key: str, count: str) -> dict[str, str]:
    """The pending data in which this list is asked about, and those that waited come after it."""
    older = [one for one in _all(pending) if one[0] != key][:MOST]
    return _pending([(key, count), *older])


def without(pending: Mapping[str, str], key: str) -> dict[str, str]:
    """The pending data without this list; empty when no other waits."""
    return _pending([one for one in _all(pending) if one[0] != key])


def _all(pending: Mapping[str, str]) -> list[tuple[str, str]]:
    """Key and count of each list, the one that is asked about first."""
    first = [(pending["key"], pending.get("count", ""))] if pending.get("key") else []
    return [*first, *((key, count) for key, _, count in (one.partition("=") for one in pending.get("older", "").split()))]


def _pending(lists: list[tuple[str, str]]) -> dict[str, str]:
    if not lists:
        return {}
    (key, count), *older = lists
    kept = {"older": " ".join(f"{one}={rows}" for one, rows in older)} if older else {}
    return {"key": key, "count": count, **kept}
