"""Codes and links: short, found again by their hash only, and telling nobody anything but who invites."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import func, select, update
from sqlmodel import Session

from models.delivery.conversations import add_address
from models.ground.audit import ENTRY
from models.programme import admission
from models.referral import invitations, lifecycle
from models.referral.invitations import INVITATION, OPENING, Doors, InviteState, Opened
from models.register import actors, applications, drafts, submission
from models.register.applications import APPLICATION
from models.register.associations import ASSOCIATION
from models.register.codes import CODE_LETTERS
from tests.conftest import START
from tests.models import people
from tests.models.conftest import Crowd, Do
from tests.models.referral import lists
from tests.models.referral.batch_samples import CLI, association, batch

SYSTEM = actors.system("test")
DOORS = Doors("payung_uji_bot", "628115550100", "https://payung.example.go.id")


def scene(session: Session, *, members: int = 4) -> tuple[int, int, int]:
    programme = people.programme(session, now=START)
    owner = association(session)
    return programme, owner, batch(session, owner, lists.rows(members))


def talk(session: Session, name: str = "member") -> int:
    return add_address(session, "telegram", name, now=START).conversation_id


def begun(session: Session, conversation_id: int) -> Any:
    """A draft begun in this talk, as consent makes it; its row."""
    draft = admission.open_draft(session, conversation_id=conversation_id, actor=SYSTEM, now=START)
    assert isinstance(draft, int)
    invitations.take_along(session, conversation_id, draft)
    return applications.get_application(session, draft)


def typed(session: Session, application: Any, number: int) -> dict[str, str]:
    nik_hash = applications.hash_of(session, "nik", lists.nik(number))
    return invitations.proposals(session, application, nik_hash=nik_hash, now=START)


def test_each_door_has_its_link_and_the_web_hides_the_code_from_logs() -> None:
    links = DOORS.links("KX4P-72WQ", words="Undangan KX4P-72WQ")
    assert links.telegram == "https://t.me/payung_uji_bot?start=u-KX4P72WQ"
    assert parse_qs(urlsplit(links.whatsapp).query) == {"text": ["Undangan KX4P-72WQ"]}
    assert urlsplit(links.whatsapp).path == "/628115550100"
    web = urlsplit(links.web)
    assert (web.path, web.query, web.fragment) == ("/chat", "", "u=KX4P72WQ")
    assert Doors(web="https://payung.example.go.id").links("KX4P72WQ", words="x").all == (("web", links.web),)
    assert "KX4P" not in repr(links)


def test_codes_are_made_once_and_stand_nowhere_in_plain_text(do: Do) -> None:
    _, owner, batch_id = do(scene)
    read = partial(invitations.members, association_id=owner, now=START)
    first, again = do(read), do(read)
    assert first == again
    assert len({one.code for one in first}) == 4
    assert [(one.nik_end, one.name) for one in first] == [(lists.nik(n)[-4:], lists.row(n)[1]) for n in range(4)]
    for one in first:
        letters = one.code.replace("-", "")
        assert set(letters) <= set(CODE_LETTERS)
        assert any(sign.isdigit() for sign in letters)
    stored = do(lambda s: s.execute(select(INVITATION)).all())
    assert not any(one.code.replace("-", "").encode() in row.code_sealed + row.code_hash for one in first for row in stored)
    assert [one.row_id for one in do(partial(read, limit=2))] == [one.row_id for one in first[:2]]
    assert do(partial(read, after=first[1].row_id, batch_id=batch_id)) == first[2:]
    assert do(partial(read, batch_id=batch_id + 1)) == []


def test_one_member_is_invited_by_himself_as_long_as_he_waits(do: Do) -> None:
    programme, owner, _ = do(scene)
    everybody = do(partial(invitations.members, association_id=owner, now=START))
    one = partial(invitations.members, association_id=owner, row_id=everybody[2].row_id, now=START)
    assert do(one) == everybody[2:3]
    assert do(partial(one, association_id=owner + 1)) == []
    do(partial(invitations.log_printed, association_id=owner, count=1, row_id=everybody[2].row_id, actor=CLI, now=START))
    told = do(lambda s: s.execute(select(ENTRY.c.action, ENTRY.c.subject, ENTRY.c.reason)).all())[-1]
    assert tuple(told) == ("invitation.print", f"association:{owner}", f"referral_row:{everybody[2].row_id}")
    do(partial(people.submitted, programme_id=programme, now=START, serial=9100, nik=lists.nik(2)))
    assert do(one) == []


def test_codes_asked_for_at_once_are_the_same(do: Do, crowd: Crowd) -> None:
    _, owner, _ = do(scene)
    found = crowd([partial(invitations.members, association_id=owner, now=START)] * 4)
    assert all(one == found[0] for one in found)
    codes = crowd([partial(invitations.association_code, association_id=owner, actor=CLI, now=START)] * 4)
    assert len(set(codes)) == 1
    assert do(lambda s: s.execute(select(func.count()).select_from(INVITATION)).scalar_one()) == 5
    assert do(partial(invitations.association_code, association_id=99, actor=CLI, now=START)) is None


def test_a_code_tells_the_association_and_nothing_of_the_member(do: Do) -> None:
    _, owner, _ = do(scene)
    code = do(partial(invitations.members, association_id=owner, now=START))[0].code
    opened = do(
        partial(invitations.open_invitation, code=code.lower().replace("-", " "), conversation_id=do(talk), now=START)
    )
    assert opened == Opened(InviteState.OPEN, "Pangkalan Contoh")


def test_a_used_lapsed_withdrawn_or_unknown_code_says_so(do: Do) -> None:
    programme, owner, batch_id = do(scene)
    codes = [one.code for one in do(partial(invitations.members, association_id=owner, now=START))]
    conversation = do(talk)

    def state(code: str) -> InviteState:
        opened: Opened = do(partial(invitations.open_invitation, code=code, conversation_id=conversation, now=START))
        return opened.state

    do(partial(people.submitted, programme_id=programme, now=START, serial=9100, nik=lists.nik(0)))
    assert state(codes[0]) is InviteState.USED
    do(partial(lifecycle.lapse, after=dt.timedelta(days=1), now=START + dt.timedelta(days=2)))
    assert state(codes[1]) is InviteState.LAPSED
    do(partial(lifecycle.withdraw_batch, batch_id=batch_id, actor=CLI, reason="x", now=START))
    assert state(codes[1]) is InviteState.WITHDRAWN
    assert state("AAAA-2222") is InviteState.UNKNOWN
    everybody = do(partial(invitations.association_code, association_id=owner, actor=CLI, now=START))
    assert state(everybody) is InviteState.OPEN
    do(lambda s: s.execute(update(ASSOCIATION).values(active=False)))
    assert state(everybody) is InviteState.WITHDRAWN


def test_the_lists_words_are_proposed_only_to_who_types_the_nik(do: Do) -> None:
    _, owner, _ = do(scene)
    code = do(partial(invitations.members, association_id=owner, now=START))[0].code
    conversation = do(talk)
    do(partial(invitations.open_invitation, code=code, conversation_id=conversation, now=START))
    draft = do(partial(begun, conversation_id=conversation))
    assert draft.association_id == owner
    assert do(partial(typed, application=draft, number=999)) == {}
    assert do(partial(typed, application=draft, number=0)) == {
        "occupation": "ojek_pangkalan", "regency": "3201", "district": "320101", "phone": "+6281290000000",
    }  # fmt: skip


def test_who_merely_knows_a_nik_is_not_told_the_telephone_number(do: Do) -> None:
    _, owner, _ = do(scene)
    draft = do(partial(begun, conversation_id=do(talk)))
    assert draft.association_id is None
    found = do(partial(typed, application=draft, number=1))
    assert "phone" not in found
    assert found["regency"] == "3201"
    assert do(partial(applications.get_application, application_id=draft.id)).association_id == owner


def test_the_next_draft_of_the_same_phone_is_not_the_invited_one(do: Do) -> None:
    _, owner, _ = do(scene)
    code = do(partial(invitations.association_code, association_id=owner, actor=CLI, now=START))
    conversation = do(talk)
    do(partial(invitations.open_invitation, code=code, conversation_id=conversation, now=START))
    do(partial(invitations.open_invitation, code=code, conversation_id=conversation, now=START))
    found = [do(partial(begun, conversation_id=conversation)) for _ in range(2)]
    assert [draft.association_id for draft in found] == [owner, None]
    assert do(lambda s: s.execute(select(OPENING)).all()) == []


def submitted_with(session: Session, application: Any, number: int) -> Any:
    answers = {**people.answers(), "nik": lists.nik(number)}
    drafts.save_answers(session, application.id, answers, actor=SYSTEM, now=START)
    moved = submission.submit(session, application.id, actor=SYSTEM, now=START)
    assert isinstance(moved, applications.Moved)
    return people.row_of(session, moved.number)


def test_another_nik_than_the_lists_is_registered_all_the_same_with_a_flag(do: Do) -> None:
    _, owner, _ = do(scene)
    code = do(partial(invitations.members, association_id=owner, now=START))[0].code
    conversation = do(talk)
    do(partial(invitations.open_invitation, code=code, conversation_id=conversation, now=START))
    row = do(partial(submitted_with, application=do(partial(begun, conversation_id=conversation)), number=999))
    assert (row.association_id, row.flags) == (owner, "referral_mismatch")
    assert do(partial(lifecycle.standing, association_id=owner))[0].invited == 4
    assert do(partial(invitations.association_of, application=row)) == "Pangkalan Contoh"


def test_a_listed_nik_is_linked_without_any_link(do: Do) -> None:
    _, owner, _ = do(scene)
    row = do(partial(submitted_with, application=do(partial(begun, conversation_id=do(talk))), number=2))
    assert (row.association_id, row.flags) == (owner, "")
    stranger = do(partial(begun, conversation_id=do(partial(talk, name="stranger"))))
    other = do(partial(submitted_with, application=stranger, number=50))
    assert (other.association_id, other.flags) == (None, "")
    assert do(partial(invitations.association_of, application=other)) == ""
    assert do(lambda s: s.execute(select(func.count()).select_from(APPLICATION)).scalar_one()) == 2
