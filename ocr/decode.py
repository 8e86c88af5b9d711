"""Decides which bytes are a photo and gives its upright pixels. Knows nothing of cards; trusts no file.

Everything is bounded before pixels exist: bytes, format, size. Only JPEG, PNG, WEBP and HEIC are opened, each by its
own decoder.
"""

import io
import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import Image, ImageOps

from ocr.sniff import MAX_BYTES, sniff
from ocr.verdict import Cause, Refused

MAX_PIXELS = 50_000_000
MAX_JPEG_PIXELS = 220_000_000  # a phone's 200 megapixels: a JPEG is decoded at a part of its size
MAX_SIDE_PX = 40_000
LONG_SIDE_PX = 2000
Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS  # Pillow's own net, behind `bounded`, which knows the format
PILLOW_NAMES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


@dataclass(frozen=True, slots=True)
class Picture:
    """An upright photo.

    Attributes:
        pixels: RGB, uint8, shape (height, width, 3), long side at most 2000 px.
        media_type: What the bytes were, e.g. `image/jpeg`.
        original_px: Width and height as stored in the file, before turning.
    """

    pixels: npt.NDArray[np.uint8]
    media_type: str
    original_px: tuple[int, int]


def is_polyglot(data: bytes) -> bool:
    """True when the bytes are also a PDF, a ZIP archive, a page or a script for another program."""
    head, tail = data[:2048].lower(), data[-66_000:]
    if b"%pdf-" in head:
        return True
    if any(mark in head or mark in tail[-4096:].lower() for mark in (b"<?php", b"<script", b"<html", b"<!doctype", b"<svg")):
        return True
    end = tail.rfind(b"PK\x05\x06")
    return end >= 0 and len(tail) - end >= 22 and int.from_bytes(tail[end + 20 : end + 22], "little") <= len(tail) - end - 22


def decode(data: bytes) -> Picture:
    """The photo's upright RGB pixels, long side at most 2000 px.

    Raises:
        Refused: EMPTY, TOO_LARGE (bytes or pixels), UNSUPPORTED (any other format, or two formats in one file),
            UNREADABLE_FILE (broken or cut off).
    """
    if not data:
        raise Refused(Cause.EMPTY)
    if len(data) > MAX_BYTES:
        raise Refused(Cause.TOO_LARGE)
    media_type = sniff(data)
    if media_type is None or is_polyglot(data):
        raise Refused(Cause.UNSUPPORTED)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image, original = opened(data, media_type)
            return Picture(np.asarray(image), media_type, original)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Refused(Cause.TOO_LARGE) from None
    except Exception:  # decoders raise anything for broken files; whatever it is, the file is the reason
        raise Refused(Cause.UNREADABLE_FILE) from None


def opened(data: bytes, media_type: str) -> tuple[Image.Image, tuple[int, int]]:
    """The upright RGB image and its stored size; the size is judged before pixels are decoded."""
    if media_type == "image/heic":
        heif = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)
        bounded(heif.size)
        original = (int(heif.size[0]), int(heif.size[1]))
        return shrunk(flattened(heif.to_pillow())), original  # libheif has turned it already
    with Image.open(io.BytesIO(data), formats=[PILLOW_NAMES[media_type]]) as image:
        bounded(image.size, MAX_JPEG_PIXELS if media_type == "image/jpeg" and not is_progressive(image) else MAX_PIXELS)
        original = image.size
        if media_type == "image/jpeg":
            image.draft("RGB", (LONG_SIDE_PX, LONG_SIDE_PX))
            bounded(image.size)
        image.load()
        if image.mode in {"RGB", "L", "RGBA", "LA", "CMYK"}:
            shrunk(image)  # before it is copied: fifty megapixels weigh 150 MB each time
        upright = ImageOps.exif_transpose(image)
    return shrunk(flattened(upright)), original


def is_progressive(image: Image.Image) -> bool:
    """True for a JPEG that must be held whole in memory before any of it is seen."""
    return bool(image.info.get("progressive"))


def bounded(size: tuple[int, int], most: int = MAX_PIXELS) -> None:
    """Nothing; a picture of more than `most` pixels or without area does not pass."""
    width, height = size
    if width * height > most or max(width, height) > MAX_SIDE_PX:
        raise Refused(Cause.TOO_LARGE)
    if min(width, height) < 1:
        raise Refused(Cause.UNREADABLE_FILE)


def flattened(image: Image.Image) -> Image.Image:
    """The image in RGB: transparency becomes white, 16-bit grey becomes 8-bit."""
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        values = np.asarray(image, np.float32)
        image = Image.fromarray((values / max(float(values.max()), 1.0) * 255).astype(np.uint8))
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return image.convert("RGB")


def shrunk(image: Image.Image) -> Image.Image:
    """The image with a long side of at most 2000 px."""
    image.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return image
