"""The head of an association at every step, and everything that the register may answer to one."""

from __future__ import annotations

from dataclasses import replace

from bot.flow.conversation import Conversation, HeadView
from bot.flow.head import photos as head_photos
from bot.flow.head.advance import advance_head
from bot.flow.head.buttons import CONTACT, HOME, LIST, MINE, MISSING, ONE, PHOTOS, REASON, SURE, WAIT, WORDS
from bot.flow.operations.contact import ContactsBegun, ContactsCounted
from bot.flow.operations.contract import Operation, Result
from bot.flow.operations.head import (
    Batch,
    Batches,
    BatchWithdrawn,
    ListRead,
    ListSaved,
    ListTaken,
    MemberInvited,
    MembersReminded,
    MissingMember,
    MissingMembers,
    PhotoSeen,
    PhotosRead,
    TemplateMade,
)
from bot.messages import Content
from bot.rendering import render
from models.referral.reading.problems import FileProblem
from ocr.verdict import Cause
from tests.bot.flow.officer.samples import NOW, TEXTS, WHATSAPP, a_conversation

KEY = "0" * 31 + "a"
PENDING = {
    LIST: {"key": KEY, "count": "9"},
    PHOTOS: {"round": "18c0"},
    MISSING: {"next": "17"},
    CONTACT: {"until": "17"},
    ONE: {"shown": "17\tS.C.\t9001\n18\tB.\t9002", "after": "0"},
    MINE: {"batches": "4 3"},
    REASON: {"batch": "4"},
    WORDS: {"batch": "4"},
    SURE: {"batch": "4", "reason": "own", "words": "bukan daftar kami"},
    HOME: {},
    WAIT: {},
    "": {},
}
RESTING = sorted(set(PENDING) - {WAIT})
COUNTS = {"ready": 9, "repair": 2, "registered": 1, "listed": 0}
RESULTS: tuple[Result, ...] = (
    TemplateMade("daftar.xlsx", "sheet/1"),
    ListRead(KEY, COUNTS, ("perbaikan.xlsx", "sheet/2"), reasons=(("nik_short", 2),)),
    ListRead(KEY, {**COUNTS, "ready": 25_000}, None, 12_000),
    ListRead(KEY, {**COUNTS, "ready": 0, "listed": 3}, ("perbaikan.xlsx", "sheet/2"), reasons=(("nik_short", 2),)),
    *(ListRead(error=code.value, params={"most": "25.000", "row": "1.048.576"}) for code in FileProblem),
    *(ListRead(error=code) for code in ("gone", "closed", "lost")),
    *(ListTaken(state) for state in ("fresh", "taken", "dropped")),
    ListSaved(18_789),
    ListSaved(18_789, can_contact=True),
    ListSaved(0),
    *(ListSaved(0, code) for code in ("gone", "closed", "lost", "unpacked_too_big")),
    Batches(()),
    Batches(tuple(Batch(at, "2026-11-22", 12, 9, 3, 1, 0, is_withdrawn=at == 2) for at in range(12, 0, -1))),
    MissingMembers((), 0),
    MissingMembers((MissingMember("S.C.", "9001", "2026-11-20"),) * 10, 412, 17),
    MissingMembers((MissingMember("S.C.", "9001", "2026-11-20"),) * 10, 412, 17, 371, 12, can_contact=True),
    *(ContactsCounted(ready, 20, 3, 17, can=can) for ready in (0, 371) for can in (True, False)),
    *(ContactsBegun(count, can=can) for count in (0, 371) for can in (True, False)),
    *(MembersReminded(3, 400, why) for why in ("", "already", "nobody")),
    MemberInvited("S.C.", "9001"),
    MemberInvited("S.C.", "9001", "\n".join([f"WhatsApp: https://wa.me/{'6' * 100}"] * 3), "qr/1"),
    BatchWithdrawn(12, 0),
    BatchWithdrawn(12, 3),
    PhotosRead(),
    PhotosRead(
        tuple(PhotoSeen(at, "", "new", "S.C.", "9001") for at in range(1, 14))
        + tuple(PhotoSeen(at, "foto.jpg", "unread", cause=cause.value) for at, cause in enumerate(Cause, start=14))
        + tuple(PhotoSeen(at, "", one) for at, one in enumerate(("registered", "elsewhere", "repeated"), start=40))
        + (PhotoSeen(50, "", "unread", cause="no_nik"), PhotoSeen(51, "", "unread", cause="too_many"))
    ),
    *(PhotosRead(error=code, params={"most": "200"}) for code in (*sorted(head_photos._ERRORS), "nobody knows")),
)


def a_head(step: str = HOME, **changes: object) -> Conversation:
    base = replace(
        a_conversation(officer=False), head=HeadView(7, "Pangkalan Contoh"), step=step, pending=PENDING.get(step, {})
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of a conversation


def told(conversation: Conversation, event: Content | Result) -> str:
    """The words of the answer, rendered for the narrowest messenger."""
    turn = advance_head(conversation, event, NOW)
    assert turn is not None
    return "\n".join(render(reply, WHATSAPP, TEXTS, language="id").text for reply in turn.replies)


def asked(conversation: Conversation, event: Content) -> list[Operation]:
    turn = advance_head(conversation, event, NOW)
    return [] if turn is None else list(turn.operations)
