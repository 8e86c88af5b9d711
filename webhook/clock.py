"""The clock: the one place that reads the time of day. Everybody else is told."""

import datetime as dt


def now() -> dt.datetime:
    """This instant, aware, in UTC."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - the edge
