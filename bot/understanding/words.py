"""The tables of the chat's words, read once: spellings, runs of words, everyday words, signs.

Only reads `data/`; what the words mean together stands in `features.txt` and is read by `features`.
"""

from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from models.catalogue.word_lists import bag, spread

STRANGE = "_strange"
"""The word that stands for pictures and letters of other scripts: no meaning takes it up."""

EMOJI = MappingProxyType(
    spread("""
iya: 👍 ✅ ✔ ☑ 🫡
oke: 👌 🆗 🙆
benar: 💯
setuju: 🤝
tidak: 👎 🚫 🙅 ⛔
bukan: ❌ ✖ ❎
kembali: ⬅ ◀ 🔙 ↩ ⏪
ulang: 🔄 🔁
beranda: 🏠
bantuan: 🆘
hapus: 🗑
halo: 👋
telepon: ☎ 📞 📱
berhenti: 🛑
?: ❓ ❔
""")
)
"""Sign -> the word that people mean by it."""


@lru_cache(maxsize=1)
def spellings() -> dict[str, str]:
    """Variant spelling -> canonical word or words."""
    return spread("\n".join(lines("spellings.txt")))


@lru_cache(maxsize=1)
def phrases() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Run of words -> canonical words."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for line in lines("phrases.txt"):
        canonical, _, runs = line.partition(":")
        found |= {tuple(run.split()): tuple(canonical.split()) for run in runs.split(";") if run.strip()}
    return found


@lru_cache(maxsize=1)
def plain_words() -> frozenset[str]:
    """Everyday words that no rule knows and that are spelt rightly, names of people among them."""
    return bag(" ".join(lines("plain.txt"))) | names()


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Common names of people."""
    return bag(" ".join(lines("names.txt")))


def lines(name: str) -> list[str]:
    """The lines of a table, without its comments.

    Args:
        name: A file in `data/`.
    """
    text = resources.files("bot.understanding").joinpath("data", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
