"""Sample data of the demo: a programme, three associations, two officers, and 300 invented workers in every status.

Everybody here is fictional; NIK serial numbers start at 9000. The same seed gives the same people.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlmodel import Session

from models.catalogue.fields import Field
from models.catalogue.occupations import common
from models.catalogue.reasons import RefusalReason, ReturnReason
from models.catalogue.regions import districts_of
from models.catalogue.statuses import Status
from models.programme import admission
from models.programme.programmes import PROGRAMME
from models.register import applications, cards, cases, consents, drafts, submission
from models.register.actors import Actor, system
from models.register.actors import officer as officer_actor
from models.register.applications import Moved
from models.register.associations import ASSOCIATION
from models.register.flags import flags_for
from models.register.officers import OFFICER, invite

WORKERS = 300
REGENCY = "1271"  # Kota Medan
FIRST = "Adi Budi Citra Dewi Eka Fitri Gunawan Hendra Indah Joko Kartini Lestari Mulia Nurul Putra Rahmat Sari Taufik Wahyu"
LAST = "Contoh Harapan Jaya Makmur Nusantara Percobaan Rekaan Sejahtera Teladan Umpama"
#: How the workers are spread over the statuses, in percent.
SPREAD = ((Status.SUBMITTED, 22), (Status.RETURNED, 6), (Status.REFUSED, 6), (Status.APPROVED, 24), (Status.ISSUED, 42))


@dataclass(frozen=True, slots=True)
class Sample:
    """What was loaded: the two officers' ids and their one-time codes."""

    officers: tuple[tuple[int, str], ...]


def is_loaded(session: Session) -> bool:
    """Whether a programme is there already."""
    return session.execute(select(PROGRAMME.c.id).limit(1)).first() is not None


def load(session: Session, *, now: dt.datetime) -> Sample:
    """The sample data stand in an empty database."""
    session.execute(insert(PROGRAMME).values(**programme_of(now)))
    for name, kind in (
        ("Paguyuban Ojek Pangkalan Contoh", "ojek"),
        ("Persatuan Pedagang Pasar Rekaan", "pedagang"),
        ("Rukun Nelayan Teladan", "nelayan"),
    ):
        session.execute(insert(ASSOCIATION).values(name=name, kind=kind, area=REGENCY, created_at=now))
    enrolled = tuple(
        invite(session, name=name, role=role, area="", now=now)
        for name, role in (("Petugas Contoh Satu", "verifier"), ("Petugas Contoh Dua", "supervisor"))
    )
    dice = random.Random(2026)  # noqa: S311 - sample people, not secrets
    for index in range(WORKERS):
        _worker(session, dice, index, verifier=officer_actor(enrolled[0][0]), now=now)
    return Sample(enrolled)


def officer_ids(session: Session) -> list[int]:
    """The officers of the demo."""
    return [row[0] for row in session.execute(select(OFFICER.c.id).order_by(OFFICER.c.id).limit(2))]


def programme_of(now: dt.datetime) -> dict[str, object]:
    """The demo's programme."""
    return {
        "name": "Perlindungan Pekerja Rentan (contoh)",
        "agency": "Dinas Tenaga Kerja Kota Contoh",
        "decree": "SK Wali Kota Contoh No. 9/2026",
        "contact": "0800-000-9000 (contoh)",
        "retention": "5 tahun",
        "year": now.year,
        "quota": 2000,
        "regencies": "",
        "test": True,
        "open": True,
        "created_at": now,
    }


def _worker(session: Session, dice: random.Random, index: int, *, verifier: Actor, now: dt.datetime) -> None:
    made_at = now - dt.timedelta(hours=dice.randrange(1, 24 * 40))
    actor = system("sample")
    draft = admission.open_draft(session, conversation_id=None, actor=actor, now=made_at)
    if not isinstance(draft, int):
        return
    answers = _answers(dice, index, today=now.date())
    drafts.save_answers(session, draft, answers, actor=actor, now=made_at)
    consents.give(session, draft, conversation_id=None, version="contoh", text_hash="", channel="sample", now=made_at)
    flags = flags_for(answers, {}, photo_state="manual", for_other=False, today=now.date())
    moved = submission.submit(session, draft, actor=actor, flags=flags, now=made_at)
    if isinstance(moved, Moved):
        _decide(session, dice, moved.number, verifier=verifier, now=made_at + dt.timedelta(minutes=40))


def _decide(session: Session, dice: random.Random, number: str, *, verifier: Actor, now: dt.datetime) -> None:
    status = dice.choices([status for status, _ in SPREAD], [weight for _, weight in SPREAD])[0]
    match status:
        case Status.RETURNED:
            wrong = dice.choice(list(ReturnReason))
            fields = tuple(sorted(wrong.fields)) or (Field.PHOTO.value,)
            cases.decide(session, number, status, actor=verifier, reason=wrong.value, fields=fields, now=now)
        case Status.REFUSED:
            reason = dice.choice(list(RefusalReason)).value
            cases.decide(session, number, status, actor=verifier, reason=reason, now=now)
        case Status.APPROVED | Status.ISSUED:
            cases.decide(session, number, Status.APPROVED, actor=verifier, now=now)
            if status is Status.ISSUED:
                row = applications.find_by_number(session, number)
                kpj = "99" + "".join(str(dice.randrange(10)) for _ in range(9))
                cards.issue_card(session, row, kpj, issued_on=now.date(), actor=system("sample"), now=now)
        case _:
            return


def _answers(dice: random.Random, index: int, *, today: dt.date) -> dict[str, str]:
    woman = dice.random() < 0.5
    born = dt.date(today.year - dice.randrange(19, 63), dice.randrange(1, 13), dice.randrange(1, 29))
    day = born.day + (40 if woman else 0)
    district = dice.choice(districts_of(REGENCY)).code
    return {
        Field.NIK: f"{district}{day:02}{born:%m%y}{9000 + index:04}",
        Field.NAME: f"{dice.choice(FIRST.split())} {dice.choice(LAST.split())} {_letters(index)}".upper(),
        Field.BIRTH_DATE: born.isoformat(),
        Field.SEX: "P" if woman else "L",
        Field.OCCUPATION: dice.choice(common()).id,
        Field.REGENCY: REGENCY,
        Field.DISTRICT: district,
        Field.PHONE: f"+62800{9000000 + index}",
    }


def _letters(index: int) -> str:
    return chr(65 + index // 26 % 26) + chr(65 + index % 26)
