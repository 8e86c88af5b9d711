"""Commands for associations: set one up, give it the template, read its list of members."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webhook.cli_office import in_store
from webhook.clock import now

if TYPE_CHECKING:
    from locales.texts import Texts
    from models.referral.review import Review

REPAIR_EXIT = 3
NOT_OPEN = "No programme is open. `payung programme add` opens one."
TEMPLATE_COLUMNS = ("nik", "name", "phone", "occupation", "district", "regency", "birth_date")


def register(main: click.Group) -> None:
    """The group hangs under `payung`."""
    main.add_command(association)


@click.group()
def association() -> None:
    """Associations of workers, and the lists of their members."""


@association.command("add")
@click.option("--name", required=True, prompt=True)
@click.option("--kind", required=True, prompt="Kind (ojek, pedagang, nelayan …)")
@click.option("--area", required=True, prompt="Code of the kabupaten/kota")
def add_association(name: str, kind: str, area: str) -> None:
    """Set up an association."""
    from models.register.associations import ASSOCIATION  # noqa: PLC0415 - `--help` needs no database

    in_store(lambda s: s.execute(ASSOCIATION.insert().values(name=name, kind=kind, area=area, created_at=now())))
    click.echo("Added.")


@association.command("list")
def list_associations() -> None:
    """List the associations."""
    from models.register.associations import ASSOCIATION  # noqa: PLC0415

    for row in in_store(lambda s: s.execute(ASSOCIATION.select().order_by(ASSOCIATION.c.id)).all()):
        click.echo(f"{row.id}  {row.kind}  {row.area}  {row.name}")


@association.command("template")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def write_template(file: Path) -> None:
    """Write the spreadsheet that a head fills in, its cells all text."""
    from locales.texts import Texts  # noqa: PLC0415
    from models.referral.sheets import template_workbook  # noqa: PLC0415

    texts = Texts.load()
    headings = [texts.text(f"referral.template.{column}") for column in TEMPLATE_COLUMNS]
    guide = texts.text("referral.template.guide").splitlines()
    titles = {"title": texts.text("referral.template.title"), "guide_title": texts.text("referral.template.guide.title")}
    file.write_bytes(template_workbook(headings, guide, **titles))
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
    from models.referral.review import Verdict, dotted  # noqa: PLC0415

    texts = Texts.load()
    review = _review(file, association_id, texts)
    key, params = review.summary()
    click.echo(texts.text(key, params=params))
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


def _review(file: Path, association_id: int, texts: Texts) -> Review:
    """The list, judged; nothing was written."""
    from models.referral import batches  # noqa: PLC0415
    from models.referral.listing import BYTES_MAX, read_listing  # noqa: PLC0415
    from models.referral.problems import Unreadable  # noqa: PLC0415
    from models.referral.review import check_lines, judge, niks_of  # noqa: PLC0415
    from models.register.applications import Refusal  # noqa: PLC0415

    found, known = in_store(
        lambda s: (batches.find_association(s, association_id), batches.find_known(s, (), association_id=association_id)),
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


def _save(review: Review, file: Path, association_id: int, texts: Texts) -> None:
    from models.referral import batches  # noqa: PLC0415
    from models.referral.review import dotted  # noqa: PLC0415
    from models.register.actors import Actor  # noqa: PLC0415
    from models.register.applications import Refusal  # noqa: PLC0415

    source = batches.Source(association_id, file.name, Actor("cli"))
    saved = in_store(lambda s: batches.save(s, review, source, now=now()))
    if isinstance(saved, Refusal):
        raise click.ClickException(NOT_OPEN)
    key = "referral.saved" if saved.rows else "referral.saved.none"
    click.echo(texts.text(key, params={"count": dotted(saved.rows)}))


def _write_repair(review: Review, errors: Path, texts: Texts) -> None:
    from models.referral.sheets import repair_workbook  # noqa: PLC0415

    say = lambda problem: texts.text(f"referral.row.{problem.code.value}", params=problem.params)  # noqa: E731
    errors.write_bytes(repair_workbook(review, say))
