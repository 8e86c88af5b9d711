"""What operations need beside the database, given once by the wiring."""

from __future__ import annotations

from dataclasses import dataclass, field

from locales.texts import Texts
from models.ground.files import Files
from models.referral.invitations import Doors


@dataclass(frozen=True, slots=True)
class Shell:
    """The surroundings of a turn.

    Attributes:
        files: where photos and copies lie.
        public_url: the address of the web chat, for links.
        consent_hash: SHA-256 (hex) of the privacy notice in force, as shown.
        texts: every text, for what an officer reads of a talk.
        help_hours: working hours after which officers are reminded of a person who waits for an answer.
        doors: where invited members can come in.
        contacts: listed members whom the house itself invites on WhatsApp in 24 hours, at most; 0 = it invites nobody.
        referral_days: days after which a referred member who has not confirmed is forgotten.
    """

    files: Files
    public_url: str
    consent_hash: str
    texts: Texts
    help_hours: float = 4.0
    doors: Doors = field(default_factory=Doors)
    contacts: int = 0
    referral_days: int = 30
