"""Commands for the person at the machine: talk in the terminal, check the installation, go live on Telegram."""

from __future__ import annotations

import asyncio
import secrets

import click

from webhook.settings import Settings, fresh_key


def register(main: click.Group) -> None:
    """The commands hang under `payung`."""
    main.add_command(chat)
    main.add_command(check)
    main.add_command(telegram)


@click.command()
@click.option("--as", "who", default="terminal", show_default=True, help="whose talk it is: another name, another person")
@click.option("--demo", "in_demo", is_flag=True, help="talk to the demo's database (stop `payung demo` first)")
def chat(who: str, in_demo: bool) -> None:  # noqa: FBT001 - click passes a flag so
    """Talk in the terminal. A photo is sent by the path of its file, `foto: PATH`; `Ctrl-D` ends."""
    from pathlib import Path  # noqa: PLC0415 - `--help` needs no engine

    from webhook.demo import demo_settings, prepare  # noqa: PLC0415
    from webhook.serve import check_secrets  # noqa: PLC0415
    from webhook.terminal_chat import talk  # noqa: PLC0415

    if in_demo:
        settings = demo_settings(Path("var/demo"), port=8080)
        prepare(settings).edge.store.close()
    else:
        settings = Settings()
        check_secrets(settings)
    asyncio.run(talk(settings, who=who))


@click.command()
@click.option("--new-key", is_flag=True, help="print a fresh key for PAYUNG_SECRET_KEYS, and nothing else")
def check(new_key: bool) -> None:  # noqa: FBT001
    """Check settings, database, engine and reachability: what is wrong, and what to do."""
    if new_key:
        click.echo(fresh_key())
        return
    from webhook.checkup import check_all  # noqa: PLC0415

    findings = asyncio.run(check_all(Settings()))
    for finding in findings:
        click.echo(f"{'ok   ' if finding.ok else 'WRONG'}  {finding.what}: {finding.said}")
    if any(not finding.ok for finding in findings):
        raise SystemExit(1)


@click.group()
def telegram() -> None:
    """Telegram."""


@telegram.command()
def connect() -> None:
    """Go live: set the webhook (or long polling without PAYUNG_PUBLIC_URL), the menu and the description."""
    settings = Settings()
    if not settings.telegram_token:
        raise click.ClickException("PAYUNG_TELEGRAM_TOKEN is not set. @BotFather gives one.")
    if not settings.public_url:
        click.echo("Without PAYUNG_PUBLIC_URL `payung serve` asks Telegram for messages by itself. Just start it.")
        return
    if not settings.telegram_secret:
        raise click.ClickException(
            f"Put this line into .env, then run the command again:\nPAYUNG_TELEGRAM_SECRET={secrets.token_urlsafe(32)}"
        )
    asyncio.run(_connect(settings))
    click.echo(f"Telegram delivers to {settings.public_url}/webhooks/telegram now.")


async def _connect(settings: Settings) -> None:
    from bot.channels.port import SendError  # noqa: PLC0415
    from bot.channels.telegram_sdk import load_sdk  # noqa: PLC0415

    load_sdk()
    from bot.channels.telegram import Telegram, go_live  # noqa: PLC0415
    from locales.texts import Texts  # noqa: PLC0415

    channel = Telegram(settings.telegram_token, settings.telegram_api_url)
    try:
        await go_live(channel.bot, settings.public_url, settings.telegram_secret, say=Texts.load().text)
    except SendError as error:
        raise click.ClickException(f"Telegram did not accept it: {error}") from error
    finally:
        await channel.close()
