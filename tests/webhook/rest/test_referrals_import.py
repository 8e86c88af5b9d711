"""A long list of a program: taken at once, imported once, told of meanwhile; only its association hears of it."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.jobs import imports as job
from bot.jobs.imports import CHANNEL, Desk
from bot.jobs.lists import look_after
from bot.papers.list_worker import read_rows
from locales.texts import Texts
from models.delivery import claims
from models.delivery.outbox import LEASE, OUTBOX, Claimed
from models.ground.audit import ENTRY
from models.ground.files import FileGone, Files
from models.ground.store import Store
from models.referral.imports import IMPORT, KEPT
from models.referral.reading.problems import FileProblem, Unreadable
from models.register.associations import ASSOCIATION
from models.register.referrals import BATCH, ROW
from tests.models.referral import lists
from tests.webhook.rest.client import NOW, PROGRAMME, Rest, is_problem
from tests.webhook.rest.referring import key_of, make_referring, members, send
from webhook.rest import referrals
from webhook.rest.referral_schemas import AT_ONCE
from webhook.rest.referrals_import import is_preferred

PATH = referrals.PREFIX
LATER = {"Prefer": "respond-async"}


@pytest.fixture
async def rest(store: Store, files: Files, texts: Texts) -> AsyncIterator[Rest]:
    """The doors of referrals and applications, one programme open, two associations."""
    made = make_referring(store, files, texts)
    async with made.client:
        yield made


def claim(rest: Rest, *, now: dt.datetime = NOW) -> Claimed:
    """The one job that is due, in our hands."""
    found = rest.store.transaction(lambda session: claims.claim(session, CHANNEL, limit=2, now=now))
    assert len(found) == 1
    return found[0]


def desk(rest: Rest, **how: Any) -> Desk:
    return Desk(rest.store, rest.edge.files, lambda: NOW, **how)


async def told(rest: Rest, key: dict[str, str], tail: str = "") -> Any:
    """What the first import's address says."""
    return await rest.client.get(f"{PATH}/imports/1{tail}", headers=key)


def close(rest: Rest) -> None:
    rest.store.transaction(lambda session: session.execute(PROGRAMME.update().values(open=False)))


# --- the way of a long list -------------------------------------------------------------------------------------------


async def test_a_long_list_is_taken_told_of_while_it_is_read_and_saved(rest: Rest) -> None:
    key, seen = key_of(rest), list[tuple[str, int]]()
    rows = [*members(AT_ONCE), {**members(1, first=AT_ONCE)[0], "nik": "3201014101"}]
    taken = await send(rest, key, rows)
    assert (taken.status_code, taken.headers["location"]) == (202, f"{PATH}/imports/1")
    assert int(taken.headers["retry-after"]) > 0
    assert "preference-applied" not in taken.headers
    body = taken.json()
    assert (body["import"], body["state"], body["done"], body["total"]) == (1, "waiting", 0, AT_ONCE + 1)
    assert rest.count(ROW) == 0

    async def watched(rows: bytes, task: Any, *, tell: Any, **how: Any) -> Any:
        async def tell_and_look(at: int, of: int) -> None:
            await tell(at, of)
            shown = await told(rest, key)
            assert "retry-after" in shown.headers
            seen.append((shown.json()["state"], shown.json()["done"]))

        return await read_rows(rows, task, tell=tell_and_look, **how)

    ticks = (NOW + dt.timedelta(seconds=at) for at in itertools.count())
    await job.do(replace(desk(rest, read=watched), now=lambda: next(ticks)), claim(rest))
    assert seen == [("reading", at) for at in (*range(0, AT_ONCE + 1, 500), AT_ONCE + 1)]
    done = await told(rest, key)
    assert "retry-after" not in done.headers
    body = done.json()
    assert (body["state"], body["done"], body["batch"], body["saved"]) == ("done", AT_ONCE + 1, 1, AT_ONCE)
    assert body["counts"] == {"ready": AT_ONCE, "repair": 1, "registered": 0, "listed": 0}
    assert rest.count(ROW) == AT_ONCE
    batch = (await rest.client.get(f"{PATH}/1", headers=key)).json()
    assert (batch["rows"], batch["invited"]) == (AT_ONCE, AT_ONCE)
    failing = (await told(rest, key, "/rows?only=repair")).json()
    assert [(one["row"], one["problems"][0]["code"]) for one in failing["items"]] == [(AT_ONCE + 1, "nik_short")]
    assert "10" in failing["items"][0]["problems"][0]["message"]
    assert failing["after"] is None


