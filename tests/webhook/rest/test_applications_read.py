"""What is read of applications over the interface is masked, paged and filtered."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text, update

from models.ground.sealed import KeyRing
from models.ground.store import Store
from models.register.applications import APPLICATION
from tests.webhook.rest.client import NOW, PATH, Rest, created, errors_of, is_problem, nik, post
from webhook.problems import Problem
from webhook.rest import applications_read as reading


async def test_what_is_read_is_masked(rest: Rest) -> None:
    key = rest.key()
    number = await created(rest, key, external_reference="KOP-17")
    answer = await rest.client.get(f"{PATH}/{number}", headers=key)
    body = answer.json()
    assert body["nik"] == "•" * 12 + "9001"
    assert body["phone"].endswith("9001")
    assert (body["occupation"]["code"], body["regency"]["code"], body["district"]["code"]) == (
        "pedagang_pasar",
        "1271",
        "127101",
    )
    assert all(body[field]["name"] for field in ("occupation", "regency", "district"))
    assert (body["status"], body["external_reference"], body["photo"]) == ("submitted", "KOP-17", "none")
    assert not any(secret in answer.text for secret in (nik(9001), "SITI", "1990", "81234569001"))


async def test_a_number_is_read_in_any_spelling_and_a_wrong_one_is_not_found(rest: Rest) -> None:
    key = rest.key()
    number = await created(rest, key)
    assert (await rest.client.get(f"{PATH}/{number.replace('-', '')}", headers=key)).json()["number"] == number
    for wrong in ("2604-8214", "x", "0", "1" * 20, "%00"):
        assert is_problem(await rest.client.get(f"{PATH}/{wrong}", headers=key), 404, "not_found")


async def test_pages_give_every_application_once_newest_first(rest: Rest) -> None:
    key = rest.key()
    numbers = [await created(rest, key, nik=nik(9000 + serial)) for serial in range(1, 8)]
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await rest.client.get(PATH, params=query, headers=key)).json()
        seen += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        if len(seen) == 4:
            await created(rest, key, nik=nik(9100))  # one that comes while somebody turns pages
    assert seen == numbers[::-1]
    assert cursor is None


async def test_filters_narrow_the_list_and_drafts_never_show(rest: Rest) -> None:
    key, other = rest.key(), rest.key()
    first = await created(rest, key)
    second = await created(rest, key, nik=nik(9002), regency="3273", district="327301")
    await post(rest, other, f"{first}/decision", action="approve")
    rest.store.transaction(
        lambda session: session.execute(
            update(APPLICATION).where(APPLICATION.c.number == first).values(updated_at=NOW + dt.timedelta(hours=1))
        )
    )

    async def numbers(**query: str) -> list[str]:
        answer = await rest.client.get(PATH, params=query, headers=key)
        assert answer.status_code == 200, answer.text
        return [item["number"] for item in answer.json()["items"]]

    assert await numbers() == [second, first]
    assert await numbers(status="approved") == [first]
    assert await numbers(status="submitted", regency="3273") == [second]
    assert await numbers(regency="1272") == []
    assert await numbers(updated_since="2026-11-22T10:30:00+07:00") == [first]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"}, {"limit": "201"}, {"limit": "x"}, {"status": "draft"}, {"regency": "12"},
        {"updated_since": "kemarin"}, {"updated_since": "2026-11-22T10:30:00"}, {"cursor": "x" * 101},
    ],
)  # fmt: skip
async def test_a_query_out_of_bounds_is_refused(rest: Rest, query: dict[str, str]) -> None:
    answer = await rest.client.get(PATH, params=query, headers=rest.key())
    assert is_problem(answer, 422, "validation")
    assert list(errors_of(answer)) == list(query)


def test_a_cursor_is_good_for_its_own_filters_only_and_cannot_be_made_up() -> None:
    keys = KeyRing({"uji": b"k" * 32})
    filters = reading.Filters("submitted", "1271", NOW)
    cursor = reading.make_cursor(keys, 2**40, filters)
    assert reading.open_cursor(keys, cursor, filters) == 2**40
    for wrong, given in [
        (cursor, reading.Filters("submitted", "1272", NOW)), (cursor, reading.Filters()), ("", filters), ("é", filters),
        (cursor[:-2], filters), ("B" + cursor[1:], filters), (cursor[:-1] + "!", filters), ("A" * 24, filters),
    ]:  # fmt: skip
        with pytest.raises(Problem, match="cursor"):
            reading.open_cursor(keys, wrong, given)


async def test_a_cursor_that_is_not_ours_is_refused(rest: Rest) -> None:
    answer = await rest.client.get(PATH, params={"cursor": "AAAAAAAAAAAAAAAAAAAAAAAA"}, headers=rest.key())
    assert is_problem(answer, 400, "cursor_invalid")


def test_a_page_is_found_by_the_primary_key_without_sorting(store: Store) -> None:
    statement = reading.listing(reading.Filters(), before=500_000, limit=200)
    sql = str(statement.compile(store.engine, compile_kwargs={"literal_binds": True}))
    with store.engine.connect() as connection:
        if store.is_sqlite:
            plan = " ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}")))
        else:
            for way in ("seqscan", "bitmapscan", "sort"):  # an empty table would be read whole
                connection.execute(text(f"SET enable_{way} = off"))
            plan = " ".join(row[0] for row in connection.execute(text(f"EXPLAIN {sql}")))
    assert "USING INTEGER PRIMARY KEY (rowid<?)" in plan or "Index Scan Backward using pk_application" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
