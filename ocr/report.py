"""Decides how a verdict looks as one line for a program (`payung ktp FILE… --json`). Knows no pixels and no texts."""

from ocr.compare import compare
from ocr.verdict import Verdict

DIFFERS = "differs_from_typed"
#: The names that the command line promises, beside the reading's own.
NAMES = {
    "nik": "nik",
    "name": "nama",
    "birth_place": "tempat_lahir",
    "birth_date": "tanggal_lahir",
    "sex": "jenis_kelamin",
    "blood": "golongan_darah",
    "address": "alamat",
    "rt_rw": "rt_rw",
    "village": "kel_desa",
    "district": "kecamatan",
    "religion": "agama",
    "marital_status": "status_perkawinan",
    "occupation": "pekerjaan",
    "citizenship": "kewarganegaraan",
    "valid_until": "berlaku_hingga",
    "province": "provinsi",
    "regency": "kabupaten_kota",
}


def line(file: str, verdict: Verdict, *, typed_nik: str | None) -> dict[str, object]:
    """Plain values under the names that the command line promises.

    Args:
        file: The file as it was named.
        verdict: What was decided on it.
        typed_nik: A NIK to hold against the card, digit by digit; a card that carries another is not accepted.
    """
    read = verdict.reading.to_json()
    differs = typed_nik is not None and bool(compare({"nik": typed_nik}, verdict.reading))
    confidence = verdict.reading.confidence
    return {
        "file": file,
        "accepted": verdict.accepted and not differs,
        "reason": DIFFERS if verdict.accepted and differs else verdict.cause and verdict.cause.value,
        **{told: read[name] for name, told in NAMES.items()},
        "confidence": {told: confidence[name] for name, told in NAMES.items() if name in confidence},
        "corrected": "nik_corrected" in verdict.flags,
        "flags": [*verdict.flags, *([DIFFERS] if differs else [])],
        "seconds": verdict.seconds,
    }


def failed(file: str, reason: str) -> dict[str, object]:
    """The line of what is no file that could be opened."""
    nothing = {"confidence": {}, "corrected": False, "flags": [], "seconds": 0.0}
    return {"file": file, "accepted": False, "reason": reason, **dict.fromkeys(NAMES.values()), **nothing}
