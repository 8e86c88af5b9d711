"""What a person may do at every step: go back, stop, ask for help, a person, their status, their data, or its deletion.

Nothing that can't be undone happens without a question of its own, answered with a clear yes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.flow import handover
from bot.flow.confirming import FROM, NUMBER, NUMBERS, OP, RESTART, SOMEBODY, confirming, returned_to
from bot.flow.operations.contract import Rejected
from bot.flow.operations.people import EndHandover
from bot.flow.operations.worker import (
    Applications,
    CopyData,
    DataCopy,
    Deleted,
    DeleteData,
    DropDraft,
    ListApplications,
    SetStopped,
    Standing,
    Withdraw,
    Withdrawn,
)
from bot.flow.registration import family as registration_family
from bot.flow.registration.order import (
    CANCEL,
    CONFIRMATIONS,
    CONSENT,
    DELETE,
    DONE,
    IDENTITY,
    START,
    WHOM,
    WITHDRAW,
    step_before,
    step_for,
)
from bot.flow.registration.start import greeting, notice
from bot.flow.rights import consent as rights_consent
from bot.flow.rights import correction as rights_correction
from bot.flow.rights import language, moving, objection
from bot.flow.rights.words import Word, read_exact
from bot.flow.talk import NO, YES, Move, Said, Talk, again, choice, unclear
from bot.flow.unasked.notices import listed, phrased
from bot.messages import Choice, Reply
from bot.understanding.intents import Intent
from models.catalogue.statuses import TRANSITIONS, Status

SHOWN_MAX = 5


def obey(talk: Talk, word: Word) -> Move:
    """The person's word is followed, and the open question stays open."""
    return _WORDS[word](talk)


def ask_cancel(talk: Talk) -> tuple[Reply, ...]:
    """Whether what was filled in is really to be dropped."""
    if talk.is_returned and talk.draft:
        ask = Reply("reg.cancel.ask.returned", params={"number": talk.draft.number})
    else:
        ask = Reply("reg.cancel.ask.restart" if talk.pending.get(RESTART) else "reg.cancel.ask")
    choices = (choice(CANCEL, YES, "choice.cancel.yes"), choice(CANCEL, NO, "choice.cancel.no"))
    return (Reply(ask.key, params=ask.params, choices=choices),)


def answer_cancel(talk: Talk, said: Said) -> Move:
    """Only a clear yes drops the draft."""
    if said.is_yes:
        if talk.pending.get(RESTART):
            return Move(CONSENT, do=(DropDraft(),), say=(Reply("reg.cancel.restarted"), notice(talk)))
        key = "reg.cancel.withdrawn" if talk.is_returned else "reg.cancel.done"
        say = (Reply(key), *registration_family.left(talk))
        goes_on = talk.conversation.known or talk.conversation.aside
        return Move(DONE if goes_on else START, do=(DropDraft(),), say=say, ask=False)
    return returned_to(talk, Reply("reg.cancel.kept")) if said.is_no else unclear(talk)


def ask_delete(talk: Talk) -> tuple[Reply, ...]:
    """Whether all data are really to be deleted; a head knows before that he will be none any more."""
    head = talk.conversation.head
    before = (Reply("rights.delete.head", params={"association": head.association}),) if head else ()
    return (*before, Reply("rights.delete.ask", choices=_delete_choices()))


def answer_delete(talk: Talk, said: Said) -> Move:
    """Only a clear yes deletes; the wish said once more is asked for that yes."""
    if said.is_yes:
        return Move(DELETE, do=(EndHandover(), DeleteData()), pending=talk.pending, ask=False)
    if said.is_no:
        move = returned_to(talk, Reply("rights.delete.kept"))
        return replace(move, ask=False) if talk.conversation.head and move.step == START else move  # he is greeted already
    if said.intent is Intent.DELETE_MY_DATA or read_exact(said.text) is Word.DELETE:
        return again(talk, Reply("rights.sure", choices=_delete_choices()), ask=False)
    return unclear(talk)


def ask_withdraw(talk: Talk) -> tuple[Reply, ...]:
    """Which application, and whether it is really to be withdrawn."""
    number = talk.pending.get(NUMBER, "")
    if number:
        choices = (choice(WITHDRAW, f"{YES}.{number}", "choice.withdraw.yes"), choice(WITHDRAW, NO, "choice.withdraw.no"))
        return (Reply("rights.withdraw.ask", params={"number": number}, choices=choices),)
    numbers = tuple(choice(WITHDRAW, item, text=item) for item in talk.listed(NUMBERS))
    return (Reply("rights.withdraw.which", choices=(*numbers, choice(WITHDRAW, NO, "choice.withdraw.no"))),)


