"""The copy as pages: readable, complete, the same bytes for the same data, whatever signs people write."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from typing import Any

import pytest

from bot.papers.data_copy import copy_pages
from locales.texts import Texts
from models.catalogue.statuses import Status
from tests.models import people

AT = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)


def application(**changes: Any) -> dict[str, Any]:
    return {
        "nomor": "9001-0014", "status": "submitted", "dibuat": AT.isoformat(), "dikirim": AT.isoformat(),
        "dikirim_lagi": None, "diputuskan": None, "jawaban": people.answers(), "terbaca_di_ktp": {"name": people.NAME},
        "foto_disimpan": True, "lewat_perkumpulan": "",
        "alasan": "", "nomor_kartu": "", "keberatan": [], **changes,
    }  # fmt: skip


def body(*rows: dict[str, Any], said: tuple[dict[str, str], ...] = (), head: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "dibuat": AT.isoformat(), "pendaftaran": list(rows), "obrolan_dengan_petugas": list(said), "ketua_perkumpulan": head,
    }  # fmt: skip


def words_of(pdf: bytes) -> str:
    """The text of the pages, as far as the built-in fonts write it."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    plain = b"\n".join(zlib.decompress(stream) for stream in streams if stream.startswith(b"x"))
    found = re.findall(rb"\((.*?)(?<!\\)\) Tj", plain, re.DOTALL)
    return " ".join(part.decode("latin-1").replace("\\(", "(").replace("\\)", ")") for part in found)


def test_everything_kept_can_be_read_with_the_nik_in_full(texts: Texts) -> None:
    said = ({"kapan": AT.isoformat(), "siapa": "officer", "isi": "Selamat pagi"},)
    objected = [{"kapan": AT.isoformat(), "isi": "Saya bekerja di sini", "hasil": "upheld"}]
    row = application(status="refused", alasan="not_working", nomor_kartu="26041234567", keberatan=objected)
    words = words_of(copy_pages(body(row, said=said), texts, language="id", at=AT))
    for part in (
        "9001-0014", people.nik(), people.NAME, "01-01-1990", "ojek online", "081290009001", "22-11-2026 10:00 WIB",
        "disimpan", "Selamat pagi", "Petugas", "Saya bekerja di sini", "26041234567",
        texts.text("reason.refuse.not_working.label"),
    ):  # fmt: skip
        assert part in words, part


def test_a_head_and_a_listed_member_read_of_which_association(texts: Texts) -> None:
    head = {"perkumpulan": "Pangkalan Contoh", "sejak": AT.isoformat(), "nama": "Pak Togar Contoh"}
    row = application(lewat_perkumpulan="Koperasi Nelayan Contoh", dibuat="2026-11-01T03:00:00+00:00")
    words = words_of(copy_pages(body(row, head=head), texts, language="id", at=AT))
    for part in ("Pangkalan Contoh", "22-11-2026 10:00 WIB", "Pak Togar Contoh", "Koperasi Nelayan Contoh"):
        assert part in words, part
    bare = words_of(copy_pages(body(head={**head, "sejak": None, "nama": ""}), texts, language="id", at=AT))
    assert "Pangkalan Contoh" in bare
    assert texts.text("copy.head.since") not in bare


def test_the_same_data_are_the_same_bytes(texts: Texts) -> None:
    first = copy_pages(body(application()), texts, language="id", at=AT)
    assert copy_pages(body(application()), texts, language="id", at=AT) == first
    assert copy_pages(body(application()), texts, language="id", at=AT + dt.timedelta(days=1)) != first


def test_signs_that_no_font_has_are_no_obstacle(texts: Texts) -> None:
    said = ({"kapan": AT.isoformat(), "siapa": "worker", "isi": "terima kasih 🙏 ☂ “ya”"},)
    words = words_of(copy_pages(body(application(), said=said), texts, language="id", at=AT))
    assert "terima kasih" in words


def test_who_has_nothing_is_told_so(texts: Texts) -> None:
    words = words_of(copy_pages(body(), texts, language="id", at=AT))
    assert texts.text("copy.none").split(".")[0] in words


@pytest.mark.parametrize("status", Status)
def test_every_status_has_its_words(texts: Texts, status: Status) -> None:
    assert texts.has(f"copy.status.{status}")
