"""Associations at the officer's desk: the list of the area, setting one up question by question, a fresh code, retiring one.

Decides what is asked and in which order; every answer can be taken back before anything is written. Refuses to know who
may set one up where: the register says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.flow.conversation import Conversation
from bot.flow.officer.buttons import DONE, WAIT, Press, button, choices_of, press_id
from bot.flow.officer.case import on_the_table
from bot.flow.operations.association import (
    AssociationItem,
    AssociationList,
    AssociationRetired,
    AssociationShown,
    CodeMade,
    ListAssociations,
    MakeCode,
    OpenAssociation,
    RetireAssociation,
    SetUpAssociation,
)
from bot.flow.operations.contract import Operation, Rejected, Result
from bot.flow.turn import Turn
from bot.messages import Choice, Reply
from models.catalogue.regions import find_regency, region_name

LIST, ONE, RETIRE, MAKE = "off.assoc.list", "off.assoc.one", "off.assoc.retire", "off.assoc.make"
FIELDS = ("name", "kind", "area", "head")
FORM = frozenset({MAKE, *(f"off.assoc.{field}" for field in FIELDS)})
"""Steps at which an association is being set up: typed words are the answer."""
STEPS = FORM | {LIST, ONE, RETIRE}
KINDS = ("ojek", "pedagang", "nelayan", "petani")
REJECTIONS = frozenset({"association", "association_area", "name_taken"})
_MOST = {"name": 120, "kind": 40, "head": 80}
_LEAST = {"name": 4, "kind": 3, "head": 2}
_BACK = frozenset({"kembali", "balik"})
_CANCEL = frozenset({"batal", "tidak jadi"})
_YES = frozenset({"ya", "iya", "buat", "ok", "oke"})
_PREFIX = "a_"


# --- the list, and one of it ----------------------------------------------------------------------------------------


def list_associations(conversation: Conversation, press: Press | None = None) -> Turn:
    """The register is asked for the associations of the officer's area."""
    del press
    return _ask_register(conversation, ListAssociations())


def show_list(conversation: Conversation, found: AssociationList) -> Turn:
    """The officer sees them, and can open one or set up another."""
    rows = tuple(
        Choice(press_id("assoc.open", str(one.id)), text=one.name, description=f"{one.kind}, {one.area}")
        for one in found.items
        if one.state != "retired"
    )
    key = ("off.assoc.list.more" if found.more else "off.assoc.list") if rows else "off.assoc.none"
    return Turn(LIST, on_the_table(conversation), (Reply(key, choices=(button("assoc.new"), *rows)),))


def open_one(conversation: Conversation, press: Press) -> Turn:
    """The register is asked for the association that the button names."""
    return _ask_register(conversation, OpenAssociation(_id(press)))


def show_one(conversation: Conversation, shown: AssociationShown) -> Turn:
    """The officer sees the association, and can give a fresh code or retire it."""
    item = shown.item
    params = {**_params(item), "head": shown.head or "–", "referred": str(shown.referred), "confirmed": str(shown.confirmed)}
    pending = {**on_the_table(conversation), "association": str(item.id), "state": item.state, "title": item.name}
    said = Reply("off.assoc.one", params, {"state": f"off.assoc.state.{item.state}"}, _of_one(pending))
    return Turn(ONE, pending, (said,))


def make_code(conversation: Conversation, press: Press) -> Turn:
    """The register is asked for a fresh code."""
    return _ask_register(conversation, MakeCode(_id(press)))


def show_code(conversation: Conversation, made: CodeMade) -> Turn:
    """The officer has the code, and words to pass on to the head."""
    params = {"name": made.name, "code": made.code, "links": made.links, **({"head": made.head} if made.head else {})}
    key = "off.assoc.made" if made.new else "off.assoc.code"
    hand = "off.assoc.hand.links" if made.links else "off.assoc.hand"
    handed = Reply(hand, params, {} if made.head else {"head": "head.nameless"}, (button("assoc.list"),))
    return Turn(LIST, on_the_table(conversation), (Reply(key, params), handed))


def ask_retire(conversation: Conversation, press: Press) -> Turn:
    """The officer is asked once more."""
    pending = {**on_the_table(conversation), "association": str(_id(press))}
    return Turn(RETIRE, pending, (Reply("off.assoc.retire.ask", choices=_of_retire(pending)),))


