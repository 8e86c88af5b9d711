"""Which column is which: the headings of a list of members, in Indonesian or English, in any order.

Decides by the words of a heading alone. A heading that is somebody else's (mother's name, number of the family card) is
nobody's: its column is kept aside with the row.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

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

_SPACED = re.compile(r"\b(?:[a-z] ){2,}[a-z]\b")
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
_OTHERS = bag(
    """
    kk keluarga ibu ayah bapak suami istri waris darurat ketua bank rekening rek norek npwp bpjs kpj plat polisi stnk sim
    foto scan alamat address email status nopol kendaraan
    """
)
"""A heading with one of these is about somebody or something else."""
_FREE = bag(
    """
    no nomor nomer number lengkap sesuai anggota pekerja peserta warga penduduk orang yang di dan atau the of and your
    member worker full wajib diisi isi opsional optional required contoh aktif bisa dihubungi digit angka karakter
    pengemudi driver pedagang nelayan petani pelapak utama saat ini sekarang jenis tempat
    """
)
"""Words that may stand beside the one that counts."""
_BIRTH = bag("lahir birth dob ttl")
_PHONE_WORDS = bag(
    """
    hp handphone hanphone hape telepon telpon telp tlp wa whatsapp phone mobile ponsel seluler kontak contact cellphone
    """
)
_KEYS: tuple[tuple[Column, frozenset[str], frozenset[str]], ...] = (
    (Column.DISTRICT, bag("kecamatan kec distrik district kcamatan"), bag("nama name domisili tinggal kerja")),
    (Column.REGENCY, bag("kabupaten kab kota regency city kotamadya"), bag("nama name domisili tinggal kerja")),
    (Column.OCCUPATION, bag("pekerjaan profesi occupation job profession pencaharian"), bag("nama name mata bidang")),
    (Column.NAME, bag("nama name"), bag("ktp e dengan gelar tanpa huruf kapital")),
    (Column.PHONE, _PHONE_WORDS, bag("nama")),
    (
        Column.NIK,
        bag("nik ktp ektp kependudukan identitas identity"),
        bag("e induk id card el elektronik national nasional"),
    ),
    (Column.NIK, bag("national"), bag("id card identification")),
)
"""A heading is this column's when it has one of the first words, and beside it only free words and those of the second."""


def column_of(heading: str) -> Column | None:
    """What stands under the heading; None when it is nothing that is asked for.

    Args:
        heading: "No. KTP / NIK", "Nama Lengkap (sesuai KTP)", "phone_number", "TTL".
    """
    words = _words(heading)
    if not words or len(heading) > LONGEST:
        return None
    if words[0] == REASON_HEADING:
        return Column.REASON
    if _OTHERS & set(words):
        return None
    if _BIRTH & set(words):
        return None if set(words) <= {"tempat", "lahir", "place", "of", "birth", "kota"} else Column.BIRTH_DATE
    for column, keys, beside in _KEYS:
        rest = {word for word in words if word not in keys}
        if len(rest) < len(set(words)) and all(word in _FREE or word in beside or word.isdigit() for word in rest):
            return column
    return None


def columns_of(headings: Sequence[str]) -> Mapping[Column, int]:
    """Where each column stands, counted from 0; of two that hold the same, the first one counts."""
    found: dict[Column, int] = {}
    for at, heading in enumerate(headings):
        column = column_of(heading)
        if column is not None:
            found.setdefault(column, at)
    return found


def _words(heading: str) -> list[str]:
    apart = fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading[: LONGEST * 2]))
    apart = _SPACED.sub(lambda found: found[0].replace(" ", ""), apart)
    for said, meant in (("whats app", "wa"), ("id card", "ktp"), ("identity card", "ktp")):
        apart = apart.replace(said, meant)
    words = [part for word in re.findall(r"[a-z0-9]+", apart) for part in _GLUED.get(word, word).split()]
    return [word for word in words if len(word) > 1 or word == "e"]
