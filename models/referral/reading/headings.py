"""Which column is which: the headings of a list of members, in Indonesian or English, in any order.

Decides by the words of a heading alone. A heading that is somebody else's (mother's name, number of the family card) is
nobody's: its column is kept aside with the row. What is written out counts before what is abbreviated or mistyped.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from models.catalogue.digits import fold
from models.catalogue.word_lists import bag, spread


class Column(StrEnum):
    """What a column of a list may hold; `REASON` is what we wrote there ourselves."""

    NIK = "nik"
    NAME = "name"
    PHONE = "phone"
    OCCUPATION = "occupation"
    REGENCY = "regency"
    DISTRICT = "district"
    BIRTH_DATE = "birth_date"
    REASON = "reason"


REASON_HEADING = "alasan"
LONGEST = 60
"""A heading has fewer characters; longer texts are titles and remarks."""

_SPACED = re.compile(r"\b(?:[a-z][ .]+){2,}[a-z]\b")
_GLUED = spread("""
no hp: nohp nomorhp nomerhp
no wa: nowa nomorwa
no ktp: noktp nomorktp
no nik: nonik nomornik
no telepon: notelp notelepon notlp nomortelepon
no handphone: nohandphone
nama lengkap: namalengkap
nama anggota: namaanggota
full name: fullname
phone number: phonenumber
tanggal lahir: tgllahir tanggallahir tglahir
tempat lahir: tempatlahir
birth date: birthdate birthday
national id: nationalid
""")
_FAMILY = bag("kk keluarga ibu ayah bapak suami istri waris darurat pasangan anak wali ortu saudara tanggungan")
"""Whose number or name it is, when it is not the member's."""
_OTHERS = _FAMILY | bag(
    """
    ketua mandor koordinator
    bank rekening rek norek npwp bpjs kpj plat polisi stnk sim foto scan alamat address email status nopol kendaraan
    lama alias panggilan
    """
)
"""A heading with one of these is about somebody or something else."""
_FREE = bag(
    """
    no nomor nomer number lengkap sesuai anggota pekerja peserta warga penduduk orang yang di dan atau the of and your
    member worker full complete wajib diisi isi opsional optional required contoh aktif digit angka karakter yg dgn sbg
    pengemudi driver pedagang nelayan petani pelapak utama saat ini sekarang jenis tempat
    """
)
"""Words that may stand beside the one that counts."""
_ROLES = bag(
    """
    karyawan tenaga kerja calon tukang ojek ojol sopir supir buruh pemilik pengurus rentan becak kuli pemulung penjahit pkl
    penjual pengrajin peternak
    """
)
"""Beside "nama" they say whose name it is: the member's, where no other column holds names."""
_FULL = bag("lengkap full complete ktp ektp")
_BIRTH = bag("lahir birth dob ttl")
_PHONE_WORDS = bag(
    """
    hp handphone hanphone hape telepon telpon telp tlp tel telephone wa whatsapp phone mobile ponsel seluler kontak contact
    cellphone
    """
)
_KEYS: tuple[tuple[Column, frozenset[str], frozenset[str]], ...] = (
    (Column.DISTRICT, bag("kecamatan kec distrik district kcamatan"), bag("nama name domisili tinggal kerja sub")),
    (Column.REGENCY, bag("kabupaten kab kota regency city kotamadya"), bag("nama name domisili tinggal kerja")),
    (
        Column.OCCUPATION,
        bag("pekerjaan profesi occupation job profession pencaharian"),
        bag("nama name mata bidang usaha jabatan"),
    ),
    (Column.NAME, bag("nama name"), bag("ktp e dengan gelar tanpa huruf kapital")),
    (Column.PHONE, _PHONE_WORDS, bag("nama bisa dihubungi cell hand")),
    (
        Column.NIK,
        bag("nik ktp ektp kependudukan identitas identity"),
        bag("e induk id card el elektronik national nasional kitas kitap paspor"),
    ),
    (Column.NIK, bag("national"), bag("id card identification")),
)
"""A heading is this column's when it has one of the first words, and beside it only free words and those of the second."""
_WEAK: tuple[tuple[Column, frozenset[str], frozenset[str]], ...] = (
    (Column.NIK, bag("nik ktp"), _FREE | bag("pemilik")),
    (Column.NAME, bag("nama name"), _FREE | _ROLES),
    (Column.NIK, bag("id induk"), bag("no nomor nomer number")),
    (Column.NAME, bag("anggota"), frozenset()),
    (Column.OCCUPATION, bag("usaha kerja work dagangan"), bag("jenis bidang utama type of")),
)
"""The same for headings that may mean something else: they count when nothing better heads the column that is asked for."""
_VOCABULARY = _OTHERS | _FREE | _ROLES | _BIRTH | frozenset().union(*(keys | beside for _, keys, beside in _KEYS))
_ALIKE = (_FREE, _OTHERS, _BIRTH, *(keys for _, keys, _ in _KEYS))
_VOWELS = str.maketrans("", "", "aeiou")
_CONSONANTS: dict[str, set[str]] = {}
for _word in _VOCABULARY:
    _CONSONANTS.setdefault(_word.translate(_VOWELS), set()).add(_word)


