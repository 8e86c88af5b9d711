"""Decides what a reading and a verdict are, and their plain form between processes. Knows no pixels and no engine."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

WORDS = (
    "blood",
    "address",
    "rt_rw",
    "village",
    "district",
    "religion",
    "marital_status",
    "occupation",
    "citizenship",
    "valid_until",
    "province",
    "regency",
)
FIELDS = ("nik", "nik_raw", "name", "birth_place", "birth_date", "sex", *WORDS)


class Cause(StrEnum):
    """Why a photo was not accepted; the value is also the tail of a key in locales, `ktp.cause.<value>`."""

    UNREADABLE_FILE = "unreadable_file"
    UNSUPPORTED = "unsupported"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    TOO_SMALL = "too_small"
    TOO_DARK = "too_dark"
    BLURRED = "blurred"
    NO_CARD = "no_card"
    NOT_A_KTP = "not_a_ktp"
    CUT_OFF = "cut_off"
    GLARE = "glare"
    NIK_COVERED = "nik_covered"
    NIK_UNREADABLE = "nik_unreadable"
    TIMEOUT = "timeout"
    ENGINE = "engine"


class Refused(Exception):  # the domain's word; never leaves this room
    """A picture that cannot go on to the next stage, with its cause."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.value)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Reading:
    """What is printed on the card, as read; None where it could not be read.

    Attributes:
        nik: 16 digits, reconciled with what else the card prints.
        name: As printed, in capitals; never corrected.
        birth_place: As printed, in capitals.
        birth_date: The printed date, not the one inside the NIK.
        sex: 'L' or 'P'.
        confidence: Field name to 0..1, for fields that were read.
        nik_raw: 16 digits as seen, before anything else on the card was asked; may be no valid NIK.
        blood: 'A', 'B', 'AB' or 'O', perhaps with + or -; '-' where the card says that it is not known.
        address: As printed, in capitals; two lines are joined by a space.
        rt_rw: `003/007`.
        village: Kelurahan or desa as printed.
        district: Kecamatan; the name in the list of regions where one is near enough.
        religion: One of the card's own words, `ISLAM`, `KATHOLIK`, ...
        marital_status: `BELUM KAWIN`, `KAWIN`, `CERAI HIDUP` or `CERAI MATI`.
        occupation: One of the card's 99 words, in capitals.
        citizenship: `WNI` or `WNA`.
        valid_until: `SEUMUR HIDUP` or a date, YYYY-MM-DD.
        province: Without the word PROVINSI, in capitals: `DKI JAKARTA`.
        regency: With `KABUPATEN` or `KOTA` where it is printed: `KOTA MEDAN`.
    """

    nik: str | None
    name: str | None
    birth_place: str | None
    birth_date: dt.date | None
    sex: str | None
    confidence: Mapping[str, float]
    nik_raw: str | None = None
    blood: str | None = None
    address: str | None = None
    rt_rw: str | None = None
    village: str | None = None
    district: str | None = None
    religion: str | None = None
    marital_status: str | None = None
    occupation: str | None = None
    citizenship: str | None = None
    valid_until: str | None = None
    province: str | None = None
    regency: str | None = None

    def to_json(self) -> dict[str, object]:
        """The same reading as plain values that `json.dumps` takes."""
        plain: dict[str, object] = {name: getattr(self, name) for name in FIELDS}
        plain["birth_date"] = None if self.birth_date is None else self.birth_date.isoformat()
        return {**plain, "confidence": dict(self.confidence)}


NOTHING = Reading(None, None, None, None, None, {})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Accepted, or one cause; with the reading so far, flags for the officer, and the seconds it took."""

    accepted: bool
    cause: Cause | None
    reading: Reading
    flags: tuple[str, ...]
    seconds: float

    def to_json(self) -> dict[str, object]:
        """The same verdict as plain values that `json.dumps` takes."""
        return {
            "accepted": self.accepted,
            "cause": None if self.cause is None else self.cause.value,
            "reading": self.reading.to_json(),
            "flags": list(self.flags),
            "seconds": self.seconds,
        }

    @classmethod
    def from_json(cls, plain: object) -> "Verdict":
        """The verdict that `to_json` wrote.

        Raises:
            ValueError: The value has another shape: a key too many or too few, a wrong type, an unknown cause.
        """
        top = exact(plain, ("accepted", "cause", "reading", "flags", "seconds"))
        accepted, cause, seconds, flags = top["accepted"], optional_text(top["cause"]), top["seconds"], top["flags"]
        if not isinstance(accepted, bool) or not isinstance(flags, list):
            raise ValueError("accepted must be true or false, flags a list")  # noqa: TRY004  # one kind of error for all wrong shapes
        if accepted == (cause is not None):
            raise ValueError("a verdict is accepted or has a cause")
        return cls(
            accepted=accepted,
            cause=None if cause is None else Cause(cause),
            reading=reading_from(top["reading"]),
            flags=tuple(text(flag) for flag in flags),
            seconds=number(seconds),
        )


def refused(cause: Cause, *, reading: Reading = NOTHING, flags: tuple[str, ...] = (), seconds: float = 0.0) -> Verdict:
    """A verdict that says why not."""
    return Verdict(accepted=False, cause=cause, reading=reading, flags=flags, seconds=seconds)


def reading_from(plain: object) -> Reading:
    """The reading inside a plain verdict; ValueError for any other shape."""
    fields = exact(plain, (*FIELDS, "confidence"))
    born, sex = optional_text(fields["birth_date"]), optional_text(fields["sex"])
    if sex not in {None, "L", "P"}:
        raise ValueError("sex is L or P")
    confidence = fields["confidence"]
    if not isinstance(confidence, dict) or not set(confidence) <= set(FIELDS):
        raise ValueError("confidence names fields")
    return Reading(
        nik=sixteen(fields["nik"]),
        name=optional_text(fields["name"]),
        birth_place=optional_text(fields["birth_place"]),
        birth_date=None if born is None else dt.date.fromisoformat(born),
        sex=sex,
        confidence={name: number(value) for name, value in confidence.items()},
        nik_raw=sixteen(fields["nik_raw"]),
        **{name: optional_text(fields[name]) for name in WORDS},
    )


def sixteen(value: object) -> str | None:
    """The value, which is sixteen digits or nothing."""
    digits = optional_text(value)
    if digits is not None and not (len(digits) == 16 and digits.isascii() and digits.isdecimal()):
        raise ValueError("a NIK has 16 digits")
    return digits


def exact(plain: object, keys: tuple[str, ...]) -> dict[str, object]:
    """A mapping with exactly these keys."""
    if not isinstance(plain, dict) or set(plain) != set(keys):
        raise ValueError(f"expected a mapping with {', '.join(keys)}")
    return plain


def text(value: object) -> str:
    """The value, which is text."""
    if not isinstance(value, str):
        raise ValueError("expected text")  # noqa: TRY004  # one kind of error for all wrong shapes
    return value


def optional_text(value: object) -> str | None:
    """The value, which is text or nothing."""
    return None if value is None else text(value)


def number(value: object) -> float:
    """The value, which is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) == float("inf"):  # noqa: PLR0124  # not a number
        raise ValueError("expected a number")
    return float(value)
