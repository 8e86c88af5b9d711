"""The settings are read once, frozen, and told in README as they are."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from webhook.settings import SAMPLE_SECRET_KEYS, Settings, fresh_key

README = Path(__file__).parents[1] / "README.md"
SECRET = ("secret", "token", "key")


def settings_table() -> list[str]:
    """The rows of README's table, made from the settings."""
    return [
        f"| `PAYUNG_{name.upper()}` | {f'`{field.default}`' if field.default else '–'} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]


def test_readmes_table_is_made_of_the_settings() -> None:
    told = [line.strip() for line in README.read_text().splitlines() if line.startswith("| `PAYUNG_")]
    assert told == settings_table(), "README's table should read:\n" + "\n".join(settings_table())


def test_settings_come_from_the_environment_and_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("PAYUNG_PUBLIC_URL=https://berkas.example/\nPAYUNG_TELEGRAM_TOKEN=9001:file\n")
    monkeypatch.setenv("PAYUNG_TELEGRAM_TOKEN", "9001:environment")
    settings = Settings()
    assert settings.public_url == "https://berkas.example"
    assert settings.telegram_token == "9001:environment"


def test_settings_do_not_change(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValidationError, match="frozen"):
        Settings().public_url = "https://lain.example"  # type: ignore[misc]  # that is what is tried


def test_no_secret_is_shown_when_settings_are_printed() -> None:
    secret: dict[str, Any] = {
        name: "rahasia-9001" for name in Settings.model_fields if name.endswith(SECRET) or name.startswith("secret")
    }
    assert {"secret_keys", "telegram_token", "whatsapp_app_secret", "bpjs_webhook_secret"} <= set(secret)
    assert "rahasia-9001" not in repr(Settings(_env_file=None, **secret))


def test_a_fresh_key_opens_a_ring_and_no_key_says_what_to_do() -> None:
    settings = Settings(_env_file=None, secret_keys=fresh_key())
    assert settings.keys().open(settings.keys().seal(b"x", "test"), "test") == b"x"
    assert fresh_key() != fresh_key()
    with pytest.raises(ValueError, match="payung check --new-key"):
        Settings(_env_file=None, secret_keys="").keys()


def test_the_demos_key_is_known_as_such_even_beside_others() -> None:
    assert Settings(_env_file=None, secret_keys=SAMPLE_SECRET_KEYS).uses_samples()
    assert Settings(_env_file=None, secret_keys=f"{fresh_key()},{SAMPLE_SECRET_KEYS}").uses_samples()
    assert not Settings(_env_file=None, secret_keys=fresh_key()).uses_samples()
    assert len(base64.b64decode(SAMPLE_SECRET_KEYS.partition(":")[2])) == 32
