import io

import pytest
from PIL import Image

from ocr.fingerprint import BITS, distance, fingerprint
from tests.cards.draw import draw_card
from tests.cards.photo import photograph

SAME = 12  # bits, as `models.register.photos` judges


def again(data: bytes, quality: int, scale: float, turned: int = 0) -> bytes:
    """The photo as a messenger compresses it anew."""
    image, out = Image.open(io.BytesIO(data)).convert("RGB"), io.BytesIO()
    small = image.resize((int(image.width * scale), int(image.height * scale)), Image.Resampling.BICUBIC)
    small.rotate(turned, expand=True).save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.fixture(scope="module")
def photo() -> bytes:
    return photograph(draw_card(9051), 9051, "good")


@pytest.mark.parametrize(("quality", "scale", "turned"), [(40, 0.6, 0), (70, 1.0, 0), (60, 0.8, 180)])
def test_a_photo_compressed_anew_or_turned_is_the_same_card(photo: bytes, quality: int, scale: float, turned: int) -> None:
    one, other = fingerprint(photo), fingerprint(again(photo, quality, scale, turned))
    assert one is not None
    assert other is not None
    assert one.card
    assert other.card
    assert distance(one.card, other.card) <= SAME


def test_another_card_in_the_same_place_and_light_is_another(photo: bytes) -> None:
    one, other = fingerprint(photo), fingerprint(photograph(draw_card(9052), 9051, "good"))
    assert one is not None
    assert other is not None
    assert one.card
    assert other.card
    assert distance(one.card, other.card) > SAME


def test_a_picture_without_a_card_has_a_hash_of_the_whole() -> None:
    found = fingerprint(again(photograph(draw_card(9051), 9051, "dark"), 80, 1.0))
    out = io.BytesIO()
    Image.new("RGB", (400, 300), (90, 90, 90)).save(out, "PNG")
    empty = fingerprint(out.getvalue())
    assert found is not None
    assert empty is not None
    assert (empty.card, len(empty.picture), len(found.picture)) == (None, 64, 64)
    assert int(empty.picture, 16) < 1 << BITS


def test_bytes_that_are_no_picture_have_none() -> None:
    assert fingerprint(b"") is None
    assert fingerprint(b"%PDF-1.7") is None
