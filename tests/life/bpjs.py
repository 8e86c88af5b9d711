"""BPJS as it would call us: signed events."""

from __future__ import annotations

import datetime as dt
import json

import httpx
from standardwebhooks import Webhook

from tests.life.served import BPJS_SECRET


def issue_card(url: str, number: str, kpj: str, *, event_id: str = "evt_life_1") -> httpx.Response:
    """The answer to a signed card-issued event."""
    now = dt.datetime.now(dt.UTC)  # noqa: TID251 - the outside world has its own clock
    body = json.dumps(
        {"id": event_id, "type": "card.issued", "data": {"number": number, "kpj": kpj, "issued_on": "2026-11-22"}}
    )
    headers = {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(BPJS_SECRET).sign(event_id, now, body),
    }
    return httpx.post(f"{url}/webhooks/bpjs", content=body, headers=headers, timeout=20)
