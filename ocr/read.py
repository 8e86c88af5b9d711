"""Decides the verdict on one photo: runs the stages in order, and never raises. Knows nothing that was typed.

decode → locate → hold (straighten, which way up) → read the rows → parse → read the NIK → reconcile → verdict
"""

import datetime as dt
import time

import numpy as np
from PIL import Image

from ocr import ppocr
from ocr.decode import decode
from ocr.engine import Engine, EngineFailure, EngineTimeout
from ocr.hold import Held, hold, last_resorts
from ocr.lines import Line, has_header, is_ktp, is_list, names_other_card, own_signs, spelled_labels
from ocr.locate import locate
from ocr.nikline import Spot, read_nik_line
from ocr.parse import Fields, parse
from ocr.quality import LEAST_WIDTH_PX, flags_of, why_unreadable
from ocr.reconcile import NikReading, reconcile
from ocr.remnant import is_tiny, remnants
from ocr.rowread import read_header, read_rows
from ocr.sheet import Photo, Sheet, lay, photo_of
from ocr.straighten import MARGIN, flat, grown, ways_up
from ocr.tesseract import Tesseract
from ocr.trust import is_trusted
from ocr.verdict import NOTHING, Cause, Reading, Refused, Verdict, refused

BUDGET_S, PATIENCE_S = 3.5, 7.0  # of this process and by the clock, after which no further way to hold the card is tried
LEAST_PICTURE_PX = 320
LEAST_LABELS = 2  # that must be read before it is said why the NIK of this card is not
LEAST_SIGNS = 2  # of a KTP that must be read on what is seen of a cut-off card
MOST_REMNANTS = 2  # that are read


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self.start, self.work = time.perf_counter(), time.process_time()

    @property
    def seconds(self) -> float:
        """Seconds, by the monotonic clock."""
        return time.perf_counter() - self.start

    def is_late(self) -> bool:
        """True when only what must be done still is; on a busy machine a photo is not read worse, only later."""
        return time.process_time() - self.work > BUDGET_S or self.seconds > PATIENCE_S


def best_engine() -> Engine:
    """The line recogniser where it is installed, else Tesseract."""
    return ppocr.PpOcr() if ppocr.model_path() is not None else Tesseract()


def read_ktp(image: bytes, *, engine: Engine | None = None, today: dt.date) -> Verdict:
    """The verdict on a photo, for any bytes whatever; nothing is raised.

    Args:
        image: The file as it came.
        engine: What reads lines; the best one installed when None.
        today: Birth dates after it are impossible.
    """
    watch = Stopwatch()
    try:
        verdict = judged(image, engine or best_engine(), today, watch)
    except Refused as reason:
        verdict = refused(reason.cause)
    except EngineTimeout:
        verdict = refused(Cause.TIMEOUT)
    except (EngineFailure, MemoryError):
        verdict = refused(Cause.ENGINE)
    except Exception:  # whatever a strange picture does to a stage, the worker gets an answer
        verdict = refused(Cause.ENGINE, flags=("bug",))
    return Verdict(verdict.accepted, verdict.cause, verdict.reading, verdict.flags, round(watch.seconds, 3))


def judged(data: bytes, engine: Engine, today: dt.date, watch: Stopwatch) -> Verdict:
    """The verdict, or an exception that names why there is none."""
    picture = decode(data)
    if max(picture.pixels.shape[:2]) < LEAST_PICTURE_PX:
        raise Refused(Cause.TOO_SMALL)
    photo = photo_of(picture.pixels)
    guesses = locate(picture.pixels)
    height, width = picture.pixels.shape[:2]
    held = hold(photo, guesses or last_resorts((width, height)), engine, watch.is_late)
    if held is None:
        raise Refused(Cause.NOT_A_KTP)
    lines = (
        *read_header(held.sheet, held.spot, engine),
        *read_rows(held.sheet, held.spot if held.believed else None, engine, watch.is_late),
    )
    if not held.believed:
        best = lay(photo, grown(ways_up(photo.pixels, guesses[0])[0])) if guesses else held.sheet
        held = Held(best if not is_ktp(lines) else held.sheet, None, believed=False)
    if not is_ktp(lines):
        raise Refused(why_no_ktp(photo, held if guesses else None, lines, None if watch.is_late() else engine))
    return verdict_on(held, lines, engine, today)


