"""Decides where a drawn card's person lives: any district of the country, with an invented village. Knows no person."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

VILLAGES = (
    *("SUKAMAJU", "SUKAMULYA", "SIDOMULYO", "KARANGANYAR", "MEKARSARI", "TANJUNG SARI", "BANJAR SARI", "GUNUNG JATI"),
    *("PASIR PUTIH", "KAMPUNG BARU", "RAWA MANGUN BARAT", "SUMBER REJO", "KOTO BARU", "LUBUK ALUNG", "PULAU SEBESI"),
    *("TANAH TINGGI", "KEBON JERUK LAMA", "WONOSARI", "UJUNG BATU", "MUARA BULIAN", "BATU AJI (PERSIAPAN)"),
    *("SUKAMAJU (UPT II)", "TELUK BAYUR", "OELNASI", "WAE BELANG", "AMASING KOTA", "HARAPAN JAYA", "CIPARAY"),
)
SHORTER = {
    "Daerah Khusus Ibukota Jakarta": "DKI JAKARTA",
    "Daerah Istimewa Yogyakarta": "DAERAH ISTIMEWA YOGYAKARTA",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A district as a card prints it: its NIK code, header lines, kecamatan, a village, and a birth place there."""

    code: str
    province: str
    regency: str
    district: str
    village: str
    birth_place: str


def somewhere(rng: np.random.Generator) -> Place:
    """A district, every one as likely as another."""
    names, codes = catalogue()
    code = codes[int(rng.integers(len(codes)))]
    province, regency = names[code[:2]], names[code[:4]]
    bare = regency.replace("Administrasi ", "")
    jakarta = code.startswith("31")
    return Place(
        code=code,
        province=f"PROVINSI {SHORTER.get(province, province)}".upper(),
        regency=(bare.removeprefix("Kota ") if jakarta else bare).upper(),
        district=names[code].upper(),
        village=VILLAGES[int(rng.integers(len(VILLAGES)))],
        birth_place="JAKARTA" if jakarta else bare.removeprefix("Kota ").removeprefix("Kabupaten ").upper(),
    )


@lru_cache(maxsize=1)
def catalogue() -> tuple[dict[str, str], tuple[str, ...]]:
    """Region codes to names, and the codes of all districts whose name has room on a card."""
    lines = (resources.files("models.catalogue") / "data" / "regions.tsv").read_text("utf-8").splitlines()
    names = dict(line.split("\t", 1) for line in lines if "\t" in line)
    return names, tuple(sorted(code for code in names if len(code) == 6 and len(names[code]) <= 26))
