"""What an officer's typed line means: an order (with or without a slash), a short answer, or neither.

Decides nothing: an order is a name and the rest of the line. Knows no case, no button and no text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.flow.rights.words import Word, read_code, read_exact, word_of
from bot.understanding.intents import understand_intent
from models.catalogue.kpj import KPJ_LENGTH, parse_kpj
from models.catalogue.numbers import NUMBER_LENGTH, parse_number

_ORDERS: Mapping[str, str] = {
    "antrian": "queue", "antrean": "queue", "antri": "queue", "antre": "queue", "berikutnya": "queue",
    "periksa": "open", "buka": "open",
    "setujui": "approve", "setuju": "approve",
    "perbaikan": "return", "kembalikan": "return",
    "tolak": "refuse",
    "lepas": "skip", "lewati": "skip",
    "cari": "search", "statistik": "count", "terbit": "issue",
    "obrolan": "talks", "obrol": "talks", "selesai": "done", "asosiasi": "associations",
    "bantuan": "help", "bantu": "help", "help": "help", "menu": "help", "?": "help", "start": "start",
}  # fmt: skip
_ANSWERS: Mapping[str, str] = {
    "ya": "yes", "iya": "yes", "yakin": "yes", "kirim": "yes", "ok": "yes", "oke": "yes",
    "tidak": "no", "jangan": "no", "batal": "no", "kembali": "no",
    "lainnya": "more",
    "lanjut": "next", "lanjutkan": "next", "next": "next",
}  # fmt: skip
#: Orders on a number: without a slash they count only with a digit behind them, or alone.
_ABOUT_A_CASE = frozenset({"open", "approve", "return", "refuse", "skip", "issue"})
#: What belongs to every person who writes, officer or not: the worker's conversation answers it.
_RIGHTS = frozenset({Word.STATUS, Word.HUMAN, Word.DATA, Word.DELETE, Word.STOP, Word.LANGUAGE})
_REGISTER = frozenset({"daftar", "mendaftar", "daftar lagi", "daftarkan", "mulai", "mulai lagi"})
_LINE = re.compile(r"(?P<slash>/?)(?P<word>[^\s@:]+)(?:@\w+)?:?\s*(?P<rest>.*)", re.DOTALL)
_RUN = re.compile(r"\d+")

QUERY_MAX = 100


@dataclass(frozen=True, slots=True)
class Order:
    """One order, such as ("search", "siti"); `slash` = it was typed as a command."""

    name: str
    rest: str = ""
    slash: bool = False


def read_order(text: str) -> Order | None:
    """The order in the line; None when the line is none."""
    plain = re.sub(r"(?i)^minta\s+perbaikan", "perbaikan", text.strip())
    match = _LINE.fullmatch(plain)
    name = _ORDERS.get(match["word"].lower(), "") if match else ""
    if match is None or not name:
        return None
    order = Order(name, match["rest"].strip()[:QUERY_MAX], slash=bool(match["slash"]))
    return order if order.slash or _is_plain_order(order) else None


def read_answer(text: str) -> str:
    """The short answer ("yes", "no", "more", "next") when the whole line is such a word, else ""."""
    return _ANSWERS.get(text.strip().strip(".!,").lower(), "")


def is_persons_own(text: str) -> bool:
    """The line is one that every person may say: to register, "stop", "data saya", a command with a code behind it."""
    plain = " ".join(text.lower().strip(" .!").split())
    command, _, rest = plain.partition(" ")
    if text.startswith("/"):
        plain = command.removeprefix("/").partition("@")[0]
    return plain in _REGISTER or read_exact(text) in _RIGHTS or bool(read_code(text)) or (plain == "start" and bool(rest))


def means_persons_own(text: str) -> bool:
    """The sentence asks in its own words for what every person may ask for."""
    return word_of(understand_intent(text)) in _RIGHTS


def read_option(text: str) -> int:
    """The number of the option typed, counted from 1; 0 when the line is no such number."""
    plain = text.strip().rstrip(".)")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 2 else 0


def looks_like_number(text: str) -> bool:
    """The line holds as many digits as a registration number, right or wrong."""
    return len("".join(_RUN.findall(text))) == NUMBER_LENGTH


def split_number_and_card(text: str) -> tuple[str | None, str | None]:
    """The registration number and the card number in a line such as "2604-8215 26041234567"; None for one that is not there.

    The two stand side by side, so that neither can be looked for in the whole line: nineteen digits in a row would be
    no number at all.
    """
    digits = "".join(_RUN.findall(text))
    if len(digits) == NUMBER_LENGTH + KPJ_LENGTH:
        return parse_number(digits[:NUMBER_LENGTH]), parse_kpj(digits[NUMBER_LENGTH:])
    words = text.split()
    for end in range(1, len(words) + 1):
        number = parse_number(" ".join(words[:end]))
        if number is not None:
            return number, parse_kpj(" ".join(words[end:]))
    return None, None


def _is_plain_order(order: Order) -> bool:
    if order.name == "search":
        return bool(order.rest)
    if order.name in _ABOUT_A_CASE:
        return not order.rest or any(char.isdigit() for char in order.rest)
    return order.name != "start" and not order.rest
