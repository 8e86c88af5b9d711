import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.dates import parse_date
from bot.understanding.places import find_place
from bot.understanding.report import Expect, understand


@pytest.mark.parametrize(
    "text",
    [
        "17-08-1985",
        "17/8/85",
        "17 agustus 1985",
        "17agt1985",
        "tgl 17 Agustus '85",
        "17.08.1985",
        "17081985",
        "1985-08-17",
        "l7 agustus 1985",
        "17 agustus 1985, ya 17 agustus 1985",
        "17 08 1985",
    ],
)
def test_a_date_is_read_day_first(text: str) -> None:
    assert parse_date(text) == dt.date(1985, 8, 17)


@pytest.mark.parametrize(
    "text", ["", "halo", "31-02-1990", "17 oktxyz 1990", "1-1-1990 atau 2-1-1990", "1271034507909001", "00-00-0000"]
)
def test_what_is_no_single_date_is_none(text: str) -> None:
    assert parse_date(text) is None


def test_short_years_belong_to_the_living() -> None:
    assert parse_date("3-4-05") == dt.date(2005, 4, 3)
    assert parse_date("o3-04-62") == dt.date(1962, 4, 3)


@given(
    st.dates(dt.date(1930, 1, 1), dt.date(2029, 12, 31)),
    st.sampled_from(["%d-%m-%Y", "%d/%m/%y", "%d %m %Y", "%d%m%Y", "%Y-%m-%d"]),
)
def test_every_date_comes_back(date: dt.date, form: str) -> None:
    assert parse_date(date.strftime(form)) == date


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("medan marelan", ["127112"]),
        ("asahan, kisaran timur", ["120920"]),
        ("kab bogor", ["3201"]),
        ("bogor", ["3201", "3271"]),
        ("berastagi", ["120602"]),
        ("deli serdang percut", ["120726"]),
        ("xyzzy", []),
    ],
)
def test_a_place_is_as_exact_as_the_words(text: str, codes: list[str]) -> None:
    assert [place.code for place in find_place(text)] == codes


@pytest.mark.parametrize(
    ("expect", "text", "value", "reason"),
    [
        ("intent", "gas lah", "yes", None),
        ("intent", "berhenti", "cancel", None),
        ("nik", "1271034507909001", "1271034507909001", None),
        ("nik", "0812", None, "too_short"),
        ("phone", "081234567890", "+6281234567890", None),
        ("phone", "kosong pak", None, "no_number"),
        ("occupation", "narik betor", "becak_motor", None),
        ("occupation", "qwrtzp", None, "unknown"),
        ("place", "kota medan", "1271", None),
        ("place", "bogor", None, "several"),
        ("place", "xyzzy", None, "unknown"),
        ("date", "17-08-1985", "1985-08-17", None),
        ("date", "kemarin", None, "no_date"),
        ("question", "bayar berapa", "cost", None),
        ("question", "soal iuran", None, "near"),
        ("question", "nelayan", None, "unknown"),
    ],
)
def test_one_line_tells_value_or_reason(expect: str, text: str, value: str | None, reason: str | None) -> None:
    line = understand(text, expect)
    assert (line["text"], line["kind"], line["value"], line["reason"]) == (text, expect, value, reason)
    assert 0 <= line["confidence"] <= 1
    assert value is None or value in line["candidates"] or expect == "intent"


def test_near_occupations_and_places_are_offered() -> None:
    assert len(understand("tukang keliling", "occupation")["candidates"]) == 3
    assert understand("bogor", "place")["candidates"] == ["3201", "3271"]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        understand("biru", "colour")


@given(st.text(max_size=60), st.sampled_from(list(Expect)))
def test_no_text_makes_it_fail(text: str, expect: Expect) -> None:
    assert understand(text, expect)["kind"] == expect
