"""Hand-overs with owner, clock and transcript; objections to a refusal."""

import sqlalchemy as sa
from alembic import op

revision = '202611220651'
down_revision = '202611220300'
branch_labels = None
depends_on = None

# SQLite copies a changed table: its counter must go on, so that no id is given twice.
COUNTED = {'sqlite_autoincrement': True}
COPIED = ('application', 'handover')


def upgrade() -> None:
    counters = _counters()
    op.create_table('handover_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('handover_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('who', sa.String(length=8), nullable=False),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], name=op.f('fk_handover_line_handover_id_handover')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_line')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('handover_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handover_line_handover_id'), ['handover_id'], unique=False)

    op.create_table('objection',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('application_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('refused_by', sa.String(length=64), nullable=False),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('photo_key', sa.String(length=80), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=8), nullable=False),
    sa.Column('decided_by', sa.String(length=64), nullable=True),
    sa.Column('decided_version', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(outcome = '') = (decided_by IS NULL)", name=op.f('ck_objection_decided_by_somebody')),
    sa.CheckConstraint('decided_by IS NULL OR decided_by <> refused_by', name=op.f('ck_objection_other_eyes')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_objection_application_id_application')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objection')),
    sa.UniqueConstraint('application_id', 'version', name=op.f('uq_objection_application_id_version')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('application', schema=None, table_kwargs=COUNTED) as batch_op:
        batch_op.add_column(sa.Column('barred_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_application_barred_by_officer'), 'officer', ['barred_by'], ['id'])
        batch_op.create_check_constraint(
            batch_op.f('ck_application_other_eyes'), 'barred_by IS NULL OR decided_by IS NULL OR barred_by <> decided_by'
        )

    # Until now a request was only written down, and nothing ever closed one: those that stand are over.
    op.execute('UPDATE handover SET closed_at = opened_at WHERE closed_at IS NULL')
    with op.batch_alter_table('handover', schema=None, table_kwargs=COUNTED) as batch_op:
        batch_op.add_column(sa.Column('area', sa.String(length=4), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('address_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.add_column(sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('last_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('closed_by', sa.String(length=8), nullable=False, server_default=''))

    with op.batch_alter_table('handover', schema=None, table_kwargs=COUNTED) as batch_op:
        batch_op.alter_column('area', server_default=None)
        batch_op.alter_column('closed_by', server_default=None)
        batch_op.create_index('uq_handover_officer', ['officer_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.create_index('uq_handover_open', ['conversation_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
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
