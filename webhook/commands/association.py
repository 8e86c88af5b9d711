"""Commands for associations: set one up, give it the template, read its list of members."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webhook.clock import now
from webhook.commands import referral as cli_referral
from webhook.commands.office import in_store

if TYPE_CHECKING:
    from locales.texts import Texts
    from models.referral.reading.review import Review

REPAIR_EXIT = 3
NOT_OPEN = "No programme is open. `payung programme add` opens one."


def register(main: click.Group) -> None:
    """The group hangs under `payung`."""
    main.add_command(association)
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


@association.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--association", "association_id", type=int, required=True, help="its number; see `payung association list`")
@click.option("--save", is_flag=True, help="keep the rows that are ready; without it nothing is written")
@click.option("--errors", type=click.Path(path_type=Path, dir_okay=False), help="where to write the rows to repair, as xlsx")
def import_list(file: Path, association_id: int, save: bool, errors: Path | None) -> None:  # noqa: FBT001 - click passes a flag so
    """Read a list of members (xlsx, xls, ods, csv) and say what is in it; with --save, keep the rows that are ready.

    A listed member is not registered: each confirms for himself. Ends with 0 when no row is left to repair, with 3 when
    some are, with 1 when the list was not read.
    """
    from locales.texts import Texts  # noqa: PLC0415
    from models.referral.reading.review import Verdict, dotted  # noqa: PLC0415

    texts = Texts.load()
    review = _review(file, association_id, texts)
    key, params = review.summary()
    click.echo(texts.text(key, params=params))
    _warn_of_places(review, texts)
    if save:
        _save(review, file, association_id, texts)
    else:
        click.echo(texts.text("referral.dry"), err=True)
    repair = review.counts[Verdict.REPAIR]
    if repair and errors is not None:
        _write_repair(review, errors, texts)
        click.echo(texts.text("referral.errors.written", params={"count": dotted(repair), "file": str(errors)}), err=True)
    if repair:
        raise click.exceptions.Exit(REPAIR_EXIT)


def _state(row: Any) -> str:
    if not row.active:
        return "retired"
    if row.conversation_id is not None:
        return "enrolled"
    return "no head" if row.invite_until is None else "invited"


def _review(file: Path, association_id: int, texts: Texts) -> Review:
    """The list, judged; nothing was written."""
    from models.referral import batches  # noqa: PLC0415
    from models.referral.reading.listing import BYTES_MAX, read_listing  # noqa: PLC0415
    from models.referral.reading.problems import Unreadable  # noqa: PLC0415
    from models.referral.reading.review import check_lines, judge, niks_of  # noqa: PLC0415
    from models.register.applications import Refusal  # noqa: PLC0415
    from models.register.associations import find_association  # noqa: PLC0415

    found, known = in_store(
        lambda s: (find_association(s, association_id), batches.find_known(s, (), association_id=association_id)),
        reading=True,
    )
    if found is None:
        raise click.ClickException(f"There is no association {association_id}. `payung association list` shows them.")
    if isinstance(known, Refusal):  # before a long list is read
        raise click.ClickException(NOT_OPEN)
    with file.open("rb") as opened:
        listing = read_listing(opened.read(BYTES_MAX + 1))
    if isinstance(listing, Unreadable):
        raise click.ClickException(texts.text(f"referral.file.{listing.code.value}", params=listing.params))
    lines = check_lines(listing, today=now().date(), area=found.area)
    with click.progressbar(lines, length=len(listing.rows), label=file.name, file=sys.stderr) as bar:
        checked = list(bar)
    niks = niks_of(checked)
    known = in_store(lambda s: batches.find_known(s, niks, association_id=association_id), reading=True)
    if isinstance(known, Refusal):
        raise click.ClickException(NOT_OPEN)
    return judge(listing, checked, known)


def _warn_of_places(review: Review, texts: Texts) -> None:
    """Whoever refers more members than there are places knows it before he saves them."""
    from models.programme import admission  # noqa: PLC0415
    from models.referral.reading.review import Verdict, dotted  # noqa: PLC0415

    free, ready = in_store(admission.unclaimed_places, reading=True), review.counts[Verdict.READY]
    if free is not None and ready > free:
        click.echo(texts.text("referral.places", params={"free": dotted(free), "ready": dotted(ready)}), err=True)


def _save(review: Review, file: Path, association_id: int, texts: Texts) -> None:
    from models.referral import batches  # noqa: PLC0415
    from models.referral.reading.review import dotted  # noqa: PLC0415
    from models.register.actors import Actor  # noqa: PLC0415
    from models.register.applications import Refusal  # noqa: PLC0415

    source = batches.Source(association_id, file.name, Actor("cli"))
    saved = in_store(lambda s: batches.save(s, review, source, now=now()))
    if isinstance(saved, Refusal):
        raise click.ClickException(NOT_OPEN)
    key = "referral.saved" if saved.rows else "referral.saved.none"
    click.echo(texts.text(key, params={"count": dotted(saved.rows)}))


def _write_repair(review: Review, errors: Path, texts: Texts) -> None:
    from models.referral.reading.sheets import repair_workbook  # noqa: PLC0415

    say = lambda problem: texts.text(f"referral.row.{problem.code.value}", params=problem.params)  # noqa: E731
    errors.write_bytes(repair_workbook(review, say))
