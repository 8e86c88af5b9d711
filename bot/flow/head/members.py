"""What a head sees of the members he referred, and what he may do: remind them once, take a list back, print invitations.

Decides what is asked and what is confirmed. Shows initials and the last four digits, never more: the register gives no more.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.flow.conversation import Conversation
from bot.flow.head.buttons import (
    BATCHES_MAX,
    HOME,
    MINE,
    MISSING,
    ONE,
    REASON,
    REASONS,
    SURE,
    WAIT,
    WORDS,
    Press,
    button,
    choices_of,
)
from bot.flow.head.inviting import AFTER, FOR, show_ones
from bot.flow.head.list import dotted
from bot.flow.head.whatsapp import told_of
from bot.flow.operations.contract import Rejected
from bot.flow.operations.head import (
    Batches,
    BatchWithdrawn,
    ListBatches,
    ListMissing,
    MakeInvitations,
    MembersReminded,
    MissingMembers,
    RemindMembers,
    WithdrawBatch,
)
from bot.flow.turn import Turn
from bot.messages import Reply

OWN = "own"
"""Reason: in the head's own words, which wait in the pending data."""
WORDS_MIN, WORDS_MAX = 3, 150
_REJECTIONS = frozenset({"not_head", "not_found", "already", "reason", "not_waiting"})


# --- lists ----------------------------------------------------------------------------------------------------------


def list_batches(conversation: Conversation, press: Press) -> Turn:
    """The register is asked for the association's lists."""
    del conversation, press
    return Turn(WAIT, operations=(ListBatches(),))


def show_batches(conversation: Conversation, batches: Batches) -> Turn:
    """The head sees how far each list is; those that are open can be taken back."""
    del conversation
    if not batches.items:
        return Turn(HOME, replies=(Reply("head.mine.none", choices=choices_of(HOME, {})),))
    shown = batches.items[:BATCHES_MAX]
    told = tuple(
        Reply(
            "head.mine.withdrawn" if one.is_withdrawn else "head.mine.row",
            {
                "number": str(one.id),
                "date": _day(one.saved_on),
                "rows": dotted(one.rows),
                "confirmed": dotted(one.confirmed),
                "approved": dotted(one.approved),
                "invited": dotted(one.invited),
                "gone": dotted(one.gone),
            },
        )
        for one in reversed(shown)
    )
    pending = {"batches": " ".join(str(one.id) for one in shown if not one.is_withdrawn)}
    return Turn(MINE, pending, (*told, Reply("head.mine.ask", choices=choices_of(MINE, pending))))


def list_missing(conversation: Conversation, press: Press) -> Turn:
    """The register is asked for those who have not confirmed, from where the button says."""
    del conversation
    return Turn(WAIT, {AFTER: str(press.number)}, operations=(ListMissing(press.number),))


def show_missing(conversation: Conversation, missing: MissingMembers) -> Turn:
    """The head sees a page of those who have not confirmed, or picks one of it where he asked for that."""
    if not missing.items:
        return Turn(HOME, replies=(Reply("head.missing.none", choices=choices_of(HOME, {})),))
    if conversation.pending.get(FOR) == ONE:
        return show_ones(conversation, missing)
    lines = "".join(f"\n{one.initials} ···{one.nik_end} · {_day(one.since)}" for one in missing.items)
    pending = {AFTER: conversation.pending.get(AFTER) or "0"}
    pending |= {"next": str(missing.next)} if missing.next else {}
    pending |= {"contact": "1"} if missing.can_contact else {}
    said = Reply("head.missing", {"total": dotted(missing.total), "lines": lines}, choices=choices_of(MISSING, pending))
    return Turn(MISSING, pending, (*told_of(missing.contacted, missing.unreached), said))


def remind(conversation: Conversation, press: Press) -> Turn:
    """Those who can be reached are reminded, once a list."""
    del conversation, press
    return Turn(WAIT, operations=(RemindMembers(),))


