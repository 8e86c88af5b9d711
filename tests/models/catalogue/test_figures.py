"""Figures: each has a source and a day, and is written as people read it."""

from __future__ import annotations

import datetime as dt

import pytest

from models.catalogue.figures import Figure, Unit, figures, figures_on

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize("figure", figures(), ids=lambda figure: f"{figure.name}-{figure.valid_from}")
def test_a_figure_has_a_source_and_the_day_on_which_it_was_read(figure: Figure) -> None:
    assert len(figure.source) > 10
    assert figure.value > 0
    assert figure.read_on >= TODAY


@pytest.mark.parametrize(
    ("unit", "value", "language", "written"),
    [
        (Unit.RUPIAH, 42_000_000, "id", "Rp42 juta"),
        (Unit.RUPIAH, 16_800, "id", "Rp16.800"),
        (Unit.RUPIAH, 1_500_000, "jv", "Rp1.500.000"),
        (Unit.RUPIAH, 42_000_000, "en", "Rp42 million"),
        (Unit.RUPIAH, 16_800, "en", "Rp16,800"),
        (Unit.MONTHS, 3, "id", "3 bulan"),
        (Unit.YEARS, 3, "su", "3 tahun"),
        (Unit.MONTHS, 3, "en", "3 months"),
        (Unit.NUMBER, 64, "id", "64"),
    ],
)
def test_a_figure_is_written_as_people_read_it(unit: Unit, value: int, language: str, written: str) -> None:
    assert Figure("name", value, unit, TODAY, "source", TODAY).written(language) == written


def test_the_value_of_the_day_is_told() -> None:
    now = figures_on(TODAY, "id")
    assert now["jkm_full"] == "Rp42 juta"
    assert now["jkm_first"] == "Rp10 juta"
    assert now["jkm_months"] == "3 bulan"
    assert set(now) == {figure.name for figure in figures()}


def test_nothing_is_told_before_the_day_from_which_it_holds() -> None:
    assert "jkm_first" not in figures_on(dt.date(2024, 1, 1), "id")
    assert figures_on(dt.date(2000, 1, 1), "id") == {}
