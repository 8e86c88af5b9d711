"""Headings of all kinds of lists, in any order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.referral.reading.headings import Column, column_of, columns_of, is_family_card, places_of

KNOWN = {
    Column.NIK: (
        "NIK", "nik", "No KTP", "No. KTP", "NoKTP", "NO.KTP/NIK", "Nomor Induk Kependudukan", "N I K (16 digit)", "no_ktp",
        "Nomor e-KTP", "NIK sesuai KTP", "National ID", "ID Card Number", "Nomor Identitas", "NIK*", "No. Identitas (KTP)",
    ),
    Column.NAME: (
        "Nama", "NAMA LENGKAP", "Nama Anggota", "nama_lengkap", "namaLengkap", "Nama (sesuai KTP)", "Full Name", "Name",
        "Nama Pekerja", "Nama Pengemudi", "Nama Lengkap Sesuai e-KTP",
    ),
    Column.PHONE: (
        "No HP", "NO. HP", "nohp", "No.HP/WA", "Telepon", "No Telp", "Handphone", "WhatsApp", "Nomor WA aktif",
        "Phone number", "phone_number", "Kontak", "No HP yang bisa dihubungi",
    ),
    Column.OCCUPATION: ("Pekerjaan", "Jenis Pekerjaan", "Profesi", "Mata Pencaharian", "Occupation", "Job"),
    Column.DISTRICT: ("Kecamatan", "Kec.", "Nama Kecamatan", "District"),
    Column.REGENCY: ("Kabupaten", "Kab/Kota", "Kabupaten / Kota", "City"),
    Column.BIRTH_DATE: ("Tanggal Lahir", "Tgl. Lahir", "TTL", "Tempat, Tanggal Lahir", "Birth date", "DOB", "tgl_lahir"),
    Column.REASON: ("alasan", "Alasan", "ALASAN"),
}  # fmt: skip
OTHERS = (
    "No", "No.", "", "No KK", "Nomor Kartu Keluarga", "NIK Kepala Keluarga", "Nama Ibu Kandung", "Nama Ayah", "Alamat",
    "Alamat KTP", "Foto KTP", "Nama Pasar", "Nama Bank", "No Rekening", "Tempat Lahir", "Jenis Kelamin", "RT/RW", "No BPJS",
    "HP Darurat", "Nama Ahli Waris", "Kelurahan", "Daftar Nama dan NIK Anggota Pangkalan Ojek Contoh", "Siti Rahayu",
    "3201014101909001", "Keterangan",
)  # fmt: skip
CASES = [(heading, column) for column, headings in KNOWN.items() for heading in headings]


@pytest.mark.parametrize(("heading", "column"), CASES)
def test_a_heading_is_known_by_its_words(heading: str, column: Column) -> None:
    assert column_of(heading) is column


@pytest.mark.parametrize("heading", OTHERS)
def test_a_heading_of_something_else_is_nobodys(heading: str) -> None:
    assert column_of(heading) is None


@given(st.permutations(list(Column)), st.data())
def test_the_order_of_the_columns_is_free(order: list[Column], data: st.DataObject) -> None:
    headings = [data.draw(st.sampled_from(KNOWN[column])) for column in order]
    assert columns_of(headings) == {column: at for at, column in enumerate(order)}


@given(
    st.sampled_from(CASES),
    st.sampled_from([str.upper, str.lower, str.title]),
    st.sampled_from(["{}", " {} ", "{}:", "*{}", "{} (wajib)"]),
)
def test_neither_capitals_nor_signs_matter(case: tuple[str, Column], change: object, frame: str) -> None:
    heading, column = case
    assert callable(change)
    apart = heading.replace("K", " K") if heading == "namaLengkap" else heading
    assert column_of(frame.format(change(apart))) is column


@given(st.lists(st.sampled_from(OTHERS), max_size=6), st.integers(0, 6))
def test_columns_of_no_interest_do_not_matter(others: list[str], at: int) -> None:
    headings = [*others[:at], "NIK", *others[at:], "Nama"]
    found = columns_of(headings)
    assert [headings[place] for place in found.values()] == ["NIK", "Nama"]


UNSURE = {
    Column.NIK: ("Nmor KTP", "Nomot KTP", "Nomer Induk", "ID Number", "N.I.K.", "No Identitas KTP/SIM", "Nmr NIK",
                 "No Kependudukn"),
    Column.NAME: ("Nm. Lengkap", "Nama Lngkap", "Nama Lengakp", "Anggota", "Nm Anggota", "Nama Tukang Ojek", "Naam"),
    Column.PHONE: ("No Tlpn", "Handpone", "Nmr HP", "No hp yg aktif", "Telpn"),
    Column.OCCUPATION: ("Jenis Usaha", "Pekejaan", "Kerja", "Type of work"),
    Column.DISTRICT: ("Kecmatan", "Kcmtn", "Kecamtan"),
    Column.REGENCY: ("Kabuptaen", "Kbptn"),
    Column.BIRTH_DATE: ("Tgl Lhr", "Tangal Lahr", "tgl. lhir"),
}  # fmt: skip


@pytest.mark.parametrize(("heading", "column"), [(heading, column) for column, all_ in UNSURE.items() for heading in all_])
def test_what_is_abbreviated_or_mistyped_is_known_where_nothing_better_stands(heading: str, column: Column) -> None:
    assert columns_of(["No", heading]) == {column: 1}
    better = KNOWN[column][0]
    assert columns_of([heading, better])[column] == (0 if column_of(heading) is column else 1)


@pytest.mark.parametrize(
    "heading",
    ["NIK Istri", "NIK Istr", "Nama Pasangan", "Nama Psangan", "NIK Ortu", "Nama Wali", "NIK Anak", "Nm Ibu",
     "NIK Suami/Istri", "Nama Ayh", "Nama Orang yang bisa dihubungi", "HP Istri", "Kontak Darurat", "NIM", "NPP", "SIM",
     "Nama Kelompok", "Nama Pangkalan", "Nama Kapal", "Nama Desa", "Nama Toko", "NIK Lama", "Nama Panggilan",
     "No. Anggota", "ID Anggota", "NIK/KK", "NIK / No. KK", "Nama / NIK", "Lama"],
)  # fmt: skip
def test_nothing_is_guessed_of_what_is_somebody_elses_or_could_be_two_things(heading: str) -> None:
    assert columns_of(["No", heading]) == {}


def test_a_second_column_of_a_kind_is_known_too_and_a_guess_never_stands_beside_what_is_sure() -> None:
    assert places_of(["NIK", "Nama", "No KTP", "Nomer Induk", "HP", "WA"]) == {
        Column.NIK: [0, 2],
        Column.NAME: [1],
        Column.PHONE: [4, 5],
    }


@pytest.mark.parametrize("other", ["Nama Pemilik", "Nama Tukang", "Nama Pengurus", "Nama Karyawan"])
def test_a_name_of_a_role_counts_only_where_no_other_name_stands(other: str) -> None:
    assert columns_of([other, "NIK", "Nama", "KTP Pemilik"]) == {Column.NAME: 2, Column.NIK: 1}
    assert columns_of([other, "NIK"]) == {Column.NAME: 0, Column.NIK: 1}


@pytest.mark.parametrize("better", ["Nama Lengkap", "NAMA SESUAI KTP", "Full Name"])
def test_of_two_names_the_full_one_counts(better: str) -> None:
    assert columns_of(["Nama", "NIK", better]) == {Column.NAME: 2, Column.NIK: 1}
    assert columns_of([better, "NIK", "Nama"]) == {Column.NAME: 0, Column.NIK: 1}


@pytest.mark.parametrize("heading", ["KK", "No KK", "No. KK", "Nomor Kartu Keluarga", "NO_KK"])
def test_family_cards_have_their_own_column(heading: str) -> None:
    assert is_family_card(heading)
    assert not any(map(is_family_card, ["NIK KK", "Nama KK", "Keluarga", "NIK", "No KTP", "Kartu Anggota"]))


def test_of_two_columns_of_one_kind_the_first_counts() -> None:
    assert columns_of(["No HP", "Nama", "No WA"]) == {Column.PHONE: 0, Column.NAME: 1}


@given(st.text(max_size=200))
def test_any_text_has_an_answer(text: str) -> None:
    assert column_of(text) is None or isinstance(column_of(text), Column)
