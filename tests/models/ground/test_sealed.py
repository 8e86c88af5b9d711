"""What is sealed opens for its purpose, with any key of the ring, and only unaltered."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ground.sealed import KeyRing, SealBroken

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
RING = KeyRing({"old": OLD})
SECRET = b"3201014101909001"


@given(st.binary(max_size=300))
def test_what_was_sealed_opens(data: bytes) -> None:
    assert RING.open(RING.seal(data, "test.a"), "test.a") == data


def test_a_json_value_opens_as_it_was() -> None:
    value = {"nama": "SITI", "kosong": None, "angka": [1, 2]}
    assert RING.open_json(RING.seal_json(value, "test.a"), "test.a") == value
    assert RING.open_json(None, "test.a") is None


def test_the_same_value_is_sealed_differently_each_time() -> None:
    assert RING.seal(SECRET, "test.a") != RING.seal(SECRET, "test.a")
    assert SECRET not in RING.seal(SECRET, "test.a")


def test_a_value_does_not_open_for_another_purpose() -> None:
    sealed = RING.seal(SECRET, "test.a")
    with pytest.raises(SealBroken, match=r"test\.b"):
        RING.open(sealed, "test.b")


@pytest.mark.parametrize("place", range(len(RING.seal(SECRET, "test.a"))))
def test_a_value_with_one_altered_byte_does_not_open(place: int) -> None:
    sealed = bytearray(RING.seal(SECRET, "test.a"))
    assert RING.open(bytes(sealed), "test.a") == SECRET
    sealed[place] ^= 1
    with pytest.raises(SealBroken):
        RING.open(bytes(sealed), "test.a")


@pytest.mark.parametrize("length", range(len(RING.seal(SECRET, "test.a"))))
def test_a_value_that_was_cut_does_not_open(length: int) -> None:
    with pytest.raises(SealBroken):
        RING.open(RING.seal(SECRET, "test.a")[:length], "test.a")


def test_after_a_rotation_old_values_open_and_are_still_found() -> None:
    rotated = KeyRing({"new": NEW, "old": OLD})
    assert rotated.open(RING.seal(SECRET, "test.a"), "test.a") == SECRET
    assert rotated.hash("9001", "test.nik") == RING.hash("9001", "test.nik")
    assert rotated.open(rotated.seal(SECRET, "test.a"), "test.a") == SECRET
    with pytest.raises(SealBroken, match="unknown key"):
        RING.open(rotated.seal(SECRET, "test.a"), "test.a")


def test_a_hash_depends_on_value_purpose_and_key() -> None:
    hashes = {
        RING.hash("9001", "test.nik"),
        RING.hash("9002", "test.nik"),
        RING.hash("9001", "test.phone"),
        KeyRing({"other": NEW}).hash("9001", "test.nik"),
    }
    assert len(hashes) == 4
    assert {len(value) for value in hashes} == {32}


def test_a_ring_is_read_from_its_written_form() -> None:
    written = f"new:{base64.b64encode(NEW).decode()}, old:{base64.b64encode(OLD).decode()}"
    assert KeyRing.parse(written).open(RING.seal(SECRET, "test.a"), "test.a") == SECRET


@pytest.mark.parametrize(
    "written", ["", "no colon", "short:c2hvcnQ=", "bad:****", f"toolongforaname{'x' * 300}:{base64.b64encode(OLD).decode()}"]
)
def test_a_ring_that_is_not_of_its_form_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        KeyRing.parse(written)
