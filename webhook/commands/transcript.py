"""The command that tells a kept talk as a golden transcript, with fictional people in it."""

from __future__ import annotations

from functools import partial

import click

from webhook.clock import now
from webhook.commands.office import in_store


def register(main: click.Group) -> None:
    """The command hangs under `payung`."""
    main.add_command(transcript)


@click.command()
@click.argument("number", default="")
@click.option("--conversation", "conversation_id", type=int, default=0, help="id of the conversation, instead of a number")
def transcript(number: str, conversation_id: int) -> None:
    """Print a web chat's talk in the form of tests/bot/transcripts, with invented names, NIK, dates and phone numbers.

    NUMBER is a registration number. Only what a browser shows is kept, for 60 days; of what somebody wrote on Telegram or
    WhatsApp nothing is. Read the text before you keep it: free words may name somebody else.
    """
    from locales.texts import Texts  # noqa: PLC0415 - `--help` needs no database
    from webhook.web_transcript import NotKept, transcribe  # noqa: PLC0415

    if not number and not conversation_id:
        raise click.UsageError("Name a registration number, or --conversation ID.")
    telling = partial(transcribe, texts=Texts.load(), number=number, conversation_id=conversation_id, now=now())
    try:
        text = in_store(telling)
    except NotKept as error:
        raise click.ClickException(str(error)) from error
    click.echo(text, nl=False)
