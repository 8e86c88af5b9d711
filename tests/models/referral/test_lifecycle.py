"""The life of a batch on both databases: standing, who is missing, reminder, withdrawal, lapsing, being forgotten."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import Session

from models.catalogue.statuses import Status
from models.delivery.conversations import CONVERSATION, add_address, mark_blocked
from models.delivery.outbox import OUTBOX, PURPOSE
from models.ground.audit import ENTRY, verify
from models.ground.sealed import keys_of
from models.ground.store import Work
from models.programme import admission
from models.referral import invitations, lifecycle
from models.referral.lifecycle import BatchStanding, BatchWithdrawn, Reminded
from models.register import actors, applications, cases, drafts, submission, withdrawal
from models.register.applications import APPLICATION, Refusal
from models.register.referrals import BATCH, ROW
from tests.conftest import START
from tests.models import people
from tests.models.conftest import Crowd, Do
from tests.models.referral import lists
from tests.models.referral.batch_samples import CLI, association, batch, rows

SYSTEM = actors.system("test")
LATER = START + dt.timedelta(days=31)


def scene(session: Session, *, members: int = 6, quota: int = 0) -> tuple[int, int, int]:
    """A programme, an association and its batch; their ids."""
    programme = people.programme(session, now=START, quota=quota)
    owner = association(session)
    return programme, owner, batch(session, owner, lists.rows(members))


def sent(session: Session, programme: int, number: int) -> str:
    """The member with this number in the list has sent his own application; its registration number."""
    return people.submitted(session, programme, now=START, serial=9100 + number, nik=lists.nik(number))


def states(session: Session, batch_id: int) -> list[str]:
    return [row.state for row in rows(session, batch_id)]


def actions(session: Session) -> list[str]:
    return list(session.execute(select(ENTRY.c.action).where(ENTRY.c.action.startswith("referral."))).scalars())


def test_standing_counts_who_confirmed_waits_and_has_a_place(do: Do) -> None:
    programme, owner, batch_id = do(scene)
    numbers = [do(partial(sent, programme=programme, number=number)) for number in range(3)]
    do(partial(admission.approve, number=numbers[0], actor=SYSTEM, now=START))
    do(partial(cases.decide, number=numbers[1], target=Status.REFUSED, actor=SYSTEM, reason="not_eligible", now=START))
    (found,) = do(partial(lifecycle.standing, association_id=owner))
    assert found == BatchStanding(batch_id, START, 6, 3, 3, 1, 1, 0, 0)
    assert do(partial(lifecycle.standing, association_id=owner + 1)) == []
    assert "referral.consent" in do(actions)


@pytest.mark.parametrize(("name", "letters"), [
    ("Siti Rahayu Contoh", "S.R.C."), ("Nur 'Ain", "N.A."), ("- Budi (alm) 2", "B.A."), ("a b c d e", "A.B.C.D."), ("", ""),
])  # fmt: skip
def test_initials_are_letters(name: str, letters: str) -> None:
    assert lifecycle.initials(name) == letters


def test_the_missing_are_told_by_initials_and_four_digits_page_by_page(do: Do) -> None:
    programme, owner, _ = do(scene)
    do(partial(sent, programme=programme, number=0))
    first = do(partial(lifecycle.missing, association_id=owner, limit=3))
    rest = do(partial(lifecycle.missing, association_id=owner, after=first[-1].row_id, limit=3))
    assert [one.nik_end for one in (*first, *rest)] == [lists.nik(number)[-4:] for number in range(1, 6)]
    assert first[0].initials == "B.M.I."
    assert first[0].since == START
    assert lists.nik(1) not in repr(first)
    assert do(partial(lifecycle.missing, association_id=owner + 1)) == []


def test_a_withdrawn_batch_forgets_the_unconfirmed_lets_the_undecided_go_and_keeps_the_decided(do: Do) -> None:
    programme, owner, batch_id = do(scene)
    numbers = [do(partial(sent, programme=programme, number=number)) for number in range(2)]
    do(partial(admission.approve, number=numbers[0], actor=SYSTEM, now=START))
    withdraw = partial(lifecycle.withdraw_batch, batch_id=batch_id, actor=CLI, now=START)
    assert do(partial(withdraw, reason=" ")) == Refusal("reason")
    assert do(partial(withdraw, reason="salah daftar")) == BatchWithdrawn(batch_id, 5, 1, 1)
    assert do(partial(states, batch_id=batch_id)) == ["consented", *["withdrawn"] * 5]
    assert [row.content_sealed is None for row in do(partial(rows, batch_id=batch_id))] == [True] * 6
    decided, waiting = (do(partial(people.row_of, number=number)) for number in numbers)
    assert (decided.association_id, waiting.association_id) == (owner, None)
    assert (waiting.status, waiting.flags) == ("submitted", "referral_withdrawn")
    assert do(partial(withdraw, reason="salah daftar")) == Refusal("already")
    assert do(partial(withdraw, batch_id=99, reason="x")) == Refusal("not_found")
    assert do(verify).broken == ""
    (found,) = do(partial(lifecycle.standing, association_id=owner))
    assert (found.withdrawn, found.confirmed, found.approved, found.is_withdrawn) == (5, 1, 1, True)


def test_a_batch_withdrawn_twice_at_once_is_withdrawn_once(do: Do, crowd: Crowd) -> None:
    _, _, batch_id = do(scene)
    withdraw = partial(lifecycle.withdraw_batch, batch_id=batch_id, actor=CLI, reason="salah daftar", now=START)
    results = crowd([withdraw] * 4)
    assert [type(one) for one in results].count(BatchWithdrawn) == 1
    assert results.count(Refusal("already")) == 3


def test_a_batch_withdrawn_while_members_send_and_are_approved_leaves_nothing_half_done(do: Do, crowd: Crowd) -> None:
    programme, owner, batch_id = do(partial(scene, members=12))
    numbers = [do(partial(sent, programme=programme, number=number)) for number in range(4)]
    draft_ids = [
        do(partial(people.draft, programme_id=programme, serial=9300 + number, now=START, nik=lists.nik(number)))
        for number in range(4, 8)
    ]
    works: list[Work[Any]] = [partial(admission.approve, number=number, actor=SYSTEM, now=START) for number in numbers]
    works[2:2] = [partial(lifecycle.withdraw_batch, batch_id=batch_id, actor=CLI, reason="salah daftar", now=START)]
    works += [partial(submission.submit, application_id=draft, actor=SYSTEM, now=START) for draft in draft_ids]
    crowd(works)
    rest = {row.application_id: row.state for row in do(partial(rows, batch_id=batch_id)) if row.application_id is not None}
    for row in do(lambda s: s.execute(select(APPLICATION)).all()):
        assert (row.association_id == owner) == (rest.get(row.id) == "consented"), (row.status, row.flags)
        assert row.status in {"approved", "submitted"}
    assert do(verify).broken == ""


def test_two_drafts_with_one_listed_nik_sent_at_once_make_one_member(do: Do, crowd: Crowd) -> None:
    programme, owner, batch_id = do(scene)
    draft_ids = [
        do(partial(people.draft, programme_id=programme, serial=9300 + copy, now=START, nik=lists.nik(0)))
        for copy in range(4)
    ]
    results = crowd([partial(submission.submit, application_id=draft, actor=SYSTEM, now=START) for draft in draft_ids])
    assert results.count(Refusal("duplicate")) == 3
    (one,) = [draft for draft, result in zip(draft_ids, results, strict=True) if result != Refusal("duplicate")]
    assert do(partial(rows, batch_id=batch_id))[0].application_id == one
    assert do(partial(lifecycle.standing, association_id=owner))[0].confirmed == 1


def test_members_of_a_withdrawn_batch_can_be_listed_again_and_register_themselves(do: Do) -> None:
    programme, owner, batch_id = do(scene)
    do(partial(lifecycle.withdraw_batch, batch_id=batch_id, actor=CLI, reason="salah daftar", now=START))
    number = do(partial(sent, programme=programme, number=0))
    assert do(partial(people.row_of, number=number)).association_id is None
    again = do(partial(batch, association_id=owner, members=lists.rows(6)[1:]))
    assert do(partial(states, batch_id=again)) == ["invited"] * 5


def open_links(session: Session, owner: int, channels: tuple[str, ...]) -> list[int]:
    """The first members opened their links, one on each of these channels; their conversations."""
    talks = []
    for number, (channel, invited) in enumerate(
        zip(channels, invitations.members(session, owner, limit=len(channels), now=START), strict=True)
    ):
        talk = add_address(session, channel, f"member {number}", now=START).conversation_id
        invitations.open_invitation(session, invited.code, conversation_id=talk, now=START)
        talks.append(talk)
    return talks


def notices(session: Session) -> list[dict[str, Any]]:
    found = session.execute(select(OUTBOX).where(OUTBOX.c.kind == "notice").order_by(OUTBOX.c.id))
    return [keys_of(session).open_json(row.payload_sealed, PURPOSE) for row in found]


def test_a_reminder_goes_once_to_who_began_and_to_nobody_else(do: Do) -> None:
    programme, owner, batch_id = do(scene)
    remind = partial(lifecycle.remind_batch, batch_id=batch_id, actor=CLI, now=START)
    assert do(remind) == Refusal("nobody")
    talks = do(partial(open_links, owner=owner, channels=("telegram", "whatsapp", "web", "telegram")))
    do(lambda s: s.execute(update(CONVERSATION).where(CONVERSATION.c.id == talks[2]).values(stopped=True)))
    blocked = do(partial(add_address, channel="telegram", address="member 3", now=START))
    do(partial(mark_blocked, address_id=blocked.address_id, now=START))
    do(partial(sent, programme=programme, number=0))  # he has sent it, elsewhere
    draft = do(partial(people.draft, programme_id=programme, serial=9200, now=START, nik=lists.nik(5)))
    row = do(partial(applications.get_application, application_id=draft))
    do(partial(invitations.proposals, application=row, nik_hash=row.nik_hash, now=START))
    assert do(remind) == Reminded(batch_id, told=2, unknown=3)
    told = do(notices)
    assert [one["conversation"] for one in told] == [talks[1], row.conversation_id]
    assert {one["association"] for one in told} == {"Pangkalan Contoh"}
    assert do(remind) == Refusal("already")
    assert do(partial(remind, batch_id=99)) == Refusal("not_found")
    do(partial(lifecycle.withdraw_batch, batch_id=batch_id, actor=CLI, reason="x", now=START))
    assert do(remind) == Refusal("withdrawn")
    assert "referral.remind" in do(actions)


def test_rows_lapse_after_their_time_and_are_forgotten(do: Do) -> None:
    programme, owner, batch_id = do(scene)
    do(partial(sent, programme=programme, number=0))
    lapse = partial(lifecycle.lapse, after=dt.timedelta(days=30))
    assert do(partial(lapse, now=START + dt.timedelta(days=29))) == 0
    draft = do(partial(people.draft, programme_id=programme, serial=9200, now=START, nik=lists.nik(5)))
    row = do(partial(applications.get_application, application_id=draft))
    do(partial(invitations.proposals, application=row, nik_hash=row.nik_hash, now=START))
    assert do(partial(lapse, now=LATER)) == 5
    assert do(partial(lapse, now=LATER)) == 0
    assert do(partial(states, batch_id=batch_id)) == ["consented", *["lapsed"] * 5]
    assert [row.content_sealed is None for row in do(partial(rows, batch_id=batch_id))] == [True] * 6
    assert do(partial(lifecycle.standing, association_id=owner))[0].lapsed == 5
    # who comes late all the same is no stranger to the association
    moved = do(partial(submission.submit, application_id=draft, actor=SYSTEM, now=LATER))
    late = do(partial(people.row_of, number=moved.number))
    assert (late.association_id, late.flags) == (owner, "")


def test_a_person_who_deletes_his_data_is_on_no_list_any_more(do: Do) -> None:
    programme, owner, batch_id = do(scene)
    invited = do(partial(invitations.members, association_id=owner, now=START))
    number = do(partial(sent, programme=programme, number=0))
    row = do(partial(people.row_of, number=number))
    forget = partial(lifecycle.forget_member, application_id=row.id, nik_hash=row.nik_hash, now=START)
    assert do(forget) == 1
    assert do(forget) == 0
    first = do(partial(rows, batch_id=batch_id))[0]
    assert (first.state, first.content_sealed, first.application_id) == ("withdrawn", None, None)
    assert first.nik_hash != row.nik_hash
    opened = do(partial(invitations.open_invitation, code=invited[0].code, conversation_id=1, now=START))
    assert opened.association == ""
    do(partial(withdrawal.withdraw, application_id=row.id, actor=SYSTEM, reason="x", now=START))
    assert do(partial(batch, association_id=owner, members=lists.rows(1))) > batch_id


def test_a_draft_that_a_row_points_at_can_be_dropped_and_the_row_waits_again(do: Do) -> None:
    programme, _, batch_id = do(scene)
    draft = do(partial(people.draft, programme_id=programme, serial=9200, now=START, nik=lists.nik(2)))
    row = do(partial(applications.get_application, application_id=draft))
    assert do(partial(invitations.proposals, application=row, nik_hash=row.nik_hash, now=START))
    assert do(partial(rows, batch_id=batch_id))[2].application_id == draft
    do(partial(drafts.drop_draft, application_id=draft, actor=SYSTEM, now=START))
    waiting = do(partial(rows, batch_id=batch_id))[2]
    assert (waiting.state, waiting.application_id) == ("invited", None)
    assert do(lambda s: s.execute(select(APPLICATION)).all()) == []


def test_a_corrected_nik_lets_the_other_members_row_go(do: Do) -> None:
    programme, _, batch_id = do(scene)
    draft = do(partial(people.draft, programme_id=programme, serial=9200, now=START, nik=lists.nik(2)))
    row = do(partial(applications.get_application, application_id=draft))
    do(partial(invitations.proposals, application=row, nik_hash=row.nik_hash, now=START))
    right = do(lambda s: applications.hash_of(s, "nik", lists.nik(3)))
    do(partial(invitations.proposals, application=row, nik_hash=right, now=START))
    pointing = [one.application_id for one in do(partial(rows, batch_id=batch_id))]
    assert pointing == [None, None, None, draft, None, None]


def test_the_batch_keeps_when_it_was_reminded(do: Do) -> None:
    _, owner, batch_id = do(scene)
    do(partial(open_links, owner=owner, channels=("telegram",)))
    do(partial(lifecycle.remind_batch, batch_id=batch_id, actor=CLI, now=START))
    assert do(lambda s: s.execute(select(BATCH.c.reminded_at)).scalar_one()) == START
    assert do(lambda s: s.execute(select(ROW.c.reminded_at).order_by(ROW.c.id)).scalars().all())[:2] == [START, None]
