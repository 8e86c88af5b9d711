"""What an officer's message leads to: the one door into the officer's conversation.

Decides whether a message is an officer's matter at all (an officer may be registering as a worker meanwhile) and which
order, button or answer it is. What each leads to stands in the `officer_*` modules beside this one. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.flow.conversation import Conversation
from bot.flow.head.buttons import ROOM as HEAD
from bot.flow.officer import association
from bot.flow.officer.buttons import (
    CASE_STEPS,
    FOUND,
    ROOM,
    SEARCH,
    STEPS,
    TALK,
    WAIT,
    Press,
    choices_of,
    read_press,
)
from bot.flow.officer.card import show_case
from bot.flow.officer.case import (
    on_the_table,
    open_case,
    press_approve,
    press_open,
    press_skip,
    press_sure,
    release,
    show_decided,
    show_rejected,
)
from bot.flow.officer.desk import (
    ask_about_sheet,
    ask_for_query,
    count,
    greet,
    is_sheet,
    issue,
    press_cards_no,
    press_cards_yes,
    query_question,
    search,
    sheet_question,
    show_counts,
    show_found,
    show_help,
    show_imported,
    stay,
    take_next,
    welcome,
)
from bot.flow.officer.handover import REJECTIONS as TALK_REJECTIONS
from bot.flow.officer.handover import (
    answer,
    finish,
    left_open,
    list_people,
    not_words,
    press_done,
    press_leave,
    press_take,
    show_answered,
    show_given_back,
    show_not_possible,
    show_people,
    show_person,
    take_named,
)
from bot.flow.officer.handover import question as talk_question
from bot.flow.officer.reasons import (
    press_add,
    press_mark,
    press_refuse,
    press_refuse_reason,
    press_refuse_send,
    press_return,
    press_return_reason,
    press_send,
    question,
)
from bot.flow.officer.words import (
    Order,
    is_persons_own,
    looks_like_number,
    means_persons_own,
    read_answer,
    read_option,
    read_order,
)
from bot.flow.operations.contract import Rejected, Result
from bot.flow.operations.officer import CardsImported, Case, Counts, Decided, Found
from bot.flow.operations.people import Answered, GivenBack, Handovers, HandoverShown
from bot.flow.operations.worker import Enrolled
from bot.flow.turn import Turn
from bot.messages import Chosen, Contact, Content, Document, Left, Other, Photo, Reply, Text, Voice
from models.catalogue.numbers import parse_number

_PRESSES: Mapping[str, Callable[[Conversation, Press], Turn]] = {
    "queue.next": take_next,
    "desk.count": count,
    "case.open": press_open,
    "case.approve": press_approve,
    "case.return": press_return,
    "case.refuse": press_refuse,
    "case.skip": press_skip,
    "sure.yes": press_sure,
    "return.page": press_return,
    "return.pick": press_return_reason,
    "return.mark": press_mark,
    "return.add": press_add,
    "return.send": press_send,
    "refuse.page": press_refuse,
    "refuse.pick": press_refuse_reason,
    "refuse.send": press_refuse_send,
    "cards.yes": press_cards_yes,
    "cards.no": press_cards_no,
    "talk.list": list_people,
    "talk.take": press_take,
    "talk.done": press_done,
    "talk.leave": press_leave,
    **association.PRESSES,
}
#: Orders that stand for themselves, whatever is behind them.
_DESK: Mapping[str, Callable[[Conversation], Turn]] = {
    "queue": take_next,
    "count": count,
    "help": show_help,
    "associations": association.list_associations,
    "done": finish,
}
#: Labels of the buttons that a typed word stands for.
_MEANT: Mapping[str, frozenset[str]] = {
    "yes": frozenset(f"off.button.{verb}" for verb in ("sure.yes", "return.send", "refuse.send", "cards.yes")),
    "no": frozenset({"off.button.back", "off.button.cards.no"}),
    "more": frozenset({"off.button.more"}),
    "next": frozenset({"off.button.queue.next"}),
}
#: Steps before the worker's first question: an officer who writes from there is at the desk.
_NOWHERE = frozenset({"", "reg.start"})
#: Orders that nobody means as an answer to a worker's question, also without a slash.
_NO_ANSWER = frozenset({"queue", "count", "help", "search", "issue", "talks", "associations"})
OFFERED = "offered"
"""Pending: ids of the buttons last shown, in their order. Where a messenger numbers them, "1" means the first of these
and of no others."""
#: Buttons that are made for no case.
_WITHOUT_CASE = frozenset({
    "queue.next", "desk.count", "cards.yes", "cards.no", "talk.list", "talk.take", "talk.done", "talk.leave",
    *association.PRESSES,
})  # fmt: skip


def advance_officer(conversation: Conversation, event: Content | Result, now: dt.datetime) -> Turn | None:
    """What follows from an officer's message or from the register's answer to it; None = not an officer's matter.

    Args:
        conversation: The talk as it stands; for a result, as the turn that asked for it left it.
        event: What came in.
        now: The present moment, aware.
    """
    if conversation.officer is None:
        return None
    if isinstance(event, CardsImported):
        return show_imported(conversation, event)
    match event:
        case Chosen(id_):
            turn = _take_press(conversation, id_)
        case Text(text):
            turn = _take_text(conversation, text.strip())
        case Document() if is_sheet(event) and not _is_heading(conversation):
            turn = ask_about_sheet(conversation, event)
        case Photo() | Document() | Contact() | Voice() | Other():
            turn = _not_words(conversation)
        case _:
            turn = _take_result(conversation, event, now)
    return _with_offer(turn) if turn else None


def _with_offer(turn: Turn) -> Turn:
    """The turn remembers which buttons it shows."""
    shown = [reply.choices for reply in turn.replies if reply.choices][-1:]
    offered = " ".join(choice.id for choices in shown for choice in choices)
    pending = {name: value for name, value in turn.pending.items() if name != OFFERED}
    return replace(turn, pending=pending | ({OFFERED: offered} if offered else {}))


def _take_result(conversation: Conversation, event: Content | Result, now: dt.datetime) -> Turn | None:
    match event:
        case Case():
            return show_case(conversation, event, now)
        case Decided():
            return show_decided(conversation, event)
        case Rejected() if conversation.step == WAIT:
            return _show_rejection(conversation, event)
        case Found():
            return show_found(conversation, event)
        case Counts():
            return show_counts(conversation, event)
        case Enrolled() if conversation.draft is None:
            return welcome(conversation, event)
        case _:
            return _take_talk(conversation, event, now)


def _show_rejection(conversation: Conversation, rejected: Rejected) -> Turn:
    if rejected.code in TALK_REJECTIONS:
        return show_not_possible(conversation, rejected)
    is_about = rejected.code in association.REJECTIONS
    return (association.show_rejected if is_about else show_rejected)(conversation, rejected)


def _take_talk(conversation: Conversation, event: Content | Result, now: dt.datetime) -> Turn | None:
    """The register's answers about people who are helped."""
    match event:
        case Handovers():
            return show_people(conversation, event, now)
        case HandoverShown():
            return show_person(conversation, event, now)
        case Answered():
            return show_answered(conversation, event)
        case GivenBack():
            return show_given_back(conversation, event)
        case Text() | Chosen() | Photo() | Document() | Contact() | Voice() | Other() | Left():
            return None
        case _:
            return association.show_result(conversation, event)


