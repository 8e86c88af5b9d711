"""After a whole life of an application, nobody who reads the database finds out who it is about."""

from __future__ import annotations

import datetime as dt
import subprocess
from functools import partial
from pathlib import Path

import pytest

from models.catalogue.statuses import Status
from models.delivery import idempotency, inbox, outbox, subscribers, web
from models.delivery.conversations import CONVERSATION, PENDING, add_address
from models.ground.store import Store
from models.programme import admission
from models.referral import batches, card_photos
from models.register import (
    actors,
    applications,
    associations,
    cards,
    cases,
    consents,
    drafts,
    handovers,
    objections,
    submission,
)
from models.register.applications import APPLICATION, READ
from models.register.officers import Officer
from tests.conftest import FakeClock
from tests.database import find_binaries
from tests.models import people
from tests.models.conftest import Do
from tests.models.referral import lists
from tests.models.referral.test_batches import reviewed

NIK, KPJ, CHAT, STREET = people.nik(9001), "26900090011", "628129000900155", "Kampung Contoh RT 09"
HEAD, LIST_NAME, PHOTO_NAME = "Pak Kepala Pangkalan", "Anggota Bu Umpama.xlsx", "KTP Siti Misal.jpg"
SECRETS = (
    NIK,
    people.NAME,
    people.NAME.split()[0],
    people.PHONE,
    KPJ,
    CHAT,
    STREET,
    people.BIRTH,
    "Bu Ratna Contoh",
    "whsec_rahasia",
    "anak saya sakit",
    "bukan karyawan pabrik",
    HEAD,
    lists.nik(0),
    lists.row(0)[1],
    str(lists.row(0)[2]),
    LIST_NAME,
    PHOTO_NAME,
)


def live(do: Do, clock: FakeClock, store: Store) -> None:
    """A worker on WhatsApp and in the web chat; a return, a correction, an approval, a card; with subscribers and an API."""
    keys, now = store.keys, clock()
    do(partial(people.programme, now=now))
    officer = do(partial(people.officer, now=now))
    do(partial(subscribers.subscribe, url="https://satu.example", events=(), secret="whsec_rahasia", now=now))
    do(partial(inbox.receive, channel="whatsapp", external_id=f"wamid.{CHAT}", now=now))
    talk = do(partial(add_address, channel="whatsapp", address=CHAT, now=now)).conversation_id
    token = do(partial(web.open_session, conversation_id=talk, now=now))
    browser = do(partial(web.find_session, token=token, now=now))[0]
    do(partial(web.add_message, address_id=browser, body={"text": f"NIK saya {NIK}"}, outbox_id=None, now=now))
    pending = keys.seal_json({"name": people.NAME, "street": STREET}, PENDING)
    do(lambda session: session.execute(CONVERSATION.update().values(pending_sealed=pending)))
    worker = actors.worker(talk)
    draft = do(partial(admission.open_draft, conversation_id=talk, actor=worker, now=now))
    answered = people.answers(9001, street=STREET)
    do(partial(drafts.save_answers, application_id=draft, answers=answered, actor=worker, now=now))
    read = keys.seal_json({"nik": NIK, "name": people.NAME}, READ)
    do(lambda session: session.execute(APPLICATION.update().values(read_sealed=read)))
    do(
        partial(
            consents.give, application_id=draft, conversation_id=talk, version="1", text_hash="x", channel="web", now=now
        )
    )
    number = do(partial(submission.submit, application_id=draft, actor=worker, now=now)).number
    do(partial(cases.take_next, officer=officer, now=now))
    by_officer = {"actor": actors.officer(officer.id), "officer": officer, "now": now}
    do(partial(cases.decide, number=number, target=Status.RETURNED, reason="name_differs", fields=("name",), **by_officer))
    do(partial(submission.submit, application_id=draft, actor=worker, now=now))
    do(partial(cases.take_next, officer=officer, now=now))
    do(partial(cases.decide, number=number, target=Status.REFUSED, reason="formal_worker", **by_officer))
    do(partial(cards.store_event, event_id="evt_1", event_type="card.issued", body={"nik": NIK, "kpj": KPJ}, now=now))
    _talk_and_object(do, number, talk=talk, officer=officer, now=now)
    _refer(do, talk=talk, now=now)
    row = do(partial(people.row_of, number=number))
    issued = partial(cards.issue_card, kpj=KPJ, issued_on=dt.date(2026, 12, 1), actor=actors.system("bpjs"), now=now)
    assert do(partial(issued, row=row)).status is Status.ISSUED
    do(partial(idempotency.begin, caller="api:1", key=NIK, request=NIK.encode(), now=now))
    do(partial(idempotency.end, caller="api:1", key=NIK, status=201, body=f"{people.NAME} {NIK}".encode()))
    reply = outbox.Parcel(outbox.Kind.REPLY, "whatsapp", {"text": f"{people.NAME}, {people.PHONE}"})
    do(partial(outbox.enqueue, parcels=[reply], now=now))


