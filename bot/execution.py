"""Carrying out what a turn asked of the register, in the turn's transaction.

One function an operation, in files by who asks: `bot.operations.worker`, `bot.operations.rights`, `bot.operations.officer`,
`bot.operations.association`, `bot.operations.head`, and where two people meet `bot.operations.handover` and
`bot.operations.objection`. Each calls the operations beside the tables, and puts what came back into the flow's words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from bot.conversations import Talk, write_answers
from bot.flow import operations as op
from bot.flow import operations_family as family
from bot.flow import operations_head as head
from bot.flow import operations_invited as invited
from bot.flow import operations_people as people
from bot.flow import operations_rights as rights
from bot.operations import association, handover, objection
from bot.operations import head as by_head
from bot.operations import invited as invited_operations
from bot.operations import officer as by_officer
from bot.operations import rights as by_right
from bot.operations import worker as by_worker
from bot.shell import Shell

Carry = Callable[[Session, Talk, Any, "Shell", dt.datetime], op.Result | None]

CARRY: dict[type[Any], Carry] = {
    op.GiveConsent: by_worker.give_consent,
    op.SaveAnswers: by_worker.save_answers,
    op.ReadPhoto: by_worker.read_photo,
    op.KeepPhoto: by_worker.keep_photo,
    op.Submit: by_worker.submit,
    op.DropDraft: by_worker.drop_draft,
    op.ListApplications: by_worker.list_applications,
    op.Withdraw: by_worker.withdraw,
    op.CopyData: by_right.copy_data,
    op.DeleteData: by_right.delete_data,
    op.SetStopped: by_right.set_stopped,
    op.MakeLink: by_worker.make_link,
    op.Enrol: by_worker.enrol,
    op.TakeCase: by_officer.take_case,
    op.OpenCase: by_officer.open_case,
    op.ReleaseCase: by_officer.release_case,
    op.Approve: by_officer.approve,
    op.ReturnCase: by_officer.return_case,
    op.Refuse: by_officer.refuse,
    op.Search: by_officer.search,
    op.CountCases: by_officer.count_cases,
    op.IssueCard: by_officer.issue_card,
    op.ImportCards: by_officer.import_cards,
    people.CallPerson: handover.call_person,
    people.Relay: handover.relay,
    people.EndHandover: handover.end_handover,
    people.ListHandovers: handover.list_handovers,
    people.TakeHandover: handover.take_handover,
    people.AnswerPerson: handover.answer_person,
    people.GiveBack: handover.give_back,
    people.ReleaseHandover: handover.release_handover,
    people.FileObjection: objection.file_objection,
    invited.OpenInvitation: invited_operations.open_invitation,
    rights.WithdrawConsent: by_right.withdraw_consent,
    rights.NoteRight: by_right.note_right,
    rights.SetLanguage: by_right.set_language,
    rights.MakeMoveCode: by_right.make_move_code,
    family.SetAside: by_worker.set_aside,
    family.TakeUp: by_worker.take_up,
    head.MakeTemplate: by_head.make_template,
    head.ReadList: by_head.read_list,
    head.SaveList: by_head.save_list,
    head.DropList: by_head.drop_list,
    head.ListBatches: by_head.list_batches,
    head.ListMissing: by_head.list_missing,
    head.RemindMembers: by_head.remind_members,
    head.WithdrawBatch: by_head.withdraw_batch,
    head.MakeInvitations: by_head.make_invitations,
    head.AddMemberPhoto: by_head.add_photo,
    head.AddPhotoArchive: by_head.add_archive,
    head.FinishPhotos: by_head.finish_photos,
    head.ListAssociations: association.list_associations,
    head.OpenAssociation: association.open_association,
    head.SetUpAssociation: association.set_up,
    head.MakeCode: association.make_code,
    head.RetireAssociation: association.retire,
}


def carry_out(session: Session, talk: Talk, operation: op.Operation, *, shell: Shell, now: dt.datetime) -> op.Result | None:
    """The operation is done; its result, for the operations that have one.

    Answers given earlier in the turn are written first, so that an operation sees them.
    """
    if not isinstance(operation, op.SaveAnswers):
        write_answers(session, talk, now=now)
    return CARRY[type(operation)](session, talk, operation, shell, now)
