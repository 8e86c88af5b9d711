import dataclasses
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.verdict import FIELDS, WORDS, Cause, Reading, Verdict

READING = Reading("3174041708859001", "BUDI", "JAKARTA", dt.date(1985, 8, 17), "L", {"nik": 0.9})
PLAIN = Verdict(accepted=True, cause=None, reading=READING, flags=("grey_copy",), seconds=1.5).to_json()
READING_PLAIN = {
    "nik": "3174041708859001", "name": "BUDI", "birth_place": "JAKARTA", "birth_date": "1985-08-17", "sex": "L",
    "confidence": {"nik": 0.9}, "nik_raw": None, **dict.fromkeys(WORDS),
}  # fmt: skip

readings = st.builds(
    Reading,
    nik=st.none() | st.from_regex(r"[0-9]{16}", fullmatch=True),
    name=st.none() | st.text(),
    birth_place=st.none() | st.text(),
    birth_date=st.none() | st.dates(),
    sex=st.sampled_from([None, "L", "P"]),
    confidence=st.dictionaries(st.sampled_from(FIELDS), st.floats(0, 1)),
    nik_raw=st.none() | st.from_regex(r"[0-9]{16}", fullmatch=True),
    **dict.fromkeys(WORDS, st.none() | st.text()),
)


@given(readings, st.none() | st.sampled_from(Cause), st.lists(st.text()), st.floats(0, 100))
def test_a_verdict_survives_its_plain_form(reading: Reading, cause: Cause | None, flags: list[str], seconds: float) -> None:
    verdict = Verdict(accepted=cause is None, cause=cause, reading=reading, flags=tuple(flags), seconds=seconds)
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


def test_every_field_of_a_reading_but_its_confidence_is_named() -> None:
    assert {field.name for field in dataclasses.fields(Reading)} == {*FIELDS, "confidence"}


def changed(**values: object) -> dict[str, object]:
    return {**PLAIN, **values}


@pytest.mark.parametrize(
    "plain",
    [
        None, [], "x", {}, {**PLAIN, "more": 1}, {k: v for k, v in PLAIN.items() if k != "flags"},
        changed(accepted=1), changed(cause="blurred"), changed(accepted=False), changed(accepted=False, cause="no_such"),
        changed(flags="x"), changed(flags=[1]), changed(seconds="1"), changed(seconds=True), changed(seconds=float("nan")),
        changed(reading=None), changed(reading={}),
        changed(reading={**READING_PLAIN, "nik": "123"}),
        changed(reading={**READING_PLAIN, "nik_raw": "31740417088590O1"}),
        changed(reading={**READING_PLAIN, "district": 3}),
        changed(reading={name: value for name, value in READING_PLAIN.items() if name != "valid_until"}),
        changed(reading={**READING_PLAIN, "sex": "X"}), changed(reading={**READING_PLAIN, "birth_date": "17-08-1985"}),
        changed(reading={**READING_PLAIN, "confidence": {"height": 1.0}}),
        changed(reading={**READING_PLAIN, "confidence": []}),
        changed(reading={**READING_PLAIN, "name": 5}),
    ],
)  # fmt: skip
def test_any_other_shape_is_refused(plain: object) -> None:
    assert Verdict.from_json({**PLAIN, "reading": READING_PLAIN}).accepted
    with pytest.raises(ValueError):  # noqa: PT011  # what is said differs, the kind is what callers rely on
        Verdict.from_json(plain)