def _talk_and_object(do: Do, number: str, *, talk: int, officer: Officer, now: dt.datetime) -> None:
    """The worker talks with an officer, objects to the refusal, and another officer approves."""
    asked = do(
        partial(handovers.open_handover, conversation_id=talk, step="reg.done", area="3201", address_id=None, now=now)
    )[0]
    do(partial(handovers.take, handover_id=asked.id, officer_id=officer.id or 0, area="32", now=now))
    do(partial(handovers.hear_worker, conversation_id=talk, text_="anak saya sakit", address_id=1, now=now))
    do(partial(handovers.hear_officer, handover_id=asked.id, text_=people.PHONE, officer_id=officer.id or 0, now=now))
    row, worker = do(partial(people.row_of, number=number)), actors.worker(talk)
    why = partial(objections.object_to, application_id=row.id, words="Saya bukan karyawan pabrik", actor=worker, now=now)
    assert not isinstance(do(why), applications.Refusal)
    other = do(partial(people.officer, now=now))
    do(partial(cases.take_next, officer=other, now=now))
    approved = partial(admission.approve, number=number, actor=actors.officer(other.id), officer=other, now=now)
    assert isinstance(do(approved), applications.Moved)


def _refer(do: Do, *, talk: int, now: dt.datetime) -> None:
    """An association is set up and headed; it sends a list, and a photo of a member's KTP."""
    new = associations.NewAssociation("Pangkalan Contoh", "ojek", "3201", HEAD)
    made = do(partial(associations.set_up, new=new, actor=actors.Actor("cli"), now=now))
    assert do(partial(associations.enrol_head, code=made.code, conversation_id=talk, now=now)) is not None
    source = batches.Source(made.id, LIST_NAME, actors.worker(talk))
    review = do(partial(reviewed, members=lists.rows(2), owner=made.id))
    assert do(partial(batches.save, review=review, source=source, now=now)).rows == 2
    added = do(partial(card_photos.add, association_id=made.id, round_="a", name=PHOTO_NAME, now=now))
    read = {"nik": lists.nik(0), "name": str(lists.row(0)[1])}
    do(partial(card_photos.keep, photo_id=added[0], key="photo/1", read=read, cause=""))


def dump(url: str) -> bytes:
    """Every byte of the database that somebody could carry away."""
    if url.startswith("sqlite:"):
        path = Path(url.removeprefix("sqlite:///"))
        return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
    command = [str(find_binaries() / "pg_dump"), "--inserts", url]
    return subprocess.run(command, check=True, capture_output=True).stdout


def forms(secret: str) -> tuple[bytes, ...]:
    """How a value would look in the file: as text, and as the hex in which PostgreSQL prints bytes."""
    return secret.encode(), secret.encode().hex().encode(), secret.upper().encode()


def test_nothing_personal_stands_in_the_database(do: Do, clock: FakeClock, store: Store, database_url: str) -> None:
    live(do, clock, store)
    carried_away = dump(database_url)
    assert b"ck_application_four_eyes" in carried_away  # it is the database
    assert [secret for secret in SECRETS if any(form in carried_away for form in forms(secret))] == []


@pytest.mark.parametrize("secret", [NIK, people.NAME])
def test_the_search_would_find_it(do: Do, database_url: str, clock: FakeClock, secret: str) -> None:
    do(partial(people.programme, now=clock()))
    values = {"step": secret[:40], "pending_sealed": secret.encode(), "created_at": clock(), "updated_at": clock()}
    rest = {"language": "id", "known": False, "stopped": False, "version": 0}
    do(lambda session: session.execute(CONVERSATION.insert().values(**values, **rest)))
    found = [form in dump(database_url) for form in forms(secret)]
    assert any(found[:2])
