"""Card events of BPJS Ketenagakerjaan: what a delivery says, and what each event of it leads to, once.

A delivery is refused whole when it is no delivery (not JSON, not events); what an event says wrongly is an outcome of that
event alone. Nobody is guessed: an event that fits no application, or names two people, is stored and flagged.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update
from sqlmodel import Session

from models.catalogue.numbers import parse_number
from models.catalogue.statuses import ACTIVE, Status
from models.ground.rows import insert_many_or_ignore
from models.ground.sealed import keys_of
from models.register import cards
from models.register.actors import system
from models.register.applications import APPLICATION, Moved, Refusal, hash_of
from models.register.cards import EVENT, Outcome
from webhook.problems import FieldError, Problem

EVENTS_MAX = 1_000
ISSUED = "card.issued"
REFUSED = "card.refused"
ACTOR = system("bpjs")
INVALID = "invalid"  # what the event says has not the right form: stored, nothing touched
IGNORED = "ignored"  # an event of a type that is not for us: stored
OTHER_REASON = "other"
CHUNK = 250
NUMBER_MAX = 20
EARLY = dt.timedelta(days=1)  # their calendar may be a day ahead of UTC

_ID = re.compile(r"[\x21-\x7e]{1,120}")
_TYPE = re.compile(r"[\x21-\x7e]{1,40}")
_KPJ = re.compile(r"[0-9]{11}")
_NIK = re.compile(r"[0-9]{16}")
_REASON = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
_CLOSE = (
    update(EVENT)
    .where(EVENT.c.id == bindparam("b_id"))
    .values(outcome=bindparam("b_outcome"), application_id=bindparam("b_application"))
)


@dataclass(frozen=True, slots=True)
class CardEvent:
    """One event as it came."""

    id: str
    type: str
    data: Mapping[str, Any] = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)

    @property
    def number(self) -> Any:
        """The registration number as given, "" when it is not."""
        return self.data.get("number", "")

    @property
    def nik(self) -> Any:
        """The NIK as given, "" when it is not."""
        return self.data.get("nik", "")

    @property
    def known_number(self) -> str:
        """The number as we write it; "" when it is none of ours."""
        return (parse_number(self.number) or "") if len(self.number) <= NUMBER_MAX else ""

    def names_somebody(self) -> bool:
        """Whether there is a number or a NIK, in a form that can be looked for."""
        if not isinstance(self.number, str) or not isinstance(self.nik, str):
            return False
        return bool(self.number or self.nik) and (not self.nik or _NIK.fullmatch(self.nik) is not None)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one event."""

    id: str
    outcome: str


def read_delivery(raw: bytes, delivery_id: str) -> list[CardEvent]:
    """The events of a delivery, one or many.

    Args:
        raw: the body.
        delivery_id: the header `webhook-id`; names events that have no id of their own.

    Raises:
        Problem: it is no JSON or not of the form ("malformed"), or more than a thousand events ("too_many_events").
    """
    content = _json(raw)
    many = content.get("events") if isinstance(content, dict) and "type" not in content else None
    if many is None:
        return [_event(content, delivery_id, at="")]
    if not isinstance(many, list):
        raise _malformed("events", "events.not_a_list", "must be a list")
    if len(many) > EVENTS_MAX:
        raise Problem("too_many_events", f"At most {EVENTS_MAX} events in one delivery.")
    return [_event(entry, f"{delivery_id}:{index}", at=f"events.{index}") for index, entry in enumerate(many)]


def take(session: Session, events: Sequence[CardEvent], *, now: dt.datetime) -> list[Result]:
    """Every event is on record with its outcome, and what it says is done: all in this transaction."""
    chunks = [events[start : start + CHUNK] for start in range(0, len(events), CHUNK)]
    return [result for chunk in chunks for result in _take_chunk(session, chunk, now=now)]


def _take_chunk(session: Session, events: Sequence[CardEvent], *, now: dt.datetime) -> list[Result]:
    fresh = _store(session, events, now=now)
    register = _Register(session, [event for event in events if event.id in fresh])
    results, closed = [], []
    for event in events:
        if event.id not in fresh:
            results.append(Result(event.id, Outcome.REPEATED.value))
            continue
        fresh.discard(event.id)  # the same id once more in this delivery is a repeat
        outcome, row = _take(session, event, register, now=now)
        results.append(Result(event.id, outcome))
        closed.append({"b_id": event.id, "b_outcome": outcome, "b_application": None if row is None else row.id})
    if closed:
        session.connection().execute(_CLOSE, closed)
    return results


def _store(session: Session, events: Sequence[CardEvent], *, now: dt.datetime) -> set[str]:
    """The ids of the events that are new; all of them are on record now (as `cards.store_event`, many at once)."""
    keys = keys_of(session)
    rows = [
        {
            "id": event.id,
            "type": event.type,
            "outcome": "",
            "body_sealed": keys.seal_json(dict(event.body), "bpjs.event"),
            "received_at": now,
        }
        for event in events
    ]
    return set(insert_many_or_ignore(session, EVENT, rows, returning="id"))


