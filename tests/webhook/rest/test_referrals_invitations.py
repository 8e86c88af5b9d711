"""A program has its association's members invited: counted first, once each, its own batches only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from locales.texts import Texts
from models.delivery.outbox import OUTBOX, PURPOSE
from models.ground.files import Files
from models.ground.sealed import keys_of
from models.ground.store import Store
from models.referral import contact, lifecycle
from models.referral.contact import Asked
from models.register.referrals import ROW
from tests.models.referral.batch_samples import CLI
from tests.webhook.rest.client import NOW, Rest, is_problem
from tests.webhook.rest.referring import key_of, make_referring, members, send
from webhook.rest import referrals, referrals_invitations

PATH = f"{referrals.PREFIX}/1/invitations"


@pytest.fixture
async def rest(store: Store, files: Files, texts: Texts) -> AsyncIterator[Rest]:
    """A house that writes invitations, with a batch of three members, one without a number."""
    made = make_referring(store, files, texts)
    made.app.include_router(referrals_invitations.router(made.edge, can_write=True))
    async with made.client:
        rows = members(3)
        rows[1]["phone"] = ""
        await send(made, key_of(made), rows)
        yield made


async def ask(rest: Rest, key: dict[str, str], path: str = PATH, **body: Any) -> Any:
    return await rest.client.post(path, json=body, headers=key)


async def test_a_dry_run_counts_and_writes_nothing(rest: Rest) -> None:
    answer = await ask(rest, key_of(rest), dry_run=True)
    assert answer.status_code == 200, answer.text
    wanted = {"batch": 1, "dry_run": True, "ready": 2, "no_phone": 1, "shared": 0, "closed": 0}
    assert answer.json() == wanted
    assert rest.count(OUTBOX) == 0


async def test_asking_makes_one_job_for_this_batch_and_afterwards_there_is_nobody_left(rest: Rest) -> None:
    answer = await ask(rest, key_of(rest))
    assert (answer.status_code, answer.json()["ready"]) == (202, 2)
    (job,) = rest.rows(OUTBOX)
    body = rest.store.transaction(lambda s: keys_of(s).open_json(job.payload_sealed, PURPOSE))
    assert (job.channel, body["association"], body["batch"], body["until"]) == ("job.contact", 1, 1, 3)
    assert body["actor"].startswith("api:")
    rest.store.transaction(partial(contact.invite, asked=Asked(1, 1), actor=CLI, now=NOW))
    again = await ask(rest, key_of(rest))
    assert (again.status_code, again.json()["ready"]) == (200, 0)


async def test_what_is_anothers_withdrawn_or_unknown_is_refused(rest: Rest) -> None:
    assert is_problem(await ask(rest, key_of(rest, 2)), 404, "not_found")
    assert is_problem(await ask(rest, key_of(rest), f"{referrals.PREFIX}/9/invitations"), 404, "not_found")
    assert (await ask(rest, key_of(rest, None), dry_run=True)).status_code == 200
    assert is_problem(await ask(rest, key_of(rest), hello=1), 422, "validation")
    rest.store.transaction(partial(lifecycle.withdraw_batch, batch_id=1, actor=CLI, reason="salah", now=NOW))
    assert is_problem(await ask(rest, key_of(rest)), 409, "batch_withdrawn")


async def test_a_house_that_writes_no_invitations_says_so(store: Store, files: Files, texts: Texts) -> None:
    made = make_referring(store, files, texts)
    made.app.include_router(referrals_invitations.router(made.edge, can_write=False))
    async with made.client:
        assert is_problem(await ask(made, key_of(made)), 409, "no_whatsapp")


async def test_the_answer_names_no_member(rest: Rest) -> None:
    rest.store.transaction(lambda s: s.execute(update(ROW).values(unreached=True)))
    text = (await ask(rest, key_of(rest))).text
    assert "Contoh" not in text
    assert "0812" not in text
