"""Commands for the life of a batch: how far it is, taking it back, reminding and inviting its members."""

from __future__ import annotations

import csv
import io
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webhook.clock import now
from webhook.commands.office import in_store
from webhook.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from bot.papers.invitations import Inviting
    from models.referral.contact import Preview
    from models.referral.invitations import Invited

PAGE = 500
WHY_NOT = {
    "not_found": "There is no such batch. `payung association standing` shows them.",
    "already": "That was done before.",
    "withdrawn": "The batch was withdrawn.",
    "nobody": "Nobody of this batch can be reminded: none has opened a link and stopped half-way.",
    "reason": "A reason is needed.",
}
COLUMNS = ("nama", "nik_akhir", "kode", "whatsapp", "telegram", "web")


def register(group: click.Group) -> None:
    """The commands hang under `payung association`."""
    for command in (show_standing, withdraw_batch, remind_batch, invite_members, contact_members):
        group.add_command(command)


@click.command("standing")
@click.argument("association_id", type=int)
def show_standing(association_id: int) -> None:
    """Show how far each batch of an association is."""
    from models.referral.contact import counted  # noqa: PLC0415 - `--help` needs no database
    from models.referral.lifecycle import standing  # noqa: PLC0415

    found, written = in_store(lambda s: (standing(s, association_id), counted(s, association_id)), reading=True)
    if not found:
        click.echo("No batch yet.")
    for one in found:
        click.echo(
            f"batch {one.batch_id}  {one.saved_at:%Y-%m-%d}{'  WITHDRAWN' if one.is_withdrawn else ''}"
            f"{'  reminded' if one.reminded else ''}  rows {one.rows}  invited {one.invited}  confirmed {one.confirmed}"
            f" (waiting {one.submitted}, approved {one.approved})  lapsed {one.lapsed}  withdrawn {one.withdrawn}"
        )
    if written.contacted:
        click.echo(f"of the invited {written.contacted} were written to on WhatsApp, {written.unreached} not reached")


@click.command("withdraw")
@click.argument("batch_id", type=int)
@click.option("--reason", required=True, prompt=True, help="stands in the audit; no personal data")
def withdraw_batch(batch_id: int, reason: str) -> None:
    """Take a batch back: unconfirmed members are forgotten, undecided ones go on by themselves, decided ones stay."""
    from models.referral import lifecycle  # noqa: PLC0415
    from models.register.actors import Actor  # noqa: PLC0415
    from models.register.applications import Refusal  # noqa: PLC0415

    done = in_store(lambda s: lifecycle.withdraw_batch(s, batch_id, actor=Actor("cli"), reason=reason, now=now()))
    if isinstance(done, Refusal):
        raise click.ClickException(WHY_NOT[done.code])
    click.echo(f"{done.rows} rows taken back ({done.own} applications go on by themselves); {done.decided} decided, kept.")


@click.command("remind")
@click.argument("batch_id", type=int)
def remind_batch(batch_id: int) -> None:
    """Remind, once, the members of a batch who opened their link or began and have not sent it."""
    from models.referral import lifecycle  # noqa: PLC0415
    from models.register.actors import Actor  # noqa: PLC0415
    from models.register.applications import Refusal  # noqa: PLC0415

    done = in_store(lambda s: lifecycle.remind_batch(s, batch_id, actor=Actor("cli"), now=now()))
    if isinstance(done, Refusal):
        raise click.ClickException(WHY_NOT[done.code])
    click.echo(f"{done.told} members are being reminded; {done.unknown} cannot be reached by us.")