def _take(session: Session, event: CardEvent, register: _Register, *, now: dt.datetime) -> tuple[str, Any | None]:
    if event.type not in {ISSUED, REFUSED}:
        return IGNORED, None
    if not event.names_somebody() or not _is_sound(event, now):
        return INVALID, None
    row = register.find(event)
    if row is None:
        return Outcome.UNKNOWN.value, None
    if event.number and event.nik and row.nik_hash != hash_of(session, "nik", event.nik):
        return Outcome.CONFLICT.value, row  # they name two people
    register.forget(row)
    return _apply(session, event, row, now=now).value, row


class _Register:
    """The applications that a chunk of events means, fetched and locked together.

    A row is used once: after an event has touched it, it is fetched anew for the next one.
    """

    def __init__(self, session: Session, events: Sequence[CardEvent]) -> None:
        self._session = session
        sound = [event for event in events if event.names_somebody()]
        numbers = {event.known_number for event in sound if event.known_number}
        hashes = {hash_of(session, "nik", event.nik) for event in sound if not event.number}
        self._rows: dict[str | bytes, Any | None] = dict.fromkeys([*numbers, *hashes])
        if not self._rows:
            return
        active = [status.value for status in ACTIVE]
        by_nik = and_(APPLICATION.c.nik_hash.in_(hashes), APPLICATION.c.status.in_(active))
        query = select(APPLICATION).where(or_(APPLICATION.c.number.in_(numbers), by_nik)).order_by(APPLICATION.c.id)
        for row in session.execute(query.with_for_update()):
            if row.number in self._rows:
                self._rows[row.number] = row
            if row.nik_hash in self._rows and row.status in active:
                self._rows[row.nik_hash] = row  # the newest, as `cards.find_for_card`

    def find(self, event: CardEvent) -> Any | None:
        """The application meant, by number or, where none is given, by NIK; a number that is none finds nobody."""
        if event.number:
            key: str | bytes = event.known_number
            if not key:
                return None
        else:
            key = hash_of(self._session, "nik", event.nik)
        if key in self._rows:
            return self._rows[key]
        return cards.find_for_card(self._session, number=event.known_number, nik=event.nik)

    def forget(self, row: Any) -> None:
        """The row is about to change."""
        self._rows.pop(row.number, None)
        self._rows.pop(row.nik_hash, None)


def _apply(session: Session, event: CardEvent, row: Any, *, now: dt.datetime) -> Outcome:
    done: Moved | Refusal
    if event.type == ISSUED:
        issued_on = dt.date.fromisoformat(event.data["issued_on"])
        done = cards.issue_card(session, row, event.data["kpj"], issued_on=issued_on, actor=ACTOR, now=now)
    else:
        done = cards.refuse_card(session, row, reason=_reason(event.data.get("reason")), actor=ACTOR, now=now)
    if isinstance(done, Moved):
        return Outcome.ISSUED if done.status is Status.ISSUED else Outcome.REFUSED
    return Outcome.REPEATED if done.code == "repeated" else Outcome.CONFLICT


def _is_sound(event: CardEvent, now: dt.datetime) -> bool:
    """Whether an issued card has a number of eleven digits and a day that can be true."""
    if event.type == REFUSED:
        return True
    kpj, issued_on = event.data.get("kpj"), event.data.get("issued_on")
    if not isinstance(kpj, str) or not isinstance(issued_on, str) or not _KPJ.fullmatch(kpj):
        return False
    try:
        return dt.date.fromisoformat(issued_on) <= (now + EARLY).date()
    except ValueError:
        return False


def _reason(given: object) -> str:
    """A reason code; anything else stays in the stored event only, because sentences may name people."""
    code = given.lower() if isinstance(given, str) else ""
    return code if _REASON.fullmatch(code) else OTHER_REASON


def _json(raw: bytes) -> Any:
    try:
        content = json.loads(raw)
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair can be read but not stored
    except (ValueError, RecursionError):
        raise Problem("malformed", "The body is not JSON.") from None
    return content


def _event(entry: Any, fallback_id: str, *, at: str) -> CardEvent:
    if not isinstance(entry, dict):
        raise _malformed(at, "event.not_an_object", "must be an object")
    event_id, event_type, data = entry.get("id", fallback_id), entry.get("type"), entry.get("data", {})
    if not isinstance(event_id, str) or not _ID.fullmatch(event_id):
        raise _malformed(f"{at}.id", "event.id", "1 to 120 visible ASCII characters")
    if not isinstance(event_type, str) or not _TYPE.fullmatch(event_type):
        raise _malformed(f"{at}.type", "event.type", "1 to 40 visible ASCII characters")
    if not isinstance(data, dict):
        raise _malformed(f"{at}.data", "event.data", "must be an object")
    return CardEvent(event_id, event_type, data, entry)


def _malformed(place: str, code: str, message: str) -> Problem:
    error = FieldError(field=place.lstrip(".") or "body", code=code, message=message)
    return Problem("malformed", "The delivery is not one of events; nothing was stored.", errors=[error])
