"""Walking through the whole conversation: from the greeting, everything a person may answer, until nothing new is found.

What the walk finds are the ways between the steps as `advance` really goes them. The register is played by the smallest
answers that a register can give; the walk knows no step by name except where somebody outside the talk must move it.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from bot.channels.port import Capabilities
from bot.flow.advance import Event, advance
from bot.flow.confirming import RESTART
from bot.flow.conversation import Agency, Conversation, Draft, PhotoState
from bot.flow.operations import contract as op
from bot.flow.operations import family, people, rights
from bot.flow.operations import worker as worker_op
from bot.flow.registration.order import CONFIRMATIONS, DONE, HANDOVER, IDENTITY, LINK, OBJECT, OBJECT_SURE, START, STEP_OF
from bot.flow.talk import CHANGE, TODO
from bot.messages import ChannelName, Choice, Chosen, Photo, Text
from models.catalogue.fields import Field
from models.catalogue.statuses import Status

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
NUMBER = "2604-8215"
CARD = {"nik": "1271035708859001", "name": "SITI AMINAH", "birth_place": "MEDAN", "birth_date": "1985-08-17", "sex": "P"}
CHAT = Capabilities(
    text_max=4096, buttons_max=12, button_label_max=40, list_rows_max=0, row_label_max=0, row_description_max=0,
    identity_in_chat=True, can_ask_phone=True, can_send_photo=True, can_send_document=True, can_link=True, window_hours=0,
)  # fmt: skip
LINKED = replace(CHAT, identity_in_chat=False)
AGENCY = Agency("A", "P", "D", "0800-000-0000", "5 tahun", "1", regencies=("1271", "1207", "1209"))

#: What people may answer, how it is called beside an arrow, and at which steps it is an answer.
ANSWERS: tuple[tuple[str, Event, frozenset[str]], ...] = (
    ("NIK", Text(CARD["nik"]), IDENTITY),
    ("NIK of a child", Text("1271031708129002"), IDENTITY),
    ("another NIK", Text("1271035708859003"), IDENTITY),
    ("photo", Photo("photo"), IDENTITY | {OBJECT, OBJECT_SURE}),
    ("name", Text("SITI AMINAH LUBIS"), frozenset({STEP_OF[Field.NAME]})),
    ("place of birth", Text("Binjai"), frozenset({STEP_OF[Field.BIRTH_PLACE]})),
    ("date of birth", Text("18-08-1985"), frozenset({STEP_OF[Field.BIRTH_DATE]})),
    ("sex", Text("perempuan"), frozenset({STEP_OF[Field.SEX]})),
    ("occupation", Text("nelayan"), frozenset({STEP_OF[Field.OCCUPATION]})),
    ("kabupaten or kota", Text("Kabupaten Asahan"), frozenset({STEP_OF[Field.REGENCY]})),
    ("both places", Text("Medan Belawan"), frozenset({STEP_OF[Field.REGENCY]})),
    ("kecamatan", Text("Meranti"), frozenset({STEP_OF[Field.DISTRICT]})),
    ("number", Text("081234567890"), frozenset({STEP_OF[Field.PHONE]})),
    ("reasons", Text("Saya bekerja di Medan Marelan, bukan di luar kota"), frozenset({OBJECT})),
)
VERDICTS: tuple[tuple[str, worker_op.PhotoRead], ...] = (
    ("read", worker_op.PhotoRead(accepted=True, cause="", read=CARD)),
    ("read, differs", worker_op.PhotoRead(accepted=True, cause="", read={**CARD, "nik": "1271035708859005"})),
    ("not readable", worker_op.PhotoRead(accepted=False, cause="blurred", read={})),
)
ALIKE_MAX = 2
"""So many of a list of places or occupations are tried."""
ASIDE = CONFIRMATIONS | {HANDOVER}
"""Steps that a person comes back from to where they stood."""
WORDS = (
    "batal",
    "mulai dari awal",
    "hapus",
    "tarik persetujuan",
    "perbaiki",
    "bahasa",
    "orang lain",
    "sanggah",
    "petugas",
    "daftar",
)
"""Words that count everywhere and lead away from the question."""


@dataclass(frozen=True, slots=True)
class Way:
    """One arrow: from a step to a step, by what."""

    source: str
    target: str
    by: str | Choice


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk stands: the talk, the buttons shown last, and the status of what was submitted before."""

    talk: Conversation
    shown: tuple[Choice, ...] = ()
    past: Status | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Places that need not be walked through twice are the same here."""
        talk, draft = self.talk, self.talk.draft
        record: tuple[object, ...] = (talk.known, self.past)
        if draft is not None:
            tries = min(draft.attempts, 3) if talk.step in IDENTITY else 0
            record = (draft.status, draft.photo, tries, bool(draft.read), draft.returned, *_given(draft))
        pending = tuple(talk.pending.get(name, "") for name in (CHANGE, TODO, RESTART))
        if talk.step in ASIDE:  # from where a person came makes no difference there
            return (talk.step, draft is None, self.past, pending)
        return (talk.step, talk.away, talk.capabilities.identity_in_chat, record, pending)


def _given(draft: Draft) -> tuple[bool, ...]:
    """How far the answers go, as the order of the questions sees it."""
    return tuple(bool(draft.answers.get(name)) for name in (Field.NIK, Field.NAME, Field.OCCUPATION, Field.PHONE))


@dataclass(slots=True)
class _Walk:
    ways: dict[Way, None] = field(default_factory=dict)
    seen: set[tuple[object, ...]] = field(default_factory=set)
    said: set[tuple[object, ...]] = field(default_factory=set)
    ahead: deque[_Place] = field(default_factory=deque)

    def go(self) -> None:
        """Everything that can be reached has been."""
        while self.ahead:
            place = self.ahead.popleft()
            for by, before, event in (*_possible(place), *self._words(place)):
                for after in _after(before, event):
                    self._note(place, after, by)

    def _words(self, place: _Place) -> Iterator[tuple[str, _Place, Event]]:
        """Words that count everywhere, tried once at each step."""
        key = (place.talk.step, place.talk.draft is None, place.past)
        if place.talk.step and key not in self.said:
            self.said.add(key)
            yield from ((f"“{word}”", place, Text(word)) for word in WORDS)

    def arrive(self, place: _Place) -> None:
        """A place to go on from, unless it is known."""
        if place.key not in self.seen:
            self.seen.add(place.key)
            self.ahead.append(place)

    def _note(self, before: _Place, after: _Place, by: str | Choice) -> None:
        source, target = before.talk.step or START, after.talk.step
        if source != target:
            self.ways.setdefault(Way(source, target, by))
        self.arrive(after)


@cache
def explore() -> tuple[Way, ...]:
    """All ways between the steps, in the order in which a first conversation finds them."""
    walk = _Walk()
    for capabilities in (CHAT, LINKED):
        walk.arrive(_Place(Conversation("", ChannelName.TELEGRAM, capabilities, AGENCY)))
    walk.go()
    return tuple(walk.ways)


def _possible(place: _Place) -> Iterator[tuple[str | Choice, _Place, Event]]:
    """(what it is called, the place as the event finds it, the event): everything that may come in here."""
    talk = place.talk
    if talk.step in {"", START}:
        yield "first message", place, Text("halo")
        return
    literal = [choice for choice in place.shown if not choice.key]  # a place, an occupation: all lead the same way
    shown = [choice for choice in place.shown if choice.key or choice in literal[:ALIKE_MAX]]
    yield from ((choice, place, Chosen(choice.id)) for choice in shown)
    yield from ((name, place, event) for name, event, steps in ANSWERS if talk.step in steps)
    if talk.draft is not None and talk.draft.photo is PhotoState.READING:
        yield from ((name, _with_verdict(place, talk.draft, verdict), verdict) for name, verdict in VERDICTS)
    if talk.step == LINK:
        web = replace(talk, away=True, channel=ChannelName.WEB)
        yield "opens the link", replace(place, talk=web), Text("mulai")
    if talk.step == HANDOVER:
        yield "the officer is done", place, people.HandoverEnded(1, "officer")
    yield from _decisions(place)


def _with_verdict(place: _Place, draft: Draft, verdict: worker_op.PhotoRead) -> _Place:
    """The record as the register writes it before the verdict is told."""
    state = PhotoState.READ if verdict.accepted else PhotoState.NONE
    return replace(place, talk=replace(place.talk, draft=replace(draft, photo=state, read=verdict.read)))


def _decisions(place: _Place) -> Iterator[tuple[str, _Place, Event]]:
    """What an officer decides while nothing is being filled in, seen when the person writes next."""
    talk = place.talk
    if talk.step != DONE or place.past is not Status.SUBMITTED or talk.draft is not None:
        return
    for fields in _SENT_BACK:
        draft = Draft(Status.RETURNED, NUMBER, {**CARD, **_REST}, CARD, PhotoState.READ, returned=fields)
        yield f"sent back for {fields[0].replace('_', ' ')}", replace(place, talk=replace(talk, draft=draft)), Text("mulai")
    yield "“sanggah” after a refusal", replace(place, past=Status.REFUSED), Text("sanggah")


def _after(place: _Place, event: Event) -> Iterator[_Place]:
    """Where the event leads, for each answer that the register may give."""
    turn = advance(place.talk, event, NOW)
    shown = tuple(choice for reply in turn.replies for choice in reply.choices)
    place = _Place(replace(place.talk, step=turn.step, pending=turn.pending), shown or place.shown, place.past)
    results: tuple[op.Result, ...] = ()
    for operation in turn.operations:
        place, results = _carried_out(place, operation)
    if not results:
        yield place
    for result in results:
        yield from _after(_told(place, result), result)


def _carried_out(place: _Place, operation: op.Operation) -> tuple[_Place, tuple[op.Result, ...]]:
    """The record after the operation, and the answers that the register may give."""
    draft = place.talk.draft
    match operation:
        case worker_op.GiveConsent():
            draft = Draft(Status.DRAFT)
        case worker_op.SaveAnswers(values) if draft is not None:
            merged = {name: value for name, value in {**draft.answers, **values}.items() if value}
            draft = replace(draft, answers=merged)
        case worker_op.ReadPhoto() if draft is not None:
            draft = replace(draft, photo=PhotoState.READING, attempts=draft.attempts + 1)
        case worker_op.KeepPhoto() if draft is not None:
            draft = replace(draft, photo=PhotoState.MANUAL)
        case worker_op.DropDraft() | family.SetAside():
            draft = None
        case _:
            pass
    answer = _RESULTS.get(type(operation), _none)
    return replace(place, talk=replace(place.talk, draft=draft)), answer(place)


def _told(place: _Place, result: op.Result) -> _Place:
    """The record as it stands when the register gives this answer."""
    match result:
        case worker_op.Submitted():
            return replace(place, talk=replace(place.talk, draft=None, known=True), past=Status.SUBMITTED)
        case worker_op.Withdrawn():
            return replace(place, talk=replace(place.talk, draft=None), past=Status.WITHDRAWN)
        case worker_op.Deleted() | rights.ConsentWithdrawn():
            return replace(place, talk=replace(place.talk, draft=None, known=False), past=None)
        case people.ObjectionFiled():
            return replace(place, past=Status.SUBMITTED)
        case _:
            return place


def _none(_place: _Place) -> tuple[op.Result, ...]:
    return ()


def _applications(place: _Place) -> tuple[op.Result, ...]:
    items = (worker_op.Standing(NUMBER, place.past, "SITI AMINAH", reason="other_region"),) if place.past else ()
    draft = place.talk.draft
    mine = (worker_op.Standing("", draft.status, "SITI AMINAH", id=1),) if draft is not None else ()
    return (worker_op.Applications((*mine, *items)),)


#: Fields that an officer asks for again, each group from its first on.
_SENT_BACK = (
    ("nik",), ("photo",), ("name", "birth_place", "birth_date", "sex"), ("occupation",), ("regency", "district"), ("phone",),
)  # fmt: skip
_REST: dict[str, str] = {
    Field.OCCUPATION: "nelayan",
    Field.REGENCY: "1209",
    Field.DISTRICT: "120918",
    Field.PHONE: "+6281234567890",
}
_RESULTS: Mapping[type[op.Operation], Callable[[_Place], tuple[op.Result, ...]]] = {
    worker_op.Submit: lambda _place: (worker_op.Submitted(NUMBER), op.Rejected("duplicate")),
    worker_op.ListApplications: _applications,
    worker_op.Withdraw: lambda _place: (worker_op.Withdrawn(NUMBER),),
    worker_op.CopyData: lambda _place: (worker_op.DataCopy("data-saya.json", "key"),),
    family.TakeUp: lambda _place: (family.TakenUp(),),
    rights.MakeMoveCode: lambda _place: (rights.MoveCodeMade("ABCD-2345", 30),),
    rights.WithdrawConsent: lambda _place: (rights.ConsentWithdrawn((), ()),),
    worker_op.DeleteData: lambda _place: (worker_op.Deleted((), ()),),
    worker_op.MakeLink: lambda _place: (worker_op.LinkMade("https://payung.example", 30),),
    worker_op.Enrol: lambda _place: (op.Rejected("code"),),
    people.CallPerson: lambda _place: (people.Called(1, told=1),),
    people.Relay: lambda _place: (people.Relayed("taken"),),
    people.FileObjection: lambda _place: (people.ObjectionFiled(NUMBER, "2026-12-06"),),
}
