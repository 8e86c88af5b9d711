"""Words that count at every step: back, cancel, help, status, a person, my data, delete, stop, start again.

Decides what a sentence asks for besides answering the question. A sentence nobody understands is none of these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from bot.understanding.intents import Intent, Pending, understand_intent


class Word(StrEnum):
    """What a person may want at any step."""

    BACK = "back"
    CANCEL = "cancel"
    RESTART = "restart"
    START = "start"
    HELP = "help"
    STATUS = "status"
    HUMAN = "human"
    DATA = "data"
    DELETE = "delete"
    STOP = "stop"
    LANGUAGE = "language"
    GREET = "greet"
    THANKS = "thanks"
    OBJECT = "object"
    MOVE = "move"
    UNCONSENT = "unconsent"
    CORRECT = "correct"
    CHANGE = "change"
    OTHER = "other"


_EXACT: Mapping[str, Word] = {
    "kembali": Word.BACK, "balik": Word.BACK, "sebelumnya": Word.BACK, "back": Word.BACK,
    "batal": Word.CANCEL, "cancel": Word.CANCEL,
    "mulai": Word.START, "start": Word.START, "lanjutkan pendaftaran": Word.START, "mulai lagi": Word.START,
    "bantuan": Word.HELP, "bantu": Word.HELP, "help": Word.HELP, "tolong": Word.HELP, "?": Word.HELP,
    "status": Word.STATUS, "cek status": Word.STATUS,
    "petugas": Word.HUMAN, "admin": Word.HUMAN, "operator": Word.HUMAN,
    "sanggah": Word.OBJECT, "sanggahan": Word.OBJECT, "menyanggah": Word.OBJECT, "saya sanggah": Word.OBJECT,
    "mau sanggah": Word.OBJECT, "keberatan": Word.OBJECT, "saya keberatan": Word.OBJECT, "ajukan keberatan": Word.OBJECT,
    "data saya": Word.DATA, "datasaya": Word.DATA, "data_saya": Word.DATA, "lihat data saya": Word.DATA,
    "minta data saya": Word.DATA,
    "hapus": Word.DELETE, "hapus data": Word.DELETE, "hapus data saya": Word.DELETE, "hapus_data": Word.DELETE,
    "berhenti": Word.STOP, "stop": Word.STOP, "unsubscribe": Word.STOP, "jangan kirim lagi": Word.STOP,
    "bahasa": Word.LANGUAGE, "language": Word.LANGUAGE,
    "pindah hp": Word.MOVE, "ganti hp": Word.MOVE, "pindah": Word.MOVE, "hp lain": Word.MOVE, "kode pindah": Word.MOVE,
    "lanjut di hp lain": Word.MOVE, "pindah ke hp lain": Word.MOVE, "pindah ke wa": Word.MOVE,
    "pindah ke telegram": Word.MOVE,
    "perbaiki": Word.CORRECT, "betulkan": Word.CORRECT, "koreksi": Word.CORRECT, "ralat": Word.CORRECT,
}  # fmt: skip

_INTENTS: Mapping[Intent, Word] = {
    Intent.BACK: Word.BACK, Intent.CHANGE: Word.CHANGE, Intent.CANCEL: Word.CANCEL, Intent.RESTART: Word.RESTART,
    Intent.REGISTER: Word.START, Intent.HELP: Word.HELP, Intent.STATUS: Word.STATUS, Intent.HUMAN: Word.HUMAN,
    Intent.MY_DATA: Word.DATA, Intent.DELETE_MY_DATA: Word.DELETE, Intent.STOP: Word.STOP,
    Intent.LANGUAGE: Word.LANGUAGE, Intent.GREET: Word.GREET, Intent.THANKS: Word.THANKS,
}  # fmt: skip

_AGREED = frozenset({"ya", "iya", "iyo", "setuju", "boleh", "bersedia", "izinkan", "ok", "oke", "silakan", "benar"})
"""Words that answer a question; what else counts as a yes may be about something else."""

_OBJECTS = re.compile(r"\b(?:sanggah|menyanggah|sanggahan|disanggah)\b|\b(?:saya|mau|ingin|mengajukan|ajukan) keberatan\b")
_UNCONSENTS = re.compile(
    r"\b(?:tarik|menarik|cabut|mencabut|batalkan|membatalkan)\b.*\b(?:persetujuan(?:nya|ku)?|izin(?:nya|ku)?|ijin(?:nya|ku)?)\b"
)
_CORRECTS = re.compile(
    r"(?:(?:saya|sy|aku) )?(?:(?:mau|ingin|tolong|mohon|minta) )?(?:memperbaiki|perbaiki|membetulkan|betulkan|meralat|ralat)"
    r"(?: (?:isian|data|data diri|pendaftaran|jawaban))?(?: (?:saya|sy|ku|aku))?"
)
_SOMEBODY = (
    "orang(?: lain| tua)?|ibu|mamak|mak|emak|bapak|ayah|istri|suami|tetangga|teman|kawan|kakak|abang|adik|anak|mertua"
    "|nenek|kakek"
)
_OTHERS = re.compile(
    rf"orang lain|daftar lagi|(?:(?:saya|sy) )?(?:(?:mau|ingin|tolong) )?(?:tambah orang(?: lain)?"
    rf"|(?:daftar|daftarkan|daftarin|mendaftarkan) (?:lagi )?(?:{_SOMEBODY})(?: (?:saya|sy|ku|aku))?)"
)
_DOES_NOT = re.compile(r"\b(?:tidak|tdk|gak|ga|nggak|enggak|bukan|jangan|batal)\b")

_CODE = re.compile(
    r"(?:(?P<slash>/(?:start|mulai|petugas[-_]?masuk))\s+(?:kode\s+)?|kode\s+|petugas masuk\s+(?:kode\s+)?)"
    r"(?P<code>[a-z0-9]{4}-?[a-z0-9]{4}|\d{3}-?\d{3})",
    re.IGNORECASE,
)


_SIGNS = "[A-HJ-NP-Z2-9]{4}"
_CODE_AT_THE_END = re.compile(rf"(?i)\bkode(?:nya)?[\s:=.]*({_SIGNS})\s?([-\u2010-\u2014]?)\s?({_SIGNS})\W*")
"""As people send it on: the whole message in which it came, with a blank or a long dash in the code."""
_BARE_CODE = re.compile(rf"(?i)({_SIGNS})\s?[-\u2010-\u2014]\s?({_SIGNS})")
_SOME_CODE = re.compile(
    rf"(?i)\b(?:kode(?:nya)?|undangan(?:nya)?)[\s:=,.]*({_SIGNS}[\s-]?{_SIGNS})(?![A-Z0-9])"
    rf"|\bu-({_SIGNS}-?{_SIGNS})(?![A-Z0-9])|(?<![A-Z0-9-])({_SIGNS}-{_SIGNS})(?![A-Z0-9-])"
)
"""A one-time code of ours, wherever it stands; the numbers of applications have no letter."""


def read_exact(text: str) -> Word | None:
    """The word that the text is, with or without a slash; arguments of a command do not count.

    To object, to take consent back and to correct may be said in a sentence, for they have no other meaning here.
    """
    plain = " ".join(text.lower().strip(" .!").split())
    if plain.startswith("/"):
        plain = plain[1:].split("@")[0].split(" ")[0]
    return _EXACT.get(plain) or _read_sentence(plain)


def _read_sentence(plain: str) -> Word | None:
    if _DOES_NOT.search(plain):
        return None
    if _OBJECTS.search(plain):
        return Word.OBJECT
    if _UNCONSENTS.search(plain):
        return Word.UNCONSENT
    if _OTHERS.fullmatch(plain):
        return Word.OTHER
    return Word.CORRECT if _CORRECTS.fullmatch(plain) else None


def read_intent(text: str, *, pending: Pending = Pending.YES_NO) -> Intent:
    """What the sentence means; "mau daftar" is a wish to register, and not yet a yes to any question."""
    intent = understand_intent(text, pending=pending)
    words = set(text.lower().replace(",", " ").split())
    is_wish = intent is Intent.YES and any("daftar" in word for word in words) and not words & _AGREED
    return Intent.REGISTER if is_wish else intent


def word_of(intent: Intent) -> Word | None:
    """The word that an intent stands for; none for yes, no and what nobody understood."""
    return _INTENTS.get(intent)


def read_code(text: str) -> str:
    """The officer's one-time code in the text, as typed but in capitals; "" when there is none.

    A word without a digit, a hyphen or a command's slash is no code: "kode darurat".
    """
    found = _CODE.fullmatch(" ".join(text.split()))
    if found is None:
        return _code_at_the_end(text)
    code = found["code"]
    is_marked = bool(found["slash"]) or "-" in code or any(char.isdigit() for char in code)
    return code.upper() if is_marked else ""


def read_bare_code(text: str) -> str:
    """The code that is the whole text, with a hyphen, letters and digits in it: "RWP8-Y43G"; "" when there is none."""
    found = _BARE_CODE.fullmatch(text.strip(" ."))
    is_ours = found is not None and any(map(str.isdigit, text)) and any(map(str.isalpha, text))
    return f"{found[1]}-{found[2]}".upper() if found is not None and is_ours else ""


def _code_at_the_end(text: str) -> str:
    last = list(_CODE_AT_THE_END.finditer(text))[-1:]
    if not last or last[0].end() != len(text):
        return ""
    front, dash, back = last[0].groups()
    is_marked = bool(dash) or any(char.isdigit() for char in front + back)
    return f"{front}-{back}".upper() if is_marked else ""


def holds_code(text: str) -> bool:
    """Somewhere in the text stands what looks like a code of ours: letters and digits, "KX4P-72WQ"."""
    for found in _SOME_CODE.finditer(text):
        code = "".join(part for part in found.groups() if part)
        if any(sign.isdigit() for sign in code) and any(sign.isalpha() for sign in code):
            return True
    return False
