"""Taking consent back: a question of its own, and what follows from it, which is not the same before and after a decision.

Before a decision consent is the only ground, so the application ends and is emptied. After one the law asks that it be kept;
the person is told that ground and whom to turn to. Refuses to know what emptying means.

Source: UU 27/2022 art. 9 (taking consent back; from general knowledge), art. 20 (2) (grounds besides consent;
uupdp-info.id/pasal-20). To be read by a lawyer.
"""

from __future__ import annotations

from bot.flow.confirming import KEPT, OP, OPEN, confirming, returned_to
from bot.flow.operations.people import EndHandover
from bot.flow.operations.rights import ConsentWithdrawn, WithdrawConsent
from bot.flow.operations.worker import ListApplications, Standing
from bot.flow.registration.order import DONE, START, UNCONSENT
from bot.flow.talk import NO, YES, Move, Said, Talk, again, choice, unclear
from bot.messages import Choice, Reply
from bot.understanding.intents import Intent
from models.catalogue.statuses import Status

UNCONSENTING = "unconsent"
"""What the list of applications answers to, while it is found out what consent there is."""
BY_LAW = frozenset({Status.APPROVED, Status.CARD_REFUSED, Status.ISSUED})
"""Decided and on its way to BPJS: kept on another ground than consent."""


def begin(talk: Talk) -> Move:
    """The register is asked what there is consent for."""
    return Move(talk.step, pending={**talk.pending, OP: UNCONSENTING}, do=(ListApplications(),), ask=False)


def offer(talk: Talk, items: tuple[Standing, ...]) -> Move:
    """The question says what would follow; without any application there is nothing to take back."""
    calm = {name: value for name, value in talk.pending.items() if name != OP}
    here = Talk(talk.conversation, talk.now, talk.step, calm, talk.draft)
    if not items:
        return returned_to(here, Reply("rights.consent.none"))
    kept = ",".join(item.number for item in items if item.status in BY_LAW)
    is_open = any(item.status not in BY_LAW for item in items)
    found = {OPEN: "1" if is_open else "", KEPT: kept}
    return Move(UNCONSENT, pending={**confirming(here), **{name: value for name, value in found.items() if value}})


def ask_unconsent(talk: Talk) -> tuple[Reply, ...]:
    """Whether consent is really taken back, with what will follow in this very case."""
    return (Reply(_key(talk), params=_about(talk, talk.listed(KEPT)), choices=_choices()),)


def answer_unconsent(talk: Talk, said: Said) -> Move:
    """Only a clear yes takes it back; the wish said once more is asked for that yes."""
    if said.is_yes:
        return Move(UNCONSENT, do=(EndHandover(), WithdrawConsent()), pending=talk.pending, ask=False)
    if said.is_no:
        return returned_to(talk, Reply("rights.consent.left"))
    if said.intent is Intent.DELETE_MY_DATA:
        return again(talk, Reply("rights.sure", choices=_choices()), ask=False)
    return unclear(talk)


def hear_withdrawn(talk: Talk, result: ConsentWithdrawn) -> Move:
    """It is on record; what ended, and what stays on which ground."""
    if not result.kept:
        return Move(START, say=(Reply("rights.consent.done"),), ask=False)
    ended = (Reply("rights.consent.done.some"),) if result.emptied else ()
    stays = Reply("rights.consent.kept", params=_about(talk, result.kept))
    return Move(DONE, say=(*ended, stays), ask=False)


def _key(talk: Talk) -> str:
    if not talk.pending.get(KEPT):
        return "rights.consent.ask"
    return "rights.consent.ask.both" if talk.pending.get(OPEN) else "rights.consent.ask.decided"


def _about(talk: Talk, kept: tuple[str, ...]) -> dict[str, str]:
    agency = talk.agency
    return {"kept": ", ".join(kept), "retention": agency.retention, "contact": agency.contact, "agency": agency.name}


def _choices() -> tuple[Choice, ...]:
    return (choice(UNCONSENT, YES, "choice.consent.yes"), choice(UNCONSENT, NO, "choice.consent.no"))
