"""Decides what looks like a KTP to a pattern of sixteen digits and is none: other cards, a receipt, a chat. Seeded."""

import numpy as np
from PIL import Image, ImageDraw

from tests.cards.draw import HEIGHT, INK, MM, SANS, SANS_BOLD, WIDTH, Card, font, guilloche
from tests.cards.people import Truth, invent

KINDS = ("bpjs", "sim", "receipt", "chat", "family_card")


def draw_lookalike(seed: int, kind: str) -> Card:
    """A picture of `kind` with the data of a fictional person, NIK included."""
    truth = invent(seed)
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


LAYOUTS = {"bpjs": bpjs, "sim": sim, "receipt": receipt, "chat": chat, "family_card": family_card}
