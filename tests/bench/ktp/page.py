"""Decides how the figures are written down: a page of tables, each goal beside its figure. Knows no photos."""

from __future__ import annotations

import platform
from collections.abc import Mapping

from tests.bench.ktp.photos import MAIN, MORE
from tests.bench.ktp.score import ALL, Score

#: Percent that must be reached, by condition.
GOALS: dict[str, dict[str, float]] = {
    "nik": {"clean": 100, "good": 99.5, "hard": 96, "copy": 99, "worn": 99, ALL: 98},
    "accepted": {"clean": 100, "good": 99, "hard": 92, "copy": 97, "worn": 98, ALL: 96},
    "name": {"clean": 97, "good": 96, "hard": 75, "copy": 80, "worn": 93, ALL: 88},
    "birth_date": {"clean": 100, "good": 99.5, "hard": 88, "copy": 95, "worn": 99, ALL: 95},
}
TOLD = {"nik": "NIK exact", "accepted": "accepted", "name": "name exact", "birth_date": "birth date exact"}
MEDIAN_S, P95_S, MEMORY_MB, FIRST_S = 1.2, 2.5, 700, 3.0
SILENT, NO_KTP = 1 / 1000, 1 / 200
SHOWN = 40


def write_page(
    ours: Score, scores: Mapping[str, Score], *, count: int, minutes: float, kept: Mapping[str, int]
) -> tuple[str, bool]:
    """The page, and whether the limits of safety were kept.

    Args:
        ours: Payung's figures on all photos.
        scores: Each contender's figures on the photos that all of them read.
        count: Photos of the five main conditions.
        minutes: How long the run took.
        kept: How many answers it found of an earlier run that was broken off, by contender.
    """
    unsafe, safe = safety(ours)
    earlier = ", ".join(f"{number} of {name}" for name, number in kept.items() if number)
    took = f"the last part of it {minutes:.0f} minutes" if earlier else f"{minutes:.0f} minutes"
    parts = [
        "# Reading the KTP, measured\n",
        f"Written by `make bench-ktp` (`--count {count}`, {took}, {platform.machine()}, one core each).",
        f"Answers kept from earlier parts of the run, which was broken off or done in parts: {earlier or 'none'}.",
        "All photos are drawn (`tests/cards`), of seeds that were never used for tuning. A dagger marks a goal missed.\n",
        "## Payung, percent\n",
        goals_table(ours),
        costs(ours),
        "## Beside others, NIK exact in percent\n",
        "The others need so much longer that they read a part of the photos: the first seeds of each condition, in the",
        "same shares. Payung's line here is of that part, too.\n",
        others_table(scores),
        "![NIK exact by condition](ktp-benchmark.svg)\n",
        "## Every field, percent exact on the five conditions together\n",
        fields_table(ours),
        "## What must be refused\n",
        *unsafe,
        causes_table(ours),
        "## Photos whose NIK was not read\n",
        failing(ours),
    ]
    return "\n".join(parts), safe


def goals_table(ours: Score) -> str:
    """Figure and goal by condition."""
    columns = [name for name in (*MAIN, ALL, *MORE) if name in ours.rows]
    lines = [heading("", columns), heading("photos", [str(ours.rows[name].photos) for name in columns])]
    lines.insert(1, "|---" * (len(columns) + 1) + "|")
    for what, told in TOLD.items():
        cells = []
        for name in columns:
            figure, goal = ours.rows[name].share(what), GOALS[what].get(name)
            missed = " †" if goal is not None and figure < goal else ""
            cells.append(f"{figure:.1f}{missed}" + (f" (≥ {goal:g})" if goal is not None else ""))
        lines.append(heading(told, cells))
    lines.append(heading("accepted with a wrong NIK (photos)", [str(ours.rows[name].silent) for name in columns]))
    return "\n".join(lines) + "\n"


