"""What a Telegram update says: the few fields the house needs, read by hand.

Pure. It decides what counts as speech, and from whom; it refuses to know what to answer, and it builds no SDK objects
(design: a parse of these fields costs a tenth of the SDK's, and new kinds of update can't break it). Error messages
name the field that is wrong and never its value.

Source: Telegram Bot API 10.1, "Update", "Message", "CallbackQuery", "ChatMemberUpdated".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from bot.messages import ChannelName, Chosen, Contact, Content, Document, Inbound, Left, Other, Photo, Text, Voice

UPDATE_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""What we ask Telegram to deliver; every other kind is ignored."""

_VOICES = ("voice", "video_note", "audio")
# In this order: a message with `venue` also carries `location`, one with `animation` also `document`.
_OTHERS = (
    *("sticker", "animation", "video", "venue", "location", "poll", "dice", "story", "game", "checklist", "paid_media"),
    *("rich_message", "invoice", "giveaway", "web_app_data", "users_shared", "chat_shared", "passport_data", "gift"),
)
# Notes that Telegram writes itself: nobody spoke, so nobody is answered.
_SERVICE = frozenset(
    {
        *("pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "chat_background_set"),
        *("connected_website", "forum_topic_created", "forum_topic_edited", "forum_topic_closed"),
        *("forum_topic_reopened", "poll_option_added", "poll_option_deleted", "checklist_tasks_done"),
        *("checklist_tasks_added", "successful_payment", "refunded_payment", "unique_gift", "gift_upgrade_sent"),
    }
)
_GONE = frozenset({"kicked", "left"})


class Malformed(ValueError):
    """An update that lacks what Telegram promises; the message names the field, never what stood in it."""


def parse_update(update: Mapping[str, object], *, received_at: dt.datetime | None = None) -> Inbound | None:
    """The message a person sent us in a private chat, or None when the update is not one.

    Args:
        update: one update as Telegram's JSON.
        received_at: when it reached us (aware). Telegram gives no time for a pressed button: this stands in for it,
            and failing this the time of the message under which the button stood.

    Raises:
        Malformed: a field we need is missing or of the wrong type.
    """
    if not isinstance(update, Mapping):
        raise Malformed("update is not an object")
    external_id = f"u{_int(update, 'update_id')}"
    kind = next((kind for kind in UPDATE_KINDS if kind in update), None)
    if kind is None:
        return None
    body = _object(update, kind)
    if kind == "callback_query":
        return _press(body, external_id, received_at)
    address = _private_chat(body)
    if address is None:
        return None
    if kind == "my_chat_member":
        gone = _text(_object(body, "new_chat_member"), "status") in _GONE
        return _inbound(address, external_id, Left(), _time(body, "date")) if gone else None
    if kind == "edited_message":
        when = _time(body, "edit_date") if "edit_date" in body else _time(body, "date")
        return _inbound(address, external_id, Other("edited_message"), when)
    content = _content(body)
    if content is None:
        return None
    phone = content.phone if isinstance(content, Contact) and content.own else ""
    return _inbound(address, external_id, content, _time(body, "date"), phone=phone)


def callback_id(update: Mapping[str, object]) -> str | None:
    """The id under which a pressed button waits for an answer, None when the update is no press."""
    press = update.get("callback_query")
    found = press.get("id") if isinstance(press, Mapping) else None
    return found if isinstance(found, str) else None


def _press(press: Mapping[str, object], external_id: str, received_at: dt.datetime | None) -> Inbound | None:
    _text(press, "id")
    if "message" not in press:  # pressed under an inline-mode message in somebody else's chat
        return None
    message = _object(press, "message")
    address = _private_chat(message)
    if address is None:
        return None
    data = _text(press, "data", default="")
    content: Content = Chosen(data) if data else Other("callback_query")
    return _inbound(address, external_id, content, received_at or _time(message, "date"))


def _content(message: Mapping[str, object]) -> Content | None:
    """What was said, None for a note that Telegram wrote itself."""
    if "text" in message:
        return Text(_text(message, "text"))
    if "photo" in message:
        return _photo(message)
    if "animation" in message:
        return Other("animation")
    if "document" in message:
        return _document(message)
    if "contact" in message:
        return _contact(message)
    if any(kind in message for kind in _VOICES):
        return Voice()
    if not _SERVICE.isdisjoint(message):
        return None
    return Other(next((kind for kind in _OTHERS if kind in message), "unknown"))


def _photo(message: Mapping[str, object]) -> Photo:
    sizes = message["photo"]
    if not isinstance(sizes, Sequence) or isinstance(sizes, str) or not sizes:
        raise Malformed("photo is not a list of sizes")
    read = [
        (_int(size, "width") * _int(size, "height"), _text(size, "file_id"), _int(size, "file_size", default=0))
        for size in map(_as_object, sizes)
    ]
    _, ref, size_bytes = max(read, key=lambda size: size[0])
    return Photo(ref, size_bytes, _text(message, "caption", default=""))


def _document(message: Mapping[str, object]) -> Document:
    document = _object(message, "document")
    return Document(
        ref=_text(document, "file_id"),
        media_type=_text(document, "mime_type", default=""),
        filename=_text(document, "file_name", default=""),
        size_bytes=_int(document, "file_size", default=0),
        caption=_text(message, "caption", default=""),
    )


def _contact(message: Mapping[str, object]) -> Contact:
    """A shared number; it is the sender's own when Telegram says that it belongs to the sender's account."""
    contact = _object(message, "contact")
    phone = _text(contact, "phone_number")
    sender = _int(_object(message, "from"), "id")
    if _int(contact, "user_id", default=0) != sender:
        return Contact(phone)
    digits = "".join(letter for letter in phone if letter in "0123456789")
    # Telegram knows accounts by international number and writes it with or without the plus sign.
    return Contact(f"+{digits}", own=True) if 7 <= len(digits) <= 15 else Contact(phone)


def _private_chat(message: Mapping[str, object]) -> str | None:
    """The chat's id as an address, None for groups and channels, where nobody's data belongs."""
    chat = _object(message, "chat")
    chat_id = _int(chat, "id")
    return str(chat_id) if _text(chat, "type") == "private" else None


def _inbound(address: str, external_id: str, content: Content, sent_at: dt.datetime, *, phone: str = "") -> Inbound:
    return Inbound(ChannelName.TELEGRAM, address, external_id, content, sent_at, phone)


def _object(parent: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = parent.get(key)
    if not isinstance(value, Mapping):
        raise Malformed(f"{key} is not an object")
    return value


def _as_object(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise Malformed("a list holds something that is not an object")
    return value


def _text(parent: Mapping[str, object], key: str, *, default: str | None = None) -> str:
    value = parent.get(key, default)
    if not isinstance(value, str):
        raise Malformed(f"{key} is not a string")
    return value


def _int(parent: Mapping[str, object], key: str, *, default: int | None = None) -> int:
    value = parent.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed(f"{key} is not an integer")
    return value


def _time(parent: Mapping[str, object], key: str) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(_int(parent, key), dt.UTC)
    except (OverflowError, OSError, ValueError) as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed(f"{key} is not a time") from None
