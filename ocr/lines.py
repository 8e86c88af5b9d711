"""Decides which label begins a line and what its value is. Knows the labels of a KTP, no values, no pixels."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from ocr.engine import Sign, Text

LABELS = {
    "name": "NAMA",
    "birth": "TEMPATTGLLAHIR",
    "sex": "JENISKELAMIN",
    "address": "ALAMAT",
    "rt_rw": "RTRW",
    "village": "KELDESA",
    "district": "KECAMATAN",
    "religion": "AGAMA",
    "marital": "STATUSPERKAWINAN",
    "occupation": "PEKERJAAN",
    "citizenship": "KEWARGANEGARAAN",
    "validity": "BERLAKUHINGGA",
}
ORDER = tuple(LABELS)
SHORTEST = "name"
OTHER_CARDS = (
    "KARTUKELUARGA",
    "KEPALAKELUARGA",
    "SURATIZINMENGEMUDI",
    "DRIVINGLICENSE",
    "BPJSKESEHATAN",
    "BPJSKETENAGAKERJAAN",
    "KARTUINDONESIASEHAT",
    "NPWP",
    "NAMALENGKAP",
    "BERTANDATANGAN",
    "MENERANGKAN",
)
OWN_LABELS = frozenset({"rt_rw", "village", "district", "religion", "marital", "occupation", "citizenship", "validity"})
OWN_WORDS = ("PROVINSI", "GOLDARAH", "LAKILAKI", "PEREMPUAN", "SEUMURHIDUP")
CUT_HEADING = re.compile(r"^[A-Z]{0,6}(INSI|PATEN|ATEN)[A-Z]{3}")  # what is left of PROVINSI and KABUPATEN, and a name
MANY_DIGITS = re.compile(r"[0-9]{12}")
LIKE = 72.0  # similarity, 0 to 100, from which a label counts as read
LETTER_FOR = str.maketrans("01568|!", "OISGBII")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the card.

    Attributes:
        label: Which of `LABELS` it is; None for the header and for what is no row.
        spelled: True when the label itself was read; False when only the row's place tells it.
        text: The whole line, as far as it was read.
        value: What stands behind the label.
        colon: Where the value begins, as a share of the strip that was read; None when no label was read.
    """

    label: str | None
    spelled: bool
    text: Text
    value: Text
    colon: float | None = None


def labelled(text: Text) -> Line:
    """The line, with the label that its beginning spells best, and the value behind it."""
    best: tuple[float, str, int] = (LIKE, "", 0)
    plain = text.text.upper()
    for cut in range(3, min(len(plain), 24) + 1):
        like, name = likeness(letters(plain[:cut].translate(LETTER_FOR)))
        if name == SHORTEST and like < 100 and plain[cut : cut + 1].isalpha():
            continue  # a part of another label
        if like > best[0]:
            best = (like, name, cut)
    _, name, cut = best
    if not name:
        return Line(None, spelled=False, text=text, value=text)
    start = behind_colon(text.signs, cut)
    at = (text.signs[start - 1].at + text.signs[min(start, len(text.signs) - 1)].at) / 2
    return Line(name, spelled=True, text=text, value=Text(text.signs[start:]), colon=at)


def likeness(beginning: str) -> tuple[float, str]:
    """How well (0 to 100) the letters spell which label."""
    best = (0.0, "")
    for name, label in LABELS.items():
        if abs(len(beginning) - len(label)) <= max(1, len(label) // 4):
            like = fuzz.ratio(beginning, label)
            if like > best[0] and (len(label) > 4 or like >= 85):
                best = (like, name)
    return best


def behind_colon(signs: Sequence[Sign], cut: int) -> int:
    """Index of the first sign of the value: behind a colon close to the label's end, else behind signs that are none."""
    for index in range(cut, min(cut + 5, len(signs))):
        if signs[index].sign in ":;":
            cut = index + 1
            break
    while cut < len(signs) and not signs[cut].sign.isalnum() and signs[cut].sign not in "-'":
        cut += 1
    return cut


def letters(text: str) -> str:
    """Capital letters of the text only."""
    return "".join(sign for sign in text.upper() if "A" <= sign <= "Z")


def by_label(lines: Sequence[Line]) -> dict[str, Line]:
    """The line with each label; one whose label was spelled goes before one that only stands in its place."""
    found: dict[str, Line] = {}
    for line in sorted(lines, key=lambda line: not line.spelled):
        if line.label is not None:
            found.setdefault(line.label, line)
    return found


def spelled_labels(lines: Sequence[Line]) -> set[str]:
    """The labels that were read."""
    return {line.label for line in lines if line.label is not None and line.spelled}


def has_header(lines: Sequence[Line]) -> bool:
    """True when a line without a label says PROVINSI, or begins with KABUPATEN or KOTA."""
    for line in lines:
        plain = letters(line.text.text)
        if line.label is not None or len(plain) < 7:
            continue
        if (
            fuzz.partial_ratio("PROVINSI", plain) >= 80
            or fuzz.ratio("KABUPATEN", plain[:9]) >= 85
            or plain.startswith("KOTA")
        ):
            return True
    return False


def names_other_card(lines: Sequence[Line]) -> bool:
    """True when the text names a document that carries the same labels but is no KTP."""
    text = letters(" ".join(line.text.text for line in lines))
    return any(fuzz.partial_ratio(name, text) >= 90 for name in OTHER_CARDS if len(text) >= len(name))


def own_signs(lines: Sequence[Line]) -> int:
    """How many different things were read that stand on a KTP, but not on a driving licence or an insurance card."""
    signs = {str(label) for label in spelled_labels(lines) & OWN_LABELS}
    for line in lines:
        plain = letters(line.text.text)
        signs |= {word for word in OWN_WORDS if len(plain) >= len(word) - 1 and fuzz.partial_ratio(word, plain) >= 86}
        if line.label is None and CUT_HEADING.match(plain):
            signs.add("heading")
        if line.label is None and re.fullmatch(r"[0-9 ]{7,16}", line.text.text.strip()):
            signs.add("digits")
    return len(signs)


def is_list(lines: Sequence[Line]) -> bool:
    """True when a row holds a long number beside words, which no row of a KTP does: a family card, a form, a receipt."""
    return any(
        MANY_DIGITS.search(line.text.text.replace(" ", "")) and len(letters(line.text.text).removeprefix("NIK")) >= 6
        for line in lines
    )


def is_ktp(lines: Sequence[Line]) -> bool:
    """True when enough of the KTP's own labels were read, and no other document is named."""
    found = spelled_labels(lines)
    if names_other_card(lines):
        return False
    if has_header(lines):
        return len(found) >= 2
    own = found & {"rt_rw", "village", "district", "marital", "citizenship", "validity"}
    return len(found) >= 4 and len(own) >= 1 and found >= {"birth", "sex"}
