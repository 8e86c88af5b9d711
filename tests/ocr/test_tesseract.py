import numpy as np
import pytest

from ocr.engine import EngineFailure, EngineTimeout
from ocr.tesseract import Tesseract, installed_version, portable_graymap, words_from_tsv
from tests.cards.draw import draw_card

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"


def test_words_of_a_card_come_with_boxes_and_confidence() -> None:
    image = np.asarray(draw_card(9041).image.convert("L").resize((1200, 757)))
    words = Tesseract().words(image, timeout_s=30)
    nama = next(word for word in words if word.text.startswith("Nama"))
    assert nama.left < 200
    assert 200 < nama.middle_y < 300
    assert nama.right > nama.left
    assert 0.5 < nama.confidence <= 1


def test_a_single_line_is_one_line() -> None:
    image = np.asarray(draw_card(9041).image.convert("L").resize((1200, 757)))[225:268, :600]
    words = Tesseract().words(np.ascontiguousarray(image), single_line=True, timeout_s=30)
    assert len({word.line for word in words}) == 1


def test_an_engine_that_is_missing_slow_or_broken_says_so() -> None:
    image = np.full((60, 200), 255, np.uint8)
    with pytest.raises(EngineFailure):
        Tesseract(command="no-such-engine").words(image)
    with pytest.raises(EngineFailure):
        Tesseract(language="xx").words(image, timeout_s=30)
    with pytest.raises(EngineTimeout):
        Tesseract().words(np.full((4000, 4000), 255, np.uint8), timeout_s=0.0)


def test_rows_of_another_shape_are_left_out() -> None:
    good = "5\t1\t1\t1\t1\t1\t10\t20\t30\t12\t96.5\tNama\n"
    bad = "5\t1\t1\n4\t1\t1\t1\t1\t0\t1\t1\t1\t1\t-1\t\n"
    bad += "5\t1\t1\t1\t1\t2\tx\t20\t30\t12\t96\tb\n5\t1\t1\t1\t1\t2\t1\t20\t30\t12\t96\t \n"
    words = words_from_tsv(HEAD + good + bad)
    assert [(word.text, word.left, word.confidence) for word in words] == [("Nama", 10, 0.965)]
    assert words_from_tsv("") == ()


def test_the_picture_goes_in_as_a_graymap() -> None:
    assert portable_graymap(np.array([[0, 255], [7, 9]], np.uint8)) == b"P5 2 2 255\n\x00\xff\x07\x09"


def test_the_installed_version_is_known() -> None:
    version = installed_version()
    assert version is not None
    assert version.startswith("5")
