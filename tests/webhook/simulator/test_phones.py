"""The simulated phones: each messenger's real limits through the real adapters, faults on the way, and the clock."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from bot.channels import whatsapp_wire as limits
from bot.channels.port import Certainty, SendError
from bot.messages import Button, ChannelName, Message
from models.catalogue.statuses import Status
from models.delivery.conversations import ADDRESS, CONVERSATION
from models.register.announcements import News, send_notice
from models.register.applications import APPLICATION
from tests.conftest import FakeClock
from tests.webhook.simulator.conftest import Open, Show
from webhook.demo import demo_settings
from webhook.simulator import telegram, whatsapp
from webhook.simulator.desk import Simulator
from webhook.simulator.kept import Clock, Kept
from webhook.simulator.phone import NotNow

NUMBER = "2611-9001"


def addresses(session: Session) -> list[Any]:
    return list(session.execute(select(ADDRESS).order_by(ADDRESS.c.id)).all())


async def announce(show: Show, phone: str) -> None:
    """News of an approved application is on its way to the phone's person."""
    [address] = [row for row in await show.house.edge.store.read(addresses) if row.channel == phone]

    def tell(session: Session) -> bool:
        application = session.execute(
            select(APPLICATION.c.id).where(APPLICATION.c.number.is_not(None)).limit(1)
        ).scalar_one()
        news = News(application, NUMBER, address.conversation_id, 1, Status.APPROVED)
        return send_notice(session, news, tried=(), now=show.simulator.clock())

    await show.house.edge.store.write(tell)
    await show.simulator.rest()


def last(show: Show, phone: str) -> Any:
    return show.phone(phone).screen.bubbles[-1]


# --- limits


async def test_two_choices_are_buttons_on_both_phones(opened: Open) -> None:
    async with opened() as show:
        for phone in ("telegram", "whatsapp"):
            await show.say(phone, "halo")
            assert [key.label for key in last(show, phone).keys] == ["Setuju", "Tidak"]
            assert last(show, phone).list_label == ""


async def test_more_than_three_choices_are_a_list_on_whatsapp_and_buttons_on_telegram(opened: Open) -> None:
    async with opened() as show:
        for phone in ("telegram", "whatsapp"):
            adapter = show.house.channels[ChannelName(phone)]
            await show.say(phone, "halo")
            address = show.phone(phone).address
            buttons = tuple(Button(f"x:{at}", f"Pilihan {at}", "keterangan") for at in range(4))
            style: Any = "list" if adapter.capabilities.list_rows_max else "buttons"
            label = "Lihat pilihan" if style == "list" else ""
            await adapter.send(address, Message("Pilih:", style, buttons, label), opaque="")
            assert len(last(show, phone).keys) == 4
        assert last(show, "whatsapp").list_label == "Lihat pilihan"
        assert last(show, "whatsapp").keys[0].description == "keterangan"
        assert last(show, "telegram").list_label == ""


@pytest.mark.parametrize(
    ("payload", "what"),
    [
        ({"text": {"body": "x" * (limits.TEXT_MAX + 1)}}, "text"),
        ({"interactive": {"body": {"text": "x" * (limits.BODY_MAX + 1)}}}, "body"),
        ({"interactive": {"action": {"buttons": [{"reply": {"title": "Ya"}}] * (limits.BUTTONS_MAX + 1)}}}, "buttons"),
        ({"interactive": {"action": {"buttons": [{"reply": {"title": "x" * (limits.LABEL_MAX + 1)}}]}}}, "button"),
        ({"interactive": {"action": {"sections": [{"rows": [{"title": "x"}] * (limits.ROWS_MAX + 1)}]}}}, "rows"),
        ({"interactive": {"action": {"sections": [{"rows": [{"title": "x" * (limits.ROW_LABEL_MAX + 1)}]}]}}}, "row title"),
        (
            {"interactive": {"action": {"sections": [{"rows": [{"title": "x", "description": "x" * 73}]}]}}},
            "row description",
        ),
    ],
)
def test_whatsapp_refuses_what_is_over_a_published_limit(payload: dict[str, Any], what: str) -> None:
    assert whatsapp.breach(payload).startswith(f"{what}: ")


def test_what_is_within_the_limits_is_taken() -> None:
    buttons = [{"reply": {"title": "x" * limits.LABEL_MAX}}] * limits.BUTTONS_MAX
    assert whatsapp.breach({"interactive": {"body": {"text": "x" * limits.BODY_MAX}, "action": {"buttons": buttons}}}) == ""
    assert telegram.breach("x" * 4096, {"inline_keyboard": [[{"callback_data": "x" * 64}]]}, has_file=False) == ""


