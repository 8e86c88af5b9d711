"""All tables of the house, imported, so that their metadata is whole. A test finds a table module that is missing here."""

from __future__ import annotations

from models.delivery import conversations, funnel, idempotency, inbox, outbox, rates, subscribers, web
from models.ground import api_keys, audit
from models.ground.base import Base
from models.programme import programmes
from models.referral import card_photos, imports, invitations
from models.register import (
    applications,
    associations,
    cards,
    cases,
    consents,
    handovers,
    objections,
    officers,
    photos,
    referrals,
    submission,
)

#: Named, so that no tool takes the imports for unused ones.
MODULES = (
    api_keys,
    applications,
    associations,
    audit,
    card_photos,
    cards,
    cases,
    consents,
    conversations,
    funnel,
    handovers,
    idempotency,
    imports,
    inbox,
    invitations,
    objections,
    officers,
    outbox,
    photos,
    programmes,
    rates,
    referrals,
    submission,
    subscribers,
    web,
)
METADATA = Base.metadata
