from __future__ import annotations

import asyncio
import datetime as dt
import json
from typing import Any

import pytest
from sqlalchemy import text, update

from models.delivery.idempotency import IDEMPOTENCY
from models.delivery.outbox import OUTBOX, claim
from models.ground import audit
from models.ground.audit import ENTRY
from models.ground.sealed import KeyRing
from models.ground.store import Store
from models.programme.programmes import PROGRAMME
from models.register.applications import APPLICATION, answers_of
from models.register.cases import DECISION
from models.register.consents import CONSENT
from models.register.officers import invite
from tests.webhook.rest import JPEG, NOW, Rest, errors_of, is_problem, nik, sample
from webhook import applications_read as reading
from webhook.problems import Problem

PATH = "/v1/applications"


def consent(**changes: str) -> dict[str, str]:
    return {"version": "1", "channel": "paper", **changes}


async def created(rest: Rest, key: dict[str, str], **changes: Any) -> str:
    answer = await rest.create(key, **changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


async def post(rest: Rest, key: dict[str, str], path: str, **body: Any) -> Any:
    return await rest.client.post(f"{PATH}/{path}", json=body, headers=key)


# --- create ---


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


# --- read and list ---


async def test_what_is_read_is_masked(rest: Rest) -> None:
    key = rest.key()
    number = await created(rest, key, external_reference="KOP-17")
    answer = await rest.client.get(f"{PATH}/{number}", headers=key)
    body = answer.json()
    assert body["nik"] == "•" * 12 + "9001"
    assert body["phone"].endswith("9001")
    assert (body["occupation"]["code"], body["regency"]["code"], body["district"]["code"]) == (
        "pedagang_pasar",
        "1271",
        "127101",
    )
    assert all(body[field]["name"] for field in ("occupation", "regency", "district"))
    assert (body["status"], body["external_reference"], body["photo"]) == ("submitted", "KOP-17", "none")
    assert not any(secret in answer.text for secret in (nik(9001), "SITI", "1990", "81234569001"))


async def test_a_number_is_read_in_any_spelling_and_a_wrong_one_is_not_found(rest: Rest) -> None:
    key = rest.key()
    number = await created(rest, key)
    assert (await rest.client.get(f"{PATH}/{number.replace('-', '')}", headers=key)).json()["number"] == number
    for wrong in ("2604-8214", "x", "0", "1" * 20, "%00"):
        assert is_problem(await rest.client.get(f"{PATH}/{wrong}", headers=key), 404, "not_found")


async def test_pages_give_every_application_once_newest_first(rest: Rest) -> None:
    key = rest.key()
    numbers = [await created(rest, key, nik=nik(9000 + serial)) for serial in range(1, 8)]
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await rest.client.get(PATH, params=query, headers=key)).json()
        seen += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        if len(seen) == 4:
            await created(rest, key, nik=nik(9100))  # one that comes while somebody turns pages
    assert seen == numbers[::-1]
    assert cursor is None


async def test_filters_narrow_the_list_and_drafts_never_show(rest: Rest) -> None:
    key, other = rest.key(), rest.key()
    first = await created(rest, key)
    second = await created(rest, key, nik=nik(9002), regency="3273", district="327301")
    await post(rest, other, f"{first}/decision", action="approve")
    rest.store.transaction(
        lambda session: session.execute(
            update(APPLICATION).where(APPLICATION.c.number == first).values(updated_at=NOW + dt.timedelta(hours=1))
        )
    )

    async def numbers(**query: str) -> list[str]:
        answer = await rest.client.get(PATH, params=query, headers=key)
        assert answer.status_code == 200, answer.text
        return [item["number"] for item in answer.json()["items"]]

    assert await numbers() == [second, first]
    assert await numbers(status="approved") == [first]
    assert await numbers(status="submitted", regency="3273") == [second]
    assert await numbers(regency="1272") == []
    assert await numbers(updated_since="2026-11-22T10:30:00+07:00") == [first]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"}, {"limit": "201"}, {"limit": "x"}, {"status": "draft"}, {"regency": "12"},
        {"updated_since": "kemarin"}, {"updated_since": "2026-11-22T10:30:00"}, {"cursor": "x" * 101},
    ],
)  # fmt: skip
async def test_a_query_out_of_bounds_is_refused(rest: Rest, query: dict[str, str]) -> None:
    answer = await rest.client.get(PATH, params=query, headers=rest.key())
    assert is_problem(answer, 422, "validation")
    assert list(errors_of(answer)) == list(query)