async def test_what_became_of_the_rows_comes_in_pages(rest: Rest) -> None:
    key = key_of(rest)
    await send(rest, {**key, **LATER}, [*members(4), members(1)[0]])
    await job.do(desk(rest), claim(rest))
    first = (await told(rest, key, "/rows?limit=2")).json()
    rest_of = (await told(rest, key, f"/rows?limit=3&after={first['after']}")).json()
    assert [row["row"] for row in (*first["items"], *rest_of["items"])] == [1, 2, 3, 4, 5]
    assert [row["outcome"] for row in rest_of["items"]] == ["ready", "ready", "repair"]
    assert rest_of["after"] is None
    ready = (await told(rest, key, "/rows?limit=2&only=ready&after=1")).json()
    assert ([row["row"] for row in ready["items"]], ready["after"]) == ([2, 3], 3)
    assert not any(lists.nik(number) in str((first, rest_of, ready)) for number in range(4))
    assert is_problem(await told(rest, key, "/rows?only=nothing"), 422, "validation")


async def test_who_would_rather_not_wait_need_not(rest: Rest) -> None:
    taken = await send(rest, {**key_of(rest), **LATER}, members(2))
    assert (taken.status_code, taken.headers["preference-applied"]) == (202, "respond-async")
    assert rest.count(ROW) == 0
    await job.do(desk(rest), claim(rest))
    assert rest.count(ROW) == 2
    assert [entry.action for entry in rest.rows(ENTRY)][-1] == "referral.save"
    assert rest.rows(BATCH)[0].saved_by == rest.rows(IMPORT)[0].sent_by


@pytest.mark.parametrize(
    ("prefer", "later"),
    [
        (None, False),
        (["respond-async"], True),
        (["return=minimal, Respond-Async; x=1, wait=5"], True),
        (["wait=5", "respond-async"], True),
        (["return=respond-async"], False),
        ([""], False),
    ],
)
def test_the_preference_is_read_as_its_rfc_says(prefer: list[str] | None, later: bool) -> None:
    assert is_preferred(prefer) is later


async def test_a_long_dry_run_writes_nothing_but_itself(rest: Rest) -> None:
    key = {**key_of(rest), **LATER}
    without = await rest.client.post(PATH, json={"rows": members(1), "dry_run": True}, headers=key)
    assert is_problem(without, 400, "idempotency_key_missing")
    before = rest.count(ENTRY)
    assert (await send(rest, key, members(3), dry_run=True)).json()["dry_run"]
    await job.do(desk(rest), claim(rest))
    body = (await told(rest, key)).json()
    assert (body["state"], body["batch"], body["saved"], body["counts"]["ready"]) == ("done", None, 0, 3)
    assert (rest.count(ROW), rest.count(BATCH), rest.count(ENTRY)) == (0, 0, before)
    assert len((await told(rest, key, "/rows")).json()["items"]) == 3
    assert body["free_places"] is None
    rest.store.transaction(lambda session: session.execute(PROGRAMME.update().values(quota=2)))
    assert (await told(rest, key)).json()["free_places"] == 2


# --- once -------------------------------------------------------------------------------------------------------------


