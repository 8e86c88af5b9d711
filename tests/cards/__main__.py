"""Makes a photo of a drawn KTP by hand.

python -m tests.cards --seed 7 --condition good --out /tmp/ktp.jpg [--nik 3174041708859001] [--name "BUDI SANTOSO"]
"""

import argparse
import datetime as dt
import io
from pathlib import Path

from PIL import Image

from tests.cards.draw import draw_card, mark_sample
from tests.cards.photo import CONDITIONS, photograph


def main() -> None:
    """Writes the file that the arguments ask for, and says what is printed on the card."""
    parser = argparse.ArgumentParser(prog="python -m tests.cards")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--condition", choices=(*CONDITIONS, "sample"), default="clean", help="sample: marked CONTOH, as shipped in ocr/data"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--nik", help="16 digits; birth date and sex are printed to match")
    parser.add_argument("--name")
    args = parser.parse_args()
    overrides: dict[str, object] = {"name": args.name.upper()} if args.name else {}
    if args.nik:
        overrides |= matching(args.nik)
    card = draw_card(args.seed, **overrides)
    args.out.write_bytes(
        sample(card.image, mark_sample(card).image)
        if args.condition == "sample"
        else photograph(card, args.seed, args.condition)
    )
    print(card.truth)  # noqa: T201  # a tool by hand


def matching(nik: str) -> dict[str, object]:
    """Birth date and sex that the NIK carries."""
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    century = 2000 if year < 20 else 1900
    return {"nik": nik, "birth_date": dt.date(century + year, month, day % 40), "sex": "P" if day > 40 else "L"}


def sample(plain: Image.Image, marked: Image.Image) -> bytes:
    """JPEG bytes of the marked card at the size of the plain one."""
    out = io.BytesIO()
    marked.resize(plain.size).save(out, "JPEG", quality=82)
    return out.getvalue()


if __name__ == "__main__":
    main()
