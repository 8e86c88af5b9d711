"""Decides what a text engine is for the rest of this room: it reads strips of one line. Knows no engine by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float32]


class EngineFailure(Exception):  # the domain's word; becomes Cause.ENGINE
    """The engine is missing, crashed or answered nonsense."""


class EngineTimeout(EngineFailure):
    """The engine did not answer within its time."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a line: where its middle lies, as a share of the strip's width, and how sure it is, 0..1."""

    sign: str
    at: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Text:
    """What one strip says, sign by sign from left to right; spaces are signs."""

    signs: tuple[Sign, ...]

    @property
    def text(self) -> str:
        """The signs in a row."""
        return "".join(sign.sign for sign in self.signs)

    @property
    def confidence(self) -> float:
        """Mean confidence of the signs that are no spaces, 0 for an empty line."""
        sure = [sign.confidence for sign in self.signs if sign.sign != " "]
        return float(np.mean(sure)) if sure else 0.0


class Engine(Protocol):
    """Anything that reads strips."""

    def read(self, strips: Sequence[Grey], *, timeout_s: float = 8.0) -> tuple[Text, ...]:
        """What each strip says, in their order.

        Args:
            strips: Grey values, dark on light, 48 px high, each holding one line of print.
            timeout_s: Seconds after which `EngineTimeout` is raised.

        Raises:
            EngineFailure: The engine is missing, crashed or answered nonsense.
        """
        ...

    def digits(self, strip: Grey) -> Array | None:
        """Log-probabilities of blank, the ten digits and any other sign, shape (columns, 12); None if unknown.

        Raises:
            EngineFailure: As for `read`.
        """
        ...
