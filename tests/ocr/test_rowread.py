from ocr.lines import Line, labelled
from ocr.rowread import placed
from tests.ocr.fakes import text

ROWS = [
    "Nama : BUDI SANTOSO", "Tempat/Tgl Lahir : JAKARTA, 17-08-1985", "Jenis Kelamin : LAKI-LAKI", "Alamat : JL. MERDEKA",
    "RT/RW : 003/007", "Kel/Desa : PUSAT PASAR",
]  # fmt: skip


def lines(rows: list[str]) -> dict[int, Line]:
    return {number: labelled(text(row)) for number, row in enumerate(rows)}


def values(rows: list[str]) -> dict[str | None, str]:
    return {line.label: line.value.text for line in placed(lines(rows))}


def test_a_row_whose_label_was_lost_is_named_by_its_neighbours() -> None:
    rows = [*ROWS[:3], "::: JL. MERDEKA", *ROWS[4:]]
    assert values(rows)["address"] == "::: JL. MERDEKA"


def test_an_address_of_two_lines_is_one() -> None:
    rows = [*ROWS[:4], "KOMPLEK POLRI NO. 4", *ROWS[4:]]
    assert values(rows)["address"] == "JL. MERDEKA KOMPLEK POLRI NO. 4"
    assert len(placed(lines(rows))) == len(rows) - 1


def test_an_address_of_two_lines_is_one_though_its_label_was_cut() -> None:
    rows = [*ROWS[:3], "mat : JL. MERDEKA", "KOMPLEK POLRI NO. 4", *ROWS[4:]]
    assert values(rows)["address"].endswith("JL. MERDEKA KOMPLEK POLRI NO. 4")


def test_a_row_too_many_elsewhere_joins_nothing() -> None:
    rows = [*ROWS[:5], "SOMETHING", *ROWS[5:]]
    assert values(rows)["address"] == "JL. MERDEKA"


def test_a_label_is_believed_on_the_first_row_only() -> None:
    rows = [*ROWS, "Nama: ISLAM"]
    assert values(rows)["name"] == "BUDI SANTOSO"