@pytest.mark.parametrize(
    ("text", "data", "has_file"),
    [("", "x", False), ("x" * 4097, "x", False), ("x" * 1025, "x", True), ("x", "x" * 65, False)],
)
def test_telegram_refuses_what_it_really_refuses(text: str, data: str, has_file: bool) -> None:
    assert telegram.breach(text, {"inline_keyboard": [[{"callback_data": data}]]}, has_file=has_file)


async def test_after_a_day_of_silence_only_a_template_arrives_on_whatsapp(opened: Open) -> None:
    async with opened() as show:
        for phone in ("telegram", "whatsapp"):
            await show.say(phone, "halo")
        await show.simulator.move(dt.timedelta(days=1))
        for phone in ("telegram", "whatsapp"):
            await announce(show, phone)
        assert (last(show, "telegram").kind, last(show, "whatsapp").kind) == ("text", "template")
        assert NUMBER in last(show, "whatsapp").text
        address = show.phone("whatsapp").address
        with pytest.raises(SendError, match="window_closed") as refused:
            await show.house.channels[ChannelName.WHATSAPP].send(address, Message("Apa kabar?"), opaque="")
        assert refused.value.certainty is Certainty.REFUSED
        await show.say("whatsapp", "halo")
        await show.house.channels[ChannelName.WHATSAPP].send(address, Message("Apa kabar?"), opaque="")
        assert last(show, "whatsapp").text == "Apa kabar?"


async def test_whatsapp_hands_nik_and_photo_to_a_link_and_telegram_asks_for_them(opened: Open) -> None:
    async with opened() as show:
        for phone in ("telegram", "whatsapp"):
            await show.say(phone, "halo")
            await show.press(phone, "Setuju")
        assert "NIK" in last(show, "telegram").text
        assert last(show, "telegram").link is None
        assert last(show, "whatsapp").link[1].startswith("http://localhost:8080/chat#t=")


async def test_the_number_is_shared_by_a_key_on_telegram_which_then_goes_away(opened: Open) -> None:
    async with opened() as show:
        adapter, phone = show.house.channels[ChannelName.TELEGRAM], show.phone("telegram")
        await show.say("telegram", "halo")
        await adapter.send(phone.address, Message("Nomor HP?", phone_label="Kirim nomor HP saya"), opaque="")
        assert [(key.id, key.label) for key in phone.screen.keyboard] == [("contact", "Kirim nomor HP saya")]
        await show.say("telegram", "", "contact")
        assert phone.screen.keyboard == ()


async def test_a_message_on_telegram_may_get_another_text_and_on_whatsapp_not(opened: Open) -> None:
    async with opened() as show:
        adapter, address = show.house.channels[ChannelName.TELEGRAM], show.phone("telegram").address
        sent = await adapter.send(address, Message("Foto sedang diperiksa", will_change=True), opaque="")
        assert (await adapter.edit(address, sent.message_id, Message("Foto sudah diperiksa"))).message_id == sent.message_id
        assert last(show, "telegram").text == "Foto sudah diperiksa"
        with pytest.raises(SendError):
            await adapter.edit(address, "1", Message("Foto sudah diperiksa"))
        with pytest.raises(SendError, match="no_edit"):
            await show.house.channels[ChannelName.WHATSAPP].edit(show.phone("whatsapp").address, "1", Message("x"))


async def test_pictures_and_files_travel_both_ways(opened: Open) -> None:
    async with opened() as show:
        for name in ("telegram", "whatsapp"):
            phone, adapter = show.phone(name), show.house.channels[ChannelName(name)]
            await show.say(name, "halo")
            document = ("data.pdf", "application/pdf", b"%PDF\r\n--x\r\n-9000")
            await adapter.send(phone.address, Message("Ini datanya", document=document), opaque="")
            number, filename = last(show, name).document
            assert (filename, phone.screen.files[number][1]) == ("data.pdf", document[2])
            await adapter.send(phone.address, Message("Fotonya", photo=b"\xff\xd8\xff picture"), opaque="")
            assert phone.screen.files[last(show, name).photo] == ("image/jpeg", b"\xff\xd8\xff picture")
            await show.press(name, "Setuju")
            await show.photo(name, "siti -> blurred")
        assert len(show.simulator.recorder.read) == 1  # on WhatsApp the photo is not taken: there is the link


# --- faults


async def test_a_message_delivered_twice_is_answered_once(opened: Open) -> None:
    async with opened() as show:
        for phone in ("telegram", "whatsapp"):
            await show.phone(phone).set_fault("twice", on=True)
            once = await show.say(phone, "halo")
            assert len(set(once)) == len(once)
            assert not show.phone(phone).twice
            assert last(show, phone).keys


