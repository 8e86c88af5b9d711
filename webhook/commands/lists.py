"""The command that reads an association's list of members: a dry run, the rows to repair, saving; with progress.

The file is read in the same bounded process as one that a head sends in the chat (`bot.papers.list_worker`).
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webhook.clock import now
from webhook.commands.office import in_store

if TYPE_CHECKING:
    from bot.papers.list_worker import ListRead, Task
    from locales.texts import Texts
    from models.referral.reading.review import Known

REPAIR_EXIT = 3
NOT_OPEN = "No programme is open. `payung programme add` opens one."


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--association", "association_id", type=int, required=True, help="its number; see `payung association list`")
@click.option("--save", is_flag=True, help="keep the rows that are ready; without it nothing is written")
@click.option("--errors", type=click.Path(path_type=Path, dir_okay=False), help="where to write the rows to repair, as xlsx")
def import_list(file: Path, association_id: int, save: bool, errors: Path | None) -> None:  # noqa: FBT001 - click passes a flag so
    """Read a list of members (xlsx, xls, ods, csv) and say what is in it; with --save, keep the rows that are ready.

    A listed member is not registered: each confirms for himself. Ends with 0 when no row is left to repair, with 3 when
    some are, with 1 when the list was not read.
    """
    from bot.case_view import day_of  # noqa: PLC0415
    from bot.papers.list_worker import Task  # noqa: PLC0415
    from locales.texts import Texts  # noqa: PLC0415
    from models.referral.reading.review import Verdict, dotted, summary_of  # noqa: PLC0415

    texts = Texts.load()
    task = Task(day_of(now()), _area(association_id), members=save, sheet=errors is not None)
    found = asyncio.run(_read(file, association_id, task, texts))
    key, params = summary_of(found.counts)
    click.echo(texts.text(key, params=params))
    _warn_of_places(found.counts[Verdict.READY], texts)
    if save:
        _save(found, file, association_id, texts)
    else:
        click.echo(texts.text("referral.dry"), err=True)
    if errors is not None and found.sheet is not None:
        errors.write_bytes(found.sheet)
        params = {"count": dotted(found.counts[Verdict.REPAIR]), "file": str(errors)}
        click.echo(texts.text("referral.errors.written", params=params), err=True)
    if found.counts[Verdict.REPAIR]:
        raise click.exceptions.Exit(REPAIR_EXIT)


def _area(association_id: int) -> str:
    """Where the association's members live."""
    from models.register.associations import find_association  # noqa: PLC0415

    found: Any = in_store(lambda s: find_association(s, association_id), reading=True)
    if found is None:
        raise click.ClickException(f"There is no association {association_id}. `payung association list` shows them.")
    return str(found.area)


async def _read(file: Path, association_id: int, task: Task, texts: Texts) -> ListRead:
    """What is in the list; nothing was written."""
    from bot.papers.list_worker import read_list  # noqa: PLC0415
    from models.referral import batches  # noqa: PLC0415
    from models.referral.reading.listing import BYTES_MAX  # noqa: PLC0415
    from models.referral.reading.problems import Unreadable  # noqa: PLC0415
    from models.register.applications import Refusal  # noqa: PLC0415

    def look(niks: set[str]) -> Known | None:
        known = in_store(lambda s: batches.find_known(s, niks, association_id=association_id), reading=True)
        return None if isinstance(known, Refusal) else known

    async def ask(niks: set[str]) -> Known | None:
        return await asyncio.to_thread(look, niks)

    if await ask(set()) is None:  # before a long list is read
        raise click.ClickException(NOT_OPEN)
    with file.open("rb") as opened:
        data = opened.read(BYTES_MAX + 1)
    with ExitStack() as shown:
        found = await read_list(data, task, ask=ask, tell=_Bar(file.name, shown))
    if isinstance(found, Unreadable):
        raise click.ClickException(texts.text(f"referral.file.{found.code.value}", params=found.params))
    if found is None:
        raise click.ClickException(NOT_OPEN)
    return found


class _Bar:
    """A progress bar on standard error, from the first word on how long the list is."""

    def __init__(self, label: str, shown: ExitStack) -> None:
        self._label, self._shown = label, shown
        self._bar: Any = None

    async def __call__(self, at: int, of: int) -> None:
        """So many of all lines are read."""
        if self._bar is None:
            self._bar = self._shown.enter_context(click.progressbar(length=of, label=self._label, file=sys.stderr))
        self._bar.update(at - self._bar.pos)


def _warn_of_places(ready: int, texts: Texts) -> None:
    """Whoever refers more members than there are places knows it before he saves them."""
    from models.programme import admission  # noqa: PLC0415
    from models.referral.reading.review import dotted  # noqa: PLC0415

    free = in_store(admission.unclaimed_places, reading=True)
    if free is not None and ready > free:
        click.echo(texts.text("referral.places", params={"free": dotted(free), "ready": dotted(ready)}), err=True)


def _save(found: ListRead, file: Path, association_id: int, texts: Texts) -> None:
    from models.referral import batches  # noqa: PLC0415
    from models.referral.reading.review import dotted  # noqa: PLC0415
    from models.register.actors import Actor  # noqa: PLC0415
    from models.register.applications import Refusal  # noqa: PLC0415

    source = batches.Source(association_id, file.name, Actor("cli"))
    saved = in_store(lambda s: batches.save(s, found, source, now=now()))
    if isinstance(saved, Refusal):
        raise click.ClickException(NOT_OPEN)
    key = "referral.saved" if saved.rows else "referral.saved.none"
    click.echo(texts.text(key, params={"count": dotted(saved.rows)}))
