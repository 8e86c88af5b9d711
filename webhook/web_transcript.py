"""A talk of the web chat as a golden transcript, from what is kept for the browser, with fictional people in it.

It decides how the kept messages are read as a conversation. It can tell of the web chat only: of what somebody wrote on
Telegram or WhatsApp nothing is kept (`inbox` has keyed hashes, `outbox` the answers for fourteen days).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from bot.messages import Button, Message
from locales.texts import Texts
from models.delivery.conversations import ADDRESS, CONVERSATION
from models.delivery.web import messages_after
from models.ground.audit import Audited, record
from models.programme import programmes
from models.register.applications import APPLICATION, answers_of, find_by_number, read_of
from ocr.verdict import Cause
from webhook.anonymous import Disguise, disguise
from webhook.golden import Names, heard, span
from webhook.sample_data import programme_of

PAUSE = dt.timedelta(minutes=10)
#: The programme in which the stage plays a talk, unless it is the demo's (`tests/bot/stories/cast.py`; a test compares).
STAGED = {
    "name": "Payung Pekerja Kota Contoh",
    "agency": "Dinas Tenaga Kerja Kota Contoh",
    "decree": "SK Wali Kota Contoh No. 12 Tahun 2026",
    "contact": "0800-000-0000",
}


class NotKept(Exception):
    """There is nothing to tell; the message says why."""


@dataclass(frozen=True, slots=True)
class _Kept:
    at: dt.datetime
    body: Mapping[str, Any]

    @property
    def is_said(self) -> bool:
        return bool(self.body["side"] == "me")


def transcribe(session: Session, texts: Texts, *, number: str = "", conversation_id: int = 0, now: dt.datetime) -> str:
    """The whole file of one conversation, named by a registration number or by its id; the export is on the audit's record.

    Raises:
        NotKept: there is no such conversation, it is an officer's, or nothing of it is kept.
    """
    found = _conversation(session, number, conversation_id)
    rows = _messages(session, found)
    if not rows:
        raise NotKept("Nothing of this talk is kept: only what a browser shows is, for 60 days.")
    people = _people(session, found)
    mask = disguise(people, today=now.date())
    programme = programmes.current(session)
    is_demo = programme is not None and programme.name == programme_of(now)["name"]
    names = Names(lambda text: find_by_number(session, text) is not None, {} if is_demo else _particulars(programme))
    head = "# on: web\n# Told from what was kept, with fictional people in it. Read it before you keep it."
    parts = [head, *(["(programme of the demo)"] if is_demo else []), *_parts(rows, texts, mask, names)]
    text = "\n\n".join(parts) + "\n"
    what = Audited("cli", "conversation.export", f"conversation:{found}", "anonymised transcript")
    record(session, what, now=now)
    return text


def _conversation(session: Session, number: str, conversation_id: int) -> int:
    if number:
        row = find_by_number(session, number)
        conversation_id = row.conversation_id or 0 if row is not None else 0
    query = select(CONVERSATION.c.officer_id).where(CONVERSATION.c.id == conversation_id)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotKept("There is no such conversation.")
    if found.officer_id is not None:
        raise NotKept("This is an officer's talk: it tells of other people, and is not exported.")
    return conversation_id


def _messages(session: Session, conversation_id: int) -> list[_Kept]:
    """What the browsers of this conversation show, in the order of time."""
    mine = select(ADDRESS.c.id).where(ADDRESS.c.conversation_id == conversation_id, ADDRESS.c.channel == "web")
    rows = [
        (at, message_id, body)
        for address_id in session.execute(mine).scalars()
        for message_id, body, at in messages_after(session, address_id, 0, limit=100_000)
    ]
    return [_Kept(at, body) for at, _, body in sorted(rows, key=lambda row: row[:2])]


def _people(session: Session, conversation_id: int) -> list[dict[str, str]]:
    """What is known of everybody whom this talk registered."""
    query = select(APPLICATION).where(APPLICATION.c.conversation_id == conversation_id).order_by(APPLICATION.c.id)
    return [{**read_of(session, row), **answers_of(session, row)} for row in session.execute(query).all()]


def _particulars(programme: Any) -> Mapping[str, str]:
    """The programme's own words, and those of the stage's programme for them."""
    if programme is None:
        return {}
    return {real: staged for name, staged in STAGED.items() if (real := getattr(programme, name))}


def _parts(rows: Sequence[_Kept], texts: Texts, mask: Disguise, names: Names) -> Iterator[str]:
    clock = rows[0].at.replace(second=0, microsecond=0)
    yield f"(clock {clock:%Y-%m-%d %H:%M})"
    for said, answers in _turns(rows):
        drift = math.ceil((said.at - clock) / dt.timedelta(minutes=1))
        if said.at - clock >= PAUSE:
            yield f"(clock {span(dt.timedelta(minutes=drift))})"
            clock += dt.timedelta(minutes=drift)
        line = f"A > {names.said(mask.said(_words(said, answers, texts, mask)))}"
        lines = [line for answer in answers for line in heard("A", _message(answer))]
        yield "\n".join([line, *names.heard(map(mask.heard, lines))])


def _turns(rows: Sequence[_Kept]) -> Iterator[tuple[_Kept, list[_Kept]]]:
    """What was said, each with what was answered; the page's own first word, which nobody sees, is put in."""
    said, answers = _Kept(rows[0].at, {"side": "me", "text": "/start"}), list[_Kept]()
    if rows[0].is_said:
        said, rows = rows[0], rows[1:]
    for row in rows:
        if row.is_said:
            yield said, answers
            said, answers = row, []
        else:
            answers.append(row)
    yield said, answers


def _words(said: _Kept, answers: Sequence[_Kept], texts: Texts, mask: Disguise) -> str:
    text = str(said.body.get("text", "")).strip().replace("\n", "⏎")
    match said.body.get("kind", "text"):
        case "choice":
            return f"[button: {text}]"
        case "photo":
            return f"[photo: {_who(mask)} -> {_verdict(answers, texts)}]"
        case "document":
            verdict = _verdict(answers, texts)
            return f"[file: berkas.jpg -> {verdict}{f', as {_who(mask)}' if verdict == 'accepted' else ''}]"
        case _:
            return text


def _who(mask: Disguise) -> str:
    return mask.cast[-1].key if mask.cast else "siti"


def _verdict(answers: Sequence[_Kept], texts: Texts) -> str:
    """What the reader must have said of a photo, from the words that answered it."""
    shown = {answer.body.get("text", "") for answer in answers}
    causes = [cause.value for cause in Cause if texts.has(f"ktp.cause.{cause.value}")]
    return next((cause for cause in causes if texts.text(f"ktp.cause.{cause}") in shown), "accepted")


def _message(row: _Kept) -> Message:
    """The message as the channel had it; the bytes of pictures and files are left out."""
    body = row.body
    buttons = tuple(Button(button["id"], button["label"]) for button in body.get("buttons", ()))
    document, link = body.get("document"), body.get("link")
    return Message(
        text=body.get("text", ""),
        style="buttons" if buttons else "plain",
        buttons=buttons,
        photo=b"" if "photo" in body else None,
        document=(document["name"], document["type"], b"") if document else None,
        link=(link["label"], link["url"]) if link else None,
    )
