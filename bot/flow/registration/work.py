"""What work the person does, where, and at which number they can be reached.

Decides when words are clear enough to be taken, and when they are only offered back as choices.
"""

from __future__ import annotations

from bot.flow.registration.order import DISTRICT, OCCUPATION, PHONE, REGENCY
from bot.flow.talk import Move, Said, Talk, again, carried, choice, is_kept, kept
from bot.messages import Choice, Reply
from bot.understanding.places import Place, find_place
from models.catalogue.fields import Field
from models.catalogue.occupations import Match, common, find_occupation, get_occupation
from models.catalogue.phone import Phone, parse_phone
from models.catalogue.regions import District, districts_of, find_district, get_district, get_regency

OFFERED = "offered"
"""Pending entry: ids of the choices offered after an unclear answer."""
ELSE = "else"
ROWS_MAX = 9
"""Choices offered at most, so that one row of a list stays free."""
SURE, LEAD = 85.0, 12.0
"""An occupation is taken without asking from this score on, when the next one is so far behind."""


def ask_occupation(talk: Talk) -> tuple[Reply, ...]:
    """The work: the common kinds as choices, or those that the last words may have meant."""
    offered = talk.listed(OFFERED)
    if offered:
        choices = tuple(_occupation_choice(key) for key in offered)
        return (Reply("reg.occupation.near", choices=(*choices, choice(OCCUPATION, ELSE, "choice.else"))),)
    rows = tuple(_occupation_choice(work.id) for work in common())
    return (_asked(talk, "reg.occupation.ask", Field.OCCUPATION, rows),)


def answer_occupation(talk: Talk, said: Said) -> Move:
    """The work is saved when it is clear; several near ones are offered; unknown words are asked for otherwise."""
    if is_kept(talk, said, Field.OCCUPATION) and not talk.listed(OFFERED):
        return Move(done=(Field.OCCUPATION,))
    if said.value == ELSE or (said.is_no and talk.listed(OFFERED)):
        return again_plainly(talk, Reply("reg.occupation.else"))
    if _is_occupation(said.value):
        return Move(save={Field.OCCUPATION: said.value})
    found = find_occupation(said.text)
    if _is_sure(found):
        return _noted(Field.OCCUPATION, found[0].occupation.id, found[0].occupation.name)
    if found:
        offered = ",".join(match.occupation.id for match in found[:3])
        return Move(OCCUPATION, pending={**carried(talk), OFFERED: offered})
    return again_plainly(talk, Reply("reg.occupation.unknown"))


def ask_regency(talk: Talk) -> tuple[Reply, ...]:
    """The kabupaten or kota of work: the programme's own as choices when they are few."""
    offered = talk.listed(OFFERED)
    if offered:
        rows = tuple(choice(REGENCY, code, text=get_regency(code).name) for code in offered)
        return (Reply("reg.regency.near", choices=(*rows, choice(REGENCY, ELSE, "choice.else"))),)
    served = talk.agency.regencies if len(talk.agency.regencies) <= ROWS_MAX else ()
    rows = tuple(choice(REGENCY, code, text=get_regency(code).name) for code in served)
    return (_asked(talk, "reg.regency.ask", Field.REGENCY, rows),)


def answer_regency(talk: Talk, said: Said) -> Move:
    """The place is saved, and the kecamatan of an earlier place is forgotten with it."""
    if is_kept(talk, said, Field.REGENCY) and not talk.listed(OFFERED):
        return Move(done=(Field.REGENCY,))
    if said.value == ELSE or (said.is_no and talk.listed(OFFERED)):
        return again_plainly(talk, Reply("reg.regency.else"))
    if _is_regency(said.value) and said.value in (talk.agency.regencies or (said.value,)):
        return Move(save=_placed(talk, Place(get_regency(said.value), None)))
    return _hear_place(talk, said.text)


def _hear_place(talk: Talk, text: str) -> Move:
    """One place is saved, with its kecamatan when that was said too; several are offered."""
    served = talk.agency.regencies
    found = find_place(text) if text else ()
    inside = tuple(place for place in found if not served or place.regency.code in served)
    if found and not inside and _is_named(found[0], text):
        params = {"regency": found[0].regency.name, "programme": talk.agency.programme, "contact": talk.agency.contact}
        return again_plainly(talk, Reply("reg.regency.outside", params=params))
    codes = tuple(dict.fromkeys(place.regency.code for place in inside))
    if len(codes) == 1:
        place = inside[0] if len(inside) == 1 else Place(inside[0].regency, None)
        words = f"{place.district.name}, {place.regency.name}" if place.district else place.regency.name
        return Move(save=_placed(talk, place), say=(Reply("reg.regency.noted", params={"value": words}),))
    if codes:
        return Move(REGENCY, pending={**carried(talk), OFFERED: ",".join(codes[:ROWS_MAX])})
    return again_plainly(talk, Reply("reg.regency.unknown"))


def ask_district(talk: Talk) -> tuple[Reply, ...]:
    """The kecamatan of work: all of the regency as choices when they are few, else one of them as an example."""
    offered = talk.listed(OFFERED)
    if offered:
        rows = tuple(choice(DISTRICT, code, text=get_district(code).name) for code in offered)
        return (Reply("reg.district.near", choices=(*rows, choice(DISTRICT, ELSE, "choice.else"))),)
    places = districts_of(talk.answer(Field.REGENCY))
    rows = tuple(choice(DISTRICT, place.code, text=place.name) for place in places) if len(places) <= ROWS_MAX else ()
    params = {"regency": _regency_name(talk), "example": places[0].name if places else "Medan Kota"}
    return (_asked(talk, "reg.district.ask", Field.DISTRICT, rows, params=params),)


