"""A turn: what one message leads to. Where the talk stands next, what is said, what is asked of the register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.flow.operations.contract import Operation
from bot.messages import NOTHING, Reply


@dataclass(frozen=True, slots=True)
class Turn:
    """The outcome of `advance`.

    Attributes:
        step: the step the talk stands at from now on.
        pending: the data of its question (strings only).
        replies: what is said, in order.
        operations: what the register is asked to do, in order, in the same transaction.
    """

    step: str
    pending: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)
    replies: tuple[Reply, ...] = ()
    operations: tuple[Operation, ...] = ()
