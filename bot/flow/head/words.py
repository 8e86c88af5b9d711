"""What the typed line of an association's head means: an order, a short answer, or neither. Decides nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.flow.officer.words import is_persons_own
from models.catalogue.word_lists import spread

_ORDERS: Mapping[str, str] = spread("""
home: anggota perkumpulan paguyuban menu beranda
send: template templat
mine: daftarku
photos: fotoktp
links: tautan poster undangan link
help: bantuan bantu help tolong bingung caranya cara ?
""")
_PHRASES: Mapping[str, str] = {
    "kirim daftar": "send", "kirim daftar anggota": "send", "format daftar": "send", "contoh daftar": "send",
    "daftar saya": "mine", "lihat daftar": "mine", "lihat daftar saya": "mine", "daftar anggota": "mine",
    "tarik daftar": "mine",
    "kirim foto": "photos", "kirim foto ktp": "photos", "foto ktp": "photos",
    "belum konfirmasi": "missing", "yang belum": "missing", "yang belum konfirmasi": "missing",
    "siapa yang belum": "missing",
    "undang satu": "one", "undang satu orang": "one", "undang anggota": "one", "undang satu anggota": "one",
    "undang lewat whatsapp": "contact", "undang lewat wa": "contact", "undang via whatsapp": "contact",
    "undang whatsapp": "contact", "undang wa": "contact", "kirim undangan whatsapp": "contact", "kirim undangan": "contact",
    "ingatkan": "remind", "ingatkan sekali": "remind", "ingatkan anggota": "remind",
    "sudah?": "mine", "sudah belum": "mine", "sudah sampai mana": "mine", "bagaimana daftarnya": "mine",
    "apa ini": "help", "ini apa": "help", "bagaimana": "help", "gimana": "help", "bagaimana caranya": "help",
    "gimana caranya": "help", "caranya bagaimana": "help", "caranya gimana": "help", "cara kirim": "help",
    "cara kirim daftar": "help", "bagaimana cara kirim daftar": "help", "tidak mengerti": "help", "tidak paham": "help",
    "saya bingung": "help", "tolong saya": "help", "tolong bantu": "help", "apa yang harus saya lakukan": "help",
    "tautan & poster": "links", "tautan dan poster": "links", "cetak poster": "links",
}  # fmt: skip
_ANSWERS: Mapping[str, str] = {
    "ya": "yes", "iya": "yes", "yakin": "yes", "simpan": "yes", "ok": "yes", "oke": "yes", "nggih": "yes", "tarik": "yes",
    "tidak": "no", "jangan": "no", "batal": "no", "kembali": "no", "tidak jadi": "no",
    "lanjut": "more", "berikutnya": "more", "lagi": "more",
    "selesai": "done", "sudah": "done", "sudah semua": "done",
}  # fmt: skip
_NAMES_NOTHING_ELSE = frozenset({"home", "send", "links", "missing", "remind", "photos", "one", "contact"})
"""Orders that nobody means as an answer to a worker's question."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order; `slash` = it was typed as a command."""

    name: str
    slash: bool = False

    @property
    def is_own(self) -> bool:
        """The order is followed wherever the talk stands while nothing is being filled in."""
        return self.slash or self.name in _NAMES_NOTHING_ELSE


def read_order(text: str) -> Order | None:
    """The order that the whole line is; None when it is none."""
    slash = text.strip().startswith("/")
    plain = " ".join(text.lower().strip(" .!/").split())
    if slash:
        plain = re.sub(r"@\w+$", "", plain.split(" ")[0]).replace("_", " ")
    asked = plain.rstrip(" ?")
    name = _PHRASES.get(plain) or _PHRASES.get(asked) or _ORDERS.get(plain) or _ORDERS.get(asked, "")
    return Order(name, slash) if name else None


def read_answer(text: str) -> str:
    """The short answer ("yes", "no", "more", "done") when the whole line is such a word, else ""."""
    return _ANSWERS.get(" ".join(text.lower().strip(" .!,").split()), "")


def is_heads_own(text: str) -> bool:
    """The line is one that every person may say: to register, "stop", "data saya", a code."""
    return read_order(text) is None and is_persons_own(text)
