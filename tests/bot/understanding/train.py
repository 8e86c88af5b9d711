"""`python -m tests.bot.understanding.train`: weighs the learned model from the labelled sentences, always alike.

Multinomial logistic regression, stochastic descent with AdaGrad steps (Duchi, Hazan, Singer 2011), sentences in a seeded
order; weights are rounded to signed bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.understanding import learned
from bot.understanding.sentence import read_sentence

DATA = Path(__file__).parent / "data"
SENTENCES = "intents_*.txt"
CLASSES = (
    "yes", "no", "cancel", "back", "restart", "help", "status", "human", "delete_my_data", "language", "greet", "unknown",
)  # fmt: skip
ROUNDS, STEP, DECAY, SEED = 14, 0.5, 1e-6, 20261122
FULL = 127

Labelled = tuple[str, frozenset[str]]
Weights = NDArray[np.float64]


def labelled(folder: Path = DATA) -> Iterator[Labelled]:
    """Every sentence with the classes of which each is right for it."""
    for path in sorted(folder.glob(SENTENCES)):
        classes: frozenset[str] = frozenset()
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("== "):
                classes = frozenset(line.removeprefix("== ").split("|"))
            elif line and not line.startswith("# "):
                yield line, classes


def weighed(sentences: Sequence[Labelled]) -> Weights:
    """The weights, a row for each bucket and a column for each class."""
    found = [_features(text) for text, _ in sentences]
    wanted = np.array([[name in classes for name in CLASSES] for _, classes in sentences], dtype=float)
    wanted /= wanted.sum(axis=1, keepdims=True)
    weights = np.zeros((learned.BUCKETS, len(CLASSES)))
    steps = np.full_like(weights, 1e-2)
    order = np.random.default_rng(SEED)
    for _ in range(ROUNDS):
        for index in order.permutation(len(found)):
            rows = found[index]
            slope = (likely(weights, rows) - wanted[index]) / np.sqrt(len(rows))
            steps[rows] += slope * slope
            weights[rows] -= STEP * slope / np.sqrt(steps[rows]) + DECAY * weights[rows]
    return weights


def likely(weights: Weights, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """How likely each class is for a sentence with these features."""
    sums = weights[rows].sum(axis=0) / np.sqrt(max(len(rows), 1))
    raised = np.exp(sums - sums.max())
    return np.asarray(raised / raised.sum())


def packed(weights: Weights, sentences: Sequence[Labelled]) -> bytes:
    """The file that `bot.understanding.learned` reads."""
    scale = float(np.abs(weights).max()) / FULL
    met = np.zeros(learned.BUCKETS, dtype="<u2")
    for text, classes in sentences:
        bits = sum(1 << place for place, name in enumerate(CLASSES) if name in classes)
        words = read_sentence(text).words
        for name in (learned.whole_feature(words), *map(learned.word_feature, words)):
            met[learned.bucket(name)] |= bits
    about = {"classes": CLASSES, "scale": scale, "sentences": len(sentences), "sha256": fingerprint()}
    body = np.rint(weights.T / scale).astype(np.int8).tobytes() + met.tobytes()
    return zlib.compress(json.dumps(about).encode() + b"\n" + body, 9)


def fingerprint() -> str:
    """What the sentences are, in short."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(DATA.glob(SENTENCES)))).hexdigest()


def _features(text: str) -> NDArray[np.int64]:
    return np.array(sorted(learned.features(text, read_sentence(text).words)), dtype=np.int64)


if __name__ == "__main__":
    everything = list(labelled())
    path = Path(learned.__file__).parent / "data" / learned.FILE
    path.write_bytes(packed(weighed(everything), everything))
    sys.stdout.write(f"{len(everything)} sentences, {path.stat().st_size} bytes: {path}\n")
