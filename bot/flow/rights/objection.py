"""Objecting to a refusal: which one, why in one sentence or a photo, and a look at it before it is filed.

One objection a decision, so nothing is filed by guess. Refuses to know who will decide, and how.
"""

from __future__ import annotations

from bot.flow.confirming import EVIDENCE, NUMBER, NUMBERS, OP, WORDS, confirming, returned_to
from bot.flow.operations.contract import Rejected
from bot.flow.operations.people import FileObjection, ObjectionFiled
from bot.flow.operations.worker import ListApplications, Standing
from bot.flow.registration.order import OBJECT, OBJECT_SURE
from bot.flow.talk import NO, YES, Move, Said, Talk, choice
from bot.messages import Choice, Reply
from bot.understanding.intents import Intent
from models.catalogue.digits_hidden import hide_numbers
from models.catalogue.statuses import Status

OBJECTING, FILING = "object", "file"
"""What a result answers to: the list of what can be objected to, the filing."""
AGAIN = "again"
WORDS_MIN, WORDS_MAX = 10, 400
"""Letters of a reason at least, and characters at most: shorter is none, and an officer reads no more on a phone."""
SHOWN_MAX = 5
REJECTIONS = frozenset({"objected", "upheld", "duplicate"})
_NEVER = frozenset({"tidak jadi", "batal", "tidak", "jangan", "kembali"})


def begin(talk: Talk) -> Move:
    """The register is asked what was refused."""
    return Move(talk.step, pending={**talk.pending, OP: OBJECTING}, do=(ListApplications(),), ask=False)


def offer(talk: Talk, items: tuple[Standing, ...]) -> Move:
    """The refusal to object to is known, or asked for; without one the person knows what stands instead."""
    calm = {name: value for name, value in talk.pending.items() if name != OP}
    here = Talk(talk.conversation, talk.now, talk.step, calm, talk.draft)
    numbers = [item.number for item in items if item.status is Status.REFUSED and item.number and not item.upheld]
    if not numbers:
        return returned_to(here, *_instead(here, items))
    chosen = {NUMBER: numbers[0]} if len(numbers) == 1 else {NUMBERS: ",".join(numbers[:SHOWN_MAX])}
    return Move(OBJECT, pending={**confirming(here), **chosen})


def ask_object(talk: Talk) -> tuple[Reply, ...]:
    """Which refusal, then why."""
    number = talk.pending.get(NUMBER, "")
    if number:
        return (Reply("obj.ask", params={"number": number}, choices=(_never(),)),)
    numbers = tuple(choice(OBJECT, item, text=item) for item in talk.listed(NUMBERS))
    return (Reply("obj.which", choices=(*numbers, _never())),)


def answer_object(talk: Talk, said: Said) -> Move:
    """A sentence or a photo is shown once more before it is filed."""
    if _declines(said):
        return returned_to(talk, Reply("obj.left"))
    if not talk.pending.get(NUMBER):
        known = said.value in talk.listed(NUMBERS)
        return Move(OBJECT, pending={**talk.pending, NUMBER: said.value}) if known else Move(OBJECT, pending=talk.pending)
    if said.photo:
        return Move(OBJECT_SURE, pending={**talk.pending, EVIDENCE: said.photo})
    words = _reason(said)
    if not words:
        return Move(OBJECT, pending=talk.pending, say=(Reply("obj.short"),))
    return Move(OBJECT_SURE, pending={**talk.pending, WORDS: words})


def ask_sure(talk: Talk) -> tuple[Reply, ...]:
    """What will be filed, as it stands."""
    words, number = talk.pending.get(WORDS, ""), talk.pending.get(NUMBER, "")
    key = "obj.sure.photo" if talk.pending.get(EVIDENCE) else "obj.sure"
    choices = (choice(OBJECT_SURE, YES, "choice.object.yes"), choice(OBJECT_SURE, AGAIN, "choice.object.again"), _no())
    return (Reply(key, params={"words": words or "-", "number": number}, choices=choices),)


def answer_sure(talk: Talk, said: Said) -> Move:
    """Only a clear yes files it; other words or a photo take the place of the first ones or stand beside them."""
    pending = talk.pending
    if said.is_yes or said.text.lower() == "kirim":
        filing = FileObjection(pending.get(NUMBER, ""), pending.get(WORDS, ""), pending.get(EVIDENCE, ""))
        return Move(OBJECT_SURE, pending={**pending, OP: FILING}, do=(filing,), ask=False)
    if said.value == AGAIN or said.text.lower() == "tulis ulang":
        return Move(OBJECT, pending={name: value for name, value in pending.items() if name not in {WORDS, EVIDENCE}})
    if _declines(said):
        return returned_to(talk, Reply("obj.left"))
    if said.photo:
        return Move(OBJECT_SURE, pending={**pending, EVIDENCE: said.photo})
    if words := _reason(said):
        return Move(OBJECT_SURE, pending={**pending, WORDS: words})
    return Move(OBJECT_SURE, pending=pending, say=(Reply("any.unclear"),))


def hear_filed(talk: Talk, result: ObjectionFiled) -> Move:
    """It is filed: who decides, by when, and where to ask meanwhile."""
    params = {"number": result.number, "due": _day(result.due), "contact": talk.agency.contact}
    return returned_to(talk, Reply("obj.filed", params=params))


def hear_not_filed(talk: Talk, result: Rejected) -> Move:
    """Why it could not be filed, and whom to turn to."""
    code = result.code if result.code in REJECTIONS else "other"
    params = {"number": talk.pending.get(NUMBER, "-"), "contact": talk.agency.contact}
    return returned_to(talk, Reply(f"obj.rejected.{code}", params=params))


def standing(item: Standing, params: dict[str, str]) -> Reply:
    """An application whose refusal is being looked at again, by whom and by when; or was, and stands."""
    if item.upheld:
        return Reply("rights.status.upheld", params=params)
    return Reply("rights.status.objected", params={**params, "due": _day(item.objection_due)})


def _instead(talk: Talk, items: tuple[Standing, ...]) -> tuple[Reply, ...]:
    open_ones = [item for item in items if item.objection_due]
    about = {"contact": talk.agency.contact}
    upheld = [item for item in items if item.upheld]
    if upheld and not open_ones:
        return (Reply("obj.rejected.upheld", params={**about, "number": upheld[0].number}),)
    if not open_ones:
        return (Reply("obj.none", params=about),)
    return tuple(
        Reply("obj.open", params={**about, "number": item.number, "due": _day(item.objection_due)})
        for item in open_ones[:SHOWN_MAX]
    )


def _reason(said: Said) -> str:
    """What may stand as a reason, with identity numbers hidden; "" for a word or a number."""
    is_said = sum(sign.isalpha() for sign in said.text) >= WORDS_MIN
    return hide_numbers(said.text)[:WORDS_MAX] if is_said else ""


def _declines(said: Said) -> bool:
    plain = said.text.lower().strip(" .!")
    return said.value == NO or plain in _NEVER or (said.intent in {Intent.CANCEL, Intent.NO} and len(plain) < WORDS_MIN)


def _never() -> Choice:
    return choice(OBJECT, NO, "choice.object.no")


def _no() -> Choice:
    return choice(OBJECT_SURE, NO, "choice.object.no")


def _day(iso: str) -> str:
    return "-".join(reversed(iso.split("-")))
