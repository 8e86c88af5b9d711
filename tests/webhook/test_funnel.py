"""Where people stop, from a turn to the table, the metrics and the command."""

from __future__ import annotations

import asyncio
import datetime as dt
from functools import partial

import pytest
from click.testing import CliRunner

from locales.texts import Texts
from models.delivery import funnel
from models.delivery.funnel import ANSWERED, REACHED, StepFigures, Tally
from models.ground.files import Files
from models.ground.sealed import KeyRing
from models.ground.store import Store
from tests.bot.conftest import make_room
from tests.conftest import FakeClock, MakeDatabase
from webhook.cli import main
from webhook.commands.funnel import table
from webhook.funnel import FunnelKeeper
from webhook.health import Metrics
from webhook.settings import fresh_key

MINUTE = dt.timedelta(minutes=1)


def figures(store: Store, clock: FakeClock) -> dict[str, StepFigures]:
    return store.transaction(partial(funnel.read, since=clock().date()))


async def test_turns_are_counted_once_they_are_committed_and_written_when_the_house_closes(
    store: Store, clock: FakeClock, files: Files, texts: Texts
) -> None:
    room = make_room(store, clock, files, texts)
    stop = asyncio.Event()
    keeping = asyncio.ensure_future(FunnelKeeper(store, room.service.tally).run(stop))
    message = room.inbound("halo")
    for _ in range(2):  # the second is a repeat
        await room.service.take(message)
    clock.tick(20)
    await room.hear("setuju")
    await room.hear("qwerty")
    stop.set()
    await keeping
    found = figures(store, clock)
    assert found["reg.consent"] == StepFigures(reached=1, answered=1, within={20: 1})
    assert found["reg.nik"].reached == 1
    assert found["reg.nik"].refused == 1


async def test_figures_that_cannot_be_written_wait_for_the_next_time(
    make_database: MakeDatabase, keys: KeyRing, clock: FakeClock
) -> None:
    tally = Tally()
    tally.add_all([("reg.nik", REACHED)], at=clock(), waited=MINUTE)
    broken, whole = Store(make_database(empty=True), keys), Store(make_database(), keys)
    try:
        with pytest.raises(Exception, match="funnel_count"):
            await FunnelKeeper(broken, tally).once()
        assert await FunnelKeeper(whole, tally).once() == 1
        assert figures(whole, clock)["reg.nik"].reached == 1
    finally:
        broken.close()
        whole.close()


def test_metrics_tell_the_figures_of_the_last_thirty_days(store: Store, clock: FakeClock) -> None:
    tally, metrics = Tally(), Metrics()
    for days in (0, 29, 31):
        at = clock() - dt.timedelta(days=days)
        tally.add_all([("reg.nik", REACHED), ("reg.consent", ANSWERED)], at=at, waited=MINUTE)
    store.transaction(partial(funnel.write, counts=tally.take()))
    store.transaction(partial(metrics.read_database, today=clock().date()))
    assert metrics.registry.get_sample_value("payung_steps", {"step": "reg.nik", "what": "reached"}) == 2
    assert metrics.registry.get_sample_value("payung_answer_seconds_median", {"step": "reg.consent"}) == 60
    assert metrics.registry.get_sample_value("payung_answer_seconds_median", {"step": "reg.nik"}) is None


def test_the_table_keeps_the_order_of_the_steps_and_forgets_none() -> None:
    found = {
        "reg.gone": StepFigures(reached=1),
        "reg.nik": StepFigures(reached=12, answered=9, refused=4, within={90: 9}),
        "reg.consent": StepFigures(reached=20, answered=12, within={7200: 12}),
    }
    assert table(found, ("reg.start", "reg.consent", "reg.nik")).split("\n") == [
        "step                  reached  answered  refused  half answer within",
        "reg.consent                20        12        0  2 h",
        "reg.nik                    12         9        4  90 s",
        "reg.gone                    1         0        0  -",
    ]


def test_an_empty_table_says_so() -> None:
    assert table({}, ("reg.nik",)) == "Nothing has been counted."


def test_the_command_prints_what_the_database_holds(
    database_url: str, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAYUNG_DATABASE_URL", database_url)
    monkeypatch.setenv("PAYUNG_SECRET_KEYS", fresh_key())
    tally, store = Tally(), Store(database_url, keys)
    for day in (dt.date(2026, 11, 20), dt.date(2026, 11, 22)):
        at = dt.datetime.combine(day, dt.time(5), tzinfo=dt.UTC)
        tally.add_all([("reg.nik", REACHED)], at=at, waited=MINUTE)
    store.transaction(partial(funnel.write, counts=tally.take()))
    store.close()
    printed = CliRunner().invoke(main, ["funnel", "--since", "2026-11-21"])
    assert printed.exit_code == 0, printed.output
    assert [line.split() for line in printed.output.splitlines() if "reg." in line] == [["reg.nik", "1", "0", "0", "-"]]
