import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.engine import Word
from ocr.lines import Line, by_label, group, has_header, is_ktp, score
from ocr.parse import date_in, parse, sex_in, tidy_name

TODAY = dt.date(2026, 1, 1)
CARD = [
    "PROVINSI DKI JAKARTA", "JAKARTA SELATAN", "NIK : 3174041708859001", "Nama : BUDI SANTOSO",
    "Tempat/Tgl Lahir : JAKARTA, 17-08-1985",
    "Jenis Kelamin : LAKI-LAKI Gol. Darah : O", "Alamat : JL. MERDEKA NO. 12", "RT/RW : 003/007", "Kel/Desa : PEJATEN BARAT",
    "Kecamatan : PASAR MINGGU", "Agama : ISLAM", "Status Perkawinan: KAWIN", "Pekerjaan : SOPIR", "Kewarganegaraan: WNI",
    "Berlaku Hingga : SEUMUR HIDUP",
]  # fmt: skip


def read(rows: list[str]) -> tuple[Line, ...]:
    """Lines as an engine gives them for these rows."""
    words = []
    for index, row in enumerate(rows):
        left = 60
        for text in row.split():
            words.append(Word(text, left, 40 + index * 40, 14 * len(text), 24, 0.9, index))
            left += 14 * len(text) + 14
    return group(words)


def without(label: str) -> list[str]:
    return [row for row in CARD if not row.startswith(label)]


def replaced(label: str, row: str) -> list[str]:
    return [row if old.startswith(label) else old for old in CARD]


def test_a_clean_card_gives_every_field() -> None:
    fields = parse(read(CARD), TODAY)
    assert (fields.name, fields.birth_place, fields.birth_date, fields.sex) == (
        "BUDI SANTOSO",
        "JAKARTA",
        dt.date(1985, 8, 17),
        "L",
    )
    assert set(fields.confidence) == {"name", "birth_place", "birth_date", "sex"}
    assert is_ktp(read(CARD))
    assert len(by_label(read(CARD))) == 13


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


def test_rows_whose_labels_were_lost_are_found_by_what_they_say() -> None:
    fields = parse(read(replaced("Tempat", "xx JAKARTA, 17-08-1985")), TODAY)
    assert fields.birth_date == dt.date(1985, 8, 17)
    fields = parse(read(replaced("Jenis", "qq PEREMPUAN")), TODAY)
    assert fields.sex == "P"
    fields = parse(read(replaced("Nama", "BUDI SANTOSO")), TODAY)
    assert fields.name == "BUDI SANTOSO"


def test_a_speck_before_a_label_does_not_hide_it() -> None:
    fields = parse(read(replaced("Nama", "FR Nama : BUDI SANTOSO")), TODAY)
    assert fields.name == "BUDI SANTOSO"


def test_a_colon_read_as_a_letter_is_no_part_of_the_name_while_wayan_keeps_his() -> None:
    words = [
        Word("Nama", 60, 100, 60, 24, 0.9, 0),
        Word("I", 300, 100, 6, 24, 0.9, 0),
        Word("SRI", 320, 100, 42, 24, 0.9, 0),
    ]
    rows = [("Agama", "ISLAM"), ("Pekerjaan", "SOPIR"), ("Kecamatan", "NEGARA"), ("Kel/Desa", "SEKAYU")]
    for index, (label, value) in enumerate(rows):
        words.append(Word(label, 60, 200 + 40 * index, 150, 24, 0.9, index + 1))
        words.append(Word(value, 320, 200 + 40 * index, 90, 24, 0.9, index + 1))
    assert parse(group(words), TODAY).name == "SRI"
    words[1] = Word("I", 320, 100, 6, 24, 0.9, 0)
    words[2] = Word("WAYAN", 340, 100, 70, 24, 0.9, 0)
    assert parse(group(words), TODAY).name == "I WAYAN"


def test_specks_after_a_name_are_no_part_of_it() -> None:
    words = [Word("Nama", 60, 100, 60, 24, 0.9, 0), Word("SRI", 320, 100, 42, 24, 0.9, 0)]
    assert parse(group([*words, Word("TA", 380, 100, 20, 24, 0.3, 0)]), TODAY).name == "SRI"
    assert parse(group([*words, Word("KAMPAR", 700, 100, 90, 24, 0.9, 0)]), TODAY).name == "SRI"


def test_what_is_missing_is_none_and_has_no_confidence() -> None:
    fields = parse(read([row for row in CARD if row.split()[0] not in {"Nama", "Tempat/Tgl", "Jenis"}]), TODAY)
    assert (fields.name, fields.birth_place, fields.birth_date, fields.sex, fields.confidence) == (
        None,
        None,
        None,
        None,
        {},
    )


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
    assert not is_ktp(read(["KARTU KELUARGA", *CARD]))
    assert not is_ktp(read(["SURAT IZIN MENGEMUDI", *CARD[3:8]]))
    assert not is_ktp(read(["PROVINSI DKI JAKARTA", "TOTAL 113.000", "3174041708859001"]))
    assert not is_ktp(())


def test_a_ktp_without_its_header_needs_more_labels() -> None:
    assert is_ktp(read(CARD[2:]))
    assert not is_ktp(read(CARD[2:7]))
    assert has_header(read(CARD))
    assert score(read(CARD)) > score(read(CARD[2:]))


@given(st.lists(st.text(max_size=30), max_size=12))
def test_any_text_parses_without_an_error(rows: list[str]) -> None:
    lines = read(rows)
    fields = parse(lines, TODAY)
    is_ktp(lines)
    assert fields.birth_date is None or fields.birth_date <= TODAY


@given(st.data())
def test_noise_in_the_labels_never_makes_a_wrong_birth_date(data: st.DataObject) -> None:
    noise = st.characters(categories=("Lu", "Ll"), max_codepoint=126)
    rows = []
    for row in CARD:
        label, colon, value = row.partition(":")
        place = data.draw(st.integers(0, max(0, len(label) - 1)))
        rows.append(label[:place] + data.draw(noise) + label[place + 1 :] + colon + value)
    assert parse(read(rows), TODAY).birth_date in {None, dt.date(1985, 8, 17)}
