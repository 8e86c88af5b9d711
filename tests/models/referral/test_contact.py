"""Listed members are written to once each, at their own number; not who does not want it; of the silent nothing is kept."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import Session

from models.delivery.conversations import ADDRESS, CONVERSATION, add_address, open_address, phone_hash, rekey
from models.delivery.outbox import OUTBOX, PURPOSE
from models.ground.audit import ENTRY
from models.ground.sealed import keys_of
from models.ground.store import Store
from models.referral import contact, invitations, lifecycle
from models.referral.contact import Asked, Preview
from models.register.associations import ASSOCIATION
from models.register.officers import OFFICER
from models.register.referrals import ROW
from tests.conftest import START
from tests.models import people
from tests.models.conftest import Crowd
from tests.models.referral import lists
from tests.models.referral.batch_samples import CLI, association, batch, rows

SITI, BUDI, UJANG = "+6281290000000", "+6281290000001", "+6281290000002"


def members(*phones: str) -> list[list[Any]]:
    """A member a number; "" for none."""
    found = lists.rows(len(phones))
    for line, phone in zip(found, phones, strict=True):
        line[2] = phone
    return found


@pytest.fixture
def saved(store: Store) -> int:
    """A batch of three members with a number each."""

    def save(session: Session) -> int:
        people.programme(session, now=START)
        return batch(session, association(session), lists.rows(3))

    return int(store.transaction(save))


def invite(store: Store, asked: Asked | None = None, **more: Any) -> Preview:
    asked = asked or Asked(1)
    return Preview(**vars_of(store.transaction(partial(contact.invite, asked=asked, actor=CLI, now=START, **more)).done))


def vars_of(done: Preview) -> dict[str, int]:
    return {"ready": done.ready, "no_phone": done.no_phone, "shared": done.shared, "closed": done.closed}


def look(store: Store, **more: Any) -> Preview:
    found = store.transaction(partial(contact.preview, asked=Asked(1, **more)))
    assert isinstance(found, Preview)
    return found


def table(store: Store, of: Any) -> list[Any]:
    return list(store.transaction(lambda s: s.execute(select(of).order_by(*of.primary_key.columns)).all()))


def talk_of(session: Session, phone: str, *, wrote: bool = True, channel: str = "whatsapp", address: str = "") -> int:
    """Somebody with this number has written before; the talk."""
    place = add_address(session, channel, address or phone.removeprefix("+"), now=START)
    told = {"last_inbound_at": START if wrote else None, "phone_hash": phone_hash(session, phone)}
    session.execute(update(ADDRESS).where(ADDRESS.c.id == place.address_id).values(**told))
    return place.conversation_id


def test_each_member_is_written_to_once_at_his_number(store: Store, saved: int) -> None:
    assert look(store) == Preview(ready=3)
    assert table(store, OUTBOX) == []
    assert invite(store) == Preview(ready=3)
    assert invite(store) == look(store) == Preview()
    parcels = table(store, OUTBOX)
    assert [(row.kind, row.channel, row.dedup_key) for row in parcels] == [
        ("notice", "whatsapp", f"invite:{row.id}") for row in table(store, ROW)
    ]
    where = [store.transaction(partial(open_address, address_id=row.address_id)) for row in parcels]
    assert where == [("whatsapp", phone.removeprefix("+")) for phone in (SITI, BUDI, UJANG)]
    assert [row.contacted_at for row in table(store, ROW)] == [START] * 3
    assert [row.conversation_id for row in table(store, ROW)] == [row.conversation_id for row in table(store, ADDRESS)]


def test_nothing_of_a_person_stands_in_what_waits_or_in_the_audit(store: Store, saved: int) -> None:
    invite(store)
    row = table(store, OUTBOX)[0]
    payload = store.transaction(lambda s: keys_of(s).open_json(row.payload_sealed, PURPOSE))
    assert payload == {"invitation": 1}
    (entry,) = [row for row in table(store, ENTRY) if row.action == "referral.contact"]
    assert (entry.subject, entry.reason) == ("association:1", "3 members")


def test_the_message_names_the_association_and_carries_the_code_while_the_member_is_waited_for(
    store: Store, saved: int
) -> None:
    invite(store)
    code = store.transaction(partial(invitations.members, association_id=1, now=START))[0].code.replace("-", "")
    found = store.transaction(partial(contact.invitee, row_id=1))
    assert found == contact.Invitee("Pangkalan Contoh", code)
    store.transaction(lambda s: s.execute(update(ROW).values(state="lapsed")))
    assert store.transaction(partial(contact.invitee, row_id=1)) is None
    assert store.transaction(partial(contact.invitee, row_id=77)) is None


def test_pages_follow_each_other_and_stop_at_the_row_that_was_asked_for(store: Store, saved: int) -> None:
    asked = Asked(1, until=store.transaction(partial(contact.last_row, asked=Asked(1))))
    store.transaction(partial(batch, association_id=1, members=[lists.row(50)]))
    first = store.transaction(partial(contact.invite, asked=asked, limit=2, actor=CLI, now=START))
    assert (first.done.ready, first.last) == (2, 2)
    second = store.transaction(partial(contact.invite, asked=asked, after=first.last, limit=2, actor=CLI, now=START))
    assert (second.done.ready, second.last) == (1, 0)
    assert look(store) == Preview(ready=1)
    assert look(store, batch_id=saved) == Preview()


def test_who_has_no_number_or_shares_one_is_counted_and_not_written_to(store: Store) -> None:
    store.transaction(partial(people.programme, now=START))
    store.transaction(lambda s: batch(s, association(s), members("", SITI, SITI, BUDI)))
    assert look(store) == Preview(ready=2, no_phone=1, shared=1)
    assert invite(store) == Preview(ready=2, no_phone=1, shared=1)
    assert look(store) == Preview(no_phone=1, shared=1)
    assert invite(store, limit=1) == Preview(no_phone=1)
    assert [row.contacted_at is not None for row in table(store, ROW)] == [False, True, False, True]
    assert len(table(store, OUTBOX)) == 2


def test_a_number_that_another_association_wrote_to_is_left_alone_while_that_invitation_waits(
    store: Store, saved: int
) -> None:
    invite(store)
    line = lists.row(60)
    line[2] = SITI
    other = store.transaction(partial(association, name="Pasar Contoh"))
    store.transaction(partial(batch, association_id=other, members=[line]))
    assert invite(store, Asked(other)) == Preview(shared=1)
    store.transaction(partial(lifecycle.withdraw_batch, batch_id=saved, actor=CLI, reason="salah", now=START))
    assert invite(store, Asked(other)) == Preview(ready=1)


@pytest.mark.parametrize("wrote", ["ID.9000001", "6281290000000"])
@pytest.mark.parametrize("why", ["stopped", "blocked", "officer", "head"])
def test_nobody_who_said_stop_or_works_here_is_written_to(store: Store, saved: int, why: str, wrote: str) -> None:
    def close(session: Session) -> None:
        talk = talk_of(session, SITI, address=wrote)
        if why == "stopped":
            session.execute(update(CONVERSATION).where(CONVERSATION.c.id == talk).values(stopped=True))
        elif why == "blocked":
            session.execute(update(ADDRESS).values(blocked_at=START))
        elif why == "head":
            session.execute(update(ASSOCIATION).values(conversation_id=talk))
        else:
            made = insert(OFFICER).values(name_sealed=b"x", role="verifier", area="", active=True, created_at=START)
            officer = session.execute(made.returning(OFFICER.c.id)).scalar_one()
            session.execute(update(CONVERSATION).where(CONVERSATION.c.id == talk).values(officer_id=officer))

    store.transaction(close)
    assert look(store) == invite(store) == Preview(ready=2, closed=1)
    assert table(store, ROW)[0].contacted_at is None


def test_who_stopped_on_telegram_is_not_written_to_on_whatsapp_but_who_blocked_us_there_is(store: Store, saved: int) -> None:
    def close(session: Session) -> None:
        stopped = talk_of(session, SITI, channel="telegram", address="9001")
        session.execute(update(CONVERSATION).where(CONVERSATION.c.id == stopped).values(stopped=True))
        talk_of(session, BUDI, channel="telegram", address="9002")
        session.execute(update(ADDRESS).where(ADDRESS.c.channel == "telegram").values(blocked_at=START))

    store.transaction(close)
    assert invite(store) == Preview(ready=2, closed=1)
    assert len([row for row in table(store, ADDRESS) if row.channel == "whatsapp"]) == 2


def test_who_is_known_under_an_id_of_whatsapps_own_is_written_to_there(store: Store, saved: int) -> None:
    talk = store.transaction(partial(talk_of, phone=SITI, address="ID.9000001"))
    invite(store)
    assert table(store, ROW)[0].conversation_id == talk
    assert table(store, OUTBOX)[0].address_id == 1


def test_a_number_that_was_renamed_is_still_known_by_a_later_list(store: Store, saved: int) -> None:
    invite(store)
    assert store.transaction(partial(rekey, channel="whatsapp", old=SITI.removeprefix("+"), new="ID.9000001"))
    talk = table(store, ROW)[0].conversation_id
    store.transaction(lambda s: s.execute(update(CONVERSATION).where(CONVERSATION.c.id == talk).values(stopped=True)))
    line = lists.row(60)
    line[2] = SITI
    store.transaction(partial(batch, association_id=1, members=[line]))
    assert invite(store) == Preview(closed=1)


def test_who_came_by_himself_or_is_not_waited_for_is_not_written_to(store: Store, saved: int) -> None:
    def come(session: Session) -> None:
        code = invitations.members(session, 1, now=START)[0].code
        invitations.open_invitation(session, code, conversation_id=talk_of(session, "+6281299999999"), now=START)
        session.execute(update(ROW).where(ROW.c.id == 2).values(state="consented"))

    store.transaction(come)
    assert look(store) == invite(store) == Preview(ready=1)


def test_a_retired_association_writes_to_nobody(store: Store, saved: int) -> None:
    store.transaction(lambda s: s.execute(update(ASSOCIATION).values(active=False)))
    assert look(store) == invite(store) == Preview()
    assert store.transaction(partial(contact.invitee, row_id=1)) is None


def test_who_was_not_reached_is_counted_until_he_comes(store: Store, saved: int) -> None:
    store.transaction(partial(contact.mark_unreached, row_id=1))
    assert not table(store, ROW)[0].unreached  # nobody wrote to him
    invite(store)
    store.transaction(partial(contact.mark_unreached, row_id=1))
    assert store.transaction(partial(contact.counted, association_id=1)) == contact.Contacted(3, 1)

    def come(session: Session) -> None:
        code = invitations.members(session, 1, now=START)[0].code
        invitations.open_invitation(session, code, conversation_id=talk_of(session, "+6281299999999"), now=START)

    store.transaction(come)
    assert store.transaction(partial(contact.counted, association_id=1)) == contact.Contacted(3, 0)


def test_the_one_reminder_reaches_who_was_written_to_but_not_whom_it_did_not_reach(store: Store, saved: int) -> None:
    invite(store)
    store.transaction(partial(contact.mark_unreached, row_id=2))
    done = store.transaction(partial(lifecycle.remind_batch, batch_id=saved, actor=CLI, now=START))
    assert done == lifecycle.Reminded(saved, told=2, unknown=1)


def test_pages_written_at_the_same_time_write_to_each_member_once(crowd: Crowd, store: Store, saved: int) -> None:
    pages = crowd([partial(contact.invite, asked=Asked(1), actor=CLI, now=START)] * 8)
    assert sum(page.done.ready for page in pages) == 3
    assert len(table(store, OUTBOX)) == len(table(store, ADDRESS)) == 3


# --- what is forgotten ----------------------------------------------------------------------------------------------


def silent(store: Store) -> tuple[int, int, int]:
    """(addresses, talks, messages that wait)."""
    waiting = [row for row in table(store, OUTBOX) if row.state < 2]
    return len(table(store, ADDRESS)), len(table(store, CONVERSATION)), len(waiting)


def test_numbers_of_rows_that_lapse_are_forgotten_but_for_who_wrote(store: Store, saved: int) -> None:
    invite(store)
    wrote = update(ADDRESS).where(ADDRESS.c.id == 1).values(last_inbound_at=START)
    store.transaction(lambda s: s.execute(wrote))
    later = START + dt.timedelta(days=31)
    store.transaction(partial(lifecycle.lapse, after=dt.timedelta(days=30), now=later))
    assert silent(store) == (1, 1, 1)
    assert {row.conversation_id for row in table(store, ROW)} == {None}


def test_numbers_of_a_withdrawn_batch_are_forgotten_and_others_stay(store: Store, saved: int) -> None:
    store.transaction(partial(batch, association_id=1, members=[lists.row(50)]))
    invite(store)
    store.transaction(partial(lifecycle.withdraw_batch, batch_id=saved, actor=CLI, reason="salah", now=START))
    assert silent(store) == (1, 1, 1)
    assert [row.conversation_id is None for row in table(store, ROW)] == [True, True, True, False]


def test_the_number_of_a_member_who_has_himself_forgotten_is_forgotten(store: Store, saved: int) -> None:
    invite(store)

    def forget(session: Session) -> None:
        wanted = rows(session, saved)[0]
        lifecycle.forget_member(session, 999, wanted.nik_hash, now=START)

    store.transaction(forget)
    assert silent(store) == (2, 2, 2)


def test_a_number_whose_member_came_elsewhere_is_forgotten_when_the_house_is_kept(store: Store, saved: int) -> None:
    invite(store)

    def come(session: Session) -> None:
        code = invitations.members(session, 1, now=START)[0].code
        invitations.open_invitation(session, code, conversation_id=talk_of(session, "+6281299999999"), now=START)
        session.execute(update(ROW).where(ROW.c.id == 2).values(state="consented"))

    store.transaction(come)
    store.transaction(partial(lifecycle.lapse, after=dt.timedelta(days=30), now=START))
    assert silent(store) == (2, 2, 1)


def test_a_talk_with_a_draft_an_officer_or_a_head_is_not_forgotten(store: Store, saved: int) -> None:
    invite(store)

    def keep(session: Session) -> None:
        one, two, three = session.execute(select(ROW.c.conversation_id).order_by(ROW.c.id)).scalars()
        session.execute(update(CONVERSATION).where(CONVERSATION.c.id == one).values(draft_id=5))
        session.execute(update(CONVERSATION).where(CONVERSATION.c.id == two).values(officer_id=5))
        session.execute(update(ASSOCIATION).values(conversation_id=three))
        session.execute(update(ROW).values(state="lapsed"))

    store.transaction(keep)
    assert store.transaction(contact.forget_silent) == 0
    assert silent(store)[0] == 3
