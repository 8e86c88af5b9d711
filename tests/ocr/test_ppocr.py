import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.ctc import sixteen_digits
from ocr.engine import Grey
from ocr.ppocr import PpOcr, model_path
from tests.cards.draw import OCR_A, SANS, font


def strip(line: str, face: object = SANS, size: float = 2.4) -> Grey:
    """A strip of 48 px with the line printed on it."""
    image = Image.new("L", (760, 48), 225)
    ImageDraw.Draw(image).text((10, 38), line, 25, font(face, size), anchor="ls")  # type: ignore[arg-type]  # a path
    return np.asarray(image, np.uint8)


def test_the_model_lies_in_an_installed_package() -> None:
    path = model_path()
    assert path is not None
    assert path.stat().st_size > 1_000_000


def test_strips_of_different_lengths_are_read_each_by_itself() -> None:
    short, long = PpOcr().read([strip("BELUM KAWIN")[:, :330], strip("Nama : SITI NUR AINI")])
    assert short.text == "BELUM KAWIN"
    assert long.text.replace(" ", "") == "Nama:SITINURAINI"
    assert "SITI NUR AINI" in long.text
    assert short.confidence > 0.9
    assert PpOcr().read([]) == ()


def test_a_line_of_digits_is_read_in_the_cards_own_face() -> None:
    scores = PpOcr().digits(strip("3174041708859001", OCR_A, 2.6))
    assert scores is not None
    assert scores.shape[1] == 12
    found = sixteen_digits(scores)
    assert found is not None
    assert "".join(str(int(digit)) for digit in found.table.argmax(1)) == "3174041708859001"
    assert found.fit > -0.1


@pytest.mark.parametrize("shape", [(48, 1), (48, 9), (7, 300)])
def test_odd_strips_do_no_harm(shape: tuple[int, int]) -> None:
    assert len(PpOcr().read([np.zeros(shape, np.uint8)])) == 1


def test_no_code_of_the_package_that_carries_the_model_is_loaded() -> None:
    PpOcr().read([strip("WNI")])
    assert "rapidocr" not in sys.modules
