"""A programme, officers and applicants for the tests of the register; all of them invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import Session

from models.catalogue.fields import Field
from models.delivery.conversations import add_address
from models.ground.rows import insert_returning
from models.programme.programmes import PROGRAMME
from models.register import actors, drafts, officers, submission
from models.register.applications import Moved, find_by_number
from models.register.officers import Officer

NAME, PHONE, BIRTH = "SITI RAHAYU BINTI UJANG", "+6281290009001", "1990-01-01"


def nik(serial: int = 9001) -> str:
    """A NIK of nobody."""
    return f"320101410190{serial:04d}"


def answers(serial: int = 9001, /, **changes: str) -> dict[str, str]:
    """All that is asked of an applicant."""
    return {
        Field.NIK.value: nik(serial),
        Field.NAME.value: NAME,
        Field.BIRTH_DATE.value: BIRTH,
        Field.OCCUPATION.value: "ojek_online",
        Field.REGENCY.value: "3201",
        Field.DISTRICT.value: "320101",
        Field.PHONE.value: PHONE,
        **changes,
    }


def programme(session: Session, *, now: dt.datetime, quota: int = 0) -> int:
    """An open programme of 2026; its id."""
    values = {
        "name": "Perlindungan Pekerja Rentan",
        "agency": "Dinas Contoh",
        "decree": "SK 900/2026",
        "contact": "0251-000000",
        "retention": "5 tahun",
        "year": 2026,
        "quota": quota,
        "regencies": "",
        "test": True,
        "open": True,
        "created_at": now,
    }
    return insert_returning(session, PROGRAMME, values)


def officer(session: Session, *, now: dt.datetime, area: str = "32", name: str = "Bu Ratna Contoh") -> Officer:
    """An officer who is enrolled and writes on Telegram."""
    officer_id, code = officers.invite(session, name=name, role="verifier", area=area, now=now)
    talk = add_address(session, "telegram", f"officer {officer_id}", now=now).conversation_id
    enrolled = officers.enrol(session, code, conversation_id=talk, now=now)
    assert enrolled is not None
    assert enrolled.id == officer_id
    session.expunge(enrolled)
    return enrolled


def draft(
    session: Session,
    programme_id: int,
    *,
    now: dt.datetime,
    serial: int = 9001,
    actor: actors.Actor | None = None,
    **changes: str,
) -> int:
    """A draft with all its answers, in a talk of its own on Telegram; its id."""
    talk = add_address(session, "telegram", f"worker {serial} {programme_id}", now=now).conversation_id
    who = actor or actors.worker(talk)
    draft_id = drafts.start_draft(session, programme_id=programme_id, year=2026, conversation_id=talk, actor=who, now=now)
    drafts.save_answers(session, draft_id, answers(serial, **changes), actor=who, now=now)
    return draft_id


def submitted(session: Session, programme_id: int, *, now: dt.datetime, serial: int = 9001, **changes: Any) -> str:
    """A submitted application; its number."""
    actor = changes.get("actor") or actors.system("test")
    draft_id = draft(session, programme_id, now=now, serial=serial, **changes)
    moved = submission.submit(session, draft_id, actor=actor, now=now)
    assert isinstance(moved, Moved), moved
    return moved.number


def row_of(session: Session, number: str) -> Any:
    """The application's row."""
    row = find_by_number(session, number)
    assert row is not None
    return row
