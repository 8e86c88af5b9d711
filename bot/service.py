"""One turn: an incoming message becomes one database transaction.

receive → load → advance → carry out → store → enqueue. Everything happens in the caller's transaction, so a message leaves
either all of its traces or none. Nothing is sent here: replies wait in the outbox.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import structlog
from sqlmodel import Session

from bot.channels.port import Capabilities
from bot.conversations import Talk, load_by_address, load_by_id, mark_seen, receive, snapshot, store_talk
from bot.execution import carry_out
from bot.flow.advance import Event, advance
from bot.flow.conversation import Agency
from bot.flow.counting import count
from bot.flow.operations.contract import Result
from bot.flow.operations.worker import LinkMade, MakeLink
from bot.messages import ChannelName, Contact, Inbound, Left, Reply
from bot.operations.worker import make_link
from bot.rendering import may_show
from bot.shell import Shell
from bot.wire import reply_to_json
from models.delivery import inbox
from models.delivery.conversations import add_address, mark_blocked, open_address, rekey
from models.delivery.funnel import Tally
from models.delivery.outbox import Kind, Parcel, enqueue
from models.delivery.parking import release_parked
from models.ground.sealed import keys_of
from models.ground.store import Store, after_commit
from models.programme import programmes

log = structlog.get_logger(__name__)

RESULTS_MAX = 4  # how often one message may ask the register and go on; more is a bug in the flow
AGENCY_FOR = dt.timedelta(seconds=30)  # how long the programme's particulars are remembered


@dataclass(frozen=True, slots=True)
class Service:
    """Takes messages.

    Attributes:
        store: the database.
        now: the clock.
        capabilities: what each channel can do.
        shell: what operations need beside the database.
        tally: counts where people stop; somebody writes it down from time to time.
    """

    store: Store
    now: Callable[[], dt.datetime]
    capabilities: Mapping[ChannelName, Capabilities]
    shell: Shell
    agencies: AgencyCache
    tally: Tally = field(default_factory=Tally)

    async def take(self, inbound: Inbound) -> None:
        """The message has had its turn, now or before (a repeat changes nothing).

        Raises:
            Exception: a bug. The turn was rolled back, the person was told kindly with an incident id, and the channel
                should deliver the message again.
        """
        try:
            await self.store.write(partial(self.take_in, inbound=inbound), brief=True)
        except Exception as error:
            incident = secrets.token_hex(3).upper()
            log.exception("turn.bug", incident=incident, channel=inbound.channel.value, error=type(error).__name__)
            await self.store.write(partial(self._apologise, inbound=inbound, incident=incident))
            raise

    def take_in(self, session: Session, inbound: Inbound) -> bool:
        """Whether the message was new: its turn is in this transaction."""
        now = self.now()
        new, talk = receive(session, inbound, now=now)
        if not new:
            return False
        if talk is None and inbound.phone and rekey(session, inbound.channel, inbound.phone.lstrip("+"), inbound.address):
            talk = load_by_address(session, inbound.channel, inbound.address)  # the same person, by a new kind of id
        if talk is None:
            add_address(session, inbound.channel, inbound.address, now=now)
            talk = load_by_address(session, inbound.channel, inbound.address)
            assert talk is not None  # noqa: S101 - just added, in this transaction
        if isinstance(inbound.content, Left):
            mark_blocked(session, talk.address_id, now=now)
            return True
        phone = inbound.phone
        if isinstance(inbound.content, Contact) and inbound.content.own:
            phone = inbound.content.phone
        mark_seen(session, talk, phone=phone, now=now)
        if talk.row.has_parked:
            release_parked(session, talk.address_id, now=now)
        self._turn(session, talk, inbound.content, now=now)
        return True

    def _apologise(self, session: Session, inbound: Inbound, incident: str) -> None:
        """The person hears that it was us, once for each message however often it is delivered."""
        now = self.now()
        place = add_address(session, inbound.channel, inbound.address, now=now)
        key = keys_of(session).hash(f"{inbound.channel}:{inbound.external_id}", "inbox").hex()
        parcel = Parcel(
            kind=Kind.REPLY,
            channel=inbound.channel.value,
            payload={"reply": reply_to_json(Reply("common.bug", params={"incident": incident})), "language": "id"},
            address_id=place.address_id,
            dedup_key=f"bug:{key}",
        )
        enqueue(session, [parcel], now=now)

    def take_result(self, session: Session, address_id: int, result: Result, *, key: str) -> None:
        """What a job found out has had its turn in the talk it belongs to; `key` makes a repeat change nothing."""
        now = self.now()
        if not inbox.receive(session, "job", key, now=now):
            return
        talk = load_by_id(session, address_id)
        if talk is not None:
            self._turn(session, talk, result, now=now)

    def _turn(self, session: Session, talk: Talk, event: Event, *, now: dt.datetime) -> None:
        replies: list[Reply] = []
        before, since = talk.step, talk.row.updated_at
        pending: Event | None = event
        for _ in range(RESULTS_MAX):
            assert pending is not None  # noqa: S101 - the loop ends when it is
            conversation = snapshot(
                talk,
                capabilities=self.capabilities[ChannelName(talk.row.address_channel)],
                agency=self.agencies.get(session, now=now),
            )
            turn = advance(conversation, pending, now)
            talk.step, talk.pending = turn.step, turn.pending
            replies.extend(turn.replies)
            pending = None
            for operation in turn.operations:
                pending = carry_out(session, talk, operation, shell=self.shell, now=now)
            if pending is None:
                break
        else:
            raise RuntimeError(f"the flow asked more than {RESULTS_MAX} times, last at {talk.step}")
        store_talk(session, talk, now=now)
        enqueue(session, self._parcels(session, talk, replies, now=now), now=now, later=True)
        counts = count(before, talk.step, event, replies)
        after_commit(session, partial(self.tally.add_all, counts, at=now, waited=now - since))

    def _parcels(self, session: Session, talk: Talk, replies: list[Reply], *, now: dt.datetime) -> list[Parcel]:
        return [
            Parcel(
                kind=Kind.REPLY,
                channel=channel,
                payload={"reply": reply_to_json(shown), "language": talk.row.language},
                address_id=address_id,
            )
            for reply in replies
            for channel, address_id in [self._where(session, talk, reply)]
            for shown in self._showable(session, talk, reply, channel, now=now)
        ]

    def _showable(self, session: Session, talk: Talk, reply: Reply, channel: str, *, now: dt.datetime) -> tuple[Reply, ...]:
        """The reply; where its photo may not be shown, without it and followed by a way to see it in the web chat."""
        capable = self.capabilities[ChannelName(channel)]
        if not reply.photo or may_show(reply, capable) or not capable.can_link:
            return (reply,)
        made = make_link(session, talk, MakeLink(), self.shell, now)
        assert isinstance(made, LinkMade)  # noqa: S101 - it has no other result
        return replace(reply, photo=""), Reply("off.case.photo.link", {"minutes": str(made.minutes)}, link=made.url)

    @staticmethod
    def _where(session: Session, talk: Talk, reply: Reply) -> tuple[str, int]:
        if reply.home and talk.away:
            home = open_address(session, talk.row.home_address_id)
            if home is not None:
                return home[0], int(talk.row.home_address_id)
        return talk.row.address_channel, talk.address_id


class AgencyCache:
    """Who runs the house, read from the open programme and remembered for half a minute.

    Args:
        privacy_version: version of the privacy notice in force.
    """

    def __init__(self, privacy_version: str) -> None:
        self._version = privacy_version
        self._known: tuple[dt.datetime, Agency] | None = None

    def get(self, session: Session, *, now: dt.datetime) -> Agency:
        """The agency; one without names when no programme is open yet."""
        if self._known is not None and now - self._known[0] < AGENCY_FOR:
            return self._known[1]
        programme = programmes.current(session)
        blank = Agency("-", "-", "-", "-", "-", self._version)
        agency = blank
        if programme is not None:
            agency = replace(
                blank,
                name=programme.agency,
                programme=programme.name,
                decree=programme.decree,
                contact=programme.contact,
                retention=programme.retention,
                regencies=tuple(code for code in programme.regencies.split(",") if code),
                test=programme.test,
            )
        self._known = (now, agency)
        return agency
