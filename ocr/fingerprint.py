"""Decides by which bits a picture of a card is known again, though it was cropped, shrunk or compressed anew. Knows no text.

A perceptual hash of the straightened card: signs of its sixteen by sixteen coarsest waves against their median. Measured
on drawn photos (docs/ktp.md): the same photo again differs in 10 of 255 bits, other cards of one layout in 28 and more.
A picture in which no card is found has a hash of the whole picture, good enough to know the very same photo again.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr.decode import decode
from ocr.locate import locate
from ocr.straighten import straighten, upright_first
from ocr.verdict import Refused

GRID, WAVES = 32, 16
BITS = WAVES * WAVES - 1  # the mean says nothing
FLAT = (384, 242)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Perceptual hashes of 255 bits as 64 hexadecimal digits: of the card (None where none was found) and of the picture."""

    card: str | None
    picture: str


def fingerprint(data: bytes) -> Fingerprint | None:
    """The fingerprint of a photo; None for bytes that are none."""
    try:
        pixels = decode(data).pixels
    except Refused:
        return None
    places = locate(pixels)
    card = None
    if places:
        image = Image.fromarray(pixels)
        card = hashed(np.asarray(straighten(image, upright_first(image, places[0])[0], FLAT)))
    return Fingerprint(card, hashed(pixels))


def hashed(pixels: npt.NDArray[np.uint8]) -> str:
    """The perceptual hash of an RGB picture of any size."""
    small = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (GRID, GRID), interpolation=cv2.INTER_AREA)
    waves = cv2.dct(small.astype(np.float32))[:WAVES, :WAVES].ravel()[1:]
    bits = np.concatenate([[False], waves > np.median(waves)])
    return np.packbits(bits).tobytes().hex()


def distance(one: str, other: str) -> int:
    """How many bits of two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
