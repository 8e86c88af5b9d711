"""Operations in which two people meet: a hand-over to an officer, and an objection to a refusal; and their results.

The same contract as `contract`, which lists them all: data only, nothing is carried out here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import ClassVar

# --- operations of a worker -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallPerson:
    """A hand-over is open at this step, beginning with these words, and officers of the area are told. Result: `Called`."""

    answers: ClassVar[bool] = True
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Relay:
    """The words stand in the open hand-over, and whoever has taken it is told them. Result: `Relayed`."""

    answers: ClassVar[bool] = True
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EndHandover:
    """The person goes on with the bot; the hand-over is closed and its officer told."""

    answers: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class FileObjection:
    """The refusal is objected to. Result: `ObjectionFiled` or `Rejected`.

    Rejections: "not_refused", "objected" (once before), "upheld" (it answers an objection), "duplicate", "not_found".

    Attributes:
        words: why, in the person's words; "" when there is only a photo.
        photo: the channel's reference of a photo, "" for none.
    """

    answers: ClassVar[bool] = True
    number: str
    words: str = field(default="", repr=False)
    photo: str = field(default="", repr=False)


# --- operations of an officer ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListHandovers:
    """Result: `Handovers`, those open in the officer's area."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class TakeHandover:
    """The hand-over is this officer's (0 = the one they have, else the oldest). Result: `HandoverShown` or `Rejected`."""

    answers: ClassVar[bool] = True
    handover: int


@dataclass(frozen=True, slots=True)
class AnswerPerson:
    """The officer's words go to the person. Result: `Answered` or `Rejected`."""

    answers: ClassVar[bool] = True
    handover: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GiveBack:
    """The person goes on with the bot where they stood. Result: `GivenBack` or `Rejected("talk_over")`."""

    answers: ClassVar[bool] = True
    handover: int


@dataclass(frozen=True, slots=True)
class ReleaseHandover:
    """The hand-over waits for another officer. Result: `GivenBack` with `released` or `Rejected("talk_over")`."""

    answers: ClassVar[bool] = True
    handover: int


PeopleOperation = (
    CallPerson
    | Relay
    | EndHandover
    | FileObjection
    | ListHandovers
    | TakeHandover
    | AnswerPerson
    | GiveBack
    | ReleaseHandover
)


# --- results --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Called:
    """The hand-over is open.

    Attributes:
        told: how many officers were told now or before; 0 = nobody can be told.
        taken: an officer has it already.
    """

    handover: int
    told: int
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Relayed:
    """What became of the person's words.

    Attributes:
        state: "waiting" for an officer, "taken" to one, "late" (it was just ended; the officer was told all the same), or
            "none" (nothing is open).
    """

    state: str


@dataclass(frozen=True, slots=True)
class HandoverTaken:
    """An officer is there for this person."""

    handover: int
    officer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HandoverWaits:
    """The person still waits: nobody was there in time ("late"), or the officer had to leave ("released")."""

    handover: int
    why: str


@dataclass(frozen=True, slots=True)
class HandoverEnded:
    """The hand-over is over: by the "officer", or by the "house" after a long silence."""

    handover: int
    by: str


@dataclass(frozen=True, slots=True)
class WaitingPerson:
    """One open hand-over in an officer's list.

    Attributes:
        label: registration number, or the person's name, or "" for somebody unknown.
        step: the step where the person stands.
        since: when it was opened.
        mine: this officer has it.
    """

    handover: int
    label: str = field(repr=False)
    step: str
    since: dt.datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class Handovers:
    """Open hand-overs, own first, then the oldest; `more` = there are others."""

    items: tuple[WaitingPerson, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said: by "worker", "officer" or "bot"."""

    who: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HandoverShown:
    """A hand-over as its officer sees it; long numbers masked.

    Attributes:
        fresh: the officer has just become its owner.
    """

    person: WaitingPerson
    lines: tuple[Line, ...] = field(repr=False)
    fresh: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """The words wait in the outbox for the person."""

    handover: int


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The hand-over is no longer this officer's."""

    handover: int
    released: bool = False


@dataclass(frozen=True, slots=True)
class ObjectionFiled:
    """The objection is on record; `due` = the day by which it is decided (ISO)."""

    number: str
    due: str


@dataclass(frozen=True, slots=True)
class Objected:
    """An open objection as an officer sees it beside the case.

    Attributes:
        reason: reason code of the refusal.
        words: why the person objects, "" when a photo says it.
        photo: the photo's key, "" for none.
        due: the day by which it is decided (ISO).
        barred: this officer refused, so another one decides.
    """

    reason: str
    words: str = field(repr=False)
    photo: str
    due: str
    barred: bool


PeopleResult = (
    Called
    | Relayed
    | HandoverTaken
    | HandoverWaits
    | HandoverEnded
    | Handovers
    | HandoverShown
    | Answered
    | GivenBack
    | ObjectionFiled
)
