import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.engine import EngineFailure, EngineTimeout, Grey
from ocr.tesseract import GAP_PX, Tesseract, installed_version, portable_graymap, stacked, texts_from_tsv
from tests.cards.draw import SANS, font

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"


def strip(line: str) -> Grey:
    """A strip of 48 px with the line printed on it."""
    image = Image.new("L", (520, 48), 235)
    ImageDraw.Draw(image).text((8, 38), line, 20, font(SANS, 2.4), anchor="ls")
    return np.asarray(image, np.uint8)


def test_strips_are_read_in_their_order_with_the_places_of_their_signs() -> None:
    first, second = Tesseract().read([strip("Agama : ISLAM"), strip("SEUMUR HIDUP")], timeout_s=30)
    assert "ISLAM" in first.text
    assert "HIDUP" in second.text
    assert 0.3 < first.confidence <= 1
    places = [sign.at for sign in first.signs if sign.sign != " "]
    assert places == sorted(places)
    assert Tesseract().read([]) == ()


def test_an_engine_that_is_missing_slow_or_broken_says_so() -> None:
    with pytest.raises(EngineFailure):
        Tesseract(command="no-such-engine").read([strip("x")])
    with pytest.raises(EngineFailure):
        Tesseract(language="xx").read([strip("x")], timeout_s=30)
    with pytest.raises(EngineTimeout):
        Tesseract().read([np.full((48, 4000), 255, np.uint8)] * 60, timeout_s=0.0)


def test_rows_of_another_shape_are_left_out_and_words_go_to_their_strip() -> None:
    strips = [np.full((48, 100), 235, np.uint8)] * 2
    _, tops = stacked(strips)
    good = f"5\t1\t1\t1\t1\t1\t{GAP_PX + 10}\t{tops[1] + 10}\t40\t20\t96.5\tNama\n"
    bad = "5\t1\t1\n4\t1\t1\t1\t1\t0\t1\t1\t1\t1\t-1\t\n"
    bad += "5\t1\t1\t1\t1\t2\tx\t20\t30\t12\t96\tb\n5\t1\t1\t1\t1\t2\t1\t20\t30\t12\t96\t \n"
    first, second = texts_from_tsv(HEAD + good + bad, tops, strips)
    assert (first.text, second.text) == ("", "Nama")
    assert second.signs[0].at == pytest.approx(0.15)
    assert second.signs[0].confidence == pytest.approx(0.965)
    assert texts_from_tsv("", [], []) == ()


def test_the_picture_goes_in_as_a_graymap() -> None:
    assert portable_graymap(np.array([[0, 255], [7, 9]], np.uint8)) == b"P5 2 2 255\n\x00\xff\x07\x09"


def test_the_installed_version_is_known() -> None:
    version = installed_version()
    assert version is not None
    assert version.startswith("5")
