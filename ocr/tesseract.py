"""Decides what stands on a line, by the installed Tesseract. The only module that knows its program and its table."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytesseract

from ocr.engine import Array, EngineFailure, EngineTimeout, Grey, Sign, Text

COLUMNS = 12  # of Tesseract's TSV: level page block par line word left top width height conf text
GAP_PX = 24  # of plain ground between two lines of the page that Tesseract is given
GROUND = 235


@dataclass(frozen=True, slots=True)
class Tesseract:
    """The installed Tesseract 5 with Indonesian words. It reads words well and this card's NIK badly."""

    language: str = "ind"
    command: str = "tesseract"

    def read(self, strips: Sequence[Grey], *, timeout_s: float = 8.0) -> tuple[Text, ...]:
        """See `Engine.read`. All strips are read as the lines of one page: starting the program is what costs."""
        if not strips:
            return ()
        page, tops = stacked(strips)
        return texts_from_tsv(self._table(page, timeout_s), tops, strips)

    def digits(self, strip: Grey) -> Array | None:
        """See `Engine.digits`: Tesseract tells no likelihoods."""
        del strip
        return None

    def _table(self, page: Grey, timeout_s: float) -> str:
        call = [self.command, "stdin", "stdout", "-l", self.language, "--psm", "6", "--dpi", "300", "tsv"]
        try:
            done = subprocess.run(  # noqa: S603  # fixed command, no shell, the picture goes in through a pipe
                ["env", "OMP_THREAD_LIMIT=1", *call],  # noqa: S607  # POSIX's env, found through PATH
                input=portable_graymap(page),
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
        return done.stdout.decode("utf-8", "replace")


def installed_version() -> str | None:
    """The version of the installed Tesseract, None when there is none."""
    if shutil.which(pytesseract.pytesseract.tesseract_cmd) is None:
        return None
    return str(pytesseract.get_tesseract_version())


def portable_graymap(image: Grey) -> bytes:
    """The image as a binary PGM file."""
    height, width = image.shape
    return b"P5 %d %d 255\n" % (width, height) + image.tobytes()


def stacked(strips: Sequence[Grey]) -> tuple[Grey, list[int]]:
    """The strips one below another on one page, and the row at which each begins."""
    width = max(strip.shape[1] for strip in strips) + 2 * GAP_PX
    height = sum(strip.shape[0] + GAP_PX for strip in strips) + GAP_PX
    page = np.full((height, width), GROUND, np.uint8)
    tops, top = [], GAP_PX
    for strip in strips:
        page[top : top + strip.shape[0], GAP_PX : GAP_PX + strip.shape[1]] = strip
        tops.append(top)
        top += strip.shape[0] + GAP_PX
    return page, tops


def texts_from_tsv(table: str, tops: Sequence[int], strips: Sequence[Grey]) -> tuple[Text, ...]:
    """What Tesseract's table says of each strip; rows of any other shape are left out."""
    signs: list[list[Sign]] = [[] for _ in strips]
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) != COLUMNS or cells[0] != "5" or not cells[11].strip():
            continue
        try:
            left, top, width, height = (int(cell) for cell in cells[6:10])
            confidence = min(1.0, max(0.0, float(cells[10]) / 100))
        except ValueError:
            continue
        index = int(np.searchsorted(tops, top + height / 2 + GAP_PX / 2)) - 1
        if 0 <= index < len(strips):
            word, length = cells[11].strip(), strips[index].shape[1]
            begin, step = (left - GAP_PX) / length, width / length / len(word)
            if signs[index]:
                signs[index].append(Sign(" ", (signs[index][-1].at + begin) / 2, confidence))
            signs[index] += [Sign(sign, begin + (i + 0.5) * step, confidence) for i, sign in enumerate(word)]
    return tuple(Text(tuple(one)) for one in signs)
