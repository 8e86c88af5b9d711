"""The fields of an application: one name each, used by the flow, the register, the API and the reasons."""

from enum import StrEnum


class Field(StrEnum):
    """What is asked of an applicant; the value is the key in stored answers and the tail of `field.<value>` in locales."""

    PHOTO = "photo"
    NIK = "nik"
    NAME = "name"
    BIRTH_PLACE = "birth_place"
    BIRTH_DATE = "birth_date"  # ISO date
    SEX = "sex"  # "L" or "P"
    OCCUPATION = "occupation"  # an occupation id of the catalogue
    REGENCY = "regency"  # code of the kabupaten/kota of work, such as "12.71" without the dot: "1271"
    DISTRICT = "district"  # code of the kecamatan of work, six digits
    PHONE = "phone"  # E.164
