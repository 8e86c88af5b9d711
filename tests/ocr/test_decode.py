import contextlib
import io
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr.decode import LONG_SIDE_PX, decode
from ocr.sniff import MAX_BYTES, sniff
from ocr.verdict import Cause, Refused


def picture(size: tuple[int, int] = (640, 400)) -> Image.Image:
    """Left half red, right half blue, so that turning shows."""
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    pixels[:, : size[0] // 2] = (220, 20, 20)
    pixels[:, size[0] // 2 :] = (20, 20, 220)
    return Image.fromarray(pixels)


def encoded(image: Image.Image, name: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


def heic(image: Image.Image) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=80)
    return out.getvalue()


SMALL = {name: encoded(picture((120, 80)), name) for name in ("JPEG", "PNG", "WEBP")} | {"HEIC": heic(picture((120, 80)))}


def cause_of(data: bytes) -> Cause:
    with pytest.raises(Refused) as refusal:
        decode(data)
    return refusal.value.cause


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises a huge picture in a few bytes."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 100_000, 9)
    chunks = b"".join(struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (body, data, b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(("name", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_the_formats_of_phones_are_decoded(name: str, media_type: str) -> None:
    decoded = decode(encoded(picture(), name))
    assert decoded.media_type == media_type
    assert decoded.pixels.shape == (400, 640, 3)
    assert decoded.pixels[200, 100, 0] > 150 > decoded.pixels[200, 500, 0]


def test_a_heic_photo_is_decoded() -> None:
    out = io.BytesIO()
    pillow_heif.from_pillow(picture()).save(out, quality=80)
    decoded = decode(out.getvalue())
    assert decoded.media_type == "image/heic"
    assert decoded.pixels.shape == (400, 640, 3)
    assert decoded.pixels[200, 100, 0] > 150 > decoded.pixels[200, 500, 0]


def test_a_cut_heic_photo_is_an_unreadable_file() -> None:
    out = io.BytesIO()
    pillow_heif.from_pillow(picture()).save(out, quality=80)
    assert cause_of(out.getvalue()[: len(out.getvalue()) // 2]) is Cause.UNREADABLE_FILE


def test_a_large_photo_comes_out_with_two_thousand_pixels() -> None:
    decoded = decode(encoded(picture((2600, 1500)), "JPEG"))
    assert decoded.original_px == (2600, 1500)
    assert max(decoded.pixels.shape) == LONG_SIDE_PX


def test_a_photo_turned_in_exif_comes_out_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    decoded = decode(encoded(picture(), "JPEG", exif=exif))
    assert decoded.pixels.shape == (640, 400, 3)
    assert decoded.pixels[100, 200, 0] > 150 > decoded.pixels[500, 200, 0]


def test_transparency_becomes_white() -> None:
    decoded = decode(encoded(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"))
    assert decoded.pixels.min() == 255


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16", "LA"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    image = Image.new(mode, (40, 30))
    assert decode(encoded(image, "JPEG" if mode == "CMYK" else "PNG")).pixels.shape == (30, 40, 3)


def test_no_bytes_are_an_empty_file() -> None:
    assert cause_of(b"") is Cause.EMPTY


def test_too_many_bytes_are_refused_unread() -> None:
    assert cause_of(b"\xff\xd8\xff" + b"\0" * MAX_BYTES) is Cause.TOO_LARGE


@pytest.mark.parametrize("name", ["GIF", "BMP", "TIFF", "ICO", "PPM"])
def test_other_pictures_are_unsupported(name: str) -> None:
    assert cause_of(encoded(picture((64, 64)), name)) is Cause.UNSUPPORTED


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n%abc", b"PK\x03\x04" + b"\0" * 40, b"hello", b"\0\0\0\x20ftypisom" + b"\0" * 20]
)
def test_other_files_are_unsupported(data: bytes) -> None:
    assert cause_of(data) is Cause.UNSUPPORTED


def test_a_gif_bomb_is_refused_without_being_opened() -> None:
    assert cause_of(b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\x80\0\0" + b"\0" * 100) is Cause.UNSUPPORTED


@pytest.mark.parametrize("size", [(8000, 8000), (30_000, 30_000), (2_000_000, 2)])
def test_a_png_bomb_is_too_large(size: tuple[int, int]) -> None:
    assert cause_of(png_header(*size)) is Cause.TOO_LARGE


def test_a_cut_jpeg_is_an_unreadable_file() -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (400, 600, 3), np.uint8))
    whole = encoded(noise, "JPEG")
    assert cause_of(whole[: len(whole) // 2]) is Cause.UNREADABLE_FILE


def test_a_file_that_is_also_something_else_is_unsupported() -> None:
    photo = encoded(picture(), "JPEG")
    archive = b"PK\x05\x06" + b"\0" * 18
    comment = photo[:2] + b"\xff\xfe\x00\x10%PDF-1.4 abcde" + photo[2:]
    for twin in (photo + archive, comment, photo + b"<?php echo 1;", photo + b"<script>1</script>"):
        assert cause_of(twin) is Cause.UNSUPPORTED
    assert decode(photo).media_type == "image/jpeg"


def test_a_name_for_the_bytes_is_given_only_for_the_four_formats() -> None:
    assert sniff(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert sniff(b"\0\0\0\x1cftypheic\0\0\0\0mif1heic") == "image/heic"
    assert sniff(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif") is None
    assert sniff(b"RIFF\0\0\0\0WAVE") is None


def test_a_photo_of_a_hundred_megapixels_is_decoded_at_a_part_of_its_size() -> None:
    data = encoded(Image.new("L", (12_000, 9000), 200), "JPEG", quality=30)
    decoded = decode(data)
    assert decoded.original_px == (12_000, 9000)
    assert max(decoded.pixels.shape) == LONG_SIDE_PX


@pytest.mark.parametrize(("name", "options"), [("PNG", {}), ("JPEG", {"progressive": True})])
def test_what_must_be_held_whole_is_refused_earlier(name: str, options: dict[str, object]) -> None:
    assert cause_of(encoded(Image.new("L", (10_000, 6000)), name, **options)) is Cause.TOO_LARGE


def test_of_a_moving_picture_the_first_one_is_read() -> None:
    frames = [picture(), Image.new("RGB", (640, 400))]
    for name in ("PNG", "WEBP"):
        decoded = decode(encoded(frames[0], name, save_all=True, append_images=frames[1:]))
        assert decoded.pixels[200, 100, 0] > 150


@settings(max_examples=80, deadline=None)
@given(
    name=st.sampled_from(["JPEG", "PNG", "WEBP", "HEIC"]),
    place=st.integers(0, 120),
    noise=st.binary(min_size=1, max_size=6),
    cut=st.booleans(),
)
def test_a_photo_with_a_spoilt_head_is_decoded_or_refused(name: str, place: int, noise: bytes, *, cut: bool) -> None:
    data = bytearray(SMALL[name])
    data[place : place + len(noise)] = noise
    with contextlib.suppress(Refused):
        assert decode(bytes(data[: len(data) // 2] if cut else data)).pixels.shape[2] == 3


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF1234WEBP", b"\0\0\0\x1cftypheic"]),
)
def test_strange_bytes_are_refused_and_nothing_else_is_raised(data: bytes, head: bytes) -> None:
    with pytest.raises(Refused):
        decode(head + data)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2000), st.integers(0, 255))
def test_a_damaged_photo_is_decoded_or_refused(place: int, value: int) -> None:
    photo = bytearray(encoded(picture((120, 80)), "JPEG"))
    photo[place % len(photo)] = value
    with contextlib.suppress(Refused):
        assert decode(bytes(photo)).pixels.shape[2] == 3
