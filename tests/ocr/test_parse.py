import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.lines import ORDER, Line, by_label, has_header, is_ktp, is_list, labelled, own_signs, spelled_labels
from ocr.parse import date_in, parse, sex_in, tidy_name
from ocr.words import districts, familiar, nearest, occupations, provinces, regencies
from tests.ocr.fakes import text

TODAY = dt.date(2026, 1, 1)
HEADER = ["PROVINSI SUMATERA UTARA", "KOTA MEDAN"]
CARD = [
    *HEADER, "Nama : BUDI SANTOSO",
    "Tempat/Tgl Lahir : JAKARTA, 17-08-1985",
    "Jenis Kelamin : LAKI-LAKI Gol. Darah : O", "Alamat : JL. MERDEKA NO. 12", "RT/RW : 003/007", "Kel/Desa : PUSAT PASAR",
    "Kecamatan : MEDAN KOTA", "Agama : ISLAM", "Status Perkawinan: KAWIN", "Pekerjaan : BURUH HARIAN LEPAS",
    "Kewarganegaraan: WNI", "Berlaku Hingga : SEUMUR HIDUP",
]  # fmt: skip


def read(rows: list[str]) -> tuple[Line, ...]:
    """Lines as the reader gives them for these rows."""
    return tuple(labelled(text(row)) for row in rows)


def replaced(label: str, row: str) -> list[str]:
    return [row if old.startswith(label) else old for old in CARD]


def test_a_clean_card_gives_every_field() -> None:
    fields = parse(read(CARD), TODAY)
    born = dt.date(1985, 8, 17)
    assert (fields.name, fields.birth_place, fields.birth_date, fields.sex) == ("BUDI SANTOSO", "JAKARTA", born, "L")
    assert fields.words == {
        "blood": "O", "address": "JL. MERDEKA NO. 12", "rt_rw": "003/007", "village": "PUSAT PASAR",
        "district": "MEDAN KOTA",
        "religion": "ISLAM", "marital_status": "KAWIN", "occupation": "BURUH HARIAN LEPAS", "citizenship": "WNI",
        "valid_until": "SEUMUR HIDUP", "province": "SUMATERA UTARA", "regency": "KOTA MEDAN",
    }  # fmt: skip
    assert set(fields.confidence) == {"name", "birth_place", "birth_date", "sex", *fields.words}
    assert set(by_label(read(CARD))) == set(ORDER)


@pytest.mark.parametrize(
    ("row", "label", "value"),
    [
        ("Nama..:MEGAWATI GITA", "name", "MEGAWATI GITA"),
        ("NamaMEGAWATI", "name", "MEGAWATI"),
        ("Status PerkawinanCERAI MATI", "marital", "CERAI MATI"),
        ("Tempat/TglLahir:ACEH BESAR, 13-04-1968", "birth", "ACEH BESAR, 13-04-1968"),
        ("RT/RW : 003/007", "rt_rw", "003/007"),
        ("Alamata:PERUM ASRI", "address", "PERUM ASRI"),
        ("lenis Kelamin: LAKI-LAKI", "sex", "LAKI-LAKI"),
        ("BUDI SANTOSO", None, "BUDI SANTOSO"),
    ],
)
def test_a_label_is_parted_from_its_value(row: str, label: str | None, value: str) -> None:
    line = labelled(text(row))
    assert (line.label, line.value.text) == (label, value)
    assert (line.colon is None) == (label is None)


@pytest.mark.parametrize(
    "row",
    [
        "Tempat/Tgl Lahir JAKARTA, 17-08-1985",
        "Tempal/Tg Lahir: JAKARTA.17-08-1985",
        "TempatTgi Lahir : JAKARTA, I7-O8-l985",
        "Tempat/Tgl Lahir : JAKARTA 17 08 1985",
    ],
)
def test_a_birth_row_survives_an_engines_slips(row: str) -> None:
    fields = parse(read(replaced("Tempat", row)), TODAY)
    assert (fields.birth_place, fields.birth_date) == ("JAKARTA", dt.date(1985, 8, 17))


