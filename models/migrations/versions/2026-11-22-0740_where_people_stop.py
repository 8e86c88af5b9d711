"""Where people stop."""

import sqlalchemy as sa
from alembic import op

revision = '202611220740'
down_revision = '202611220718'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('funnel_count',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('step', sa.String(length=40), nullable=False),
    sa.Column('what', sa.String(length=20), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'step', 'what', name=op.f('pk_funnel_count'))
    )
