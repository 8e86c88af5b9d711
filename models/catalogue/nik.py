"""The national identity number: what its sixteen digits say, and why a typed one cannot be it.

Decides by structure alone. Refuses to know whether Dukcapil has the number: nothing here "verifies" a person.
A district that is unknown, an odd age, another region are questions (`question_flags`), never refusals.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from typing_extensions import override

from models.catalogue.digits import Run, read_numbers
from models.catalogue.masks import mask_tail
from models.catalogue.regions import is_known_region, is_withdrawn_region, region_name
from models.catalogue.word_lists import bag

NIK_LENGTH = 16
WOMEN_DAY_OFFSET = 40
ADULT_AGE = 17
LAST_AGE = 64
"""Oldest age that may be insured ("64 years and 11 months")."""

_PHONE_SHAPE = re.compile(r"(?:0|62|0062|620)8\d{7,11}|8\d{9,11}")
_OWN_LABELS = frozenset({"nik", "noktp", "ktp", "niknya", "ktpnya"})
_KK_LABELS = frozenset({"kk", "nokk", "kknya", "keluarga"})
_COUNTED = frozenset({"rt", "rw", "umur", "usia", "anak", "gang", "gg"})
"""Words whose number stands by itself, whatever number follows it."""
_MONTHS = bag(
    """
    januari februari maret april mei juni juli agustus september oktober november desember
    jan feb mar apr jun jul agu ags agt agst sep sept okt nov des
    """
)
_INSIDE = frozenset({"di", "dari", "pada", "sesuai", "dalam", "dengan"})
_CORRECTIONS = frozenset({"salah", "ralat", "maaf", "benar", "bener", "maksud", "maksudnya", "bukan", "revisi"})


class NikProblem(StrEnum):
    """Why a text gives no NIK; each is also the tail of the locale key `nik.problem.<value>`."""

    NO_NUMBER = "no_number"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    LETTERS = "letters"
    BAD_DATE = "bad_date"
    BAD_REGION = "bad_region"
    BAD_SERIAL = "bad_serial"
    FAKE_PATTERN = "fake_pattern"
    IS_KK = "is_kk"
    IS_PHONE = "is_phone"
    IS_BPJS_KES = "is_bpjs_kes"
    TWO_NUMBERS = "two_numbers"


@dataclass(frozen=True, slots=True, repr=False)
class Nik:
    """A NIK of sound structure. Printing it shows the last four digits only, so that it never lands in a log."""

    digits: str = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.digits) != NIK_LENGTH or not (self.digits.isascii() and self.digits.isdigit()):
            raise ValueError("a NIK has sixteen digits")
        if not _dates(self.digits):
            raise ValueError("a NIK holds a birth date")

    @property
    def region_code(self) -> str:
        """Six digits: the district of first registration."""
        return self.digits[:6]

    @property
    def regency_code(self) -> str:
        """Four digits: the regency or city of first registration."""
        return self.digits[:4]

    @property
    def sex(self) -> str:
        """L for men, P for women, whose day of birth is written plus 40."""
        return "P" if int(self.digits[6:8]) > WOMEN_DAY_OFFSET else "L"

    @property
    def masked(self) -> str:
        """The number as people may see it: the last four digits."""
        return mask_tail(self.digits)

    def birth_date(self, today: dt.date) -> dt.date:
        """The birth date, in the century that gives the age nearest to working life and not in the future.

        Args:
            today: The day on which the question is asked.
        """
        dates = _dates(self.digits)
        past = [date for date in dates if date <= today]
        return max(past) if past else dates[0]

    def age(self, today: dt.date) -> int:
        """Full years lived on `today`."""
        born = self.birth_date(today)
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))

    @override
    def __str__(self) -> str:
        return self.masked

    @override
    def __repr__(self) -> str:
        return f"Nik({self.masked})"


def parse_nik(text: str) -> Nik | NikProblem:
    """The NIK in the sentence, or the reason why there is none.

    Args:
        text: What the person wrote: dots, spaces, O for 0, words around the number are all right.
    """
    numbers = read_numbers(text)
    runs = [piece for run in numbers.runs for piece in _pieces(run)]
    full = [run for run in runs if len(run.digits) == NIK_LENGTH]
    if full:
        return _choose(full, runs[-1])
    if numbers.spoiled:
        return NikProblem.LETTERS
    if not runs or (max(len(run.digits) for run in runs) < 4 and any(run.before or run.after for run in runs)):
        return NikProblem.NO_NUMBER
    return _wrong_length(_likeliest(runs))


def question_flags(nik: Nik, today: dt.date) -> tuple[str, ...]:
    """What an officer or the bot should ask about: unknown_region, old_region, under_17 (often a KK number), over_65.

    Args:
        nik: A NIK of sound structure.
        today: The day on which the question is asked.
    """
    flags = []
    if is_withdrawn_region(nik.region_code):
        flags.append("old_region")
    elif not is_known_region(nik.region_code):
        flags.append("unknown_region")
    age = nik.age(today)
    if age < ADULT_AGE:
        flags.append("under_17")
    if age > LAST_AGE:
        flags.append("over_65")
    return tuple(flags)


def _dates(digits: str) -> list[dt.date]:
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    day -= WOMEN_DAY_OFFSET if day > WOMEN_DAY_OFFSET else 0
    found = []
    for century in (1900, 2000):
        try:
            found.append(dt.date(century + year, month, day))
        except ValueError:
            continue
    return found


def _pieces(run: Run) -> Iterable[Run]:
    """A run of several numbers without a word between them is taken apart where each is a whole number by itself."""
    whole = [len(part) == NIK_LENGTH or _PHONE_SHAPE.fullmatch(part) is not None for part in run.parts]
    if len(run.parts) == 1 or not any(whole):
        return [run]
    if all(whole):
        return [Run((part,), run.before, run.after) for part in run.parts]
    rest = tuple(part for part, alone in zip(run.parts, whole, strict=True) if not alone)
    others = [part for part, alone in zip(run.parts, whole, strict=True) if alone]
    niks = [part for part in others if len(part) == NIK_LENGTH]
    if sum(map(len, rest)) == NIK_LENGTH and not niks:
        return [Run(rest, run.before, run.after), *(Run((part,), ()) for part in others)]
    if len(niks) > 1 or (niks and (_PHONE_SHAPE.fullmatch("".join(rest)) or _is_beside(run))):
        return [Run((part,), run.before, run.after) for part in niks]
    return [run]


def _is_beside(run: Run) -> bool:
    """The short number before or behind the long one counts something: "rt 3 1271…", "1271… 17 agustus"."""
    first, last = run.parts[0], run.parts[-1]
    is_counted = len(first) <= 3 and run.before[-1:] != () and run.before[-1] in _COUNTED
    is_day = len(last) <= 2 and run.after[:1] != () and run.after[0] in _MONTHS
    return len(run.parts) == 2 and (is_counted or is_day)


def _choose(full: list[Run], last_run: Run) -> Nik | NikProblem:
    own = [run for run in full if not _is_labelled_kk(run, is_last=run is last_run)]
    if not own:
        return NikProblem.IS_KK
    labelled = [run for run in own if _OWN_LABELS & set(run.before)]
    candidates = {run.digits: run for run in labelled or own}
    if len(candidates) > 1:
        last = own[-1]
        if not _CORRECTIONS & set(last.before):
            return NikProblem.TWO_NUMBERS
        return _check(last.digits)
    return _check(next(iter(candidates)))


def _is_labelled_kk(run: Run, *, is_last: bool) -> bool:
    before = run.before
    for index in range(len(before) - 1, -1, -1):
        if before[index] in _OWN_LABELS:
            return False
        if before[index] in _KK_LABELS:
            return not (index and before[index - 1] in _INSIDE)
    after = run.after[:4]
    if is_last and after and after[0] in _KK_LABELS:
        return True
    return bool(after) and after[0] in {"itu", "ini", "nomor", "no"} and bool(_KK_LABELS & set(after))


def _check(digits: str) -> Nik | NikProblem:
    if digits in (digits[:2] * 8, digits[0] * NIK_LENGTH) or digits in "0123456789" * 3:
        return NikProblem.FAKE_PATTERN
    if region_name(digits[:2]) is None:
        return NikProblem.BAD_REGION
    if not _dates(digits):
        return NikProblem.BAD_DATE
    if digits.endswith("0000"):
        return NikProblem.BAD_SERIAL
    return Nik(digits)


def _likeliest(runs: list[Run]) -> Run:
    """The run that was meant as the NIK: labelled so, else the longest that is no phone number, else the longest."""
    labelled = [run for run in runs if _OWN_LABELS & set(run.before) and len(run.digits) >= 4]
    longest = sorted(labelled or runs, key=lambda run: len(run.digits), reverse=True)
    others = [run for run in longest if len(run.digits) >= 6 and not _PHONE_SHAPE.fullmatch(run.digits)]
    return (others or longest)[0]


def _wrong_length(run: Run) -> NikProblem:
    digits = run.digits
    if _PHONE_SHAPE.fullmatch(digits):
        return NikProblem.IS_PHONE
    if len(digits) == 13 and digits.startswith("000"):
        return NikProblem.IS_BPJS_KES
    return NikProblem.TOO_SHORT if len(digits) < NIK_LENGTH else NikProblem.TOO_LONG