def answer_withdraw(talk: Talk, said: Said) -> Move:
    """A number is chosen first; only a clear yes withdraws it."""
    number = talk.pending.get(NUMBER, "")
    if said.is_no:
        return returned_to(talk, Reply("rights.withdraw.kept"))
    if said.value in talk.listed(NUMBERS) and not number:
        return Move(WITHDRAW, pending={**talk.pending, NUMBER: said.value})
    if number and (said.intent is Intent.YES or said.value == f"{YES}.{number}"):
        return Move(WITHDRAW, do=(Withdraw(number),), pending={**talk.pending, OP: "withdraw"}, ask=False)
    return unclear(talk)


def hear_applications(talk: Talk, result: Applications) -> Move:
    """Where each application stands and who is next; or, after "batal", which of them may be withdrawn."""
    if talk.pending.get(OP) == "withdraw":
        return _offer_withdrawal(talk, result.items)
    offer = _OFFERS.get(talk.pending.get(OP, ""))
    if offer is not None:
        return offer(talk, result.items)
    if talk.pending.get(OP) == registration_family.RESUMING:
        return registration_family.offer(talk, result) or _start_alone(_calm(talk))
    if not result.items:
        return _stay(talk, Reply("rights.status.none"))
    lines = tuple(_standing(item, talk) for item in result.items[:SHOWN_MAX])
    more = (Reply("rights.status.more", params={"count": str(len(result.items) - SHOWN_MAX)}),)
    return _stay(talk, *lines, *(more if len(result.items) > SHOWN_MAX else ()))


def hear_withdrawn(talk: Talk, result: Withdrawn) -> Move:
    """It has been withdrawn."""
    return Move(step_for(talk), say=(Reply("rights.withdrawn", params={"number": result.number}),), ask=False)


def hear_not_withdrawn(talk: Talk, _result: Rejected) -> Move:
    """It could not be withdrawn; a person can tell why."""
    return Move(step_for(talk), say=(Reply("rights.withdraw.rejected", params={"contact": talk.agency.contact}),), ask=False)


def hear_copy(talk: Talk, result: DataCopy) -> Move:
    """Everything kept about the person: to be read, and for a computer."""
    pages = (Reply("rights.data", document=result.pages),) if result.pages else ()
    return _stay(talk, *pages, Reply("rights.data.json", document=(result.filename, result.key)))


def hear_deleted(talk: Talk, result: Deleted) -> Move:
    """What was deleted, what the law keeps, and which association has no head any more."""
    params = {"association": result.left, "contact": talk.agency.contact}
    left = (Reply("rights.deleted.head", params=params),) if result.left else ()
    if not result.kept:
        return Move(START, say=(Reply("rights.deleted"), *left), ask=False)
    params = {"kept": ", ".join(result.kept), "retention": talk.agency.retention, "contact": talk.agency.contact}
    return Move(DONE, say=(Reply("rights.deleted.kept", params=params), *left), ask=False)


def _delete_choices() -> tuple[Choice, ...]:
    return (choice(DELETE, YES, "choice.delete.yes"), choice(DELETE, NO, "choice.delete.no"))


def _back(talk: Talk) -> Move:
    if talk.step in CONFIRMATIONS:
        return returned_to(talk)
    if talk.draft is None:
        if talk.conversation.aside and talk.step == CONSENT:
            return registration_family.resume(talk)
        before = {CONSENT: WHOM, WHOM: DONE}.get(talk.step, talk.step) if talk.conversation.known else talk.step
    else:
        before = step_before(talk)
    if before == talk.step:
        return again(talk, Reply("reg.back.first"))
    return Move(before)


def _change(talk: Talk) -> Move:
    """To change something means the question before; when nothing is open any more, a correction."""
    return _back(talk) if talk.draft is not None else rights_correction.begin(talk)


def _cancel(talk: Talk) -> Move:
    if talk.draft is not None:
        return Move(CANCEL, pending=confirming(talk))
    return Move(talk.step, do=(ListApplications(),), pending={**talk.pending, OP: "withdraw"}, ask=False)


def _restart(talk: Talk) -> Move:
    if talk.draft is None or talk.is_returned:
        return _start(talk)
    return Move(CANCEL, pending={**confirming(talk), RESTART: "1"})


def _start(talk: Talk) -> Move:
    if talk.conversation.aside and not talk.conversation.stopped:
        return registration_family.resume(talk)
    return _start_alone(talk)


def _calm(talk: Talk) -> Talk:
    """The talk once the register has answered."""
    pending = {name: value for name, value in talk.pending.items() if name != OP}
    return Talk(talk.conversation, talk.now, talk.step, pending, talk.draft)