async def test_a_late_message_arrives_after_the_next_one(opened: Open) -> None:
    async with opened() as show:
        await show.say("whatsapp", "halo")
        await show.phone("whatsapp").set_fault("late", on=True)
        assert await show.say("whatsapp", "setuju") == []
        assert last(show, "whatsapp").state == "late"
        answers = await show.say("whatsapp", "gratis?")
        assert len(answers) >= 2
        assert last(show, "whatsapp").link is not None  # of "setuju", which came last
        said = [item.words for item in show.simulator.recorder.happened]
        assert said == ["halo", "gratis?", "setuju"]


async def test_what_is_held_back_arrives_when_the_fault_is_taken_back(opened: Open) -> None:
    async with opened() as show:
        await show.phone("telegram").set_fault("late", on=True)
        await show.say("telegram", "halo")
        await show.phone("telegram").set_fault("late", on=False)
        await show.simulator.rest()
        assert last(show, "telegram").keys
        assert show.phone("telegram").screen.bubbles[0].state == "sent"


@pytest.mark.parametrize("phone", ["telegram", "whatsapp"])
async def test_who_blocked_the_bot_hears_nothing_and_writes_nothing_until_they_let_it_in(opened: Open, phone: str) -> None:
    async with opened() as show:
        await show.say(phone, "halo")
        before = len(show.phone(phone).screen.bubbles)
        await show.phone(phone).set_fault("blocked", on=True)
        with pytest.raises(NotNow):
            await show.say(phone, "halo?")
        await announce(show, phone)
        assert len(show.phone(phone).screen.bubbles) == before
        [address] = [row for row in await show.house.edge.store.read(addresses) if row.channel == phone]
        assert address.blocked_at is not None
        await show.phone(phone).set_fault("blocked", on=False)
        assert await show.say(phone, "halo")


async def test_without_a_phone_number_the_same_talk_goes_on(opened: Open) -> None:
    async with opened() as show:
        await show.say("whatsapp", "halo")
        await show.phone("whatsapp").set_fault("numberless", on=True)
        await show.press("whatsapp", "Setuju")
        assert last(show, "whatsapp").link is not None
        rows = [row for row in await show.house.edge.store.read(addresses) if row.channel == "whatsapp"]
        assert len(rows) == 1


async def test_a_phone_number_is_known_unless_it_is_hidden(opened: Open) -> None:
    async with opened() as show:
        for hidden in (True, False):
            await show.phone("whatsapp").set_fault("numberless", on=hidden)
            await show.say("whatsapp", "halo")
            [*_, row] = [row for row in await show.house.edge.store.read(addresses) if row.channel == "whatsapp"]
            assert (row.phone_sealed is None) is hidden
            show.phone("whatsapp").give_to_another()


# --- the clock


async def test_moving_the_clock_runs_what_becomes_due_on_each_day(opened: Open) -> None:
    async with opened() as show:
        await show.say("telegram", "halo")
        await show.press("telegram", "Setuju")
        heard = len(show.phone("telegram").screen.bubbles)
        await show.simulator.move(dt.timedelta(days=60))
        news = show.phone("telegram").screen.bubbles[heard:]
        assert len(news) >= 2  # it was said before it lapsed, and then that it did
        assert [bubble.at for bubble in news] == sorted(bubble.at for bubble in news)
        assert news[-1].at - news[0].at >= dt.timedelta(days=6)

        def drafts(session: Session) -> int:
            return len(session.execute(select(CONVERSATION.c.id).where(CONVERSATION.c.draft_id.is_not(None))).all())

        await show.simulator.move(dt.timedelta(days=1))
        assert await show.house.edge.store.read(drafts) == 0


def test_the_clock_goes_on_where_it_was_after_a_restart(tmp_path: Path) -> None:
    day, path = FakeClock(), tmp_path / "simulator.json"
    kept = Kept(path)
    Clock(kept, day).move(dt.timedelta(days=6))
    kept.people = 7
    kept.save()
    again = Kept(path)
    assert Clock(again, day)() == day() + dt.timedelta(days=6)
    assert again.people == 7


def test_nobody_is_met_twice_after_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = demo_settings(tmp_path, port=8080)
    serials = [
        phone.person.serial
        for simulator in (Simulator(settings, folder=tmp_path), Simulator(settings, folder=tmp_path))
        for phone in simulator.phones.values()
    ]
    assert serials == [9001, 9002, 9003, 9004]


def test_the_templates_on_the_phone_are_those_of_the_readme(texts: Any) -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    told = {
        key.removeprefix("sim.template."): text for key, text in texts.by_language["id"].items() if "sim.template." in key
    }
    rows = [line.split(" | ") for line in readme.splitlines() if line.startswith("| `payung_")]
    proposed = {row[0].strip("| `"): row[1].removesuffix(" |").replace("{{1}}", "{value}") for row in rows}
    assert told
    assert told.items() <= proposed.items()  # one that README has beside is shown by its name
