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
from bot.flow.operations import association as association_op
from bot.flow.operations import contact as contact_op
from bot.flow.operations import contract as op
from bot.flow.operations import family, head, invited, people, rights
from bot.flow.operations import officer as officer_op
from bot.flow.operations import worker as worker_op
from bot.operations import association, contact, handover, objection
from bot.operations import head as by_head
from bot.operations import invited as invited_operations
from bot.operations import officer as by_officer
from bot.operations import rights as by_right
from bot.operations import worker as by_worker
from bot.shell import Shell

Carry = Callable[[Session, Talk, Any, "Shell", dt.datetime], op.Result | None]

CARRY: dict[type[Any], Carry] = {
    worker_op.GiveConsent: by_worker.give_consent,
    worker_op.SaveAnswers: by_worker.save_answers,
    worker_op.ReadPhoto: by_worker.read_photo,
    worker_op.KeepPhoto: by_worker.keep_photo,
    worker_op.Submit: by_worker.submit,
    worker_op.DropDraft: by_worker.drop_draft,
    worker_op.ListApplications: by_worker.list_applications,
    worker_op.Withdraw: by_worker.withdraw,
    worker_op.CopyData: by_right.copy_data,
    worker_op.DeleteData: by_right.delete_data,
    worker_op.SetStopped: by_right.set_stopped,
    worker_op.MakeLink: by_worker.make_link,
    worker_op.Enrol: by_worker.enrol,
    officer_op.TakeCase: by_officer.take_case,
    officer_op.OpenCase: by_officer.open_case,
    officer_op.ReleaseCase: by_officer.release_case,
    officer_op.Approve: by_officer.approve,
    officer_op.ReturnCase: by_officer.return_case,
    officer_op.Refuse: by_officer.refuse,
    officer_op.Search: by_officer.search,
    officer_op.CountCases: by_officer.count_cases,
    officer_op.IssueCard: by_officer.issue_card,
    officer_op.ImportCards: by_officer.import_cards,
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
    invited.LookUpRead: invited_operations.look_up_read,
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
    head.InviteMember: by_head.invite_member,
    contact_op.CountContacts: contact.count_contacts,
    contact_op.ContactMembers: contact.contact_members,
    head.AddMemberPhoto: by_head.add_photo,
    head.AddPhotoArchive: by_head.add_archive,
    head.FinishPhotos: by_head.finish_photos,
    association_op.ListAssociations: association.list_associations,
    association_op.OpenAssociation: association.open_association,
    association_op.SetUpAssociation: association.set_up,
    association_op.MakeCode: association.make_code,
    association_op.RetireAssociation: association.retire,
}


def carry_out(session: Session, talk: Talk, operation: op.Operation, *, shell: Shell, now: dt.datetime) -> op.Result | None:
    """The operation is done; its result, for the operations that have one.

    Answers given earlier in the turn are written first, so that an operation sees them.
    """
    if not isinstance(operation, worker_op.SaveAnswers):
        write_answers(session, talk, now=now)
    return CARRY[type(operation)](session, talk, operation, shell, now)
