"""What the message of an association's head leads to: the one door into the head's conversation.

Decides whether a message is the head's matter at all (a head may be registering as a worker meanwhile) and which order,
button or answer it is. What each leads to stands in the `head_*` modules beside this one. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.flow.conversation import Conversation
from bot.flow.head.buttons import CONTACT, HOME, LIST, PHOTOS, ROOM, SURE, WAIT, WORDS, Press, choices_of, read_press
from bot.flow.head.inviting import invite_one, list_ones, show_invited
from bot.flow.head.list import (
    drop,
    is_sheet,
    read_file,
    save,
    send_template,
    show_link,
    show_read,
    show_saved,
    show_taken,
    show_template,
)
from bot.flow.head.members import (
    ask_reason,
    ask_sure,
    ask_words,
    keep,
    list_batches,
    list_missing,
    make_links,
    remind,
    show_batches,
    show_missing,
    show_not_withdrawn,
    show_reminded,
    show_withdrawn,
    take_words,
    withdraw,
)
from bot.flow.head.photos import add_archive, add_photo, ask_for_photos, finish, is_archive, show_photos
from bot.flow.head.whatsapp import ask_contact, show_begun, show_counted, write
from bot.flow.head.words import Order, is_heads_own, read_answer, read_order
from bot.flow.listening.asking import answered
from bot.flow.officer.words import means_persons_own, read_option
from bot.flow.operations.contact import ContactsBegun, ContactsCounted
from bot.flow.operations.contract import Rejected, Result
from bot.flow.operations.head import (
    Batches,
    BatchWithdrawn,
    HeadEnrolled,
    ListRead,
    ListSaved,
    ListTaken,
    MemberInvited,
    MembersReminded,
    MissingMembers,
    PhotosRead,
    TemplateMade,
)
from bot.flow.operations.worker import LinkMade
from bot.flow.registration.invited import read_invitation
from bot.flow.registration.order import HANDOVER
from bot.flow.rights.words import read_intent
from bot.flow.talk import Talk
from bot.flow.turn import Turn
from bot.messages import Chosen, Contact, Content, Document, Other, Photo, Reply, Text, Voice
from bot.understanding.intents import Intent
from bot.understanding.questions import find_question

OFFERED = "offered"
"""Pending: ids of the buttons last shown, in their order, for where a messenger numbers them."""
_NOWHERE = frozenset({"", "reg.start"})
"""Steps before the worker's first question: a head who writes from there is in his own room."""
_IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")


def advance_head(conversation: Conversation, event: Content | Result, now: dt.datetime) -> Turn | None:
    """What follows from a head's message or from the register's answer to it; None = not the head's matter.

    Args:
        conversation: the talk as it stands; for a result, as the turn that asked for it left it.
        event: what came in.
        now: the present moment, aware.
    """
    if conversation.head is None:
        return None
    match event:
        case Chosen(id_):
            turn = _take_press(conversation, id_)
        case Text(text) if read_invitation(text):
            turn = None  # a head is a member, too
        case Text(text):
            turn = _take_text(conversation, text.strip(), now)
        case Document():
            turn = _take_document(conversation, event, now)
        case Photo(ref):
            turn = add_photo(conversation, ref, now) if _is_here(conversation) else None
        case Contact() | Voice() | Other():
            turn = _again(conversation, "head.again.kind") if _is_here(conversation) else None
        case _:
            turn = _take_result(conversation, event)
    return _with_offer(turn) if turn else None


def _with_offer(turn: Turn) -> Turn:
    """The turn remembers which buttons it shows, where the talk stands in this room."""
    if not turn.step.startswith(ROOM):
        return turn
    shown = [reply.choices for reply in turn.replies if reply.choices][-1:]
    offered = " ".join(choice.id for choices in shown for choice in choices)
    kept = {name: value for name, value in turn.pending.items() if name != OFFERED or not turn.replies}
    return replace(turn, pending=kept | ({OFFERED: offered} if offered else {}))


