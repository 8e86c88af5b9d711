import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.intents import Intent, public_class, understand_intent, weigh_intent
from bot.understanding.normalise import normalise

SAID: dict[Intent, tuple[str, ...]] = {
    Intent.YES: (
        "y",
        "iyaaa",
        "udh bnr smua",
        "sudah benar semua pak",
        "nggih leres",
        "sumuhun a",
        "✅",
        "👌🏽",
        "gpp lanjut aja",
        "tidak ada yang salah",
        "iya mau daftar",
        "saya izinkan",
        "yaudah lanjut",
        "olo do",
        "okelah kalau begitu",
        "setju",
        "ga masalah",
    ),
    Intent.NO: (
        "ga",
        "bukan saya",
        "ora gelem",
        "dang olo",
        "tanggal lahirnya salah",
        "tidak, salah tanggal lahirnya",
        "beda sama ktp saya",
        "🙅",
        "❌ salah",
        "belum ada",
        "nggak usah",
        "moal",
    ),
    Intent.CANCEL: (
        "batalkan saja",
        "gak jadi deh",
        "ora sido",
        "besok aja ya",
        "ga usah dilanjut",
        "saya mundur dari pendaftaran",
        "stop dulu",
        "udah cukup",
        "keluar aja",
    ),
    Intent.STOP: ("berhenti", "stop", "jangan kirim pesan lagi", "🛑"),
    Intent.BACK: ("balik dong", "salah pencet tadi", "bisa kembali?", "mundur satu langkah", "🔙", "koreksi"),
    Intent.RESTART: ("mulai lagi", "/start", "ulang dr awal", "balik ke awal", "menu", "mau daftar ulang"),
    Intent.HELP: ("saya ga paham", "kumaha carana", "ini untuk apa", "disuruh isi apa ini", "tolong", "NIK itu apa", "🆘"),
    Intent.STATUS: (
        "sudah diacc belum",
        "kapan kartu saya keluar",
        "kok lama ya",
        "cek pendaftaran",
        "saya udah terdaftar kah",
        "apa saya lolos",
    ),
    Intent.HUMAN: (
        "cs",
        "mau ngomong sama orang",
        "kantor dimana",
        "saya mau ngadu",
        "ketemu langsung bisa?",
        "tolong di telpon balik",
    ),
    Intent.DELETE_MY_DATA: (
        "hapus",
        "apus data ku",
        "batal aja dan hapus data saya",
        "jangan disimpan ktp saya",
        "tarik persetujuan",
        "saya takut data bocor, hapus aja",
    ),
    Intent.LANGUAGE: ("boso jawa", "in english", "saya tidak bisa bahasa indonesia", "pake basa sunda wae", "speak english"),
    Intent.GREET: ("halo pak admin", "sugeng siang", "apa kabar", "asslm", "👋", "horas lae"),
    Intent.MY_DATA: ("data saya", "mau lihat data saya", "data apa saja yang disimpan"),
    Intent.CHANGE: ("ubah", "mau ganti nomor hp", "perbaiki nama"),
    Intent.REGISTER: ("daftar", "halo pak mau daftar", "boleh ikut bpjs"),
    Intent.THANKS: ("makasih ya", "terima kasih banyak pak"),
}

NOT_AN_ANSWER = (
    "",
    "   ",
    "hahaha",
    "asdfgh",
    "😅",
    "???",
    ".",
    "123",
    "ok?",
    "boleh?",
    "iya kah",
    "mau tanya",
    "ya ampun",
    "ya Allah",
    "sudah makan",
    "belum gajian",
    "tidak hujan hari ini",
    "batal puasa",
    "kalau batal kena denda?",
    "batalin pesanan shopee",
    "hapus pacar",
    "cara hapus akun facebook",
    "buang sampah",
    "tarik becak",
    "kalau saya setuju kena biaya?",
    "ok tapi saya tidak punya hp",
    "nanti saya tanya suami dulu",
    "oke nanti",
    "lanjut besok",
    "boleh pinjam uang",
    "jadi petani susah",
    "tidak bohong kan",
    "jangan bohong",
    "apa benar gratis",
    "ini benar dari pemerintah?",
    "siapa yang setuju",
    "benar tidak",
    "tidak salah",
    "bukan tidak setuju",
    "kenapa data saya dihapus",
    "jangan hapus data saya",
    "apakah data dihapus",
    "jangan dibatalkan",
    "hapus huruf a",
    "iya " * 61,
    "tidak jadi makan siang bersama keluarga",
)
DANGEROUS = {Intent.YES, Intent.NO, Intent.CANCEL, Intent.STOP, Intent.DELETE_MY_DATA}


@pytest.mark.parametrize(("text", "intent"), [(text, intent) for intent, texts in SAID.items() for text in texts])
def test_people_are_understood_as_they_talk(text: str, intent: Intent) -> None:
    assert understand_intent(text) is intent


@pytest.mark.parametrize("text", NOT_AN_ANSWER)
def test_gossip_is_never_an_answer_or_an_order(text: str) -> None:
    assert understand_intent(text) not in DANGEROUS


def test_finer_intents_fold_into_the_twelve_classes() -> None:
    assert public_class(Intent.STOP) is Intent.CANCEL
    assert public_class(Intent.CHANGE) is Intent.BACK
    assert public_class(Intent.REGISTER) is Intent.YES
    assert public_class(Intent.THANKS) is Intent.UNKNOWN
    assert public_class(Intent.HELP) is Intent.HELP


def test_a_clear_word_weighs_more_than_a_doubtful_sentence() -> None:
    clear, doubtful = weigh_intent("petugas"), weigh_intent("minta tolong petugas qwrtzp")
    assert clear.intent is doubtful.intent is Intent.HUMAN
    assert clear.confidence > doubtful.confidence


def test_near_meanings_are_offered() -> None:
    assert weigh_intent("ulangi, kembali").candidates == (Intent.BACK,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sudaaah", ("sudah",)),
        ("GAK jadi", ("tidak", "jadi")),
        ("namanya", ("nama",)),
        ("setujuuh", ("setuju",)),
        ("kembalikn", ("kembali",)),
        ("ga pa pa", ("tidak", "apa")),
        ("matur suwun", ("terima", "kasih")),
        ("Assalamu'alaikum", ("assalamualaikum",)),
        ("😂", ("_strange",)),
        ("🙏", ()),
        ("42", ("42",)),
        ("xyz", ("xyz",)),
    ],
)
def test_spellings_become_one(text: str, words: tuple[str, ...]) -> None:
    assert normalise(text) == words


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    assert 0 <= weigh_intent(text).confidence <= 1


@given(st.lists(st.sampled_from(NOT_AN_ANSWER[3:8]), min_size=1, max_size=3))
def test_gibberish_stays_gibberish(texts: list[str]) -> None:
    assert understand_intent(" ".join(texts)) is Intent.UNKNOWN
