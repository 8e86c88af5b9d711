"""Decides how the plot looks: bars of NIK exact by condition for each contender, as SVG. Knows no photos."""

from __future__ import annotations

from collections.abc import Mapping

from tests.bench.ktp.photos import MAIN
from tests.bench.ktp.score import ALL, Score

COLOURS = ("#1f6f8b", "#c9ada7", "#e09f3e")
HEIGHT, BAR, GAP, LEFT, TOP = 220, 34, 26, 52, 48


def draw_plot(scores: Mapping[str, Score]) -> str:
    """An SVG picture with a group of bars for each condition, 0 to 100 percent."""
    columns, group = [*MAIN, ALL], BAR * len(scores) + GAP
    width = LEFT + group * len(columns) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {TOP + HEIGHT + 46}" font-family="sans-serif">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" font-size="14" font-weight="bold">NIK read to the last digit, % of drawn photos</text>',
    ]
    for index, name in enumerate(scores):
        x = LEFT + index * 130
        parts.append(f'<rect x="{x}" y="29" width="11" height="11" fill="{COLOURS[index]}"/>')
        parts.append(f'<text x="{x + 16}" y="39" font-size="12">{name}</text>')
    for percent in range(0, 101, 25):
        y = TOP + HEIGHT * (1 - percent / 100)
        parts.append(f'<line x1="{LEFT}" x2="{width - 12}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" font-size="11" text-anchor="end">{percent}</text>')
    for place, column in enumerate(columns):
        start = LEFT + GAP / 2 + place * group
        for index, one in enumerate(scores.values()):
            parts += bar(start + index * BAR, one.rows[column].share("nik"), COLOURS[index])
        middle = start + BAR * len(scores) / 2
        parts.append(f'<text x="{middle:.1f}" y="{TOP + HEIGHT + 20}" font-size="12" text-anchor="middle">{column}</text>')
    return "\n".join([*parts, "</svg>\n"])


def bar(x: float, percent: float, colour: str) -> list[str]:
    """One bar and its figure."""
    high = HEIGHT * percent / 100
    y = TOP + HEIGHT - high
    return [
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{BAR - 4}" height="{high:.1f}" fill="{colour}"/>',
        f'<text x="{x + (BAR - 4) / 2:.1f}" y="{y - 4:.1f}" font-size="11" text-anchor="middle">{percent:.0f}</text>',
    ]