# --- the register's answers -----------------------------------------------------------------------------------------


def _take_result(conversation: Conversation, event: Content | Result) -> Turn | None:
    if isinstance(event, Rejected):
        return show_not_withdrawn(conversation, event) if conversation.step == WAIT else None
    if isinstance(event, HeadEnrolled):
        is_free = conversation.draft is None and conversation.step != HANDOVER
        return _welcome(conversation, event) if is_free else None
    if isinstance(event, LinkMade):
        return show_link(conversation, event) if conversation.step == WAIT else None
    show = _SHOW.get(type(event))
    return show(conversation, event) if show else None


_SHOW: Mapping[type, Callable[..., Turn]] = {
    TemplateMade: show_template,
    ListRead: show_read,
    ListTaken: show_taken,
    ListSaved: show_saved,
    Batches: show_batches,
    MissingMembers: show_missing,
    MemberInvited: show_invited,
    MembersReminded: show_reminded,
    BatchWithdrawn: show_withdrawn,
    PhotosRead: show_photos,
    ContactsCounted: show_counted,
    ContactsBegun: show_begun,
}


# --- files ----------------------------------------------------------------------------------------------------------


def _take_document(conversation: Conversation, document: Document, now: dt.datetime) -> Turn | None:
    """A spreadsheet is a list wherever the talk stands; in this room a picture is a photo, a zip many, all else a list."""
    if is_sheet(document):
        return read_file(conversation, document)
    if not _is_here(conversation):
        return None
    if document.media_type.startswith("image/") or document.filename.lower().endswith(_IMAGE_ENDINGS):
        return add_photo(conversation, document.ref, now)
    if document.media_type.startswith(("audio/", "video/")):
        return _again(conversation, "head.again.kind")
    if is_archive(document):
        return add_archive(conversation, document.ref, now)
    return read_file(conversation, document)


# --- buttons and words ----------------------------------------------------------------------------------------------


def _take_press(conversation: Conversation, id_: str) -> Turn | None:
    if not id_.startswith(ROOM):
        return None
    press = read_press(id_)
    return _PRESSES[press.verb](conversation, press) if press else _again(conversation, "head.again.stale")


def _take_text(conversation: Conversation, text: str, now: dt.datetime) -> Turn | None:
    order = read_order(text)
    if not _is_here(conversation):
        return _obey(conversation, order) if order and _counts_elsewhere(conversation, order) else None
    pressed = _pressed(conversation, text)
    if pressed:
        return _take_press(conversation, pressed)
    if order and (order.slash or conversation.step != WORDS):
        return _obey(conversation, order)
    if is_heads_own(text):
        return None
    if conversation.step == WORDS:
        return take_words(conversation, text)
    if read_answer(text) == "no":
        return go_home(conversation)
    return None if means_persons_own(text) else _answer(conversation, text, now)


def _answer(conversation: Conversation, text: str, now: dt.datetime) -> Turn:
    """A question about the programme is answered as it is everywhere; what nobody understood is told kindly."""
    asked = find_question(text)
    if asked is not None and asked.is_sure:
        step = _step(conversation)
        move = answered(Talk(conversation, now, step, conversation.pending), asked.id)
        ask = Reply("head.ask", choices=choices_of(step, conversation.pending))
        return Turn(step, conversation.pending, (*move.say, ask))
    is_greeting = read_intent(text) in {Intent.GREET, Intent.THANKS} or conversation.step in _NOWHERE
    return _again(conversation, "" if is_greeting else "head.unclear")


def _counts_elsewhere(conversation: Conversation, order: Order) -> bool:
    if conversation.step == HANDOVER:
        return False  # whatever is typed in a talk with an officer is for the officer
    if conversation.draft is None:
        return order.is_own
    return order.slash and order.name != "help"


