"""Months by their names, and the century of a short year."""

from __future__ import annotations

import pytest

from models.catalogue.dates import MONTHS, full_year


def test_every_month_has_its_names() -> None:
    assert set(MONTHS.values()) == set(range(1, 13))
    assert (MONTHS["agustus"], MONTHS["aug"], MONTHS["desember"]) == (8, 8, 12)


@pytest.mark.parametrize(("digits", "year"), [("1985", 1985), ("85", 1985), ("30", 1930), ("29", 2029), ("00", 2000)])
def test_a_short_year_belongs_to_somebody_who_can_register(digits: str, year: int) -> None:
    assert full_year(digits) == year
