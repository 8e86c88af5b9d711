"""One turn of any talk: a conversation and what came in lead to what is said, stored and asked of the register.

The one door into the flow. Decides who is heard first (officer, word that counts everywhere, open question) and puts the
question of the place where the talk then stands. Refuses to know databases, messengers, clocks and languages.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.flow.confirming import OP
from bot.flow.conversation import Conversation, Draft, PhotoState
from bot.flow.head.advance import advance_head
from bot.flow.listening.hearing import hear_content, hear_result
from bot.flow.officer.advance import advance_officer
from bot.flow.operations.contract import Operation, Result
from bot.flow.operations.family import SetAside
from bot.flow.operations.worker import DropDraft, GiveConsent, KeepPhoto, PhotoRead, ReadPhoto, SaveAnswers
from bot.flow.registration.identity import FOR, is_linked, to_link
from bot.flow.registration.order import (
    BIRTH_DATE,
    BIRTH_PLACE,
    CANCEL,
    CONFIRMATIONS,
    CONSENT,
    HANDOVER,
    IDENTITY,
    LINK,
    LINKED,
    NAME,
    SEX,
    START,
    WAIT,
    WITHOUT_DRAFT,
    derived,
    step_for,
)
from bot.flow.steps import STEPS
from bot.flow.talk import GO_ON, TODO, Move, Talk
from bot.flow.turn import Turn
from bot.flow.unasked.inviting import as_said
from bot.messages import Chosen, Contact, Content, Document, Left, Other, Photo, Reply, Text, Voice
from models.catalogue.statuses import Status

Event = Content | Result

_CONTENT = (Text, Chosen, Photo, Document, Contact, Voice, Other)
_SETTLED = "-"
"""The list of fields to correct once none is open; an empty text would be no list at all."""
_IN_WEB_CHAT = IDENTITY | {NAME, BIRTH_PLACE, BIRTH_DATE, SEX}
"""Questions that stay in the web chat once a person went there by a link."""


def advance(conversation: Conversation, event: Event, now: dt.datetime) -> Turn:
    """What follows from an event: where the talk stands, what is said, what the register is asked to do.

    Args:
        conversation: the talk as it stands; for a result, as the turn that asked for it left it.
        event: a message of the person, or the result of an operation.
        now: the present moment, aware.
    """
    unchanged = Turn(conversation.step, pending=conversation.pending)
    if isinstance(event, Left):
        return unchanged
    if isinstance(event, Chosen):
        event = as_said(event.id, relayed=conversation.step == HANDOVER) or event
    officers = advance_officer(conversation, event, now)
    if officers is not None:
        return officers
    heads = advance_head(conversation, event, now)
    if heads is not None:
        return heads
    if isinstance(event, _CONTENT):
        talk, is_asked = situate(conversation, now)
        return _settle(talk, hear_content(talk, event, is_asked=is_asked))
    if isinstance(event, PhotoRead):
        conversation = _with_verdict(conversation, event)
    talk, _ = situate(conversation, now, is_waiting=isinstance(event, PhotoRead))
    move = hear_result(talk, event)
    return _settle(talk, move) if move is not None else unchanged


def situate(conversation: Conversation, now: dt.datetime, *, is_waiting: bool = False) -> tuple[Talk, bool]:
    """The talk at a step that fits its record, and whether that step's question has been put already.

    Args:
        conversation: the talk as stored; its step may be unknown, out of date, or meant for another channel.
        now: the present moment.
        is_waiting: a photo's verdict is being told, so waiting for it is no out-of-date step.
    """
    pending = dict(conversation.pending)
    draft = conversation.draft
    is_new_return = draft is not None and draft.status is Status.RETURNED and TODO not in pending
    if draft is not None and is_new_return:
        pending[TODO] = ",".join(draft.returned) or _SETTLED
    talk = Talk(conversation, now, conversation.step, pending, draft)
    if talk.step == LINK and talk.is_identity_asked_here:
        target = pending.get(FOR, GO_ON)
        return replace(talk, step=target if target in LINKED else step_for(talk)), True
    if talk.step in LINKED and not talk.is_identity_asked_here:
        return replace(talk, step=LINK, pending={**pending, FOR: talk.step}), True
    if _fits(talk, is_waiting=is_waiting) and not (is_new_return and talk.step not in CONFIRMATIONS | {HANDOVER}):
        return talk, True
    kept = {name: pending[name] for name in (TODO, OP) if name in pending}
    fresh = replace(talk, pending=kept)
    return replace(fresh, step=step_for(fresh)), False


def _fits(talk: Talk, *, is_waiting: bool) -> bool:
    """The stored step is one that this record can stand at."""
    if talk.step not in STEPS or talk.step == START:
        return False
    if talk.step == HANDOVER:
        return True
    if talk.draft is None:
        return talk.step in WITHOUT_DRAFT | CONFIRMATIONS - {CANCEL}
    if talk.step == WAIT:
        return is_waiting or talk.draft.photo is PhotoState.READING
    return talk.step not in WITHOUT_DRAFT


def _settle(talk: Talk, move: Move) -> Turn:
    """The move has become a turn: saved, stepped, and the question put."""
    after = _carried_out(talk.with_answers(move.save), move.do)
    after = replace(after, pending=_pending(after, move))
    extra = derived(after)
    after = after.with_answers(extra)
    step = move.step if move.step in STEPS and not _is_over(after, move.step) else step_for(after)
    if is_linked(after, step):
        link = to_link(replace(after, step=step), step)
        move = replace(link, say=move.say, save=move.save, do=(*move.do, *link.do))
        after, step = replace(after, pending=_pending(after, move)), LINK
    after = replace(after, step=step)
    save = {**move.save, **extra}
    saved: tuple[Operation, ...] = (SaveAnswers(save),) if save else ()
    asked = STEPS[step].ask(after) if move.ask else ()
    if step == START and asked:
        after = replace(after, step=CONSENT)
    if _comes_home(talk, move, after.step):
        asked = (Reply("reg.link.done"), *(replace(reply, home=True) for reply in asked))
    return Turn(after.step, pending=after.pending, replies=(*move.say, *asked), operations=(*saved, *move.do))


def _pending(after: Talk, move: Move) -> dict[str, str]:
    """The new question's data, with the fields still to correct where an officer asked for corrections."""
    pending = {name: value for name, value in move.pending.items() if name != TODO}
    if after.is_returned:
        settled = {str(name) for name, value in move.save.items() if value} | {str(name) for name in move.done}
        pending[TODO] = ",".join(name for name in after.listed(TODO) if name not in settled) or _SETTLED
    return pending