def test_a_cursor_is_good_for_its_own_filters_only_and_cannot_be_made_up() -> None:
    keys = KeyRing({"uji": b"k" * 32})
    filters = reading.Filters("submitted", "1271", NOW)
    cursor = reading.make_cursor(keys, 2**40, filters)
    assert reading.open_cursor(keys, cursor, filters) == 2**40
    for wrong, given in [
        (cursor, reading.Filters("submitted", "1272", NOW)), (cursor, reading.Filters()), ("", filters), ("é", filters),
        (cursor[:-2], filters), ("B" + cursor[1:], filters), (cursor[:-1] + "!", filters), ("A" * 24, filters),
    ]:  # fmt: skip
        with pytest.raises(Problem, match="cursor"):
            reading.open_cursor(keys, wrong, given)


async def test_a_cursor_that_is_not_ours_is_refused(rest: Rest) -> None:
    answer = await rest.client.get(PATH, params={"cursor": "AAAAAAAAAAAAAAAAAAAAAAAA"}, headers=rest.key())
    assert is_problem(answer, 400, "cursor_invalid")


def test_a_page_is_found_by_the_primary_key_without_sorting(store: Store) -> None:
    statement = reading.listing(reading.Filters(), before=500_000, limit=200)
    sql = str(statement.compile(store.engine, compile_kwargs={"literal_binds": True}))
    with store.engine.connect() as connection:
        if store.is_sqlite:
            plan = " ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}")))
        else:
            for way in ("seqscan", "bitmapscan", "sort"):  # an empty table would be read whole
                connection.execute(text(f"SET enable_{way} = off"))
            plan = " ".join(row[0] for row in connection.execute(text(f"EXPLAIN {sql}")))
    assert "USING INTEGER PRIMARY KEY (rowid<?)" in plan or "Index Scan Backward using pk_application" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


# --- photo ---


async def upload(rest: Rest, key: dict[str, str], number: str, data: bytes, *, kind: str = "image/jpeg") -> Any:
    return await rest.client.post(f"{PATH}/{number}/photo", content=data, headers={**key, "Content-Type": kind})


