"""Open talks as earlier releases left them in the database, a file a release; a file once written is never changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.flow.conversation import Draft, PhotoState
from models.catalogue.statuses import Status
from tests.bot.flow.register import Application, Register
from tests.bot.flow.stages import STAGES
from tests.bot.flow.talk import CHAT, LINKED, Player

FOLDER = Path(__file__).parent


def written(release: str) -> Path:
    """The talks that stand at every step of today's code are kept as those of this release."""
    talks = {step: _kept(stage()) for step, stage in STAGES.items()}
    path = FOLDER / f"{release}.json"
    path.write_text(json.dumps(talks, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    return path


def read(path: Path) -> dict[str, Player]:
    """The talks of a release, by the step they stood at."""
    talks: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return {step: _player(talk) for step, talk in talks.items()}


def _kept(player: Player) -> dict[str, Any]:
    current = player.register.current
    return {
        "step": player.step,
        "pending": dict(player.pending),
        "linked": player.capabilities == LINKED,
        "draft": _kept_draft(current.draft) if current else None,
        "past": [_kept_draft(row.draft) for row in player.register.past],
    }


def _kept_draft(draft: Draft) -> dict[str, Any]:
    return {
        "status": draft.status.value,
        "number": draft.number,
        "answers": {str(name): value for name, value in draft.answers.items()},
        "read": dict(draft.read),
        "photo": draft.photo.value,
        "attempts": draft.attempts,
        "returned": list(draft.returned),
        "return_reason": draft.return_reason,
    }


def _player(talk: dict[str, Any]) -> Player:
    draft = talk["draft"]
    past = [Application(_draft(row)) for row in talk["past"]]
    return Player(
        Register(current=Application(_draft(draft)) if draft else None, past=past),
        capabilities=LINKED if talk["linked"] else CHAT,
        step=talk["step"],
        pending=talk["pending"],
    )


def _draft(row: dict[str, Any]) -> Draft:
    known = {**row, "status": Status(row["status"]), "photo": PhotoState(row["photo"]), "returned": tuple(row["returned"])}
    return Draft(**known)
