"""Decides the digit classifier's weights: drawn NIK lines in, `ocr/data/digits.npz` out. Never run by the product.

python -m tests.cards.train --lines 12000 --epochs 10
"""

import argparse
import io
import itertools
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from ocr.strip import WINDOW_H, WINDOW_W, normalised
from tests.cards.draw import FONTS, OCR_A, OCR_A_BOLD, SANS, SANS_BOLD, font, guilloche

Array = npt.NDArray[np.float32]
NONE = 10
MARGIN = 40
FACES = (OCR_A, OCR_A, OCR_A, OCR_A_BOLD, OCR_A_BOLD, SANS, SANS_BOLD, FONTS / "ocr-a/OCRACondensed.ttf")
CAP = {"OCRA.ttf": 0.739, "OCRABold.ttf": 0.77, "OCRACondensed.ttf": 0.739}


def drawn_line(rng: np.random.Generator, ground: Image.Image) -> tuple[Image.Image, list[tuple[float, int]]]:
    """A grey NIK line with digits 40 px high on a guilloche; centres (x, digit) on its pixels, middle at y = 60."""
    face_path = FACES[int(rng.integers(len(FACES)))]
    size = 40 / CAP.get(face_path.name, 0.716)
    face = font(face_path, size / 15)
    x0, y0 = int(rng.integers(0, 300)), int(rng.integers(0, 600))
    image = ground.crop((x0, y0, x0 + 980, y0 + 120)).resize((980, 120))
    draw, ink = ImageDraw.Draw(image), int(rng.integers(10, 90))
    x, centres = float(rng.uniform(60, 110)), []
    draw.text((x - rng.uniform(20, 45), 80), ":", (ink,) * 3, font(SANS_BOLD, size / 15), anchor="ls")
    spacing = float(rng.uniform(0, 0.05)) * size
    for digit in rng.integers(0, 10, 16):
        advance = face.getlength(str(digit))
        draw.text((x, 80), str(digit), (ink,) * 3, face, anchor="ls")
        centres.append((x + advance / 2, int(digit)))
        x += advance + spacing
    if rng.random() < 0.3:
        left = x + rng.uniform(6, 60)
        draw.rectangle((left, rng.uniform(0, 90), 990, 130), (int(rng.integers(60, 200)), 50, int(rng.integers(40, 200))))
    clutter(draw, rng, ink)
    return image.convert("L"), centres


def clutter(draw: ImageDraw.ImageDraw, rng: np.random.Generator, ink: int) -> None:
    """Parts of the header above and of the rows below, scratches."""
    words = ["KABUPATEN", "ACEH", "SELATAN", "MEDAN", "NAMA", "TEMPAT", "LAHIR", "SITI", "HARAHAP"]
    text = " ".join(words[int(i)] for i in rng.integers(0, len(words), 5))
    if rng.random() < 0.6:
        draw.text((rng.uniform(-50, 200), rng.uniform(14, 27)), text, (ink,) * 3, font(SANS_BOLD, 2.6), anchor="ls")
    if rng.random() < 0.6:
        draw.text((rng.uniform(-50, 200), rng.uniform(99, 120)), text, (ink,) * 3, font(SANS, 2.2), anchor="lt")
    for _ in range(int(rng.integers(0, 3)) if rng.random() < 0.3 else 0):
        x, y = rng.uniform(0, 980), rng.uniform(30, 90)
        draw.line((x, y, x + rng.normal(0, 150), y + rng.normal(0, 40)), (int(rng.integers(150, 230)),) * 3, 2)


def degraded(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """What distance, focus, light and the messenger's JPEG leave of a line; same size as before."""
    scale = float(np.exp(rng.uniform(np.log(9), np.log(30)))) / 40
    small = image.resize((max(8, int(image.width * scale)), max(4, int(image.height * scale))), Image.Resampling.BOX)
    small = small.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 1.25)) * max(0.5, scale * 1.6)))
    pixels: npt.NDArray[np.floating] = np.asarray(small, np.float32)
    if rng.random() < 0.15:
        pixels = 255 / (1 + np.exp(-(pixels - rng.uniform(110, 150)) / rng.uniform(10, 30)))
    contrast = rng.uniform(0.3, 1.05)
    x = np.linspace(-1, 1, pixels.shape[1])[None]
    pixels = (pixels * contrast + rng.uniform(0, 150)) * (1 + rng.uniform(-0.25, 0.25) * x)
    if rng.random() < 0.15:
        pixels = pixels + rng.uniform(30, 110) * np.exp(-(((x - rng.uniform(-1, 1)) / rng.uniform(0.05, 0.3)) ** 2))
    pixels = pixels + rng.normal(0, rng.uniform(0.5, 9), pixels.shape)
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=int(rng.integers(45, 95)))
    return Image.open(out).resize(image.size, Image.Resampling.BICUBIC)


