"""A reply becomes words: buttons if they fit, else a list, else numbered lines; nothing longer than the channel takes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.port import Capabilities
from bot.channels.telegram_capabilities import CAPABILITIES as TELEGRAM
from bot.channels.terminal import CAPABILITIES as TERMINAL
from bot.channels.web import CAPABILITIES as WEB
from bot.channels.whatsapp import capabilities as whatsapp
from bot.messages import Choice, Reply
from bot.rendering import Attachments, cut, label_of, media_type, render, style_of, write
from locales.texts import MissingText, Texts

WHATSAPP = whatsapp("chat")
ALL = (TELEGRAM, WHATSAPP, WEB, TERMINAL)
TEXTS = Texts({
    "id": {
        "x": "Halo {name}!",
        "long": "kata " * 1000,
        "phrase": "yang {name} mau",
        "with": "Ini {what}.",
        "label": "Setuju",
        "common.choose": "Balas dengan angkanya",
        "common.list.open": "Lihat pilihan",
        "common.link.open": "Buka halaman",
        "common.phone.share": "Kirim nomor HP saya",
    },
    "su": {"x": "Sampurasun {name}!"},
})  # fmt: skip
HELLO = Reply("x", {"name": "Siti"})


def choices(count: int, label: str = "Pilihan") -> tuple[Choice, ...]:
    return tuple(Choice(f"reg.x:{number}", text=f"{label} {number}") for number in range(1, count + 1))


def test_a_text_is_filled_in_the_persons_language_or_in_indonesian() -> None:
    assert write(HELLO, TEXTS, language="id") == "Halo Siti!"
    assert write(HELLO, TEXTS, language="su") == "Sampurasun Siti!"
    assert write(HELLO, TEXTS, language="xx") == "Halo Siti!"


def test_a_phrase_is_put_into_words_first_and_then_into_the_text() -> None:
    reply = Reply("with", {"name": "Siti"}, phrases={"what": "phrase"})
    assert write(reply, TEXTS, language="id") == "Ini yang Siti mau."


def test_what_a_person_typed_is_never_taken_for_a_placeholder() -> None:
    assert write(Reply("x", {"name": "{name} {0} %s"}), TEXTS, language="id") == "Halo {name} {0} %s!"


@pytest.mark.parametrize("reply", [Reply("nowhere"), Reply("x"), Reply("with", phrases={"what": "nowhere"})])
def test_a_missing_text_or_value_is_a_bug(reply: Reply) -> None:
    with pytest.raises(MissingText):
        render(reply, TELEGRAM, TEXTS, language="id")


@pytest.mark.parametrize(
    ("capabilities", "count", "style"),
    [
        (TELEGRAM, 0, "plain"), (TELEGRAM, 12, "buttons"), (TELEGRAM, 13, "plain"),
        (WHATSAPP, 3, "buttons"), (WHATSAPP, 4, "list"), (WHATSAPP, 10, "list"), (WHATSAPP, 11, "plain"),
        (TERMINAL, 1, "plain"),
    ],
)  # fmt: skip
def test_the_form_of_choices_follows_the_channel(capabilities: Capabilities, count: int, style: str) -> None:
    assert style_of(choices(count), capabilities) == style
    message = render(replace(HELLO, choices=choices(count)), capabilities, TEXTS, language="id")
    assert message.style == style
    assert len(message.buttons) == (0 if style == "plain" else count)
    assert message.list_label == ("Lihat pilihan" if style == "list" else "")


def test_without_buttons_choices_are_numbered_lines() -> None:
    message = render(replace(HELLO, choices=choices(2)), TERMINAL, TEXTS, language="id")
    assert message.text == "Halo Siti!\n1. Pilihan 1\n2. Pilihan 2\nBalas dengan angkanya"


def test_a_button_carries_its_id_and_its_label_by_key_or_as_it_is() -> None:
    reply = replace(HELLO, choices=(Choice("a:1", key="label"), Choice("a:2", text="Lain")))
    message = render(reply, TELEGRAM, TEXTS, language="id")
    assert [(button.id, button.label) for button in message.buttons] == [("a:1", "Setuju"), ("a:2", "Lain")]
    assert label_of(Choice("a:1", key="label", text="unused"), TEXTS, "id") == "Setuju"


def test_a_long_row_is_cut_and_stands_whole_below_it() -> None:
    reply = replace(HELLO, choices=choices(4, "Pedagang kaki lima di pinggir jalan raya"))
    button = render(reply, WHATSAPP, TEXTS, language="id").buttons[0]
    assert button.label == "Pedagang kaki lima di p…"
    assert button.description == "Pedagang kaki lima di pinggir jalan raya 1"
    given_one = replace(HELLO, choices=(*choices(3), Choice("a:1", text="Ojek", description="roda dua")))
    assert render(given_one, WHATSAPP, TEXTS, language="id").buttons[3].description == "roda dua"


def test_a_row_does_not_say_its_label_twice() -> None:
    rows = (Choice("a:1", text="Nelayan", description="Nelayan"), Choice("a:2", text="Buruh tani", description="buruh tani"))
    shown = render(replace(HELLO, choices=(*choices(3), *rows)), WHATSAPP, TEXTS, language="id")
    assert [button.description for button in shown.buttons[-2:]] == ["", ""]


@pytest.mark.parametrize(("name", "label"), [
    ("Kabupaten Deli Serdang", "Kab. Deli Serdang"), ("Kabupaten Asahan", "Kabupaten Asahan"), ("Kota Medan", "Kota Medan"),
    ("Kabupaten Labuhanbatu Selatan", "Kab. Labuhanbatu Se…"),
])  # fmt: skip
def test_a_long_kabupaten_is_abbreviated_before_it_is_cut(name: str, label: str) -> None:
    shown = render(replace(HELLO, choices=(Choice("a:1", text=name),)), WHATSAPP, TEXTS, language="id")
    assert shown.buttons[0].label == label


def test_a_phrase_may_be_several_texts() -> None:
    reply = Reply("notice.returned.plain.fields", {"number": "9001-0014"}, {"fields": "field.name,field.phone"})
    assert "Nama, Nomor HP" in write(reply, Texts.load(), language="id")


def test_a_channel_without_descriptions_shows_none() -> None:
    reply = replace(HELLO, choices=(Choice("a:1", text="Ojek", description="roda dua"),))
    assert render(reply, TELEGRAM, TEXTS, language="id").buttons[0].description == ""


def test_a_link_is_a_button_or_stands_in_the_text() -> None:
    reply = replace(HELLO, link="https://payung.example/chat#t=a")
    assert render(reply, TELEGRAM, TEXTS, language="id").link == ("Buka halaman", reply.link)
    plain = render(reply, TERMINAL, TEXTS, language="id")
    assert (plain.link, plain.text) == (None, f"Halo Siti!\n{reply.link}")


def test_the_number_button_is_offered_only_where_there_is_one() -> None:
    reply = replace(HELLO, ask_phone=True)
    assert render(reply, TELEGRAM, TEXTS, language="id").phone_label == "Kirim nomor HP saya"
    assert [render(reply, other, TEXTS, language="id").phone_label for other in (WHATSAPP, WEB, TERMINAL)] == [""] * 3


def test_pictures_and_files_are_shown_only_where_they_can_be() -> None:
    reply = replace(HELLO, photo="photo/1", document=("data-saya.json", "copy/1"))
    both = Attachments(photo=b"picture", document=b"{}")
    shown = render(reply, TELEGRAM, TEXTS, language="id", attachments=both)
    assert (shown.photo, shown.document) == (b"picture", ("data-saya.json", "text/plain", b"{}"))
    hidden = render(reply, replace(TERMINAL, can_send_document=False), TEXTS, language="id", attachments=both)
    assert (hidden.photo, hidden.document) == (None, None)
    gone = render(reply, TELEGRAM, TEXTS, language="id", attachments=Attachments())
    assert (gone.photo, gone.document) == (None, None)


@pytest.mark.parametrize(
    ("filename", "kind"),
    [("a.json", "text/plain"), ("A.PDF", "application/pdf"), ("ktp.exe", "application/octet-stream"), ("a", "?")],
)
def test_the_media_type_comes_from_the_ending(filename: str, kind: str) -> None:
    assert media_type(filename) == kind.replace("?", "application/octet-stream")


@pytest.mark.parametrize("capabilities", ALL)
def test_a_text_is_never_longer_than_the_channel_takes(capabilities: Capabilities) -> None:
    text = render(Reply("long"), capabilities, TEXTS, language="id").text
    assert len(text) <= capabilities.text_max
    assert text.endswith("…")


@given(st.text(max_size=60), st.integers(1, 50))
def test_cutting_keeps_within_the_limit_and_leaves_short_texts_alone(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert short == text if len(text) <= limit else short.endswith("…")


@given(st.lists(st.text(min_size=1, max_size=80), max_size=14), st.sampled_from(ALL))
def test_whatever_the_choices_a_message_keeps_to_its_channels_limits(labels: list[str], capabilities: Capabilities) -> None:
    reply = replace(HELLO, choices=tuple(Choice(f"a:{at}", text=label) for at, label in enumerate(labels)))
    message = render(reply, capabilities, TEXTS, language="id")
    most = {"buttons": capabilities.buttons_max, "list": capabilities.list_rows_max, "plain": 0}[message.style]
    longest = {"buttons": capabilities.button_label_max, "list": capabilities.row_label_max, "plain": 0}[message.style]
    assert len(message.buttons) <= most
    assert all(0 < len(button.label) <= longest for button in message.buttons)
    assert all(len(button.description) <= capabilities.row_description_max for button in message.buttons)
    assert len(message.text) <= capabilities.text_max


def test_the_texts_that_rendering_itself_needs_are_there(texts: Texts) -> None:
    for key in ("common.choose", "common.list.open", "common.link.open", "common.phone.share", "common.bug"):
        assert texts.has(key), key
    assert texts.placeholders("common.bug") == {"incident"}


def test_a_picture_of_nothing_personal_is_shown_where_no_card_may_be() -> None:
    reply, picture = replace(HELLO, photo="qr/1"), Attachments(photo=b"picture")
    linked, terminal = replace(WHATSAPP, can_send_photo=False), replace(WHATSAPP, can_send_photo=False, can_show=False)
    assert render(reply, linked, TEXTS, language="id", attachments=picture).photo is None
    assert render(replace(reply, is_public=True), linked, TEXTS, language="id", attachments=picture).photo == b"picture"
    assert render(replace(reply, is_public=True), terminal, TEXTS, language="id", attachments=picture).photo is None
