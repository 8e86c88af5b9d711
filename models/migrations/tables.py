"""All tables of the house, imported, so that their metadata is whole. A test finds a table module that is missing here."""

from __future__ import annotations

from models.delivery import conversations, idempotency, inbox, outbox, rates, subscribers, web
from models.ground import api_keys, audit
from models.ground.base import Base
from models.programme import programmes
from models.register import applications, associations, cards, cases, consents, handovers, officers

#: Named, so that no tool takes the imports for unused ones.
MODULES = (
    api_keys,
    applications,
    associations,
    audit,
    cards,
    cases,
    consents,
    conversations,
    handovers,
    idempotency,
    inbox,
    officers,
    outbox,
    programmes,
    rates,
    subscribers,
    web,
)
METADATA = Base.metadata
