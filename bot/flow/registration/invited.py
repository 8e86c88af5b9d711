"""An association's invitation: its code in what a person says, and what is answered to it.

The person hears who invites, and registers as everybody does: consent and KTP are their own. Nothing that the association
said is shown here. A code that opens nothing (any more) is answered kindly, and the way in stays open.
"""

from __future__ import annotations

import re

from bot.flow.confirming import OP
from bot.flow.operations.invited import InvitationOpened, OpenInvitation
from bot.flow.registration.order import CONFIRMATIONS, CONSENT, DONE, START, WHOM
from bot.flow.talk import Move, Talk, again
from bot.messages import Reply
from models.catalogue.statuses import Status

OPEN = "open"
STATES = frozenset({OPEN, "used", "lapsed", "withdrawn", "unknown"})
_SIGNS = "[A-HJ-NP-Z2-9]"
_CODE = re.compile(rf"(?i)(?:^/start u-|\bundangan[\s:,.]+)({_SIGNS}{{4}})[\s-]?({_SIGNS}{{4}})(?![A-Z0-9])")
"""Every code has a digit, so that no invitation to a wedding is one."""


def read_invitation(text: str) -> str:
    """The eight letters of an invitation's code in the text, "" when there is none: "/start u-KX4P72WQ"."""
    found = _CODE.search(text)
    code = f"{found[1]}{found[2]}".upper() if found else ""
    return code if any(sign.isdigit() for sign in code) else ""


def open_invitation(talk: Talk, code: str) -> Move:
    """The register is asked what the code is; nothing is said yet."""
    return again(talk, do=(OpenInvitation(code),), ask=False)


def hear_opened(talk: Talk, result: InvitationOpened) -> Move:
    """Who invites, or why the code opens nothing; then whatever is open is asked."""
    state = result.state if result.state in STATES else "unknown"
    key = f"inv.{state}" if state != OPEN or talk.draft is None else "inv.open.draft"
    if state == OPEN and talk.draft is not None and talk.draft.status is not Status.DRAFT:
        key = "inv.open.returned"  # an application that came back for correction is nobody's new beginning
    said = Reply(key, params={"association": result.association})
    rest = {name: value for name, value in talk.pending.items() if name != OP}
    if talk.step in {DONE, WHOM} and state == OPEN:
        return Move(WHOM, say=(said,))
    if talk.draft is not None or talk.step in CONFIRMATIONS | {CONSENT, DONE, WHOM}:
        return again(talk, said, pending=rest)
    return Move(START, say=(said,))
