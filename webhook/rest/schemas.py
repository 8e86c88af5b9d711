"""The bodies of the REST interface: what they hold, what is refused about each field, and an example of each.

Values are checked by the catalogue, so that the rules of the chat hold here. What depends on the clock or the register is
checked where the operation is done.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from models.catalogue import occupations, regions
from models.catalogue.fields import Field as FieldName
from models.catalogue.nik import NikProblem, parse_nik
from models.catalogue.phone import PhoneProblem, parse_phone
from models.catalogue.reasons import RefusalReason, ReturnReason
from models.catalogue.statuses import Status
from models.delivery.subscribers import EVENTS

_LETTERS = re.compile(r"[^\W\d_][^\d_\x00-\x1f]*")
ListedStatus = Literal["submitted", "returned", "approved", "refused", "withdrawn", "card_refused", "issued"]


def _nik(text: str) -> str:
    found = parse_nik(text)
    if isinstance(found, NikProblem):
        raise PydanticCustomError(f"nik.{found.value}", f"not a NIK: {found.value.replace('_', ' ')}")
    return found.digits


def _phone(text: str) -> str:
    found = parse_phone(text)
    if isinstance(found, PhoneProblem):
        raise PydanticCustomError(
            f"phone.{found.value}", f"not an Indonesian mobile number: {found.value.replace('_', ' ')}"
        )
    return found.e164


def _name(text: str) -> str:
    plain = " ".join(text.split()).upper()
    if not _LETTERS.fullmatch(plain) or sum(sign.isalpha() for sign in plain) < 2:
        raise PydanticCustomError("name.unclear", "must be written as on the KTP: letters, no digits")
    return plain


def _occupation(code: str) -> str:
    try:
        return occupations.get_occupation(code).id
    except KeyError:
        raise PydanticCustomError("occupation.unknown", "no occupation has this id") from None


def _regency(code: str) -> str:
    try:
        return regions.get_regency(code).code
    except KeyError:
        raise PydanticCustomError("regency.unknown", "no regency or city has this code today") from None


def _district(code: str, so_far: ValidationInfo) -> str:
    try:
        found = regions.get_district(code)
    except KeyError:
        raise PydanticCustomError("district.unknown", "no district has this code today") from None
    regency = so_far.data.get("regency")
    if regency is not None and found.regency_code != regency:
        raise PydanticCustomError("district.elsewhere", "the district is not part of the regency")
    return found.code


class _In(BaseModel):
    """A body that comes in: fields that we do not know are refused, not dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class ConsentIn(_In):
    """The applicant's consent, as your side recorded it (UU 27/2022 art. 20-24)."""

    version: str = Field(
        pattern=r"^[\x21-\x7e]{1,20}$", description="version of the privacy notice shown", examples=["2026-1"]
    )
    given_at: AwareDatetime = Field(description="when, with time zone", examples=["2026-11-20T09:30:00+07:00"])
    channel: str = Field(pattern=r"^[a-z_]{1,16}$", description="how, in one word", examples=["paper"])
    text_hash: str = Field(default="", pattern=r"^([0-9a-f]{64})?$", description="SHA-256 of the text shown, in hex")


class ApplicationIn(_In):
    """One worker's application."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "nik": "1271014508909001",
                    "name": "SITI CONTOH",
                    "birth_place": "MEDAN",
                    "birth_date": "1990-08-05",
                    "sex": "P",
                    "occupation": "pedagang_pasar",
                    "regency": "1271",
                    "district": "127101",
                    "phone": "081234569001",
                    "consent": {"version": "2026-1", "given_at": "2026-11-20T09:30:00+07:00", "channel": "paper"},
                    "external_reference": "KOP-2026-0017",
                }
            ]
        }
    )

    nik: Annotated[str, AfterValidator(_nik)] = Field(
        max_length=40, description="sixteen digits; spaces and dots are all right"
    )
    name: Annotated[str, AfterValidator(_name)] = Field(min_length=2, max_length=80, description="as on the KTP")
    birth_place: Annotated[str, AfterValidator(_name)] | None = Field(default=None, max_length=80)
    birth_date: dt.date
    sex: Literal["L", "P"] | None = Field(default=None, description="L = man, P = woman, as on the KTP")
    occupation: Annotated[str, AfterValidator(_occupation)] = Field(
        max_length=60, description="id of the list of occupations"
    )
    regency: Annotated[str, AfterValidator(_regency)] = Field(
        max_length=4, description="place of work: Kemendagri code, four digits"
    )
    district: Annotated[str, AfterValidator(_district)] = Field(
        max_length=6, description="place of work: Kemendagri code, six digits"
    )
    phone: Annotated[str, AfterValidator(_phone)] = Field(max_length=40, description="mobile number of the worker")
    consent: ConsentIn
    external_reference: str | None = Field(
        default=None, pattern=r"^[\x21-\x7e]{1,60}$", description="your own number of the case; no personal data"
    )

    def answers(self) -> dict[str, str]:
        """The answers as the register keeps them."""
        given = {
            FieldName.NIK: self.nik,
            FieldName.NAME: self.name,
            FieldName.BIRTH_PLACE: self.birth_place,
            FieldName.BIRTH_DATE: self.birth_date.isoformat(),
            FieldName.SEX: self.sex,
            FieldName.OCCUPATION: self.occupation,
            FieldName.REGENCY: self.regency,
            FieldName.DISTRICT: self.district,
            FieldName.PHONE: self.phone,
        }
        answers = {field.value: value for field, value in given.items() if value}
        return answers | ({"external_reference": self.external_reference} if self.external_reference else {})


class Created(BaseModel):
    """The application was stored and waits for an officer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number": "2604-8215",
                    "status": "submitted",
                    "flags": ["no_photo"],
                    "links": {"self": "/v1/applications/2604-8215", "photo": "/v1/applications/2604-8215/photo"},
                }
            ]
        }
    )

    number: str
    status: Status
    flags: list[str] = Field(description="what an officer will look at twice")
    links: dict[str, str]


