"""Golden talks: whole conversations as people would read them. `--update` writes them anew; the diff is the review."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.flow.notices import notice_for
from bot.messages import ChannelName, Contact, Other, Voice
from models.catalogue.fields import Field
from models.catalogue.statuses import Status
from tests.bot.flow.stages import CHILD_NIK, OTHER_NIK
from tests.bot.flow.talk import AGENCY, CARD, CHAT, LINKED, SITI, Player

FOLDER = Path(__file__).parent.parent / "transcripts"
NUMBER = "9001-0014"


def photo_first_to_the_card(player: Player) -> None:
    """The shortest way: photo, five taps and words, card."""
    player.say("assalamualaikum")
    player.press("Setuju")
    player.photo()
    player.verdict(CARD)
    player.press("Benar")
    player.press("Pedagang pasar")
    player.press("Kota Medan")
    player.say("marelan")
    player.send(Contact("+6281234567890", own=True), "kontak sendiri")
    player.press("Kirim")
    player.say("status")
    about = {"number": NUMBER, "agency": AGENCY.name, "contact": AGENCY.contact}
    player.register.decide(Status.APPROVED)
    player.tell(notice_for(Status.APPROVED, **about))
    player.register.decide(Status.ISSUED, kpj="26041234567")
    player.tell(notice_for(Status.ISSUED, **about, kpj="26041234567"))
    player.say("status", "terima kasih")


def typed_nik_differs_from_the_card(player: Player) -> None:
    """Only the difference is asked; the name is told by the card."""
    player.say("halo", "iya setuju pak", "nik saya 1271 0357 0885 9003")
    player.photo()
    player.say("sudah belum?")
    player.photo("foto-2")
    player.verdict(CARD)
    player.press("Yang di KTP")
    player.say("iya benar", "narik becak motor", "medan, medan marelan", "0812-3456-7890", "kirim")


def three_bad_photos(player: Player) -> None:
    """After three photos a person looks, and nobody is stuck."""
    player.say("pagi", "setuju", SITI[Field.NIK], "tidak punya foto")
    player.photo()
    player.verdict(cause="too_dark")
    player.file("image/heic", "IMG_1.HEIC")
    player.verdict(cause="blurred")
    player.file("application/pdf", "ktp.pdf")
    player.photo("foto-3")
    player.verdict(cause="nik_unreadable")
    player.say("siti aminah", "nelayan", "asahan", "tanjung balai")
    player.say("081234567890", "ya")


def whatsapp_by_link(player: Player) -> None:
    """NIK and photo go through the web chat; the talk returns."""
    player.channel, player.capabilities, player.phone = ChannelName.WHATSAPP, LINKED, "+6281234567890"
    player.say("halo")
    player.press("Setuju")
    player.say(SITI[Field.NIK])
    player.photo()
    player.note("# di halaman web, lewat tautan")
    player.channel, player.capabilities, player.away = ChannelName.WEB, CHAT, True
    player.say("/mulai", SITI[Field.NIK])
    player.photo()
    player.verdict(CARD)
    player.press("Benar")
    player.note("# kembali di WhatsApp")
    player.channel, player.capabilities, player.away = ChannelName.WHATSAPP, LINKED, False
    player.say("buruh tani", "1", "Medan Marelan")
    player.press("Pakai nomor ini")
    player.press("Ubah")
    player.press("NIK")


def returned_and_corrected(player: Player) -> None:
    """Only what the officer marked is asked again."""
    player.say("halo", "setuju", SITI[Field.NIK])
    player.photo()
    player.verdict(CARD)
    player.say("benar", "nelayan", "kota medan", "medan belawan", "081234567890", "kirim")
    player.register.decide(Status.RETURNED, reason="photo_cut_off", fields=("photo",))
    player.tell(notice_for(Status.RETURNED, number=NUMBER, reason="photo_cut_off"))
    player.press("Perbaiki sekarang")
    player.photo("foto-2")
    player.verdict(CARD)
    player.press("Kirim")
    player.register.decide(Status.RETURNED, reason="place_unclear", fields=("regency", "district"))
    player.tell(notice_for(Status.RETURNED, number=NUMBER, reason="place_unclear"))
    player.say("mulai", "deli serdang", "percut sei tuan", "kirim")
    player.register.decide(Status.REFUSED, reason="already_insured")
    player.tell(notice_for(Status.REFUSED, number=NUMBER, reason="already_insured", contact=AGENCY.contact))
    player.say("status", "petugas")


def second_thoughts(player: Player) -> None:
    """No, back, change, cancel: each is respected, and nothing is lost without a yes."""
    player.say("halo", "tidak", "setuju", "bantuan", "batal")
    player.press("Tidak, lanjut")
    player.say(SITI[Field.NIK], "kembali", "tetap")
    player.photo()
    player.verdict(CARD)
    player.say("ya", "petani", "kembali", "tetap", "kota medan", "kembali", "asahan", "kisaran timur", "081234567890")
    player.say("ubah pekerjaan", "nelayan", "ubah")
    player.press("Kabupaten/kota")
    player.press("Kota Medan")
    player.say("medan marelan", "ubah", "nomor hp", "tetap", "batal", "ya", "halo")


def rights(player: Player) -> None:
    """Status, data, a person, stop and start again, deletion."""
    player.say(
        "cek status", "setuju", "petugas", "data saya", "berhenti", "mulai", "hapus", "hapus", "tidak", "hapus", "ya", "halo"
    )


def bad_input(player: Player) -> None:
    """Everything that is not an answer has one."""
    player.say("halo")
    player.photo()
    player.say("setuju")
    player.send(Other("sticker"), "stiker")
    player.send(Voice(), "pesan suara")
    player.say("12710357", "081234567890", "no kk 1271010508110012", CHILD_NIK)
    player.press("Ketik ulang")
    player.say(OTHER_NIK, "xxx")
    player.file("application/pdf", "ktp.pdf")
    player.photo()
    player.send(Voice(), "pesan suara")
    player.verdict({**CARD, "nik": OTHER_NIK})
    player.say("hmmm", "benar", "qwertyuiop", "supir")
    player.press("Bukan ini")
    player.say(
        "nelayan",
        "bandung",
        "kota antah berantah",
        "medan",
        "kecamatan tidak ada",
        "medan kota",
        "12",
        "(061) 4567890",
        "+62 812 3456 7890",
    )
    player.say("hmmm", "1")


def a_helper_registers_two(player: Player) -> None:
    """One phone, several people; a NIK that is taken is told without telling whose."""
    photo_first_to_the_card(player)
    player.lines.clear()
    player.phone = "+6281234567890"
    player.say("daftar")
    player.press("Orang lain")
    player.press("Setuju")
    player.say(SITI[Field.NIK])
    player.photo()
    player.verdict(CARD)
    player.say("benar", "petani padi", "kota medan", "medan kota", "081234567899", "kirim")
    player.press("Ubah")
    player.say("nik", OTHER_NIK)
    player.press("Yang diketik")
    player.say("kirim", "batal")
    player.press("Tidak jadi")
    player.say("kode ZZZZ-9999")


TALKS: tuple[Callable[[Player], None], ...] = (
    photo_first_to_the_card,
    typed_nik_differs_from_the_card,
    three_bad_photos,
    whatsapp_by_link,
    returned_and_corrected,
    second_thoughts,
    rights,
    bad_input,
    a_helper_registers_two,
)


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.__name__)
def test_the_talk_is_as_written(talk: Callable[[Player], None], is_updating: bool) -> None:
    player = Player(agency=replace(AGENCY, test=False) if talk is not rights else AGENCY)
    talk(player)
    path = FOLDER / f"{talk.__name__}.txt"
    if is_updating:
        path.parent.mkdir(exist_ok=True)
        path.write_text(player.transcript, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == player.transcript


def test_every_transcript_has_its_talk() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {talk.__name__ for talk in TALKS}
