"""Decides how a drawn KTP looks, flat and perfect. Refuses to know cameras (see `photo`) and the reader."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tests.cards.people import Truth, invent

MM = 15.0  # pixels a millimetre
WIDTH, HEIGHT = round(85.6 * MM), round(53.98 * MM)
FONTS = Path("/usr/share/fonts/truetype")
OCR_A, OCR_A_BOLD = FONTS / "ocr-a/OCRA.ttf", FONTS / "ocr-a/OCRABold.ttf"
SANS, SANS_BOLD = FONTS / "liberation/LiberationSans-Regular.ttf", FONTS / "liberation/LiberationSans-Bold.ttf"
INK = (28, 28, 34)
LINE_SIGNS = 27  # of a value, before it would run into the portrait

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Card:
    """A flat card: RGB image of 85.6 x 53.98 mm at 15 pixels a millimetre, and what is printed on it."""

    image: Image.Image
    truth: Truth


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand on this card, in millimetres; cards of different printers differ a little."""

    label_x: float
    colon_x: float
    first_row_y: float
    row_pitch: float
    font: float
    nik_y: float
    nik_x: float
    nik_font: Path
    nik_size: float


def fonts_installed() -> bool:
    """True when the fonts of Debian's fonts-ocr-a and fonts-liberation are there."""
    return all(path.exists() for path in (OCR_A, OCR_A_BOLD, SANS, SANS_BOLD))


def font(path: Path, size_mm: float) -> Font:
    """The face at `size_mm` of em height; Pillow's own face where Debian's fonts are missing."""
    size = size_mm * MM
    return ImageFont.truetype(str(path), size) if path.exists() else ImageFont.load_default(size)


def draw_card(seed: int, **overrides: object) -> Card:
    """A KTP of a fictional person, always the same for the same seed; `overrides` name fields of `Truth`."""
    truth = invent(seed, **overrides)
    rng = np.random.default_rng([seed, 2])
    layout = choose_layout(rng)
    image = guilloche(rng)
    draw = ImageDraw.Draw(image)
    header(draw, truth, layout)
    nik_row(draw, truth, layout)
    rows(draw, truth, layout)
    portrait(draw, truth, rng)
    return Card(image, truth)


def choose_layout(rng: np.random.Generator) -> Layout:
    """One of the layouts that printers produce; a quarter of them print the NIK in an Arial-like face."""
    arial = rng.random() < 0.25
    face = (SANS_BOLD if rng.random() < 0.5 else SANS) if arial else (OCR_A_BOLD if rng.random() < 0.3 else OCR_A)
    return Layout(
        label_x=float(rng.uniform(2.6, 4.2)),
        colon_x=float(rng.uniform(22.6, 24.0)),
        first_row_y=float(rng.uniform(16.4, 17.8)),
        row_pitch=float(rng.uniform(2.65, 2.85)),
        font=float(rng.uniform(2.3, 2.55)),
        nik_y=float(rng.uniform(10.9, 11.8)),
        nik_x=float(rng.uniform(16.8, 19.0)),
        nik_font=face,
        nik_size=float(rng.uniform(3.8, 4.15)),
    )


