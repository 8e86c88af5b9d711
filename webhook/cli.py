"""The command `payung`: the composition root. Each command reads the settings, wires what it needs, and says what it did."""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Iterator
from pathlib import Path

import click
from typing_extensions import override

from webhook.commands import association as cli_association
from webhook.commands import funnel as cli_funnel
from webhook.commands import ktp as cli_ktp
from webhook.commands import office as cli_office
from webhook.commands import tools as cli_tools
from webhook.commands import transcript as cli_transcript
from webhook.settings import NotAllowed, Settings


@contextlib.contextmanager
def _importing() -> Iterator[None]:
    """What is imported here stays: the collector neither looks through it meanwhile nor ever again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class _Root(click.Group):
    """A group that turns an expected problem into one line and exit code 1."""

    @override
    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (NotAllowed, ValueError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="payung")
def main() -> None:
    """Payung: chat registration of informal workers for JKK and JKM, and the programme that pays for it."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True)
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True, help="where its data lie"
)
@click.option("--fresh", is_flag=True, help="forget an earlier demo's data first")
def demo(host: str, port: int, folder: Path, fresh: bool) -> None:  # noqa: FBT001 - click passes a flag so
    """Show everything on this machine with invented people; no account, no token."""
    import shutil  # noqa: PLC0415

    with _importing():
        from webhook.demo import demo_settings, run  # noqa: PLC0415

    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    run(demo_settings(folder, port=port), host=host, port=port)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True)
def serve(host: str, port: int) -> None:
    """Serve web, webhooks and API, with senders and jobs inside."""
    with _importing():
        from webhook import serve as serving  # noqa: PLC0415

    settings = Settings()
    serving.check_secrets(settings)
    serving.serve(settings, host=host, port=port)


@main.command()
def worker() -> None:
    """Run senders and jobs only, beside other processes (PostgreSQL)."""
    with _importing():
        from webhook.serve import check_secrets, work  # noqa: PLC0415

    settings = Settings()
    check_secrets(settings)
    if settings.database_url.startswith("sqlite"):
        raise NotAllowed("On SQLite `payung serve` does this by itself; a second process would only wait for its lock.")
    work(settings)


@main.command()
def migrate() -> None:
    """Bring the database to the newest revision."""
    from models.migrations.run import head, upgrade  # noqa: PLC0415

    settings = Settings()
    upgrade(settings.database_url)
    click.echo(f"The database is at revision {head()}.")


@main.command()
@click.argument("texts", nargs=-1, required=True)
@click.option(
    "--expect", type=click.Choice(["intent", "nik", "occupation", "place", "date", "phone", "question"]), required=True
)
@click.option("--json", "as_json", is_flag=True, help="one JSON line a text")
def understand(texts: tuple[str, ...], expect: str, as_json: bool) -> None:  # noqa: FBT001
    """Show what a sentence would be understood as."""
    from bot.understanding.report import understand as explain  # noqa: PLC0415

    for text in texts:
        line = explain(text, expect)
        click.echo(
            json.dumps(line, ensure_ascii=False) if as_json else f"{line['text']!r}: {line['value']} ({line['reason']})"
        )


main.add_command(cli_ktp.ktp)
cli_office.register(main)
cli_association.register(main)
cli_tools.register(main)
cli_funnel.register(main)
cli_transcript.register(main)

if __name__ == "__main__":
    main()
