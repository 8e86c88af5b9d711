"""Making a revision: `python -m models.migrations.make STAMP "What it does"` compares the tables with the revisions.

STAMP is the time, such as 2026-11-22-0300. With `--first` the first revision is written anew instead, under its old name:
allowed only while nothing has landed. `make migration` and `make first-migration` call this.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

from alembic import command

from models.ground.store import throwaway_engine
from models.migrations.run import FOLDER, alembic_config, head, upgrade

VERSIONS = FOLDER / "versions"


def make(stamp: str, message: str) -> Path:
    """A new file stands in `versions`, with what must change to come from the revisions to the tables.

    Raises:
        ValueError: the stamp is not of its form, or not later than the newest revision.
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d-\d{4}", stamp):
        raise ValueError("the stamp is YYYY-MM-DD-HHMM")
    revision = stamp.replace("-", "")
    if any(VERSIONS.glob("*.py")) and revision <= head():
        raise ValueError(f"the stamp must be later than {head()}")
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/compared.db"
        if any(VERSIONS.glob("*.py")):
            upgrade(url)
        with throwaway_engine(url) as engine, engine.begin() as connection:
            config = alembic_config(connection)
            config.set_main_option("file_template", f"{stamp}_%%(slug)s")
            command.revision(config, message, autogenerate=True, rev_id=revision)
    return VERSIONS / f"{stamp}_{slug}.py"


def make_first() -> Path:
    """The one revision there is was written anew from the tables.

    Raises:
        ValueError: there is more than one.
    """
    (old,) = sorted(VERSIONS.glob("*.py"))
    kept = old.read_text()
    old.unlink()
    try:
        return make(old.name.partition("_")[0], "first")
    except BaseException:
        old.write_text(kept)
        raise


def _main() -> None:
    parser = argparse.ArgumentParser(description="Make a revision of the database.")
    parser.add_argument("--first", action="store_true", help="write the first revision anew (while nothing has landed)")
    parser.add_argument("stamp", nargs="?", default="", help="YYYY-MM-DD-HHMM")
    parser.add_argument("message", nargs="?", default="", help="what the revision does")
    wanted = parser.parse_args()
    if not wanted.first and not wanted.message:
        parser.error('say what the revision does: make migration m="add desil to application"')
    made = make_first() if wanted.first else make(wanted.stamp, wanted.message)
    sys.stdout.write(f"{made}\n")


if __name__ == "__main__":
    _main()
