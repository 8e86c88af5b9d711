"""Why a list cannot be read, and why a row of it needs repair: reason codes, each the tail of a locale key.

`referral.file.<code>` says what to do with the file, `referral.row.<code>` what to write into the row. Decides no wording.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from models.referral.reading.headings import Column

NOTHING: Mapping[str, str] = MappingProxyType({})


class FileProblem(StrEnum):
    """Why a file is not read as a list of members; of several sheets, the answer that stands last here came nearest."""

    TOO_BIG = "too_big"
    UNPACKED_TOO_BIG = "unpacked_too_big"
    NOT_A_SHEET = "not_a_sheet"
    OTHER_FORMAT = "other_format"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    FAR_CELL = "far_cell"
    EMPTY = "empty"
    NO_HEADING = "no_heading"
    NO_NIK_COLUMN = "no_nik_column"
    NO_NAME_COLUMN = "no_name_column"
    NO_ROWS = "no_rows"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The file gives no list; `params` fill the text."""

    code: FileProblem
    params: Mapping[str, str] = field(default_factory=lambda: NOTHING)


class RowProblem(StrEnum):
    """Why a row needs repair."""

    FORMULA = "formula"
    NIK_MISSING = "nik_missing"
    NIK_EATEN = "nik_eaten"
    NIK_ENDS_IN_ZERO = "nik_ends_in_zero"
    NIK_SHORT = "nik_short"
    NIK_LONG = "nik_long"
    NIK_LETTERS = "nik_letters"
    NIK_DATE = "nik_date"
    NIK_REGION = "nik_region"
    NIK_SERIAL = "nik_serial"
    NIK_PATTERN = "nik_pattern"
    NIK_KK = "nik_kk"
    NIK_PHONE = "nik_phone"
    NIK_BPJS = "nik_bpjs"
    NIK_TWO = "nik_two"
    NIK_YOUNG = "nik_young"
    NAME_MISSING = "name_missing"
    NAME_ODD = "name_odd"
    NAME_LONG = "name_long"
    PHONE_EATEN = "phone_eaten"
    PHONE_LANDLINE = "phone_landline"
    PHONE_ODD = "phone_odd"
    BIRTH_DATE = "birth_date"
    DUPLICATE = "duplicate"
    OTHER_ASSOCIATION = "other_association"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to repair: in which column, and what fills the text."""

    code: RowProblem
    column: Column
    params: Mapping[str, str] = field(default_factory=lambda: NOTHING)


class TooMuch(Exception):
    """Reading was given up; carries the answer."""

    def __init__(self, answer: Unreadable) -> None:
        super().__init__(answer.code)
        self.answer = answer
