"""A person's copy of their data as pages to be read: A4, black on white, the same bytes for the same data.

The one module that knows the library which writes PDF. The NIK stands in full: it is the person's own, and the file goes to
nobody else. Decides the layout; which data there are is decided by `bot.operations.rights`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.case_view import WIB
from bot.flow.registration.photo import shown
from bot.flow.registration.work import name_of
from locales.texts import Texts
from models.catalogue.fields import Field
from models.catalogue.phone import Phone, parse_phone

if TYPE_CHECKING:
    from fpdf import FPDF

FONT = "Helvetica"
MARGIN_MM, LABEL_MM, LINE_MM = 20, 70, 6
"""The longest label stands on one line."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and lines of (label, value); a line without a label is a sentence."""

    heading: str
    lines: tuple[tuple[str, str], ...]


def copy_pages(body: Mapping[str, Any], texts: Texts, *, language: str, at: dt.datetime) -> bytes:
    """The copy as a PDF.

    Args:
        body: what the JSON copy holds.
        texts: labels and sentences.
        language: the person's.
        at: when the copy is made; also the document's date, so that nothing in it comes from a clock.
    """
    words = _Words(texts, language)
    sections = [_application(row, words) for row in body["pendaftaran"]]
    if not sections:
        sections = [Section("", (("", words.say("copy.none")),))]
    if body["ketua_perkumpulan"]:
        sections.append(_headed(body["ketua_perkumpulan"], words))
    said = body["obrolan_dengan_petugas"]
    if said:
        lines = tuple(
            (f"{words.moment(line['kapan'])} {words.say('copy.who.' + line['siapa'])}", line["isi"]) for line in said
        )
        sections.append(Section(words.say("copy.talk"), lines))
    sections.append(Section("", (("", words.say("copy.rights")),)))
    made = words.say("copy.made", at=words.moment(at.isoformat()))
    return write_pages(words.say("copy.title"), made, sections, at=at)


def write_pages(title: str, made: str, sections: list[Section], *, at: dt.datetime) -> bytes:
    """The sections one below the other; signs that the built-in fonts lack become question marks."""
    from fpdf import FPDF  # noqa: PLC0415 - half a second to load, and few ever ask

    page = FPDF(format="A4")
    page.set_creation_date(at)
    page.set_title(_plain(title))
    page.set_margin(MARGIN_MM)
    page.add_page()
    _line(page, title, size=16, bold=True)
    _line(page, made, size=10)
    for section in sections:
        page.ln(LINE_MM)
        if section.heading:
            _line(page, section.heading, size=12, bold=True)
        for label, value in section.lines:
            if label:
                page.set_font(FONT, style="B", size=10)
                page.multi_cell(LABEL_MM, LINE_MM, _plain(label), align="L", new_x="RIGHT", new_y="TOP")
            _line(page, value, size=10)
    return bytes(page.output())


@dataclass(frozen=True, slots=True)
class _Words:
    """Texts of one language, and how moments and codes are written."""

    texts: Texts
    language: str

    def say(self, key: str, **params: str) -> str:
        """A text."""
        return self.texts.text(key, self.language, params)

    def known(self, key: str, otherwise: str) -> str:
        """A text, or the code itself when nobody has written one."""
        return self.say(key) if self.texts.has(key) else otherwise

    @staticmethod
    def moment(iso: str) -> str:
        """Day, month, year and time in western Indonesia."""
        return dt.datetime.fromisoformat(iso).astimezone(WIB).strftime("%d-%m-%Y %H:%M WIB")


def _application(row: Mapping[str, Any], words: _Words) -> Section:
    lines = [(words.say("copy.status"), words.known(f"copy.status.{row['status']}", row["status"]))]
    if row["lewat_perkumpulan"]:
        lines.append((words.say("copy.association"), row["lewat_perkumpulan"]))
    moments = [name for name in ("dibuat", "dikirim", "dikirim_lagi", "diputuskan") if row[name]]
    lines += [(words.say(f"copy.{name}"), words.moment(row[name])) for name in moments]
    if row["alasan"]:
        keys = (f"reason.{kind}.{row['alasan']}.label" for kind in ("return", "refuse"))
        known = (words.say(key) for key in keys if words.texts.has(key))
        lines.append((words.say("copy.reason"), next(known, row["alasan"])))
    if row["nomor_kartu"]:
        lines.append((words.say("copy.card"), row["nomor_kartu"]))
    lines += [(words.say(f"field.{name}"), value) for name, value in _in_order(row["jawaban"], words)]
    lines.append((words.say("field.photo"), words.say("copy.photo.kept" if row["foto_disimpan"] else "copy.photo.none")))
    read = _in_order(row["terbaca_di_ktp"], words)
    lines += [(words.say("copy.read", field=words.say(f"field.{name}")), value) for name, value in read]
    lines += [(words.say("copy.objection", at=words.moment(one["kapan"])), one["isi"] or "-") for one in row["keberatan"]]
    number = row["nomor"]
    return Section(words.say("copy.application", number=number) if number else words.say("copy.draft"), tuple(lines))


def _headed(head: Mapping[str, Any], words: _Words) -> Section:
    lines = [(words.say("copy.head.association"), head["perkumpulan"])]
    if head["sejak"]:
        lines.append((words.say("copy.head.since"), words.moment(head["sejak"])))
    if head["nama"]:
        lines.append((words.say("copy.head.name"), head["nama"]))
    return Section(words.say("copy.head"), tuple(lines))


def _in_order(values: Mapping[str, str], words: _Words) -> list[tuple[str, str]]:
    return [(str(name), _written(name, values[name], words)) for name in Field if values.get(name)]


def _written(name: Field, value: str, words: _Words) -> str:
    if name is Field.PHONE:
        found = parse_phone(value)
        return found.local if isinstance(found, Phone) else value
    if name is Field.SEX:
        return words.known(f"sex.{value}", value)
    return shown(name, name_of(name, value))


def _line(page: FPDF, text: str, *, size: int, bold: bool = False) -> None:
    page.set_font(FONT, style="B" if bold else "", size=size)
    page.multi_cell(0, LINE_MM, _plain(text), align="L", new_x="LMARGIN", new_y="NEXT")


def _plain(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1")
