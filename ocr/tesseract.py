"""Decides how Tesseract is called, and is the only module that knows it. Knows nothing of cards.

The binary is called directly, because pytesseract hands the caller's whole environment on and goes through files:
here one thread (`OMP_THREAD_LIMIT=1`, set by `env` for that process only) and pipes. pytesseract still says which
version is installed.
"""

import shutil
import subprocess
from dataclasses import dataclass

import pytesseract

from ocr.engine import EngineFailure, EngineTimeout, Grey, Word

COLUMNS = 12  # of Tesseract's TSV: level page block par line word left top width height conf text


@dataclass(frozen=True, slots=True)
class Tesseract:
    """The installed Tesseract 5 with Indonesian words."""

    language: str = "ind"
    command: str = "tesseract"

    def words(self, image: Grey, *, single_line: bool = False, timeout_s: float = 8.0) -> tuple[Word, ...]:
        """See `Engine.words`; a single line is read with page segmentation mode 7, all else with 6."""
        mode = "7" if single_line else "6"
        call = [self.command, "stdin", "stdout", "-l", self.language, "--psm", mode, "--dpi", "300", "tsv"]
        try:
            done = subprocess.run(  # noqa: S603  # fixed command, no shell, the picture goes in through a pipe
                ["env", "OMP_THREAD_LIMIT=1", *call],  # noqa: S607  # POSIX's env, found through PATH
                input=portable_graymap(image),
                capture_output=True,
                timeout=max(0.1, timeout_s),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise EngineTimeout("Tesseract took too long") from None
        except OSError as error:
            raise EngineFailure(f"Tesseract could not be started: {error.strerror}") from None
        if done.returncode != 0:
            raise EngineFailure(f"Tesseract ended with {done.returncode}")
        return words_from_tsv(done.stdout.decode("utf-8", "replace"))


def installed_version() -> str | None:
    """The version of the installed Tesseract, None when there is none."""
    if shutil.which(pytesseract.pytesseract.tesseract_cmd) is None:
        return None
    return str(pytesseract.get_tesseract_version())


def portable_graymap(image: Grey) -> bytes:
    """The image as a binary PGM file."""
    height, width = image.shape
    return b"P5 %d %d 255\n" % (width, height) + image.tobytes()


def words_from_tsv(table: str) -> tuple[Word, ...]:
    """The words of Tesseract's table; rows of any other shape are left out."""
    found: list[Word] = []
    lines: dict[tuple[str, ...], int] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) != COLUMNS or cells[0] != "5" or not cells[11].strip():
            continue
        try:
            left, top, width, height = (int(cell) for cell in cells[6:10])
            confidence = float(cells[10])
        except ValueError:
            continue
        line = lines.setdefault(tuple(cells[1:5]), len(lines))
        found.append(Word(cells[11].strip(), left, top, width, height, min(1.0, max(0.0, confidence / 100)), line))
    return tuple(found)
