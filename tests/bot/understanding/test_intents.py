import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.features import table
from bot.understanding.intents import Intent, Pending, public_class, understand_intent, weigh_intent
from bot.understanding.normalise import normalise
from bot.understanding.sentence import read_sentence
from bot.understanding.spelling import vocabulary
from bot.understanding.words import spellings

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
    ".",
    "123",
    "ok?",
    "boleh?",
    "???",
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
    "pak budi " * 61,
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
    clear, doubtful = weigh_intent("petugas"), weigh_intent("qwrtzp petugas plmk")
    assert clear.intent is doubtful.intent is Intent.HUMAN
    assert clear.confidence >= doubtful.confidence


def test_near_meanings_are_offered() -> None:
    reading = weigh_intent("ga usah daftar")
    assert (reading.intent, set(reading.candidates)) == (Intent.UNKNOWN, {Intent.NO, Intent.CANCEL})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sudaaah", ("sudah",)),
        ("GAK jadi", ("tidak", "jadi")),
        ("namanya", ("nama",)),
        ("setujuuh", ("setuju",)),
        ("kembalikn", ("kembali",)),
        ("ga pa pa", ("tidak", "apa")),
        ("matur suwun", ("makasih",)),
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


@given(
    st.lists(st.one_of(st.sampled_from(sorted(vocabulary())), st.text("abcdefghijklmnopqrstuvwxyz", max_size=8)), max_size=7)
)
def test_a_second_pass_of_spelling_changes_nothing(words: list[str]) -> None:
    once = normalise(" ".join(words))
    assert normalise(" ".join(once)) == once


@given(st.lists(st.text("bcdfghjklmnpqrstvwxyz", min_size=6, max_size=12), min_size=1, max_size=4))
def test_noise_is_never_an_answer_or_an_order(words: list[str]) -> None:
    assert understand_intent(" ".join(words)) not in DANGEROUS


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("jangan dihapus ya", "jangan ~hapus iya "),
        ("enggak pak, salah", "tidak pak , salah "),
        ("enggak pak salah", "tidak pak salah "),
        ("ga mau lanjut", "tidak ~mau ~lanjut "),
        ("bisa gak", "bisa kah "),
        ("lolos gak saya", "lolos kah saya "),
        ("benarkah?", "benar kah kah "),
        ("alamatnya bukan itu", "alamat bukan itu "),
        ("❌ salah", "bukan , salah "),
    ],
)
def test_what_a_sentence_denies_and_asks_is_marked(text: str, line: str) -> None:
    assert read_sentence(text).line == line


def test_a_question_for_words_hears_names_before_languages() -> None:
    assert weigh_intent("jawa").intent is Intent.LANGUAGE
    assert weigh_intent("inggris", pending=Pending.WORDS).confidence < weigh_intent("inggris").confidence


def test_a_near_answer_that_cannot_be_undone_is_offered_and_not_taken() -> None:
    reading = weigh_intent("ya tapi nanti")
    assert reading.intent is Intent.UNKNOWN
    assert understand_intent("ga usah daftar") is Intent.UNKNOWN


@pytest.mark.parametrize("text", ["gratis ga", "ini bukan penipuan kan", "kapan uangnya cair", "iya tapi bayarnya berapa?"])
def test_a_question_is_no_answer(text: str) -> None:
    assert public_class(understand_intent(text)) is Intent.UNKNOWN


def test_every_feature_of_the_file_can_be_found() -> None:
    loaded = table()
    assert set(loaded.meanings) == {intent.value for intent in Intent}
    assert all(feature.meaning in loaded.meanings for group in loaded.by_word.values() for feature in group)


def test_canonical_words_are_their_own_spelling() -> None:
    forms = {word for meant in spellings().values() for word in meant.split()}
    assert {word: spellings()[word] for word in forms if spellings().get(word, word) != word} == {}


@given(st.lists(st.sampled_from(NOT_AN_ANSWER[2:7]), min_size=1, max_size=3))
def test_gibberish_stays_gibberish(texts: list[str]) -> None:
    assert understand_intent(" ".join(texts)) is Intent.UNKNOWN