def files_on_disk(rest: Rest, tmp_path: Any) -> list[Any]:
    return [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


@pytest.mark.parametrize("form", [True, False])
async def test_a_photo_is_stored_sealed_and_a_job_waits_for_it(rest: Rest, tmp_path: Any, form: bool) -> None:
    key = rest.key()
    number = await created(rest, key)
    if form:
        files = {"file": ("ktp.jpg", JPEG, "image/jpeg")}
        answer = await rest.client.post(f"{PATH}/{number}/photo", files=files, headers=key)
    else:
        answer = await upload(rest, key, number, JPEG)
    assert (answer.status_code, answer.json()) == (202, {"number": number, "status": "submitted", "photo": "reading"})
    row = rest.row(number)
    assert (row.photo_state, row.flags) == ("reading", "photo_manual")
    job = rest.store.transaction(lambda session: claim(session, "job.photo", limit=5, now=NOW))[0]
    assert (job.payload["application"], job.payload["source"], job.subject_id) == (row.id, "api", row.id)
    assert await rest.edge.files.get(job.payload["file"]) == JPEG
    stored = files_on_disk(rest, tmp_path)
    assert len(stored) == 1
    assert JPEG not in stored[0].read_bytes()
    assert "photo.add" in {entry.action for entry in rest.rows(ENTRY)}


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 ...", b"GIF89a" + bytes(50), b"halo", b"PK\x03\x04", b"<svg></svg>"])
async def test_bytes_that_are_no_photo_are_refused_at_once_and_leave_nothing(rest: Rest, tmp_path: Any, data: bytes) -> None:
    key = rest.key()
    number = await created(rest, key)
    assert is_problem(await upload(rest, key, number, data), 415, "unsupported_media")
    form = await rest.client.post(f"{PATH}/{number}/photo", files={"file": ("ktp.jpg", data)}, headers=key)
    assert is_problem(form, 415, "unsupported_media")
    assert rest.row(number).photo_state == "none"
    assert files_on_disk(rest, tmp_path) == []


async def test_a_form_without_a_file_or_in_pieces_is_refused(rest: Rest) -> None:
    key = rest.key()
    number = await created(rest, key)
    named = await rest.client.post(f"{PATH}/{number}/photo", files={"photo": ("ktp.jpg", JPEG)}, headers=key)
    assert is_problem(named, 422, "validation")
    two = [("file", ("a.jpg", JPEG)), ("file", ("b.jpg", JPEG))]
    assert is_problem(await rest.client.post(f"{PATH}/{number}/photo", files=two, headers=key), 400, "malformed")
    broken = await upload(rest, key, number, b"--x\r\n", kind="multipart/form-data; boundary=x")
    assert is_problem(broken, 422, "validation")
    without = await upload(rest, key, number, b"--x\r\n", kind="multipart/form-data")
    assert is_problem(without, 400, "malformed")


async def test_a_photo_that_is_too_large_is_refused(rest: Rest) -> None:
    key = rest.key()
    number = await created(rest, key)
    assert is_problem(await upload(rest, key, number, JPEG + bytes(15_000_000)), 413, "too_large")
    assert is_problem(await upload(rest, key, number, JPEG + bytes(15_100_000)), 413, "too_large")


async def test_a_photo_for_nobody_or_too_late_leaves_no_file(rest: Rest, tmp_path: Any) -> None:
    key = rest.key()
    assert is_problem(await upload(rest, key, "2604-8213", JPEG), 404, "not_found")
    number = await created(rest, key)
    await post(rest, key, f"{number}/withdrawal", reason="by_worker")
    assert is_problem(await upload(rest, key, number, JPEG), 409, "status")
    assert files_on_disk(rest, tmp_path) == []


async def test_the_file_is_deleted_when_its_transaction_is_rolled_back(rest: Rest, tmp_path: Any) -> None:
    key = rest.key()
    number = await created(rest, key)
    rest.store.transaction(lambda session: session.execute(text("DROP TABLE audit_head")))
    assert is_problem(await upload(rest, key, number, JPEG), 500, "internal")
    assert rest.row(number).photo_state == "none"
    assert rest.rows(OUTBOX) == []
    assert files_on_disk(rest, tmp_path) == []


async def test_a_returned_application_that_lacked_only_the_photo_is_submitted_again(rest: Rest) -> None:
    key, office = rest.key(), rest.key()
    number = await created(rest, key)
    await post(rest, office, f"{number}/decision", action="return", reason="photo_missing")
    answer = await upload(rest, key, number, JPEG)
    assert answer.json()["status"] == "submitted"
    assert rest.row(number).return_fields == ""


# --- decide and withdraw ---


async def test_another_key_may_approve_and_the_decision_is_on_record(rest: Rest) -> None:
    number = await created(rest, rest.key())
    answer = await post(rest, rest.key(), f"{number}/decision", action="approve")
    assert (answer.status_code, answer.json()) == (200, {"number": number, "status": "approved", "told": False})
    assert rest.row(number).approved_by_key == 2
    assert [(row.status, row.actor) for row in rest.rows(DECISION)] == [("approved", "api:2")]


async def test_the_key_that_entered_an_application_cannot_approve_it(rest: Rest) -> None:
    key = rest.key()
    number = await created(rest, key)
    assert is_problem(await post(rest, key, f"{number}/decision", action="approve"), 409, "four_eyes")
    assert rest.row(number).status == "submitted"


async def test_the_key_that_added_the_photo_cannot_approve_either(rest: Rest) -> None:
    number = await created(rest, rest.key())
    other = rest.key()
    await upload(rest, other, number, JPEG)
    assert is_problem(await post(rest, other, f"{number}/decision", action="approve"), 409, "four_eyes")


async def test_a_return_names_the_fields_of_its_reason_unless_others_are_given(rest: Rest) -> None:
    key, office = rest.key(), rest.key()
    first, second = await created(rest, key), await created(rest, key, nik=nik(9002))
    await post(rest, office, f"{first}/decision", action="return", reason="place_unclear")
    await post(rest, office, f"{second}/decision", action="return", reason="place_unclear", fields=["phone", "district"])
    assert rest.row(first).return_fields == "regency,district"
    assert rest.row(second).return_fields == "district,phone"
    seen = (await rest.client.get(f"{PATH}/{second}", headers=key)).json()
    assert (seen["reason"], seen["return_fields"]) == ("place_unclear", ["district", "phone"])


@pytest.mark.parametrize(
    "body",
    [
        {}, {"action": "delete"}, {"action": "return"}, {"action": "refuse"},
        {"action": "refuse", "reason": "photo_unclear"},
        {"action": "return", "reason": "formal_worker"}, {"action": "approve", "reason": "photo_unclear"},
        {"action": "return", "reason": "photo_unclear", "fields": ["wallet"]},
        {"action": "refuse", "reason": "deceased", "fields": ["nik"]},
    ],
)  # fmt: skip
async def test_a_decision_needs_a_reason_that_fits(rest: Rest, body: dict[str, Any]) -> None:
    number = await created(rest, rest.key())
    assert is_problem(await post(rest, rest.key(), f"{number}/decision", **body), 422, "validation")
    assert rest.row(number).status == "submitted"


async def test_what_is_decided_stays_decided(rest: Rest) -> None:
    number = await created(rest, rest.key())
    office = rest.key()
    assert (await post(rest, office, f"{number}/decision", action="refuse", reason="deceased")).json()["status"] == "refused"
    assert is_problem(await post(rest, office, f"{number}/decision", action="approve"), 409, "status")
    assert is_problem(await post(rest, office, f"{number}/withdrawal", reason="by_worker"), 409, "status")
    assert is_problem(await post(rest, office, "2604-8213/decision", action="approve"), 404, "not_found")


async def test_a_case_that_an_officer_has_open_is_left_alone(rest: Rest) -> None:
    number = await created(rest, rest.key())
    officer = rest.store.transaction(lambda session: invite(session, name="Uji", role="verifier", area="", now=NOW))[0]
    held = {"held_by": officer, "held_until": NOW + dt.timedelta(minutes=5)}
    rest.store.transaction(lambda session: session.execute(update(APPLICATION).values(**held)))
    assert is_problem(await post(rest, rest.key(), f"{number}/decision", action="approve"), 409, "held_by_other")


async def test_no_more_is_approved_than_there_are_places(rest: Rest) -> None:
    rest.store.transaction(lambda session: session.execute(update(PROGRAMME).values(quota=2)))
    key, office = rest.key(), rest.key()
    numbers = [await created(rest, key, nik=nik(9000 + serial)) for serial in range(1, 5)]
    answers = await asyncio.gather(*(post(rest, office, f"{number}/decision", action="approve") for number in numbers))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"quota"}


async def test_a_withdrawal_frees_the_nik_and_takes_the_consent_back(rest: Rest) -> None:
    key = rest.key()
    number = await created(rest, key)
    answer = await post(rest, key, f"{number}/withdrawal", reason="by_worker")
    assert answer.json() == {"number": number, "status": "withdrawn"}
    assert rest.rows(CONSENT)[0].withdrawn_at == NOW
    assert (await rest.create(key)).status_code == 201


@pytest.mark.parametrize("reason", ["", "Siti sakit", "x" * 41, None, "a\u0000"])
async def test_the_reason_of_a_withdrawal_is_a_code(rest: Rest, reason: str | None) -> None:
    number = await created(rest, rest.key())
    assert is_problem(await post(rest, rest.key(), f"{number}/withdrawal", reason=reason), 422, "validation")