def _carried_out(talk: Talk, operations: Sequence[Operation]) -> Talk:
    """The record as it will stand once the operations are done; results come later."""
    draft = talk.draft
    for operation in operations:
        match operation:
            case GiveConsent(for_other=for_other):
                draft = Draft(Status.DRAFT, for_other=for_other)
            case DropDraft() | SetAside():
                draft = None
            case ReadPhoto() if draft is not None:
                draft = replace(draft, photo=PhotoState.READING, attempts=draft.attempts + 1)
            case KeepPhoto() if draft is not None:
                draft = replace(draft, photo=PhotoState.MANUAL)
            case _:
                pass
    return replace(talk, draft=draft)


def _with_verdict(conversation: Conversation, verdict: PhotoRead) -> Conversation:
    """The conversation with the verdict in its draft, whether the register has put it there already or not."""
    draft = conversation.draft
    if draft is None:
        return conversation
    if verdict.accepted:
        return replace(conversation, draft=replace(draft, photo=PhotoState.READ, read=verdict.read))
    is_open = draft.photo is PhotoState.READING
    return replace(conversation, draft=replace(draft, photo=PhotoState.NONE if is_open else draft.photo))


def _is_over(after: Talk, step: str) -> bool:
    """Nothing is being read any more, so nobody waits for it."""
    return step == WAIT and (after.draft is None or after.draft.photo is not PhotoState.READING)


def _comes_home(talk: Talk, move: Move, step: str) -> bool:
    """Identity has just been settled in the web chat of a talk whose home is another channel."""
    is_settled = talk.step in _IN_WEB_CHAT and step not in _IN_WEB_CHAT
    return talk.conversation.away and is_settled and move.step == GO_ON and move.ask