def guilloche(rng: np.random.Generator) -> Image.Image:
    """The light-blue ground with fine waves."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    phase = rng.uniform(0, 6.28, 4)
    waves = np.sin(y / 5 + 6 * np.sin(x / 90 + phase[0]) + phase[1]) + np.sin((x + y) / 7 + 5 * np.sin(y / 70 + phase[2]))
    slope = (x / WIDTH - 0.5) * 14 * np.cos(phase[3])
    base = np.array([rng.uniform(165, 192), rng.uniform(205, 222), rng.uniform(226, 240)], np.float32)
    ground = base + (waves * 5 + slope)[..., None] * np.array([1.3, 1.0, 0.6], np.float32)
    return Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8), "RGB")


def header(draw: ImageDraw.ImageDraw, truth: Truth, layout: Layout) -> None:
    """Province and regency, centred."""
    face = font(SANS_BOLD, layout.font * 1.28)
    for line, y in ((truth.province, 2.6), (truth.regency, 6.1)):
        draw.text((WIDTH / 2, y * MM), line, INK, face, anchor="mt")


def nik_row(draw: ImageDraw.ImageDraw, truth: Truth, layout: Layout) -> None:
    """The NIK in its larger face."""
    label = font(SANS_BOLD, layout.nik_size * 0.9)
    base = (layout.nik_y + 3.2) * MM
    draw.text((layout.label_x * MM, base), "NIK", INK, label, anchor="ls")
    draw.text(((layout.nik_x - 2.2) * MM, base), ":", INK, label, anchor="ls")
    draw.text((layout.nik_x * MM, base), truth.nik, INK, font(layout.nik_font, layout.nik_size), anchor="ls")


def lines_of(truth: Truth) -> list[tuple[str, str]]:
    """Labels and values, top to bottom."""
    return [
        ("Nama", truth.name),
        ("Tempat/Tgl Lahir", f"{truth.birth_place}, {truth.birth_date:%d-%m-%Y}"),
        ("Jenis Kelamin", "LAKI-LAKI" if truth.sex == "L" else "PEREMPUAN"),
        *zip(("Alamat", ""), address_lines(truth.address), strict=False),
        ("   RT/RW", truth.rt_rw),
        ("   Kel/Desa", truth.village),
        ("   Kecamatan", truth.district),
        ("Agama", truth.religion),
        ("Status Perkawinan", truth.marital),
        ("Pekerjaan", truth.occupation),
        ("Kewarganegaraan", truth.citizenship),
        ("Berlaku Hingga", truth.valid_until),
    ]


def address_lines(address: str) -> list[str]:
    """The address as it is printed: up to the portrait, the rest on a second line."""
    if len(address) <= LINE_SIGNS:
        return [address]
    first = address[: LINE_SIGNS + 1].rsplit(" ", 1)[0]
    return [first, address[len(first) + 1 :]]


def rows(draw: ImageDraw.ImageDraw, truth: Truth, layout: Layout) -> None:
    """Twelve rows of label, colon, value; thirteen where the address needs two."""
    face, lines = font(SANS, layout.font), lines_of(truth)
    pitch = layout.row_pitch if len(lines) == 12 else min(layout.row_pitch, (51.6 - layout.first_row_y) / 12)
    for index, (label, value) in enumerate(lines):
        y = (layout.first_row_y + index * pitch + 1.8) * MM
        if label:
            draw.text((layout.label_x * MM, y), label, INK, face, anchor="ls")
            draw.text((layout.colon_x * MM, y), ":", INK, face, anchor="ls")
        draw.text(((layout.colon_x + 1.1) * MM, y), value, INK, face, anchor="ls")
        if label == "Jenis Kelamin":
            draw.text((45 * MM, y), f"Gol. Darah : {truth.blood}", INK, face, anchor="ls")


def portrait(draw: ImageDraw.ImageDraw, truth: Truth, rng: np.random.Generator) -> None:
    """A head without features on red (odd birth year) or blue (even); place and date of issue below."""
    left, top, right, bottom = 63 * MM, 15.6 * MM, 82.5 * MM, 39.6 * MM
    draw.rectangle((left, top, right, bottom), (190, 35, 40) if truth.birth_date.year % 2 else (40, 80, 180))
    middle, skin = (left + right) / 2, (int(rng.integers(130, 205)), 120, 90)
    draw.ellipse((middle - 9 * MM, 30 * MM, middle + 9 * MM, 51 * MM), (70, 70, 85))
    draw.rectangle((left, bottom, right, bottom + 11.6 * MM), (178, 212, 232))
    draw.ellipse((middle - 5 * MM, 18.5 * MM, middle + 5 * MM, 32 * MM), skin)
    draw.pieslice((middle - 5.4 * MM, 17.5 * MM, middle + 5.4 * MM, 28 * MM), 180, 360, (25, 20, 20))
    small = font(SANS, 2.0)
    draw.text((middle, 41 * MM), truth.regency.removeprefix("KABUPATEN ").removeprefix("KOTA "), INK, small, anchor="mt")
    draw.text(
        (middle, 43.6 * MM), f"{int(rng.integers(1, 28)):02d}-0{int(rng.integers(1, 9))}-2017", INK, small, anchor="mt"
    )
    steps = [(middle + (i - 8) * 12, 48 * MM + 22 * math.sin(i * float(rng.uniform(0.8, 1.6)))) for i in range(17)]
    draw.line(steps, (30, 30, 60), 3)


def mark_sample(card: Card) -> Card:
    """The same card with CONTOH printed in its lower right corner, so that nobody takes it for a real one."""
    image = card.image.copy()
    ImageDraw.Draw(image).text((WIDTH - 3 * MM, HEIGHT - 2 * MM), "CONTOH", (200, 30, 30), font(SANS_BOLD, 4.6), anchor="rs")
    return Card(image.filter(ImageFilter.GaussianBlur(0.6)), card.truth)