def costs(ours: Score) -> str:
    """Time and memory with their goals."""
    figures = (
        ("CPU seconds a photo, median", ours.median_s, MEDIAN_S, ".2f"),
        ("CPU seconds a photo, p95", ours.p95_s, P95_S, ".2f"),
        ("memory, MB", ours.memory_mb, MEMORY_MB, ".0f"),
        ("first verdict after start, s", ours.first_s, FIRST_S, ".1f"),
    )
    lines = ["| | measured | goal |", "|---|---|---|"]
    lines += [
        f"| {what} | {value:{form}}{' †' if value > goal else ''} | ≤ {goal:g} |" for what, value, goal, form in figures
    ]
    return "\n".join(lines) + "\n"


def others_table(scores: Mapping[str, Score]) -> str:
    """NIK exact by condition, wrong ones, time and memory of each contender."""
    columns = [*MAIN, ALL]
    lines = [
        heading("", ["photos", *columns, "wrong NIK accepted", "name / birth date", "CPU s median / p95", "MB"]),
        "|---" * (len(columns) + 6) + "|",
    ]
    for name, one in scores.items():
        every = one.rows[ALL]
        cells = [str(every.photos), *(f"{one.rows[column].share('nik'):.0f}" for column in columns), str(every.silent)]
        cells.append(f"{every.share('name'):.0f} / {every.share('birth_date'):.0f}")
        cells += [f"{one.median_s:.2f} / {one.p95_s:.2f}", f"{one.memory_mb:.0f}"]
        lines.append(heading(name, cells))
    return "\n".join(lines) + "\n"


def fields_table(ours: Score) -> str:
    """Each field's share."""
    names = list(ours.fields)
    lines = []
    for start in range(0, len(names), 9):
        part = names[start : start + 9]
        table = [
            heading("", part),
            "|---" * (len(part) + 1) + "|",
            heading("exact", [f"{ours.fields[n]:.1f}" for n in part]),
        ]
        lines.append("\n".join(table) + "\n")
    return "\n".join(lines)


def safety(ours: Score) -> tuple[list[str], bool]:
    """What was accepted and must not be, beside its limit; whether the limits were kept."""
    ktp = sum(row.photos for name, row in ours.rows.items() if name != ALL)
    silent = sum(row.silent for name, row in ours.rows.items() if name != ALL)
    none = sum(photos for photos, _ in ours.lookalikes.values()) + sum(found[0] for found in ours.causes.values())
    taken = len(ours.wrong) - silent
    by_kind = ", ".join(f"{kind} {accepted}/{photos}" for kind, (photos, accepted) in ours.lookalikes.items())
    lines = [
        f"- Accepted with a wrong NIK: {silent} of {ktp} readable photos (goal: at most 1 in 1,000).",
        f"- No KTP, or hardly to be read, and accepted with what is not its NIK: {taken} of {none} (at most 1 in 200).",
        f"- Look-alikes accepted: {by_kind}.",
        *(f"- Wrongly accepted: `{file}`" for file in ours.wrong[:SHOWN]),
        "",
    ]
    return lines, silent <= max(0.0, SILENT * ktp) and taken <= NO_KTP * none


def causes_table(ours: Score) -> str:
    """Whether the cause is the one whose tip helps."""
    lines = [
        "| condition | photos | read right all the same | told the cause that helps | told else |",
        "|---|---|---|---|---|",
    ]
    for name, (photos, read, right, others) in ours.causes.items():
        named = ", ".join(f"{cause} {number}" for cause, number in others.most_common())
        lines.append(f"| {name} | {photos} | {read} | {right} | {named} |")
    return "\n".join(lines) + "\n"


def failing(ours: Score) -> str:
    """The first of them, each with what was said; none is hidden, their number is told."""
    lines = [f"{len(ours.failing)} in all."]
    lines += [f"- `{file}`: {said}" for file, said in ours.failing[:SHOWN]]
    return "\n".join(lines) + "\n"


def heading(first: str, cells: list[str]) -> str:
    """One line of a table."""
    return f"| {first} | " + " | ".join(cells) + " |"
