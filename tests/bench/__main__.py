"""`make bench`: durable conversation turns a second, as a ratio to a storage-free aiogram echo measured in the same run.

The echo is the one of aiogram's documentation: `await message.answer(text)`, each reply arriving at a Bot API that counts
it. A second echo puts the reply into the webhook's answer, where no message id and no error comes back: it is shown for
comparison. Rounds alternate between the servers, since machines are shared and noisy; the median of the rounds counts.
After each round on a database every reply is read from the outbox and compared with what the conversation must say.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from models.delivery.conversations import CONVERSATION
from models.delivery.outbox import OUTBOX, PURPOSE
from models.ground.sealed import KeyRing, keys_of
from models.ground.store import Store
from models.migrations.run import upgrade
from models.programme.programmes import PROGRAMME
from tests.bench.load import CONNECTIONS, Measured, Play, measure
from tests.bench.servers import KEY, echo, echo_in_body, fresh_sqlite, payung, running
from tests.database import start_postgres
from tests.emulators.serving import free_port
from webhook.clock import now

ROUNDS = 5
TALKS = 3
ECHO, BODY = "aiogram echo (answer)", "aiogram echo (in the body)"
OURS = ("SQLite", "PostgreSQL")
#: A worker consents, gives a short NIK, then the right one, asks for help, goes back, gives it again, asks for the status.
SAID = ("mulai", "ya", "12345", "1271055708859001", "bantuan", "kembali", "1271055708859001", "status")
GOAL = 0.6


def main() -> int:
    """Prints the table; exit code 1 when a reply was wrong or a ratio is under the goal."""
    rounds: dict[str, list[Measured]] = {ECHO: [], BODY: [], "SQLite": [], "PostgreSQL": []}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as ends:
        cluster = start_postgres(durable=True)
        ends.callback(cluster.stop)
        cluster.make_template()
        for number in range(ROUNDS):
            api_port = free_port()
            with running(echo, api_port) as port:
                rounds[ECHO].append(_round(Play(port, TALKS, SAID, 1_000_000, "api", api_port)))
            with running(echo_in_body) as port:
                rounds[BODY].append(_round(Play(port, TALKS, SAID, 1_000_000, "body")))
            place = Path(folder) / str(number)
            place.mkdir()
            for name, url in (("SQLite", fresh_sqlite(place)), ("PostgreSQL", cluster.create())):
                prepare(url)
                with running(payung, url, str(place)) as port:
                    rounds[name].append(_round(Play(port, TALKS, SAID, 1_000_000)))
                check(url)
    return report(rounds)


def _round(play: Play) -> Measured:
    measure(replace(play, talks=1, said=SAID[:2], first_chat=5_000_000))  # warm up
    return measure(play)


def prepare(url: str) -> None:
    """A migrated database with an open programme."""
    upgrade(url)
    store = Store(url, KeyRing.parse(KEY))
    values = {"name": "P", "agency": "A", "decree": "D", "contact": "C", "retention": "5 tahun", "year": 2026, "quota": 0}
    store.transaction(
        lambda s: s.execute(PROGRAMME.insert().values(**values, regencies="", test=False, open=True, created_at=now()))
    )
    store.close()


def check(url: str) -> None:
    """Every conversation stands where it must, and its replies are the expected ones, in order, once.

    Raises:
        RuntimeError: otherwise.
    """
    store = Store(url, KeyRing.parse(KEY))
    try:
        heard = store.transaction(_heard)
        steps = store.transaction(lambda s: Counter(s.execute(select(CONVERSATION.c.step)).scalars()))
    finally:
        store.close()
    kinds = Counter(heard.values())
    whole = [keys for keys, count in kinds.items() if count == CONNECTIONS * TALKS]
    if len(heard) != CONNECTIONS * (TALKS + 1) or len(kinds) != 2 or len(whole) != 1:
        raise RuntimeError(f"replies lost or doubled: {len(heard)} conversations, {kinds.most_common(3)}, {steps}")
    if not set(EXPECTED) <= set(whole[0]):
        raise RuntimeError(f"unexpected replies: {whole[0]}")


EXPECTED = ("reg.greet", "reg.consent.notice", "reg.consent.ask", "reg.consent.thanks", "reg.nik.ask", "reg.photo.ask")


def _heard(session: Session) -> dict[int, tuple[str, ...]]:
    keys, heard = keys_of(session), dict[int, list[str]]()
    for row in session.execute(select(OUTBOX.c.address_id, OUTBOX.c.payload_sealed).order_by(OUTBOX.c.id)):
        if row[0] is not None:
            heard.setdefault(row[0], []).append(keys.open_json(row[1], PURPOSE)["reply"]["key"])
    return {address: tuple(said) for address, said in heard.items()}


def report(rounds: dict[str, list[Measured]]) -> int:
    """The table on standard output; the exit code."""
    rates = {name: statistics.median(m.per_second for m in measured) for name, measured in rounds.items()}
    print(f"{CONNECTIONS} connections, one process, {rounds[ECHO][0].turns} turns a round, median of {ROUNDS} rounds")
    print(f"{'':30}{'turns/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'ratio':>8}")
    for name, measured in rounds.items():
        label = f"Payung on {name}" if name in OURS else name
        p50, p99 = (statistics.median(getattr(m, field) for m in measured) for field in ("p50_ms", "p99_ms"))
        print(f"{label:30}{rates[name]:9.0f}{p50:9.1f}{p99:9.1f}{rates[name] / rates[ECHO]:8.2f}")
    return 0 if all(rates[name] / rates[ECHO] >= GOAL for name in OURS) else 1


if __name__ == "__main__":
    sys.exit(main())