def retire(conversation: Conversation, press: Press) -> Turn:
    """The association goes to the register to be retired."""
    return _ask_register(conversation, RetireAssociation(_id(press)))


def show_retired(conversation: Conversation, retired: AssociationRetired) -> Turn:
    """The officer knows that it refers nobody any more."""
    said = Reply("off.assoc.retired", {"name": retired.name}, choices=(button("assoc.list"),))
    return Turn(LIST, on_the_table(conversation), (said,))


# --- setting one up -------------------------------------------------------------------------------------------------


def begin(conversation: Conversation, press: Press) -> Turn:
    """The first question; an officer of one regency is not asked for the regency."""
    del press
    area = conversation.officer.area if conversation.officer else ""
    return _question(conversation, "name", {"area": area} if len(area) == 4 else {})


def fill_in(conversation: Conversation, text: str) -> Turn:
    """The words are the answer to the open question, or take a step back."""
    plain = " ".join(text.lower().strip(" .!").split())
    if plain in _CANCEL:
        return cancel(conversation)
    if plain in _BACK:
        return back(conversation)
    if conversation.step == MAKE:
        return make(conversation) if plain in _YES else again(conversation, "")
    field = conversation.step.rpartition(".")[2]
    if field == "area":
        return _place(conversation, text)
    said = " ".join(text.split())[: _MOST[field]]
    if len(said) < _LEAST[field] or said.endswith("?"):
        return again(conversation, "off.assoc.short")
    return _go_on(conversation, field, said)


def press_kind(conversation: Conversation, press: Press) -> Turn:
    """The kind that the button names is the answer."""
    return _late(conversation) or _go_on(conversation, "kind", press.arg(0))


def press_area(conversation: Conversation, press: Press) -> Turn:
    """The regency that the button names is the answer."""
    return _late(conversation) or _go_on(conversation, "area", press.arg(0))


def back(conversation: Conversation, press: Press | None = None) -> Turn:
    """The question before this one is put again; its new answer takes the old one's place."""
    del press
    if conversation.step not in FORM:
        return _late(conversation) or list_associations(conversation)
    asked = _asked(conversation)
    field = conversation.step.rpartition(".")[2]
    at = asked.index(field) if field in asked else len(asked)
    return _question(conversation, asked[at - 1], _form(conversation)) if at else list_associations(conversation)


def cancel(conversation: Conversation, press: Press | None = None) -> Turn:
    """Nothing was set up."""
    del press
    return Turn(DONE, on_the_table(conversation), (Reply("off.assoc.cancelled", choices=choices_of(DONE, {})),))


def make(conversation: Conversation, press: Press | None = None) -> Turn:
    """The association goes to the register; what was answered stays until it says yes."""
    del press
    late = _late(conversation)
    if late is not None:
        return late
    form = _form(conversation)
    operation = SetUpAssociation(form["name"], form["kind"], form["area"], form["head"])
    return Turn(WAIT, _pending(conversation, form), operations=(operation,))


def show_rejected(conversation: Conversation, rejected: Rejected) -> Turn:
    """The officer knows why it was not possible; a name that is taken is asked for again."""
    form = _form(conversation)
    if rejected.code == "name_taken" and form:
        asked = _question(conversation, "name", form)
        return Turn(asked.step, asked.pending, (Reply("off.assoc.rejected.name_taken"), *asked.replies))
    said = Reply(f"off.assoc.rejected.{rejected.code}", choices=(button("assoc.list"),))
    return Turn(LIST, on_the_table(conversation), (said,))


def again(conversation: Conversation, said: str) -> Turn:
    """The step's question stands as it stood, after a word on what came in."""
    before = (Reply(said),) if said else ()
    if conversation.step == MAKE:
        return Turn(MAKE, conversation.pending, (*before, _preview(_form(conversation))))
    if conversation.step in FORM:
        asked = _question(conversation, conversation.step.rpartition(".")[2], _form(conversation))
        return Turn(asked.step, asked.pending, (*before, *asked.replies))
    pending = conversation.pending
    offers = {ONE: _of_one, RETIRE: _of_retire}.get(conversation.step, lambda _pending: (button("assoc.list"),))
    return Turn(conversation.step, pending, (*before, Reply("off.assoc.again", choices=offers(pending))))


# --- how it is asked ------------------------------------------------------------------------------------------------


