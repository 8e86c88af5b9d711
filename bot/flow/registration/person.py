"""Name, place and date of birth, sex: asked only where the card did not tell, or where they are to be changed."""

from __future__ import annotations

import re

from bot.flow.registration.order import NAME, SEX
from bot.flow.registration.photo import shown
from bot.flow.talk import Move, Said, Talk, again, choice, is_kept, kept, unclear
from bot.messages import Reply
from bot.understanding.dates import parse_date
from bot.understanding.intents import Intent
from models.catalogue.fields import Field

NAME_MAX = 80
OLDEST = 110
MAYBE = "maybe"
"""Pending entry: a word that is a greeting or a yes, unless the person insists that it is their name."""

_LEAD = re.compile(
    r"^(?:nama(?:nya)?(?: lengkap)?(?: saya| sy)?(?: adalah)?|saya|sy|lahir(?: di)?|di|tempat lahir)[\s:,.]+", re.IGNORECASE
)
_NAME = re.compile(r"[^\W\d_][^\d_\n]*")
_VOWELS = frozenset("aiueoyáéíóúàèìòùäëïöüâêîôû")
_UNNAMED = frozenset({Intent.YES, Intent.NO, Intent.GREET})


def ask_name(talk: Talk) -> tuple[Reply, ...]:
    """The name as on the KTP."""
    return (_asked(talk, "reg.name", Field.NAME),)


def answer_name(talk: Talk, said: Said) -> Move:
    """A name is saved in capitals, as the KTP writes it."""
    if is_kept(talk, said, Field.NAME):
        return Move(done=(Field.NAME,))
    name = _cleaned(said.text)
    if not name:
        return again(talk, Reply("reg.name.unclear"), ask=False)
    if said.intent in _UNNAMED and talk.pending.get(MAYBE) != name:
        return Move(
            NAME, pending={**talk.pending, MAYBE: name}, say=(Reply("reg.name.sure", params={"name": name}),), ask=False
        )
    return Move(save={Field.NAME: name})


def ask_birth_place(talk: Talk) -> tuple[Reply, ...]:
    """The place of birth as on the KTP."""
    return (_asked(talk, "reg.birth_place", Field.BIRTH_PLACE),)


def answer_birth_place(talk: Talk, said: Said) -> Move:
    """A place of birth is saved in capitals."""
    if is_kept(talk, said, Field.BIRTH_PLACE):
        return Move(done=(Field.BIRTH_PLACE,))
    place = _cleaned(said.text)
    return Move(save={Field.BIRTH_PLACE: place}) if place else again(talk, Reply("reg.birth_place.unclear"), ask=False)


def ask_birth_date(talk: Talk) -> tuple[Reply, ...]:
    """The date of birth as on the KTP."""
    return (_asked(talk, "reg.birth_date", Field.BIRTH_DATE),)


def answer_birth_date(talk: Talk, said: Said) -> Move:
    """A date that a living person can have been born on is saved."""
    if is_kept(talk, said, Field.BIRTH_DATE):
        return Move(done=(Field.BIRTH_DATE,))
    born = parse_date(said.text) if said.text else None
    if born is None or not talk.today.year - OLDEST <= born.year or born > talk.today:
        return again(talk, Reply("reg.birth_date.unclear"), ask=False)
    return Move(save={Field.BIRTH_DATE: born.isoformat()})


def ask_sex(_talk: Talk) -> tuple[Reply, ...]:
    """Man or woman, as on the KTP."""
    return (Reply("reg.sex.ask", choices=(choice(SEX, "L", "sex.L"), choice(SEX, "P", "sex.P"))),)


def answer_sex(talk: Talk, said: Said) -> Move:
    """One of the KTP's two words is saved."""
    words = said.text.lower()
    is_woman = said.value == "P" or any(word in words for word in ("perempuan", "wanita", "cewek"))
    is_man = said.value == "L" or any(word in words for word in ("laki", "pria", "cowok", "lelaki"))
    if is_woman == is_man:
        return unclear(talk)
    return Move(save={Field.SEX: "P" if is_woman else "L"})


def _asked(talk: Talk, key: str, name: Field) -> Reply:
    now = talk.answer(name)
    if not now:
        return Reply(f"{key}.ask")
    return Reply(f"{key}.ask.again", params={"value": shown(name, now)}, choices=kept(talk, name))


def _cleaned(text: str) -> str:
    """A name or place without the words around it, "" when it can be neither."""
    plain = " ".join(_LEAD.sub("", " ".join(text.split())).split()).strip(' .,:;!?"')
    letters = sum(char.isalpha() for char in plain) if set(plain.lower()) & _VOWELS else 0
    return plain.upper() if _NAME.fullmatch(plain) and letters >= 2 and len(plain) <= NAME_MAX else ""