def _not_words(conversation: Conversation) -> Turn | None:
    """What is sent besides words is no answer at an officer's step, and goes to nobody."""
    if conversation.step == TALK:
        return not_words(conversation)
    return _again(conversation, "off.again.kind") if _is_here(conversation) else None


# --- buttons --------------------------------------------------------------------------------------------------------


def _take_press(conversation: Conversation, id_: str) -> Turn | None:
    press = read_press(id_)
    if press is None:
        return _again(conversation, "off.again.stale") if id_.startswith(ROOM) else None
    act = _PRESSES.get(press.verb)
    if act is None or not (press.number or press.verb in _WITHOUT_CASE):
        return _again(conversation, "off.again.stale")
    return act(conversation, press)


# --- words ----------------------------------------------------------------------------------------------------------


def _take_text(conversation: Conversation, text: str) -> Turn | None:
    order = read_order(text)
    if conversation.step == TALK:
        return _take_line(conversation, text, order)
    if conversation.step in association.FORM and not text.startswith("/") and not is_persons_own(text):
        return _take_option(conversation, text) or association.fill_in(conversation, text)
    if not _is_here(conversation):
        return _obey(conversation, order) if order and _counts_elsewhere(conversation, order) else None
    if order and not (order.name == "start" and order.rest):
        return _obey(conversation, order)
    if is_persons_own(text):
        return None
    return _take_answer(conversation, text)


def _take_line(conversation: Conversation, text: str, order: Order | None) -> Turn | None:
    """A line in the midst of a talk goes to the person, unless it is a command or ends the talk."""
    if order is not None and order.name == "done" and not order.rest:
        return finish(conversation)
    if not text.startswith("/"):
        return answer(conversation, text)
    if order is not None and not (order.name == "start" and order.rest):
        turn = _obey(conversation, order)
        return left_open(turn) if turn is not None else None
    return None if is_persons_own(text) else _again(conversation, "off.again")


