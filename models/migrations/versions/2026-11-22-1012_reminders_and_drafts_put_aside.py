"""reminders and drafts put aside."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = '202611221012'
down_revision = '202611221010'
branch_labels = None
depends_on = None

# SQLite copies a changed table: its counter must go on, so that no id is given twice.
COUNTED = {'sqlite_autoincrement': True}
COPIED = ('application', 'conversation')


def upgrade() -> None:
    counters = _counters()
    how: Literal['always', 'auto'] = 'always' if op.get_bind().dialect.name == 'sqlite' else 'auto'
    with op.batch_alter_table('application', schema=None, table_kwargs=COUNTED, recreate=how) as batch_op:
        batch_op.add_column(sa.Column('reminded', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('warned_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('sent_again_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('conversation', schema=None, table_kwargs=COUNTED, recreate=how) as batch_op:
        batch_op.add_column(sa.Column('aside', sa.Integer(), server_default='0', nullable=False))
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
