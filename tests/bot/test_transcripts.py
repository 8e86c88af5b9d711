"""Golden conversations: whole talks as people read them, on every channel with its limits.

`pytest tests/bot/test_transcripts.py --update` writes what is heard anew; the diff is the review.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from locales.texts import Texts
from models.ground.sealed import KeyRing
from tests.bot.stories.script import Heard, Script, merged, read_script, write_script
from tests.bot.stories.stage import Stage
from tests.database import Sqlite

FOLDER = Path(__file__).parent / "transcripts"
STORIES = sorted(FOLDER.glob("*/*.txt"))
LEAST = 40


@pytest.mark.parametrize("path", STORIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_conversation_goes_as_written(
    path: Path, *, is_updating: bool, sqlite_template: Sqlite, tmp_path: Path, keys: KeyRing, texts: Texts
) -> None:
    script = read_script(path.read_text(encoding="utf-8"))
    heard: dict[str, list[list[Heard]]] = {}
    for name in script.stages:
        folder = tmp_path / name
        folder.mkdir()
        url = sqlite_template.create(folder)
        heard[name] = asyncio.run(played(script, name, url=url, folder=folder / "files", keys=keys, texts=texts))
    found = write_script(script, heard)
    if is_updating:
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


async def played(script: Script, name: str, **parts: Any) -> list[list[Heard]]:
    """What arrived after each deed; one that can't be done is told with what was heard last."""
    stage = Stage(name, **parts)
    heard: list[list[Heard]] = []
    try:
        for deed in script.deeds:
            heard.append(await stage.play(deed))  # noqa: PERF401 - what came before a failure is told
    except Exception as error:
        last = [line for item in heard[-3:] for line in merged({name: item})]
        error.add_note("\n".join([f"on {name}, at {script.deeds[len(heard)]}, after:", *last]))
        raise
    finally:
        stage.close()
    return heard


def test_there_are_as_many_as_were_promised() -> None:
    assert len(STORIES) >= LEAST
