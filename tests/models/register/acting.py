"""Who acts in these tests, and a submission by them."""

from __future__ import annotations

from functools import partial

from models.register import actors, submission

ACTOR = actors.system("test")
submit = partial(submission.submit, actor=ACTOR)