def samples(rng: np.random.Generator, ground: Image.Image) -> tuple[Array, list[int]]:
    """Windows of one line with their labels: every digit once or twice, and places that are no digit's centre."""
    image, centres = drawn_line(rng, ground)
    image = degraded(image, rng)
    cut, labels = [], []
    tilt, height = float(rng.normal(0, 0.012)), float(rng.uniform(0.88, 1.14))
    stretch = height * float(rng.uniform(0.86, 1.16))
    shift = float(rng.uniform(-2.2, 2.2)) * 2
    pitch = centres[1][0] - centres[0][0]
    places = [(x + float(rng.uniform(-2.5, 2.5)), digit) for x, digit in centres for _ in range(2)]
    places += [(x + pitch * (0.5 + float(rng.uniform(-0.13, 0.13))), NONE) for x, _ in centres]
    places += [(centres[0][0] - pitch * float(rng.uniform(0.5, 2.2)), NONE) for _ in range(2)]
    places += [(centres[-1][0] + pitch * float(rng.uniform(0.9, 2.2)), NONE) for _ in range(2)]
    half_w, half_h = WINDOW_W * stretch, WINDOW_H * height  # twice the window: the line is drawn at 40 px
    for x, label in places:
        y = 60 + shift + tilt * (x - 490)
        box = (x - half_w, y - half_h, x + half_w, y + half_h)
        window = image.transform((WINDOW_W, WINDOW_H), Image.Transform.EXTENT, box, Image.Resampling.BILINEAR)
        cut.append(np.asarray(window, np.float32).ravel())
        labels.append(label)
    return normalised(np.stack(cut)), labels


def dataset(seed: int, lines: int) -> tuple[Array, npt.NDArray[np.int64]]:
    """Windows and labels of `lines` drawn lines."""
    rng = np.random.default_rng(seed)
    grounds = [guilloche(np.random.default_rng([seed, i])) for i in range(12)]
    xs, ys = [], []
    for i in range(lines):
        x, y = samples(rng, grounds[i % 12])
        xs.append(x.astype(np.float16))
        ys += y
    return np.concatenate(xs), np.array(ys)


def train(x: Array, y: npt.NDArray[np.int64], *, epochs: int, seed: int) -> list[Array]:
    """Weights of a perceptron with two hidden layers, by Adam on cross-entropy."""
    rng = np.random.default_rng(seed)
    sizes = (x.shape[1], 320, 96, 11)
    weights: list[Array] = []
    for a, b in itertools.pairwise(sizes):
        weights += [rng.normal(0, np.sqrt(2 / a), (a, b)).astype(np.float32), np.zeros(b, np.float32)]
    first, second = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    batch, step = 256, 0
    steps = epochs * (len(x) // batch)
    for epoch in range(epochs):
        order, wrong = rng.permutation(len(x)), 0
        for start in range(0, len(x) - batch + 1, batch):
            pick = order[start : start + batch]
            xb = x[pick].astype(np.float32)
            keep = (rng.random((batch, sizes[1])) > 0.15) / 0.85
            grads, bad = gradients(weights, xb, y[pick], keep.astype(np.float32))
            wrong += bad
            step += 1
            rate = 1.5e-3 * 0.5 * (1 + np.cos(np.pi * step / steps)) + 1e-6
            for i, g in enumerate(grads):
                first[i] += 0.1 * (g - first[i])
                second[i] += 0.001 * (g * g - second[i])
                weights[i] -= (rate * (first[i] / (1 - 0.9**step)) / (np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8)).astype(
                    np.float32
                )
        print(f"epoch {epoch}: {wrong / len(x):.4%} wrong", flush=True)  # noqa: T201  # a tool by hand
    return weights


def gradients(w: list[Array], x: Array, y: npt.NDArray[np.int64], keep: Array) -> tuple[list[Array], int]:
    """Gradients of the mean cross-entropy, and how many of the batch were wrong."""
    h1 = np.maximum(x @ w[0] + w[1], 0) * keep
    h2 = np.maximum(h1 @ w[2] + w[3], 0)
    z = h2 @ w[4] + w[5]
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    wrong = int((p.argmax(1) != y).sum())
    p[np.arange(len(y)), y] -= 1
    p /= len(y)
    d2 = (p @ w[4].T) * (h2 > 0)
    d1 = (d2 @ w[2].T) * (h1 > 0) * keep
    return [x.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ p, p.sum(0)], wrong


def main() -> None:
    """Trains, measures on lines of other seeds, writes the weights."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=12000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--out", type=Path, default=Path("ocr/data/digits.npz"))
    args = parser.parse_args()
    x, y = dataset(1, args.lines)
    weights = train(x, y, epochs=args.epochs, seed=1)
    x, y = dataset(2, 800)
    keep = np.ones((len(x), weights[1].size), np.float32)
    _, wrong = gradients(weights, x.astype(np.float32), y, keep)
    print(f"unseen: {wrong / len(x):.4%} of {len(x)} wrong")  # noqa: T201  # a tool by hand
    w0, w1, w2, w3, w4, w5 = (w.astype(np.float16) for w in weights)
    np.savez_compressed(args.out, w0=w0, w1=w1, w2=w2, w3=w3, w4=w4, w5=w5)


if __name__ == "__main__":
    main()
