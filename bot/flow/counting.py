"""What one turn means for the figures of where people stop: which question was reached, answered, or not answered.

Pure. Knows steps and the keys of what was said, no person, no words and no time of day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from bot.flow.advance import Event
from bot.flow.operations.worker import PhotoRead
from bot.flow.registration.order import CHOOSE, CONFIRMATIONS, DONE, HANDOVER, PHOTO, START, SUMMARY, WAIT, WHOM
from bot.flow.steps import STEPS
from bot.messages import Chosen, Contact, Document, Other, Photo, Reply, Text, Voice


class What(StrEnum):
    """What happened to a question."""

    REACHED = "reached"  # it was put, coming from another
    ANSWERED = "answered"  # it led on
    REFUSED = "refused"  # what came was not understood, or no valid answer


_SAID = (Text, Chosen, Photo, Document, Contact, Voice, Other)
_PLACE = {step: place for place, step in enumerate(STEPS)}
_CROSSROADS = frozenset({SUMMARY, CHOOSE, DONE, WHOM, WAIT}) | CONFIRMATIONS
"""Questions from which every way is an answer, also one to an earlier question."""
_BESIDE = CONFIRMATIONS | {HANDOVER}
_REFUSING = re.compile(
    r"any\.(?:unclear|voice|other|photo|document|contact)|(?:nik|phone)\.problem\..*|reg\..*\.(?:unclear|unknown|needed|type)"
)


def count(before: str, after: str, event: Event, replies: Sequence[Reply]) -> tuple[tuple[str, What], ...]:
    """(step, what happened there) of a turn; nothing for an officer's.

    Args:
        before: the step the talk stood at.
        after: the step it stands at now.
        event: what came in.
        replies: what was said.
    """
    before = before or START
    if after not in STEPS or before not in STEPS:
        return ()
    counts = [(after, What.REACHED)] if after != before else []
    if isinstance(event, PhotoRead) and not event.accepted:
        counts.append((PHOTO, What.REFUSED))
    elif isinstance(event, _SAID):
        if after == before and any(_REFUSING.fullmatch(reply.key) for reply in replies):
            counts.append((before, What.REFUSED))
        elif after != before and _leads_on(before, after):
            counts.append((before, What.ANSWERED))
    return tuple(counts)


def _leads_on(before: str, after: str) -> bool:
    """The way is an answer's, not "kembali" and not one to a question about something else."""
    if before in _BESIDE:
        return True
    return after not in _BESIDE and (before in _CROSSROADS or _PLACE[after] > _PLACE[before])
