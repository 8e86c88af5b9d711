"""Who the worker is, by number: the NIK, the question about the family card, and the way to the web chat.

Decides how a typed NIK is answered. The full NIK stands in the record only; in texts it is masked.
"""

from __future__ import annotations

from bot.flow.conversation import PhotoState
from bot.flow.operations.worker import MakeLink
from bot.flow.registration.order import COMPARE, KK, LINK, LINKED, NIK, differences, rederived
from bot.flow.talk import GO_ON, NO, YES, Move, Said, Talk, again, carried, choice, is_kept, kept, unclear
from bot.messages import Reply
from models.catalogue.fields import Field
from models.catalogue.masks import mask_tail
from models.catalogue.nik import Nik, NikProblem, parse_nik, question_flags

FOR = "for"
"""Pending entry at the link: the question the web chat will put."""
_LINK_WORDS = ("tautan", "link", "kirim ulang", "halaman", "buka")
WHY = "why"
"""Pending entry at the link: which words go with it."""


def ask_nik(talk: Talk) -> tuple[Reply, ...]:
    """The NIK, or the photo first; with what was given before, masked."""
    known = talk.answer(Field.NIK)
    if known:
        return (Reply("reg.nik.ask.again", params={"nik": mask_tail(known)}, choices=kept(talk, Field.NIK)),)
    return (Reply("reg.nik.ask"),)


def answer_nik(talk: Talk, said: Said) -> Move:
    """A NIK of sound structure is saved at once; a number that looks like a child's leads to the family-card question."""
    if is_kept(talk, said, Field.NIK):
        return Move(done=(Field.NIK,))
    found = parse_nik(said.text)
    if isinstance(found, NikProblem):
        return again(talk, Reply(f"nik.problem.{found}"), ask=False)
    return take_nik(talk, found)


def take_nik(talk: Talk, nik: Nik, *, say: tuple[Reply, ...] = ()) -> Move:
    """The NIK stands in the draft, and the talk goes where this number leads."""
    save = rederived(talk, nik)
    if "under_17" in question_flags(nik, talk.today):
        return Move(KK, save=save, pending=carried(talk), say=say)
    return _compared(talk.with_answers(save), save, say)


def ask_kk(talk: Talk) -> tuple[Reply, ...]:
    """Whether the number of the family card was typed by mistake."""
    choices = (choice(KK, YES, "choice.kk.nik"), choice(KK, NO, "choice.kk.retype"))
    return (Reply("reg.nik.kk.ask", params={"nik": mask_tail(talk.answer(Field.NIK))}, choices=choices),)


def answer_kk(talk: Talk, said: Said) -> Move:
    """It is the NIK and stays, or another is typed."""
    if said.is_yes:
        return _compared(talk, {}, ())
    if said.is_no:
        return Move(NIK, save={Field.NIK: ""}, pending=carried(talk))
    found = parse_nik(said.text)
    if isinstance(found, Nik):
        return take_nik(talk, found)
    return unclear(talk)


def ask_link(_talk: Talk) -> tuple[Reply, ...]:
    """The way to the web chat is offered once more."""
    return (Reply("reg.link.ask", choices=(choice(LINK, "new", "choice.link"),)),)


def answer_link(talk: Talk, said: Said) -> Move:
    """A new link for whoever asks or sends what is not used here; to anything else, where the link is and how to get one."""
    sent = bool(said.photo) or isinstance(parse_nik(said.text), Nik)
    if not sent and not _asks_for_link(said):
        hint = Reply("reg.link.hint", choices=(choice(LINK, "new", "choice.link"),))
        return again(talk, hint, ask=False)
    return Move(LINK, do=(MakeLink(),), pending={**talk.pending, WHY: "unused" if sent else "again"}, ask=False)


def to_link(talk: Talk, step: str) -> Move:
    """Instead of a question that may not be put here, a one-time link to where it may."""
    return Move(LINK, do=(MakeLink(),), pending={**carried(talk), FOR: step, WHY: "first"}, ask=False)


def _compared(talk: Talk, save: dict[str, str], say: tuple[Reply, ...]) -> Move:
    """After a NIK: to the comparison with the card where one was read and differs, else onwards."""
    is_read = talk.draft is not None and talk.draft.photo is PhotoState.READ
    if is_read and Field.NIK in differences(talk):
        return Move(COMPARE, save=save, say=say, done=(Field.NIK,), pending={**carried(talk), COMPARE: Field.NIK})
    return Move(GO_ON, save=save, say=say, done=(Field.NIK,))


def _asks_for_link(said: Said) -> bool:
    words = said.text.lower()
    return said.value == "new" or said.is_yes or any(word in words for word in _LINK_WORDS)


def is_linked(talk: Talk, step: str) -> bool:
    """The step's question may not be put on this channel."""
    return step in LINKED and not talk.is_identity_asked_here
