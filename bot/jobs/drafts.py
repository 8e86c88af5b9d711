"""Looking after unfinished drafts: two gentle reminders, a warning before a draft is deleted, and a word when it has been.

Nobody is written to between nine in the evening and seven in the morning. Decides the moment for each draft; which drafts
there are, and that each word goes out once, is decided in `models.register.reminders`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from bot.case_view import day_of
from bot.channels.port import Capabilities
from bot.conversations import load_by_id, snapshot
from bot.flow.confirming import SOMEBODY
from bot.flow.conversation import Agency
from bot.flow.unasked.reminding import about_key, open_question
from bot.messages import ChannelName
from bot.operations.rights import forget_files
from locales.texts import Texts
from models.catalogue.courtesies import Courtesy
from models.catalogue.fields import Field
from models.catalogue.quiet_hours import is_quiet, within
from models.delivery.conversations import addresses_of
from models.register import applications, drafts, reminders
from models.register.actors import system
from models.register.reminders import Reminder, send_reminder


@dataclass(frozen=True, slots=True)
class Care:
    """What looking after drafts needs beside the database.

    Attributes:
        agency: who runs the house, asked for when needed.
    """

    capabilities: Mapping[ChannelName, Capabilities]
    agency: Callable[[], Agency]
    texts: Texts

    def look_after(self, session: Session, *, now: dt.datetime) -> None:
        """Who has been silent has been told what is due, and drafts of sixty silent days are gone."""
        if is_quiet(now):
            return
        for row in reminders.due_deletion(session, now=now):
            self._delete(session, row, now=now)
        for row in reminders.due_warning(session, now=now):
            self._warn(session, row, now=now)
        for row in reminders.due_second(session, now=now):
            self._remind(session, row, Courtesy.SECOND, now=now)
        for row in reminders.due_first(session, now=now):
            if within(row.last, after=reminders.FIRST_AFTER, before=reminders.FIRST_BEFORE) <= now:
                self._remind(session, row, Courtesy.FIRST, now=now)

    def _remind(self, session: Session, row: Any, courtesy: Courtesy, *, now: dt.datetime) -> None:
        count = 1 if courtesy is Courtesy.FIRST else 2
        step = self._open_question(session, row.conversation_id, now=now)
        if step and reminders.mark_reminded(session, row, count):
            spoken = self.texts.text(about_key(step))
            send_reminder(session, _word(session, row, courtesy, about=step, spoken=spoken), now=now)

    def _warn(self, session: Session, row: Any, *, now: dt.datetime) -> None:
        reminders.mark_warned(session, row, now=now)
        if row.conversation_id is not None:
            date = day_of(now + reminders.WARNED_FOR).strftime("%d-%m-%Y")
            send_reminder(session, _word(session, row, Courtesy.WARNING, spoken=date, date=date), now=now)

    def _delete(self, session: Session, row: Any, *, now: dt.datetime) -> None:
        contact = self.agency().contact
        word = None
        if row.conversation_id is not None:
            word = _word(session, row, Courtesy.DELETED, spoken=contact, contact=contact)
        key = drafts.drop_draft(session, row.id, actor=system("retention"), reason="60 silent days", now=now)
        forget_files(session, [key], now=now)
        if word is not None:
            send_reminder(session, word, now=now)

    def _open_question(self, session: Session, conversation_id: int, *, now: dt.datetime) -> str:
        """The step whose question is open where the reminder will arrive, "" when it can't."""
        for address_id in addresses_of(session, conversation_id)[:1]:
            talk = load_by_id(session, address_id)
            if talk is not None:
                capable = self.capabilities[ChannelName(talk.row.address_channel)]
                return open_question(snapshot(talk, capabilities=capable, agency=self.agency()), now)
        return ""


def _word(session: Session, row: Any, courtesy: Courtesy, *, about: str = "", spoken: str, **values: str) -> Reminder:
    name = applications.answers_of(session, row).get(Field.NAME, "") or SOMEBODY
    since = row.last or row.updated_at
    values = {"name": name, **values}
    return Reminder(courtesy, row.id, row.conversation_id, since.isoformat(), about, values, spoken)
