"""A register held in memory: it carries out every operation of a worker the way the real shell must."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.flow.conversation import Draft, PhotoState
from bot.flow.operations.contract import Operation, Rejected, Result
from bot.flow.operations.family import SetAside, TakenUp, TakeUp
from bot.flow.operations.invited import LookUpRead
from bot.flow.operations.people import Called, CallPerson, EndHandover, FileObjection, ObjectionFiled, Relay, Relayed
from bot.flow.operations.rights import ConsentWithdrawn, MakeMoveCode, MoveCodeMade, NoteRight, SetLanguage, WithdrawConsent
from bot.flow.operations.worker import (
    Applications,
    CopyData,
    DataCopy,
    Deleted,
    DeleteData,
    DropDraft,
    Enrol,
    Enrolled,
    GiveConsent,
    KeepPhoto,
    LinkMade,
    ListApplications,
    MakeLink,
    PhotoRead,
    ReadPhoto,
    SaveAnswers,
    SetStopped,
    Standing,
    Submit,
    Submitted,
    Withdraw,
    Withdrawn,
)
from models.catalogue.fields import Field
from models.catalogue.statuses import ACTIVE, Status


@dataclass
class Application:
    """One row of the fake register."""

    draft: Draft
    reason: str = ""
    kpj: str = ""
    id: int = field(default_factory=itertools.count(1).__next__)


@dataclass
class Register:
    """What the fake register knows of one person, and of the niks that others hold."""

    current: Application | None = None
    past: list[Application] = field(default_factory=list)
    aside: list[Application] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    closed: bool = False
    stopped: bool = False
    language: str = "id"
    called: list[str] = field(default_factory=list)
    officers: int = 1
    handover: str = ""
    objected: dict[str, str] = field(default_factory=dict)
    deleted: int = 0
    consents: list[GiveConsent] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    enrolled: bool = False
    code: str = "ABCD-2345"
    numbers: list[str] = field(default_factory=lambda: ["9001-0014", "9002-0013", "9003-0012", "9004-0011"][::-1])
    operations: list[Operation] = field(default_factory=list)

    def carry_out(self, operation: Operation) -> Result | None:
        self.operations.append(operation)
        match operation:
            case Submit():
                return self._submit()
            case ListApplications():
                return Applications(tuple(_standing(row, self.objected) for row in self._rows()))
            case Withdraw(number):
                return self._withdraw(number)
            case DeleteData():
                return self._delete()
            case TakeUp() | WithdrawConsent() | CopyData() | MakeMoveCode():
                return self._by_right(operation)
            case MakeLink():
                return LinkMade("https://contoh.example/l/abc", 30)
            case FileObjection() | CallPerson() | Relay() | Enrol():
                return self._meet(operation)
            case _:
                self._change(operation)
                return None

    def _change(self, operation: Operation) -> None:
        match operation:
            case GiveConsent():
                self.consents.append(operation)
                self.current = Application(Draft(Status.DRAFT, for_other=operation.for_other))
            case NoteRight() | SetLanguage() | SetAside() | SetStopped() | LookUpRead():
                self._of_rights(operation)
            case EndHandover():
                self.handover = ""
            case SaveAnswers(values):
                answers = {**self._draft.answers, **values}
                self._put(answers={str(name): value for name, value in answers.items() if value})
            case ReadPhoto(ref):
                self.photos.append(ref)
                self._put(photo=PhotoState.READING, attempts=self._draft.attempts + 1)
            case KeepPhoto():
                self._put(photo=PhotoState.MANUAL)
            case DropDraft():
                self._drop()
            case _:
                raise AssertionError(operation)

    def _meet(self, operation: CallPerson | Relay | FileObjection | Enrol) -> Result:
        if isinstance(operation, Enrol):
            return self._enrol(operation.code)
        if isinstance(operation, FileObjection):
            return self._object(operation.number)
        self.called.append(operation.text)
        if isinstance(operation, Relay):
            return Relayed(self.handover or "none")
        self.handover = self.handover or "waiting"
        return Called(7, told=self.officers, taken=self.handover == "taken")

    def _object(self, number: str) -> Result:
        if number in self.objected:
            return Rejected("objected")
        for row in self.past:
            if row.draft.number == number and row.draft.status is Status.REFUSED:
                row.draft = replace(row.draft, status=Status.SUBMITTED)
                self.objected[number] = "2026-12-06"
                return ObjectionFiled(number, "2026-12-06")
        return Rejected("not_refused")

    @property
    def _draft(self) -> Draft:
        assert self.current is not None, "an operation on a draft that is not there"
        return self.current.draft

    def _put(self, **changes: object) -> None:
        assert self.current is not None
        self.current.draft = replace(self.current.draft, **changes)  # type: ignore[arg-type]  # changes are Draft's own fields

    def read(self, verdict: PhotoRead) -> None:
        """The job has put its verdict into the draft, as the real one does before the flow hears of it."""
        if self.current is not None and self._draft.photo is PhotoState.READING:
            if verdict.accepted:
                self._put(photo=PhotoState.READ, read=dict(verdict.read))
            else:
                self._put(photo=PhotoState.NONE)

    def decide(self, status: Status, *, reason: str = "", fields: tuple[str, ...] = (), kpj: str = "") -> None:
        """An officer, or BPJS, has moved the newest application."""
        row = self.past[-1]
        row.draft = replace(row.draft, status=status, returned=fields, return_reason=reason)
        row.reason, row.kpj = reason, kpj
        if status is Status.RETURNED:
            self.current = self.past.pop()

    def _submit(self) -> Result:
        draft = self._draft
        nik = draft.answers.get(Field.NIK, "")
        if self.closed:
            return Rejected("closed")
        if nik in self.taken or any(
            row.draft.answers.get(Field.NIK) == nik for row in self.past if row.draft.status in ACTIVE
        ):
            return Rejected("duplicate")
        if any(
            name not in draft.answers for name in ("nik", "name", "birth_date", "occupation", "regency", "district", "phone")
        ):
            return Rejected("incomplete")
        again = draft.status is Status.RETURNED
        number = draft.number or self.numbers.pop()
        assert self.current is not None
        self.current.draft = replace(draft, status=Status.SUBMITTED, number=number, returned=())
        self.past.append(self.current)
        self.current = None
        return Submitted(number, again=again)

    def _drop(self) -> None:
        assert self.current is not None
        if self.current.draft.status is Status.RETURNED:
            self._put(status=Status.WITHDRAWN)
            self.past.append(self.current)
        self.current = None

    def _withdraw(self, number: str) -> Result:
        for row in self._rows():
            if row.draft.number == number and row.draft.status in ACTIVE and row.draft.status is not Status.ISSUED:
                row.draft = replace(row.draft, status=Status.WITHDRAWN)
                if row is self.current:
                    self.past.append(row)
                    self.current = None
                return Withdrawn(number)
        return Rejected("status")

    def _of_rights(self, operation: NoteRight | SetLanguage | SetAside | SetStopped | LookUpRead) -> None:
        match operation:
            case SetStopped(stopped):
                self.stopped = stopped
            case SetLanguage(code):
                self.language = code
            case SetAside():
                assert self.current is not None
                self.aside.append(self.current)
                self.current = None
            case NoteRight() | LookUpRead():
                pass  # nobody is on a list here

    def _by_right(self, operation: TakeUp | WithdrawConsent | CopyData | MakeMoveCode) -> Result:
        if isinstance(operation, MakeMoveCode):
            return MoveCodeMade(self.code, 30)
        if isinstance(operation, CopyData):
            return DataCopy("data-saya.json", "copies/1", ("data-saya.pdf", "copies/2"))
        if isinstance(operation, WithdrawConsent):
            gone = self._delete()
            return ConsentWithdrawn(gone.deleted, gone.kept)
        wanted = [row for row in self._unfinished() if row.id == operation.application]
        self.aside = [row for row in self._unfinished() if row not in wanted]
        self.current = wanted[0] if wanted else None
        return TakenUp(self._draft.answers.get(Field.NAME, ""))

    def _unfinished(self) -> list[Application]:
        return [*([self.current] if self.current else []), *self.aside]

    def _delete(self) -> Deleted:
        self.deleted += 1
        kept = [row for row in self.past if row.draft.status in {Status.APPROVED, Status.CARD_REFUSED, Status.ISSUED}]
        gone = tuple(row.draft.number for row in self.past if row not in kept)
        self.past, self.current, self.aside = kept, None, []
        return Deleted(gone, tuple(row.draft.number for row in kept))

    def _enrol(self, code: str) -> Result:
        if code != self.code:
            return Rejected("code")
        self.enrolled = True
        return Enrolled("Ibu Ratna", "verifier", "1271")

    def _rows(self) -> list[Application]:
        return [*self._unfinished(), *reversed(self.past)]


def _standing(row: Application, objected: Mapping[str, str]) -> Standing:
    draft = row.draft
    return Standing(
        number=draft.number,
        status=draft.status,
        name=draft.answers.get(Field.NAME, ""),
        submitted_on="2026-11-22" if draft.number else "",
        reason=row.reason,
        kpj=row.kpj,
        id=row.id,
        objection_due=objected.get(draft.number, "") if draft.status is Status.SUBMITTED else "",
    )
