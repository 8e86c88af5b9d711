"""Decides what stands on a line, by the PP-OCR recogniser that the package `rapidocr` carries in its wheel.

The only module that knows onnxruntime. Only the model file is taken from `rapidocr`, none of its code: nothing can be
downloaded. Refuses to know where lines are and what they mean.
"""

import functools
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ocr.ctc import best_path
from ocr.engine import Array, EngineFailure, Grey, Text

MODEL = "PP-OCRv6_rec_small.onnx"
LINE_PX = 48  # height of a line for this model
LEAST = 1e-7  # probability below which nothing is told apart
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;/-'()&+|"
DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The model in memory and which of its classes are this card's signs (0 is blank)."""

    session: object
    classes: npt.NDArray[np.int64]
    digits: npt.NDArray[np.int64]


class PpOcr:
    """The recogniser, loaded once per process on first use."""

    def read(self, strips: Sequence[Grey], *, timeout_s: float = 8.0) -> tuple[Text, ...]:
        """See `Engine.read`. Lines are read one by one, each at its own width: a batch would be padded to the widest."""
        del timeout_s  # a line takes some 50 ms; who calls asks for few at a time
        model = loaded()
        return tuple(Text(best_path(run(model, strip)[:, model.classes], SIGNS)) for strip in strips)

    def digits(self, strip: Grey) -> Array | None:
        """See `Engine.digits`."""
        model = loaded()
        found = run(model, strip)
        chosen = found[:, model.digits]
        rest = np.maximum(1.0 - chosen.sum(1, keepdims=True), 0.0)
        return np.asarray(np.log(np.maximum(np.concatenate([chosen, rest], axis=1), LEAST)), np.float32)


@functools.cache
def model_path() -> Path | None:
    """Where the model's file lies; None when `rapidocr` or `onnxruntime` is not installed."""
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None or importlib.util.find_spec("onnxruntime") is None:
        return None
    path = Path(spec.origin).parent / "models" / MODEL
    return path if path.exists() else None


@functools.cache
def loaded() -> Loaded:
    """The model, on one thread and without a memory arena.

    Raises:
        EngineFailure: It is not installed, or is not the model this module knows.
    """
    path = model_path()
    if path is None:
        raise EngineFailure("the recogniser is not installed")
    import onnxruntime  # noqa: PLC0415  # 50 MB of memory that a reader with another engine does not need

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        known = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    except Exception as error:  # whatever onnxruntime raises for a broken file
        raise EngineFailure("the recogniser could not be loaded") from error
    place = {sign: index + 1 for index, sign in enumerate(known)} | {" ": len(known) + 1}
    classes = np.array([0, *(place[sign] for sign in SIGNS)])
    return Loaded(session, classes, np.array([0, *(place[sign] for sign in DIGITS)]))


def run(model: Loaded, strip: Grey) -> Array:
    """Probabilities of all classes, shape (columns, classes); a column is 8 px of the line at 48 px height."""
    height, width = strip.shape
    size = (max(16, round(width * LINE_PX / height)), LINE_PX)
    line = strip if (width, height) == size else cv2.resize(strip, size, interpolation=cv2.INTER_AREA)
    values = np.asarray(line, np.float32) / 127.5 - 1
    batch = np.ascontiguousarray(np.broadcast_to(values, (1, 3, *values.shape)))
    return np.asarray(model.session.run(None, {"x": batch})[0][0], np.float32)  # type: ignore[attr-defined]
