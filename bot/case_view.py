"""How a case looks to an officer: values in words, numbers masked, what was typed beside what was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from bot.flow.operations import officer as officer_op
from bot.flow.operations import worker as worker_op
from bot.flow.operations.people import Objected
from models.catalogue.fields import Field
from models.catalogue.masks import mask_tail
from models.catalogue.nik import Nik, parse_nik
from models.catalogue.occupations import get_occupation
from models.catalogue.regions import region_name
from models.catalogue.statuses import Status
from models.referral import invitations
from models.register import applications, cases, objections, photos
from models.register.actors import officer as officer_actor
from models.register.flags import differences
from models.register.officers import Officer

WIB = dt.timezone(dt.timedelta(hours=7), "WIB")  # the day of an office in Jakarta, for every officer and worker


def day_of(instant: dt.datetime) -> dt.date:
    """The day it was in western Indonesia at this instant."""
    return instant.astimezone(WIB).date()


def sent_on(row: Any) -> str:
    """The day on which the application was sent, the last time when it was sent again; "" when it has not been."""
    sent = row.sent_again_at or row.submitted_at
    return day_of(sent).isoformat() if sent else ""


def case_of(session: Session, row: Any, officer: Officer, *, now: dt.datetime) -> officer_op.Case:
    """The case as this officer sees it."""
    answers, read = applications.answers_of(session, row), applications.read_of(session, row)
    held = row.held_by == officer.id and row.held_until is not None and row.held_until > now
    hands = {row.entered_by, row.referred_by, row.last_edited_by}
    objected = _objected(session, row, officer)
    is_barred = objected is not None and objected.barred
    return officer_op.Case(
        number=row.number or "",
        status=Status(row.status),
        typed=in_words(answers),
        read=in_words(read),
        differences=differences(answers, read),
        age=_age(answers, day_of(now)),
        flags=tuple(flag for flag in row.flags.split(",") if flag),
        duplicates=_duplicates(session, row),
        photo=row.photo_key,
        held_minutes=-((now - row.held_until) // dt.timedelta(minutes=1)) if held else 0,
        decidable=held and row.status == Status.SUBMITTED.value and officer.id not in hands and not is_barred,
        submitted_on=sent_on(row),
        waiting=cases.count_by_status(session, officer.area).get(Status.SUBMITTED.value, 0),
        objection=objected,
        association=invitations.association_of(session, row),
    )


def _duplicates(session: Session, row: Any) -> tuple[str, ...]:
    """Numbers of cases with the same photo under another NIK, then of those that look alike in words."""
    same = photos.twin_numbers(session, row.id) if photos.SAME_PHOTO in row.flags.split(",") else ()
    return tuple(dict.fromkeys((*same, *cases.look_alikes(session, row))))


def _objected(session: Session, row: Any, officer: Officer) -> Objected | None:
    found = objections.find_open(session, row.id) if row.status == Status.SUBMITTED.value else None
    if found is None or officer.id is None:
        return None
    return Objected(
        reason=found.reason,
        words=objections.words_of(session, found),
        photo=found.photo_key,
        due=day_of(found.due_at).isoformat(),
        barred=objections.is_barred(session, row, officer_actor(officer.id)),
    )


def found_of(session: Session, row: Any) -> worker_op.Standing:
    """A search result: initials, no number of the person."""
    name = applications.answers_of(session, row).get(Field.NAME, "")
    return worker_op.Standing(
        number=row.number or "",
        status=Status(row.status),
        name="".join(f"{word[0]}." for word in name.split()),
        submitted_on=sent_on(row),
        decided_on=day_of(row.decided_at).isoformat() if row.decided_at else "",
    )


def in_words(values: Mapping[str, str]) -> dict[str, str]:
    """Field values as a person reads them: codes as names, dates as day-month-year, NIK and phone masked."""
    return {field: _word(field, value) for field, value in values.items() if value}


def _word(field: str, value: str) -> str:
    match field:
        case Field.NIK | Field.PHONE:
            return mask_tail(value)
        case Field.BIRTH_DATE:
            return dt.date.fromisoformat(value).strftime("%d-%m-%Y")
        case Field.OCCUPATION:
            return get_occupation(value).name
        case Field.SEX:
            return {"L": "LAKI-LAKI", "P": "PEREMPUAN"}.get(value, value)  # the card's own words
        case Field.REGENCY | Field.DISTRICT:
            return region_name(value) or value
        case _:
            return value


def _age(answers: Mapping[str, str], today: dt.date) -> int | None:
    if answers.get(Field.BIRTH_DATE):
        born = dt.date.fromisoformat(answers[Field.BIRTH_DATE])
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    nik = parse_nik(answers.get(Field.NIK, ""))
    return nik.age(today) if isinstance(nik, Nik) else None
