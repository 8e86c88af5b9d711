"""The officer's desk beside the open case: queue, search, statistics, card numbers, and the list of orders.

Decides what is asked of the register and how its answer is told. Refuses to know how cases are found or counted.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.flow.conversation import Conversation
from bot.flow.officer.buttons import (
    CARDS,
    CASE,
    DONE,
    FOUND,
    SEARCH,
    Press,
    button,
    choices_of,
    digest,
    open_button,
)
from bot.flow.officer.card import rows
from bot.flow.officer.case import ask_register, on_the_table
from bot.flow.officer.words import QUERY_MAX, split_number_and_card
from bot.flow.operations.officer import CardsImported, CountCases, Counts, Found, ImportCards, IssueCard, Search, TakeCase
from bot.flow.operations.worker import Enrolled
from bot.flow.turn import Turn
from bot.messages import Document, Reply
from models.catalogue.masks import mask_tail
from models.catalogue.phone import Phone, parse_phone
from models.catalogue.statuses import Status

#: Codes with a text `cards.row.<code>`; any other is told as "other".
CARD_ROWS = frozenset({"number", "kpj", "not_found", "status", "area", "kpj_taken"})
#: Codes with a text `cards.error.<code>`; any other is told as "other".
CARD_ERRORS = frozenset({"unreadable", "columns", "too_large", "too_many", "empty", "gone"})
ROWS_SHOWN = 10
NAME_MAX = 24
KPJ_TAIL = 4
QUERY_MIN = 3
_SHEETS = (".xlsx",)
_SHEET_TYPES = frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"})


# --- queue, statistics, help ----------------------------------------------------------------------------------------


def take_next(conversation: Conversation, press: Press | None = None) -> Turn:
    """The register is asked for the next case."""
    del press
    return ask_register(conversation, TakeCase())


def count(conversation: Conversation, press: Press | None = None) -> Turn:
    """The register is asked for its figures."""
    del press
    return ask_register(conversation, CountCases())


def show_counts(conversation: Conversation, counts: Counts) -> Turn:
    """The officer sees the figures of the area and of the day."""
    params = {status.value: str(counts.by_status.get(status, 0)) for status in Status}
    params |= {"mine": str(counts.mine_today), "untold": str(counts.untold)}
    params |= {"used": str(counts.used), "quota": str(counts.quota), "left": str(max(0, counts.quota - counts.used))}
    people = {"waiting": counts.help_waiting, "taken": counts.help_taken, "hours": counts.help_hours}
    people |= {"objections": counts.objections, "late": counts.objections_late}
    more = Reply("off.counts.people", {name: str(value) for name, value in people.items()})
    places = {"places": "off.counts.places" if counts.quota else "off.counts.places.open"}
    return stay(conversation, more, Reply("off.counts", params, places, (button("queue.next"),)))


def stay(conversation: Conversation, *replies: Reply) -> Turn:
    """Something is said, and an open case stays as open as it was."""
    kept = on_the_table(conversation)
    return Turn(CASE if kept else DONE, pending=kept, replies=replies)


def show_help(conversation: Conversation) -> Turn:
    """The officer sees every order; an open case stays open."""
    search = "off.help.desk" if conversation.capabilities.identity_in_chat else "off.help.desk.no_nik"
    return stay(
        conversation,
        Reply("off.help.case"),
        Reply("off.help.people"),
        Reply(search, choices=(button("queue.next"), button("desk.count"))),
    )


def greet(conversation: Conversation) -> Turn:
    """The officer knows that the bot takes orders."""
    return stay(conversation, Reply("off.hello", choices=choices_of(DONE, {})))


def welcome(conversation: Conversation, enrolled: Enrolled) -> Turn:
    """The person who has just become an officer knows how to begin."""
    return stay(conversation, Reply("off.enrolled", {"name": enrolled.name}, choices=choices_of(DONE, {})))


# --- search ---------------------------------------------------------------------------------------------------------


def ask_for_query(conversation: Conversation) -> Turn:
    """The officer is asked what to look for; the next words are it."""
    return Turn(SEARCH, pending=on_the_table(conversation), replies=(query_question(conversation),))


def query_question(conversation: Conversation) -> Reply:
    """The question for a search; a messenger where no NIK may be asked for is not asked for one."""
    return Reply("off.search.ask" if conversation.capabilities.identity_in_chat else "off.search.ask.no_nik")


def search(conversation: Conversation, text: str) -> Turn:
    """The register is asked for cases that fit the words; a word too short to find anybody is asked for again.

    A phone number goes as the register writes it (E.164).
    """
    if len(text) < QUERY_MIN:
        return ask_for_query(conversation)
    phone = parse_phone(text)
    query = phone.e164 if isinstance(phone, Phone) else text[:QUERY_MAX]
    return ask_register(conversation, Search(query))


def show_found(conversation: Conversation, found: Found) -> Turn:
    """The officer sees what fits, as initials, with a button that opens each."""
    shown = list({item.number: item for item in found.items if item.number}.values())[:ROWS_SHOWN]
    if not shown:
        return Turn(SEARCH, pending=on_the_table(conversation), replies=(Reply("off.found.none"),))
    pending = on_the_table(conversation) | {"found": " ".join(item.number for item in shown)}
    listed = [(f"\n{item.number} · {item.name[:NAME_MAX]} · ", f"off.status.{item.status}") for item in shown]
    params, phrases = rows("row", ROWS_SHOWN, listed)
    key = "off.found.more" if found.more else "off.found"
    choices = tuple(open_button(item.number, item.name) for item in shown)
    return Turn(FOUND, pending=pending, replies=(Reply(key, params, phrases, choices),))


# --- card numbers ---------------------------------------------------------------------------------------------------


def issue(conversation: Conversation, text: str) -> Turn:
    """The card number goes to the register; if one of the two numbers is missing or wrong, the officer knows which."""
    number, kpj = split_number_and_card(text)
    if number is None:
        return stay(conversation, Reply("off.issue.number" if text else "off.issue.how"))
    if kpj is None:
        return stay(conversation, Reply("off.issue.kpj", {"number": number}))
    asked = ask_register(conversation, IssueCard(number, kpj), about=number)
    return Turn(asked.step, {**asked.pending, "tail": mask_tail(kpj, KPJ_TAIL)}, operations=asked.operations)


def is_sheet(document: Document) -> bool:
    """The file is one of card numbers, by its name or type."""
    return document.filename.lower().endswith(_SHEETS) or document.media_type.partition(";")[0].lower() in _SHEET_TYPES


def ask_about_sheet(conversation: Conversation, document: Document) -> Turn:
    """The officer is asked whether the file is meant to be read in."""
    pending = on_the_table(conversation) | {"ref": document.ref, "filename": document.filename[:60]}
    return Turn(CARDS, pending=pending, replies=(sheet_question(pending),))


def sheet_question(pending: Mapping[str, str]) -> Reply:
    """The question whether to read a file in."""
    return Reply("off.cards.ask", {"filename": pending.get("filename") or "–"}, choices=choices_of(CARDS, pending))


def press_cards_yes(conversation: Conversation, press: Press) -> Turn:
    """The file asked about is read in by a job; a button of another file is told apart."""
    ref = conversation.pending.get("ref", "")
    if conversation.step != CARDS or press.arg(0) != digest(ref):
        return stay(conversation, Reply("off.cards.stale"))
    said = stay(conversation, Reply("off.cards.reading", choices=(button("queue.next"),)))
    return Turn(said.step, said.pending, said.replies, (ImportCards(ref),))


def press_cards_no(conversation: Conversation, press: Press) -> Turn:
    """The file is left alone."""
    del press
    return stay(conversation, Reply("off.cards.left", choices=choices_of(DONE, {})))


def show_imported(conversation: Conversation, imported: CardsImported) -> Turn:
    """The officer knows what the file led to; whatever was being talked about goes on."""
    if imported.error:
        error = imported.error if imported.error in CARD_ERRORS else "other"
        said = Reply("off.cards.failed", phrases={"error": f"cards.error.{error}"})
        return Turn(conversation.step, conversation.pending, (said,))
    listed = [(f"\n{row}: ", f"cards.row.{code if code in CARD_ROWS else 'other'}") for row, code in imported.problems]
    params, phrases = rows("row", ROWS_SHOWN, listed)
    params |= {"issued": str(imported.issued), "repeated": str(imported.repeated), "failed": str(imported.failed)}
    params["shown"] = str(min(len(listed), ROWS_SHOWN))
    said = Reply("off.cards.done.rows" if listed else "off.cards.done", params, phrases)
    return Turn(conversation.step, conversation.pending, (said,))