def show_reminded(conversation: Conversation, reminded: MembersReminded) -> Turn:
    """The head knows how many are reminded, or why nobody is, and whom he must tell himself."""
    del conversation
    key = f"head.reminded.{reminded.why}" if reminded.why else "head.reminded"
    params = {"told": dotted(reminded.told), "unknown": dotted(reminded.unknown)}
    return Turn(HOME, replies=(Reply(key, params, choices=(button("links"), button("home"))),))


def make_links(conversation: Conversation, press: Press) -> Turn:
    """A job makes links, poster and cards."""
    del conversation, press
    return Turn(HOME, replies=(Reply("head.links.making"),), operations=(MakeInvitations(),))


# --- taking a list back ---------------------------------------------------------------------------------------------


def ask_reason(conversation: Conversation, press: Press) -> Turn:
    """The head is asked why the list is to be taken back."""
    del conversation
    pending = {"batch": str(press.number)}
    params = {"number": pending["batch"]}
    return Turn(REASON, pending, (Reply("head.withdraw.why", params, choices=choices_of(REASON, pending)),))


def ask_words(conversation: Conversation, press: Press) -> Turn:
    """The head says why in his own words."""
    del conversation
    pending = {"batch": str(press.number)}
    return Turn(WORDS, pending, (Reply("head.withdraw.words", choices=choices_of(WORDS, pending)),))


def take_words(conversation: Conversation, text: str) -> Turn:
    """The words are the reason; too few of them are asked for again."""
    said = " ".join(text.split())[:WORDS_MAX]
    if len(said) < WORDS_MIN:
        choices = choices_of(WORDS, conversation.pending)
        return Turn(WORDS, conversation.pending, (Reply("head.withdraw.words", choices=choices),))
    return _ask_sure({**conversation.pending, "reason": OWN, "words": said})


def ask_sure(conversation: Conversation, press: Press) -> Turn:
    """The head is asked for a clear yes."""
    del conversation
    return _ask_sure({"batch": str(press.number), "reason": press.arg(1)})


def _ask_sure(pending: Mapping[str, str]) -> Turn:
    kept: dict[str, str] = {name: pending[name] for name in ("batch", "reason", "words") if name in pending}
    ask = Reply("head.withdraw.sure", {"number": kept["batch"]}, choices=choices_of(SURE, kept))
    return Turn(SURE, kept, (ask,))


def withdraw(conversation: Conversation, press: Press) -> Turn:
    """The list that the button names goes to the register to be taken back, with its reason."""
    reason = press.arg(1)
    if reason == OWN:
        is_said = conversation.pending.get("batch") == str(press.number)
        reason = conversation.pending.get("words", "") if is_said else ""
    if not reason or (press.arg(1) != OWN and reason not in REASONS):
        return ask_reason(conversation, press)
    return Turn(WAIT, operations=(WithdrawBatch(press.number, reason),))


def keep(conversation: Conversation, press: Press) -> Turn:
    """Nothing was taken back, and the head knows that."""
    del conversation, press
    return Turn(HOME, replies=(Reply("head.withdraw.kept", choices=choices_of(HOME, {})),))


def show_withdrawn(conversation: Conversation, withdrawn: BatchWithdrawn) -> Turn:
    """The head knows what was taken back, and that those who went on themselves go on."""
    del conversation
    params = {"rows": dotted(withdrawn.rows), "own": dotted(withdrawn.own)}
    key = "head.withdrawn.own" if withdrawn.own else "head.withdrawn"
    return Turn(HOME, replies=(Reply(key, params, choices=choices_of(HOME, {})),))


def show_not_withdrawn(conversation: Conversation, rejected: Rejected) -> Turn:
    """The head knows why it was not possible."""
    del conversation
    code = rejected.code if rejected.code in _REJECTIONS else "other"
    return Turn(HOME, replies=(Reply(f"head.rejected.{code}", choices=choices_of(HOME, {})),))


def _day(iso: str) -> str:
    """A date as it is written here: 22-11-2026."""
    return "-".join(reversed(iso.split("-")))
