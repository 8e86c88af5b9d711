"""Decides what is printed on a drawn card: fictional persons, seeded. Knows nothing of pictures."""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from tests.cards.places import somewhere
from tests.cards.seeds import FIRST_VARIED

# (district code of the NIK, province, regency line, birth places, kecamatan, village)
REGIONS = (
    ("317404", "PROVINSI DKI JAKARTA", "JAKARTA SELATAN", "JAKARTA", "PASAR MINGGU", "PEJATEN BARAT"),
    ("127101", "PROVINSI SUMATERA UTARA", "KOTA MEDAN", "MEDAN", "MEDAN KOTA", "PUSAT PASAR"),
    ("337401", "PROVINSI JAWA TENGAH", "KOTA SEMARANG", "SEMARANG", "SEMARANG TENGAH", "SEKAYU"),
    ("357801", "PROVINSI JAWA TIMUR", "KOTA SURABAYA", "SURABAYA", "KARANG PILANG", "KEDURUS"),
    ("320101", "PROVINSI JAWA BARAT", "KABUPATEN BOGOR", "BOGOR", "CIBINONG", "PAKANSARI"),
    ("140101", "PROVINSI RIAU", "KABUPATEN KAMPAR", "BANGKINANG", "BANGKINANG", "LANGGINI"),
    ("530101", "PROVINSI NUSA TENGGARA TIMUR", "KABUPATEN KUPANG", "KUPANG", "SEMAU", "UITAO"),
    ("737101", "PROVINSI SULAWESI SELATAN", "KOTA MAKASSAR", "UJUNG PANDANG", "MARISO", "BONTORANNU"),
    ("640101", "PROVINSI KALIMANTAN TIMUR", "KABUPATEN PASER", "TANAH GROGOT", "BATU SOPANG", "BUSUI"),
    ("940101", "PROVINSI PAPUA SELATAN", "KABUPATEN MERAUKE", "MERAUKE", "MERAUKE", "KELAPA LIMA"),
    ("110101", "PROVINSI ACEH", "KABUPATEN ACEH SELATAN", "TAPAKTUAN", "BAKONGAN", "KEUDE BAKONGAN"),
    ("510101", "PROVINSI BALI", "KABUPATEN JEMBRANA", "NEGARA", "NEGARA", "BALER BALE AGUNG"),
)
MEN = (
    "BUDI AGUS JOKO SLAMET AHMAD YUSUF HENDRA RUDI ANTON WAYAN KETUT MADE DEDI EKO FAJAR GUNAWAN HASAN IWAN MARTINUS YOHANES"
)
WOMEN = (
    "SITI DEWI SRI RINA FITRI MARIA YULI WATI NUR LESTARI ENDANG KADEK NINGSIH RATNA INDAH AYU THERESIA HALIMAH AMINAH PUJI"
)
LAST = (
    "SANTOSO WIJAYA SUSILO HIDAYAT SIREGAR NASUTION PRATAMA SAPUTRA KURNIAWAN RAHAYU LESTARI PURNOMO HARAHAP TANJUNG"
    " MANURUNG SIMANJUNTAK HANDOKO SETIAWAN MULYONO WIBOWO GUNAWAN LUBIS TARIGAN PERMATA KUSUMA FIRMANSYAH"
)
STREETS = (
    "JL. MERDEKA NO. 12",
    "DUSUN KRAJAN",
    "JL. KENANGA II NO. 5",
    "KP. BARU TENGAH",
    "GG. MELATI 3 NO. 7A",
    "JL. AHMAD YANI 145",
)
RELIGIONS = ("ISLAM", "ISLAM", "ISLAM", "KRISTEN", "KATHOLIK", "HINDU", "BUDDHA")
MARITAL = ("BELUM KAWIN", "KAWIN", "CERAI HIDUP", "CERAI MATI")
OCCUPATIONS = (
    "WIRASWASTA",
    "PETANI/PEKEBUN",
    "BURUH HARIAN LEPAS",
    "NELAYAN/PERIKANAN",
    "PEDAGANG",
    "SOPIR",
    "MENGURUS RUMAH TANGGA",
)
MORE_OCCUPATIONS = (
    "BELUM/TIDAK BEKERJA",
    "PELAJAR/MAHASISWA",
    "KARYAWAN SWASTA",
    "BURUH TANI/PERKEBUNAN",
    "BURUH NELAYAN/PERIKANAN",
    "BURUH PETERNAKAN",
    "PEMBANTU RUMAH TANGGA",
    "TUKANG BATU",
    "TUKANG KAYU",
    "TUKANG JAHIT",
    "TUKANG LAS/PANDAI BESI",
    "PENATA RAMBUT",
    "MEKANIK",
    "TRANSPORTASI",
    "GURU",
    "PENATA RIAS",
)
MORE_STREETS = (
    "JL. RAYA PASAR MINGGU KM. 18 NO. 45 KOMPLEK POLRI",
    "PERUM GRIYA ASRI INDAH BLOK C7 NO. 12A",
    "JL. JEND. SUDIRMAN GG. H. KARIM NO. 3 (BELAKANG)",
    "KP. BABAKAN SINGAPARNA",
    "LINGK. II",
    "DSN. SUMBERSARI",
    "JL. KH. WAHID HASYIM NO. 17/B",
    "BR. DINAS TENGAH",
    "JORONG KOTO TUO (PASAR)",
    "JL. TENTARA PELAJAR PERUM BUMI MANDIRI AA-10",
)
RARE_NAMES = (
    "MUHAMMAD RIZKY ADITYA P.",
    "M. NUR",
    "NUR'AINI",
    "SITI MA'RIFATUN KHASANAH",
    "I GUSTI NGURAH AGUNG BAGUS",
    "H. ABDUL KARIM",
    "YOHANES DE BRITTO",
    "A. A. AYU PUTRI",
    "FRANSISKUS XAVERIUS SERAN",
    "IDA",
    "DR. IR. ANDI MAPPASELLE",
    "ANNA-MARIA LAY",
)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is printed on one card; `sex` is 'L' or 'P'."""

    nik: str
    name: str
    birth_place: str
    birth_date: dt.date
    sex: str
    province: str
    regency: str
    address: str
    village: str
    district: str
    religion: str
    marital: str
    occupation: str
    blood: str
    rt_rw: str = "003/007"
    citizenship: str = "WNI"
    valid_until: str = "SEUMUR HIDUP"


def nik_of(district: str, birth_date: dt.date, sex: str, serial: int) -> str:
    """Sixteen digits: district, birth date (day + 40 for women), serial."""
    day = birth_date.day + (40 if sex == "P" else 0)
    return f"{district}{day:02d}{birth_date:%m%y}{serial:04d}"


def invent(seed: int, **overrides: object) -> Truth:
    """A fictional person, always the same for the same seed; serial numbers are 9000 and up."""
    rng = np.random.default_rng([seed, 1])

    def pick(options: tuple[str, ...]) -> str:
        return options[int(rng.integers(len(options)))]

    district, province, regency, place, kecamatan, village = REGIONS[int(rng.integers(len(REGIONS)))]
    sex = "LP"[int(rng.integers(2))]
    words = [pick(tuple((MEN if sex == "L" else WOMEN).split())), pick(tuple(LAST.split()))]
    if rng.random() < 0.35:
        words.insert(1, pick(tuple((MEN if sex == "L" else WOMEN).split())))
    if rng.random() < 0.08:
        words = words[:1]
    born = dt.date(1960, 1, 1) + dt.timedelta(days=int(rng.integers(0, 16_800)))
    truth = Truth(
        nik=nik_of(district, born, sex, 9000 + int(rng.integers(1000))),
        name=" ".join(words),
        birth_place=place if rng.random() < 0.6 else REGIONS[int(rng.integers(len(REGIONS)))][3],
        birth_date=born,
        sex=sex,
        province=province,
        regency=regency,
        address=pick(STREETS),
        village=village,
        district=kecamatan,
        religion=pick(RELIGIONS),
        marital=pick(MARITAL),
        occupation=pick(OCCUPATIONS),
        blood=pick(("-", "A", "B", "O", "AB")),
    )
    if seed >= FIRST_VARIED:
        truth = varied(truth, np.random.default_rng([seed, 11]))
    return replace(truth, **overrides)  # type: ignore[arg-type]  # the caller names fields of Truth


def varied(truth: Truth, rng: np.random.Generator) -> Truth:
    """The person at a random place of the country, with the rarer things that cards print.

    A fifth was first registered elsewhere, so that the NIK's region is not that of the address.
    """

    def pick(options: tuple[str, ...]) -> str:
        return options[int(rng.integers(len(options)))]

    home, first, born_in = somewhere(rng), somewhere(rng), somewhere(rng)
    born = (home if rng.random() < 0.6 else born_in).birth_place
    registered = first if rng.random() < 0.2 else home
    serial = int(truth.nik[12:])
    expires = truth.birth_date.replace(day=min(truth.birth_date.day, 28), year=2012 + int(rng.integers(0, 10)))
    return replace(
        truth,
        nik=nik_of(registered.code, truth.birth_date, truth.sex, serial),
        name=pick(RARE_NAMES) if rng.random() < 0.12 else truth.name,
        birth_place=born if len(born) <= 15 else truth.birth_place,
        province=home.province,
        regency=home.regency,
        address=pick(MORE_STREETS) if rng.random() < 0.4 else truth.address,
        village=home.village,
        district=home.district,
        occupation=pick(MORE_OCCUPATIONS) if rng.random() < 0.5 else truth.occupation,
        rt_rw=f"{int(rng.integers(1, 30)):03d}/{int(rng.integers(0, 20)):03d}",
        valid_until=f"{expires:%d-%m-%Y}" if rng.random() < 0.12 else truth.valid_until,
    )