def _counts_elsewhere(conversation: Conversation, order: Order) -> bool:
    """An order at a worker's step counts when it can't be meant as an answer there ("setuju" may be consent)."""
    if conversation.draft is None:
        return order.slash or order.name in _NO_ANSWER
    return order.slash and order.name not in {"help", "start"}


def _take_answer(conversation: Conversation, text: str) -> Turn | None:
    """A line that is no order: the number of an option, yes or no, words to search for, a registration number."""
    answer = read_answer(text)
    chosen = _answered(conversation, answer)
    turn = _take_option(conversation, text) or (_take_press(conversation, chosen) if chosen else None)
    if turn is not None:
        return turn
    if answer == "no" and conversation.step in {SEARCH, FOUND}:
        return greet(conversation)
    if conversation.step == SEARCH and text:
        return search(conversation, text)
    if number := parse_number(text):
        return open_case(conversation, number)
    if means_persons_own(text):
        return None
    return _again(conversation, "off.again.number" if looks_like_number(text) else "")


def _take_option(conversation: Conversation, text: str) -> Turn | None:
    """The press of the button whose number was typed, where messengers number them."""
    offered, option = conversation.pending.get(OFFERED, "").split(), read_option(text)
    return _take_press(conversation, offered[option - 1]) if 0 < option <= len(offered) else None


def _answered(conversation: Conversation, answer: str) -> str:
    """The id of the button that a short word stands for; "" where the step has no such button."""
    choices = choices_of(conversation.step, conversation.pending)
    return next((choice.id for choice in choices if choice.key in _MEANT.get(answer, ())), "")


# --- orders ---------------------------------------------------------------------------------------------------------


def _obey(conversation: Conversation, order: Order) -> Turn | None:
    plain = _DESK.get(order.name)
    if plain is not None:
        return plain(conversation)
    match order.name:
        case "start":
            return None if order.rest else greet(conversation)
        case "search":
            return search(conversation, order.rest) if order.rest else ask_for_query(conversation)
        case "issue":
            return issue(conversation, order.rest)
        case "talks":
            return take_named(conversation, order.rest)
        case _:
            return _act_on_case(conversation, order)


def _act_on_case(conversation: Conversation, order: Order) -> Turn:
    """The order is carried out on the case it names, or on the open one; a case not looked at yet is opened first."""
    kept = on_the_table(conversation)
    number = parse_number(order.rest) if order.rest else kept.get("case")
    if number is None:
        wrong = "off.again.number" if order.rest else f"off.number.{order.name}"
        return stay(conversation, Reply(wrong))
    if order.name == "skip":
        return release(conversation, number)
    is_seen = number == kept.get("case") and "can" in kept and (bool(order.rest) or conversation.step in CASE_STEPS)
    if order.name == "open" or not is_seen:
        return open_case(conversation, number)
    return _PRESSES[f"case.{order.name}"](conversation, Press(f"case.{order.name}", (number.replace("-", ""),)))


# --- everything else ------------------------------------------------------------------------------------------------


def _again(conversation: Conversation, said: str = "") -> Turn:
    """The step's question stands as it stood, after a word on what came in."""
    if conversation.step in association.STEPS:
        return association.again(conversation, said or "off.again")
    step = conversation.step if conversation.step in STEPS else ""
    if not step:
        return stay(conversation, *([Reply(said)] if said else []), Reply("off.hello", choices=choices_of("", {})))
    replies = ([Reply(said)] if said else [Reply("off.again")]) + [_question(conversation, step)]
    return Turn(step, pending=conversation.pending, replies=tuple(replies))


def _question(conversation: Conversation, step: str) -> Reply:
    pending = conversation.pending
    match step:
        case "off.return" | "off.fields" | "off.add" | "off.refuse" | "off.refuse.sure":
            return question(step, pending)
        case "off.sure" | "off.case":
            params = {"number": pending.get("case", ""), "signs": pending.get("signs", "0")}
            return Reply(f"{step}.ask", params, choices=choices_of(step, pending))
        case "off.talk":
            return talk_question(pending)
        case "off.search":
            return query_question(conversation)
        case "off.cards":
            return sheet_question(pending)
        case "off.found":
            return Reply("off.found.ask", choices=choices_of(step, pending))
        case _:
            return Reply("off.done.ask", choices=choices_of(step, pending))


def _is_here(conversation: Conversation) -> bool:
    """The talk stands at an officer's step, or nowhere yet."""
    return conversation.step.startswith(ROOM) or (conversation.step in _NOWHERE and conversation.draft is None)


def _is_heading(conversation: Conversation) -> bool:
    """The officer, who heads an association besides, is talking about that just now."""
    return conversation.head is not None and conversation.step.startswith(HEAD)
