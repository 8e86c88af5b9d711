"""A list of members on its way: the template, the file that comes, what is in it, and whether it is saved.

Decides what is said of a list and what is asked next. Refuses to know how one is read: a job does that.
"""

from __future__ import annotations

from dataclasses import replace

from bot.flow.conversation import Conversation
from bot.flow.head.buttons import HOME, LIST, PHOTOS, REASON, ROOM, SURE, WAIT, WORDS, Press, button, choices_of
from bot.flow.head.waiting import asked_first, without
from bot.flow.operations.head import (
    DropList,
    ListRead,
    ListSaved,
    ListTaken,
    MakeTemplate,
    ReadList,
    SaveList,
    TemplateMade,
)
from bot.flow.operations.worker import LinkMade, MakeLink
from bot.flow.registration.order import HANDOVER
from bot.flow.turn import Turn
from bot.messages import Choice, Document, Reply

_SHEETS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv")
_SHEET_TYPES = frozenset({
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/vnd.ms-excel.sheet.macroenabled.12",
    "application/vnd.oasis.opendocument.spreadsheet",
    "text/csv",
    "text/comma-separated-values",
    "text/tab-separated-values",
})  # fmt: skip
_BUSY = frozenset({REASON, WORDS, SURE, PHOTOS})
"""Steps whose question stays open when news of a list comes in between."""
NAME_MAX = 100
REASONS_MAX = 3
"""Reasons why lines need repair that are named in the chat; the sheet has all."""
SPOILT_LEAST = 3
"""When all of so many rows are to be repaired, it is worth a word: often the spreadsheet program has changed them."""
#: Errors with a text `head.list.error.<error>`; any other is one of the file: `referral.file.<error>`.
_ERRORS = frozenset({"gone", "closed", "lost"})
_TAKEN = {"fresh": "head.list.saving", "taken": "head.list.taken", "dropped": "head.list.was_dropped"}


def send_template(conversation: Conversation, press: Press) -> Turn:
    """The register is asked for an empty list."""
    del conversation, press
    return Turn(WAIT, operations=(MakeTemplate(),))


def show_template(conversation: Conversation, made: TemplateMade) -> Turn:
    """The head has an empty list, and knows how to fill it in and where to send it."""
    told = Reply("head.template", document=(made.filename, made.key))
    if conversation.capabilities.identity_in_chat or conversation.away:
        return Turn(HOME, replies=(told, Reply("head.template.how"), Reply("head.template.send")))
    return Turn(WAIT, {"for": "list"}, (told, Reply("head.template.how")), (MakeLink(),))


def show_link(conversation: Conversation, made: LinkMade) -> Turn:
    """The head has a way into the web chat, where lists and photos with NIK may be sent."""
    key = "head.photos.link" if conversation.pending.get("for") == "photos" else "head.template.link"
    return Turn(HOME, replies=(Reply(key, {"minutes": str(made.minutes)}, link=made.url),))


def is_sheet(document: Document) -> bool:
    """The file is a spreadsheet, by its name or type."""
    kind = document.media_type.partition(";")[0].strip().lower()
    return document.filename.lower().endswith(_SHEETS) or kind in _SHEET_TYPES


def read_file(conversation: Conversation, document: Document) -> Turn:
    """A job reads the file; nothing is saved by that, and whatever was being talked about goes on."""
    step = conversation.step if conversation.draft is not None or conversation.step in {HANDOVER, LIST, *_BUSY} else HOME
    pending = conversation.pending if step == conversation.step else {}
    asked = ReadList(document.ref, document.filename[:NAME_MAX])
    return Turn(step, pending, (Reply("head.list.reading"),), (asked,))


def show_read(conversation: Conversation, read: ListRead) -> Turn:
    """The head knows what is in the list, has the lines to repair, and is asked whether to save the rest."""
    if read.error:
        key = f"head.list.error.{read.error}" if read.error in _ERRORS else f"referral.file.{read.error}"
        return _told(conversation, Reply(key, read.params, choices=_other_ways()))
    counts = {name: str(read.counts.get(name, 0)) for name in ("ready", "repair", "registered", "listed")}
    total = sum(read.counts.values())
    numbers = {name: dotted(int(value)) for name, value in {**counts, "rows": str(total)}.items()}
    replies = [Reply("referral.summary.listed" if read.counts.get("listed") else "referral.summary", numbers)]
    if read.repair:
        replies.append(_to_repair(read, numbers["repair"]))
    ready = read.counts.get("ready", 0)
    if not ready:
        is_spoilt = total >= SPOILT_LEAST and read.counts.get("repair", 0) == total
        said = "head.list.spoilt" if is_spoilt else "head.list.nothing"
        return _told(conversation, *replies, Reply(said, choices=(button("send"), button("help"), button("home"))))
    if read.free is not None and ready > read.free:
        replies.append(Reply("referral.places", {"free": dotted(read.free), "ready": numbers["ready"]}))
    waiting = conversation.pending if conversation.step == LIST else {}
    pending = asked_first(waiting, read.key, numbers["ready"])
    ask = Reply("head.list.save.ask", {"count": numbers["ready"]}, choices=choices_of(LIST, pending))
    if _stays(conversation):
        return Turn(conversation.step, conversation.pending, (*replies, ask))
    return Turn(LIST, pending, (*replies, ask))


