"""Decides which seeds are for tuning and which for judging, so that no figure is reported on photos somebody tuned on.

Tuning seeds stay below `FIRST_JUDGING`; only the benchmark (`tests.bench.ktp`) draws from there on.
"""

FIRST_TUNING, FIRST_JUDGING = 0, 10_000
FIRST_VARIED = 1_000  # from here on people live all over the country; below they are as they were first drawn


def is_judging(seed: int) -> bool:
    """True for a seed that nobody may tune on."""
    return seed >= FIRST_JUDGING