async def test_a_repeat_of_the_key_gives_the_same_answer_and_one_import(rest: Rest, stored: Callable[[], int]) -> None:
    key = {**key_of(rest), **LATER}
    answers = await asyncio.gather(*(send(rest, key, members(2)) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({(answer.content, answer.headers["location"]) for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 2
    assert (rest.count(IMPORT), stored()) == (1, 1)
    assert is_problem(await send(rest, key, members(3)), 422, "idempotency_key_reused")
    await job.do(desk(rest), claim(rest))
    close(rest)
    late = await send(rest, key, members(2))
    assert (late.content, late.headers["location"]) == (answers[0].content, answers[0].headers["location"])
    assert rest.count(BATCH) == 1


class Killed(BaseException):
    """The process ends here."""


async def test_an_import_that_was_killed_in_the_midst_is_done_once(rest: Rest, stored: Callable[[], int]) -> None:
    key = {**key_of(rest), **LATER}
    await send(rest, key, members(5))

    async def killed(*_: Any, tell: Any, **__: Any) -> Any:
        await tell(3, 5)
        raise Killed

    ticks = (NOW + dt.timedelta(seconds=at) for at in itertools.count())
    first = claim(rest)
    with pytest.raises(Killed):
        await job.do(replace(desk(rest, read=killed), now=lambda: next(ticks)), first)
    assert ((await told(rest, key)).json()["state"], (await told(rest, key)).json()["done"]) == ("reading", 3)
    second = claim(rest, now=NOW + LEASE * 2)
    await job.do(desk(rest), second)
    await job.do(desk(rest), first)  # it was not killed after all, only slow
    assert (rest.count(BATCH), rest.count(ROW)) == (1, 5)
    body = (await told(rest, key)).json()
    assert (body["state"], body["saved"], body["done"]) == ("done", 5, 5)
    assert stored() == 2  # the rows, until they are forgotten, and the one result


async def test_a_slow_one_changes_nothing_while_another_has_the_job(rest: Rest) -> None:
    key = {**key_of(rest), **LATER}
    await send(rest, key, members(2))
    first = claim(rest)
    claim(rest, now=NOW + LEASE * 2)
    await job.do(desk(rest), first)
    assert (rest.count(ROW), (await told(rest, key)).json()["state"]) == (0, "waiting")


# --- whose ------------------------------------------------------------------------------------------------------------


async def test_only_its_association_and_the_agency_hear_of_an_import(rest: Rest) -> None:
    await send(rest, {**key_of(rest), **LATER}, members(1))
    await job.do(desk(rest), claim(rest))
    for tail in ("", "/rows"):
        assert (await told(rest, key_of(rest), tail)).status_code == 200
        assert (await told(rest, key_of(rest, None), tail)).status_code == 200
        assert is_problem(await told(rest, key_of(rest, 2), tail), 404, "not_found")
        assert is_problem(await told(rest, rest.key("applications:read"), tail), 403, "scope")
        unknown = await rest.client.get(f"{PATH}/imports/99{tail}", headers=key_of(rest))
        assert is_problem(unknown, 404, "not_found")


# --- when it cannot be done -------------------------------------------------------------------------------------------


async def test_without_an_open_programme_nothing_is_taken(rest: Rest, stored: Callable[[], int]) -> None:
    close(rest)
    assert is_problem(await send(rest, {**key_of(rest), **LATER}, members(1)), 409, "closed")
    assert (rest.count(IMPORT), stored()) == (0, 0)


async def test_rows_are_told_once_the_import_is_done(rest: Rest) -> None:
    key = {**key_of(rest), **LATER}
    await send(rest, key, members(1))
    early = await told(rest, key, "/rows")
    assert is_problem(early, 409, "not_done")
    assert "retry-after" in early.headers
    close(rest)
    await job.do(desk(rest), claim(rest))
    failed = await told(rest, key, "/rows")
    assert is_problem(failed, 409, "not_done")
    assert "retry-after" not in failed.headers


async def closed_meanwhile(rest: Rest) -> Desk:
    close(rest)
    return desk(rest)


async def retired_meanwhile(rest: Rest) -> Desk:
    rest.store.transaction(lambda session: session.execute(ASSOCIATION.update().values(active=False)))
    return desk(rest)


async def closed_while_it_was_read(rest: Rest) -> Desk:
    async def read(*args: Any, **how: Any) -> Any:
        found = await read_rows(*args, **how)
        close(rest)
        return found

    return desk(rest, read=read)


async def too_much(rest: Rest) -> Desk:
    async def read(*_: Any, **__: Any) -> Unreadable:
        return Unreadable(FileProblem.UNPACKED_TOO_BIG)

    return desk(rest, read=read)


async def rows_are_gone(rest: Rest) -> Desk:
    await rest.edge.files.delete(rest.rows(IMPORT)[0].rows_key)
    return desk(rest)


@pytest.mark.parametrize(
    ("meanwhile", "error"),
    [
        (closed_meanwhile, "closed"),
        (closed_while_it_was_read, "closed"),
        (retired_meanwhile, "not_found"),
        (too_much, "too_large"),
        (rows_are_gone, "internal"),
    ],
)
async def test_an_import_that_fails_says_why_and_saves_nothing(rest: Rest, meanwhile: Any, error: str) -> None:
    await send(rest, {**key_of(rest), **LATER}, members(2))
    await job.do(await meanwhile(rest), claim(rest))
    body = (await told(rest, key_of(rest, None))).json()
    assert (body["state"], body["error"], body["batch"], body["counts"]) == ("failed", error, None, None)
    assert (rest.count(ROW), rest.count(BATCH)) == (0, 0)
    assert rest.store.transaction(lambda s: claims.claim(s, CHANNEL, limit=1, now=NOW + LEASE * 9)) == []


async def test_an_import_given_up_is_told_and_its_rows_are_forgotten(rest: Rest) -> None:
    key = {**key_of(rest), **LATER}
    await send(rest, key, members(1))
    rest.store.transaction(partial(job.give_up, row=claim(rest), now=NOW))
    assert (await told(rest, key)).json()["error"] == "internal"
    forgetting = rest.store.transaction(lambda s: s.execute(select(OUTBOX).where(OUTBOX.c.channel == "job.forget")).all())
    assert len(forgetting) == 1


async def test_what_became_of_the_rows_is_forgotten_after_a_week(rest: Rest) -> None:
    key = {**key_of(rest), **LATER}
    await send(rest, key, members(2))
    await job.do(desk(rest), claim(rest))
    rows_key, results_key = (getattr(rest.rows(IMPORT)[0], name) for name in ("rows_key", "results_key"))
    rest.store.transaction(partial(look_after, now=NOW + KEPT))
    assert (await told(rest, key)).status_code == 200
    rest.store.transaction(partial(look_after, now=NOW + KEPT + dt.timedelta(seconds=1)))
    assert is_problem(await told(rest, key), 404, "not_found")
    jobs = rest.store.transaction(lambda s: claims.claim(s, "job.forget", limit=9, now=NOW + KEPT * 2))
    assert [row.payload["files"] for row in jobs] == [[rows_key], [results_key]]
    assert (await rest.client.get(f"{PATH}/1", headers=key)).json()["rows"] == 2


async def test_results_that_are_gone_are_as_an_import_that_is(rest: Rest) -> None:
    key = {**key_of(rest), **LATER}
    await send(rest, key, members(1))
    await job.do(desk(rest), claim(rest))
    await rest.edge.files.delete(rest.rows(IMPORT)[0].results_key)
    with pytest.raises(FileGone):
        await rest.edge.files.get(rest.rows(IMPORT)[0].results_key)
    assert is_problem(await told(rest, key, "/rows"), 404, "not_found")


@pytest.fixture
def stored(tmp_path: Path) -> Callable[[], int]:
    """How many files of imports lie in the store."""
    return lambda: sum(path.is_file() for path in tmp_path.rglob("import/*"))
