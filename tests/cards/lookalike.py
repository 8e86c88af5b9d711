"""Decides what looks like a KTP to a pattern of sixteen digits and is none: other cards, a receipt, a chat. Seeded."""

import numpy as np
from PIL import Image, ImageDraw

from tests.cards.draw import HEIGHT, INK, MM, SANS, SANS_BOLD, WIDTH, Card, font, guilloche
from tests.cards.people import Truth, invent

KINDS = ("bpjs", "sim", "receipt", "chat", "family_card", "phone_chat", "long_receipt", "family_page", "letter")
#: Width and height in pixels of what has not the shape of a card, and how much larger it is than one on the same table.
SHAPES = {"phone_chat": (900, 1800), "long_receipt": (760, 1500), "family_page": (1800, 1270), "letter": (1270, 1800)}


def draw_lookalike(seed: int, kind: str) -> Card:
    """A picture of `kind` with the data of a fictional person, NIK included."""
    truth = invent(seed)
    if kind in SHAPES:
        return Card(sheet(truth, kind), truth)
    image = Image.new("RGB", (WIDTH, HEIGHT), (244, 244, 240))
    if kind in {"bpjs", "sim"}:
        image = guilloche(np.random.default_rng([seed, 9]))
    draw = ImageDraw.Draw(image)
    title, lines, size = LAYOUTS[kind](truth)
    draw.text((WIDTH / 2, 3 * MM), title, INK, font(SANS_BOLD, 3.4), anchor="mt")
    for index, line in enumerate(lines):
        draw.text((4 * MM, (10 + index * size * 1.45) * MM), line, INK, font(SANS, size))
    if kind == "sim":
        draw.rectangle((64 * MM, 20 * MM, 82 * MM, 44 * MM), (200, 40, 40))
    return Card(image, truth)


def bpjs(truth: Truth) -> tuple[str, list[str], float]:
    """A health insurance card."""
    born = f"{truth.birth_date:%d-%m-%Y}"
    return "KARTU INDONESIA SEHAT", [
        "BPJS Kesehatan", f"Nomor Kartu : 000{truth.nik[:10]}", f"Nama : {truth.name}", f"Alamat : {truth.address}",
        f"Tanggal Lahir : {born}", f"NIK : {truth.nik}",
    ], 3.0  # fmt: skip


def sim(truth: Truth) -> tuple[str, list[str], float]:
    """A driving licence."""
    return "SURAT IZIN MENGEMUDI", [
        "INDONESIA  DRIVING LICENSE  C", f"1. {truth.name}", f"2. {truth.birth_place}, {truth.birth_date:%d-%m-%Y}",
        "3. O - PRIA",
        f"4. {truth.address}", f"5. {truth.occupation}", "6. METRO JAYA", "1234-9005-001234", "Berlaku s/d 17-08-2028",
    ], 2.8  # fmt: skip


def receipt(truth: Truth) -> tuple[str, list[str], float]:
    """A till receipt with a sixteen-digit transfer number."""
    return "TOKO MAJU JAYA", [
        "Tanggal 12-03-2025", "Beras 5kg      75.000", "Minyak 2L      38.000", "Total         113.000",
        f"No. Ref {truth.nik}", "Terima kasih",
    ], 3.0  # fmt: skip


def chat(truth: Truth) -> tuple[str, list[str], float]:
    """A chat screenshot in which someone tells the NIK."""
    return "Grup RT 03", [
        "Pak RT: tolong kirim data ya", f"{truth.name}: nama {truth.name}", f"NIK {truth.nik}",
        f"lahir {truth.birth_place} {truth.birth_date:%d-%m-%Y}",
        "alamat nanti menyusul", "Pak RT: baik, terima kasih",
    ], 3.0  # fmt: skip


