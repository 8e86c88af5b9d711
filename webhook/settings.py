"""The settings: read once at the edge from the environment and `.env`, frozen, and passed down."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.ground.sealed import KeyRing

if TYPE_CHECKING:
    from models.referral.invitations import Doors

SAMPLE_MARK = "sample"
#: Secrets of the demo: known to everybody, so refused anywhere else.
SAMPLE_SECRET_KEYS = f"{SAMPLE_MARK}:{base64.b64encode(b'payung sample key, not for real!').decode()}"


class NotAllowed(Exception):
    """The house does not start like this; the message says what to do."""


class Settings(BaseSettings):
    """What the house needs to know about where it runs. README's table tells the same; a test compares them."""

    model_config = SettingsConfigDict(env_prefix="PAYUNG_", env_file=".env", frozen=True, extra="ignore")

    database_url: str = Field(default="sqlite:///var/payung.db", description="`sqlite:///path` or `postgresql://…`")
    storage_url: str = Field(
        default="", description="where photos are kept: `file:///folder` or `s3://bucket`; by default `var/files`"
    )
    secret_keys: str = Field(
        default="", repr=False, description="`id:base64 of 32 bytes`, comma between; the first seals, the last hashes"
    )
    public_url: str = Field(default="", description="https address under which the world reaches this server")
    telegram_token: str = Field(default="", repr=False, description="from @BotFather; without it Telegram is off")
    telegram_secret: str = Field(
        default="",
        repr=False,
        description="what Telegram sends along with each update; made up by `payung telegram connect`",
    )
    telegram_api_url: str = Field(default="https://api.telegram.org", description="another Bot API server")
    whatsapp_token: str = Field(
        default="", repr=False, description="permanent token of the system user; without it WhatsApp is off"
    )
    whatsapp_phone_number_id: str = Field(default="", description="id of the sending number, not the number")
    whatsapp_business_account_id: str = Field(
        default="", description="lets `payung check` look whether the templates are approved"
    )
    whatsapp_app_secret: str = Field(default="", repr=False, description="signs Meta's webhooks")
    whatsapp_verify_token: str = Field(default="", repr=False, description="any word, typed into Meta's webhook form")
    whatsapp_api_url: str = Field(
        default="https://graph.facebook.com/v23.0", description="another Graph API server or version"
    )
    whatsapp_identity: Literal["link", "chat"] = Field(
        default="link", description="NIK and photo through the web link, or in the chat"
    )
    bpjs_webhook_secret: str = Field(
        default="", repr=False, description="`whsec_…`; without it `/webhooks/bpjs` answers 503"
    )
    metrics_token: str = Field(
        default="", repr=False, description="bearer token for `/metrics`; without it only this machine may read them"
    )

    help_hours: float = Field(
        default=4.0,
        gt=0,
        description="working hours (Monday to Friday, 8 to 16 WIB) after which officers are reminded of a person who waits",
    )

    telegram_name: str = Field(
        default="", pattern=r"^@?\w{0,32}$", description="the bot's user name, for the links and codes that invite members"
    )
    whatsapp_number: str = Field(
        default="", pattern=r"^\+?[\d -]{0,20}$", description="the business number, such as `628115550100`, for the same"
    )
    whatsapp_invitations: int = Field(
        default=200,
        ge=0,
        description="listed members invited by WhatsApp template in 24 hours, at most; each costs money; `0` hides it",
    )
    referral_days: int = Field(
        default=30, gt=0, description="days after which a referred member who has not confirmed is forgotten"
    )

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, url: str) -> str:
        return url.rstrip("/")

    def keys(self) -> KeyRing:
        """The key ring.

        Raises:
            ValueError: `PAYUNG_SECRET_KEYS` is missing or not of its form.
        """
        if not self.secret_keys:
            raise ValueError("PAYUNG_SECRET_KEYS is not set; `payung check --new-key` prints a fresh one")
        return KeyRing.parse(self.secret_keys)

    def files_url(self) -> str:
        """Where files are kept."""
        return self.storage_url or f"file://{Path('var/files').absolute()}"

    def doors(self) -> Doors:
        """Where members whom an association invites can come in."""
        from models.referral.invitations import Doors  # noqa: PLC0415 - reading settings needs no database

        number = "".join(sign for sign in self.whatsapp_number if sign.isdigit())
        return Doors(self.telegram_name.removeprefix("@"), number, self.public_url)

    def uses_samples(self) -> bool:
        """Whether a secret is one of the demo's."""
        return SAMPLE_MARK in {entry.partition(":")[0] for entry in self.secret_keys.split(",")}


def fresh_key() -> str:
    """A new key for `PAYUNG_SECRET_KEYS`."""
    return f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"
