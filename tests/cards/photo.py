"""Decides what a camera, a light and a messenger make of a drawn card. Knows no text, and nothing of the reader."""

import io
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from tests.cards.draw import SANS, Card, font
from tests.cards.spoil import covered, glare_elsewhere, glare_on_nik, on_screen

Array = npt.NDArray[np.float32]
CONDITIONS = (
    *("clean", "good", "hard", "copy", "worn", "dark", "blurred"),
    *("glare_nik", "glare_elsewhere", "covered_nik", "cut_off", "small", "screen", "page"),
)
UNREADABLE = frozenset({"dark", "blurred", "glare_nik", "covered_nik", "cut_off", "small"})  # nobody can read their NIK


@dataclass(frozen=True, slots=True)
class Shot:
    """The ranges one photograph is drawn from; lengths in pixels of the final picture unless said."""

    long_side: tuple[int, int] = (1280, 1600)
    card_share: tuple[float, float] = (0.62, 0.86)  # of the picture's long side
    tilt_deg: float = 8.0
    perspective: float = 0.02  # corner shift, of the card's width
    turned: float = 0.25  # share of pictures turned by 90, 180 or 270 degrees
    blur: tuple[float, float] = (0.4, 1.0)
    motion: int = 0
    light: tuple[float, float] = (0.75, 1.05)
    slope: float = 0.18
    noise: tuple[float, float] = (2.0, 5.0)
    quality: tuple[int, int] = (65, 88)
    glare: float = 0.0
    shadow: float = 0.0
    backgrounds: tuple[str, ...] = ("table", "cloth", "hand", "plain")
    grey: bool = False
    wear: float = 0.0
    finger: float = 0.0
    glare_at: Literal["", "nik", "elsewhere"] = ""
    covered: bool = False
    cut: bool = False
    screen: bool = False


GOOD = Shot()
SHOTS = {
    "good": GOOD,
    "clean": Shot(
        card_share=(0.93, 0.99), tilt_deg=0.8, perspective=0.0, turned=0.0, blur=(0.2, 0.5), light=(0.97, 1.04), slope=0.03,
        noise=(0.5, 1.5), quality=(86, 95), backgrounds=("plain",),
    ),
    "hard": Shot(
        card_share=(0.38, 0.62), tilt_deg=25, perspective=0.05, turned=0.4, blur=(0.5, 1.1), motion=3, light=(0.5, 1.05),
        slope=0.35,
        noise=(3, 9), quality=(45, 70), glare=0.5, shadow=0.5, finger=0.4, backgrounds=("table", "cloth", "hand", "page"),
    ),
    "copy": replace(GOOD, tilt_deg=4, perspective=0.005, grey=True, backgrounds=("paper",), light=(0.9, 1.03), slope=0.08),
    "worn": replace(GOOD, wear=1.0),
    "dark": replace(GOOD, light=(0.05, 0.10), noise=(5, 9)),
    "blurred": replace(GOOD, blur=(7, 11)),
    "glare_nik": replace(GOOD, glare_at="nik"),
    "glare_elsewhere": replace(GOOD, glare_at="elsewhere"),
    "covered_nik": replace(GOOD, covered=True),
    "cut_off": replace(GOOD, cut=True),
    "small": replace(GOOD, card_share=(0.14, 0.19)),
    "screen": replace(GOOD, screen=True, backgrounds=("display",), blur=(0.3, 0.7), tilt_deg=5),
    "page": replace(GOOD, backgrounds=("page",), tilt_deg=15),
}  # fmt: skip


def photograph(card: Card, seed: int, condition: str) -> bytes:
    """JPEG bytes of the card in one of `CONDITIONS`; the same seed gives the same bytes."""
    shot, rng = SHOTS[condition], np.random.default_rng([seed, 3, CONDITIONS.index(condition)])
    face = worn(card.image, rng, shot.wear) if shot.wear else card.image
    if shot.grey:
        face = copied(face, rng)
    if shot.finger and rng.random() < shot.finger:
        face = with_finger(face, rng)
    if shot.covered:
        face = covered(face, rng)
    picture, coefficients = placed(face, rng, shot)
    if shot.screen:
        picture = on_screen(picture, coefficients, face.width, rng)
    picture = lit(picture, rng, shot)
    if shot.glare_at:
        mask = (glare_on_nik if shot.glare_at == "nik" else glare_elsewhere)(face.size, rng)
        picture = shining(picture, mask, coefficients)
    return developed(picture, rng, shot)


def worn(image: Image.Image, rng: np.random.Generator, amount: float) -> Image.Image:
    """A card that lived in a pocket: paler print, rubbed spots, scratches."""
    pixels = np.asarray(image, np.float32)
    rubbed = smooth_noise(rng, image.size, 14)
    fade = np.clip(0.12 + 0.42 * amount * rubbed, 0, 0.62)[..., None]
    pixels = pixels * (1 - fade) + np.array([205, 218, 226], np.float32) * fade
    result = as_image(pixels)
    draw = ImageDraw.Draw(result)
    for _ in range(int(rng.integers(8, 22))):
        x, y = rng.uniform(0, image.width), rng.uniform(0, image.height)
        dx, dy = rng.normal(0, 160, 2)
        draw.line((x, y, x + dx, y + dy), tuple(int(v) for v in rng.integers(190, 240, 3)), int(rng.integers(1, 3)))
    return result


