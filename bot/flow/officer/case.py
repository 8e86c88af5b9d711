"""One case before an officer: approving it, letting it go, and what the register answers.

Decides when an approval is asked twice and what can be done after a refusal by the register. Refuses to know who may
approve: the register says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.flow.conversation import Conversation
from bot.flow.officer.buttons import (
    CASE,
    DONE,
    ROOM,
    SURE,
    WAIT,
    Press,
    button,
    choices_of,
    open_button,
)
from bot.flow.operations.contract import Operation, Rejected
from bot.flow.operations.officer import Approve, Decided, OpenCase, ReleaseCase
from bot.flow.turn import Turn
from bot.messages import NOTHING, Choice, Reply
from models.catalogue.statuses import Status

#: Codes with a text `off.rejected.<code>`; any other is told as "other".
REJECTIONS = frozenset({
    "four_eyes", "not_held", "status", "area", "quota", "empty", "not_found", "held_by_other", "kpj_taken",
    "repeated", "reason", "not_officer", "objection",
})  # fmt: skip
#: Rejections after which the case is no longer this officer's to decide.
_GONE = frozenset({"not_held", "status", "area", "not_found", "held_by_other"})

_ON_THE_TABLE = ("case", "signs", "can", "alike")


def on_the_table(conversation: Conversation, number: str = "") -> dict[str, str]:
    """What is kept of the open case; with a number, what is known of that case, which may be another one."""
    pending = conversation.pending if conversation.step.startswith(ROOM) else NOTHING
    if number and pending.get("case", "") != number:
        return {"case": number}
    return {name: pending[name] for name in _ON_THE_TABLE if pending.get(name)}


def ask_register(conversation: Conversation, operation: Operation, *, about: str = "") -> Turn:
    """The register has been asked for something; what it answers comes back at the step `off.wait`."""
    return Turn(WAIT, pending=on_the_table(conversation) | {"about": about}, operations=(operation,))


# --- approving, letting go ------------------------------------------------------------------------------------------


def press_approve(conversation: Conversation, press: Press) -> Turn:
    """A case without signs goes to the register at once; one with signs is asked about once more."""
    kept = on_the_table(conversation, press.number)
    signs = press.arg(1) if press.arg(1).isdigit() else kept.get("signs", "0")
    if signs == "0":
        return ask_register(conversation, Approve(press.number), about=press.number)
    pending = {**kept, "signs": signs}
    params = {"number": press.number, "signs": signs}
    return Turn(SURE, pending=pending, replies=(Reply("off.sure.ask", params, choices=choices_of(SURE, pending)),))


def press_sure(conversation: Conversation, press: Press) -> Turn:
    """The approval goes to the register."""
    return ask_register(conversation, Approve(press.number), about=press.number)


def press_open(conversation: Conversation, press: Press) -> Turn:
    """The register is asked for the case that the button names."""
    return open_case(conversation, press.number)


def open_case(conversation: Conversation, number: str) -> Turn:
    """The register is asked for this case."""
    return ask_register(conversation, OpenCase(number), about=number)


def press_skip(conversation: Conversation, press: Press) -> Turn:
    """The hold on the case that the button names ends."""
    return release(conversation, press.number)


def release(conversation: Conversation, number: str) -> Turn:
    """The hold ends; another case that is open stays open."""
    step, pending = without(conversation, number)
    choices = (button("queue.next"), *still_open(pending))
    said = Reply("off.released", {"number": number}, choices=choices)
    return Turn(step, pending=pending, replies=(said,), operations=(ReleaseCase(number),))


# --- what the register answered -------------------------------------------------------------------------------------


def show_decided(conversation: Conversation, decided: Decided) -> Turn:
    """The officer knows what stands now, whether the worker can be told, and has the next case one press away."""
    known = decided.status in {Status.APPROVED, Status.RETURNED, Status.REFUSED, Status.ISSUED}
    step, pending = without(conversation, decided.number)
    params = {"number": decided.number, "tail": conversation.pending.get("tail", "")}
    told = "off.told.yes" if decided.told else "off.told.no"
    said = Reply(
        f"off.decided.{decided.status if known else 'other'}",
        params,
        {"told": told, "status": f"off.status.{decided.status}"},
        (button("queue.next"), *still_open(pending)),
    )
    return Turn(step, pending=pending, replies=(said,))


def show_rejected(conversation: Conversation, rejected: Rejected) -> Turn:
    """The officer knows why it was not possible and what to do instead."""
    code = rejected.code if rejected.code in REJECTIONS else "other"
    about = conversation.pending.get("about", "")
    if code == "status" and "tail" in conversation.pending:
        code = "not_approved"
    step, pending = without(conversation, about if code in _GONE else "")
    params = {**rejected.params, "number": about or "–"}
    said = Reply(f"off.rejected.{code}", params, choices=_ways_out(code, about))
    return Turn(step, pending=pending, replies=(said,))


def _ways_out(code: str, about: str) -> tuple[Choice, ...]:
    following = button("queue.next")
    if code == "empty":
        return (button("desk.count"),)
    if code in {"four_eyes", "quota", "objection"} and about:
        return (button("case.skip", about), following)
    if code in {"not_held", "status", "not_approved", "kpj_taken", "reason", "other"} and about:
        return (button("case.open", about), following)
    return (following,)


def without(conversation: Conversation, number: str) -> tuple[str, dict[str, str]]:
    """Where the talk stands when this case is off the table: at another open case, or at none."""
    kept = on_the_table(conversation)
    return (CASE, kept) if kept.get("case", number) != number else (DONE, {})


def still_open(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    """A button back to the case that is open, if one is."""
    return (open_button(pending["case"]),) if pending.get("case") else ()
