"""An application that a program brings: draft, consent, answers and submission in one transaction, once per key.

The door's answer is stored beside the key in the same transaction, so that a repeat gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlmodel import Session

from models.delivery import idempotency
from models.ground.api_keys import Caller
from models.ground.audit import Audited, record
from models.programme import admission
from models.register import actors, consents, drafts, flags, submission
from models.register.applications import Refusal
from webhook.problems import FieldError, Problem
from webhook.rest.schemas import ApplicationIn, Created

OLDEST_YEARS = 110
CLOCK_DRIFT = dt.timedelta(minutes=5)
KEY_MAX = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What the door answers; `replayed` when it was answered before."""

    status: int
    body: bytes = field(repr=False)
    replayed: bool = False


def checked_key(key: str | None) -> str:
    """The idempotency key.

    Raises:
        Problem: it is missing, or not 1 to 200 visible ASCII characters.
    """
    if key is None:
        raise Problem("idempotency_key_missing", "Send a fresh Idempotency-Key, such as a UUID, with each new application.")
    if not 1 <= len(key) <= KEY_MAX or not all("!" <= sign <= "~" for sign in key):
        raise Problem("idempotency_key_invalid", f"1 to {KEY_MAX} visible ASCII characters.")
    return key


def check_dates(body: ApplicationIn, now: dt.datetime) -> None:
    """The dates can be true at this time.

    Raises:
        Problem: they cannot ("validation").
    """
    errors = []
    if body.birth_date > now.date() or body.birth_date.year < now.year - OLDEST_YEARS:
        errors.append(
            FieldError(field="birth_date", code="birth_date.impossible", message="nobody alive was born on this day")
        )
    if body.consent.given_at > now + CLOCK_DRIFT:
        errors.append(
            FieldError(field="consent.given_at", code="consent.in_future", message="consent must have been given already")
        )
    if errors:
        raise Problem("validation", "See errors.", errors=errors)


def create(session: Session, body: ApplicationIn, *, caller: Caller, key: str, now: dt.datetime) -> Answer:
    """The application is submitted, or it is said why not; either way the key has its answer now.

    Raises:
        Problem: the key was used for another request ("idempotency_key_reused").
    """
    name = f"api:{caller.key_id}"
    request = b"POST /v1/applications " + body.model_dump_json().encode()
    before = idempotency.begin(session, name, key, request, now=now)
    if before is not None:
        if not before.same_request:
            raise Problem("idempotency_key_reused", "Send a fresh key with each new application.")
        return Answer(before.status, before.body, replayed=True)
    attempt = session.begin_nested()
    made = _submit(session, body, caller=caller, now=now)
    if isinstance(made, Refusal):
        attempt.rollback()  # nothing of the attempt stays but its answer
        problem = Problem(made.code)
        answer = Answer(problem.status_code, problem.body())
    else:
        attempt.commit()
        answer = Answer(201, made.model_dump_json().encode())
    idempotency.end(session, name, key, status=answer.status, body=answer.body)
    return answer


def links(number: str) -> dict[str, str]:
    """Where to go from here."""
    own = f"/v1/applications/{number}"
    return {"self": own, "photo": f"{own}/photo", "decision": f"{own}/decision", "withdrawal": f"{own}/withdrawal"}


def _submit(session: Session, body: ApplicationIn, *, caller: Caller, now: dt.datetime) -> Created | Refusal:
    actor = actors.api_key(caller.key_id)
    draft = admission.open_draft(session, conversation_id=None, actor=actor, now=now)
    if isinstance(draft, Refusal):
        return draft
    answers, consent = body.answers(), body.consent
    consents.give(
        session,
        draft,
        conversation_id=None,
        version=consent.version,
        text_hash=consent.text_hash,
        channel=consent.channel,
        now=consent.given_at,
    )
    drafts.save_answers(session, draft, answers, actor=actor, now=now)
    found = flags.flags_for(answers, {}, photo_state="none", for_other=False, today=now.date())
    moved = submission.submit(session, draft, actor=actor, flags=found, now=now)
    if isinstance(moved, Refusal):
        return moved
    record(session, Audited(actor.label, "consent.give", f"application:{draft}", f"version {consent.version}"), now=now)
    return Created(number=moved.number, status=moved.status, flags=list(found), links=links(moved.number))
