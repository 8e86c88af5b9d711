"""The head's texts: short, promising nothing, on buttons that fit."""

from __future__ import annotations

import re

import pytest

from bot.flow.head import buttons as head_buttons
from bot.flow.head import list as head_list
from bot.flow.head import photos as head_photos
from bot.flow.head.buttons import REASONS
from bot.flow.operations import head as operations_head
from models.referral.reading.problems import FileProblem
from tests.bot.flow.officer.samples import TEXTS

MINE_KEYS = sorted(key for key in TEXTS.by_language["id"] if key.startswith(("head.", "off.assoc.", "off.button.assoc.")))


@pytest.mark.parametrize("key", [key for key in MINE_KEYS if ".row" not in key])
def test_a_text_is_short_and_promises_nothing(key: str) -> None:
    params = {name: "x" * 14 for name in TEXTS.placeholders(key) if not re.match(r"row|lines", name)}
    params |= {name: "" for name in TEXTS.placeholders(key) if re.match(r"row|lines", name)}
    text = TEXTS.text(key, "id", params)
    assert len(text) < 300
    assert not re.search(r"terverifikasi|rp ?\d|dijamin|kamu\b", text.lower())


@pytest.mark.parametrize("key", [key for key in MINE_KEYS if ".button." in key or key.startswith("off.assoc.kind.")])
def test_a_label_fits_the_narrowest_button(key: str) -> None:
    if not key.endswith(".ask"):
        assert len(TEXTS.text(key)) <= 20


def test_every_code_has_its_text() -> None:
    keys = [f"head.button.{verb}" for verb in head_buttons._VERBS - {"pick", "why", "invite"}]
    keys += [f"head.reason.{reason}" for reason in REASONS] + [f"head.photos.error.{code}" for code in head_photos._ERRORS]
    keys += [f"head.photos.why.{why}" for why in head_photos._WHYS.values()] + list(head_list._TAKEN.values())
    keys += [f"referral.file.{code}" for code in FileProblem] + [f"head.list.error.{code}" for code in head_list._ERRORS]
    assert [key for key in keys if not TEXTS.has(key)] == []
    assert len(operations_head.HeadOperation.__args__) == 13
