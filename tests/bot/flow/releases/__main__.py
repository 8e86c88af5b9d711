"""`python -m tests.bot.flow.releases VERSION`, once when a release is cut."""

import sys

from tests.bot.flow.releases import written

if __name__ == "__main__":
    sys.stdout.write(f"{written(sys.argv[1])}\n")