class Named(BaseModel):
    """A code and what it means."""

    code: str = Field(examples=["1271"])
    name: str = Field(examples=["Kota Medan"])


class ApplicationOut(BaseModel):
    """An application without what identifies the person: NIK and phone are masked."""

    number: str = Field(examples=["2604-8215"])
    status: Status
    created_at: dt.datetime
    submitted_at: dt.datetime | None
    decided_at: dt.datetime | None
    updated_at: dt.datetime
    occupation: Named
    regency: Named
    district: Named
    flags: list[str] = Field(examples=[["no_photo"]])
    photo: str = Field(description="none, reading, read or manual", examples=["none"])
    nik: str | None = Field(description="masked; null when the data were deleted", examples=["••••••••••••9001"])
    phone: str | None = Field(description="masked", examples=["••••••••••9001"])
    reason: str | None = Field(description="reason code of a return or refusal", examples=[None])
    return_fields: list[str] = Field(description="fields to correct", examples=[[]])
    external_reference: str | None = Field(examples=["KOP-2026-0017"])
    links: dict[str, str] = Field(examples=[{"self": "/v1/applications/2604-8215"}])


class Page(BaseModel):
    """Some applications, newest first."""

    items: list[ApplicationOut]
    next_cursor: str | None = Field(description="pass it as `cursor` for the next page; null at the end")


class PhotoTaken(BaseModel):
    """The photo is stored and will be read."""

    number: str = Field(examples=["2604-8215"])
    status: Status
    photo: str = Field(examples=["reading"])


class DecisionIn(_In):
    """A decision on an application."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"action": "approve"},
                {"action": "return", "reason": "photo_unclear", "fields": ["photo"]},
                {"action": "refuse", "reason": "formal_worker"},
            ]
        }
    )

    action: Literal["approve", "return", "refuse"]
    reason: str | None = Field(default=None, max_length=40, description="reason code; needed for return and refuse")
    fields: list[FieldName] = Field(
        default_factory=list, max_length=10, description="what to correct; by default what the reason names"
    )

    @model_validator(mode="after")
    def _fits(self) -> DecisionIn:
        known: dict[str, set[str]] = {"approve": set(), "return": set(ReturnReason), "refuse": set(RefusalReason)}
        if self.action == "approve" and (self.reason or self.fields):
            raise PydanticCustomError("reason.unwanted", "an approval has neither reason nor fields")
        if self.action != "approve" and self.reason not in known[self.action]:
            raise PydanticCustomError("reason.unknown", "reason must be one of the codes for this action")
        if self.action == "refuse" and self.fields:
            raise PydanticCustomError("fields.unwanted", "a refusal has no fields")
        return self


class Decided(BaseModel):
    """The application stands at its new status."""

    number: str = Field(examples=["2604-8215"])
    status: Status
    told: bool = Field(description="whether the worker has an address where the news is sent")


class WithdrawalIn(_In):
    """Why an application is withdrawn."""

    reason: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,39}$", description="a short code, no personal data", examples=["by_worker"]
    )


class Withdrawn(BaseModel):
    """The application is withdrawn, and its NIK is free again."""

    number: str = Field(examples=["2604-8215"])
    status: Status


class SubscriberIn(_In):
    """Where events are to be sent."""

    url: str = Field(min_length=8, max_length=500, description="https only", examples=["https://contoh.example/payung"])
    events: list[str] = Field(
        default_factory=list,
        max_length=10,
        description=f"empty = all; else some of {', '.join(EVENTS)}",
        examples=[["card.issued"]],
    )


class SubscriberOut(BaseModel):
    """One subscriber; its secret is never shown again."""

    id: int = Field(examples=[3])
    url: str = Field(examples=["https://contoh.example/payung"])
    events: list[str] = Field(examples=[["card.issued"]])
    created_at: dt.datetime


class SubscriberCreated(SubscriberOut):
    """A new subscriber, with its secret: shown this once."""

    secret: str = Field(description="verify deliveries with it (Standard Webhooks)", examples=["whsec_…"])


class Subscribers(BaseModel):
    """All active subscribers."""

    items: list[SubscriberOut]
