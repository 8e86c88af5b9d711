"""Sentences that answer or ask: yes, no, a greeting, the wish to register, thanks; where it stands, how it goes.

Yes and no are heard only when every word belongs to them; one stranger, and the sentence is neither.
"""

from bot.understanding.normalise import STRANGE
from bot.understanding.sentence import ABOUT, FILLERS, GREETINGS, NO, YES, Sentence
from models.catalogue.word_lists import bag

_NO_TOO = ABOUT | NO | (YES - {"sudah"}) | bag("ada punya pernah usah perlu masalah satu lengkap jelas ketik")
_NOTHING_WRONG = ABOUT | YES | bag("tidak ada apa masalah salah perlu usah ubah ganti perbaiki kurang")
_REAL_GREETINGS = GREETINGS - {"bagaimana", "kabar"}
_REGISTER_TOO = ABOUT | _REAL_GREETINGS | bag("mau ayo boleh bisa iya bpjs")
_SETTLED = "daftar|terdaftar|aktif|masuk|lolos|jadi|selesai|terima|setuju|terbit|keluar|diproses|verifikasi"


def is_yes(sentence: Sentence) -> bool:
    """A clear yes; a question that holds a yes ("boleh?") is none."""
    if sentence.asks or sentence.has("kah", *NO) or not sentence.has(*YES):
        return False
    return sentence.only(YES | ABOUT)


def is_yes_by_denial(sentence: Sentence) -> bool:
    """Nothing is wrong: a yes made of no-words, such as "tidak ada yang salah"."""
    says = sentence.says(
        r"tidak apa",
        r"tidak (?:ada )?(?:jadi )?masalah",
        r"tidak (?:ada|perlu|usah)(?: lagi)?(?: yang)?(?: mau| perlu)? (?:salah|ubah|ganti|perbaiki|kurang)",
    )
    return says and not sentence.asks and sentence.only(_NOTHING_WRONG)


def is_no(sentence: Sentence) -> bool:
    """A clear no; a double denial and a tag ("benar tidak") are none."""
    if sentence.asks or not sentence.has(*NO):
        return False
    if sentence.says(
        r"(?:tidak|bukan|belum|jangan) (?:\w+ )?(?:tidak|bukan|belum|jangan)",
        r"tidak (?:salah|kurang|beda)",
        r"(?:salah|benar|mau|jadi|boleh|bisa|setuju|daftar) (?:\w+ )?(?:tidak|belum)$",
    ):
        return False
    return sentence.only(_NO_TOO)


def is_greeting(sentence: Sentence) -> bool:
    """A greeting and nothing more."""
    greets = sentence.has(*_REAL_GREETINGS) or sentence.says("apa kabar|kabar bagaimana")
    return greets and sentence.only(GREETINGS | FILLERS | {"apa"})


def is_thanks(sentence: Sentence) -> bool:
    """Thanks and nothing that needs an answer."""
    return sentence.says("terima kasih") and not sentence.strangers()


def wants_to_register(sentence: Sentence) -> bool:
    """The wish to be registered, without a yes or a no in it."""
    return sentence.has("daftar") and not sentence.has(*NO) and sentence.only(_REGISTER_TOO)


def asks_status(sentence: Sentence) -> bool:
    """The person asks where their registration stands."""
    if sentence.has("kalau", "kenapa", STRANGE) or sentence.strangers() > 2:
        return False
    if sentence.has("status", "progres", "tracking", "lolos", "kepesertaan") or sentence.covered(frozenset({"lama"})):
        return True
    if sentence.says(r"(?:sampai|sudah) mana|cek (?:\w+ )?(?:nomor|daftar|peserta|aktif|kartu|berkas)"):
        return True
    if sentence.says(rf"(?:sudah|apa|belum|kapan|masih|lama)\b.*\b(?:{_SETTLED})"):
        return _wants_to_know(sentence)
    return sentence.says(
        r"hasil\b.*\b(?:verifikasi|daftar|bagaimana)|bagaimana hasil",
        r"kabar\b.*\b(?:daftar|pengajuan)|(?:daftar|pengajuan)\b.*\bkabar",
        r"daftar saya bagaimana",
        r"belum ada (?:kabar|info|informasi)",
    )


def _wants_to_know(sentence: Sentence) -> bool:
    asks = sentence.asks or sentence.has("apa", "kapan", "lama", "masih")
    return asks or sentence.says(r"(?:belum|tidak|kah)(?: \w+){0,3}$")


def asks_help(sentence: Sentence) -> bool:
    """The person doesn't know what to do or to answer."""
    if sentence.has("kalau", STRANGE) or sentence.strangers() > 1:
        return False
    if sentence.has("bantuan", "bingung", "petunjuk", "contoh", "maksud"):
        return True
    if sentence.says(r"(?:tidak|belum|kurang) (?:paham|tahu|jelas)"):
        return True
    return not sentence.strangers() and _asks_how(sentence)


def _asks_how(sentence: Sentence) -> bool:
    return sentence.says(
        r"cara",
        r"harus (?:\w+ ){0,2}(?:apa|bagaimana|isi|diisi|jawab|lakukan)",
        r"apa yang (?:harus|isi|diisi|tulis)",
        r"(?:isi|diisi|jawab|tulis|ketik) (?:\w+ )?(?:apa|bagaimana)",
        r"apa ini|ini (?:bot |untuk |buat )?apa|untuk apa",
        r"bagaimana (?:ini|isi|cara|dong|iya)",
        r"(?:nik|ktp|kk|nomor) (?:yang|itu|di)(?: di)?(?: ktp)? (?:mana|apa|ktp)|apa itu (?:nik|kk|ktp)",
        r"nik yang di ktp",
        r"^(?:bagaimana|tolong|paham tidak)$",
        r"tolong (?:di)?jelas(?:kan)?",
    )
