"""What an invitation asks of the register: what its code is, and what the list says once its member's NIK was typed."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session

from bot.conversations import Talk, reload, write_answers
from bot.flow.operations.invited import InvitationOpened, LookUpRead, OpenInvitation
from bot.shell import Shell
from models.catalogue.fields import Field
from models.catalogue.statuses import Status
from models.programme.programmes import is_served
from models.referral import invitations
from models.referral.invitations import InviteState
from models.register import applications
from models.register.codes import may_try


def open_invitation(
    session: Session, talk: Talk, operation: OpenInvitation, shell: Shell, now: dt.datetime
) -> InvitationOpened:
    """The invitation waits for the draft to come, or belongs to the one that was begun; a talk may not try many codes."""
    if not may_try(session, talk.conversation_id, now=now):
        return InvitationOpened(InviteState.UNKNOWN.value)
    return try_code(session, talk, operation.code, now=now)


def try_code(session: Session, talk: Talk, code: str, *, now: dt.datetime) -> InvitationOpened:
    """What the code is, among invitations; the try was counted."""
    opened = invitations.open_invitation(session, code, conversation_id=talk.conversation_id, now=now)
    if opened.state is InviteState.OPEN and talk.draft_id is not None and talk.row.status == Status.DRAFT.value:
        invitations.take_along(session, talk.conversation_id, talk.draft_id)
        write_answers(session, talk, now=now)
        reload(session, talk)
        propose(session, talk, now=now)
    return InvitationOpened(opened.state.value, opened.association)


def look_up_read(session: Session, talk: Talk, operation: LookUpRead, shell: Shell, now: dt.datetime) -> None:
    """What a list says of the NIK on the card is proposed before the person is asked for it."""
    propose(session, talk, now=now)


def propose(session: Session, talk: Talk, *, now: dt.datetime) -> None:
    """What a list says of the NIK, typed or read, stands in the draft where the person said nothing, to check at the end.

    A place that the programme does not serve is left for the person to say.
    """
    nik = talk.answers.get(Field.NIK.value) or talk.read.get(Field.NIK.value, "")
    if not nik or talk.draft_id is None:
        return
    application = applications.get_application(session, talk.draft_id)
    nik_hash = applications.hash_of(session, Field.NIK, nik)
    found = invitations.proposals(session, application, nik_hash=nik_hash, now=now)
    if Field.REGENCY.value in found and (
        not is_served(session, application.programme_id, found[Field.REGENCY.value])
        or talk.answers.get(Field.REGENCY.value, found[Field.REGENCY.value]) != found[Field.REGENCY.value]
    ):
        found = {name: value for name, value in found.items() if name not in {Field.REGENCY, Field.DISTRICT}}
    new = {name: value for name, value in found.items() if not talk.answers.get(name)}
    if new:
        talk.answers.update(new)
        talk.dirty = True
