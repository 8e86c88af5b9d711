"""Pages as a printer would put them on paper, as far as our own pages go: filled rectangles, lines and plain text.

Small enough to be believed: it knows the handful of PDF operators that stand in the pages, and nothing of fpdf2.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

POINTS = (595.28, 841.89)  # A4
_STREAM = re.compile(rb"/Length \d+\n>>\nstream\n(.*?)\nendstream", re.DOTALL)
_TOKEN = re.compile(rb"\((?:\\.|[^\\()])*\)|\[[^\]]*\]|/?[^\s()\[\]]+")


def pages_of(pdf: bytes) -> list[bytes]:
    """What each page draws, in operators."""
    streams = []
    for found in _STREAM.finditer(pdf):
        try:
            streams.append(zlib.decompress(found[1]))
        except zlib.error:
            streams.append(found[1])
    return [stream for stream in streams if b" re" in stream or b"BT" in stream]


def words_of(page: bytes) -> str:
    """The text of a page, in the order it was written."""
    return " ".join(_text(token) for token in _TOKEN.findall(page) if token.startswith(b"("))


@dataclass
class Paper:
    """One page, drawn; `letters` draws the text, too, in a font like the one that was meant."""

    dpi: int = 150
    letters: bool = False
    image: Image.Image = field(init=False)
    fill: tuple[int, int, int] = (0, 0, 0)
    kept: tuple[int, int, int] = (0, 0, 0)
    size: float = 10.0
    at: tuple[float, float] = (0.0, 0.0)
    rects: list[list[float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scale = self.dpi / 72
        self.image = Image.new("RGB", (round(POINTS[0] * self.scale), round(POINTS[1] * self.scale)), "white")
        self.pen = ImageDraw.Draw(self.image)

    def draw(self, page: bytes) -> NDArray[np.uint8]:
        """The page in shades of grey."""
        does = {
            b"re": self._rectangle, b"f": self._fill, b"rg": self._colour, b"g": self._grey, b"q": self._keep,
            b"Q": self._back, b"Tf": self._font, b"Td": self._place, b"Tj": self._write,
        }  # fmt: skip
        for name, operands in _operators(page):
            if name in does:
                does[name](operands)
        return np.asarray(self.image.convert("L"))

    def _rectangle(self, given: list[bytes]) -> None:
        self.rects.append([float(value) for value in given[-4:]])

    def _fill(self, _given: list[bytes]) -> None:
        for x, y, width, height in self.rects:
            left, right = sorted((x, x + width))
            low, high = sorted((y, y + height))
            box = (left, POINTS[1] - high, right, POINTS[1] - low)
            x0, y0, x1, y1 = (round(value * self.scale) for value in box)
            self.pen.rectangle((x0, y0, max(x0, x1 - 1), max(y0, y1 - 1)), fill=self.fill)
        self.rects.clear()

    def _colour(self, given: list[bytes]) -> None:
        red, green, blue = (round(float(value) * 255) for value in given[-3:])
        self.fill = (red, green, blue)

    def _grey(self, given: list[bytes]) -> None:
        shade = round(float(given[-1]) * 255)
        self.fill = (shade, shade, shade)

    def _keep(self, _given: list[bytes]) -> None:
        self.kept = self.fill

    def _back(self, _given: list[bytes]) -> None:
        self.fill = self.kept

    def _font(self, given: list[bytes]) -> None:
        self.size = float(given[-1])

    def _place(self, given: list[bytes]) -> None:
        self.at = (float(given[-2]), float(given[-1]))

    def _write(self, given: list[bytes]) -> None:
        if self.letters:
            face = ImageFont.truetype("LiberationSans-Regular.ttf", round(self.size * self.scale))
            place = (self.at[0] * self.scale, (POINTS[1] - self.at[1]) * self.scale)
            self.pen.text(place, _text(given[-1]), font=face, fill=self.fill, anchor="ls")


def _operators(page: bytes) -> Iterator[tuple[bytes, list[bytes]]]:
    operands: list[bytes] = []
    for token in _TOKEN.findall(page):
        if token[:1] in b"(/[" or re.fullmatch(rb"-?[\d.]+", token):
            operands.append(token)
        else:
            yield token, operands
            operands = []


def _text(token: bytes) -> str:
    return re.sub(rb"\\(.)", rb"\1", token[1:-1]).decode("latin-1")
