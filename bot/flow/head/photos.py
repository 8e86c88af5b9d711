"""A round of photos of members' KTP: asked for, taken one after the other or as a zip, and told when all are read.

Decides what is said of them. A photo that a head sends finds or makes a row, and counts for nobody's consent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from bot.flow.conversation import Conversation
from bot.flow.head.buttons import HOME, PHOTOS, WAIT, Press, choices_of
from bot.flow.officer.card import rows
from bot.flow.operations.head import AddMemberPhoto, AddPhotoArchive, FinishPhotos, PhotoSeen, PhotosRead
from bot.flow.operations.worker import MakeLink
from bot.flow.turn import Turn
from bot.messages import Document, Reply

SHOWN = 10
"""Photos that one message tells of."""
NAME_MAX = 30
ALBUM_S = 20
"""Photos that come within so many seconds of the one before are one album."""
UNREAD = "unread"
_LISTED = frozenset({"new", "matched"})
"""Outcomes after which the member is on the list."""
#: Causes of the reader, and outcomes, with a text `head.photos.why.<why>`; any other photo is to be taken again.
_WHYS = {
    "too_dark": "dark", "blurred": "blurred", "glare": "glare", "cut_off": "cut", "too_small": "cut",
    "not_a_ktp": "not_ktp", "no_card": "not_ktp", "nik_covered": "nik", "nik_unreadable": "nik", "no_nik": "nik",
    "too_many": "too_many", "registered": "registered", "elsewhere": "elsewhere", "repeated": "repeated",
}  # fmt: skip
_ERRORS = frozenset({
    "gone", "too_large", "not_a_zip", "locked", "nested", "empty", "too_many", "too_big", "closed", "lost",
})  # fmt: skip


def ask_for_photos(conversation: Conversation, press: Press) -> Turn:
    """The head knows how to send photos; where NIK may not be asked for, he gets a way into the web chat."""
    del press
    if not (conversation.capabilities.identity_in_chat or conversation.away):
        return Turn(WAIT, {"for": "photos"}, operations=(MakeLink(),))
    return Turn(HOME, replies=(Reply("head.photos.ask"), Reply("head.photos.ask.own")))


def is_archive(document: Document) -> bool:
    """The file is a zip, by its name or type."""
    return document.filename.lower().endswith(".zip") or "zip" in document.media_type.lower()


def add_photo(conversation: Conversation, ref: str, now: dt.datetime) -> Turn:
    """A job reads the photo into the round; each is acknowledged, but an album, which comes at once, only by its first."""
    before, moment = _round(conversation, now), int(now.timestamp())
    count = int(before.get("photos", "0")) + 1
    is_of_album = count > 1 and moment - int(before.get("at", "0")) < ALBUM_S
    pending = {**before, "photos": str(count), "at": str(moment)}
    key = "head.photos.taken" if count == 1 else "head.photos.taken.more"
    said = Reply(key, {"count": str(count)}, choices=choices_of(PHOTOS, pending))
    return Turn(PHOTOS, pending, () if is_of_album else (said,), (AddMemberPhoto(pending["round"], ref),))


def add_archive(conversation: Conversation, ref: str, now: dt.datetime) -> Turn:
    """A job takes the zip apart and reads its photos into the round, which it ends by itself."""
    asked = AddPhotoArchive(_round(conversation, now)["round"], ref)
    return Turn(HOME, replies=(Reply("head.photos.zip"),), operations=(asked,))


def finish(conversation: Conversation, press: Press) -> Turn:
    """What was read is told as soon as all is read; a button of an older round ends that one."""
    del conversation
    return Turn(HOME, replies=(Reply("head.photos.finishing"),), operations=(FinishPhotos(press.arg(0)),))


def show_photos(conversation: Conversation, read: PhotosRead) -> Turn:
    """The head knows what was read, and which photos to take again; whatever is being talked about goes on."""
    step, pending = (HOME, {}) if conversation.step == WAIT else (conversation.step, conversation.pending)
    if read.error:
        error = read.error if read.error in _ERRORS else "other"
        return Turn(step, pending, (Reply(f"head.photos.error.{error}", read.params),))
    good = [one for one in read.items if one.outcome in _LISTED]
    other = [one for one in read.items if one.outcome not in _LISTED]
    if len(read.items) == len(other) == 1 and other[0].outcome == UNREAD:
        only = Reply("head.photos.only", {}, {"why": _why(other[0])}, choices=choices_of(HOME, {}))
        return Turn(step, pending, (only,))
    last = Reply("head.photos.next" if good else "head.photos.none", choices=choices_of(HOME, {}))
    return Turn(step, pending, (*_good(good, len(read.items)), *_other(other), last))


def _good(items: Sequence[PhotoSeen], total: int) -> Iterator[Reply]:
    """Who is on the list now, as initials and last four digits."""
    for start in range(0, len(items), SHOWN):
        lines = "".join(f"\n{one.initials} ···{one.nik_end}" for one in items[start : start + SHOWN])
        params = {"count": str(len(items)), "all": str(total), "lines": lines}
        yield Reply("head.photos.more" if start else "head.photos.read", params)


def _other(items: Sequence[PhotoSeen]) -> Iterator[Reply]:
    """Which photos led to nothing, by place or file name, and why."""
    for start in range(0, len(items), SHOWN):
        told = [(f"\n{one.name[:NAME_MAX] or one.place}: ", _why(one)) for one in items[start : start + SHOWN]]
        params, phrases = rows("row", SHOWN, told)
        yield Reply(
            "head.photos.unread.more" if start else "head.photos.unread", {**params, "count": str(len(items))}, phrases
        )


def _why(photo: PhotoSeen) -> str:
    """The text that says why a photo led to nothing."""
    return f"head.photos.why.{_WHYS.get(photo.cause or photo.outcome, 'again')}"


def _round(conversation: Conversation, now: dt.datetime) -> Mapping[str, str]:
    """The open round, or a new one named by the moment."""
    if conversation.step == PHOTOS and conversation.pending.get("round"):
        return conversation.pending
    return {"round": f"{int(now.timestamp() * 1000):x}"}
