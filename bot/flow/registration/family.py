"""Several people on one phone: a parent, a neighbour, one after another, and nothing begun for one is lost for another.

Decides what is offered where a registration is unfinished and another is to begin. Each person's consent is asked anew.
"""

from __future__ import annotations

from bot.flow.confirming import IDS, NAMES, OP, SOMEBODY, confirming, returned_to
from bot.flow.operations.family import SetAside, TakenUp, TakeUp
from bot.flow.operations.worker import Applications, ListApplications, Standing
from bot.flow.registration.order import CONSENT, FAMILY
from bot.flow.registration.start import FOR_OTHER, notice
from bot.flow.rights.words import Word, read_exact
from bot.flow.talk import GO_ON, Move, Said, Talk, choice, unclear
from bot.messages import Reply
from models.catalogue.fields import Field
from models.catalogue.statuses import Status

RESUMING = "resume"
"""What the list of applications answers to, while it is found out whose is unfinished."""
GO, OTHER = "go", "other"
SHOWN_MAX = 6
UNFINISHED = frozenset({Status.DRAFT, Status.RETURNED})


def begin_other(talk: Talk) -> Move:
    """Somebody else is to be registered: with a draft open, the person says first what becomes of it."""
    if talk.draft is not None or talk.conversation.aside:
        return _asked(talk)
    return _consent(talk)


def resume(talk: Talk) -> Move:
    """There is more than one unfinished application, or one that the talk is not about: whose is to be continued?"""
    return _asked(talk)


def offer(talk: Talk, result: Applications) -> Move | None:
    """The unfinished ones by name; None when there is none after all."""
    items = [item for item in result.items if item.status in UNFINISHED and item.id][:SHOWN_MAX]
    if not items:
        return None
    calm = {name: value for name, value in talk.pending.items() if name != OP}
    here = Talk(talk.conversation, talk.now, talk.step, calm, talk.draft)
    chosen = {IDS: ",".join(str(item.id) for item in items), NAMES: ",".join(_name(item) for item in items)}
    return Move(FAMILY, pending={**confirming(here), **chosen})


def ask_family(talk: Talk) -> tuple[Reply, ...]:
    """One unfinished: go on with it or begin another; several: which of them."""
    names = talk.listed(NAMES) or (_own_name(talk),)
    other = choice(FAMILY, OTHER, "choice.other")
    if len(names) == 1:
        return (Reply("reg.family.ask", params={"name": names[0]}, choices=(choice(FAMILY, GO, "choice.resume"), other)),)
    rows = tuple(choice(FAMILY, id_, text=name) for id_, name in zip(talk.listed(IDS), names, strict=False))
    return (Reply("reg.family.which", params={"names": ", ".join(names)}, choices=(*rows, other)),)


def answer_family(talk: Talk, said: Said) -> Move:
    """An unfinished one is taken up, or all are left as they are and another person's consent is asked."""
    ids = talk.listed(IDS)
    if said.value == OTHER:
        return _consent(talk, aside=talk.draft is not None)
    if said.value in ids:
        return Move(FAMILY, do=(TakeUp(int(said.value)),), pending=talk.pending, ask=False)
    if said.value == GO or said.is_yes or read_exact(said.text) is Word.START:
        if len(ids) == 1:
            return Move(FAMILY, do=(TakeUp(int(ids[0])),), pending=talk.pending, ask=False)
        return returned_to(talk, Reply("reg.resume")) if talk.draft is not None else unclear(talk)
    return unclear(talk)


def hear_taken_up(talk: Talk, result: TakenUp) -> Move:
    """It goes on at the first open question of that person."""
    if talk.draft is None:
        return Move(GO_ON)
    name = result.name or SOMEBODY
    if talk.is_returned:
        return Move(GO_ON, say=(Reply("reg.resume.returned", params={"number": talk.draft.number}),))
    return Move(GO_ON, say=(Reply("reg.family.resumed", params={"name": name}),))


def left(talk: Talk) -> tuple[Reply, ...]:
    """That somebody else's registration still waits, where one does."""
    return (
        (Reply("reg.family.left", choices=(choice("reg.fix", "now", "choice.resume"),)),) if talk.conversation.aside else ()
    )


def _asked(talk: Talk) -> Move:
    return Move(talk.step, pending={**talk.pending, OP: RESUMING}, do=(ListApplications(),), ask=False)


def _consent(talk: Talk, *, aside: bool = False) -> Move:
    return Move(CONSENT, do=(SetAside(),) if aside else (), pending={FOR_OTHER: "1"}, say=(notice(talk),))


def _own_name(talk: Talk) -> str:
    return talk.answer(Field.NAME) or SOMEBODY


def _name(item: Standing) -> str:
    """The name without what would take it apart."""
    return item.name.replace(",", " ").strip() or SOMEBODY
