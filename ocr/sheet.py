"""Decides how the card lies in the photo: its corners, which way is up, where its rows and its NIK stand. Knows no text.

A place is believed when sixteen evenly spaced digits stand above twelve evenly spaced rows.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.locate import Quad
from ocr.rows import Array, Rows, find_rows, ink
from ocr.straighten import CARD_H, CARD_W, flat, homography, project

Grey = npt.NDArray[np.uint8]
CARD = np.array([[0, 0], [CARD_W, 0], [CARD_W, CARD_H], [0, CARD_H]], np.float64)


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo in colour, uint8 of shape (height, width, 3), and the grey in which print is darkest, (height, width)."""

    pixels: Grey
    grey: Grey


@dataclass(frozen=True, slots=True)
class Sheet:
    """One way to hold the card.

    Attributes:
        photo: The whole photo.
        quad: Corners of the straightened card, margin included, in the photo, clockwise from the card's upper left.
        grey: The straightened card in even light, shape (757, 1200).
        dark: Its print, from `ocr.rows.ink`.
        rows: Its rows of print.
    """

    photo: Photo
    quad: Quad
    grey: Grey
    dark: Array
    rows: Rows

    def strip(self, box: "Box", height_px: int) -> Grey:
        """What stands in a box of the card, cut from the photo itself so that no pixel is lost twice; uint8."""
        corners = project(homography(CARD, self.quad), box.corners)
        width = max(8, round(box.width / box.height * height_px * box.squeeze))
        return flat(self.photo.grey, corners, (width, height_px))


@dataclass(frozen=True, slots=True)
class Box:
    """A leaning box on the straightened card, px: from `left` to `right`, about a middle line that rises.

    Attributes:
        middle_y: Height of the middle line at the card's middle column.
        rise: Px a column.
        height: Of the box.
        squeeze: What a strip's width is multiplied with.
    """

    left: float
    right: float
    middle_y: float
    rise: float
    height: float
    squeeze: float = 1.0

    @property
    def width(self) -> float:
        """Of the box."""
        return self.right - self.left

    @property
    def corners(self) -> Quad:
        """Clockwise from the upper left, shape (4, 2)."""
        half = self.height / 2
        start, end = (self.middle_y + self.rise * (x - CARD_W / 2) for x in (self.left, self.right))
        return np.array(
            [[self.left, start - half], [self.right, end - half], [self.right, end + half], [self.left, start + half]]
        )


def photo_of(pixels: Grey) -> Photo:
    """The photo with its grey: the mean of green and blue, in which the blue guilloche is faint and print is dark."""
    return Photo(pixels, np.asarray(cv2.addWeighted(pixels[..., 1], 0.5, pixels[..., 2], 0.5, 0.0), np.uint8))


def even_light(grey: Grey) -> Grey:
    """The grey card without shadows and slopes of light: divided by its surroundings; ground near 190."""
    ground = cv2.blur(grey, (61, 61)).astype(np.float32)
    return np.asarray(np.clip(grey / np.maximum(ground, 8) * 190, 0, 255), np.uint8)


def lay(photo: Photo, quad: Quad) -> Sheet:
    """The card held as `quad` says, margin included."""
    grey = even_light(flat(photo.grey, quad, fine=False))
    dark = ink(grey)
    return Sheet(photo, quad, grey, dark, find_rows(dark))
