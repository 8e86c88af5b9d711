"""Giving a case back and refusing it: the reason, what the worker will be asked or will read, then the decision.

Decides that no such decision leaves without a reason code and a look at its effect. Refuses to know the reasons
themselves: they stand in the catalogue, their sentences in the locales.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.flow.conversation import Conversation
from bot.flow.officer.buttons import (
    ADD,
    FIELDS,
    REFUSE,
    REFUSE_SURE,
    RETURN,
    Press,
    choices_of,
    fields_of,
    letters_of,
)
from bot.flow.officer.card import rows
from bot.flow.officer.case import ask_register, on_the_table
from bot.flow.operations.officer import Refuse, ReturnCase
from bot.flow.turn import Turn
from bot.messages import Reply
from models.catalogue.fields import Field
from models.catalogue.reasons import RefusalReason, ReturnReason

FIELDS_SHOWN = len(Field)


# --- giving back ----------------------------------------------------------------------------------------------------


def press_return(conversation: Conversation, press: Press) -> Turn:
    """The officer is asked for the reason of the return."""
    return _ask(RETURN, on_the_table(conversation, press.number) | {"page": press.arg(1)})


def press_return_reason(conversation: Conversation, press: Press) -> Turn:
    """The reason has marked its fields, and the officer sees what the worker will be asked."""
    reason = _return_reason(press.arg(1))
    if reason is None:
        return press_return(conversation, Press(press.verb, press.args[:1]))
    return _preview(conversation, press, reason, letters_of(reason.fields))


def press_mark(conversation: Conversation, press: Press) -> Turn:
    """The fields named by the button are marked, and the officer sees them."""
    reason = _return_reason(press.arg(1))
    if reason is None:
        return press_return(conversation, Press(press.verb, press.args[:1]))
    return _preview(conversation, press, reason, letters_of(fields_of(press.arg(2))))


def press_add(conversation: Conversation, press: Press) -> Turn:
    """The officer is asked which field to mark as well."""
    return _ask(ADD, _returning(conversation, press, press.arg(1), press.arg(2)))


def press_send(conversation: Conversation, press: Press) -> Turn:
    """The return goes to the register; without a field or a known reason it is asked for instead."""
    reason, fields = _return_reason(press.arg(1)), fields_of(press.arg(2))
    if reason is None or not fields:
        return press_mark(conversation, press)
    operation = ReturnCase(press.number, tuple(field.value for field in fields), reason.value)
    return ask_register(conversation, operation, about=press.number)


def _preview(conversation: Conversation, press: Press, reason: ReturnReason, letters: str) -> Turn:
    return _ask(FIELDS, _returning(conversation, press, reason.value, letters))


def _returning(conversation: Conversation, press: Press, reason: str, letters: str) -> dict[str, str]:
    return on_the_table(conversation, press.number) | {"reason": reason, "fields": letters}


def _return_reason(code: str) -> ReturnReason | None:
    return ReturnReason(code) if code in {reason.value for reason in ReturnReason} else None


# --- refusing -------------------------------------------------------------------------------------------------------


def press_refuse(conversation: Conversation, press: Press) -> Turn:
    """The officer is asked for the reason of the refusal."""
    return _ask(REFUSE, on_the_table(conversation, press.number) | {"page": press.arg(1)})


def press_refuse_reason(conversation: Conversation, press: Press) -> Turn:
    """The officer sees the sentence that the worker will read."""
    if not _is_refusal(press.arg(1)):
        return press_refuse(conversation, Press(press.verb, press.args[:1]))
    return _ask(REFUSE_SURE, on_the_table(conversation, press.number) | {"reason": press.arg(1)})


def press_refuse_send(conversation: Conversation, press: Press) -> Turn:
    """The refusal goes to the register; without a known reason it is asked for instead."""
    if not _is_refusal(press.arg(1)):
        return press_refuse(conversation, Press(press.verb, press.args[:1]))
    return ask_register(conversation, Refuse(press.number, press.arg(1)), about=press.number)


def _is_refusal(code: str) -> bool:
    return code in {reason.value for reason in RefusalReason}


# --- the questions --------------------------------------------------------------------------------------------------


def _ask(step: str, pending: Mapping[str, str]) -> Turn:
    return Turn(step, pending=pending, replies=(question(step, pending),))


def question(step: str, pending: Mapping[str, str]) -> Reply:
    """The question of one of this module's steps, as it stands; for a reason that is no more, the question for one."""
    if step == FIELDS and _return_reason(pending.get("reason", "")) is None:
        step = RETURN
    elif step == REFUSE_SURE and not _is_refusal(pending.get("reason", "")):
        step = REFUSE
    params = {"number": pending.get("case", "")}
    phrases: dict[str, str] = {}
    key = f"{step}.ask"
    if step == FIELDS:
        marked = [("\n• ", f"off.field.{field}") for field in fields_of(pending.get("fields", ""))]
        field_params, phrases = rows("field", FIELDS_SHOWN, marked)
        params |= field_params
        phrases["reason"] = f"reason.return.{pending.get('reason', '')}"
        key = key if marked else f"{step}.none"
    elif step == REFUSE_SURE:
        phrases["reason"] = f"reason.refuse.{pending.get('reason', '')}"
    return Reply(key, params, phrases, choices_of(step, pending))
