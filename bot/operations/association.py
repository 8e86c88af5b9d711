"""What an officer's turn asks of the register about associations: the list, setting one up, a code, retiring one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import Session

from bot.colleagues import actor_of, officer_of
from bot.conversations import Talk
from bot.flow.operations import association as association_op
from bot.flow.operations import contract as op
from bot.papers.links import lines_of
from bot.shell import Shell
from models.catalogue.regions import region_name
from models.referral import lifecycle
from models.register import associations
from models.register.codes import CODE_VALID
from models.register.officers import Officer

NOT_ALLOWED = op.Rejected("not_officer")
NOT_FOUND = op.Rejected("association")
LIST_MAX = 7
REASON = "by an officer"


def list_associations(
    session: Session, talk: Talk, operation: association_op.ListAssociations, shell: Shell, now: dt.datetime
) -> op.Result:
    """The associations of the officer's area."""
    officer = officer_of(session, talk)
    if officer is None:
        return NOT_ALLOWED
    rows = associations.in_area(session, officer.area, limit=LIST_MAX + 1)
    return association_op.AssociationList(tuple(_item(row, now) for row in rows[:LIST_MAX]), more=len(rows) > LIST_MAX)


def open_association(
    session: Session, talk: Talk, operation: association_op.OpenAssociation, shell: Shell, now: dt.datetime
) -> op.Result:
    """One association with its head and its figures."""
    row = _mine(session, talk, operation.association)
    if row is None:
        return NOT_FOUND
    batches = lifecycle.standing(session, row.id)
    referred, confirmed = sum(one.rows for one in batches), sum(one.confirmed for one in batches)
    return association_op.AssociationShown(_item(row, now), associations.head_of(session, row), referred, confirmed)


def set_up(
    session: Session, talk: Talk, operation: association_op.SetUpAssociation, shell: Shell, now: dt.datetime
) -> op.Result:
    """The association is there, and its head's code is given out."""
    officer = officer_of(session, talk)
    if officer is None:
        return NOT_ALLOWED
    if region_name(operation.area) is None or not operation.area.startswith(officer.area):
        return op.Rejected("association_area")
    new = associations.NewAssociation(operation.name, operation.kind, operation.area, operation.head)
    made = associations.set_up(session, new, actor=actor_of(officer), now=now)
    if made is None:
        return op.Rejected("name_taken")
    return association_op.CodeMade(
        made.id, operation.name, operation.head, made.code, now + CODE_VALID, new=True, links=_links(shell, made.code)
    )


def make_code(session: Session, talk: Talk, operation: association_op.MakeCode, shell: Shell, now: dt.datetime) -> op.Result:
    """A fresh code for the head; an older one is worthless."""
    officer, row = officer_of(session, talk), _mine(session, talk, operation.association)
    if officer is None or row is None:
        return NOT_FOUND
    code = associations.fresh_code(session, row.id, actor=actor_of(officer), now=now)
    if code is None:
        return NOT_FOUND
    return association_op.CodeMade(
        row.id, row.name, associations.head_of(session, row), code, now + CODE_VALID, links=_links(shell, code)
    )


def retire(
    session: Session, talk: Talk, operation: association_op.RetireAssociation, shell: Shell, now: dt.datetime
) -> op.Result:
    """The association refers nobody any more."""
    officer, row = officer_of(session, talk), _mine(session, talk, operation.association)
    if officer is None or row is None:
        return NOT_FOUND
    if not associations.retire(session, row.id, actor=actor_of(officer), reason=REASON, now=now):
        return NOT_FOUND
    return association_op.AssociationRetired(row.name)


def _links(shell: Shell, code: str) -> str:
    """Where the head can come in with this code: a line for each open door."""
    words = shell.texts.text("off.assoc.hand.words", params={"code": code})
    return lines_of(shell.doors.links_of_head(code, words=words), shell.texts)


def _mine(session: Session, talk: Talk, association_id: int) -> Any | None:
    """The association, if it is one of the officer's area."""
    officer: Officer | None = officer_of(session, talk)
    row = associations.find_association(session, association_id)
    return row if officer is not None and row is not None and row.area.startswith(officer.area) else None


def _item(row: Any, now: dt.datetime) -> association_op.AssociationItem:
    if not row.active:
        state = "retired"
    elif row.conversation_id is not None:
        state = "head"
    elif row.invite_until is None:
        state = "vacant"
    else:
        state = "invited" if row.invite_until > now else "waiting"
    return association_op.AssociationItem(row.id, row.name, row.kind, region_name(row.area) or row.area, state)
