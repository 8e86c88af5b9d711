"""A kept talk of the web chat is told as a golden conversation: with the same lines, and with nobody real in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlmodel import Session

from locales.texts import Texts
from models.delivery.conversations import CONVERSATION
from models.ground.audit import ENTRY
from models.ground.sealed import KeyRing
from tests.bot.stories.cast import OPEN_PROGRAMME
from tests.bot.stories.script import read_script, write_script
from tests.bot.test_transcripts import played
from tests.database import Sqlite
from tests.webhook.simulator.conftest import Open, Show, loaded, opened
from webhook.app import create_app
from webhook.demo import demo_of
from webhook.web_transcript import STAGED, NotKept, transcribe

__all__ = ["loaded", "opened"]
REAL = ("RUDI", "GUNAWAN", "JAKARTA", "08-07-1991", "9352", "0896", "6281")


class Chat:
    """A browser with the demo's worker phone."""

    def __init__(self, http: httpx.AsyncClient, show: Show) -> None:
        self._http, self._show = http, show
        self._count = 0

    async def say(self, hidden: bool = False, **said: str) -> None:
        self._count += 1
        body = {"id": f"m{self._count}", **said, **({"hidden": True} if hidden else {})}
        assert (await self._http.post("/chat/worker/messages", json=body)).status_code == 202
        await self._rest()

    async def press(self, label: str) -> None:
        [*_, last] = (await self._http.get("/chat/worker/messages", params={"wait": "0"})).json()
        [choice] = [button["id"] for button in last["buttons"] if button["label"] == label]
        await self.say(choice=choice, label=label)

    async def photo(self, described: bytes) -> None:
        self._count += 1
        headers = {"X-Message-Id": f"m{self._count}", "Content-Type": "image/jpeg"}
        answer = await self._http.post("/chat/worker/photo", content=described, headers=headers)
        assert answer.status_code == 202
        await self._rest()

    async def _rest(self) -> None:
        self._show.day.tick(1)
        await self._show.simulator.rest()


@asynccontextmanager
async def talked(opened: Open) -> AsyncIterator[tuple[Show, str]]:
    """Somebody has registered in the browser; the house and the number."""
    async with opened() as show:
        app = create_app(show.house, demo=demo_of(show.simulator))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8080") as http:
            await http.post("/chat/session", json={"slot": "worker"})
            chat = Chat(http, show)
            await chat.say(text="/start", hidden=True)
            await chat.press("Setuju")
            await chat.photo(b"foto -> blurred")
            await chat.say(text="nik saya 3174 0408 0791 9352")
            await chat.photo(b"contoh -> accepted")
            await chat.press("Benar")
            show.day.tick(3600)
            for text in ("saya Rudi, nelayan", "kota medan", "medan belawan", "0896-6281-9000"):
                await chat.say(text=text)
            await chat.press("Kirim")
            [*_, sent, _] = (await http.get("/chat/worker/messages", params={"wait": "0"})).json()
        yield show, sent["text"].partition("Nomor pendaftaran: ")[2][:9]


async def told(show: Show, number: str) -> str:
    now, texts = show.simulator.clock(), show.house.edge.texts
    return await show.house.edge.store.write(partial(transcribe, texts=texts, number=number, now=now))


async def test_a_talk_in_the_browser_is_told_with_fictional_people_and_can_be_played(
    opened: Open, sqlite_template: Sqlite, tmp_path: Path, keys: KeyRing, texts: Texts
) -> None:
    async with talked(opened) as (show, number):
        text = await told(show, number)
    for line in ("A > /start", "A > [photo: budi -> blurred]", "A > [photo: budi -> accepted]", "(clock +6"):
        assert line in text
    assert "A > [button: Benar]" in text
    assert number not in text
    assert [word for word in REAL if word in text.upper()] == []
    script = read_script(text)
    folder = tmp_path / "stage"
    folder.mkdir()
    url = sqlite_template.create(folder)
    heard = await played(script, "web", url=url, folder=folder / "files", keys=keys, texts=texts)
    assert write_script(script, {"web": heard}) == text


async def test_the_export_is_on_record(opened: Open) -> None:
    async with talked(opened) as (show, number):
        await told(show, number)

        def last(session: Session) -> tuple[str, str]:
            row = session.execute(ENTRY.select().order_by(ENTRY.c.id.desc()).limit(1)).one()
            return row.actor, row.action

        assert await show.house.edge.store.read(last) == ("cli", "conversation.export")


async def test_of_a_messenger_and_of_an_officer_nothing_is_told(opened: Open) -> None:
    async with talked(opened) as (show, number):
        await show.say("telegram", "halo")
        [talk] = [item.conversation for item in show.simulator.recorder.happened if item.words == "halo"]
        now, texts = show.simulator.clock(), show.house.edge.texts
        tell = partial(transcribe, texts=texts, now=now)
        with pytest.raises(NotKept, match="Nothing of this talk is kept"):
            await show.house.edge.store.write(partial(tell, conversation_id=talk))
        with pytest.raises(NotKept, match="no such conversation"):
            await show.house.edge.store.write(partial(tell, number="0000-0000"))

        def make_officer(session: Session) -> None:
            session.execute(CONVERSATION.update().values(officer_id=1))

        await show.house.edge.store.write(make_officer)
        with pytest.raises(NotKept, match="officer"):
            await show.house.edge.store.write(partial(tell, number=number))


def test_the_stage_s_programme_is_known() -> None:
    assert STAGED.items() <= OPEN_PROGRAMME.items()