def _start_alone(talk: Talk) -> Move:
    do = (SetStopped(False),) if talk.conversation.stopped else ()  # noqa: FBT003  the contract's own word order
    say = (Reply("rights.resumed"),) if do else ()
    if talk.draft is not None:
        number = {"number": talk.draft.number} if talk.draft.number else {}
        hello = Reply("reg.resume.returned", params=number) if talk.is_returned else Reply(_welcome(talk))
        return returned_to(talk, *say, hello, do=do)
    if talk.conversation.known:
        return Move(WHOM, do=do, say=(*say, Reply("reg.greet.known", params={"agency": talk.agency.name})))
    return Move(CONSENT, do=do, say=(*say, *greeting(talk), notice(talk)))


def _welcome(talk: Talk) -> str:
    """Who came by the link has not been away: it is the page that is new to them."""
    return "reg.resume.web" if talk.conversation.away and talk.step in IDENTITY else "reg.resume"


def _greet(talk: Talk) -> Move:
    return again(talk, Reply("reg.greet.again"))


def _help(talk: Talk) -> Move:
    return again(talk, Reply(f"help.{talk.step}"), Reply("help.words", params={"contact": talk.agency.contact}))


def _status(talk: Talk) -> Move:
    return again(talk, do=(ListApplications(),), ask=False)


def _human(talk: Talk) -> Move:
    return handover.call(talk)


def _data(talk: Talk) -> Move:
    return again(talk, do=(CopyData(),), ask=False)


def _delete(talk: Talk) -> Move:
    return Move(DELETE, pending=confirming(talk))


def _stop(talk: Talk) -> Move:
    return again(talk, Reply("rights.stopped"), do=(SetStopped(True),), ask=False)  # noqa: FBT003  as above


def _thanks(talk: Talk) -> Move:
    return again(talk, Reply("any.thanks"))


def _stay(talk: Talk, *say: Reply) -> Move:
    """The open question again, if one is open."""
    return again(talk, *say, ask=talk.step not in {DONE, START})


def _offer_withdrawal(talk: Talk, items: tuple[Standing, ...]) -> Move:
    numbers = [item.number for item in items if item.number and Status.WITHDRAWN in TRANSITIONS[item.status]]
    pending = {FROM: talk.step}
    if not numbers:
        return Move(talk.step, say=(Reply("rights.withdraw.none"),))
    if len(numbers) == 1:
        return Move(WITHDRAW, pending={**pending, NUMBER: numbers[0]})
    return Move(WITHDRAW, pending={**pending, NUMBERS: ",".join(numbers[:SHOWN_MAX])})


def _standing(item: Standing, talk: Talk) -> Reply:
    """One application: where it stands, and what happens next."""
    params = {
        "number": item.number or "-",
        "name": item.name or "-",
        "submitted": "-".join(reversed(item.submitted_on.split("-"))) or "-",
        "kpj": item.kpj,
        "agency": talk.agency.name,
        "contact": talk.agency.contact,
    }
    if item.status is Status.DRAFT:
        return Reply("rights.status.draft", params={**params, "name": item.name or SOMEBODY})
    if item.objection_due or item.upheld:
        return objection.standing(item, params)
    phrases = phrased(item.status, item.reason)
    is_plain = item.status in {Status.RETURNED, Status.REFUSED} and not phrases
    key = f"rights.status.{item.status}{'.plain' if is_plain else ''}"
    if named := listed(item.status, item.fields):
        return Reply(f"{key}.fields", params=params, phrases={**phrases, "fields": named})
    return Reply(key, params=params, phrases=phrases)


_WORDS: Mapping[Word, Callable[[Talk], Move]] = {
    Word.BACK: _back,
    Word.CANCEL: _cancel,
    Word.RESTART: _restart,
    Word.START: _start,
    Word.HELP: _help,
    Word.STATUS: _status,
    Word.HUMAN: _human,
    Word.DATA: _data,
    Word.DELETE: _delete,
    Word.STOP: _stop,
    Word.LANGUAGE: language.begin,
    Word.GREET: _greet,
    Word.THANKS: _thanks,
    Word.OBJECT: objection.begin,
    Word.MOVE: moving.begin,
    Word.OTHER: registration_family.begin_other,
    Word.UNCONSENT: rights_consent.begin,
    Word.CORRECT: rights_correction.begin,
    Word.CHANGE: _change,
}
_OFFERS: Mapping[str, Callable[[Talk, tuple[Standing, ...]], Move]] = {
    objection.OBJECTING: objection.offer,
    rights_consent.UNCONSENTING: rights_consent.offer,
    rights_correction.CORRECTING: rights_correction.offer,
}
