"""Sentences that order something: delete, cancel, back, restart, a person, another language, a change.

Each function says whether the sentence gives that order; which of several wins is for `intents`. Deleting and cancelling
are heard only where nothing in the sentence speaks against it: they can't be undone by a shrug.
"""

from bot.understanding.normalise import STRANGE
from bot.understanding.sentence import FILLERS, GREETINGS, Sentence
from bot.understanding.words import QUESTION

_LANGUAGES = (
    "jawa|sunda|batak|toba|karo|minang|melayu|aceh|nias|bugis|banjar|inggris|indonesia|madura|bali|mandailing"
    "|simalungun|lampung|betawi|makassar|papua|ambon"
)
_LANGUAGE_WORDS = frozenset(_LANGUAGES.split("|")) | {"bahasa"}
_SLIP = "ketik|tulis|pencet|isi|input|jawab"
_DELETE = "hapus|hilangkan|buang|cabut|tarik"
_KEEP = "simpan|pakai|sebar|bagikan"
_DATA = "data|akun|foto|izin|persetujuan|ktp|nik|identitas|informasi|semua"
_OTHER_FIELD = ("nama", "alamat", "tanggal", "nik", "nomor")


def asks_deletion(sentence: Sentence) -> bool:
    """The person wants their data gone; a talk about deleting is no such wish."""
    if sentence.has("kalau", "kenapa", "kapan", "siapa") or _denies_deletion(sentence):
        return False
    if sentence.says(rf"(?:{_DELETE})\b.*\b(?:{_DATA})", rf"(?:{_DATA})\b.*\b(?:{_DELETE})"):
        return not sentence.has("nomor") or sentence.has("data", "akun")
    if sentence.says(rf"(?:jangan|tidak mau|tidak boleh)\b.*\b(?:{_KEEP})") and sentence.has("data", "foto", "ktp", "nik"):
        return not sentence.asks
    return _only_says_delete(sentence)


def _denies_deletion(sentence: Sentence) -> bool:
    if sentence.has("apa") and not sentence.has("bisa", "boleh"):
        return True
    return sentence.says(rf"(?:jangan|tidak|apa|sudah|bukan) (?:{_DELETE})")


def _only_says_delete(sentence: Sentence) -> bool:
    if not sentence.has("hapus") or sentence.asks or sentence.strangers():
        return False
    return not sentence.has("salah", "nama", "nomor", "huruf", "angka")


def asks_stop(sentence: Sentence) -> bool:
    """The person wants no more messages."""
    if sentence.says(r"(?:jangan|berhenti) kirim.* pesan"):
        return True
    return sentence.covered(frozenset({"berhenti"})) and not sentence.has("dulu")


def asks_cancel(sentence: Sentence) -> bool:
    """The person gives up this registration, for good or for today."""
    if sentence.has(*QUESTION, "kapan", "bagaimana", "apa", STRANGE) or sentence.says(
        r"(?:tidak|jangan|bukan|bisa) (?:di)?batal"
    ):
        return False
    if sentence.says(
        r"tidak (?:saya )?jadi(?! masalah)",
        r"(?:mengundurkan|undur) diri",
        r"(?:tidak|jangan) (?:usah |mau |perlu )?lanjut",
        r"kembali dari daftar",
    ):
        return sentence.strangers() <= 1
    if sentence.strangers():
        return False
    return _is_for_today(sentence) or _says_end(sentence)


def _is_for_today(sentence: Sentence) -> bool:
    return sentence.says(
        r"lain (?:kali|waktu)",
        r"nanti (?:saja|dulu|daftar)",
        r"besok saja",
        r"cukup (?:sampai )?(?:sini|dulu|di|saja)",
        r"^(?:iya )?sudah (?:ah|dulu|cukup|saja|lah)",
    )


def _says_end(sentence: Sentence) -> bool:
    if sentence.has("batal"):
        return not sentence.asks
    ends = sentence.has("berhenti", "keluar", "tutup")
    return ends and not sentence.has("kartu", "belum", "nama", "hasil", "sudah", "salah")


def asks_language(sentence: Sentence) -> bool:
    """The person wants another language."""
    if sentence.says(rf"(?:bahasa|pakai|ganti|pilih|speak) (?:ke )?(?:bahasa )?(?:{_LANGUAGES})"):
        return True
    return sentence.covered(_LANGUAGE_WORDS) or (sentence.has("bahasa") and sentence.strangers() <= 1)


def asks_restart(sentence: Sentence) -> bool:
    """The person wants to begin again."""
    if sentence.is_loose() or sentence.has("kapan", "salah", "sebelumnya"):
        return False
    return sentence.says(
        r"ulang",
        r"(?:dari|ke|menu|kembali) awal",
        r"menu utama",
        r"awal (?:lagi|saja)",
        r"^(?:tolong )?mulai(?: lagi| baru| menu)?$",
        r"^menu(?: awal)?$",
        r"^awal$",
    )


def asks_back(sentence: Sentence) -> bool:
    """The person wants the question before."""
    if sentence.is_loose() or sentence.has("kapan", "uang", "dana", "telepon", "hubungi"):
        return False
    if sentence.says(rf"salah (?:{_SLIP})") and not sentence.has(*_OTHER_FIELD):
        return True
    return sentence.says(r"kembali|ralat|sebelumnya|(?:langkah|pertanyaan|step)(?: yang)? tadi")


def asks_human(sentence: Sentence) -> bool:
    """The person wants a person, a call, an office, or to complain."""
    if sentence.has("salah", STRANGE, "kalau") or sentence.strangers() > 2 or sentence.says(r"nomor (?:hp|telepon) saya"):
        return False
    if sentence.has("petugas", "manusia", "agen", "lapor", "komplain", "hubungi"):
        return True
    if sentence.has("admin", "telepon", "kantor"):
        greets = sentence.covered(GREETINGS) and not sentence.only(FILLERS | {"admin"})
        return not greets and sentence.strangers() <= 1
    return sentence.says(
        r"(?:bicara|temu|jumpa|ketemu|tolong|mau|sama|dengan|ada)(?: \w+)? orang",
        r"bukan (?:bot|robot)",
        r"(?:bicara|ketemu|temu|jumpa|bertemu|datang) (?:\w+ )?langsung",
    )


def asks_my_data(sentence: Sentence) -> bool:
    """The person wants to see what is stored about them."""
    wants = r"(?:cek|kirim|tolong|salinan|unduh|download|mau) (?:\w+ )?data saya"
    return not sentence.strangers() and sentence.says(wants, r"^data saya(?: apa saja)?$", r"salinan data|data apa saja")


def asks_change(sentence: Sentence) -> bool:
    """The person wants to change an answer."""
    if sentence.is_loose() or not sentence.has("ubah", "perbaiki", "ganti"):
        return False
    return not sentence.says(r"(?:tidak|jangan|perlu) (?:perlu |usah |ada |mau )?(?:yang )?(?:ubah|ganti|perbaiki)")
