"""Decides which photos are judged: drawn cards and look-alikes of judging seeds, in fixed shares. Knows no reader."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.cards.draw import Card, draw_card
from tests.cards.lookalike import KINDS, draw_lookalike
from tests.cards.people import Truth, invent
from tests.cards.photo import UNREADABLE, photograph
from tests.cards.seeds import FIRST_JUDGING

#: Shares of the five conditions that the goals are set for.
MAIN = {"clean": 8, "good": 18, "hard": 24, "copy": 8, "worn": 8}
#: Must be read all the same: a tenth as many photos each.
MORE = ("page", "glare_elsewhere", "screen")
#: What can hardly be read or not at all, with the causes that help the person: a twentieth as many each.
CAUSES = {
    "dark": ("too_dark",),
    "blurred": ("blurred",),
    "glare_nik": ("glare",),
    "covered_nik": ("nik_covered",),
    "cut_off": ("cut_off",),
    "small": ("too_small", "no_card"),  # both tips say: nearer
}
assert set(CAUSES) == UNREADABLE
LOOKALIKE = "lookalike"


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo to be judged: its file name, its condition (`lookalike:KIND` for what is no KTP), its seed."""

    file: str
    condition: str
    seed: int

    @property
    def card(self) -> Card:
        """The card that was photographed."""
        kind = self.condition.partition(":")[2]
        return draw_lookalike(self.seed, kind) if kind else draw_card(self.seed)


def plan(count: int) -> list[Shot]:
    """The photos: `count` of the five main conditions, and fewer of the others; none of a tuning seed."""
    total = sum(MAIN.values())
    wanted = {name: max(1, round(count * share / total)) for name, share in MAIN.items()}
    wanted |= {name: max(1, count // 10) for name in MORE}
    wanted |= {name: max(1, count // 20) for name in CAUSES}
    wanted |= {f"{LOOKALIKE}:{kind}": max(1, count // 5 // len(KINDS)) for kind in KINDS}
    return [shot for name, number in wanted.items() for shot in _shots(name, number)]


def _shots(condition: str, number: int) -> Iterator[Shot]:
    for index in range(number):
        seed = FIRST_JUDGING + index
        yield Shot(f"{condition.replace(':', '-')}-{seed}.jpg", condition, seed)


def make(shots: list[Shot], folder: Path, say: Callable[[str], None]) -> None:
    """Every photo stands in the folder; those that stand there already stay."""
    missing = [shot for shot in shots if not (folder / shot.file).exists()]
    say(f"{len(missing)} of {len(shots)} photos to draw")
    with ProcessPoolExecutor(2) as pool:
        for number, (shot, data) in enumerate(zip(missing, pool.map(taken, missing, chunksize=4), strict=True), 1):
            (folder / "unfinished").write_bytes(data)
            (folder / "unfinished").rename(folder / shot.file)
            if number % 100 == 0:
                say(f"{number} of {len(missing)} drawn")


def taken(shot: Shot) -> bytes:
    """JPEG bytes; look-alikes are photographed in good and in clean condition in turn."""
    condition = shot.condition if ":" not in shot.condition else ("good", "clean")[shot.seed % 2]
    return photograph(shot.card, shot.seed, condition)


def truth_of(shot: Shot) -> dict[str, str]:
    """What is printed on the card, by the names of `ocr.verdict.Reading`, spelled as a reading spells it."""
    return printed(invent(shot.seed))


def printed(truth: Truth) -> dict[str, str]:
    """The fields of a drawn card by the names of a reading's."""
    plain = {name: str(value) for name, value in asdict(truth).items()}
    expires = truth.valid_until
    if re.fullmatch(r"\d\d-\d\d-\d{4}", expires):
        expires = dt.datetime.strptime(expires, "%d-%m-%Y").replace(tzinfo=dt.UTC).date().isoformat()
    plain |= {"marital_status": plain.pop("marital"), "valid_until": expires, "birth_date": truth.birth_date.isoformat()}
    return plain | {"province": truth.province.removeprefix("PROVINSI ")}


def write_plan(shots: list[Shot], folder: Path, file: Path) -> None:
    """The paths of the photos stand in a file, for the readers' processes."""
    file.write_text(json.dumps([str(folder / shot.file) for shot in shots]))
