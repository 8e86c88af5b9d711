"""${message}."""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
% if down_revision is None:
    # The end of the audit chain: one row, before the first entry.
    head = sa.table("audit_head", sa.column("id", sa.Integer), sa.column("last_id", sa.BigInteger), sa.column("hash", sa.LargeBinary))
    op.bulk_insert(head, [{"id": 1, "last_id": 0, "hash": bytes(32)}])
% endif
