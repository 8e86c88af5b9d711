"""The links of an invitation in words: a line a door, and the one that stands in a QR code. Refuses to know about pages."""

from __future__ import annotations

from locales.texts import Texts
from models.referral.invitations import Doors, Links

FIRST = ("whatsapp", "telegram", "web")
"""The door whose link stands in a code where there is room for one: the first of these that is open."""


def links_of(doors: Doors, texts: Texts, code: str) -> Links:
    """The links of a code at each open door."""
    return doors.links(code, words=texts.text("inv.whatsapp.text", params={"code": code}))


def lines_of(links: Links, texts: Texts) -> str:
    """A line for each open door, its name and its link; "" when none is open."""
    return "\n".join(f"{texts.text(f'inv.door.{name}')}: {url}" for name, url in links.all)


def first_of(links: Links) -> str:
    """The link that stands in a QR code; "" when no door is open."""
    by_name = dict(links.all)
    return next((by_name[name] for name in FIRST if name in by_name), "")
