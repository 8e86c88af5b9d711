"""A photo over the interface is stored sealed, and read by a job."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from models.delivery.claims import claim
from models.delivery.outbox import OUTBOX
from models.ground.audit import ENTRY
from tests.webhook.rest.client import JPEG, NOW, PATH, Rest, created, is_problem, post, upload


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