def family_card(truth: Truth) -> tuple[str, list[str], float]:
    """A family card, which carries the same labels."""
    born = f"{truth.birth_date:%d-%m-%Y}"
    return "KARTU KELUARGA", [
        f"No. {truth.nik[:12]}9001", f"Nama Kepala Keluarga : {truth.name}", f"Alamat : {truth.address}",
        "RT/RW : 003/007", f"Kel/Desa : {truth.village}",
        f"Kecamatan : {truth.district}", "Nama Lengkap   NIK   Jenis Kelamin   Tempat Lahir",
        f"{truth.name} {truth.nik} {truth.birth_place} {born}",
        f"Agama {truth.religion}", f"Pekerjaan {truth.occupation}", "Status Perkawinan KAWIN", "Kewarganegaraan WNI",
    ], 2.4  # fmt: skip


def sheet(truth: Truth, kind: str) -> Image.Image:
    """A phone's screen, a till strip or a page in its own shape."""
    image = Image.new("RGB", SHAPES[kind], (250, 250, 247))
    draw = ImageDraw.Draw(image)
    title, lines, size = SHEETS[kind](truth)
    draw.text((image.width / 2, 60), title, INK, font(SANS_BOLD, size * 1.2), anchor="mt")
    for index, line in enumerate(lines):
        y = 170 + index * size * 28
        if kind == "phone_chat":
            draw.rounded_rectangle((40 + index % 2 * 60, y - 12, 860, y + size * 20), 20, (220, 248, 198))
        draw.text((60 + index % 2 * 60 * (kind == "phone_chat"), y), line, INK, font(SANS, size))
    return image


def long_receipt(truth: Truth) -> tuple[str, list[str], float]:
    """A transfer slip from a till."""
    title, lines, _ = receipt(truth)
    bank = ["BUKTI TRANSFER", f"Dari: {truth.name}", f"Rek. {truth.nik}", "Nominal Rp 250.000", "Biaya Rp 2.500"]
    return title, [*bank, *lines, "Simpan struk ini", "sebagai bukti yang sah"], 3.0


def phone_chat(truth: Truth) -> tuple[str, list[str], float]:
    """A screenshot of a chat on a phone, in which somebody spells out a card."""
    said = [
        "Bu, minta data KTP ya", f"NIK : {truth.nik}", f"Nama : {truth.name}",
        f"Tempat/Tgl Lahir : {truth.birth_place}", f"{truth.birth_date:%d-%m-%Y}", f"Alamat : {truth.address}",
        f"Agama : {truth.religion}", f"Pekerjaan : {truth.occupation}", "Kewarganegaraan : WNI", "Siap, terima kasih",
    ]  # fmt: skip
    return truth.province, said, 2.4


def family_page(truth: Truth) -> tuple[str, list[str], float]:
    """A whole family card, with a row for each of the family."""
    title, lines, _ = family_card(truth)
    rows = [f"{number}  {truth.name}  {truth.nik[:12]}{9000 + number}  {truth.sex}  ISLAM  WNI" for number in range(1, 6)]
    return title, [truth.province, truth.regency, *lines, *rows], 2.2


def letter(truth: Truth) -> tuple[str, list[str], float]:
    """A village office's letter, which has the header and the labels of a KTP."""
    said = [
        truth.province, truth.regency, f"KECAMATAN {truth.district}", f"KANTOR DESA {truth.village}",
        "SURAT KETERANGAN DOMISILI", "Nomor: 470/9012/2025", "Yang bertanda tangan di bawah ini menerangkan:",
        f"NIK : {truth.nik}", f"Nama : {truth.name}", f"Tempat/Tgl Lahir : {truth.birth_place}, {truth.birth_date:%d-%m-%Y}",
        "Jenis Kelamin : LAKI-LAKI" if truth.sex == "L" else "Jenis Kelamin : PEREMPUAN",
        f"Alamat : {truth.address}", f"Agama : {truth.religion}", f"Status Perkawinan : {truth.marital}",
        f"Pekerjaan : {truth.occupation}", "Kewarganegaraan : WNI", "adalah benar warga desa kami.", "Kepala Desa",
    ]  # fmt: skip
    return "PEMERINTAH DAERAH", said, 2.6


SHEETS = {"long_receipt": long_receipt, "phone_chat": phone_chat, "family_page": family_page, "letter": letter}
LAYOUTS = {"bpjs": bpjs, "sim": sim, "receipt": receipt, "chat": chat, "family_card": family_card}