@pytest.mark.parametrize(
    ("label", "row", "field", "value"),
    [
        ("Agama", "Agama : KATH0LIK", "religion", "KATHOLIK"),
        ("Agama", "Agama : xyz", "religion", None),
        ("Status", "Status Perkawinan: 8ELUM KAWIM", "marital_status", "BELUM KAWIN"),
        ("Pekerjaan", "Pekerjaan : MENGURUS RUMAHTANGGA", "occupation", "MENGURUS RUMAH TANGGA"),
        ("Pekerjaan", "Pekerjaan : ZZZZZZZ", "occupation", None),
        ("Kecamatan", "Kecamatan : MEDAN KCTA", "district", "MEDAN KOTA"),
        ("RT/RW", "RT/RW : 003007", "rt_rw", "003/007"),
        ("RT/RW", "RT/RW : OO3/O1", "rt_rw", "003/001"),
        ("Jenis", "Jenis Kelamin : PEREMPUANGol. Darah :-", "blood", "-"),
        ("Jenis", "Jenis Kelamin : PEREMPUAN Gol. Darah : A8+", "blood", "AB+"),
        ("Jenis", "Jenis Kelamin : PEREMPUAN", "blood", None),
        ("Berlaku", "Berlaku Hingga : 17-08-2017", "valid_until", "2017-08-17"),
        ("Berlaku", "Berlaku Hingga : SEUMUR HIDUR", "valid_until", "SEUMUR HIDUP"),
        ("Kewarganegaraan", "Kewarganegaraan: WNl", "citizenship", "WNI"),
        ("PROVINSI", "PROVINS1 SUMATRA UTARA", "province", "SUMATERA UTARA"),
    ],
)
def test_words_of_closed_lists_are_found_and_nothing_is_invented(
    label: str, row: str, field: str, value: str | None
) -> None:
    assert parse(read(replaced(label, row)), TODAY).words.get(field) == value


def test_a_name_is_never_corrected() -> None:
    assert parse(read(replaced("Nama", "Nama : BUDY SANTOSSO")), TODAY).name == "BUDY SANTOSSO"


def test_what_is_missing_is_none_and_has_no_confidence() -> None:
    rows = [row for row in CARD if row.split()[0] not in {"Nama", "Tempat/Tgl", "Jenis"}]
    fields = parse(read(rows), TODAY)
    assert (fields.name, fields.birth_place, fields.birth_date, fields.sex) == (None, None, None, None)
    assert set(fields.confidence) == set(fields.words)


def test_the_lists_are_those_of_the_card() -> None:
    assert len(occupations()) == 99
    assert provinces()["DKI JAKARTA"] == "31"
    assert regencies("31")["JAKARTA SELATAN"] == "3174"
    assert "MEDAN KOTA" in districts(regencies("12")["KOTA MEDAN"])


def test_what_resembles_two_words_alike_means_neither() -> None:
    assert nearest("CERAI", ("CERAI HIDUX", "CERAI HIDUY"), like=60) is None
    assert nearest("CERAI HIDUP", ("CERAI HIDUP", "CERAI MATI")) == ("CERAI HIDUP", 1.0)


@pytest.mark.parametrize(
    "text", ["31-02-1985", "17-13-1985", "17-08-2031", "17-08-1850", "003/007", "JL. MERDEKA NO. 12", "ISLAM SILO BOLI"]
)
def test_what_is_no_date_of_birth_is_none(text: str) -> None:
    assert date_in(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("LAKI-LAKI", "L"),
        ("LAK1-LAKI", "L"),
        ("PEREMPUAN Gol. Darah : B", "P"),
        ("PEREMPUAH", "P"),
        ("KAWIN", None),
        ("", None),
    ],
)
def test_sex_is_read_from_words_that_resemble_it(text: str, sex: str | None) -> None:
    assert sex_in(text) == sex


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (": 8UDI SANT0SO", "BUDI SANTOSO"),
        ("~ SITI  NUR'AINI .", "SITI NUR'AINI"),
        ("M. YUSUF, S.H.", "M. YUSUF, S.H."),
        ("|", "I"),
        ("—", ""),
    ],
)
def test_a_name_is_tidied(text: str, name: str) -> None:
    assert tidy_name(text).rstrip(" .") == name.rstrip(" .")


def test_other_documents_are_no_ktp() -> None:
    assert is_ktp(read(CARD))
    assert not is_ktp(read(["KARTU KELUARGA", *CARD]))
    assert not is_ktp(read(["SURAT IZIN MENGEMUDI", *CARD[3:8]]))
    assert not is_ktp(read(["PROVINSI DKI JAKARTA", "TOTAL 113.000", "3174041708859001"]))
    assert not is_ktp(())