def _go_on(conversation: Conversation, field: str, value: str) -> Turn:
    """The answer is noted; the next question that is open, or the preview."""
    form = {**_form(conversation), field: value}
    asked = _asked(conversation)
    following = next((name for name in asked[asked.index(field) + 1 :] if name not in form), "")
    if following:
        return _question(conversation, following, form)
    missing = next((name for name in asked if name not in form), "")
    if missing:
        return _question(conversation, missing, form)
    return Turn(MAKE, _pending(conversation, form), (_preview(form),))


def _question(conversation: Conversation, field: str, form: Mapping[str, str]) -> Turn:
    kept = {name: value for name, value in form.items() if name != field}
    kinds = tuple(button("assoc.kind", kind, label=f"off.assoc.kind.{kind}") for kind in KINDS) if field == "kind" else ()
    way_back = () if field == "name" else (button("assoc.back"),)
    ask = Reply(f"off.assoc.{field}.ask", choices=(*kinds, *way_back, button("assoc.cancel")))
    return Turn(f"off.assoc.{field}", _pending(conversation, kept), (ask,))


def _place(conversation: Conversation, text: str) -> Turn:
    """The regency that the words mean, if it is one and lies in the officer's area; several are offered."""
    area = conversation.officer.area if conversation.officer else ""
    found = [place for place in find_regency(text) if place.code.startswith(area)]
    if len(found) == 1:
        return _go_on(conversation, "area", found[0].code)
    if not found:
        return again(conversation, "off.assoc.area.unknown")
    offered = tuple(Choice(press_id("assoc.area", place.code), text=place.name) for place in found)
    said = Reply("off.assoc.area.which", choices=(*offered, button("assoc.back")))
    return Turn(conversation.step, conversation.pending, (said,))


def _preview(form: Mapping[str, str]) -> Reply:
    params = {**form, "area": region_name(form.get("area", "")) or form.get("area", "")}
    return Reply("off.assoc.preview", params, choices=(button("assoc.make"), button("assoc.back"), button("assoc.cancel")))


def _asked(conversation: Conversation) -> tuple[str, ...]:
    """The questions of this officer: one who looks after a single regency is not asked for it."""
    area = conversation.officer.area if conversation.officer else ""
    return tuple(field for field in FIELDS if field != "area" or len(area) != 4)


def _late(conversation: Conversation) -> Turn | None:
    """A button of a form that is no longer open leads to the list."""
    return None if conversation.step in FORM else list_associations(conversation)


def _form(conversation: Conversation) -> dict[str, str]:
    pending = conversation.pending
    return {field: pending[f"{_PREFIX}{field}"] for field in FIELDS if f"{_PREFIX}{field}" in pending}


def _pending(conversation: Conversation, form: Mapping[str, str]) -> dict[str, str]:
    return {**on_the_table(conversation), **{f"{_PREFIX}{field}": value for field, value in form.items()}}


def _of_one(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    number = pending.get("association", "")
    ways = () if pending.get("state") == "retired" else (button("assoc.code", number), button("assoc.retire", number))
    return (*ways, button("assoc.list"))


def _of_retire(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    number = pending.get("association", "")
    return (button("assoc.gone", number), button("assoc.open", number, label="off.button.back"))


def _ask_register(conversation: Conversation, operation: Operation) -> Turn:
    return Turn(WAIT, on_the_table(conversation), operations=(operation,))


def _id(press: Press) -> int:
    first = press.arg(0)
    return int(first) if first.isascii() and first.isdigit() and len(first) < 16 else 0


def _params(item: AssociationItem) -> dict[str, str]:
    return {"name": item.name, "kind": item.kind, "area": item.area}


PRESSES: Mapping[str, Callable[[Conversation, Press], Turn]] = {
    "assoc.list": list_associations,
    "assoc.open": open_one,
    "assoc.code": make_code,
    "assoc.retire": ask_retire,
    "assoc.gone": retire,
    "assoc.new": begin,
    "assoc.kind": press_kind,
    "assoc.area": press_area,
    "assoc.back": back,
    "assoc.cancel": cancel,
    "assoc.make": make,
}
_SHOW: Mapping[type, Callable[..., Turn]] = {
    AssociationList: show_list,
    AssociationShown: show_one,
    CodeMade: show_code,
    AssociationRetired: show_retired,
}


def show_result(conversation: Conversation, result: Result) -> Turn | None:
    """What the register's answer leads to; None when it is not about associations."""
    show = _SHOW.get(type(result))
    return show(conversation, result) if show else None
