"""One reader in a process of its own: photos in, one JSON line each out, and at the end what the process needed.

python -m tests.bench.ktp.contender NAME PLAN STARTED
"""

from __future__ import annotations

import datetime as dt
import json
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PAYUNG, TESSERACT, RAPIDOCR = "Payung", "pytesseract", "RapidOCR"
TODAY = dt.date(2026, 1, 1)
SIXTEEN = re.compile(r"(?<!\d)\d{16}(?!\d)")
DATE = re.compile(r"(\d{2})-(\d{2})-(\d{4})")
NAME = re.compile(r"Nama\s*[:.]?\s*([A-Z][A-Z .'\-]+)")

Answer = dict[str, Any]


def payung() -> Callable[[bytes], Answer]:
    """Our reader, as the worker process calls it."""
    from ocr.read import read_ktp

    def read(data: bytes) -> Answer:
        verdict = read_ktp(data, today=TODAY)
        plain = verdict.to_json()
        reading = plain["reading"]
        assert isinstance(reading, dict)
        return {"accepted": verdict.accepted, "cause": plain["cause"], "flags": plain["flags"], **reading}

    return read


def tesseract() -> Callable[[bytes], Answer]:
    """Plain pytesseract on the full image, Indonesian, and a pattern of sixteen digits."""
    import io

    import pytesseract
    from PIL import Image

    def read(data: bytes) -> Answer:
        return found_in(pytesseract.image_to_string(Image.open(io.BytesIO(data)), lang="ind"))

    return read


def rapidocr() -> Callable[[bytes], Answer]:
    """RapidOCR as it comes, on the full image, and the same pattern."""
    import logging

    from rapidocr import RapidOCR

    logging.disable(logging.CRITICAL)
    engine = RapidOCR()

    def read(data: bytes) -> Answer:
        return found_in("\n".join(getattr(engine(data), "txts", None) or ()))

    return read


def found_in(text: str) -> Answer:
    """NIK, name and birth date by patterns, as the usual readers find them; accepted when there is a NIK."""
    nik, name, born = SIXTEEN.search(text.replace(" ", "")), NAME.search(text), DATE.search(text)
    date = "-".join(reversed(born.groups())) if born else None
    return {
        "accepted": nik is not None,
        "cause": None if nik else "no_nik",
        "nik": nik[0] if nik else None,
        "name": name[1].strip() if name else None,
        "birth_date": date,
    }


READERS = {PAYUNG: payung, TESSERACT: tesseract, RAPIDOCR: rapidocr}


def cpu_s() -> float:
    """CPU seconds of this process and of those it started."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def main(name: str, plan: str, started: float) -> None:
    """Reads every photo of the plan; the first line out tells how long the first verdict took since `started`."""
    read, first = READERS[name](), True
    for path in json.loads(Path(plan).read_text()):
        data, before = Path(path).read_bytes(), cpu_s()
        try:
            answer = read(data)
        except Exception as error:  # a contender that fails on a photo has not read it
            answer = {"accepted": False, "cause": f"raised {type(error).__name__}"}
        answer["cpu_s"] = cpu_s() - before
        if first:
            answer["first_s"], first = time.time() - started, False
        sys.stdout.write(json.dumps({"file": Path(path).name, **answer}) + "\n")
        sys.stdout.flush()
    own, others = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    sys.stdout.write(json.dumps({"memory_mb": own, "children_mb": others}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
