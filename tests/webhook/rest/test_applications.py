"""An application over the interface is stored once, and what is wrong with it is named."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from typing import Any

import pytest
from sqlalchemy import update

from models.delivery.idempotency import IDEMPOTENCY
from models.ground import audit
from models.ground.audit import ENTRY
from models.programme.programmes import PROGRAMME
from models.register.applications import APPLICATION, answers_of
from models.register.consents import CONSENT
from tests.webhook.rest.client import PATH, Rest, consent, created, errors_of, is_problem, nik, post, sample


async def test_an_application_is_stored_submitted_with_consent_and_audit(rest: Rest) -> None:
    answer = await rest.create(rest.key(), external_reference="KOP-17", birth_place="Medan", sex="P")
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["status"], body["flags"]) == ("submitted", ["no_photo"])
    assert answer.headers["location"] == body["links"]["self"] == f"{PATH}/{body['number']}"
    row = rest.row(body["number"])
    assert (row.status, row.conversation_id, row.entered_by_key, row.last_edited_by_key) == ("submitted", None, 1, 1)
    assert rest.store.transaction(lambda session: answers_of(session, row)) == {
        "nik": nik(9001), "name": "SITI CONTOH", "birth_place": "MEDAN", "birth_date": "1990-08-05", "sex": "P",
        "occupation": "pedagang_pasar", "regency": "1271", "district": "127101", "phone": "+6281234569001",
        "external_reference": "KOP-17",
    }  # fmt: skip
    consent = rest.rows(CONSENT)[0]
    assert (consent.version, consent.channel) == ("2026-1", "paper")
    assert consent.given_at == dt.datetime(2026, 11, 20, 2, 30, tzinfo=dt.UTC)
    assert [entry.action for entry in rest.rows(ENTRY)] == ["api_key.create", "application.submit", "consent.give"]
    assert rest.store.transaction(audit.verify).broken == ""


async def test_a_repeat_of_the_key_gives_the_same_answer_and_one_application(rest: Rest) -> None:
    key = rest.key()
    first = await rest.create(key, idempotency_key="satu")
    again = await rest.create(key, idempotency_key="satu")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert rest.count(APPLICATION) == 1


async def test_three_copies_at_once_make_one_application(rest: Rest) -> None:
    key = rest.key()
    answers = await asyncio.gather(*(rest.create(key, idempotency_key="satu") for _ in range(3)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 2
    assert rest.count(APPLICATION) == rest.count(CONSENT) == 1


async def test_a_key_used_for_another_body_is_refused(rest: Rest) -> None:
    key = rest.key()
    await rest.create(key, idempotency_key="satu")
    other = await rest.create(key, idempotency_key="satu", nik=nik(9002))
    assert is_problem(other, 422, "idempotency_key_reused")
    assert rest.count(APPLICATION) == 1


async def test_the_same_key_of_another_caller_is_another_key(rest: Rest) -> None:
    await rest.create(rest.key(), idempotency_key="satu")
    other = await rest.create(rest.key(), idempotency_key="satu", nik=nik(9002))
    assert other.status_code == 201
    assert rest.count(APPLICATION) == 2


async def test_the_order_of_fields_and_spaces_does_not_make_another_request(rest: Rest) -> None:
    key = {**rest.key(), "Idempotency-Key": "satu", "Content-Type": "application/json"}
    first = await rest.client.post(PATH, content=json.dumps(sample()), headers=key)
    turned = dict(reversed(sample().items()))
    again = await rest.client.post(PATH, content=json.dumps(turned, indent=4), headers=key)
    assert (again.status_code, again.content) == (201, first.content)


@pytest.mark.parametrize(
    ("key", "code"), [(None, "missing"), ("", "invalid"), ("a b", "invalid"), ("x" * 201, "invalid"), ("é", "invalid")]
)
async def test_an_application_needs_a_sound_idempotency_key(rest: Rest, key: str | None, code: str) -> None:
    headers = rest.key() | ({"Idempotency-Key": key.encode("latin-1").decode("latin-1")} if key is not None else {})
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    answer = await rest.client.post(PATH, json=sample(), headers=raw)
    assert is_problem(answer, 400, f"idempotency_key_{code}")
    assert rest.count(APPLICATION) == rest.count(IDEMPOTENCY) == 0


async def test_a_nik_that_is_taken_is_refused_without_telling_whose_it_is(rest: Rest) -> None:
    await created(rest, rest.key(), name="Orang Pertama")
    taken = await rest.create(rest.key(), name="Orang Kedua", idempotency_key="dua")
    assert is_problem(taken, 409, "duplicate")
    assert not any(word in taken.text.upper() for word in ("PERTAMA", "KEDUA", nik(9001), "-"))
    assert rest.count(APPLICATION) == rest.count(CONSENT) == 1


async def test_a_refusal_too_is_the_answer_of_its_key(rest: Rest) -> None:
    number = await created(rest, rest.key())
    late = rest.key()
    first = await rest.create(late, idempotency_key="dua")
    assert (await post(rest, late, f"{number}/withdrawal", reason="entered_twice")).status_code == 200
    again = await rest.create(late, idempotency_key="dua")
    assert (again.status_code, again.content) == (409, first.content)
    assert again.headers["content-type"] == "application/problem+json"
    assert again.headers["idempotent-replayed"] == "true"
    assert (await rest.create(late, idempotency_key="tiga")).status_code == 201


async def test_two_submissions_of_one_nik_at_once_make_one_application(rest: Rest) -> None:
    keys = [rest.key() for _ in range(4)]
    answers = await asyncio.gather(*(rest.create(key) for key in keys))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert rest.count(APPLICATION) == 1


async def test_without_an_open_programme_nothing_is_stored(rest: Rest) -> None:
    rest.store.transaction(lambda session: session.execute(update(PROGRAMME).values(open=False)))
    assert is_problem(await rest.create(rest.key()), 409, "closed")
    assert rest.count(APPLICATION) == rest.count(CONSENT) == 0


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "nik.no_number"),
        ("127101450890900", "nik.too_short"),
        ("12710145089090011", "nik.too_long"),
        ("1271014508909O0X", "nik.letters"),
        ("1271013213909001", "nik.bad_date"),
        ("9971014508909001", "nik.bad_region"),
        ("1111111111111111", "nik.fake_pattern"),
        ("081234569001", "nik.is_phone"),
        ("0001234569001", "nik.is_bpjs_kes"),
        ("1271014508909001 1271014508909002", "nik.two_numbers"),
        ("1" * 41, "too_long"),
        (1271014508909001, "string_type"),
        (None, "required"),
        ("\ud800", "string_unicode"),
    ],
)
async def test_a_nik_in_a_wrong_shape_is_named_by_its_code_and_not_repeated(rest: Rest, typed: Any, code: str) -> None:
    headers = {**rest.key(), "Idempotency-Key": "a", "Content-Type": "application/json"}
    answer = await rest.client.post(PATH, content=json.dumps(sample(nik=typed)), headers=headers)
    assert is_problem(answer, 422, "validation")
    assert errors_of(answer) == {"nik": code}
    assert not typed or str(typed).encode("utf-8", "replace") not in answer.content
    assert rest.count(APPLICATION) == 0


async def test_a_nik_typed_with_spaces_and_dots_is_taken(rest: Rest) -> None:
    number = await created(rest, rest.key(), nik=" 1271.0145 0890-9001 ")
    row = rest.row(number)
    assert rest.store.transaction(lambda session: answers_of(session, row))["nik"] == nik(9001)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": "4gus"}, {"name": "name.unclear"}),
        ({"name": "A\nB\x00"}, {"name": "name.unclear"}),
        ({"name": "x" * 81}, {"name": "too_long"}),
        ({"birth_date": "1990-02-30"}, {"birth_date": "date_from_datetime_parsing"}),
        ({"birth_date": "2027-01-01"}, {"birth_date": "birth_date.impossible"}),
        ({"birth_date": "1890-01-01"}, {"birth_date": "birth_date.impossible"}),
        ({"sex": "X"}, {"sex": "literal_error"}),
        ({"occupation": "astronot"}, {"occupation": "occupation.unknown"}),
        ({"regency": "0000"}, {"regency": "regency.unknown"}),
        ({"district": "000000"}, {"district": "district.unknown"}),
        ({"district": "320101"}, {"district": "district.elsewhere"}),
        ({"phone": "0614567890"}, {"phone": "phone.landline"}),
        ({"phone": "+6591234567"}, {"phone": "phone.foreign"}),
        ({"consent": None}, {"consent": "required"}),
        ({"consent": consent()}, {"consent.given_at": "required"}),
        ({"consent": consent(given_at="2026-11-20T09:30:00")}, {"consent.given_at": "timezone_aware"}),
        ({"consent": consent(given_at="2026-11-23T09:30:00Z")}, {"consent.given_at": "consent.in_future"}),
        ({"external_reference": "dua kata"}, {"external_reference": "string_pattern_mismatch"}),
        ({"photo": "x"}, {"?": "unknown_field"}),
        ({nik(9001): "x"}, {"?": "unknown_field"}),
    ],
)  # fmt: skip
async def test_each_wrong_field_is_named(rest: Rest, changes: dict[str, Any], errors: dict[str, str]) -> None:
    answer = await rest.create(rest.key(), **changes)
    assert is_problem(answer, 422, "validation")
    assert errors_of(answer) == errors
    assert nik(9001) not in answer.text
    assert rest.count(APPLICATION) == 0


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b"{", "application/json", (400, "malformed")),
        (b"[" * 60_000, "application/json", (400, "malformed")),
        (b"[]", "application/json", (422, "validation")),
        (b"null", "application/json", (422, "validation")),
        (b"nik=1", "application/x-www-form-urlencoded", (422, "validation")),
        (b"{" + b" " * 65_536 + b"}", "application/json", (413, "too_large")),
    ],
)
async def test_a_body_that_cannot_be_taken_is_a_problem(
    rest: Rest, content: bytes, kind: str, expected: tuple[int, str]
) -> None:
    headers = {**rest.key(), "Idempotency-Key": "a", "Content-Type": kind}
    assert is_problem(await rest.client.post(PATH, content=content, headers=headers), *expected)


async def test_a_long_body_of_unannounced_length_is_cut_off(rest: Rest) -> None:
    async def endless() -> Any:
        for _ in range(1_000):
            yield b" " * 65_536

    headers = {**rest.key(), "Idempotency-Key": "a", "Content-Type": "application/json"}
    assert is_problem(await rest.client.post(PATH, content=endless(), headers=headers), 413, "too_large")
