"""Lists of invented members as offices really keep them: a clean list with a known truth, made messy in many ways.

`messy_list(random)` gives a file and what must be found in it. A mess either keeps what a reader must find (the member may
be read right, or asked back), or destroys it (the member must be asked back).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.models.referral import lists
from tests.models.referral.messy_files import FORMATS, Table

FIRST = ("Siti", "Budi", "Ujang", "Made", "Togar", "Wulan", "Asep", "Dewi", "Eko", "Ningsih", "Slamet", "Yohanes", "Fatimah")
MIDDLE = ("", "Nur", "Agus", "Tri", "Sri", "Dwi", "Putra", "Ayu", "Abdul", "Eka")
LAST = ("Contoh", "Misal", "Umpama", "Andaian", "Rekaan", "Khayalan", "Teladan", "Purnama Contoh", "Jaya Misal")
AREAS = ("320101", "320102", "327101", "337205", "350101", "517103", "127101", "737101")
WORK = ("ojek pangkalan", "pedagang pasar", "nelayan", "buruh tani", "tukang becak", "PKL", "sopir angkot", "pemulung")

HEADINGS: dict[str, tuple[str, ...]] = {
    "nik": (
        "NIK", "No. KTP", "N I K", "NIK/KTP", "Nomor Induk Kependudukan", "NO KTP", "nik_anggota", "NIK (16 angka)",
        "Nomer KTP", "N.I.K.", "Nomer Induk", "No Identitas (KTP)", "National ID", "NIK sesuai KTP", "Nmor KTP", "ID Number",
        "No.KTP/NIK",
    ),
    "name": (
        "Nama", "NAMA LENGKAP", "Nama Anggota", "nama lengkap (sesuai KTP)", "Nama Pedagang", "Name", "Full Name",
        "Nm. Lengkap", "Nama Lngkap", "NAMA WARGA", "Nama Sopir", "Nama Tukang Ojek", "Nama Calon Peserta", "N A M A",
    ),
    "phone": ("No HP", "HP/WA", "no hp aktif", "Telp.", "No. Telp/HP", "WhatsApp", "No Tlpn", "Mobile", "Handpone"),
    "work": ("Pekerjaan", "pekerjaan utama", "Profesi", "Jenis Pekerjaan", "Jenis Usaha", "Job"),
    "born": ("Tgl Lahir", "Tgl Lhr", "TTL", "Tanggal Lahir", "Tempat, Tgl Lahir", "DOB", "Tanggal Lahir (dd/mm/yyyy)"),
    "district": ("Kecamatan", "Kec.", "Kec. Domisili", "District"),
}  # fmt: skip
EXTRAS = (
    "No", "No KK", "Alamat", "JK", "Agama", "RT/RW", "Keterangan", "Nama Ibu Kandung", "Ahli Waris", "NIK Ahli Waris", "",
    "Kelurahan", "Status Kawin", "No Rekening", "Nama Kelompok", "Tanda Tangan",
)  # fmt: skip
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


@dataclass(slots=True)
class Truth:
    """One member as he is: what must be found, whether it can be found at all, and which messes were made of him."""

    nik: str
    name: str
    born: dt.date
    phone: str
    work: str
    readable: bool = True
    messes: list[str] = field(default_factory=list)

    def spoil(self, how: str) -> None:
        """What was there cannot be known any more."""
        self.readable = False
        self.messes.append(how)


@dataclass(slots=True)
class Messy:
    """A file, the members that are in it, and the messes made of the whole of it."""

    data: bytes
    truths: list[Truth]
    messes: list[str]


def chance(seed: int) -> Random:
    """The same accidents each time."""
    return Random(seed)  # noqa: S311 - no secret


def people(random: Random, count: int) -> list[Truth]:
    """So many members with names and numbers of their own."""
    names = random.sample([" ".join(f"{a} {b} {c}".split()) for a in FIRST for b in MIDDLE for c in LAST], count)
    return [_person(random, name, at) for at, name in enumerate(names)]


def _person(random: Random, name: str, at: int) -> Truth:
    born = dt.date(random.randint(1962, 2007), random.randint(1, 12), random.randint(1, 28))
    day = born.day + (40 if random.random() < 0.5 else 0)
    digits = f"{random.choice(AREAS)}{day:02d}{born:%m%y}{9001 + at * 7 % 990:04d}"
    return Truth(digits, name, born, f"812{90_000_000 + random.randrange(9_999_999)}", random.choice(WORK))


def family_card(random: Random) -> str:
    """The number of a family card: issued between 2005 and 2024, so it looks like the NIK of a young man."""
    issued = dt.date(2005, 1, 1) + dt.timedelta(days=random.randrange(7_000))
    return f"{random.choice(AREAS)}{issued:%d%m%y}{9001 + random.randrange(900):04d}"


def _arabic(digits: str) -> str:
    return digits.translate({ord(str(at)): chr(0x660 + at) for at in range(10)})


def _wide(digits: str) -> str:
    return digits.translate({ord(str(at)): chr(0xFF10 + at) for at in range(10)})


def _grouped(digits: str, sizes: Sequence[int], sign: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    return sign.join(parts)


THOUSANDS = (1, 3, 3, 3, 3, 3)
NIK_KEPT: dict[str, Callable[[str], str]] = {
    "apostrophe": lambda nik: f"'{nik}",
    "curly apostrophe": lambda nik: f"\u2019{nik}",
    "backtick": lambda nik: f"`{nik}",
    "no-break spaces": lambda nik: f"\u00a0{_grouped(nik, (4, 4, 4, 4), chr(0xA0))} ",
    "zero width": lambda nik: f"\u200b{nik[:8]}\u200d{nik[8:]}\ufeff",
    "arabic digits": _arabic,
    "wide digits": _wide,
    "letters O and l": lambda nik: nik.replace("0", "O").replace("1", "l"),
    "small o": lambda nik: nik.replace("0", "o", 2),
    "decimal": lambda nik: f"{nik}.0",
    "comma decimals": lambda nik: f"{nik},00",
    "spaces": lambda nik: _grouped(nik, (4, 4, 4, 4), " "),
    "dots": lambda nik: _grouped(nik, (6, 6, 4), "."),
    "dashes": lambda nik: _grouped(nik, (2, 2, 2, 6, 4), "-"),
    "word before": lambda nik: f"NIK: {nik}",
    "word behind": lambda nik: f"{nik} (KTP)",
    "line break": lambda nik: f"{nik[:8]}\n{nik[8:]}",
    "full stop": lambda nik: f"{nik}.",
    "quoted formula": lambda nik: f'="{nik}"',
    "thousands": lambda nik: _grouped(nik, THOUSANDS, ".") if not nik.endswith("0") else nik,
    "spaced out": " ".join,
}
NIK_LOST: dict[str, Callable[[str], str]] = {
    "power": lambda nik: f"{nik[0]},{nik[1:6]}E+15",
    "short power": lambda nik: f"{nik[0]}.{nik[1:3]}e15",
    "short": lambda nik: nik[:15],
    "long": lambda nik: nik[:7] + nik[6:],
    "a letter": lambda nik: f"{nik[:9]}x{nik[10:]}",
    "a question mark": lambda nik: f"{nik[:15]}?",
    "empty": lambda nik: "",
    "a remark": lambda nik: "KTP hilang",
    "two": lambda nik: f"{nik} / {nik[:-1]}{(int(nik[-1]) + 1) % 10}",
    "a phone": lambda nik: "081290001234",
    "dashes only": lambda nik: "-",
    "wrong month": lambda nik: f"{nik[:8]}13{nik[10:]}",
}
EATEN: dict[str, Callable[[str], Any]] = {
    "number": lambda nik: float(int(nik) // 10 * 10),
    "text": lambda nik: f"{nik[:15]}0",
    "thousands": lambda nik: _grouped(f"{nik[:15]}0", THOUSANDS, "."),
    "thousands with commas": lambda nik: _grouped(f"{nik[:15]}0", THOUSANDS, ","),
    "decimals": lambda nik: f"{nik[:15]}0,00",
    "decimal point": lambda nik: f"{nik[:15]}0.0",
    "power": lambda nik: f"{nik[0]},{nik[1:3]}E+15",
}
"""What a spreadsheet program makes of a whole column."""
NAME_KEPT: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "small": str.lower,
    "wide spaces": lambda name: "  ".join(name.split()) + " ",
    "no-break": lambda name: name.replace(" ", "\u00a0"),
    "line break": lambda name: name.replace(" ", "\n", 1),
    "numbered": lambda name: f"12. {name}",
}
PHONES: tuple[Callable[[str], Any], ...] = (
    lambda n: f"0{n}",
    lambda n: f"+62{n}",
    lambda n: f"62{n}",
    lambda n: n,
    lambda n: f"0{n[:3]}-{n[3:7]}-{n[7:]}",
    lambda n: f"0{n[:3]}.{n[3:7]}.{n[7:]}",
    lambda n: f"(+62) {n[:3]} {n[3:7]} {n[7:]}",
    lambda n: f"0{n} (WA)",
    lambda n: f"WA 0{n}",
    lambda n: f"0{n}/081290001111",
    lambda n: f"'0{n}",
    float,
    lambda n: "-",
    lambda n: "",
    lambda n: "tidak ada",
    lambda n: f"{n}.0",
    lambda n: f"0{n},00",
    lambda n: "tdk punya HP",
)
DATES: tuple[Callable[[dt.date], Any], ...] = (
    lambda d: f"{d:%d-%m-%Y}",
    lambda d: f"{d.day}/{d.month}/{d.year}",
    lambda d: f"{d:%d.%m.%y}",
    lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{d.day:02d}-{MONTHS[d.month - 1][:3]}-{d:%y}",
    lambda d: f"Bogor, {d:%d-%m-%Y}",
    lambda d: f"BOGOR {d.day} {MONTHS[d.month - 1].upper()} {d.year}",
    lambda d: d,
    lambda d: float((d - dt.date(1899, 12, 30)).days),
    lambda d: str((d - dt.date(1899, 12, 30)).days),
    lambda d: str(d.year),
    lambda d: d.isoformat(),
    lambda d: f"{2026 - d.year} th",
    lambda d: "Bogor",
    lambda d: "",
)


def messy_list(random: Random) -> Messy:
    """A file with ten to thirty members, in some format, with some messes."""
    truths = people(random, random.randint(10, 30))
    made: list[str] = []
    kind = random.choice(list(FORMATS))
    headings, rows = _table(random, truths, made, kind)
    heads, rows = _headed(random, headings, rows, made)
    if kind == "xlsx" and _is_made(random, made, "two sheets", 0.2):
        half = len(rows) // 2
        turned = [list(reversed(row)) if len(heads) == 1 else row for row in [*heads, *rows[half:]]]
        data = lists.xlsx(*heads, *rows[:half], more={"Catatan": [["Catatan rapat"]], "Blok B": turned})
        return Messy(data, truths, [*made, kind])
    table = _laid_out(random, heads, rows, made)
    return Messy(FORMATS[kind](table, random), truths, [*made, kind])


def _is_made(random: Random, made: list[str], how: str, chance: float = 0.2) -> bool:
    if random.random() < chance:
        made.append(how)
        return True
    return False


def _table(random: Random, truths: Sequence[Truth], made: list[str], kind: str) -> tuple[list[str], Table]:
    """The headings, and a line for each member, in one order of columns."""
    asked = ["nik", "name", *random.sample(["phone", "work", "born", "district"], random.randint(0, 4))]
    extras = random.sample(EXTRAS, random.randint(0, 5))
    titles = {key: random.choice(HEADINGS[key]) for key in asked} | {title: title for title in extras}
    made += [f"heading {titles[key]}" for key in asked]
    order = list(titles)
    random.shuffle(order)
    if "No" in order:
        order = ["No", *(key for key in order if key != "No")]
    eaten = random.choice(list(EATEN)) if _is_made(random, made, "eaten", 0.12) else ""
    share = random.choice((0, 0.1, 0.5))
    rows = [[_cell(random, key, truth, at) for key in order] for at, truth in enumerate(truths, start=1)]
    for row, truth in zip(rows, truths, strict=True):
        row[order.index("nik")] = _nik(random, truth, eaten, share if kind == "csv" else -share)
        row[order.index("name")] = _name(random, truth, share)
        if "No KK" in order and random.random() < 0.05:
            _take_card(row, truth, nik=order.index("nik"), card=order.index("No KK"), turned=random.random() < 0.5)
    return [_cased(random, titles[key]) for key in order], rows


def _take_card(row: list[Any], truth: Truth, *, nik: int, card: int, turned: bool) -> None:
    """The number of the family card stands where the NIK belongs: instead of it, or changed over with it."""
    is_plain = int(truth.nik[6:8]) > 40 or int(truth.nik[10:12]) > 26  # else nobody can tell
    if turned and is_plain and truth.readable:
        row[nik], row[card] = row[card], truth.nik
        truth.spoil("nik and card changed over")
    elif not turned:
        row[nik] = row[card]
        truth.spoil("nik is the card")


def _nik(random: Random, truth: Truth, eaten: str, share: float) -> Any:
    if eaten:
        truth.spoil(f"eaten {eaten}")
        return EATEN[eaten](truth.nik)
    if random.random() < 0.04:
        how = random.choice(list(NIK_LOST))
        truth.spoil(f"nik {how}")
        return NIK_LOST[how](truth.nik)
    if random.random() < abs(share):
        how = random.choice([how for how in NIK_KEPT if share > 0 or how != "quoted formula"])
        truth.messes.append(f"nik {how}")
        return NIK_KEPT[how](truth.nik)
    return truth.nik


def _name(random: Random, truth: Truth, share: float) -> str:
    if random.random() < 0.02:
        truth.spoil("name empty")
        return ""
    if random.random() < share:
        how = random.choice(list(NAME_KEPT))
        truth.messes.append(f"name {how}")
        return NAME_KEPT[how](truth.name)
    return truth.name


def _cell(random: Random, key: str, truth: Truth, at: int) -> Any:
    if key in ("phone", "born"):
        maker: Any = random.choice(PHONES if key == "phone" else DATES)
        value = maker(truth.phone if key == "phone" else truth.born)
        truth.messes.append(f"{key} {type(value).__name__}: {PHONES.index(maker) if key == 'phone' else DATES.index(maker)}")
        return value
    plain: dict[str, Any] = {
        "work": truth.work, "district": "Cibinong", "No": at, "No KK": family_card(random), "Alamat": f"Jl. Contoh No. {at}",
        "JK": random.choice("LP"), "Agama": "Islam", "RT/RW": "001/002", "Nama Ibu Kandung": "Ibu Contoh Umpama",
        "Ahli Waris": "Anak Misal Rekaan", "NIK Ahli Waris": _person(random, "x", at + 500).nik, "Kelurahan": "Pakansari",
        "Status Kawin": "K", "No Rekening": f"00{at:08d}", "Nama Kelompok": "Kelompok Contoh", "Keterangan": "",
    }  # fmt: skip
    return plain.get(key, "")


def _cased(random: Random, heading: str) -> str:
    return random.choice((str, str, str.upper, str.title, lambda text: f" {text} ", lambda text: f"{text}*"))(heading)


def _headed(random: Random, headings: list[str], rows: Table, made: list[str]) -> tuple[Table, Table]:
    """The one or two lines of headings, and the rows, perhaps with the heirs before the members."""
    width = len(headings)
    if _is_made(random, made, "heirs first", 0.06):
        groups = ["Ahli Waris", "", "Anggota", *[""] * (width - 1)]
        heirs = [["Anak Rekaan", _person(random, "x", at).nik, *row] for at, row in enumerate(rows, start=600)]
        return [groups, ["Nama", "NIK", *headings]], heirs
    if _is_made(random, made, "heading split over two lines", 0.06):
        numbers = {at for at, heading in enumerate(headings) if heading.upper().strip(" *") in ("NO. KTP", "NO KTP", "NIK")}
        upper = ["Nomor" if at in numbers else heading for at, heading in enumerate(headings)]
        return [upper, ["KTP" if at in numbers else "" for at in range(width)]], rows
    if _is_made(random, made, "groups", 0.1):
        return [[f"Data {at}" if at % 3 == 0 else "" for at in range(width)], headings], rows
    return [headings], rows


def _laid_out(random: Random, heads: Table, rows: Table, made: list[str]) -> Table:
    """The list with what offices put above, between and under it."""
    table = [list(row) for row in rows]
    width = len(heads[-1])
    if _is_made(random, made, "heading on each page", 0.1):
        table[len(table) // 2 : len(table) // 2] = [list(head) for head in heads]
    if _is_made(random, made, "blank lines"):
        table.insert(len(table) // 2, [])
    if _is_made(random, made, "remark between", 0.1):
        table.insert(len(table) // 3, ["Kelompok Blok B"])
    if _is_made(random, made, "numbered columns", 0.1):
        form = random.choice(("{}", "({})"))
        table.insert(0, [form.format(at) for at in range(1, width + 1)])
    above: Table = [["DAFTAR ANGGOTA PANGKALAN CONTOH"], ["Tahun 2026, data NIK dan nama"], []][
        : random.choice((0, 0, 1, 3))
    ]
    if _is_made(random, made, "heading in line 30", 0.05):
        above = [["Kop surat"], *([] for _ in range(28))]
    table = [*above, *heads, *table, *_foot(random, heads[-1], len(rows), made)]
    if _is_made(random, made, "empty first columns", 0.1):
        table = [["", "", *row] if row else row for row in table]
    return table


def _foot(random: Random, headings: list[str], count: int, made: list[str]) -> Table:
    foot: Table = []
    has_number = headings[0].strip(" *").lower() == "no"
    if _is_made(random, made, "total"):
        foot.append(["Jumlah", *[""] * (len(headings) - 2), count] if has_number else [f"Jumlah: {count} orang"])
    if _is_made(random, made, "signatures"):
        foot += [[], ["", "", "Bogor, 12 Mei 2026"], ["", "Mengetahui,", "", "Sekretaris,"], ["", "Ketua Pangkalan"]]
        foot += [[], [], ["", "(Budi Contoh)", "", "(Siti Misal)"]]
    return foot
