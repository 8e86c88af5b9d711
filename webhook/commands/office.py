"""Commands that set up who may do what: programme, officers, API keys, subscribers, and the audit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from webhook.clock import now
from webhook.settings import Settings

if TYPE_CHECKING:
    from sqlmodel import Session

T = TypeVar("T")


def in_store(work: Callable[[Session], T], *, reading: bool = False) -> T:
    """What the work returns, done in one transaction on the configured database; `reading` holds up nobody who writes."""
    from models.ground.store import Store  # noqa: PLC0415 - `--help` needs no database
    from models.migrations.run import upgrade  # noqa: PLC0415

    settings = Settings()
    upgrade(settings.database_url)
    store = Store(settings.database_url, settings.keys())
    try:
        return asyncio.run(store.read(work)) if reading else store.transaction(work)
    finally:
        store.close()


def register(main: click.Group) -> None:
    """The commands hang under `payung`."""
    for group in (programme, officer, api_key, subscriber, audit):
        main.add_command(group)


@click.group()
def programme() -> None:
    """The programme that pays: make one, list them, close one."""


@programme.command("add")
@click.option("--name", required=True, prompt=True)
@click.option("--agency", required=True, prompt="Agency that runs it")
@click.option("--decree", required=True, prompt="Decree (number and date)")
@click.option("--contact", required=True, prompt="Contact shown to workers")
@click.option("--retention", default="5 tahun", show_default=True, help="how long data are kept, in Indonesian")
@click.option("--year", type=int, default=lambda: now().year)
@click.option("--quota", type=int, default=0, help="places; 0 = no ceiling")
@click.option("--regencies", default="", help="codes of kabupaten/kota, comma between; empty = all")
def add_programme(**values: object) -> None:
    """Open a programme."""
    from models.programme.programmes import PROGRAMME  # noqa: PLC0415

    in_store(lambda s: s.execute(PROGRAMME.insert().values(**values, test=False, open=True, created_at=now())))
    click.echo("The programme is open. Workers can register.")


@programme.command("list")
def list_programmes() -> None:
    """List the programmes."""
    from models.programme.programmes import PROGRAMME  # noqa: PLC0415

    for row in in_store(lambda s: s.execute(PROGRAMME.select().order_by(PROGRAMME.c.id)).all()):
        click.echo(
            f"{row.id}  {row.year}  {'open' if row.open else 'closed'}  quota {row.quota or '-'}  {row.name} ({row.agency})"
        )


@programme.command("close")
@click.argument("programme_id", type=int)
def close_programme(programme_id: int) -> None:
    """Take no more applications into a programme."""
    from models.programme.programmes import PROGRAMME  # noqa: PLC0415

    in_store(lambda s: s.execute(PROGRAMME.update().where(PROGRAMME.c.id == programme_id).values(open=False)))
    click.echo("Closed.")


@click.group()
def officer() -> None:
    """Officers: invite, list, retire."""


@officer.command("invite")
@click.option("--name", required=True, prompt=True)
@click.option("--role", type=click.Choice(["verifier", "supervisor"]), default="verifier", show_default=True)
@click.option("--area", default="", help="code of the kabupaten/kota, such as 1271; empty = everywhere")
def invite_officer(name: str, role: str, area: str) -> None:
    """Print a one-time code; the officer types `kode XXXX-XXXX` in the chat."""
    from models.register.officers import invite  # noqa: PLC0415

    officer_id, code = in_store(lambda s: invite(s, name=name, role=role, area=area, now=now()))
    click.echo(f"Officer {officer_id}. Have them write in the chat, within three days:  kode {code}")


@officer.command("list")
def list_officers() -> None:
    """List the officers."""
    from sqlalchemy import select  # noqa: PLC0415

    from models.register.officers import OFFICER, Officer, name_of  # noqa: PLC0415

    def read(session: Session) -> list[str]:
        found = session.execute(select(Officer).order_by(OFFICER.c.id)).scalars()
        return [
            f"{o.id}  {o.role}  {o.area or 'everywhere'}  {_state(o.active, o.conversation_id)}  {name_of(session, o)}"
            for o in found
        ]

    click.echo("\n".join(in_store(read)) or "No officer yet. `payung officer invite` makes one.")


@officer.command("retire")
@click.argument("officer_id", type=int)
@click.option("--reason", required=True, prompt=True)
def retire_officer(officer_id: int, reason: str) -> None:
    """End an officer's rights."""
    from models.register.officers import retire  # noqa: PLC0415

    done = in_store(lambda s: retire(s, officer_id, reason=reason, now=now()))
    click.echo("Retired." if done else "There is no such officer.")


@click.group("api-key")
def api_key() -> None:
    """Keys of the REST interface."""


@api_key.command("create")
@click.option("--name", required=True, prompt="Who will use it")
@click.option("--scope", "scopes", multiple=True, required=True, help="may be given several times; see /docs")
@click.option("--association", type=int, help="its number: the key refers and sees this one's members only")
def create_key(name: str, scopes: tuple[str, ...], association: int | None) -> None:
    """Print a new key, this once."""
    from models.ground.api_keys import create  # noqa: PLC0415

    try:
        key_id, key = in_store(lambda s: create(s, name=name, scopes=scopes, association_id=association, now=now()))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Key {key_id}, shown this once:\n{key}")


@api_key.command("revoke")
@click.argument("key_id", type=int)
def revoke_key(key_id: int) -> None:
    """End a key's rights."""
    from models.ground.api_keys import revoke  # noqa: PLC0415

    click.echo("Revoked." if in_store(lambda s: revoke(s, key_id, now=now())) else "There is no such key.")


@click.group()
def subscriber() -> None:
    """Programs that are told of events."""


@subscriber.command("add")
@click.argument("url")
@click.option("--event", "events", multiple=True, help="may be given several times; all when none is given")
def add_subscriber(url: str, events: tuple[str, ...]) -> None:
    """Tell a URL of events, signed; prints the signing secret, this once."""
    import base64  # noqa: PLC0415
    import secrets  # noqa: PLC0415

    from models.delivery.subscribers import subscribe  # noqa: PLC0415

    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    number = in_store(lambda s: subscribe(s, url=url, events=events, secret=secret, now=now()))
    click.echo(f"Subscriber {number}. Its signing secret, shown this once:\n{secret}")


@click.group()
def audit() -> None:
    """The audit chain."""


@audit.command("verify")
@click.option("--head", default="", help="a head noted earlier (number:hash) that must lie on the chain")
def verify_audit(head: str) -> None:
    """Check that no audit row was altered, removed or added in between."""
    from models.ground.audit import verify  # noqa: PLC0415

    report = in_store(lambda s: verify(s, known_head=head), reading=True)
    if report.broken:
        raise click.ClickException(f"The chain is broken: {report.broken}.")
    click.echo(f"{report.rows} rows, whole. Head: {report.head}")


def _state(active: bool, conversation_id: int | None) -> str:  # noqa: FBT001
    if not active:
        return "retired"
    return "enrolled" if conversation_id is not None else "invited"
