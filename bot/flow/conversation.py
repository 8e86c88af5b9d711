"""What the flow knows when a message comes in: the talk, the draft it is about, and who is talking.

A snapshot, frozen: the shell (`bot.service`) builds it from the database, `advance` reads it and gives back a `Turn`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.channels.port import Capabilities
from bot.messages import NOTHING, ChannelName
from models.catalogue.statuses import Status


class PhotoState(StrEnum):
    """How far the KTP photo of a draft is."""

    NONE = "none"
    READING = "reading"  # a job is at it; its verdict will come as `PhotoRead`
    READ = "read"  # accepted by the machine
    MANUAL = "manual"  # kept as it is, marked for an officer's eyes


@dataclass(frozen=True, slots=True)
class Agency:
    """Who runs this: shown in greeting and privacy notice.

    Attributes:
        name: the office, such as "Dinas Tenaga Kerja Kota Contoh".
        programme: the programme's name.
        decree: number and date of the decree it stands on.
        contact: telephone or address of a person to turn to.
        retention: how long data are kept, in words of the locale's language, such as "5 tahun".
        privacy_version: version of the privacy notice in force.
        regencies: codes of the kabupaten/kota the programme serves; empty = all.
        test: True in the demo, which says so.
    """

    name: str
    programme: str
    decree: str
    contact: str
    retention: str
    privacy_version: str
    regencies: tuple[str, ...] = ()
    test: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """The application this talk is about: not submitted yet (DRAFT) or given back for correction (RETURNED).

    Attributes:
        number: registration number, "" before the first submission.
        answers: what the worker typed or confirmed, by `models.catalogue.fields.Field` value.
        read: what the machine read on the KTP, by the same names (nik, name, birth_place, birth_date, sex).
        photo: how far the photo is.
        attempts: photos tried so far.
        for_other: a helper fills it in for somebody else.
        returned: fields to correct (empty unless status is RETURNED).
        return_reason: the officer's reason code for the return.
        association: name of the association by whose invitation it was begun, or on whose list the NIK stands; "" for none.
    """

    status: Status
    number: str = ""
    answers: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)
    read: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)
    photo: PhotoState = PhotoState.NONE
    attempts: int = 0
    for_other: bool = False
    returned: tuple[str, ...] = ()
    return_reason: str = ""
    association: str = ""


@dataclass(frozen=True, slots=True)
class OfficerView:
    """The officer who is talking, if one is."""

    id: int
    role: str  # "verifier" | "supervisor"
    area: str  # regency code, or "" for all


@dataclass(frozen=True, slots=True)
class HeadView:
    """The association whose head is talking, if one is: its id and name."""

    id: int
    association: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """One talk, as it stands.

    Attributes:
        step: name of the pending question; unknown or "" is recomputed from the record.
        pending: small data of the pending question (candidates offered, field being changed …), strings only.
        channel: where this message came from.
        capabilities: what that channel can do.
        away: the person is in the web chat through a one-time link, and the talk's home is another channel.
        draft: the application being worked on; None when there is none. It exists only after consent.
        known: the person has applied before in this talk.
        stopped: the person said STOP; only answers to their own messages may be sent.
        phone: a number the channel vouches for (E.164), "" when it does not.
        officer: the officer who is talking, None for everybody else.
        head: the association whose head is talking, None for everybody else.
        aside: how many unfinished applications the talk has besides `draft`.
    """

    step: str
    channel: ChannelName
    capabilities: Capabilities
    agency: Agency
    pending: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)
    language: str = "id"
    away: bool = False
    draft: Draft | None = None
    known: bool = False
    stopped: bool = False
    phone: str = field(default="", repr=False)
    officer: OfficerView | None = None
    head: HeadView | None = None
    aside: int = 0
    last_inbound_at: dt.datetime | None = None