def copied(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A black-and-white photocopy: grey, hard contrast, toner dust."""
    grey = np.asarray(image.convert("L"), np.float32)
    grey = 255 / (1 + np.exp(-(grey - rng.uniform(120, 145)) / rng.uniform(16, 26)))
    dust = rng.random(grey.shape) < 0.0012
    grey = np.where(dust, 40, grey)
    return as_image(np.repeat(grey[..., None], 3, 2).astype(np.float32)).filter(ImageFilter.GaussianBlur(1.0))


def with_finger(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A thumb over the right or lower rim, away from the NIK."""
    result = image.copy()
    w, h = image.size
    x, y = (w * 0.98, h * rng.uniform(0.55, 0.9)) if rng.random() < 0.5 else (w * rng.uniform(0.5, 0.9), h * 0.99)
    ImageDraw.Draw(result).ellipse((x - 90, y - 80, x + 110, y + 120), (196, 140, 112))
    return result


def shining(picture: Image.Image, mask: Array, coefficients: list[float]) -> Image.Image:
    """The picture with a reflection that the sensor sees as white; `mask` lies on the card's face."""
    layer = Image.fromarray((mask * 255).astype(np.uint8))
    seen = layer.transform(picture.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR)
    return as_image(np.asarray(picture, np.float32) + np.asarray(seen, np.float32)[..., None] * 1.2)


def placed(face: Image.Image, rng: np.random.Generator, shot: Shot) -> tuple[Image.Image, list[float]]:
    """The card laid on a background under a camera that is tilted and not straight above it.

    Returns:
        The picture, and the eight numbers that map its pixels to pixels of the face.
    """
    long_side = int(rng.integers(shot.long_side[0], shot.long_side[1] + 1))
    portrait_format = shot.tilt_deg > 1 and rng.random() < 0.3
    size = (
        (int(long_side * 0.75), long_side)
        if portrait_format
        else (long_side, int(long_side * (0.66 if shot.tilt_deg < 1 else 0.75)))
    )
    width = size[0] * rng.uniform(*shot.card_share)
    tall = 0.6306 if abs(face.height / face.width - 0.6306) < 0.01 else face.height / face.width  # a page, a phone's screen
    width = min(width, size[1] * 0.92 / tall) if tall > 0.64 else width
    half = np.array([[-1, -tall], [1, -tall], [1, tall], [-1, tall]]) * width / 2
    angle = np.deg2rad(rng.uniform(-shot.tilt_deg, shot.tilt_deg))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    room = np.maximum(0, (np.array(size) - np.abs(half @ turn.T).max(0) * 2) / 2)
    corners = (
        half @ turn.T
        + np.array(size) / 2
        + rng.uniform(-1, 1, 2) * room * 0.8
        + rng.normal(0, shot.perspective * width / 2, (4, 2))
    )
    if shot.cut:
        corners = corners + beyond(corners, size, rng)
    ground = background(rng, size, shot.backgrounds[int(rng.integers(len(shot.backgrounds)))])
    coefficients = homography(
        corners, np.array([[0, 0], [face.width, 0], [face.width, face.height], [0, face.height]], float)
    )
    small = face.filter(ImageFilter.GaussianBlur(max(0.0, face.width / width - 1) * 0.45))
    laid = small.transform(size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    mask = rounded(face.size).transform(size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR)
    shade = mask.filter(ImageFilter.GaussianBlur(8)).point(lambda v: v * 0.35)
    ground.paste((20, 18, 18), (4, 6), shade)
    ground.paste(laid, (0, 0), mask)
    return ground, coefficients


def beyond(corners: npt.NDArray[np.float64], size: tuple[int, int], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """The shift that takes a part of the card out of the picture: left, top or right, always with digits of the NIK."""
    low, high = corners.min(0), corners.max(0)
    width, height = high - low
    match int(rng.integers(3)):
        case 0:
            return np.array([-low[0] - width * rng.uniform(0.33, 0.45), 0.0])
        case 1:
            return np.array([0.0, -low[1] - height * rng.uniform(0.36, 0.5)])
        case _:
            return np.array([size[0] - high[0] + width * rng.uniform(0.48, 0.6), 0.0])


def rounded(size: tuple[int, int]) -> Image.Image:
    """The card's outline with its rounded corners."""
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), 45, 255)
    return mask


def homography(source: npt.NDArray[np.float64], target: npt.NDArray[np.float64]) -> list[float]:
    """The eight numbers Pillow wants to map `source` (4 x 2, output) to `target` (4 x 2, input)."""
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(c) for c in np.linalg.solve(np.array(rows), np.array(values))]


