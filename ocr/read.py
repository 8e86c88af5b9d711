"""Decides the verdict on one photo: runs the stages in order, and never raises. Knows nothing that was typed.

decode → locate → straighten → judge quality → read lines → parse → read the NIK line → reconcile → verdict
"""

import datetime as dt
import time
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from ocr.decode import decode
from ocr.engine import Engine, EngineFailure, EngineTimeout
from ocr.level import level
from ocr.lines import Line, group, is_ktp, names_other_card, score
from ocr.locate import Quad, locate
from ocr.nikline import NikLine, even_light, ink_grey, read_nik_line
from ocr.parse import Fields, parse
from ocr.quality import Quality, judge_quality
from ocr.reconcile import NikReading, reconcile
from ocr.straighten import grown, straighten, turned_aside, turned_over, upright_first, whole, width_px
from ocr.tesseract import Tesseract
from ocr.verdict import NOTHING, Cause, Reading, Refused, Verdict, refused

BUDGET_S = 6.0  # after which no further way to hold the card is tried
ENOUGH = 6.0  # score of lines from which a way to hold the card is taken as right
LEAST_MARGIN = 2.0  # nats, when the printed birth date agrees
STRONG_MARGIN = 5.0  # nats, when there is no printed date to agree
LEAST_PLACE = -1.2  # score of the place of sixteen digits
LEAST_LOOKS = 3  # at the NIK line that found the same place
LEAST_ALIKE = 0.6  # share of them that read the same digit
LEAST_PICTURE_PX = 320


@dataclass(frozen=True, slots=True)
class View:
    """One way to hold the card: corners in the photo, the straightened card, the lines read on it."""

    quad: Quad
    card: Image.Image
    lines: tuple[Line, ...]

    @property
    def score(self) -> float:
        """How much this view looks like a KTP held upright."""
        return score(self.lines)


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self.start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds, by the monotonic clock."""
        return time.perf_counter() - self.start


def read_ktp(image: bytes, *, engine: Engine | None = None, today: dt.date) -> Verdict:
    """The verdict on a photo, for any bytes whatever; nothing is raised.

    Args:
        image: The file as it came.
        engine: What reads words; the installed Tesseract when None.
        today: Birth dates after it are impossible.
    """
    watch = Stopwatch()
    try:
        verdict = judged(image, engine or Tesseract(), today, watch)
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
    image = Image.fromarray(picture.pixels)
    guesses = locate(picture.pixels)
    first = guesses[0] if guesses else whole(image.size)
    quality = judge_quality(straighten(image, first, (600, 378)), width_px(first))
    if quality.cause in {Cause.TOO_DARK, Cause.BLURRED}:
        raise Refused(quality.cause)
    view = best_view(image, guesses, engine, watch)
    if view is None or not is_ktp(view.lines):
        raise Refused(quality.cause or Cause.NOT_A_KTP)
    return verdict_on(image, view, quality, today)


def best_view(image: Image.Image, guesses: list[Quad], engine: Engine, watch: Stopwatch) -> View | None:
    """The view with most labels: located cards both ways up are tried, then the whole picture all four ways."""
    best: View | None = None
    for quad, portrait in ways(image, guesses):
        if best is not None and (best.score >= ENOUGH or watch.seconds > BUDGET_S):
            break
        view = viewed(image, quad, engine, hide_portrait=portrait)
        if best is None or view.score > best.score:
            best = view
        if names_other_card(view.lines):
            return view
    return None if best is None else levelled(image, best, engine, watch)


def levelled(image: Image.Image, view: View, engine: Engine, watch: Stopwatch) -> View:
    """The view read again after its rows were made level; the view as it is when that gains nothing or time is short."""
    quad = level(view.quad, view.lines)
    if quad is None or watch.seconds > BUDGET_S:
        return view
    again = seen(image, quad, engine, hide_portrait=True)
    return again if again.score >= view.score - 1 else view


def ways(image: Image.Image, guesses: list[Quad]) -> list[tuple[Quad, bool]]:
    """Quadrilaterals to try in turn, each with whether its right side is a portrait that may be painted over."""
    tried: list[tuple[Quad, bool]] = []
    if guesses:
        tried += [(quad, True) for quad in upright_first(image, guesses[0])]
    tried += [(upright_first(image, quad)[0], True) for quad in guesses[1:]]
    full = whole(image.size)
    full = full if image.width >= image.height else turned_aside(full)
    return [
        *tried,
        (full, False),
        (turned_over(full), False),
        (turned_aside(full), False),
        (turned_over(turned_aside(full)), False),
    ]


def viewed(image: Image.Image, quad: Quad, engine: Engine, *, hide_portrait: bool) -> View:
    """The card straightened from `quad`, and its lines."""
    return seen(image, grown(quad), engine, hide_portrait=hide_portrait)


def seen(image: Image.Image, quad: Quad, engine: Engine, *, hide_portrait: bool) -> View:
    """The card straightened from a place that has its margin already, and its lines."""
    card = straighten(image, quad)
    grey = Image.fromarray(even_light(ink_grey(card)))
    if hide_portrait:
        ImageDraw.Draw(grey).rectangle((card.width * 0.715, card.height * 0.3, card.width, card.height), 190)
    return View(quad, card, group(engine.words(np.asarray(grey))))


def verdict_on(image: Image.Image, view: View, quality: Quality, today: dt.date) -> Verdict:
    """What the found card says, and whether that is enough."""
    fields = parse(view.lines, today)
    found = read_nik_line(image, view.quad, view.lines)
    nik = reconcile(found.table, fields.birth_date, fields.sex, today) if found is not None else None
    if found is None or nik is None or not trusted(nik, found):
        return refused(quality.cause or Cause.NIK_UNREADABLE, reading=reading_of(fields, None))
    return Verdict(accepted=True, cause=None, reading=reading_of(fields, nik), flags=flags_of(nik, view), seconds=0.0)


def trusted(nik: NikReading, found: NikLine) -> bool:
    """True when the digits are clear and the looks agree; more is asked when no printed birth date confirms six of them."""
    if found.looks < LEAST_LOOKS or found.place < LEAST_PLACE:
        return False
    if nik.agrees:
        return nik.margin >= LEAST_MARGIN and found.alike >= LEAST_ALIKE
    return nik.margin >= STRONG_MARGIN and found.alike == 1.0


def reading_of(fields: Fields, nik: NikReading | None) -> Reading:
    """The fields and the NIK as one reading."""
    if fields == Fields() and nik is None:
        return NOTHING
    confidence = dict(fields.confidence)
    if nik is not None:
        confidence["nik"] = round(min(nik.sure, 0.999 if nik.agrees else 0.97), 3)
    return Reading(
        None if nik is None else nik.nik, fields.name, fields.birth_place, fields.birth_date, fields.sex, confidence
    )


def flags_of(nik: NikReading, view: View) -> tuple[str, ...]:
    """What an officer may want to know: `nik_corrected`, `birth_date_differs`, `birth_date_unread`, `grey_copy`."""
    flags = ["nik_corrected"] if nik.nik != nik.raw else []
    if nik.agrees is not True:
        flags.append("birth_date_unread" if nik.agrees is None else "birth_date_differs")
    pixels = np.asarray(view.card.resize((120, 76), Image.Resampling.BOX).convert("RGB"), np.float32)
    if float(np.percentile(np.ptp(pixels, axis=2), 90)) < 22:
        flags.append("grey_copy")
    return tuple(flags)