def answer_district(talk: Talk, said: Said) -> Move:
    """The kecamatan is saved; near names are offered."""
    if is_kept(talk, said, Field.DISTRICT) and not talk.listed(OFFERED):
        return Move(done=(Field.DISTRICT,))
    if said.value == ELSE or (said.is_no and talk.listed(OFFERED)):
        return again_plainly(talk, Reply("reg.district.else", params={"regency": _regency_name(talk)}))
    regency = talk.answer(Field.REGENCY)
    if any(place.code == said.value for place in districts_of(regency)):
        return Move(save={Field.DISTRICT: said.value})
    found: tuple[District, ...] = find_district(said.text, regency) if said.text else ()
    if len(found) == 1:
        return _noted(Field.DISTRICT, found[0].code, found[0].name)
    if found:
        return Move(DISTRICT, pending={**carried(talk), OFFERED: ",".join(place.code for place in found)})
    return again_plainly(talk, Reply("reg.district.unknown", params={"regency": _regency_name(talk)}))


def ask_phone(talk: Talk) -> tuple[Reply, ...]:
    """The number to reach the worker: the channel's own offered for confirmation, unless it is a helper's."""
    mine = _own_phone(talk)
    if mine and not talk.answer(Field.PHONE):
        params = {"phone": mine.local}
        return (Reply("reg.phone.ask.own", params=params, choices=(choice(PHONE, "mine", "choice.phone.mine"),)),)
    is_other = talk.draft is not None and talk.draft.for_other
    key = "reg.phone.ask.other" if is_other else "reg.phone.ask"
    return (_asked(talk, key, Field.PHONE, (), ask_phone=not is_other),)


def answer_phone(talk: Talk, said: Said) -> Move:
    """A number that can be called is saved; else the cause is told."""
    if is_kept(talk, said, Field.PHONE):
        return Move(done=(Field.PHONE,))
    mine = _own_phone(talk)
    if mine and (said.is_yes or said.value == "mine"):
        return Move(save={Field.PHONE: mine.e164})
    if said.is_no and mine:
        return again(talk, Reply("reg.phone.type"), ask=False)
    found = parse_phone(said.phone or said.text)
    if isinstance(found, Phone):
        return Move(save={Field.PHONE: found.e164})
    return again(talk, Reply(f"phone.problem.{found}"), ask=False)


def again_plainly(talk: Talk, *say: Reply) -> Move:
    """The question is open again without the choices offered in between; `say` tells what to type."""
    return Move(talk.step, say=say, pending=carried(talk), ask=False)


def name_of(name: Field, value: str) -> str:
    """A stored code as people say it; a code nobody knows any more stays as it is."""
    try:
        if name is Field.OCCUPATION:
            return get_occupation(value).name
        if name is Field.REGENCY:
            return get_regency(value).name
        if name is Field.DISTRICT:
            return get_district(value).name
    except KeyError:
        return value
    return value


def _asked(
    talk: Talk,
    key: str,
    name: Field,
    rows: tuple[Choice, ...],
    *,
    params: dict[str, str] | None = None,
    ask_phone: bool = False,
) -> Reply:
    """The question, or, where it was answered before, the same with that answer and the choice to keep it."""
    now = talk.answer(name)
    if not now:
        return Reply(key, params=params or {}, choices=rows, ask_phone=ask_phone)
    value = Phone(now).local if name is Field.PHONE else name_of(name, now)
    filled = {**(params or {}), "value": value}
    return Reply(f"reg.{name}.ask.again", params=filled, choices=(*kept(talk, name), *rows), ask_phone=ask_phone)


def _noted(name: Field, value: str, words: str) -> Move:
    return Move(save={name: value}, say=(Reply(f"reg.{name}.noted", params={"value": words}),))


def _placed(talk: Talk, place: Place) -> dict[str, str]:
    """The regency, and the kecamatan that was said with it; one that lies elsewhere is removed."""
    save = {str(Field.REGENCY): place.regency.code}
    if place.district:
        save[Field.DISTRICT] = place.district.code
    elif talk.answer(Field.DISTRICT)[:4] != place.regency.code:
        save[Field.DISTRICT] = ""
    return save


def _is_named(place: Place, text: str) -> bool:
    """The place's own name is in the text, rather than something that only sounds like it."""
    said = text.lower()
    return any(word in said for word in place.regency.name.lower().split()[1:] if len(word) > 3)


def _is_regency(code: str) -> bool:
    try:
        return bool(code and get_regency(code))
    except KeyError:
        return False


def _occupation_choice(key: str) -> Choice:
    work = get_occupation(key)
    return choice(OCCUPATION, key, text=work.label, description=work.name)


def _is_occupation(key: str) -> bool:
    try:
        return bool(get_occupation(key))
    except KeyError:
        return False


def _is_sure(found: tuple[Match, ...]) -> bool:
    return bool(found) and found[0].score >= SURE and (len(found) == 1 or found[0].score - found[1].score >= LEAD)


def _regency_name(talk: Talk) -> str:
    return name_of(Field.REGENCY, talk.answer(Field.REGENCY))


def _own_phone(talk: Talk) -> Phone | None:
    found = parse_phone(talk.conversation.phone) if talk.conversation.phone else None
    is_other = talk.draft is not None and talk.draft.for_other
    return found if isinstance(found, Phone) and not is_other else None
