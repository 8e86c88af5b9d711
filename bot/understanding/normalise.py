"""Turns what people type into words the rules know: slang, short forms, drawn-out letters, emoji, regional words.

Decides spelling only; what the words mean together is for `intents`. Deterministic and offline.
"""

import re
from functools import lru_cache

from rapidfuzz import fuzz, process

from bot.understanding.words import ADDRESS, NOUNS, OFF_TOPIC, PARTICLES, PHRASES, QUESTION, SPELLINGS
from models.catalogue.digits import fold
from models.catalogue.word_lists import bag, spread
from models.catalogue.word_match import find_root

_EMOJI = spread("""
iya: 👍 ✅ ✔ ☑
oke: 👌 🆗
benar: 💯
setuju: 🤝
tidak: 👎 🚫 🙅 ⛔
bukan: ❌ ✖ ❎
kembali: ⬅ ◀ 🔙 ↩ ⏪
ulang: 🔄 🔁
menu awal: 🏠
?: ❓ ❔
bantuan: 🆘
hapus: 🗑
halo: 👋
telepon: ☎ 📞
berhenti: 🛑
""")
_FRIENDLY = re.compile("[🙏😊🙂😁☺😀😃🥰❤🤗]")
"""Signs that only smile."""
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f\u200d]")
_APOSTROPHE = re.compile(r"['’‘`ʼ]")
_LONG = re.compile(r"([a-z])\1+")
_STRANGE = re.compile(r"[^\x00-\u024f\u2000-\u206f]")
_LONGEST_PHRASE = 3
_FUZZY_FROM = 5
_FUZZY_CUTOFF = 86

STRANGE = "_strange"
"""The word that stands for pictures and letters of other scripts: never covered by any rule."""

_RULE_WORDS = bag(
    """
    banyak kabar informasi bocor disalahgunakan salahgunakan percaya ragu tertipu penipuan langsung datang ketemu
    temu jumpa bertemu dimana robot agen diri mengundurkan undur cukup sini langkah step ketik pencet pertanyaan
    satu menit harus lakukan diisi jawab kerja hasil verifikasi pengajuan berkas kepesertaan peserta lama belum lain
    waktu semua identitas persetujuan kirim pesan salinan unduh download apakah harini ingat ulangan tracking
    indonesia batak karo melayu aceh nias bugis banjar madura bali toba mandailing simalungun lampung betawi
    makassar papua ambon inggih tuju sebar bagikan jual nomornya masalah perlu usah terima perubahan kurang lengkap
    beda berbeda sopir daftarnya prosesnya caranya tahu jelas mengisi ngisi isi milik mejuah juah njuah mejuahjuah
    njuahnjuah yaahowu ahowu dia sekarang barusan ulangnya batalnya keren tuhan syukur alhamdulillah boleh2 pernah
    coba sudi bos hilangkan in to jelaskan dijelaskan gunanya buat karang kini disuruh suruh kah laksanakan mantap
    karena krn sibuk sempat speak allah
    """
)

VOCABULARY = (
    frozenset(SPELLINGS)
    | frozenset(" ".join(SPELLINGS.values()).split())
    | ADDRESS
    | PARTICLES
    | NOUNS
    | OFF_TOPIC
    | QUESTION
    | _RULE_WORDS
)
"""Every word that some rule knows, in any of its spellings."""

_FUZZY_WORDS = tuple(sorted(word for word in VOCABULARY - OFF_TOPIC if len(word) >= _FUZZY_FROM))


def normalise(text: str) -> tuple[str, ...]:
    """The words of the sentence, each in its canonical form; unknown words stay as they are.

    Args:
        text: What the person wrote.
    """
    words = _split(_emoji_as_words(text))
    return tuple(form for word in _join_phrases(words) for form in ((word,) if word.isdigit() else _canonical(word)))


def is_question(text: str) -> bool:
    """The sentence ends in a question mark."""
    return fold(text).rstrip(" .!").endswith("?")


def _emoji_as_words(text: str) -> str:
    plain = _FRIENDLY.sub(" ", _SKIN.sub("", text))
    for sign, words in _EMOJI.items():
        plain = plain.replace(sign, f" {words} ")
    return _STRANGE.sub(f" {STRANGE} ", _APOSTROPHE.sub("", fold(plain)))


def _split(text: str) -> list[str]:
    return re.findall(rf"{STRANGE}|[a-z0-9]+", text)


def _join_phrases(words: list[str]) -> list[str]:
    joined: list[str] = []
    index = 0
    while index < len(words):
        span = next(
            (span for span in range(_LONGEST_PHRASE, 1, -1) if " ".join(words[index : index + span]) in PHRASES),
            1,
        )
        joined.append(" ".join(words[index : index + span]))
        index += span
    return joined


@lru_cache(maxsize=4096)
def _canonical(word: str) -> tuple[str, ...]:
    if word in PHRASES:
        return tuple(PHRASES[word].split())
    known = _known_form(word)
    return tuple(SPELLINGS.get(known, known).split())


def _known_form(word: str) -> str:
    """The nearest word of the vocabulary: as typed, without drawn-out letters, without affixes, without a typing error."""
    if word in VOCABULARY or word == STRANGE or word.isdigit():
        return word
    bare = word.removesuffix("2")
    short = _LONG.sub(r"\1", bare)
    for form in (bare, _LONG.sub(r"\1\1", bare), short):
        if form in VOCABULARY:
            return form
    for form in (bare, short):
        root = find_root(form, VOCABULARY)
        if root and (len(root) >= 4 or (len(root) == 3 and form.startswith(root))):
            return root
    return _without_slip(short)


def _without_slip(word: str) -> str:
    if len(word) < _FUZZY_FROM:
        return word
    near = process.extractOne(word, _FUZZY_WORDS, scorer=fuzz.ratio, score_cutoff=_FUZZY_CUTOFF)
    return near[0] if near and near[0][0] == word[0] else word
