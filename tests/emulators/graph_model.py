"""The values of the emulated Graph: its clock, templates, faults, and what was sent."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.emulators.graph_rules import Refusal

ANSWER, DROP, SILENCE = "answer", "drop", "silence"

_WENT_WRONG = Refusal(131000, "Something went wrong", status=500)


class SettableClock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.time = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)  # a Monday morning in Jakarta

    def __call__(self) -> dt.datetime:
        return self.time

    def advance(self, **time: float) -> None:
        self.time += dt.timedelta(**time)


@dataclass(frozen=True)
class Fault:
    """How a call goes wrong.

    Attributes:
        refusal: the answer, when there is one.
        accepted: whether Graph has done what it was asked before it goes wrong.
        ending: an answer, a cut connection, or nothing until the client gives up (the last two need a real socket).
        retry_after_s: seconds in a Retry-After header, 0 for none.
    """

    refusal: Refusal = _WENT_WRONG
    accepted: bool = False
    ending: str = ANSWER
    retry_after_s: int = 0


def throttled(retry_after_s: int = 0) -> Fault:
    """The account sends too fast."""
    return Fault(Refusal(130429, "Rate limit hit", status=429), retry_after_s=retry_after_s)


def server_error(*, accepted: bool = False) -> Fault:
    """Something went wrong at Meta, after or before the message was taken."""
    return Fault(accepted=accepted)


def silence(*, accepted: bool = True) -> Fault:
    """No answer ever; the client runs into its time-out."""
    return Fault(ending=SILENCE, accepted=accepted)


def cut(*, accepted: bool = False) -> Fault:
    """The connection breaks before a byte of the answer."""
    return Fault(ending=DROP, accepted=accepted)


def refusing(code: int, *, status: int = 400) -> Fault:
    """An error code of Graph's."""
    return Fault(Refusal(code, f"Emulated refusal {code}", status=status))


@dataclass(frozen=True)
class Template:
    """A template as Meta keeps it; `buttons` are the labels of its quick replies, in their order."""

    name: str
    language: str
    body: str
    status: str
    buttons: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        """How many parameters the body wants."""
        return len(set(re.findall(r"\{\{(\d+)\}\}", self.body)))

    def filled(self, values: tuple[str, ...]) -> str:
        """The text that a person reads."""
        return re.sub(r"\{\{(\d+)\}\}", lambda found: values[int(found[1]) - 1], self.body)

    def pressable(self, asked: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """(payload, label) of each button: what was sent along for it, else its own label."""
        given = {
            int(part["index"]): part["parameters"][0]["payload"]
            for part in asked.get("components", [])
            if part["type"] == "button"
        }
        return tuple((given.get(index, label), label) for index, label in enumerate(self.buttons))


@dataclass
class Sent:
    """A message Graph took.

    Attributes:
        kind: "text", "button", "list", "cta_url", "image", "document" or "template".
        choices: ids and labels of buttons or rows.
        links: label and URL of a link button.
        photo: bytes of a picture, also of one above buttons.
        document: (filename, bytes) of a file.
        failure: the code of the "failed" status that awaits the message, 0 when it reached the person.
        reported: the states that webhooks told of it.
    """

    id: str
    address: str
    kind: str
    text: str
    opaque: str
    at: dt.datetime
    payload: Mapping[str, Any] = field(repr=False)
    choices: tuple[tuple[str, str], ...] = ()
    links: dict[str, str] = field(default_factory=dict)
    photo: bytes | None = field(default=None, repr=False)
    document: tuple[str, bytes] | None = field(default=None, repr=False)
    template: tuple[str, str] | None = None
    parameters: tuple[str, ...] = ()
    failure: int = 0
    reported: list[str] = field(default_factory=list)

    @property
    def buttons(self) -> dict[str, str]:
        """Label → id of buttons or rows."""
        return {label: choice_id for choice_id, label in self.choices}


def sent_from(payload: Mapping[str, Any], *, message_id: str, at: dt.datetime, files: Mapping[str, Any]) -> Sent:
    """What a payload that keeps the rules shows on a telephone."""
    kind = payload["type"]
    sent = Sent(
        id=message_id,
        address=str(payload.get("to") or payload["recipient"]).removeprefix("+"),
        kind=kind,
        text="",
        opaque=payload.get("biz_opaque_callback_data", ""),
        at=at,
        payload=payload,
    )
    content = payload[kind]
    if kind == "text":
        sent.text = content["body"]
    elif kind == "template":
        sent.template = (content["name"], content["language"]["code"])
        parts = content.get("components", [])
        sent.parameters = tuple(one["text"] for part in parts if part["type"] == "body" for one in part["parameters"])
    elif kind == "interactive":
        _read_interactive(sent, content, files)
    else:
        sent.text = content.get("caption", "")
        _read_media(sent, payload, files)
    return sent


def _read_interactive(sent: Sent, content: Mapping[str, Any], files: Mapping[str, Any]) -> None:
    sent.kind, sent.text, action = content["type"], content["body"]["text"], content["action"]
    if sent.kind == "button":
        sent.choices = tuple((b["reply"]["id"], b["reply"]["title"]) for b in action["buttons"])
    elif sent.kind == "list":
        sent.choices = tuple((row["id"], row["title"]) for section in action["sections"] for row in section["rows"])
    else:
        sent.links = {action["parameters"]["display_text"]: action["parameters"]["url"]}
    _read_media(sent, content.get("header", {}), files)


def _read_media(sent: Sent, holder: Mapping[str, Any], files: Mapping[str, Any]) -> None:
    if "image" in holder:
        sent.photo = files[holder["image"]["id"]].data
    if "document" in holder:
        document = holder["document"]
        sent.document = (document.get("filename", ""), files[document["id"]].data)
