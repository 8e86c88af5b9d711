"""Associations of workers (ojek base, market traders, fishers) that may refer their members."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Field

from models.ground.base import Base, BigKey, UtcDateTime, table_of


class Association(Base, table=True):
    """One association; its name is public, its members are not."""

    __tablename__ = "association"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    name: str = Field(max_length=120, unique=True)
    kind: str = Field(max_length=40)
    area: str = Field(max_length=6)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)


ASSOCIATION = table_of(Association)
