"""Decides what comes between a drawn card and the camera: a finger, a sticker, a lamp's reflection, a screen's pixels."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

Array = npt.NDArray[np.float32]
NIK_LEFT, NIK_RIGHT, NIK_Y = 0.21, 0.72, 0.235  # the digits' place as shares of width and height
ELSEWHERE = ((0.85, 0.5), (0.85, 0.85), (0.5, 0.72), (0.2, 0.8), (0.55, 0.92), (0.95, 0.05), (0.06, 0.06))


def covered(face: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The card with a fingertip, a sticker or a strip of paper over at least five digits of its NIK."""
    result, (w, h) = face.copy(), face.size
    draw = ImageDraw.Draw(result)
    middle = w * rng.uniform(NIK_LEFT + 0.09, NIK_RIGHT - 0.14)
    kind = int(rng.integers(3))
    if kind == 0:
        skin, y = tuple(int(v) for v in rng.uniform((150, 105, 80), (215, 160, 130))), h * NIK_Y
        tip = ImageDraw.Draw(result)
        tip.rounded_rectangle((middle - w * 0.1, -h * 0.1, middle + w * 0.1, y + h * rng.uniform(0.07, 0.14)), w * 0.1, skin)
        tip.ellipse(
            (middle - w * 0.05, y - h * 0.06, middle + w * 0.05, y + h * 0.05), tuple(min(255, v + 25) for v in skin)
        )
        return Image.blend(result, result.filter(ImageFilter.GaussianBlur(6)), 0.5)
    half = w * (rng.uniform(0.09, 0.14) if kind == 1 else rng.uniform(0.2, 0.3))
    colour = ((240, 214, 70), (235, 120, 120), (245, 245, 240))[int(rng.integers(3))] if kind == 1 else (236, 234, 228)
    draw.rectangle((middle - half, h * (NIK_Y - 0.05), middle + half, h * (NIK_Y + rng.uniform(0.035, 0.06))), colour)
    return result


def glare_on_nik(size: tuple[int, int], rng: np.random.Generator) -> Array:
    """Where a lamp shines on the card, 0..1, shape (height, width): white over at least five digits of the NIK."""
    middle = rng.uniform(NIK_LEFT + 0.1, NIK_RIGHT - 0.1)
    return reflection(size, (middle, NIK_Y + rng.normal(0, 0.015)), (rng.uniform(0.11, 0.2), rng.uniform(0.08, 0.2)))


def glare_elsewhere(size: tuple[int, int], rng: np.random.Generator) -> Array:
    """A lamp's reflection away from NIK, name and birth date."""
    x, y = ELSEWHERE[int(rng.integers(len(ELSEWHERE)))]
    return reflection(size, (x, y), (rng.uniform(0.05, 0.09), rng.uniform(0.05, 0.1)))


def reflection(size: tuple[int, int], at: tuple[float, float], half: tuple[float, float]) -> Array:
    """A bright patch with a soft rim, 0..1; `at` and `half` are shares of width and height, 1 inside `half`."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    away = np.hypot((x / size[0] - at[0]) / half[0], (y / size[1] - at[1]) / half[1])
    return np.asarray(1 / (1 + np.exp(np.minimum((away - 1.15) * 14, 60))), np.float32)


def on_screen(picture: Image.Image, coefficients: list[float], face_px: int, rng: np.random.Generator) -> Image.Image:
    """The picture as a photo of a display: coloured pixels seen too coarsely, so that they beat as moire; a cold cast.

    Args:
        picture: The card as it was laid.
        coefficients: What maps a pixel of `picture` to one of the card's face.
        face_px: Width of the face; the display has between 0.5 and 1.2 pixels for each.
        rng: What chance is drawn from.
    """
    a, b, c, d, e, f, g, h = coefficients
    y, x = np.mgrid[0 : picture.height, 0 : picture.width].astype(np.float32)
    w = g * x + h * y + 1
    pitch = face_px / rng.uniform(620, 1100)  # of the display's pixels, in pixels of the face
    u, v = (a * x + b * y + c) / w / pitch, (d * x + e * y + f) / w / pitch
    depth, rows = rng.uniform(0.22, 0.5), rng.uniform(0.1, 0.3)
    stripes = np.stack([1 + depth * np.cos(6.2832 * (u + k / 3)) for k in range(3)], 2)
    lines = (1 + rows * np.cos(6.2832 * v))[..., None]
    cold = np.array([0.93, 0.99, 1.08], np.float32) * rng.uniform(0.92, 1.08)
    pixels = np.asarray(picture, np.float32) * stripes * lines * cold + rng.uniform(0, 14)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
