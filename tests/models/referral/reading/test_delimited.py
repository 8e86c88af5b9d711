"""Delimited text as programs and people leave it: broken quotation marks, all kinds of line ends, bare encodings."""

from __future__ import annotations

import pytest

from models.referral.reading.headings import Column
from models.referral.reading.listing import Listing, read_listing
from tests.models.referral.lists import nik

MEMBERS = [(nik(at), f"Siti Contoh {'I' * (at + 1)}") for at in range(4)]
LINES = ["NIK;Nama;Alamat", *(f"{number};{name};RT 1" for number, name in MEMBERS)]


def who(data: bytes) -> list[tuple[object, object]]:
    found = read_listing(data)
    assert isinstance(found, Listing), found
    return [(found.cell(row, Column.NIK), found.cell(row, Column.NAME)) for row in found.rows]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("first", ["", "sep=;", '"sep=;"', "\n\nsep=;"])
def test_lines_may_end_as_they_like(end: str, first: str) -> None:
    lines = [*first.split("\n"), *LINES] if first else LINES
    assert who(end.join(lines).encode()) == MEMBERS


def test_line_ends_may_change_within_the_file() -> None:
    mixed = "".join(line + end for line, end in zip(LINES, ["\r\n", "\r", "\n", "\r\n", ""], strict=True))
    assert who(mixed.encode()) == MEMBERS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_are_told_apart(encoding: str) -> None:
    text = "\n".join([*LINES, f"{nik(9)};Renée Contoh;RT 1"])
    assert who(text.encode(encoding)) == [*MEMBERS, (nik(9), "Renée Contoh")]


def test_one_foreign_byte_does_not_garble_the_names_of_all_others() -> None:
    text = f"NIK;Nama\n{nik(0)};Renée Contoh\n{nik(1)};Zoë Misal\n{nik(2)};Andr".encode()
    assert who(text + b"\xe9") == [(nik(0), "Renée Contoh"), (nik(1), "Zoë Misal"), (nik(2), "André")]


@pytest.mark.parametrize("at", [1, 2, 4])
def test_a_quotation_mark_that_is_never_closed_swallows_nobody(at: int) -> None:
    lines = list(LINES)
    lines[at] = lines[at].replace(";Siti", ';"Siti')
    assert who("\n".join(lines).encode()) == MEMBERS


def test_a_cell_may_go_over_several_lines() -> None:
    lines = [*LINES[:2], LINES[2].replace("RT 1", '"Jl. Contoh;\nRT 1; RW 2"'), *LINES[3:]]
    assert who("\n".join(lines).encode()) == MEMBERS


def test_marks_within_a_cell_stay_where_they_are() -> None:
    assert who(f'NIK;Nama\n{nik(0)};Siti "Iti" Contoh'.encode()) == [(nik(0), 'Siti "Iti" Contoh')]


def test_a_list_whose_lines_stand_in_quotation_marks_as_a_whole_is_taken_apart() -> None:
    assert who("\n".join(f'"{line.replace(";", ",")}"' for line in LINES).encode()) == MEMBERS


@pytest.mark.parametrize("end", [b"\x00", b"\x1a", b"\x00\x00\x1a"])
def test_what_old_programs_put_at_the_end_does_not_matter(end: bytes) -> None:
    assert who("\n".join(LINES).encode() + end) == MEMBERS


def test_empty_columns_at_the_end_are_no_columns() -> None:
    assert who("\n".join(line + ";" * 100 for line in LINES).encode()) == MEMBERS
