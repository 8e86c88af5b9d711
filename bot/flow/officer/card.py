"""The card of a case: everything an officer decides by, in one message.

Decides how typed and read are laid side by side, and which decisions the card offers. Refuses to know what a decision does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from bot.flow.conversation import Conversation
from bot.flow.officer.buttons import CASE, button, choices_of
from bot.flow.officer.case import still_open, without
from bot.flow.operations.officer import Case
from bot.flow.turn import Turn
from bot.messages import Choice, Reply
from models.catalogue.fields import Field
from models.catalogue.masks import DOT
from models.catalogue.reasons import RefusalReason
from models.catalogue.statuses import TRANSITIONS, Status

#: Codes with a text `flag.<code>`; a code that is newer than this table is shown as "other".
FLAGS = frozenset({
    "differs_nik", "differs_name", "differs_birth_date", "photo_manual", "no_photo", "unknown_region", "old_region",
    "under_17", "over_65", "birth_date_not_nik", "by_helper", "many_by_one", "same_photo", "photo_copy", "photo_screen",
    "referral_mismatch", "referral_withdrawn",
})  # fmt: skip
_WIB = dt.timezone(dt.timedelta(hours=7))
FLAGS_SHOWN = 4
ALIKE_SHOWN = 3
ASSOCIATION_CUT = 40
_CUTS: Mapping[Field, int] = {
    Field.NIK: 16,
    Field.NAME: 28,
    Field.BIRTH_PLACE: 20,
    Field.BIRTH_DATE: 12,
    Field.SEX: 10,
    Field.OCCUPATION: 32,
    Field.DISTRICT: 26,
    Field.REGENCY: 26,
    Field.PHONE: 16,
}


def show_case(conversation: Conversation, case: Case, now: dt.datetime) -> Turn:
    """The case lies open; one that there is nothing to decide about is only shown, and the open one stays open."""
    can = _decisions(case)
    if not can:
        step, pending = without(conversation, case.number)
        choices = (button("queue.next"), *still_open(pending))
        return Turn(step, pending=pending, replies=(*_objection(case, now), _card(case, now, choices)))
    pending = {
        "case": case.number,
        "signs": str(len(case.differences) + len(_flags(case)) + len(case.duplicates)),
        "can": " ".join(can),
        "alike": " ".join(case.duplicates[:1]),
    }
    return Turn(CASE, pending=pending, replies=(*_objection(case, now), _card(case, now, choices_of(CASE, pending))))


def _objection(case: Case, now: dt.datetime) -> tuple[Reply, ...]:
    """That the case is back because of an objection: why, and by when it is to be decided."""
    found = case.objection
    if found is None:
        return ()
    due = dt.date.fromisoformat(found.due)
    left = (due - now.astimezone(_WIB).date()).days
    params = {"number": case.number, "words": found.words or "–", "due": f"{due:%d-%m-%Y}", "days": str(abs(left))}
    known = found.reason in set(RefusalReason)
    phrases = {
        "reason": f"reason.refuse.{found.reason}.label" if known else "off.objection.reason",
        "left": "off.objection.left" if left >= 0 else "off.objection.late",
        "who": "off.objection.barred" if found.barred else "off.objection.yours",
    }
    return (Reply("off.objection", params, phrases, photo=found.photo),)


def _card(case: Case, now: dt.datetime, choices: tuple[Choice, ...]) -> Reply:
    """One message with photo, comparison and signs."""
    flags = _flags(case)
    shown = [("\n⚠️ ", f"flag.{code if code in FLAGS else 'other'}") for code in flags]
    params, phrases = rows("flag", FLAGS_SHOWN, shown)
    params |= _compared(case) | {
        "number": case.number,
        "age": "–" if case.age is None else str(case.age),
        "flags": str(len(flags)) if flags else "–",
        "alike": ", ".join(case.duplicates[:ALIKE_SHOWN]) + _others(case.duplicates, ALIKE_SHOWN) or "–",
        "submitted": _shown(case.submitted_on[:10], 10),
        "days": str(_days(case.submitted_on, now)),
        "minutes": str(case.held_minutes),
        "waiting": str(case.waiting),
    }
    if case.association:
        params["association"] = _shown(case.association, ASSOCIATION_CUT)
        phrases["referred"] = "off.case.association"
    else:
        params["referred"] = ""
    phrases |= {
        "status": f"off.status.{case.status}",
        "photo": "off.case.photo" if case.photo else "off.case.no_photo",
        "since": _since(_days(case.submitted_on, now)),
        "hold": "off.case.hold" if case.held_minutes else "off.case.not_held",
        "note": _note(case),
    }
    return Reply("off.case.card", params, phrases, choices, photo=case.photo)


def rows(prefix: str, most: int, items: Sequence[tuple[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """Params and phrases for a text with `most` optional rows `{prefix1}{prefix1t}{prefix2}…`; rows left over are empty.

    Args:
        prefix: Name of the placeholders.
        most: How many rows the text has room for.
        items: For each row its literal beginning and the key of its words.
    """
    params = {f"{prefix}{row}{tail}": "" for row in range(1, most + 1) for tail in ("", "t")}
    phrases = {}
    for row, (literal, key) in enumerate(items[:most], start=1):
        params[f"{prefix}{row}"] = literal
        del params[f"{prefix}{row}t"]
        phrases[f"{prefix}{row}t"] = key
    return params, phrases


def _flags(case: Case) -> tuple[str, ...]:
    """The flags that the comparison does not show already."""
    return tuple(code for code in case.flags if code.removeprefix("differs_") not in case.differences)


def _decisions(case: Case) -> tuple[str, ...]:
    """What this officer may do with the case; one that waits for its first decision must be held for that."""
    is_open = case.held_minutes > 0 or case.status is not Status.SUBMITTED
    is_barred = case.objection is not None and case.objection.barred
    reachable = TRANSITIONS[case.status] if is_open and not is_barred else frozenset()
    offers = {
        "approve": case.decidable,
        "return": Status.RETURNED in reachable,
        "refuse": Status.REFUSED in reachable,
        "skip": case.held_minutes > 0,
    }
    return tuple(name for name, offered in offers.items() if offered)


def _note(case: Case) -> str:
    if case.decidable:
        return "off.case.note.yours"
    if case.objection is not None and case.objection.barred:
        return "off.objection.barred"
    if case.status is Status.SUBMITTED:
        return "off.case.note.four_eyes" if case.held_minutes else "off.case.note.look"
    return f"off.case.note.{case.status}"


def _compared(case: Case) -> dict[str, str]:
    return {field.value: _one_line(case, field, most) for field, most in _CUTS.items()}


def _one_line(case: Case, field: Field, most: int) -> str:
    """One field: the value, with ✓ where the card says the same; both values where it says something else.

    Only what the register counts as a difference is marked as a warning; a birth place in other words is just shown.
    """
    typed, read = (_shown(values.get(field, ""), most) for values in (case.typed, case.read))
    if field in case.differences:
        return f"⚠️ {typed} ≠ {read}"
    if not case.read.get(field):
        return typed
    return f"{typed} ✓" if _folded(case.typed.get(field, "")) == _folded(case.read[field]) else f"{typed} ≠ {read}"


def _folded(value: str) -> str:
    return "".join(sign for sign in value.casefold() if sign.isalnum() or sign == DOT)


def _shown(value: str, most: int) -> str:
    plain = " ".join(value.split())
    day = _day(plain)
    plain = f"{day:%d-%m-%Y}" if day else plain
    return (plain if len(plain) <= most else plain[: most - 1] + "…") or "–"


def _day(text: str) -> dt.date | None:
    """The day an ISO date with hyphens names, None for any other text."""
    try:
        return dt.date.fromisoformat(text[:10]) if text[4:5] == "-" else None
    except ValueError:
        return None


def _others(items: Sequence[str], shown: int) -> str:
    return f" (+{len(items) - shown})" if len(items) > shown else ""


def _days(submitted_on: str, now: dt.datetime) -> int | None:
    """Since how many days the case waits, counted in western Indonesia; None when nobody noted the day."""
    day = _day(submitted_on)
    return None if day is None else max(0, (now.astimezone(_WIB).date() - day).days)


def _since(days: int | None) -> str:
    if days is None:
        return "off.case.since.unknown"
    return "off.case.since" if days else "off.case.since.today"
