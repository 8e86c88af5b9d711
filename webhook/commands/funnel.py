"""Commands about the conversation itself: its diagram, and where people stop in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import click

from webhook.clock import now
from webhook.commands.office import in_store

if TYPE_CHECKING:
    from models.delivery.funnel import StepFigures

SINCE_DAYS = 30
SPANS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def register(main: click.Group) -> None:
    """The commands hang under `payung`."""
    main.add_command(diagram)
    main.add_command(funnel)


@click.command()
def diagram() -> None:
    """Print the conversation as a page with Mermaid diagrams, asked of the code (docs/conversation.md)."""
    from webhook.conversation_page import conversation_page  # noqa: PLC0415 - `--help` needs no flow

    click.echo(conversation_page(), nl=False)


@click.command()
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help=f"first day, such as 2026-11-01; {SINCE_DAYS} days ago when left out",
)
def funnel(since: dt.datetime | None) -> None:
    """Print how often each question was reached, answered and refused, and how long an answer took.

    The figures are sums of all people, without anybody's data, and up to a minute old.
    """
    from bot.flow.steps import STEPS  # noqa: PLC0415 - `--help` needs no flow
    from models.delivery.funnel import read  # noqa: PLC0415

    first = since.date() if since is not None else now().date() - dt.timedelta(days=SINCE_DAYS)
    figures = in_store(partial(read, since=first), reading=True)
    click.echo(f"Since {first}:")
    click.echo(table(figures, tuple(STEPS)))


def table(figures: Mapping[str, StepFigures], steps: tuple[str, ...]) -> str:
    """The figures as lines, in the order of the steps; those of steps that are gone come last."""
    lines = [f"{'step':<20} {'reached':>8} {'answered':>9} {'refused':>8}  half answer within"]
    for step in (*steps, *sorted(set(figures) - set(steps))):
        row = figures.get(step)
        if row is not None:
            lines.append(f"{step:<20} {row.reached:>8} {row.answered:>9} {row.refused:>8}  {_span(row.median_s)}")
    return "\n".join(lines) if len(lines) > 1 else "Nothing has been counted."


def _span(seconds: int | None) -> str:
    if seconds is None:
        return "-"
    size, unit = next((size, unit) for size, unit in SPANS if seconds % size == 0 and seconds >= size)
    return f"{seconds // size} {unit}"
