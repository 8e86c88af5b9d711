"""Decides what the lines of a card say: every field but the NIK. Knows no pixels, and corrects nobody's name."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from ocr.engine import Sign, Text
from ocr.lines import Line, by_label, letters
from ocr.words import BLOOD, LIKE_PLACE, MARITAL, RELIGIONS, districts, familiar, nearest, occupations, provinces, regencies

DIGIT_FOR = str.maketrans("OoQDIl|iZSsBG", "0000111125586")
LETTER_FOR = str.maketrans("0158|", "OISBI")
PAIR, GAP = r"([0-9OoQDIl|iZSsB]{2})", r"\s?[-–—.,/~_: ]{0,2}\s?"
DATE = re.compile(PAIR + GAP + PAIR + GAP + r"([12Il|Z][0-9OoQDIl|iZSsBG]{3})(?![0-9])")
RT_RW = re.compile(r"([0-9OoDIlSB]{1,3})\s?[/|l ]\s?([0-9OoDIlSB]{1,3})")
LAST_SEX = re.compile(r"(?i)g[o0][l1i].{0,2}\s*d.?r?.?h?|darah")
EARLIEST = dt.date(1900, 1, 1)
DOUBTFUL = 0.5  # confidence below which single signs after a wide gap are specks


@dataclass(slots=True)
class Fields:
    """Fields as printed, None where not readable, with a confidence 0..1 for each that was read."""

    name: str | None = None
    birth_place: str | None = None
    birth_date: dt.date | None = None
    sex: str | None = None
    words: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)

    def put(self, name: str, value: str | None, confidence: float) -> None:
        """The word field has this value, unless it is empty."""
        if value:
            self.words[name] = value
            self.confidence[name] = round(min(1.0, max(0.0, confidence)), 3)


def parse(lines: Sequence[Line], today: dt.date) -> Fields:
    """The fields that the lines carry.

    Args:
        lines: The header's lines, without labels, and the rows'.
        today: Dates of birth after it are impossible.
    """
    rows, fields = by_label(lines), Fields()
    if "name" in rows:
        parse_name(rows["name"].value, fields)
    if "birth" in rows:
        parse_birth(rows["birth"].value, fields, today)
    if "sex" in rows:
        parse_sex(rows["sex"].value, fields)
    for label, take in ROWS.items():
        if label in rows:
            take(rows[label].value, fields)
    parse_regions([line for line in lines if line.label is None], rows.get("district"), fields)
    return fields


def parse_name(text: Text, fields: Fields) -> None:
    """The name as printed; a row that holds hardly any letters gives none."""
    signs = list(text.signs)
    while signs and (signs[-1].sign == " " or (signs[-1].confidence < DOUBTFUL and not signs[-1].sign.isalpha())):
        signs.pop()
    name = tidy_name(re.sub(r"^[^A-Za-z]+", "", "".join(sign.sign for sign in signs)))
    if len(letters(name)) >= 2:
        fields.name = name
        fields.confidence["name"] = trust(signs)


def parse_birth(text: Text, fields: Fields, today: dt.date) -> None:
    """Birth place and date from `MEDAN, 17-08-1985`, where they can be read."""
    whole = text.text
    found = date_in(whole, today)
    end = len(whole)
    if found is not None:
        fields.birth_date, (end, stop) = found
        fields.confidence["birth_date"] = trust(text.signs[end:stop])
    place = tidy_name(re.sub(r"[0-9].*$", "", whole[:end].translate(str.maketrans("|", "I")))).rstrip(" .,-/'")
    if len(letters(place)) >= 3:
        fields.birth_place = familiar(place)
        fields.confidence["birth_place"] = trust(text.signs[:end])


def date_in(text: str, today: dt.date) -> tuple[dt.date, tuple[int, int]] | None:
    """The first possible date of birth in the text, with where it stands; mistaken letters count as digits."""
    for match in DATE.finditer(text):
        if sum(sign.isdecimal() for sign in match.group()) < 5:
            continue
        day, month, year = (int(part.translate(DIGIT_FOR)) for part in match.groups())
        try:
            date = dt.date(year, month, day)
        except ValueError:
            continue
        if EARLIEST <= date <= today:
            return date, match.span()
    return None


def sex_in(text: str) -> str | None:
    """'L' or 'P' when the text says LAKI-LAKI or PEREMPUAN, perhaps misspelt."""
    plain = letters(text.translate(LETTER_FOR))
    male, female = fuzz.partial_ratio("LAKILAKI", plain), fuzz.partial_ratio("PEREMPUAN", plain)
    if len(plain) < 5 or max(male, female) < 68 or abs(male - female) < 15:
        return None
    return "L" if male > female else "P"


def parse_sex(text: Text, fields: Fields) -> None:
    """Sex and blood group, which share a row."""
    whole = text.text
    mark = LAST_SEX.search(whole)
    begin = mark.start() if mark else len(whole)
    fields.sex = sex_in(whole[:begin]) or sex_in(whole)
    if fields.sex is not None:
        fields.confidence["sex"] = trust(text.signs[:begin] or text.signs)
    if mark:
        tail = whole[mark.end() :].upper().replace("0", "O").replace("8", "B").replace("AE", "AB")
        group = re.search(r"(?<![A-Z])(AB|A|B|O)([+-]?)(?![A-Z])", tail)
        if group and group[1] in BLOOD:
            fields.put("blood", group[1] + group[2], trust(text.signs[mark.end() :]))
        elif "-" in tail:
            fields.put("blood", "-", trust(text.signs[mark.end() :]))


def parse_address(text: Text, fields: Fields) -> None:
    """The address as printed."""
    plain = re.sub(r"\s+", " ", re.sub(r"[^A-Z0-9 .,'/()\-&]+", " ", text.text.upper())).strip(" ,-'")
    plain = re.sub(r"(?<=[A-Z])\.(?=[A-Z0-9])", ". ", plain)  # the space behind a dot is thin, and easily lost
    fields.put("address", plain if len(plain) >= 3 else None, trust(text.signs))


def parse_rt_rw(text: Text, fields: Fields) -> None:
    """RT and RW, three digits each; six digits whose stroke was lost are parted in the middle."""
    plain = text.text.strip()
    match = RT_RW.search(plain)
    pair = match.groups() if match else None
    if pair is None and re.fullmatch(r"[0-9]{6}", plain.replace(" ", "")):
        digits = plain.replace(" ", "")
        pair = (digits[:3], digits[3:])
    if pair is not None:
        fields.put("rt_rw", "/".join(part.translate(DIGIT_FOR).zfill(3) for part in pair), trust(text.signs))


def parse_village(text: Text, fields: Fields) -> None:
    """The village as printed: there is no list of villages to match."""
    name = tidy_name(text.text, also="()").strip(" .,-/'")
    fields.put("village", name if len(letters(name)) >= 2 else None, trust(text.signs))


def parse_religion(text: Text, fields: Fields) -> None:
    """The card's word for the religion."""
    put_nearest("religion", text, RELIGIONS, fields)


