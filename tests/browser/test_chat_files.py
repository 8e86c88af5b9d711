"""Photos and files on the chat's page: small enough, upright, explained."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from bot.messages import Message, Photo
from tests.browser.echo import Echo
from tests.browser.page import Open, picture, received


def test_a_large_photo_arrives_upright_and_small_enough(open_tab: Open, echo: Echo, tmp_path: Path) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    tab.phone.send_photo(picture(tmp_path, size=(1500, 3000), turned=True))
    got = received(echo, tab)
    assert got.size == (1000, 2000)
    assert got.getexif().get(0x0112, 1) == 1
    red, green, _ = got.convert("RGB").getpixel((500, 200))  # type: ignore[misc]  # an RGB pixel is a triple
    assert red > 200
    assert green < 60
    tab.page.reload()
    tab.phone.heard("Foto diterima")
    assert "me: Foto terkirim" in tab.phone.talk()


def test_a_small_photo_goes_as_it_is(open_tab: Open, echo: Echo, tmp_path: Path) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    photo = picture(tmp_path, size=(600, 900), turned=True)
    tab.phone.send_photo(photo)
    assert received(echo, tab).getexif()[0x0112] == 6
    assert echo.taken[-1].content == Photo(echo.taken[-1].content.ref, photo.stat().st_size)  # type: ignore[union-attr]  # `received` has looked


def test_a_file_goes_with_its_name(open_tab: Open, tmp_path: Path) -> None:
    phone = open_tab().phone
    phone.heard("Selamat")
    (tmp_path / "surat tugas.pdf").write_bytes(b"%PDF-1.7")
    phone.send_file(tmp_path / "surat tugas.pdf")
    phone.heard("Berkas surat tugas.pdf (application/pdf) diterima.")
    assert "me: surat tugas.pdf" in phone.talk()


def test_a_file_that_is_too_large_or_empty_is_explained_and_not_sent(open_tab: Open, echo: Echo, tmp_path: Path) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    (tmp_path / "besar.bin").write_bytes(b"x" * (15 * 1024 * 1024 + 1))
    tab.phone.send_file(tmp_path / "besar.bin")
    expect(tab.page.get_by_role("status")).to_contain_text("paling besar 15 MB")
    (tmp_path / "kosong.jpg").write_bytes(b"")
    tab.phone.send_photo(tmp_path / "kosong.jpg")
    expect(tab.page.get_by_role("status")).to_contain_text("kosong")
    assert len(echo.arrived) == 1


def test_a_picture_and_a_link_of_the_bot_are_shown(open_tab: Open, echo: Echo, tmp_path: Path) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    photo = picture(tmp_path, size=(400, 250)).read_bytes()
    link = ("Buka halaman", "https://contoh.example/x")
    echo.say_from_outside(Message("Ini fotonya", photo=photo, link=link, document=("data.json", "application/json", b"{}")))
    tab.phone.heard("Ini fotonya")
    expect(tab.page.locator("#log img.picture")).to_have_js_property("naturalWidth", 400)
    expect(tab.page.get_by_role("link", name="Buka halaman")).to_have_attribute("href", "https://contoh.example/x")
    with tab.page.expect_download() as download:
        tab.page.get_by_role("link", name="data.json").click()
    assert download.value.suggested_filename == "data.json"


def test_a_picture_that_is_gone_is_named_instead(open_tab: Open, echo: Echo) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    echo.say_from_outside(Message("Ini fotonya", photo=b"no picture at all"))
    tab.phone.heard("Ini fotonya")
    expect(tab.page.locator("#log .attached")).to_have_text("Foto")


def test_an_address_that_is_no_web_address_becomes_no_link(open_tab: Open, echo: Echo) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    echo.say_from_outside(Message("<b>Halo</b>", link=("Buka", "javascript:alert(1)")))
    assert tab.phone.heard("Halo") == "<b>Halo</b>"
    expect(tab.page.get_by_role("link")).to_have_count(0)
