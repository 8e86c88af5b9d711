"""Helping a person, on the officer's side: who waits, taking one, writing through the bot, giving back.

At the step `off.talk` every line without a slash goes to the person, so orders need their slash there. Refuses to know how
it gets there, and whether it may: the register says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bot.flow.conversation import Conversation
from bot.flow.officer.buttons import DONE, TALK, Press, button, choices_of
from bot.flow.officer.card import rows
from bot.flow.officer.case import ask_register, on_the_table
from bot.flow.operations.contract import Rejected
from bot.flow.operations.people import (
    Answered,
    AnswerPerson,
    GiveBack,
    GivenBack,
    Handovers,
    HandoverShown,
    Line,
    ListHandovers,
    ReleaseHandover,
    TakeHandover,
    WaitingPerson,
)
from bot.flow.turn import Turn
from bot.messages import Choice, Reply

#: Codes with a text `off.rejected.<code>`, beside those of cases.
REJECTIONS = frozenset({
    "talk_gone", "talk_area", "talk_taken", "talk_own", "talk_busy", "talk_over", "talk_none", "talk_window", "talk_blocked",
})  # fmt: skip
STAYS = frozenset({"talk_window", "talk_blocked"})
"""Rejections after which the officer still has the person, who may write again."""
TEXT_MAX = 3000
"""Characters an officer may write at once; a messenger shows hardly more."""
PART = 900
"""Characters of one message of the transcript: within the shortest limit of a messenger (WhatsApp with buttons, 1,024)."""
ROWS_SHOWN = 9
LABEL_MAX = 28
LINE_MAX = 280
_SIGNS = {"worker": "👤", "officer": "🧑‍💼", "bot": "🤖"}


# --- orders and buttons ---------------------------------------------------------------------------------------------


def list_people(conversation: Conversation, press: Press | None = None) -> Turn:
    """The register is asked who waits."""
    del press
    return ask_register(conversation, ListHandovers())


def take_named(conversation: Conversation, text: str) -> Turn:
    """The register is asked for the hand-over with this number; without one, for the list."""
    digits = text.strip().lstrip("#")
    if not (digits.isascii() and digits.isdigit()):
        return list_people(conversation)
    return ask_register(conversation, TakeHandover(int(digits[:9])))


def press_take(conversation: Conversation, press: Press) -> Turn:
    """The register is asked for the hand-over that the button names."""
    return ask_register(conversation, TakeHandover(_named(press)))


def press_done(conversation: Conversation, press: Press) -> Turn:
    """The person that the button names is to go on with the bot."""
    return ask_register(conversation, GiveBack(_named(press)))


def press_leave(conversation: Conversation, press: Press) -> Turn:
    """The person that the button names is to be helped by somebody else."""
    return ask_register(conversation, ReleaseHandover(_named(press)))


def finish(conversation: Conversation) -> Turn:
    """The person of this talk is to go on with the bot; at any other place the register knows whom the officer has."""
    return ask_register(conversation, GiveBack(_open(conversation)))


def answer(conversation: Conversation, text: str) -> Turn:
    """The line goes to the person; one that no messenger shows whole is to be written in parts."""
    number = _open(conversation)
    if not number or not text:
        return ask_register(conversation, ListHandovers())
    if len(text) > TEXT_MAX:
        return _stay(conversation, Reply("off.talk.long", {"most": str(TEXT_MAX)}))
    return ask_register(conversation, AnswerPerson(number, text))


def not_words(conversation: Conversation) -> Turn:
    """Pictures, voices and files are not passed on, and the officer is told so."""
    return _stay(conversation, Reply("off.talk.kind"))


def left_open(turn: Turn) -> Turn:
    """An order was obeyed in the midst of a talk; the officer knows the way back to it."""
    if turn.step == TALK:
        return turn
    return Turn(turn.step, turn.pending, (Reply("off.talk.left"), *turn.replies), turn.operations)


def question(pending: Mapping[str, str]) -> Reply:
    """What can be done in a talk."""
    return Reply("off.talk.ask", {"id": pending.get("talk", "")}, choices=choices_of(TALK, pending))


# --- what the register answered -------------------------------------------------------------------------------------


def show_people(conversation: Conversation, found: Handovers, now: dt.datetime) -> Turn:
    """The officer sees who waits, since when and where they stand."""
    kept = _closed(conversation)
    if not found.items:
        return Turn(DONE, kept, (Reply("off.talks.none", choices=(button("queue.next"),)),))
    shown = found.items[:ROWS_SHOWN]
    listed = [(f"\n#{item.handover} · {_since(item, now)} · {_label(item)} · ", step_key(item.step)) for item in shown]
    params, phrases = rows("row", ROWS_SHOWN, listed)
    key = "off.talks.more" if found.more else "off.talks"
    return Turn(DONE, kept, (Reply(key, params, phrases, tuple(_take_button(item, now) for item in shown)),))


def show_person(conversation: Conversation, shown: HandoverShown, now: dt.datetime) -> Turn:
    """The officer reads what was said so far and where the person stands; the next line goes to that person."""
    pending = _closed(conversation) | {"talk": str(shown.person.handover)}
    params = {"id": str(shown.person.handover), "since": _since(shown.person, now)}
    phrases = {"step": step_key(shown.person.step)}
    if shown.person.label:
        params["who"] = _label(shown.person)
    else:
        phrases["who"] = "off.talk.nameless"
    head = Reply("off.talk.head" if shown.fresh else "off.talk.again", params, phrases)
    parts = tuple(Reply("off.talk.lines", {"lines": part}) for part in _parts(shown.lines))
    return Turn(TALK, pending, (head, *parts, question(pending)))


def show_answered(conversation: Conversation, answered: Answered) -> Turn:
    """The officer knows that the words are on their way."""
    pending = _closed(conversation) | {"talk": str(answered.handover)}
    return Turn(TALK, pending, (Reply("off.talk.sent", choices=choices_of(TALK, pending)[:1]),))


def show_given_back(conversation: Conversation, over: GivenBack) -> Turn:
    """The talk is over for this officer."""
    key = "off.talk.released" if over.released else "off.talk.done"
    choices = (button("talk.list"), button("queue.next"))
    return Turn(DONE, _closed(conversation), (Reply(key, {"id": str(over.handover)}, choices=choices),))


def show_not_possible(conversation: Conversation, rejected: Rejected) -> Turn:
    """The officer knows why it was not possible; one who still has the person stays with them."""
    said = Reply(f"off.rejected.{rejected.code}", rejected.params, choices=(button("talk.list"),))
    number = rejected.params.get("id", "")
    if rejected.code in STAYS and number:
        return Turn(TALK, _closed(conversation) | {"talk": number}, (said,))
    return Turn(DONE, _closed(conversation), (said,))


def step_key(step: str) -> str:
    """The key of the words for a step; a step that is no more, or newer than this table, is shown as "other"."""
    return f"step.{step}" if step in NAMED else "step.other"


#: Steps with words of their own: `step.<name>`.
NAMED = frozenset({
    "reg.start", "reg.whom", "reg.consent", "reg.nik", "reg.nik.kk", "reg.link", "reg.photo", "reg.photo.wait",
    "reg.compare", "reg.read", "reg.name", "reg.birth_place", "reg.birth_date", "reg.sex", "reg.occupation", "reg.regency",
    "reg.district", "reg.phone", "reg.summary", "reg.change", "reg.done", "reg.cancel", "rights.delete", "rights.withdraw",
    "rights.consent", "rights.language", "reg.family", "rights.object", "rights.object.sure", "ho.talk",
})  # fmt: skip


def _stay(conversation: Conversation, said: Reply) -> Turn:
    return Turn(TALK, conversation.pending, (said, question(conversation.pending)))


def _closed(conversation: Conversation) -> dict[str, str]:
    """The open case, if one is, without the talk."""
    return on_the_table(conversation)


def _open(conversation: Conversation) -> int:
    number = conversation.pending.get("talk", "")
    return int(number) if conversation.step == TALK and number.isdigit() else 0


def _named(press: Press) -> int:
    digits = press.arg(0)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


def _label(person: WaitingPerson) -> str:
    plain = " ".join(person.label.split()) or "–"
    return plain if len(plain) <= LABEL_MAX else plain[: LABEL_MAX - 1] + "…"


def _since(person: WaitingPerson, now: dt.datetime) -> str:
    minutes = max(0, int((now - person.since).total_seconds()) // 60)
    if minutes < 60:
        return f"{minutes} mnt"
    return f"{minutes // 60} jam" if minutes < 48 * 60 else f"{minutes // 1440} hari"


def _take_button(person: WaitingPerson, now: dt.datetime) -> Choice:
    base = button("talk.take", str(person.handover))
    return Choice(base.id, text=f"#{person.handover}", description=f"{_label(person)} · {_since(person, now)}")


def _parts(lines: tuple[Line, ...]) -> list[str]:
    """The transcript in pieces that fit, oldest first."""
    parts: list[str] = []
    for line in lines:
        words = " ".join(line.text.split())
        shown = f"{_SIGNS.get(line.who, '·')} {words if len(words) <= LINE_MAX else words[: LINE_MAX - 1] + '…'}"
        if parts and len(parts[-1]) + len(shown) < PART:
            parts[-1] += f"\n{shown}"
        else:
            parts.append(shown)
    return parts
