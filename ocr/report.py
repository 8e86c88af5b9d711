"""Decides how a verdict looks as one line for a program (`payung ktp FILE… --json`). Knows no pixels and no texts."""

from ocr.compare import compare
from ocr.verdict import Verdict


def line(file: str, verdict: Verdict, *, typed_nik: str | None) -> dict[str, object]:
    """Plain values under the names that the command line promises.

    Args:
        file: The file as it was named.
        verdict: What was decided on it.
        typed_nik: A NIK to hold against the card; where it differs, the flag `differs_from_typed` is added.
    """
    reading = verdict.reading
    differs = typed_nik is not None and bool(compare({"nik": typed_nik}, reading))
    return {
        "file": file,
        "accepted": verdict.accepted,
        "reason": None if verdict.cause is None else verdict.cause.value,
        "nik": reading.nik,
        "nama": reading.name,
        "tempat_lahir": reading.birth_place,
        "tanggal_lahir": None if reading.birth_date is None else reading.birth_date.isoformat(),
        "jenis_kelamin": reading.sex,
        "confidence": dict(reading.confidence),
        "corrected": "nik_corrected" in verdict.flags,
        "flags": [*verdict.flags, *(["differs_from_typed"] if differs else [])],
        "seconds": verdict.seconds,
    }
