"""What is said unasked to somebody who has fallen silent in the midst of a registration."""

from enum import StrEnum


class Courtesy(StrEnum):
    """A word about an unfinished draft; the value is the tail of `remind.<value>` in locales."""

    FIRST = "first"
    SECOND = "second"
    WARNING = "warning"
    DELETED = "deleted"