def test_a_ktp_without_its_header_needs_more_labels() -> None:
    assert is_ktp(read(CARD[2:]))
    assert not is_ktp(read(CARD[2:5]))
    assert has_header(read(CARD))
    assert not has_header(read(CARD[2:]))
    assert len(spelled_labels(read(CARD))) == 12


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), max_size=14))
def test_any_text_parses_without_an_error(rows: list[str]) -> None:
    lines = read(rows)
    fields = parse(lines, TODAY)
    is_ktp(lines)
    assert fields.birth_date is None or fields.birth_date <= TODAY


@settings(deadline=None)
@given(st.data())
def test_noise_in_the_labels_never_makes_a_wrong_birth_date(data: st.DataObject) -> None:
    noise = st.characters(categories=("Lu", "Ll"), max_codepoint=126)
    rows = []
    for row in CARD:
        label, colon, value = row.partition(":")
        place = data.draw(st.integers(0, max(0, len(label) - 1)))
        rows.append(label[:place] + data.draw(noise) + label[place + 1 :] + colon + value)
    assert parse(read(rows), TODAY).birth_date in {None, dt.date(1985, 8, 17)}


@pytest.mark.parametrize(
    ("tail", "group"), [(": -", "-"), (": AE", "AB"), (": 0", "O"), (":8", "B"), (": A+", "A+"), (":", None), ("", None)]
)
def test_the_blood_group_is_one_of_the_closed_list(tail: str, group: str | None) -> None:
    fields = parse(read(replaced("Jenis", f"Jenis Kelamin : LAKI-LAKIGol. Darah {tail}")), TODAY)
    assert fields.words.get("blood") == group


def test_a_village_keeps_its_brackets_and_a_dot_its_space() -> None:
    card = [*replaced("Kel", "Kel/Desa : BATU AJI (PERSIAPAN)")]
    card[5] = "Alamat : JL.JEND.SUDIRMAN NO.12A RT.03 KM 1.5"
    fields = parse(read(card), TODAY)
    assert fields.words["village"] == "BATU AJI (PERSIAPAN)"
    assert fields.words["address"] == "JL. JEND. SUDIRMAN NO. 12A RT. 03 KM 1.5"
    assert tidy_name("H.ABDUL KARIM S.PD") == "H. ABDUL KARIM S.PD"


def test_a_birth_place_that_is_a_town_but_for_look_alike_letters_is_that_town() -> None:
    assert [familiar(place) for place in ("CLAMIS", "CLANJUR", "ACEHBESAR", "MEDAN")] == [
        "CIAMIS",
        "CIANJUR",
        "ACEH BESAR",
        "MEDAN",
    ]
    assert familiar("KAMPUNG BALI") == "KAMPUNG BALI"


def test_a_cut_label_is_not_the_name() -> None:
    assert labelled(text("amat:JL. MERDEKA")).label == "address"
    assert labelled(text("amab:JL. MERDEKA")).label is None
    assert labelled(text("NamaHASAN")).label == "name"


def test_what_is_left_of_a_ktp_shows_signs_that_no_other_card_does() -> None:
    left = ["PATEN TEMANGGUNG", "3201006669512", "AKI-LAKI Gol. Darah : A", "UMUR HIDUP"]
    sim = [
        "SURAT IZIN MENGEMUDI",
        "1. BUDI SANTOSO",
        "3. O - PRIA",
        "5. BURUH",
        "1234-9005-001234",
        "Berlaku s/d 17-08-2028",
    ]
    bpjs = ["Nomor Kartu : 0003174040", "Nama : BUDI", "Alamat : JL. MERDEKA", "Tanggal Lahir : 17-08-1985", "NIK : 3174040"]
    assert own_signs(read(left)) >= 3
    assert own_signs(read(CARD[5:])) >= 8
    assert own_signs(read(sim)) == 0
    assert own_signs(read(bpjs)) <= 1


def test_a_row_with_a_long_number_beside_words_is_of_a_list() -> None:
    assert is_list(read(["1 FAJAR SETIAWAN 3206180603809001 L ISLAM WNI"]))
    assert not is_list(read(CARD))
    assert not is_list(read(["NIK : 3206180603809001", "3206180603809001"]))


@pytest.mark.parametrize("row", ["Nama Lengkap NIK Jenis Kelamin", "Yang bertanda tangan di bawah ini menerangkan:"])
def test_a_form_with_the_same_labels_is_no_ktp(row: str) -> None:
    assert is_ktp(read(CARD))
    assert not is_ktp(read([*CARD, row]))