def _pressed(conversation: Conversation, text: str) -> str:
    """The id of the button that a number or a short word stands for; "" for none."""
    offered, option = conversation.pending.get(OFFERED, "").split(), read_option(text)
    if 0 < option <= len(offered):
        return offered[option - 1]
    verbs = _MEANT.get((conversation.step, read_answer(text)), "")
    choices = choices_of(conversation.step, conversation.pending) if verbs else ()
    return next((choice.id for choice in choices if choice.id.startswith(f"{ROOM}{verbs}")), "")


#: The button that a short word stands for at a step.
_MEANT: Mapping[tuple[str, str], str] = {
    (LIST, "yes"): "save",
    (LIST, "no"): "drop",
    (SURE, "yes"): "sure",
    (SURE, "no"): "keep",
    (WORDS, "no"): "mine",
    ("head.missing", "more"): "missing",
    (PHOTOS, "done"): "finish",
    (CONTACT, "yes"): "write",
    (CONTACT, "no"): "home",
}


def _obey(conversation: Conversation, order: Order) -> Turn:
    return _PRESSES[order.name](conversation, Press(order.name))


# --- the room itself ------------------------------------------------------------------------------------------------


def go_home(conversation: Conversation, press: Press | None = None) -> Turn:
    """The head sees what he can do."""
    del press
    return Turn(HOME, replies=(_home(conversation),))


def show_help(conversation: Conversation, press: Press | None = None) -> Turn:
    """The head knows the way from a list to a registered member; a question that was open is put again."""
    del press
    step, pending, told = _step(conversation), conversation.pending, (Reply("head.help"), Reply("head.help.own"))
    if step == HOME:
        return Turn(HOME, replies=(*told, _home(conversation)))
    ask = "head.list.save.ask" if step == LIST else "head.ask"
    params = {"count": pending.get("count", "")}
    return Turn(step, pending, (*told, Reply(ask, params, choices=choices_of(step, pending))))


def _home(conversation: Conversation) -> Reply:
    name = conversation.head.association if conversation.head else ""
    return Reply("head.home", {"association": name}, choices=choices_of(HOME, {}))


def welcome_words(enrolled: HeadEnrolled) -> Reply:
    """The words for a new head, by his name where it is known."""
    params = {"association": enrolled.association, **({"name": enrolled.name} if enrolled.name else {})}
    return Reply("head.enrolled", params, {} if enrolled.name else {"name": "head.nameless"})


def _welcome(conversation: Conversation, enrolled: HeadEnrolled) -> Turn:
    """The person who has just become a head knows how to begin."""
    return Turn(HOME, replies=(welcome_words(enrolled), _home(conversation)))


def _again(conversation: Conversation, said: str) -> Turn:
    """The step's buttons stand as they stood, after a word on what came in."""
    step = _step(conversation)
    choices = choices_of(step, conversation.pending)
    if step == HOME:
        return Turn(HOME, replies=(*([Reply(said)] if said else []), _home(conversation)))
    return Turn(step, conversation.pending, (Reply(said or "head.again", choices=choices),))


def _step(conversation: Conversation) -> str:
    """Where the talk stands in this room."""
    return conversation.step if conversation.step.startswith(ROOM) and conversation.step != WAIT else HOME


def _is_here(conversation: Conversation) -> bool:
    """The talk stands in this room, or nowhere yet."""
    return conversation.step.startswith(ROOM) or (conversation.step in _NOWHERE and conversation.draft is None)


_PRESSES: Mapping[str, Callable[[Conversation, Press], Turn]] = {
    "home": go_home,
    "send": send_template,
    "mine": list_batches,
    "missing": list_missing,
    "remind": remind,
    "one": list_ones,
    "invite": invite_one,
    "contact": ask_contact,
    "write": write,
    "links": make_links,
    "help": show_help,
    "photos": ask_for_photos,
    "finish": finish,
    "save": save,
    "drop": drop,
    "pick": ask_reason,
    "why": ask_sure,
    "words": ask_words,
    "sure": withdraw,
    "keep": keep,
}
