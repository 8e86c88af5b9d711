"""Commands for associations: set one up, enrol its head, give it the template; its lists: `lists`, `referral`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from webhook.clock import now
from webhook.commands import referral as cli_referral
from webhook.commands.lists import import_list
from webhook.commands.office import in_store


def register(main: click.Group) -> None:
    """The group hangs under `payung`."""
    main.add_command(association)
    association.add_command(import_list)
    cli_referral.register(association)


@click.group()
def association() -> None:
    """Associations of workers, and the lists of their members."""


@association.command("add")
@click.option("--name", required=True, prompt=True)
@click.option("--kind", required=True, prompt="Kind (ojek, pedagang, nelayan …)")
@click.option("--area", required=True, prompt="Code of the kabupaten/kota")
@click.option("--head", default="", help="name of its head")
def add_association(name: str, kind: str, area: str, head: str) -> None:
    """Set up an association; print the one-time code that its head types as `kode XXXX-XXXX` in the chat."""
    from models.catalogue.regions import get_regency  # noqa: PLC0415 - `--help` needs neither lists nor database
    from models.register.actors import Actor  # noqa: PLC0415
    from models.register.associations import NewAssociation, set_up  # noqa: PLC0415

    try:
        get_regency(area)
    except KeyError as error:
        raise click.ClickException(f"{area} is no code of a kabupaten or kota, such as 3201.") from error
    made = in_store(lambda s: set_up(s, NewAssociation(name, kind, area, head), actor=Actor("cli"), now=now()))
    if made is None:
        raise click.ClickException("There is an association of this name already.")
    click.echo(f"Association {made.id}. Have its head write in the chat, within three days:  kode {made.code}")


@association.command("code")
@click.argument("association_id", type=int)
def make_code(association_id: int) -> None:
    """Print a fresh one-time code for the head; an older one is worthless."""
    from models.register.actors import Actor  # noqa: PLC0415
    from models.register.associations import fresh_code  # noqa: PLC0415

    code = in_store(lambda s: fresh_code(s, association_id, actor=Actor("cli"), now=now()))
    if code is None:
        raise click.ClickException(f"There is no active association {association_id}. `payung association list` shows them.")
    click.echo(f"Have the head write in the chat, within three days:  kode {code}")


@association.command("retire")
@click.argument("association_id", type=int)
@click.option("--reason", required=True, prompt=True)
def retire_association(association_id: int, reason: str) -> None:
    """End an association's rights; what its members have begun goes on."""
    from models.register.actors import Actor  # noqa: PLC0415
    from models.register.associations import retire  # noqa: PLC0415

    done = in_store(lambda s: retire(s, association_id, actor=Actor("cli"), reason=reason, now=now()))
    click.echo("Retired." if done else "There is no such active association.")


@association.command("list")
def list_associations() -> None:
    """List the associations."""
    from models.register.associations import ASSOCIATION  # noqa: PLC0415

    for row in in_store(lambda s: s.execute(ASSOCIATION.select().order_by(ASSOCIATION.c.id)).all()):
        click.echo(f"{row.id}  {row.kind}  {row.area}  {_state(row)}  {row.name}")


@association.command("template")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def write_template(file: Path) -> None:
    """Write the spreadsheet that a head fills in, its cells all text."""
    from locales.texts import Texts  # noqa: PLC0415
    from models.referral.reading.sheets import template_in  # noqa: PLC0415

    file.write_bytes(template_in(Texts.load().text))
    click.echo(f"Written to {file}.")


def _state(row: Any) -> str:
    if not row.active:
        return "retired"
    if row.conversation_id is not None:
        return "enrolled"
    return "no head" if row.invite_until is None else "invited"