def why_no_ktp(photo: Photo, held: Held | None, lines: tuple[Line, ...], engine: Engine | None) -> Cause:
    """Why no KTP was recognised: what the pixels say where they say something, else that it is none.

    Args:
        photo: The photo.
        held: The likeliest way to hold what looks most like a card; None when nothing looks like one.
        lines: What was read there.
        engine: Reads what is seen of a card that the rim cuts off; None when there is no time for that.
    """
    if names_other_card(lines) or is_list(lines):
        return Cause.NOT_A_KTP
    cause = without_card(photo) if held is None else why(held.sheet, held.spot)
    if cause is Cause.TOO_DARK:
        return cause
    if engine is not None and cut_off(photo, engine):
        return Cause.CUT_OFF
    if is_tiny(photo.pixels, LEAST_WIDTH_PX):
        return Cause.TOO_SMALL
    if held is None or has_header(lines) or len(spelled_labels(lines)) >= LEAST_LABELS:
        return cause
    return cause if cause in {Cause.BLURRED, Cause.TOO_SMALL} else Cause.NOT_A_KTP


def cut_off(photo: Photo, engine: Engine) -> bool:
    """True when the rim of the picture cuts off a card on which words are read that only a KTP carries."""
    sheets = [lay(photo, grown(quad)) for quad in remnants(photo.pixels)]
    sheets.sort(key=lambda sheet: -sheet.rows.clear)
    for sheet in sheets[:MOST_REMNANTS]:
        lines = (*read_header(sheet, None, engine), *read_rows(sheet, None, engine, lambda: True))
        if own_signs(lines) >= LEAST_SIGNS:
            return not (names_other_card(lines) or is_list(lines))
    return False


def without_card(photo: Photo) -> Cause:
    """Why nothing like a card was found."""
    return why_unreadable(photo.pixels, None, None, None)


def why(sheet: Sheet, spot: Spot | None) -> Cause:
    """Why the NIK could not be read or trusted, as far as the pixels tell."""
    card = Image.fromarray(flat(sheet.photo.pixels, sheet.quad))
    return why_unreadable(sheet.photo.pixels, bare(sheet), card, None if spot is None else spot.box)


def bare(sheet: Sheet) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The card's corners without the margin."""
    return grown(sheet.quad, -MARGIN / (1 + 2 * MARGIN))


def verdict_on(held: Held, lines: tuple[Line, ...], engine: Engine, today: dt.date) -> Verdict:
    """What the found card says, and whether that is enough."""
    fields = parse(lines, today)
    found = None if held.spot is None else read_nik_line(held.sheet, held.spot, engine)
    nik = None if found is None else reconcile(found.table, fields.birth_date, fields.sex, today)
    if found is None or nik is None or not is_trusted(nik, found):
        raw = None if found is None else "".join(str(int(digit)) for digit in found.table.argmax(1))
        return refused(
            why(held.sheet, held.spot if held.believed else None),
            reading=reading_of(fields, None, raw if held.believed else None),
        )
    card = Image.fromarray(flat(held.sheet.photo.pixels, held.sheet.quad))
    flags = (*flags_of_nik(nik), *flags_of(card))
    return Verdict(accepted=True, cause=None, reading=reading_of(fields, nik, nik.raw), flags=flags, seconds=0.0)


def reading_of(fields: Fields, nik: NikReading | None, raw: str | None) -> Reading:
    """The fields and the NIK as one reading."""
    if fields == Fields() and raw is None:
        return NOTHING
    confidence = dict(fields.confidence)
    if nik is not None:
        confidence["nik"] = round(min(nik.sure, 0.999 if nik.agrees else 0.97), 3)
    return Reading(
        nik=None if nik is None else nik.nik,
        name=fields.name,
        birth_place=fields.birth_place,
        birth_date=fields.birth_date,
        sex=fields.sex,
        confidence=confidence,
        nik_raw=raw,
        **fields.words,
    )


def flags_of_nik(nik: NikReading) -> tuple[str, ...]:
    """What an officer may want to know: `nik_corrected`, `birth_date_differs`, `birth_date_unread`."""
    flags = ["nik_corrected"] if nik.nik != nik.raw else []
    if nik.agrees is not True:
        flags.append("birth_date_unread" if nik.agrees is None else "birth_date_differs")
    return tuple(flags)