def background(rng: np.random.Generator, size: tuple[int, int], kind: str) -> Image.Image:
    """What the card lies on: `plain`, `paper`, `table`, `cloth`, `hand` or a printed `page`."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    tint = {
        "plain": rng.uniform(150, 250, 1).repeat(3), "paper": np.array([246, 246, 244]), "page": np.array([240, 238, 232]),
        "table": np.array([rng.uniform(90, 170), rng.uniform(60, 115), rng.uniform(35, 80)]),
        "cloth": rng.uniform(40, 210, 3),
        "hand": np.array([rng.uniform(150, 205), rng.uniform(105, 150), rng.uniform(80, 120)]),
        "display": np.array([24, 26, 30]),
    }[kind].astype(np.float32)  # fmt: skip
    pixels = np.broadcast_to(tint, (*x.shape, 3)) + smooth_noise(rng, size, 6)[..., None] * 14
    if kind == "table":
        pixels = pixels + (np.sin(y / 9 + 5 * smooth_noise(rng, size, 5)) * 9)[..., None]
    if kind == "cloth":
        step = rng.uniform(40, 130)
        pixels = pixels + (np.sign(np.sin(x / step * 6.28)) + np.sign(np.sin(y / step * 6.28)))[..., None] * rng.uniform(
            5, 22
        )
    picture = as_image(pixels + rng.normal(0, 2, pixels.shape))
    if kind == "page":
        words = (
            "DAFTAR",
            "HADIR",
            "RAPAT",
            "WARGA",
            "Nama",
            "Alamat",
            "keterangan",
            "tanggal",
            "bulan",
            "2024",
            "dan",
            "untuk",
        )
        draw, face = ImageDraw.Draw(picture), font(SANS, 1.5)
        for top in range(20, size[1], 34):
            draw.text((30, top), " ".join(words[int(i)] for i in rng.integers(0, len(words), 18)), (40, 40, 40), face)
    return picture


def lit(picture: Image.Image, rng: np.random.Generator, shot: Shot) -> Image.Image:
    """Light that falls off to a side, perhaps a shadow's edge and a spot of glare; colour cast of the lamp."""
    y, x = np.mgrid[0 : picture.height, 0 : picture.width].astype(np.float32)
    u, v = x / picture.width - 0.5, y / picture.height - 0.5
    way = rng.uniform(0, 6.28)
    light = rng.uniform(*shot.light) * (1 + shot.slope * (u * np.cos(way) + v * np.sin(way)) * 1.4)
    if rng.random() < shot.shadow:
        edge = u * np.cos(way + 1) + v * np.sin(way + 1) - rng.uniform(-0.25, 0.25)
        light = light * (1 - rng.uniform(0.2, 0.45) / (1 + np.exp(-edge * rng.uniform(15, 60))))
    cast = np.array([rng.uniform(0.95, 1.06), 1.0, rng.uniform(0.9, 1.05)], np.float32)
    pixels = np.asarray(picture, np.float32) * light[..., None].astype(np.float32) * (1.0 if shot.grey else cast)
    if rng.random() < shot.glare:
        spot = np.exp(
            -(
                ((u - rng.uniform(-0.3, 0.3)) / rng.uniform(0.03, 0.1)) ** 2
                + ((v - rng.uniform(-0.3, 0.3)) / rng.uniform(0.03, 0.1)) ** 2
            )
        )
        pixels = pixels + spot[..., None] * rng.uniform(60, 200)
    return as_image(pixels)


def developed(picture: Image.Image, rng: np.random.Generator, shot: Shot) -> bytes:
    """Blur, sensor noise, orientation (in pixels or in EXIF) and JPEG compression."""
    picture = picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(*shot.blur))))
    if shot.motion:
        kernel = np.zeros((5, 5))
        kernel[2, 2 - shot.motion // 2 : 3 + shot.motion // 2] = 1
        kernel = kernel if rng.random() < 0.5 else kernel.T
        picture = picture.filter(ImageFilter.Kernel((5, 5), [float(k) for k in kernel.ravel()]))
    pixels = np.asarray(picture, np.float64)
    pixels = pixels + rng.normal(0, rng.uniform(*shot.noise), pixels.shape)
    picture, exif = as_image(pixels), Image.Exif()
    if rng.random() < shot.turned:
        turn = int(rng.integers(1, 4))
        picture = picture.rotate(90 * turn, expand=True)
        if rng.random() < 0.4:
            exif[0x0112] = {1: 6, 2: 3, 3: 8}[turn]
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=int(rng.integers(*shot.quality)), exif=exif)
    return out.getvalue()


def smooth_noise(rng: np.random.Generator, size: tuple[int, int], cells: int) -> Array:
    """Soft noise in 0..1, `cells` lumps across, of shape (height, width)."""
    coarse = Image.fromarray((rng.random((cells, cells)) * 255).astype(np.uint8))
    return np.asarray(np.asarray(coarse.resize(size, Image.Resampling.BICUBIC)) / 255, np.float32)


def as_image(pixels: npt.NDArray[np.floating]) -> Image.Image:
    """RGB image of pixel values that may lie outside 0..255."""
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
