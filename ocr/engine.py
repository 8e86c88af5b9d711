"""Decides what a text engine is for the rest of this room: words with boxes. Knows no engine by name."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]


class EngineFailure(Exception):  # the domain's word; becomes Cause.ENGINE
    """The engine is missing, crashed or answered nonsense."""


class EngineTimeout(EngineFailure):
    """The engine did not answer within its time."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word in pixels of the image given to the engine; `line` is equal for words of one line."""

    text: str
    left: int
    top: int
    width: int
    height: int
    confidence: float
    line: int

    @property
    def right(self) -> int:
        """The pixel column after the word."""
        return self.left + self.width

    @property
    def middle_y(self) -> float:
        """The row through the word's middle."""
        return self.top + self.height / 2


class Engine(Protocol):
    """Anything that finds words in a grey image."""

    def words(self, image: Grey, *, single_line: bool = False, timeout_s: float = 8.0) -> tuple[Word, ...]:
        """The words of `image` (uint8, shape (height, width)) in reading order.

        Args:
            image: Grey values.
            single_line: True when the image holds one line only.
            timeout_s: Seconds after which `EngineTimeout` is raised.

        Raises:
            EngineFailure: The engine is missing, crashed or answered nonsense.
        """
        ...
