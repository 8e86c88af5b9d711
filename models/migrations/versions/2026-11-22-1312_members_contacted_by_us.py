"""members contacted by us."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = '202611221312'
down_revision = '202611221012'
branch_labels = None
depends_on = None

# SQLite copies a changed table: its counter must go on, so that no id is given twice.
COUNTED = {'sqlite_autoincrement': True}
COPIED = ('address', 'referral_row')


def upgrade() -> None:
    counters = _counters()
    how: Literal['always', 'auto'] = 'always' if op.get_bind().dialect.name == 'sqlite' else 'auto'
    with op.batch_alter_table('address', schema=None, table_kwargs=COUNTED, recreate=how) as batch_op:
        batch_op.add_column(sa.Column('phone_hash', sa.LargeBinary(), nullable=True))
        batch_op.create_index(batch_op.f('ix_address_phone_hash'), ['phone_hash'], unique=False)

    with op.batch_alter_table('referral_row', schema=None, table_kwargs=COUNTED, recreate=how) as batch_op:
        batch_op.add_column(sa.Column('contacted_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('unreached', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index(batch_op.f('ix_referral_row_conversation_id'), ['conversation_id'], unique=False)
        contacted = sa.text('contacted_at IS NOT NULL')
        batch_op.create_index(
            'ix_referral_row_contacted', ['contacted_at'], sqlite_where=contacted, postgresql_where=contacted
        )
    _count_on(counters)


def _counters() -> list[tuple[str, int]]:
    if op.get_bind().dialect.name != 'sqlite':
        return []
    found = op.get_bind().exec_driver_sql('SELECT name, seq FROM sqlite_sequence').all()
    return [(name, seq) for name, seq in found if name in COPIED]


def _count_on(counters: list[tuple[str, int]]) -> None:
    for name, seq in counters:
        op.get_bind().exec_driver_sql('DELETE FROM sqlite_sequence WHERE name = ?', (name,))
        op.get_bind().exec_driver_sql('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)', (name, seq))
