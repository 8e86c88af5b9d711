"""What a worker is told when somebody else has moved the application: one reply for each status.

Decides the words only; when a notice is sent, to which address and whether it arrived is the outbox's business.
Says what is covered and who does what next; promises neither money nor dates.
"""

from __future__ import annotations

from bot.flow.talk import choice
from bot.messages import Choice, Reply
from models.catalogue.fields import Field
from models.catalogue.reasons import RefusalReason, ReturnReason
from models.catalogue.statuses import Status

OBJECTED = frozenset({
    (Status.REFUSED, "upheld"), (Status.APPROVED, "reversed"), (Status.RETURNED, "reversed"),
})  # fmt: skip
"""Decisions on an objection that have words of their own: `notice.<status>.<outcome>`."""
FIX = "reg.fix"
"""A press on this, at whatever step, leads to the first field to correct."""


def notice_for(
    status: Status,
    *,
    number: str,
    reason: str = "",
    kpj: str = "",
    agency: str = "",
    contact: str = "",
    objection: str = "",
    fields: tuple[str, ...] = (),
) -> Reply:
    """The notice of a new status.

    Args:
        status: where the application stands now.
        number: its registration number.
        reason: the officer's reason code, for RETURNED and REFUSED; an unknown one is left out.
        kpj: the card's number as it may be shown, for ISSUED.
        agency: name of the office.
        contact: where a person is to be found.
        objection: what an objection came to with this decision ("upheld", "reversed"), "" when it is the answer to none.
        fields: what is to be corrected, for RETURNED; named when there are several, for a reason speaks of one.
    """
    params = {"number": number, "agency": agency, "contact": contact, "kpj": kpj}
    key, phrases = f"notice.{status}", phrased(status, reason)
    if status in {Status.RETURNED, Status.REFUSED} and not phrases:
        key = f"{key}.plain"
    elif objection and (status, objection) in OBJECTED:
        key = f"{key}.{objection}"
        if status is Status.REFUSED:  # the sentence of a reason tells how to object, which is over now
            phrases = {"reason": f"reason.refuse.{reason}.label"}
    if named := listed(status, fields):
        key, phrases = f"{key}.fields", {**phrases, "fields": named}
    return Reply(key, params=params, phrases=phrases, choices=_choices(status))


def listed(status: Status, fields: tuple[str, ...]) -> str:
    """The keys of several fields to correct, one after the other; "" for one, which the reason names."""
    known = [f"field.{name}" for name in fields if name in set(Field)]
    return ",".join(known) if status is Status.RETURNED and len(known) > 1 else ""


def phrased(status: Status, reason: str) -> dict[str, str]:
    """The reason as a phrase, for the statuses that have one; nothing when the code is not known."""
    if status is Status.RETURNED and reason in set(ReturnReason):
        return {"reason": f"reason.return.{reason}"}
    if status is Status.REFUSED and reason in set(RefusalReason):
        return {"reason": f"reason.refuse.{reason}"}
    return {}


def _choices(status: Status) -> tuple[Choice, ...]:
    label = {Status.RETURNED: "choice.fix", Status.DRAFT: "choice.resume"}.get(status, "")
    return (choice(FIX, "now", label),) if label else ()
