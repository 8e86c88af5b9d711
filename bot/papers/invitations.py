"""The words of an association's invitations: messages to forward, a poster, cards; all of them before they are drawn.

Decides what stands where. The pages are drawn by `bot.papers.invitation_pages`; what is personal comes from the register.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.flow.conversation import Agency
from bot.papers.invitation_pages import Card, CardWords, Door, Poster
from bot.papers.links import FIRST, lines_of, links_of
from locales.texts import Texts
from models.referral.invitations import Doors, Invited, Links

STEPS = 4


@dataclass(frozen=True, slots=True)
class Inviting:
    """Who invites to what, and where the doors are."""

    association: str
    agency: Agency
    doors: Doors
    texts: Texts

    def links(self, code: str) -> Links:
        """The links of a code at each open door."""
        return links_of(self.doors, self.texts, code)

    def message(self, code: str) -> tuple[str, dict[str, str]]:
        """Key and params of the message that is forwarded to members."""
        lines = lines_of(self.links(code), self.texts)
        if not lines:
            return "inv.link.none", {}
        return "inv.link.forward", {"association": self.association, "agency": self.agency.name, "links": lines}

    def poster(self, code: str) -> Poster:
        """The poster with the association's own code."""
        by_name = dict(self.links(code).all)
        doors = tuple(
            Door(self._say(f"inv.door.{name}"), self._say(f"inv.door.{name}.hint"), by_name[name])
            for name in FIRST
            if name in by_name
        )
        about = self._about()
        return Poster(
            title=self._say("inv.poster.title"),
            association=self.association,
            about=self._say("inv.poster.about", **about),
            steps=tuple(self._say(f"inv.poster.step.{number}") for number in range(1, STEPS + 1)),
            doors=doors,
            code=self._say(
                "inv.poster.code", code=code, where=self._where(next((name for name in FIRST if name in by_name), ""))
            ),
            warning=self._say("inv.poster.warning"),
            runner=self._say("inv.poster.runner", **about),
        )

    def card_words(self) -> CardWords:
        """What stands on every card."""
        return CardWords(self._say("inv.card.title"), self.association, self._say("inv.card.foot", **self._about()))

    def cards(self, members: Iterable[Invited]) -> Iterator[Card]:
        """A card for each of these members; none when no door is open."""
        for member in members:
            by_name = dict(self.links(member.code).all)
            name = next((name for name in FIRST if name in by_name), "")
            if not name:
                return
            mark = self._say("inv.card.mark", nik=member.nik_end)
            hint = self._say("inv.card.hint", code=member.code, where=self._where(name))
            yield Card(member.name, mark, hint, by_name[name])

    def _where(self, door: str) -> str:
        """Where the words are typed by whoever cannot scan: a number, a name or an address that can be copied by hand."""
        web = self.doors.web.partition("://")[2] or self.doors.web
        places = {"whatsapp": self.doors.whatsapp, "telegram": self.doors.telegram, "web": f"{web}/chat"}
        return self._say(f"inv.where.{door}", place=places[door]) if door else self._say("inv.where.nowhere")

    def _about(self) -> Mapping[str, str]:
        agency = self.agency
        return {
            "agency": agency.name,
            "programme": agency.programme,
            "decree": agency.decree,
            "contact": agency.contact,
        }

    def _say(self, key: str, **params: str) -> str:
        return self.texts.text(key, params=params)
