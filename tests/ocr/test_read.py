import datetime as dt
import importlib.resources
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from ocr.engine import EngineFailure, EngineTimeout
from ocr.read import read_ktp
from ocr.tesseract import Tesseract
from ocr.verdict import Cause, Verdict
from tests.cards.draw import draw_card, fonts_installed
from tests.cards.lookalike import draw_lookalike
from tests.cards.photo import photograph
from tests.ocr.fakes import Scripted

TODAY = dt.date(2026, 1, 1)
SAMPLE = (importlib.resources.files("ocr") / "data" / "sample-ktp.jpg").read_bytes()


def turned(data: bytes, degrees: int) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(data)).rotate(degrees, expand=True).save(out, "JPEG", quality=85)
    return out.getvalue()


def test_the_fonts_of_the_drawn_cards_are_installed() -> None:
    assert fonts_installed(), "apt install fonts-ocr-a fonts-liberation"


def test_the_sample_of_the_demo_is_accepted_with_what_is_printed_on_it() -> None:
    verdict = read_ktp(SAMPLE, today=TODAY)
    reading = verdict.reading
    assert (verdict.accepted, verdict.cause) == (True, None)
    assert (reading.nik, reading.name) == ("3174040807919352", "RUDI GUNAWAN")
    assert (reading.birth_place, reading.birth_date, reading.sex) == ("JAKARTA", dt.date(1991, 7, 8), "L")
    assert reading.nik_raw == reading.nik
    assert set(reading.confidence) >= {
        "nik",
        "name",
        "birth_place",
        "birth_date",
        "sex",
        "religion",
        "occupation",
        "province",
    }
    assert len(SAMPLE) < 200_000


@pytest.mark.parametrize("degrees", [90, 180])
def test_a_photo_that_lies_on_its_side_or_head_is_read(degrees: int) -> None:
    assert read_ktp(turned(SAMPLE, degrees), today=TODAY).reading.nik == "3174040807919352"


@pytest.mark.parametrize(
    ("condition", "seeds", "least"),
    [("clean", range(9001, 9003), 2), ("good", range(9001, 9004), 2), ("copy", range(9001, 9003), 1)],
)
def test_drawn_photos_are_read_and_no_wrong_nik_is_accepted(condition: str, seeds: range, least: int) -> None:
    right = 0
    for seed in seeds:
        card = draw_card(seed)
        verdict = read_ktp(photograph(card, seed, condition), today=TODAY)
        assert not verdict.accepted or verdict.reading.nik == card.truth.nik
        right += verdict.accepted
    assert right >= least


@pytest.mark.parametrize("condition", ["dark", "blurred"])
def test_a_photo_that_cannot_be_read_is_refused_with_its_cause_or_read_right(condition: str) -> None:
    causes = {"dark": {Cause.TOO_DARK}, "blurred": {Cause.BLURRED}}[condition]
    for seed in (9011, 9012):
        card = draw_card(seed)
        verdict = read_ktp(photograph(card, seed, condition), today=TODAY)
        assert verdict.cause in causes or (verdict.accepted and verdict.reading.nik == card.truth.nik)


def test_a_reader_with_tesseract_alone_reads_the_sample() -> None:
    verdict = read_ktp(SAMPLE, engine=Tesseract(), today=TODAY)
    assert verdict.accepted
    assert (verdict.reading.nik, verdict.reading.name) == ("3174040807919352", "RUDI GUNAWAN")


def test_a_card_of_few_pixels_is_too_small() -> None:
    out = io.BytesIO()
    Image.open(io.BytesIO(SAMPLE)).resize((400, 252), Image.Resampling.BOX).resize((300, 189)).save(out, "JPEG")
    assert read_ktp(out.getvalue(), today=TODAY).cause is Cause.TOO_SMALL


@pytest.mark.parametrize("seed", [9012, 9013])
def test_a_card_that_the_rim_cuts_off_is_told_so(seed: int) -> None:
    assert read_ktp(photograph(draw_card(seed), seed, "cut_off"), today=TODAY).cause is Cause.CUT_OFF


def test_another_card_that_the_rim_cuts_off_is_not_told_to_be_a_ktp() -> None:
    verdict = read_ktp(photograph(draw_lookalike(9014, "sim"), 9014, "cut_off"), today=TODAY)
    assert verdict.cause in {Cause.NOT_A_KTP, Cause.NO_CARD}


@pytest.mark.parametrize("kind", ["sim", "receipt", "family_card", "family_page", "letter"])
def test_what_only_looks_like_a_ktp_is_no_ktp(kind: str) -> None:
    card = draw_lookalike(9021, kind)
    assert read_ktp(photograph(card, 9021, "clean"), today=TODAY).cause is Cause.NOT_A_KTP


def test_a_picture_without_a_card_is_no_ktp() -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (60, 80, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).resize((1200, 900), Image.Resampling.NEAREST).filter(ImageFilter.GaussianBlur(1)).save(
        out, "JPEG"
    )
    verdict = read_ktp(out.getvalue(), engine=Scripted(), today=TODAY)
    assert verdict.cause in {Cause.NO_CARD, Cause.NOT_A_KTP, Cause.CUT_OFF}


def test_a_covered_nik_is_unreadable_while_the_rest_is_read() -> None:
    image = Image.open(io.BytesIO(SAMPLE))
    image.paste((190, 140, 120), (500, 140, 800, 230))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    verdict = read_ktp(out.getvalue(), today=TODAY)
    assert verdict.cause in {Cause.NIK_COVERED, Cause.NIK_UNREADABLE}
    assert (verdict.reading.nik, verdict.reading.name) == (None, "RUDI GUNAWAN")


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", Cause.EMPTY),
        (b"%PDF-1.7", Cause.UNSUPPORTED),
        (b"GIF89a" + b"\xff" * 20, Cause.UNSUPPORTED),
        (SAMPLE[:9000], Cause.UNREADABLE_FILE),
        (b"\0" * 15_000_001, Cause.TOO_LARGE),
    ],
)
def test_a_bad_file_is_a_verdict_with_its_cause(data: bytes, cause: Cause) -> None:
    assert read_ktp(data, today=TODAY).cause is cause


@pytest.mark.parametrize(
    ("failure", "cause"), [(EngineFailure, Cause.ENGINE), (EngineTimeout, Cause.TIMEOUT), (RuntimeError, Cause.ENGINE)]
)
def test_an_engine_that_fails_is_a_verdict(failure: type[Exception], cause: Cause) -> None:
    assert read_ktp(SAMPLE, engine=Scripted(failure=failure), today=TODAY).cause is cause


def test_an_engine_that_sees_nothing_is_asked_a_few_times_only() -> None:
    engine = Scripted()
    assert read_ktp(SAMPLE, engine=engine, today=TODAY).cause is Cause.NOT_A_KTP
    assert engine.calls <= 30


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(noise=st.binary(max_size=200), place=st.integers(0, len(SAMPLE) - 1), inside=st.booleans())
def test_any_bytes_give_a_verdict(noise: bytes, place: int, *, inside: bool) -> None:
    data = SAMPLE[:place] + noise + SAMPLE[place + len(noise) :] if inside else noise
    verdict = read_ktp(data, engine=Scripted(), today=TODAY)
    assert not verdict.accepted
    assert Verdict.from_json(verdict.to_json()) == verdict
    assert verdict.cause is not None
    assert "bug" not in verdict.flags


def test_the_clock_of_the_verdict_runs() -> None:
    verdict = read_ktp(SAMPLE, engine=Scripted(), today=TODAY)
    assert verdict.seconds > 0
    assert replace(verdict, seconds=0.0).seconds == 0.0
