import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.regions import (
    districts_of,
    find_district,
    find_regency,
    get_district,
    get_regency,
    is_known_region,
    is_withdrawn_region,
    region_name,
)


def test_the_list_is_whole() -> None:
    provinces = [code for number in range(100) if is_known_region(code := f"{number:02d}")]
    regencies = [code for number in range(10000) if is_known_region(code := f"{number:04d}")]
    districts = sum(len(districts_of(code)) for code in regencies)
    assert (len(provinces), len(regencies), districts) == (38, 514, 7285)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("kab bogor", ["3201"]),
        ("kota bogor", ["3271"]),
        ("bogor", ["3201", "3271"]),
        ("Kota Medan", ["1271"]),
        ("saya kerja di pasar medan", ["1271"]),
        ("jaksel", ["3174"]),
        ("kota jkt selatan", ["3174"]),
        ("tj balai", ["1274"]),
        ("padang sidempuan", ["1277"]),
        ("kab. deli sedang", ["1207"]),
        ("surabya", ["3578"]),
        ("padang lawas", ["1221"]),
        ("kota bumi", ["1803"]),
        ("labuhanbatu utara", ["1223"]),
        ("di kisaran asahan sumut", ["1209"]),
        ("tapanuli", ["1201", "1202", "1203"]),
        ("kota baru", ["6302"]),
        ("xyzzy", []),
        ("pasar", []),
        ("selatan", []),
        ("", []),
    ],
)
def test_a_regency_is_found_by_the_names_people_use(text: str, codes: list[str]) -> None:
    assert sorted(regency.code for regency in find_regency(text)) == codes


def test_of_several_the_best_comes_first_and_five_at_most() -> None:
    found = find_regency("lampung")
    assert len(found) == 5
    assert all("Lampung" in regency.name for regency in found)


@pytest.mark.parametrize(
    ("text", "regency", "code"),
    [
        ("medan marelan", "1271", "127112"),
        ("kec. marelan", "1271", "127112"),
        ("mrelan", "1271", None),
        ("pasar minggu", "3174", "317404"),
        ("berastagi", "", "120602"),
        ("xyzzy", "1271", None),
        ("xyzzy", "", None),
        ("marelan", "9999", None),
    ],
)
def test_a_district_is_found_inside_its_regency(text: str, regency: str, code: str | None) -> None:
    found = find_district(text, regency)
    assert (found[0].code if found else None) == code


def test_codes_have_names_and_old_codes_too() -> None:
    assert region_name("12") == "Sumatera Utara"
    assert get_regency("1271").province == "Sumatera Utara"
    assert get_district("127112").name == "Medan Marelan"
    assert get_district("127112").regency_code == "1271"
    assert region_name("9101") == "Kab. Merauke"
    assert region_name("999999") is None
    assert is_withdrawn_region("910101")
    assert not is_withdrawn_region("127112")
    assert not is_known_region("910101")


@pytest.mark.parametrize("code", ["", "12", "1271", "999999"])
def test_a_code_of_no_district_raises(code: str) -> None:
    with pytest.raises(KeyError):
        get_district(code)


def test_a_code_of_no_regency_raises() -> None:
    with pytest.raises(KeyError):
        get_regency("9999")


@given(st.text(max_size=80))
def test_no_text_makes_it_fail(text: str) -> None:
    find_regency(text)
    find_district(text, "1271")
    find_district(text)
