"""The reasons an officer may give: what is sent back to be mended, and what is refused.

Each value is also the tail of two locale keys: `reason.return.<value>` or `reason.refuse.<value>` says it to the worker, the
same with `.label` fits an officer's button. Refuses to know how a reason is shown or who may give it.
"""

from enum import StrEnum, unique

from models.catalogue.fields import Field


@unique
class ReturnReason(StrEnum):
    """Something can be mended by the worker; `fields` says what is asked again."""

    PHOTO_UNCLEAR = "photo_unclear"
    PHOTO_CUT_OFF = "photo_cut_off"
    PHOTO_GLARE = "photo_glare"
    PHOTO_NOT_KTP = "photo_not_ktp"
    PHOTO_OTHER_PERSON = "photo_other_person"
    PHOTO_MISSING = "photo_missing"
    NIK_DIFFERS = "nik_differs"
    NIK_IS_KK = "nik_is_kk"
    NAME_DIFFERS = "name_differs"
    BIRTH_DATE_DIFFERS = "birth_date_differs"
    OCCUPATION_UNCLEAR = "occupation_unclear"
    PLACE_MISSING = "place_missing"
    PLACE_UNCLEAR = "place_unclear"
    PHONE_WRONG = "phone_wrong"

    @property
    def fields(self) -> frozenset[Field]:
        """The fields that the worker is asked for again; never empty."""
        return _RETURN_FIELDS[self]


@unique
class RefusalReason(StrEnum):
    """Why an application ends without cover."""

    UNDER_AGE = "under_age"
    AGE_OVER_64 = "age_over_64"
    FORMAL_WORKER = "formal_worker"
    CIVIL_SERVANT = "civil_servant"
    NOT_WORKING = "not_working"
    OTHER_REGION = "other_region"
    OTHER_OCCUPATION = "other_occupation"
    OTHER_PROGRAMME = "other_programme"
    ALREADY_INSURED = "already_insured"
    DUPLICATE = "duplicate"
    DECEASED = "deceased"
    FALSE_DATA = "false_data"
    NIK_NOT_ACCEPTED = "nik_not_accepted"
    NOT_REPAIRED = "not_repaired"
    QUOTA_FULL = "quota_full"
    WITHOUT_CONSENT = "without_consent"


_PLACE = frozenset({Field.REGENCY, Field.DISTRICT})
_RETURN_FIELDS = {
    ReturnReason.PHOTO_UNCLEAR: frozenset({Field.PHOTO}),
    ReturnReason.PHOTO_CUT_OFF: frozenset({Field.PHOTO}),
    ReturnReason.PHOTO_GLARE: frozenset({Field.PHOTO}),
    ReturnReason.PHOTO_NOT_KTP: frozenset({Field.PHOTO}),
    ReturnReason.PHOTO_OTHER_PERSON: frozenset({Field.PHOTO}),
    ReturnReason.PHOTO_MISSING: frozenset({Field.PHOTO}),
    ReturnReason.NIK_DIFFERS: frozenset({Field.NIK}),
    ReturnReason.NIK_IS_KK: frozenset({Field.NIK}),
    ReturnReason.NAME_DIFFERS: frozenset({Field.NAME}),
    ReturnReason.BIRTH_DATE_DIFFERS: frozenset({Field.BIRTH_DATE}),
    ReturnReason.OCCUPATION_UNCLEAR: frozenset({Field.OCCUPATION}),
    ReturnReason.PLACE_MISSING: _PLACE,
    ReturnReason.PLACE_UNCLEAR: _PLACE,
    ReturnReason.PHONE_WRONG: frozenset({Field.PHONE}),
}
