"""Log lines are JSON, and neither personal numbers nor tokens get into one, by whatever way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from webhook.logs import mask

NIK, PHONE = "3201014101909001", "+6281290009001"
TELEGRAM = "900100:" + "A" * 35
META = "EAAG" + "9aZ" * 20
SECRETS = {
    "nik": NIK,
    "grouped nik": "3201 0141 0190 9001",
    "phone": PHONE,
    "phone as typed": "0812-9000-9001",
    "phone with points": "0812.9000.9001",
    "card": "26041234567",
    "telegram token": TELEGRAM,
    "telegram url": f"https://api.telegram.org/bot{TELEGRAM}/sendMessage",
    "meta token": META,
    "api key": "pyg_" + "k" * 32,
    "webhook secret": "whsec_" + "c2VjcmV0" * 4,
    "link": "https://payung.example/chat#t=" + "x" * 32,
    "older link": "/chat?t=" + "y" * 32,
    "bearer": "Authorization: Bearer abc.def-123",
}
#: What must not be found: the telling part of each.
TELLING = [
    NIK, "0141 0190", "9001 ", "81290009001", "9000-9001", "9000.9001", "26041234567", "A" * 20, META[4:], "k" * 20,
    "c2VjcmV0c2VjcmV0", "x" * 20, "y" * 20, "abc.def",
]  # fmt: skip
SCRIPT = """
import json, logging, sys
import structlog
from webhook import logs

secrets = json.loads(sys.argv[1])
logs.configure()
log = structlog.get_logger("payung")


class Thing:
    def __init__(self, secret):
        self.secret = secret

    def __repr__(self):
        return f"Thing({self.secret})"


def fail(secret):
    raise ValueError(f"cannot take {secret}")


for name, secret in secrets.items():
    log.info("said", secret=secret, nested={"inner": [secret, (secret,)]}, thing=Thing(secret))
    log.info(f"event {secret}")
    logging.getLogger("httpx").warning("HTTP Request: POST %s", secret)
    logging.getLogger("library").error("wrong: %r", {"secret": secret})
    try:
        fail(secret)
    except ValueError:
        log.exception("turn.bug")
        logging.getLogger("library").exception("it failed")
log.info("whole", number=int(secrets["nik"]), phone=int(secrets["card"]))
logging.getLogger("httpx").info("too low to be shown")
log.debug("too low to be shown")
"""


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """What a process writes that logs every secret in every way."""
    command = [sys.executable, "-c", SCRIPT, json.dumps(SECRETS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_every_line_is_json_with_a_level_and_a_time(lines: list[str]) -> None:
    events = [json.loads(line) for line in lines]
    assert len(events) == 6 * len(SECRETS) + 1
    assert all({"event", "level", "timestamp"} <= set(event) for event in events)
    assert all(event["timestamp"].startswith("20") and event["timestamp"].endswith("Z") for event in events)


def test_no_secret_is_in_any_line(lines: list[str]) -> None:
    for secret in TELLING:
        assert not [line for line in lines if secret in line], secret


def test_an_exceptions_own_words_are_masked_too(lines: list[str]) -> None:
    traces = [event["exception"] for event in map(json.loads, lines) if "exception" in event]
    assert len(traces) == 2 * len(SECRETS)
    assert all("cannot take" in trace and "•••" in trace for trace in traces)


def test_a_librarys_line_names_the_library(lines: list[str]) -> None:
    assert {"httpx", "library"} <= {json.loads(line).get("logger") for line in lines}


@pytest.mark.parametrize(
    "value",
    ["turn.bug", "9001-0014", "2026-11-22T09:00:00.123456Z", 42, 1.5, True, None, "A1B2C3", "12345678", 99_999_999],
)
def test_what_is_ours_stays_readable(value: Any) -> None:
    assert mask(None, "info", {"value": value}) == {"value": value}


def test_a_mapping_is_masked_in_keys_and_values() -> None:
    masked = mask(None, "info", {"a": {NIK: {"b": [PHONE, 5]}}})
    assert masked == {"a": {"•••": {"b": ["+•••", 5]}}}
