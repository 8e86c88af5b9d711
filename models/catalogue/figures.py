"""Amounts, ages and spans that people are told: data with a source and the day from which they hold.

Decides which value holds on a day and how it is written. Refuses to know the sentences that they stand in.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources

_MILLION = 1_000_000


class Unit(StrEnum):
    """What a figure counts."""

    RUPIAH = "rupiah"
    MONTHS = "months"
    YEARS = "years"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of a figure.

    Attributes:
        name: as sentences name it, such as "jkm_full".
        value: in whole units.
        valid_from: the earliest day for which the source says that it holds.
        source: where it was read.
        read_on: when it was read.
    """

    name: str
    value: int
    unit: Unit
    valid_from: dt.date
    source: str
    read_on: dt.date

    def written(self, language: str) -> str:
        """The value as people read it: "Rp42 juta", "Rp16.800", "3 bulan", "64".

        Args:
            language: code of the language of the sentence; all but English write numbers as Indonesian does.
        """
        match self.unit:
            case Unit.RUPIAH:
                return _rupiah(self.value, language)
            case Unit.MONTHS | Unit.YEARS:
                return f"{self.value} {_span(self.unit, language)}"
            case Unit.NUMBER:
                return str(self.value)


@lru_cache(maxsize=1)
def figures() -> tuple[Figure, ...]:
    """Every value of every figure, oldest first.

    Raises:
        ValueError: a unit is unknown, or a value is given twice for the same day.
    """
    text = resources.files("models.catalogue").joinpath("data", "figures.toml").read_text(encoding="utf-8")
    found = tuple(Figure(**{**row, "unit": Unit(row["unit"])}) for row in tomllib.loads(text)["figure"])
    if len({(figure.name, figure.valid_from) for figure in found}) < len(found):
        raise ValueError("a figure has two values for one day")
    return tuple(sorted(found, key=lambda figure: figure.valid_from))


def figures_on(day: dt.date, language: str) -> Mapping[str, str]:
    """Every figure that holds on a day, written.

    Args:
        day: the day in western Indonesia.
        language: code of the language of the sentence.
    """
    return {figure.name: figure.written(language) for figure in figures() if figure.valid_from <= day}


def _rupiah(value: int, language: str) -> str:
    if value % _MILLION == 0:
        return f"Rp{value // _MILLION} {'million' if language == 'en' else 'juta'}"
    grouped = f"{value:,}"
    return f"Rp{grouped if language == 'en' else grouped.replace(',', '.')}"


def _span(unit: Unit, language: str) -> str:
    if language == "en":
        return unit.value
    return "bulan" if unit is Unit.MONTHS else "tahun"
