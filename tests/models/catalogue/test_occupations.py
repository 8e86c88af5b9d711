import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.occupations import (
    FLOOR,
    MOST,
    Insurable,
    all_occupations,
    common,
    find_occupation,
    get_occupation,
)

BUTTON = 20


@pytest.mark.parametrize(
    ("text", "occupation"),
    [
        ("manen sawit di kebun PT bang", "buruh_panen_sawit"),
        ("ngumpul brondolan", "perawat_kebun_sawit"),
        ("nanam jagung", "petani_padi"),
        ("nyangkul di sawah orang", "buruh_tani"),
        ("nelayn", "nelayan"),
        ("ikut kapal pukat", "buruh_nelayan"),
        ("jualan ikan di pajak", "pedagang_pasar"),
        ("tukang cilok", "pedagang_keliling"),
        ("punya kedai sampah", "warung"),
        ("ngegrab", "ojek_online"),
        ("supir dump truk", "sopir_truk"),
        ("bawa betor", "becak_motor"),
        ("penjait", "tukang_jahit"),
        ("tukangbecak", "tukang_becak"),
        ("beres2 rumah orang", "prt"),
        ("potong rambut", "tukang_cukur"),
        ("masih sekolah SMA", "pelajar"),
        ("guru PPPK", "asn"),
        ("dulu nelayan sekarang narik becak", "tukang_becak"),
        ("ngaduk semen", "kuli_bangunan"),
    ],
)
def test_work_is_known_by_the_words_people_use(text: str, occupation: str) -> None:
    assert find_occupation(text)[0].occupation.id == occupation


def test_every_synonym_of_the_list_leads_to_its_own_entry() -> None:
    missed = [
        occupation.id
        for occupation in all_occupations()
        if occupation.id not in {match.occupation.id for match in find_occupation(occupation.name)}
    ]
    assert missed == []


@pytest.mark.parametrize("text", ["", "???", "saya pak", "qwrtzp"])
def test_words_without_work_match_nothing(text: str) -> None:
    assert find_occupation(text) == ()


def test_a_last_word_of_time_alone_does_not_hide_the_work() -> None:
    assert find_occupation("narik becak sekarang")[0].occupation.id == "tukang_becak"


def test_matches_are_few_and_ordered() -> None:
    matches = find_occupation("tukang jualan keliling di pasar")
    assert 0 < len(matches) <= MOST
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)
    assert all(FLOOR <= match.score <= 100 for match in matches)


def test_buttons_are_short_and_the_common_ones_insurable() -> None:
    assert len(all_occupations()) == 84
    assert all(0 < len(occupation.label) <= BUTTON for occupation in all_occupations())
    assert len({occupation.label for occupation in all_occupations()}) == 84
    assert len(common()) == 8
    assert all(occupation.insurable is not Insurable.NO for occupation in common())


def test_an_occupation_is_got_by_its_id() -> None:
    assert get_occupation("nelayan").ktp_name == "NELAYAN/PERIKANAN"
    assert get_occupation("ojek_online").is_transport
    assert get_occupation("asn").insurable is Insurable.NO
    with pytest.raises(KeyError):
        get_occupation("astronot")


@given(st.text(max_size=80))
def test_no_text_makes_it_fail(text: str) -> None:
    assert all(0 <= match.score <= 100 for match in find_occupation(text))
