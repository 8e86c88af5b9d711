"""What was said on a simulated phone is saved so that the stories' stage plays it and hears the very same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from locales.texts import Texts
from models.catalogue.statuses import Status
from models.ground.sealed import KeyRing
from models.register import cards, cases
from models.register.actors import system
from models.register.applications import find_by_number
from models.register.handovers import HANDOVER
from tests.bot.stories.script import read_script, write_script
from tests.bot.test_transcripts import played
from tests.database import Sqlite
from tests.webhook.simulator.conftest import Open, Show

Replay = Callable[[str], Awaitable[str]]


@pytest.fixture
def replay(sqlite_template: Sqlite, tmp_path: Path, keys: KeyRing, texts: Texts) -> Replay:
    """Plays a saved conversation as `tests/bot/test_transcripts.py` does; what it writes."""

    async def play(saved: str) -> str:
        script = read_script(saved)
        [stage] = script.stages
        folder = tmp_path / "stage"
        folder.mkdir()
        url = sqlite_template.create(folder)
        heard = await played(script, stage, url=url, folder=folder / "files", keys=keys, texts=texts)
        return write_script(script, {stage: heard})

    return play


async def until_the_work(show: Show, phone: str, photo: str = "contoh -> accepted") -> None:
    """The person agreed, and what was read off the card is right."""
    await show.say(phone, "halo")
    await show.press(phone, "Setuju")
    await show.photo(phone, photo)
    await show.press(phone, "Benar")


async def until_sent(show: Show, phone: str) -> str:
    """The application was sent; its number."""
    for words in ("nelayan", "kota medan", "medan belawan"):
        await show.say(phone, words)
    await show.say(phone, "", "contact")
    answers = await show.press(phone, "Kirim")
    return "".join(answers).partition("Nomor pendaftaran: ")[2][:9]


async def test_a_registration_on_telegram_is_heard_again_line_by_line(opened: Open, replay: Replay) -> None:
    async with opened() as show:
        await until_the_work(show, "telegram")
        number = await until_sent(show, "telegram")
        saved = await show.simulator.transcript("telegram")
    assert "A > [photo: contoh -> accepted]" in saved
    assert "A > [button: Benar]" in saved
    assert "A > [contact]" in saved
    assert "Nomor pendaftaran: NOMOR" in saved
    assert number not in saved
    assert await replay(saved) == saved


async def test_what_went_wrong_on_the_way_is_told_too(opened: Open, replay: Replay) -> None:
    async with opened() as show:
        await show.say("telegram", "halo")
        await show.phone("telegram").set_fault("twice", on=True)
        await show.press("telegram", "Setuju")
        await show.say("telegram", "", "sticker")
        await show.say("telegram", "", "voice")
        await show.photo("telegram", "siti -> blurred")
        await show.phone("telegram").set_fault("blocked", on=True)
        await show.simulator.move(dt.timedelta(hours=1))
        await show.phone("telegram").set_fault("blocked", on=False)
        await show.say("telegram", "saya kembali")
        saved = await show.simulator.transcript("telegram")
    for line in ("(delivered twice)", "A > [sticker]", "A > [voice]", "A > [photo: foto -> blurred]", "(clock +1 hours)"):
        assert line in saved
    assert saved.index("(A blocks the bot)") < saved.index("(clock +1 hours)") < saved.index("(A unblocks the bot)")
    assert await replay(saved) == saved


async def test_a_card_of_ones_own_is_written_with_what_was_read(opened: Open, replay: Replay) -> None:
    async with opened() as show:
        await until_the_work(show, "telegram", "budi -> accepted")
        saved = await show.simulator.transcript("telegram")
    assert (
        "[photo: foto -> accepted, reading nik=1271101203909002; name=BUDI SANTOSO; birth_place=BINJAI; "
        "birth_date=1990-03-12; sex=L]" in saved
    )
    assert await replay(saved) == saved


async def test_weeks_of_silence_bring_the_reminder_and_the_lapse_when_they_are_played(opened: Open, replay: Replay) -> None:
    async with opened() as show:
        await show.say("telegram", "halo")
        await show.press("telegram", "Setuju")
        show.day.tick(3600 * 3)
        await show.simulator.move(dt.timedelta(days=60))
        await show.simulator.move(dt.timedelta(days=1))
        await show.say("telegram", "status")
        saved = await show.simulator.transcript("telegram")
    assert "(clock +181 minutes)" in saved  # what passed by itself, rounded up
    assert "sudah kami hapus" in saved
    assert await replay(saved) == saved


async def test_the_talk_of_whatsapp_goes_through_the_browser_and_comes_home(opened: Open, replay: Replay) -> None:
    async with opened() as show:
        await show.say("whatsapp", "halo")
        await show.press("whatsapp", "Setuju")
        link = show.phone("whatsapp").screen.bubbles[-1].link
        assert link is not None
        browser = await show.open_link(link[1])
        await browser.say("/start")
        await browser.photo("contoh -> accepted")
        await browser.press("Benar")
        work = show.phone("whatsapp").screen.bubbles[-1]
        assert work.list_label
        saved = await show.simulator.transcript("whatsapp")
    assert "# on: whatsapp-link" in saved
    assert "(A opens the link)\n\nA@web > /start" in saved
    assert "[Buka halaman: https://payung.example/chat#t=TAUTAN]" in saved
    assert await replay(saved) == saved


async def test_a_decision_and_a_card_stand_where_they_fell(opened: Open, replay: Replay) -> None:
    async with opened() as show:
        await until_the_work(show, "telegram")
        number = await until_sent(show, "telegram")
        await show.simulator.move(dt.timedelta(days=6))

        def decide(session: Session) -> object:
            return cases.decide(session, number, Status.APPROVED, actor=system("test"), now=show.simulator.clock())

        def issue(session: Session) -> object:
            row, now = find_by_number(session, number), show.simulator.clock()
            return cards.issue_card(session, row, "99012345678", issued_on=now.date(), actor=system("bpjs"), now=now)

        await show.house.edge.store.write(decide)
        await show.simulator.rest()
        show.day.tick(5)
        await show.house.edge.store.write(issue)
        await show.simulator.rest()
        show.day.tick(5)
        await show.say("telegram", "status")
        saved = await show.simulator.transcript("telegram")
    assert saved.index("(clock +6 days)") < saved.index("(approved NOMOR)") < saved.index("(card 99012345678 for NOMOR)")
    assert saved.index("(card 99012345678 for NOMOR)") < saved.index("A > status")
    assert await replay(saved) == saved


async def test_a_card_that_somebody_else_has_registered_is_told_first(opened: Open, replay: Replay) -> None:
    async with opened() as show:
        await until_the_work(show, "telegram")
        await until_sent(show, "telegram")
        show.phone("telegram").give_to_another()
        await until_the_work(show, "telegram")
        await until_sent(show, "telegram")
        saved = await show.simulator.transcript("telegram")
    assert saved.index("(taken 3174040807919352)") < saved.index("A > halo")
    assert await replay(saved) == saved


async def test_what_people_ask_in_between_is_heard_again(opened: Open, replay: Replay) -> None:
    said = (
        "bantuan",
        "apa itu jkk",
        "data saya",
        "petugas",
        "halo pak, ada orang?",
        "selesai",
        "berhenti",
        "mulai",
        "hapus",
    )
    async with opened() as show:
        await show.phone("whatsapp").set_fault("numberless", on=True)
        await show.say("whatsapp", "assalamualaikum\nbang")
        await show.press("whatsapp", "Setuju")
        for words in said:
            await show.say("whatsapp", words)
        await show.say("whatsapp", "", "location")
        await show.phone("whatsapp").set_fault("late", on=True)
        await show.say("whatsapp", "gratis?")
        await show.say("whatsapp", "status")
        saved = await show.simulator.transcript("whatsapp")
    assert saved.index("(A has no phone number)") < saved.index("A > assalamualaikum⏎bang")
    assert saved.index("A > status") < saved.index("A > gratis?")
    assert await replay(saved) == saved


async def test_that_an_officer_took_over_is_said(opened: Open) -> None:
    async with opened() as show:
        await show.say("telegram", "halo")
        await show.say("telegram", "petugas")
        assert "An officer took over" not in await show.simulator.transcript("telegram")
        taken = HANDOVER.update().values(taken_at=show.simulator.clock())
        await show.house.edge.store.write(lambda session: session.execute(taken))
        assert "An officer took over" in await show.simulator.transcript("telegram")


async def test_another_person_on_the_phone_begins_another_transcript(opened: Open) -> None:
    async with opened() as show:
        await show.say("whatsapp", "halo")
        show.phone("whatsapp").give_to_another()
        assert await show.simulator.transcript("whatsapp") == ""
        await show.say("whatsapp", "selamat pagi")
        saved = await show.simulator.transcript("whatsapp")
    assert "halo" not in saved.splitlines()[:8]
    assert "A > selamat pagi" in saved
