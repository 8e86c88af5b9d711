"""What an officer may do about associations: in the own area only, and every step stands in the audit."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from bot.flow.operations import association as association_op
from bot.flow.operations import contract as op
from bot.flow.operations import head
from bot.flow.operations import worker as worker_op
from models.ground.audit import ENTRY
from models.referral.invitations import Doors
from models.register import associations
from models.register.associations import ASSOCIATION, NewAssociation
from models.register.codes import CODE_VALID
from tests.bot.conftest import Room
from tests.bot.jobs.test_lists import CLI
from tests.bot.operations.carrying import carry

OFFICER = "officer 1"
NEW = association_op.SetUpAssociation("Pangkalan Contoh", "ojek", "3201", "Pak Togar Contoh")
about = partial(carry, address=OFFICER)


@pytest.fixture
def desk(room: Room) -> Room:
    """An officer of West Java, and one of North Sumatra."""
    room.officer(area="32")
    room.officer(area="12")
    return room


def actions(room: Room) -> list[str]:
    return [row.action for row in room.rows(ENTRY) if row.action.startswith("association.")]


def elsewhere(room: Room, operation: Any) -> Any:
    return carry(room, operation, address="officer 2")


def test_one_is_set_up_seen_given_a_code_and_retired(desk: Room) -> None:
    made = about(desk, NEW)
    assert isinstance(made, association_op.CodeMade)
    assert (made.association, made.head, made.new, made.until) == (1, "Pak Togar Contoh", True, desk.clock() + CODE_VALID)
    assert about(desk, NEW) == op.Rejected("name_taken")
    listed = about(desk, association_op.ListAssociations())
    assert listed == association_op.AssociationList(
        (association_op.AssociationItem(1, "Pangkalan Contoh", "ojek", "Kabupaten Bogor", "invited"),), more=False
    )
    assert about(desk, association_op.OpenAssociation(1)) == association_op.AssociationShown(
        listed.items[0], "Pak Togar Contoh", 0, 0
    )
    assert about(desk, association_op.MakeCode(1)).code != made.code
    assert about(desk, association_op.RetireAssociation(1)) == association_op.AssociationRetired("Pangkalan Contoh")
    assert about(desk, association_op.RetireAssociation(1)) == op.Rejected("association")
    assert about(desk, association_op.MakeCode(1)) == op.Rejected("association")
    assert actions(desk) == ["association.add", "association.code", "association.retire"]
    assert {row.actor for row in desk.rows(ENTRY) if row.action.startswith("association.")} == {"officer:1"}


def test_another_area_is_out_of_sight_and_out_of_reach(desk: Room) -> None:
    about(desk, NEW)
    assert elsewhere(desk, association_op.ListAssociations()) == association_op.AssociationList((), more=False)
    for operation in (association_op.OpenAssociation(1), association_op.MakeCode(1), association_op.RetireAssociation(1)):
        assert elsewhere(desk, operation) == op.Rejected("association")
    assert elsewhere(desk, NEW) == op.Rejected("association_area")
    assert about(desk, association_op.SetUpAssociation("X Contoh", "ojek", "3299", "")) == op.Rejected("association_area")
    assert actions(desk) == ["association.add"]


def test_the_links_for_the_head_lead_to_every_open_door(desk: Room) -> None:
    assert about(desk, NEW).links == ""  # nobody has said where the doors are
    doors = Doors("payung_uji_bot", "628115550100", "https://payung.example")
    desk.service = replace(desk.service, shell=replace(desk.service.shell, doors=doors))
    made = about(desk, association_op.MakeCode(1))
    assert made.links.splitlines() == [
        f"Telegram: https://t.me/payung_uji_bot?start={made.code.replace('-', '')}",
        f"WhatsApp: https://wa.me/628115550100?text=kode%20{made.code}",
        "Internet: https://payung.example/chat",
    ]


def test_nobody_else_may(desk: Room) -> None:
    assert carry(desk, NEW) == op.Rejected("not_officer")
    assert carry(desk, association_op.ListAssociations()) == op.Rejected("not_officer")
    assert carry(desk, association_op.RetireAssociation(1)) == op.Rejected("association")
    assert desk.count(ASSOCIATION) == 0


def test_its_state_is_that_of_its_head(desk: Room) -> None:
    made = about(desk, NEW)
    desk.clock.tick(CODE_VALID.total_seconds() + 1)
    assert about(desk, association_op.ListAssociations()).items[0].state == "waiting"
    fresh = about(desk, association_op.MakeCode(made.association))
    assert carry(desk, worker_op.Enrol(fresh.code), address="9100") == head.HeadEnrolled(
        "Pangkalan Contoh", "Pak Togar Contoh"
    )
    assert about(desk, association_op.ListAssociations()).items[0].state == "head"


def test_more_than_fit_are_said_to_be_there(desk: Room) -> None:
    for at in range(9):
        new = NewAssociation(f"Pangkalan {at}", "ojek", "3201")
        desk.do(partial(associations.set_up, new=new, actor=CLI, now=desk.clock()))
    found = about(desk, association_op.ListAssociations())
    assert (len(found.items), found.more) == (7, True)


@pytest.mark.parametrize(
    "operation",
    [
        head.MakeTemplate(),
        head.SaveList("0" * 32),
        head.ListBatches(),
        head.ListMissing(),
        head.RemindMembers(),
        head.WithdrawBatch(1, "x"),
    ],
)
def test_who_heads_nothing_gets_no_answer(desk: Room, operation: op.Operation) -> None:
    assert carry(desk, operation) == op.Rejected("not_head")


@pytest.mark.parametrize(
    "operation",
    [
        head.ReadList("ref", "a.xlsx"),
        head.DropList("0" * 32),
        head.MakeInvitations(),
        head.AddMemberPhoto("1", "ref"),
        head.AddPhotoArchive("1", "ref"),
        head.FinishPhotos("1"),
    ],
)
def test_who_heads_nothing_starts_nothing(desk: Room, operation: op.Operation) -> None:
    assert carry(desk, operation) is None
    assert [row for row in desk.outbox() if row.channel.startswith("job.")] == []
