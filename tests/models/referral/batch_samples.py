"""Saved batches of invented members, for the tests of what becomes of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session

from models.referral import batches
from models.referral.batches import Saved, Source
from models.referral.reading.review import Known, check_lines, judge, niks_of
from models.register.actors import Actor
from models.register.associations import ASSOCIATION
from models.register.referrals import ROW
from tests.conftest import START
from tests.models.referral import lists

CLI = Actor("cli")


def association(session: Session, name: str = "Pangkalan Contoh") -> int:
    """An association of Kabupaten Bogor; its id."""
    values = {"name": name, "kind": "ojek", "area": "3201", "created_at": START}
    return int(session.execute(insert(ASSOCIATION).values(**values).returning(ASSOCIATION.c.id)).scalar_one())


def batch(
    session: Session, association_id: int, members: list[list[Any]], *, area: str = "3201", now: dt.datetime = START
) -> int:
    """These members are saved as a batch; its id."""
    listing = lists.listing(*members)
    checked = list(check_lines(listing, today=now.date(), area=area))
    known = batches.find_known(session, niks_of(checked), association_id=association_id)
    assert isinstance(known, Known)
    saved = batches.save(session, judge(listing, checked, known), Source(association_id, "anggota.xlsx", CLI), now=now)
    assert isinstance(saved, Saved)
    assert saved.batch_id is not None
    return saved.batch_id


def rows(session: Session, batch_id: int) -> list[Any]:
    """The batch's rows, in the order of the list."""
    return list(session.execute(select(ROW).where(ROW.c.batch_id == batch_id).order_by(ROW.c.line)).all())
