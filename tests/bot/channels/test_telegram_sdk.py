"""The SDK loaded lightly does what the SDK does; in a process of its own, since this one has loaded it already."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import bot

ROOT = Path(bot.__file__).parent.parent

ALL_MODELS = """
from inspect import isabstract
from bot.channels.telegram_sdk import load_sdk
load_sdk()
load_sdk()
import aiogram.methods, aiogram.types
from pydantic import BaseModel, ValidationError
found = [getattr(module, name) for module in (aiogram.methods, aiogram.types) for name in module.__all__]
models = [model for model in found if isinstance(model, type) and issubclass(model, BaseModel) and not isabstract(model)]
for model in models:
    try:
        model()  # the first use
    except ValidationError:
        pass
    assert model.__pydantic_complete__, model
print(len(models))
"""
AN_UPDATE = """
{load}
from aiogram.methods import SendMessage
from aiogram.methods.base import Response
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
chat = {{"id": 1, "type": "private"}}
first = {{"message_id": 1, "date": 1, "chat": chat, "text": "halo"}}
second = {{"message_id": 2, "date": 1, "chat": chat, "text": "ya", "reply_to_message": first}}
answer = {{"ok": True, "result": first}}
print(Response[SendMessage.__returning__].model_validate(answer).result.text)
print(Update.model_validate({{"update_id": 1, "message": second}}).model_dump_json(exclude_none=True))
buttons = [[InlineKeyboardButton(text="a", callback_data="b")]]
print(InlineKeyboardMarkup(inline_keyboard=buttons).model_dump_json(exclude_none=True))
"""
OTHERS = """
from pydantic import BaseModel
before = BaseModel.__dict__["model_rebuild"]
from bot.channels.telegram_sdk import load_sdk
load_sdk()
assert BaseModel.__dict__["model_rebuild"] is before
class Later(BaseModel):
    next: "Later | None" = None
assert Later(next=Later()).next is not None
"""


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_of_the_models_can_be_built() -> None:
    assert int(run(ALL_MODELS)) > 400


def test_an_update_is_read_and_a_keyboard_written_as_by_the_sdk_loaded_plainly() -> None:
    light = run(AN_UPDATE.format(load="from bot.channels.telegram_sdk import load_sdk; load_sdk()"))
    assert light == run(AN_UPDATE.format(load=""))
    assert "halo" in light


def test_other_peoples_models_are_left_alone() -> None:
    assert run(OTHERS) == ""
