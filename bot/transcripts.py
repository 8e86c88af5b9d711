"""What an officer reads of a talk: what the bot said last before, who the person is, and long words in parts.

What people type is not kept in general; the transcript begins with the hand-over. Before it stand the bot's own last words,
which the outbox still holds, so that the officer sees which question was open.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlmodel import Session

from bot.conversations import Talk
from bot.rendering import cut, write
from bot.wire import reply_from_json
from locales.texts import MissingText, Texts
from models.catalogue.digits_hidden import hide_numbers
from models.catalogue.fields import Field
from models.delivery.conversations import ADDRESS
from models.delivery.outbox import OUTBOX, PURPOSE, Kind
from models.ground.sealed import keys_of
from models.register import applications
from models.register.applications import APPLICATION

BOT_LINES = 4
BOT_LINE_MAX = 160
LOOKED_AT = 12  # outbox rows among which these are found
BOT_DIGITS = 9
"""What the bot repeats of a person holds phone and card numbers; of their own words only identity numbers are hidden."""
_NOTICES = ("reg.greet", "reg.consent.", "ho.")
"""Words that every person reads and no officer needs."""
PART = 900
"""Characters of one relayed message: within the shortest limit of a messenger (WhatsApp with a button, 1,024)."""


def bot_lines(session: Session, talk: Talk, *, texts: Texts) -> list[str]:
    """The last things the bot said to this person, oldest first, as far as the outbox still holds them."""
    mine = select(ADDRESS.c.id).where(ADDRESS.c.conversation_id == talk.conversation_id)
    query = (
        select(OUTBOX.c.payload_sealed)
        .where(OUTBOX.c.address_id.in_(mine), OUTBOX.c.kind == Kind.REPLY.value)
        .order_by(OUTBOX.c.id.desc())
        .limit(LOOKED_AT)
    )
    keys = keys_of(session)
    payloads = [keys.open_json(sealed, PURPOSE) for sealed in session.execute(query).scalars().all()]
    replies = [payload["reply"] for payload in reversed(payloads) if "reply" in payload]
    said = [_words(reply, texts) for reply in replies if not reply["key"].startswith(_NOTICES)]
    found = [cut(" ".join(words.split()), BOT_LINE_MAX) for words in said if words]
    return found[-BOT_LINES:]


def label_of(session: Session, conversation_id: int) -> str:
    """The person's newest registration number, else the initials they have given; "" for somebody unknown."""
    query = select(APPLICATION).where(APPLICATION.c.conversation_id == conversation_id).order_by(APPLICATION.c.id.desc())
    rows = session.execute(query.limit(1)).all()
    if not rows:
        return ""
    name = applications.answers_of(session, rows[0]).get(Field.NAME, "")
    return rows[0].number or "".join(f"{word[0]}." for word in name.split())


def parts_of(words: str) -> list[str]:
    """The words in pieces that every messenger shows whole, cut at spaces where there are any."""
    parts, rest = [], words.strip()
    while len(rest) > PART:
        at = rest.rfind(" ", PART // 2, PART)
        at = at if at > 0 else PART
        parts.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*parts, rest]


def _words(body: dict[str, object], texts: Texts) -> str:
    """The bot's words with the person's numbers hidden; the example in a question of its own is nobody's number."""
    reply = reply_from_json(body)
    params = {name: hide_numbers(value, least=BOT_DIGITS) for name, value in reply.params.items()}
    try:
        return write(replace(reply, params=params), texts, language="id")
    except MissingText:  # words of an earlier release
        return ""