def column_of(heading: str) -> Column | None:
    """What stands under the heading; None when it is nothing that is asked for.

    Args:
        heading: "No. KTP / NIK", "Nama Lengkap (sesuai KTP)", "phone_number", "TTL".
    """
    return _column_of(_words(heading), _KEYS) if len(heading) <= LONGEST else None


def columns_of(headings: Sequence[str]) -> Mapping[Column, int]:
    """Where each column stands, counted from 0; of two that hold the same, the first one counts, or the full name."""
    return {column: places[0] for column, places in places_of(headings).items()}


def places_of(headings: Sequence[str]) -> Mapping[Column, Sequence[int]]:
    """Where each column stands, also a second time."""
    found: dict[Column, list[int]] = {}
    known = [column_of(heading) for heading in headings]
    for at, column in enumerate(known):
        if column is not None:
            found.setdefault(column, []).append(at)
    found.get(Column.NAME, []).sort(key=lambda at: not _FULL & set(_words(headings[at])))
    guesses: dict[Column, list[int]] = {}
    for at, heading in enumerate(headings):
        guess = _guess(heading) if known[at] is None else None
        if guess is not None and guess not in found:
            guesses.setdefault(guess, []).append(at)
    return found | {column: places[:1] for column, places in guesses.items()}


def is_family_card(heading: str) -> bool:
    """Whether the numbers of family cards stand under the heading."""
    words = set(_words(heading)) if len(heading) <= LONGEST else set()
    return ("kk" in words or {"kartu", "keluarga"} <= words) and not {"nik", "ktp", "nama"} & words


def is_of_another(heading: str) -> bool:
    """Whether the heading is about a person of the member's family."""
    return bool(_FAMILY & {_meant(word) for word in _words(heading)})


@lru_cache(maxsize=4096)
def _guess(heading: str) -> Column | None:
    """What an abbreviated or mistyped heading, or one that says too little, most likely means."""
    words = _words(heading) if len(heading) <= LONGEST else []
    meant = [_meant(word) for word in words]
    return _column_of(meant, _KEYS) or _column_of(words, _WEAK, frozenset()) or _column_of(meant, _WEAK, frozenset())


def _column_of(
    words: Sequence[str], keyed: Sequence[tuple[Column, frozenset[str], frozenset[str]]], free: frozenset[str] = _FREE
) -> Column | None:
    said = set(words)
    if not said:
        return None
    if words[0] == REASON_HEADING:
        return Column.REASON
    if {"ktp", "nik", "identitas"} & said:
        said.discard("sim")  # "KTP/SIM"
    if _OTHERS & said:
        return None
    if _BIRTH & said:
        return None if said <= {"tempat", "lahir", "place", "of", "birth", "kota"} else Column.BIRTH_DATE
    for column, keys, beside in keyed:
        rest = said - keys
        if len(rest) < len(said) and all(word in free or word in beside or word.isdigit() for word in rest):
            return column
    return None


def _meant(word: str) -> str:
    """The known word that this one abbreviates ("lngkp", "tlpn") or mistypes ("Kecmatan"); itself when that is not clear."""
    if word in _VOCABULARY or word.isdigit():
        return word
    bare = word.translate(_VOWELS)
    near = _CONSONANTS.get(bare, set()) if len(word) > 1 else set()
    if bare != word:  # some vowels are there: it must be nearly the word itself
        most = 2 if len(word) > 8 else 1
        wide = _VOCABULARY if len(word) > 4 else near if len(word) > 3 else set()
        near = {other for other in wide if len(other) > 3 and OSA.distance(word, other, score_cutoff=most) <= most}
    return min(near) if _are_alike(near) else word


def _are_alike(words: set[str]) -> bool:
    """Whether it does not matter which of the words is meant."""
    return bool(words) and (len(words) == 1 or any(words <= alike for alike in _ALIKE))


def _words(heading: str) -> list[str]:
    apart = fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading[: LONGEST * 2]))
    apart = _SPACED.sub(lambda found: re.sub(r"[ .]+", "", found[0]), apart)
    for said, meant in (("whats app", "wa"), ("id card", "ktp"), ("identity card", "ktp"), ("anggota kelompok", "anggota")):
        apart = apart.replace(said, meant)
    words = [part for word in re.findall(r"[a-z0-9]+", apart) for part in _GLUED.get(word, word).split()]
    return [word for word in words if len(word) > 1 or word == "e"]
