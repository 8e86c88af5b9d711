"""What happens at the register behind a conversation's back: other people, officers, associations, BPJS Ketenagakerjaan."""

from __future__ import annotations

from functools import partial

from sqlmodel import Session

from models.catalogue.statuses import Status
from models.delivery.conversations import add_address
from models.programme.programmes import PROGRAMME
from models.referral import invitations
from models.register import actors, applications, associations, cards, cases, drafts, officers, submission
from tests.bot.conftest import Room
from tests.models import people
from tests.models.referral.batch_samples import association, batch


def decide(room: Room, number: str, status: Status, reason: str, fields: tuple[str, ...]) -> None:
    """Some officer has decided."""
    decided = partial(cases.decide, number=number, target=status, reason=reason, now=room.clock())
    done = room.do(partial(decided, actor=actors.system("test"), fields=fields))
    assert isinstance(done, applications.Moved), done


def take(room: Room, nik: str) -> None:
    """Somebody else has registered with this NIK."""

    def register(session: Session) -> None:
        now, who = room.clock(), actors.system("test")
        programme = session.execute(PROGRAMME.select()).one()
        talk = add_address(session, "telegram", "somebody else", now=now).conversation_id
        made = drafts.start_draft(session, programme_id=programme.id, year=2026, conversation_id=talk, actor=who, now=now)
        drafts.save_answers(session, made, people.answers(9099, nik=nik), actor=who, now=now)
        moved = submission.submit(session, made, actor=who, now=now)
        assert isinstance(moved, applications.Moved), moved

    room.do(register)


def issue(room: Room, number: str, kpj: str) -> None:
    """BPJS Ketenagakerjaan has issued a card."""
    now = room.clock()

    def work(session: Session) -> object:
        row = people.row_of(session, number)
        return cards.issue_card(session, row, kpj, issued_on=now.date(), actor=actors.system("bpjs"), now=now)

    assert isinstance(room.do(work), applications.Moved)


def refer(room: Room) -> str:
    """Siti stands on an association's list; the code of her invitation."""

    def work(session: Session) -> str:
        owner = association(session, "Koperasi Nelayan Contoh")
        row = ["1271035708859001", "Siti Aminah", "081234569001", "nelayan", "Medan Belawan", "17-08-1985"]
        batch(session, owner, [row], area="1271", now=room.clock())
        return invitations.members(session, owner, now=room.clock())[0].code

    return str(room.do(work))


def set_up_association(room: Room) -> str:
    """An association is there; the code for its head."""
    new = associations.NewAssociation("Pangkalan Ojek Contoh", "ojek", "1271", "Pak Togar")
    made = room.do(partial(associations.set_up, new=new, actor=actors.system("test"), now=room.clock()))
    return str(made.code)


def invite_officer(room: Room, name: str) -> str:
    """An officer is invited; the code that enrols them."""
    _, code = room.do(partial(officers.invite, name=name, role="verifier", area="12", now=room.clock()))
    return str(code)