@click.command("invite")
@click.argument("association_id", type=int)
@click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), help="cards to cut out, 8 on an A4 page")
@click.option("--poster", type=click.Path(path_type=Path, dir_okay=False), help="an A4 poster with the code for everybody")
@click.option("--list", "listed", type=click.Path(path_type=Path, dir_okay=False), help="codes and links as CSV")
def invite_members(association_id: int, pdf: Path | None, poster: Path | None, listed: Path | None) -> None:
    """Write invitations for the members who have not confirmed: cards, a poster, a list. They hold members' names."""
    inviting, code, members = in_store(lambda s: _collect(s, association_id))
    if not inviting.doors.any:
        raise click.ClickException("Set PAYUNG_TELEGRAM_NAME, PAYUNG_WHATSAPP_NUMBER or PAYUNG_PUBLIC_URL first.")
    key, params = inviting.message(code)
    click.echo(inviting.texts.text(key, params=params))
    if pdf is not None:
        from bot.papers.invitation_pages import card_pages  # noqa: PLC0415

        pdf.write_bytes(card_pages(inviting.card_words(), inviting.cards(members), at=now()))
    if poster is not None:
        from bot.papers.invitation_pages import poster_pages  # noqa: PLC0415

        poster.write_bytes(poster_pages(inviting.poster(code), at=now()))
    if listed is not None:
        listed.write_text(_csv(inviting, members), encoding="utf-8-sig")
    click.echo(f"{len(members)} members have not confirmed.", err=True)


@click.command("contact")
@click.argument("association_id", type=int)
@click.option("--yes", is_flag=True, help="send without asking")
def contact_members(association_id: int, *, yes: bool) -> None:
    """Invite, on WhatsApp and once each, the listed members who have a number; tell whom first.

    Each invitation is a template, which costs money. They wait until `payung serve` or `worker` sends them, by day. Ask only
    where the association has told its members.
    """
    from bot.operations.contact import begin  # noqa: PLC0415
    from models.referral import contact  # noqa: PLC0415
    from models.referral.contact import Asked  # noqa: PLC0415
    from models.register.actors import Actor  # noqa: PLC0415
    from models.register.associations import find_association  # noqa: PLC0415

    settings = Settings()
    if not (settings.whatsapp_token and settings.whatsapp_invitations):
        raise click.ClickException("WhatsApp is off, or PAYUNG_WHATSAPP_INVITATIONS is 0.")
    association = in_store(lambda s: find_association(s, association_id), reading=True)
    if association is None or not association.active:
        raise click.ClickException(f"There is no association {association_id} that refers.")
    asked = Asked(association_id)
    found = in_store(lambda s: contact.preview(s, asked), reading=True)
    click.echo(f"{found.ready} members would be written to; {_left_out(found)}.")
    if not found.ready:
        return
    if not yes:
        click.confirm("Send?", abort=True)
    begun = in_store(partial(begin, asked=asked, actor=Actor("cli"), now=now()))
    click.echo(f"{begun.ready} invitations wait to be sent, {settings.whatsapp_invitations} a day at most.")


def _left_out(found: Preview) -> str:
    return f"{found.no_phone} have no number, {found.shared} share one, {found.closed} cannot be written to"


def _collect(session: Session, association_id: int) -> tuple[Inviting, str, Sequence[Invited]]:
    """Who invites, the code for everybody, and each member who is to be invited with his own; it is audited."""
    from bot.papers.invitations import Inviting  # noqa: PLC0415
    from bot.service import AgencyCache  # noqa: PLC0415
    from locales.texts import Texts  # noqa: PLC0415
    from models.referral import invitations  # noqa: PLC0415
    from models.register.actors import Actor  # noqa: PLC0415
    from models.register.associations import find_association  # noqa: PLC0415

    found = find_association(session, association_id)
    code = invitations.association_code(session, association_id, actor=Actor("cli"), now=now())
    if found is None or code is None:
        raise click.ClickException(f"There is no association {association_id} that refers.")
    members: list[Invited] = []
    while page := invitations.members(
        session, association_id, after=members[-1].row_id if members else 0, limit=PAGE, now=now()
    ):
        members += page
    if members:
        invitations.log_printed(session, association_id, count=len(members), actor=Actor("cli"), now=now())
    agency = AgencyCache("").get(session, now=now())
    return Inviting(str(found.name), agency, Settings().doors(), Texts.load()), code, members


def _csv(inviting: Inviting, members: Sequence[Invited]) -> str:
    """A table that any spreadsheet program opens; what could be a formula is none."""
    from models.referral.reading.cells import guarded  # noqa: PLC0415

    table = io.StringIO()
    writer = csv.writer(table, quoting=csv.QUOTE_ALL)  # also where a spreadsheet program takes ; for the separator
    writer.writerow(COLUMNS)
    for one in members:
        links = inviting.links(one.code)
        writer.writerow([guarded(one.name), one.nik_end, one.code, links.whatsapp, links.telegram, links.web])
    return table.getvalue()
