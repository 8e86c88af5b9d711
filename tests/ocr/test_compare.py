import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.compare import Difference, compare
from ocr.report import DIFFERS, failed, line
from ocr.verdict import NOTHING, Cause, Reading, Verdict, refused

NIK = "3174041708859001"
CARD = Reading(NIK, "SITI NUR AMINAH", "JAKARTA", dt.date(1985, 8, 17), "P", {"nik": 0.99})


def test_the_same_words_make_no_difference() -> None:
    typed = {"nik": NIK, "name": "Siti Nur Aminah", "birth_place": "Jakarta", "birth_date": "1985-08-17", "sex": "P"}
    assert compare(typed, CARD) == ()


@given(st.integers(0, 15), st.integers(1, 9))
def test_a_nik_with_one_digit_off_is_never_a_match(place: int, shift: int) -> None:
    typed = NIK[:place] + str((int(NIK[place]) + shift) % 10) + NIK[place + 1 :]
    assert compare({"nik": typed}, CARD) == (Difference("nik", typed, NIK),)


@given(st.integers(0, 14))
def test_a_nik_with_two_digits_exchanged_is_never_a_match(place: int) -> None:
    typed = NIK[:place] + NIK[place + 1] + NIK[place] + NIK[place + 2 :]
    assert bool(compare({"nik": typed}, CARD)) == (typed != NIK)


@pytest.mark.parametrize(
    "name",
    [
        "SITI NUR AMINAH",
        "siti nur-aminah",
        "  Siti  Nur Aminah ",
        "Hj. Siti Nur Aminah, S.Pd",
        "Ibu SITI NURAMINAH",
        "Sìti Nur Aminah",
    ],
)
def test_case_punctuation_spaces_and_titles_make_no_difference_in_a_name(name: str) -> None:
    assert compare({"name": name}, CARD) == ()


@pytest.mark.parametrize("name", ["SITI NUR", "SITI NUR AMINA", "AMINAH SITI NUR", ""])
def test_another_name_is_a_difference(name: str) -> None:
    assert [d.field for d in compare({"name": name}, CARD)] == ["name"]


def test_a_name_of_nothing_but_titles_is_compared_as_a_name() -> None:
    card = replace(CARD, name="NY")
    assert compare({"name": "Ny"}, card) == ()
    assert compare({"name": "Ir"}, card) != ()


def test_birth_dates_are_compared_exactly_in_either_spelling() -> None:
    assert compare({"birth_date": "17-08-1985"}, CARD) == ()
    assert compare({"birth_date": "17/8/1985"}, CARD) == ()
    assert compare({"birth_date": "08-17-1985"}, CARD) != ()
    assert compare({"birth_date": "1985-08-18"}, CARD) != ()


def test_sex_may_be_typed_as_a_word() -> None:
    assert compare({"sex": "perempuan"}, CARD) == ()
    assert compare({"sex": "laki-laki"}, CARD) != ()


def test_what_was_not_read_or_not_typed_is_no_difference() -> None:
    assert compare({"nik": "1", "name": "X"}, NOTHING) == ()
    assert compare({}, CARD) == ()


ACCEPTED = Verdict(accepted=True, cause=None, reading=CARD, flags=("nik_corrected",), seconds=1.2)


def test_a_report_line_has_the_promised_names() -> None:
    full = replace(
        CARD, blood="O", address="JL. MERDEKA NO. 12", rt_rw="003/007", village="PEJATEN BARAT", district="PASAR MINGGU",
        religion="ISLAM", marital_status="KAWIN", occupation="WIRASWASTA", citizenship="WNI", valid_until="SEUMUR HIDUP",
        province="DKI JAKARTA", regency="JAKARTA SELATAN", confidence={"nik": 0.99, "name": 0.9}, nik_raw=NIK,
    )  # fmt: skip
    assert line("a.jpg", replace(ACCEPTED, reading=full), typed_nik=NIK) == {
        "file": "a.jpg", "accepted": True, "reason": None, "nik": NIK, "nama": "SITI NUR AMINAH", "tempat_lahir": "JAKARTA",
        "tanggal_lahir": "1985-08-17", "jenis_kelamin": "P", "golongan_darah": "O", "alamat": "JL. MERDEKA NO. 12",
        "rt_rw": "003/007", "kel_desa": "PEJATEN BARAT", "kecamatan": "PASAR MINGGU", "agama": "ISLAM",
        "status_perkawinan": "KAWIN", "pekerjaan": "WIRASWASTA", "kewarganegaraan": "WNI", "berlaku_hingga": "SEUMUR HIDUP",
        "provinsi": "DKI JAKARTA", "kabupaten_kota": "JAKARTA SELATAN", "confidence": {"nik": 0.99, "nama": 0.9},
        "corrected": True, "flags": ["nik_corrected"], "seconds": 1.2,
    }  # fmt: skip


def test_a_card_with_another_nik_than_the_typed_one_is_not_accepted() -> None:
    told = line("a.jpg", ACCEPTED, typed_nik="3174041708859002")
    assert (told["accepted"], told["reason"], told["flags"]) == (False, DIFFERS, ["nik_corrected", DIFFERS])
    assert told["nik"] == NIK
    same = line("a.jpg", ACCEPTED, typed_nik="3174 0417 0885 9001")
    assert (same["accepted"], same["reason"], same["flags"]) == (True, None, ["nik_corrected"])


def slips(nik: str) -> list[str]:
    """Every NIK that is one wrong digit or one exchange of neighbours away."""
    wrong = [nik[:at] + digit + nik[at + 1 :] for at in range(16) for digit in "0123456789"]
    swapped = [nik[:at] + nik[at + 1] + nik[at] + nik[at + 2 :] for at in range(15)]
    return sorted({*wrong, *swapped} - {nik})


@settings(max_examples=12, deadline=None)
@given(st.from_regex(r"[0-9]{16}", fullmatch=True))
def test_of_a_thousand_slips_none_is_called_a_match(nik: str) -> None:
    card = replace(ACCEPTED, reading=replace(CARD, nik=nik))
    found = [line("a.jpg", card, typed_nik=typed) for typed in slips(nik)]
    assert len(found) >= 144  # times twelve examples
    assert all(told["reason"] == DIFFERS and not told["accepted"] for told in found)


@pytest.mark.parametrize("typed", ["", "abc", NIK[:15], NIK + "1", "3174O41708859001", "\u0663" + NIK[1:]])
def test_what_is_no_nik_matches_no_card(typed: str) -> None:
    assert line("a.jpg", ACCEPTED, typed_nik=typed)["reason"] == DIFFERS


def test_a_report_line_of_a_refused_photo_has_its_reason() -> None:
    shown = line("b.jpg", refused(Cause.BLURRED), typed_nik=NIK)
    assert shown["reason"] == "blurred"
    assert shown["nik"] is None
    assert shown["tanggal_lahir"] is None
    assert shown["flags"] == []


def test_a_file_that_cannot_be_opened_has_a_line_of_the_same_names() -> None:
    told = failed("c.jpg", "not_found")
    assert told.keys() == line("c.jpg", ACCEPTED, typed_nik=None).keys()
    assert (told["accepted"], told["reason"], told["nik"]) == (False, "not_found", None)