def _to_repair(read: ListRead, count: str) -> Reply:
    """The lines to repair, and the most frequent reasons among them."""
    shown = read.reasons[:REASONS_MAX]
    keys = [f"referral.why.{reason}" for reason, _ in shown] + ["referral.why.other"] * (len(read.reasons) > len(shown))
    params = {"count": count, **{reason: dotted(number) for reason, number in shown}}
    return Reply("head.list.repair", params, phrases={"reasons": ",".join(keys)}, document=read.repair)


def save(conversation: Conversation, press: Press) -> Turn:
    """The list that the button names is saved by a job, once."""
    after = _without(conversation, press.arg(0))
    step = after.step if _stays(conversation) else WAIT
    return Turn(step, after.pending, operations=(SaveList(press.arg(0)),))


def show_taken(conversation: Conversation, taken: ListTaken) -> Turn:
    """The head knows that saving has begun, that it was asked for before, or that the list was given up."""
    told = Reply(_TAKEN[taken.state])
    if taken.state == "fresh" and _waits(conversation):
        return Turn(LIST, conversation.pending, (told,))  # the next list is asked about when this one is saved
    return _told(conversation, told)


def drop(conversation: Conversation, press: Press) -> Turn:
    """The list is forgotten; nothing of it was saved."""
    told = _told(_without(conversation, press.arg(0)), Reply("head.list.dropped", choices=choices_of(HOME, {})))
    return Turn(told.step, told.pending, told.replies, (DropList(press.arg(0)),))


def show_saved(conversation: Conversation, saved: ListSaved) -> Turn:
    """The head knows how many were saved, and that each of them must confirm."""
    if saved.error:
        key = f"head.list.error.{saved.error}" if saved.error in _ERRORS else f"referral.file.{saved.error}"
        return _told(conversation, Reply(key, choices=_other_ways()))
    if not saved.rows:
        return _told(conversation, Reply("referral.saved.none"))
    contact = (button("contact"),) if saved.can_contact else ()
    told = (
        Reply("referral.saved", {"count": dotted(saved.rows)}),
        Reply("head.list.saved.next", choices=(*contact, button("links"), button("missing"), button("home"))),
    )
    return _told(conversation, *told)


def dotted(number: int) -> str:
    """A number as Indonesian writes it: 20.877."""
    return f"{number:,}".replace(",", ".")


def _stays(conversation: Conversation) -> bool:
    """The talk is about something else, which goes on: a registration, a question of its own."""
    return not conversation.step.startswith(ROOM) or conversation.step in _BUSY


def _told(conversation: Conversation, *replies: Reply) -> Turn:
    """Something is said, and whatever is being talked about goes on: only at rest are the buttons of the words shown."""
    plain = tuple(replace(reply, choices=()) for reply in replies)
    if _stays(conversation):
        return Turn(conversation.step, conversation.pending, plain)
    if _waits(conversation):
        pending = conversation.pending
        ask = Reply("head.list.still", {"count": pending.get("count", "")}, choices=choices_of(LIST, pending))
        return Turn(LIST, pending, (*plain, ask))
    return Turn(HOME, replies=replies)


def _waits(conversation: Conversation) -> bool:
    """A list waits for its yes or no."""
    return conversation.step in {LIST, WAIT} and bool(conversation.pending.get("key"))


def _without(conversation: Conversation, key: str) -> Conversation:
    """The talk in which this list waits no more."""
    return conversation if _stays(conversation) else replace(conversation, pending=without(conversation.pending, key))


def _other_ways() -> tuple[Choice, ...]:
    """What helps where a file did not: an empty list to fill in, photos."""
    return button("send"), button("photos"), button("home")
