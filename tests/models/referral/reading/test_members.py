"""Lines of a list as members, what must be repaired, and what becomes of each line of the list."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from locales.texts import Texts
from models.referral.reading.headings import Column
from models.referral.reading.members import Checked, Member
from models.referral.reading.problems import FileProblem, RowProblem
from models.referral.reading.review import Known, Review, Verdict, check_lines, judge, niks_of
from tests.models.referral import lists

TODAY = dt.date(2026, 11, 22)
GOOD = lists.row(0)
WIDE = (*lists.HEADINGS, "Kabupaten", "Nomor Rompi")


def check(*lines: list[Any]) -> list[Checked]:
    return list(check_lines(lists.listing(*lines, headings=WIDE), today=TODAY, area="3201"))


def changed(at: int, value: Any) -> list[Any]:
    return [*GOOD[:at], value, *GOOD[at + 1 :]]


def review(*lines: list[Any], known: Known | None = None) -> Review:
    listing = lists.listing(*lines, headings=WIDE)
    return judge(listing, check_lines(listing, today=TODAY, area="3201"), known or Known())


def test_a_good_line_is_a_member_with_our_codes_and_the_rest_kept_aside() -> None:
    (found,) = check([*GOOD, "Kabupaten Bogor", "17"])
    assert found.member == Member(
        nik=GOOD[0],
        name=GOOD[1],
        phone="+6281290000000",
        occupation="ojek_pangkalan",
        regency="3201",
        district="320101",
        birth_date="1970-01-01",
        extra={"Nomor Rompi": "17"},
    )
    assert found.problems == ()
    assert GOOD[0] not in repr(found)


def test_nik_and_name_are_enough() -> None:
    (found,) = check([GOOD[0], GOOD[1]])
    assert found.member == Member(nik=GOOD[0], name=GOOD[1], regency="3201")


def test_work_and_place_that_no_list_knows_stay_in_words() -> None:
    (found,) = check([*GOOD[:3], "penjaga gerhana", "Antah Berantah"])
    assert found.member is not None
    assert (found.member.occupation, found.member.occupation_words) == ("", "penjaga gerhana")
    assert (found.member.district, found.member.place_words) == ("", "Antah Berantah")


@pytest.mark.parametrize(
    ("at", "value", "code"),
    [
        (0, "", RowProblem.NIK_MISSING),
        (0, "-", RowProblem.NIK_MISSING),
        (0, "3,20101E+15", RowProblem.NIK_EATEN),
        (0, "3201010000000000", RowProblem.NIK_EATEN),
        (0, 3201014101909010, RowProblem.NIK_ENDS_IN_ZERO),
        (0, "320101410190900", RowProblem.NIK_SHORT),
        (0, "32010141019090011", RowProblem.NIK_LONG),
        (0, "32010141x1909001", RowProblem.NIK_LETTERS),
        (0, "belum punya", RowProblem.NIK_LETTERS),
        (0, "3201013213909001", RowProblem.NIK_DATE),
        (0, "0001014101909001", RowProblem.NIK_REGION),
        (0, "3201014101900000", RowProblem.NIK_SERIAL),
        (0, "1111111111111111", RowProblem.NIK_PATTERN),
        (0, "081290009001", RowProblem.NIK_PHONE),
        (0, "3201014101159001", RowProblem.NIK_YOUNG),
        (0, "=A1", RowProblem.FORMULA),
        (0, "#NILAI!", RowProblem.FORMULA),
        (1, "#NAMA?", RowProblem.FORMULA),
        (1, "Err:502", RowProblem.FORMULA),
        (1, "", RowProblem.NAME_MISSING),
        (1, "-", RowProblem.NAME_MISSING),
        (1, "3201014101909001", RowProblem.NAME_ODD),
        (1, "X", RowProblem.NAME_ODD),
        (1, "Siti " * 30, RowProblem.NAME_LONG),
        (2, "6,28129E+12", RowProblem.PHONE_EATEN),
        (2, "0251-8321234", RowProblem.PHONE_LANDLINE),
        (2, "0812", RowProblem.PHONE_ODD),
        (5, "31-02-1990", RowProblem.BIRTH_DATE),
        (5, "01-01-2030", RowProblem.BIRTH_DATE),
    ],
)
def test_what_is_wrong_in_a_line_is_said_of_its_cell(at: int, value: Any, code: RowProblem) -> None:
    wrong, good = check(changed(at, value), GOOD)
    assert [problem.code for problem in wrong.problems] == [code]
    assert wrong.member is None
    assert wrong.problems[0].column is [Column.NIK, Column.NAME, Column.PHONE, None, None, Column.BIRTH_DATE][at]
    assert good.member is not None


def two(*lines: list[Any]) -> list[Checked]:
    headings = ("NIK", "Nama", "No KTP", "No HP", "No WA")
    return list(check_lines(lists.listing(*lines, headings=headings), today=TODAY, area="3201"))


def test_a_second_column_of_a_kind_is_read_where_the_first_is_empty() -> None:
    (found,) = two(["", GOOD[1], GOOD[0], "-", GOOD[2]])
    assert found.member is not None
    assert (found.member.nik, found.member.phone) == (GOOD[0], "+6281290000000")


def test_two_columns_that_tell_two_nik_are_asked_about_and_one_nik_twice_is_not() -> None:
    same, other, broken = two([GOOD[0], "Siti", f"'{GOOD[0]}"], [GOOD[0], "Siti", lists.nik(1)], ["12", "Siti", GOOD[0]])
    assert same.member is not None
    assert [problem.code for problem in other.problems] == [RowProblem.NIK_TWO]
    assert [problem.code for problem in broken.problems] == [RowProblem.NIK_SHORT]


@pytest.mark.parametrize("value", ["1970", "56 th", "Bogor", "Bogor 1970", "1 Jan"])
def test_a_birth_date_that_is_told_in_part_is_left_to_the_nik(value: str) -> None:
    (found,) = check(changed(5, value))
    assert found.member is not None
    assert found.member.birth_date == ""


@pytest.mark.parametrize("value", ["81290000000.0", "081290000000,00", "6281290000000.0", "+6281290000000.00"])
def test_decimals_that_a_program_put_behind_a_phone_number_are_no_digits_of_it(value: str) -> None:
    (found,) = check(changed(2, value))
    assert found.member is not None
    assert found.member.phone == "+6281290000000"


@pytest.mark.parametrize("value", ["tdk punya HP", "belum punya", "?", "x", "rusak"])
def test_words_instead_of_a_phone_number_say_that_there_is_none(value: str) -> None:
    (found,) = check(changed(2, value))
    assert found.member is not None
    assert found.member.phone == ""


@pytest.mark.parametrize("name", ["1. Siti Contoh", "12) Siti Contoh", "003 . Siti Contoh", "Siti Contoh"])
def test_the_number_of_the_line_is_no_part_of_the_name(name: str) -> None:
    (found,) = check(changed(1, name))
    assert found.member is not None
    assert found.member.name == "Siti Contoh"


@pytest.mark.parametrize(
    "name",
    [
        "H. Budi Contoh, S.Pd., M.M.",
        "I Made Umpama",
        "Siti Nur'aini binti Misal",
        "Budi Contoh (Alm. Eko)",
        "R.A. Kartini 2",
    ],
)
def test_titles_and_signs_stay_with_the_name(name: str) -> None:
    (found,) = check(changed(1, name))
    assert found.member is not None
    assert found.member.name == name


def test_everything_that_is_wrong_is_said_at_once() -> None:
    (found,) = check(["12", "", "0812"])
    assert [problem.code for problem in found.problems] == [
        RowProblem.NIK_SHORT,
        RowProblem.NAME_MISSING,
        RowProblem.PHONE_ODD,
    ]


def test_a_column_of_numbers_that_end_in_zero_is_not_believed_and_one_that_does_not_is() -> None:
    eaten = [[int(lists.nik(number)) // 10 * 10, "Siti"] for number in range(4)]
    assert {line.problems[0].code for line in check(*eaten)} == {RowProblem.NIK_ENDS_IN_ZERO}
    whole = [[int(lists.nik(number)), "Siti"] for number in range(10, 30)]
    assert all(line.member is not None for line in check(*whole))


def test_of_a_nik_that_stands_twice_the_first_line_counts() -> None:
    found = review(GOOD, lists.row(1), GOOD, changed(1, ""))
    assert [line.verdict for line in found.lines] == [Verdict.READY, Verdict.READY, Verdict.REPAIR, Verdict.REPAIR]
    assert found.lines[2].problems[0].code is RowProblem.DUPLICATE
    assert found.lines[2].problems[0].params == {"row": "2"}
    assert [problem.code for problem in found.lines[3].problems] == [RowProblem.DUPLICATE, RowProblem.NAME_MISSING]


def test_the_register_is_asked_about_every_nik_and_its_answer_counts() -> None:
    members = lists.rows(5)
    members[4][1] = ""
    assert niks_of(check(*members)) == {member[0] for member in members}
    known = Known(
        registered=frozenset({members[0][0], members[4][0]}),
        listed=frozenset({members[1][0]}),
        elsewhere=frozenset({members[2][0]}),
    )
    found = review(*members, known=known)
    assert [line.verdict.value for line in found.lines] == ["registered", "listed", "repair", "ready", "registered"]
    assert [problem.code for problem in found.lines[2].problems] == [RowProblem.OTHER_ASSOCIATION]
    assert [(line, member.nik) for line, member in found.members] == [(5, members[3][0])]


def test_the_summary_is_one_line_in_words(texts: Texts) -> None:
    members = lists.rows(412)
    for member in members[:29]:
        member[0] = member[0][:15]
    registered = frozenset(member[0] for member in members[400:])
    key, params = review(*members, known=Known(registered=registered)).summary()
    assert texts.text(key, params=params) == "412 baris: 371 siap, 29 perlu diperbaiki, 12 sudah terdaftar."
    again = Known(registered=registered, listed=frozenset(member[0] for member in members[29:400]))
    key, params = review(*members, known=again).summary()
    assert texts.text(key, params=params) == (
        "412 baris: 0 siap, 29 perlu diperbaiki, 12 sudah terdaftar, 371 sudah pernah dikirim."
    )


KEYS = [*(f"referral.row.{code.value}" for code in RowProblem), *(f"referral.file.{code.value}" for code in FileProblem)]


@pytest.mark.parametrize("key", KEYS)
def test_every_reason_has_a_text_that_says_what_to_do(key: str, texts: Texts) -> None:
    params = dict.fromkeys(["count", "wanted", "row", "most"], "16")
    text = texts.text(key, params=params)
    assert 30 < len(text) < 300
    assert text.endswith(".")
    assert " anda " not in text.lower()
    words = ("isi", "ketik", "kirim", "cocokkan", "tulis", "hapus", "lengkapi", "bagi", "salin")
    assert any(word in text.lower() for word in words)


def test_no_text_of_a_list_is_too_long_for_a_chat(texts: Texts) -> None:
    mine = {key: text for key, text in texts.by_language["id"].items() if key.startswith("referral.")}
    assert {key for key, text in mine.items() if len(text) >= 300} == set()
    reasons = {key for key in mine if key.startswith(("referral.row.", "referral.file."))}
    assert reasons == set(KEYS)


def test_every_reason_has_a_few_words_with_its_count(texts: Texts) -> None:
    for reason in RowProblem:
        said = texts.text(f"referral.why.{reason.value}", params={reason.value: "12"})
        assert said.startswith("12 ")
        assert len(said) < 50
