"""The phone of a listed member shows the invitation with its two buttons, and a tap on one is a tap on a template."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from models.referral import contact
from models.referral.contact import Asked
from models.register.actors import Actor
from models.register.associations import ASSOCIATION
from models.register.referrals import ROW
from tests.models.referral import lists
from tests.models.referral.batch_samples import batch
from tests.webhook.simulator.conftest import Open, Show


def refer(session: Session, show: Show) -> None:
    """The person of the WhatsApp phone stands on an association's list, and is written to."""
    line = lists.row(0)
    line[2] = f"+{show.phone('whatsapp').person.number}"
    owner = session.execute(select(ASSOCIATION.c.id).order_by(ASSOCIATION.c.id)).scalars().first()
    assert owner is not None
    now = show.simulator.clock()
    batch(session, owner, [line], now=now, area="1271")
    contact.invite(session, Asked(owner), actor=Actor("cli"), now=now)


def last(show: Show) -> Any:
    return show.phone("whatsapp").screen.bubbles[-1]


async def test_a_listed_members_phone_shows_the_invitation_and_one_tap_opens_it(opened: Open) -> None:
    async with opened() as show:
        await show.house.edge.store.write(partial(refer, show=show))
        await show.simulator.rest()
        invitation = last(show)
        assert (invitation.kind, invitation.side) == ("template", "bot")
        assert invitation.text.startswith("Bapak/Ibu diundang oleh Paguyuban Ojek Pangkalan Contoh")
        assert [key.label for key in invitation.keys] == ["Lihat undangan", "Berhenti"]
        said = await show.press("whatsapp", "Lihat undangan")
        assert said[0].startswith("Bapak/Ibu diundang oleh Paguyuban Ojek Pangkalan Contoh. Pendaftaran ini gratis")
        rows = await show.house.edge.store.read(lambda session: session.execute(select(ROW)).all())
        assert [row.unreached for row in rows] == [False]