def parse_marital(text: Text, fields: Fields) -> None:
    """The card's word for the marital state."""
    put_nearest("marital_status", text, MARITAL, fields)


def parse_occupation(text: Text, fields: Fields) -> None:
    """One of the 99 occupations."""
    put_nearest("occupation", text, occupations(), fields)


def parse_citizenship(text: Text, fields: Fields) -> None:
    """WNI or WNA."""
    plain = letters(text.text.translate(LETTER_FOR))
    if plain:
        foreign = fuzz.partial_ratio("WNA", plain) > fuzz.partial_ratio("WNI", plain)
        likeness = fuzz.partial_ratio("WNA" if foreign else "WNI", plain)
        fields.put(
            "citizenship", ("WNA" if foreign else "WNI") if likeness >= 60 else None, trust(text.signs) * likeness / 100
        )


def parse_validity(text: Text, fields: Fields) -> None:
    """SEUMUR HIDUP or a date."""
    like = fuzz.partial_ratio("SEUMURHIDUP", letters(text.text))
    if like >= 70:
        fields.put("valid_until", "SEUMUR HIDUP", trust(text.signs) * like / 100)
    elif (found := date_in(text.text, dt.date(2100, 1, 1))) is not None:
        fields.put("valid_until", found[0].isoformat(), trust(text.signs))


def put_nearest(name: str, text: Text, words: Sequence[str], fields: Fields) -> None:
    """The field is the nearest word of the list, with less confidence the less it is like what was read."""
    found = nearest(text.text, words)
    if found is not None:
        fields.put(name, found[0], trust(text.signs) * found[1])


def parse_regions(header: Sequence[Line], district: Line | None, fields: Fields) -> None:
    """Province and regency from the header, district from its row; each is looked for where the one above it lies."""
    code = ""
    for line in header:
        plain = re.sub(r"^.*?PR[O0]V[I1l]N[S5][I1l]", "", line.text.text.upper())
        if plain == line.text.text.upper():
            continue
        found = nearest(plain, provinces(), like=LIKE_PLACE - 10)
        if found is not None:
            fields.put("province", found[0], trust(line.text.signs) * found[1])
            code = provinces()[found[0]]
    places = regencies(code) if code else {}
    regency = ""
    for line in header:
        found = nearest(line.text.text, places, like=LIKE_PLACE - 6)
        if found is not None:
            fields.put("regency", found[0], trust(line.text.signs) * found[1])
            regency = places[found[0]]
    if district is not None:
        name = tidy_name(district.value.text).strip(" .,-/'")
        found = nearest(name, districts(regency), like=LIKE_PLACE - 6) if regency else None
        value = found[0] if found else name
        fields.put("district", value if len(letters(value)) >= 2 else None, trust(district.value.signs))


def trust(signs: Sequence[Sign]) -> float:
    """Mean confidence of the signs that are no spaces, 0..1."""
    return round(Text(tuple(signs)).confidence, 3)


def tidy_name(text: str, *, also: str = "") -> str:
    """The text as a name is printed: capitals, spaces, the signs of names and `also`; digits become like letters."""
    upper = re.sub(r"[’‘`´]", "'", text.upper().translate(LETTER_FOR))
    upper = "".join(sign if "A" <= sign <= "Z" or sign in " .,'-/" or sign in also else " " for sign in upper)
    upper = re.sub(r"\.(?=[A-Z]{3})", ". ", re.sub(r"\s+", " ", upper))
    return re.sub(rf"^[^A-Z]+|[^A-Z.{re.escape(also)}]+$", "", upper).strip()


ROWS = {
    "address": parse_address,
    "rt_rw": parse_rt_rw,
    "village": parse_village,
    "religion": parse_religion,
    "marital": parse_marital,
    "occupation": parse_occupation,
    "citizenship": parse_citizenship,
    "validity": parse_validity,
}
