"""Several sheets of one file, each a list of members, as one list: columns by what they hold, lines in the sheets' order.

Decides which sheets count: one that names itself a copy, an archive or a list of heirs does not, beside others.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from models.catalogue.digits import fold
from models.catalogue.word_lists import bag
from models.referral.reading.cells import text_of
from models.referral.reading.headings import Column, is_of_another
from models.referral.reading.listed import Listing, Row

_ASIDE = bag(
    """
    lama old arsip archive backup cadangan salinan copy contoh sample format template keluar nonaktif non berhenti mundur
    meninggal hapus coret pindah
    """
)


def is_aside(title: str) -> bool:
    """Whether a sheet of this name is not meant, where another one is a list too."""
    return is_of_another(title) or bool(_ASIDE & set(re.findall(r"[a-z]+", fold(title))))


def joined(listings: Sequence[Listing]) -> Listing:
    """One list of them all.

    Lines go on counting where the sheet before ended. A line whose NIK and name stood on a sheet before says nothing new.
    """
    if len(listings) == 1:
        return listings[0]
    headings, columns = list(listings[0].headings), dict(listings[0].columns)
    rows: list[Row] = []
    uncomputed: set[tuple[int, int]] = set()
    seen: set[tuple[str, str]] = set()
    for listing in listings:
        before = rows[-1].number if rows else 0
        places = _places(listing, headings, columns)
        fresh = [(row, _who(listing, row)) for row in listing.rows]
        rows += [Row(before + row.number, _moved(row.cells, places)) for row, who in fresh if who not in seen]
        seen |= {who for _, who in fresh if who[0]}
        uncomputed |= {(before + number, places[column]) for number, column in listing.uncomputed if column in places}
    return Listing(headings, columns, rows, frozenset(uncomputed))


def _places(listing: Listing, headings: list[str], columns: dict[Column, int]) -> Mapping[int, int]:
    """Where each column of the sheet goes; one that no sheet before had is added."""
    holds = {at: column for column, at in listing.columns.items()}
    places: dict[int, int] = {}
    for at, heading in enumerate(listing.headings):
        column = holds.get(at)
        taken = {*places.values(), *columns.values()}
        place = columns.get(column) if column is not None else _alike(heading, headings, taken)
        if place is None:
            place = len(headings)
            headings.append(heading)
        if column is not None:
            columns[column] = place
        places[at] = place
    return places


def _alike(heading: str, headings: Sequence[str], taken: set[int]) -> int | None:
    return next((at for at, other in enumerate(headings) if at not in taken and fold(other) == fold(heading)), None)


def _moved(cells: Sequence[Any], places: Mapping[int, int]) -> tuple[Any, ...]:
    width = max((places[at] for at in range(len(cells))), default=-1) + 1
    moved: list[Any] = [""] * width
    for at, cell in enumerate(cells):
        moved[places[at]] = cell
    return tuple(moved)


def _who(listing: Listing, row: Row) -> tuple[str, str]:
    return text_of(listing.cell(row, Column.NIK)), fold(text_of(listing.cell(row, Column.NAME)))
