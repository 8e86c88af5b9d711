"""The published rules of the Bot API for the methods the emulator has: names, types, lengths, keyboards.

A compact copy made by hand. It decides whether a call is legal by itself; it refuses to know which chats exist, who
blocked whom and how often one may call. Where Telegram silently ignores an unknown parameter, this refuses it: a
misspelt parameter is a bug of ours.

Source: Telegram Bot API 10.1, "Available methods" and "Available types".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_MARKUP = "InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply"
_SENDING = (
    "business_connection_id:str message_thread_id:int direct_messages_topic_id:int disable_notification:bool "
    "protect_content:bool allow_paid_broadcast:bool message_effect_id:str suggested_post_parameters:any "
    f"reply_parameters:ReplyParameters reply_markup:{_MARKUP}"
)
_CAPTIONED = "caption:str parse_mode:str caption_entities:[MessageEntity]"
_WORDED = "text:str! parse_mode:str entities:[MessageEntity] link_preview_options:LinkPreviewOptions"
_EDITED = "business_connection_id:str chat_id:chat message_id:int inline_message_id:str reply_markup:InlineKeyboardMarkup"
_PICTURED = "photo:file! show_caption_above_media:bool has_spoiler:bool"
_FILED = "document:file! thumbnail:file disable_content_type_detection:bool"

# name → "parameter:type …"; a "!" marks the required ones.
_METHODS = {
    "getMe": "",
    "sendMessage": f"chat_id:chat! {_WORDED} {_SENDING}",
    "sendPhoto": f"chat_id:chat! {_PICTURED} {_CAPTIONED} {_SENDING}",
    "sendDocument": f"chat_id:chat! {_FILED} {_CAPTIONED} {_SENDING}",
    "editMessageText": f"{_EDITED} {_WORDED}",
    "editMessageReplyMarkup": _EDITED,
    "answerCallbackQuery": "callback_query_id:str! text:str show_alert:bool url:str cache_time:int",
    "getFile": "file_id:str!",
    "setWebhook": (
        "url:str! certificate:file ip_address:str max_connections:int allowed_updates:[str] "
        "drop_pending_updates:bool secret_token:str"
    ),
    "deleteWebhook": "drop_pending_updates:bool",
    "getWebhookInfo": "",
    "getUpdates": "offset:int limit:int timeout:int allowed_updates:[str]",
    "setMyCommands": "commands:[BotCommand]! scope:any language_code:str",
    "setMyDescription": "description:str language_code:str",
    "setMyShortDescription": "short_description:str language_code:str",
    "setChatMenuButton": "chat_id:int menu_button:MenuButton",
    "sendChatAction": "business_connection_id:str chat_id:chat! message_thread_id:int action:str!",
}
_TYPES = {
    "InlineKeyboardMarkup": "inline_keyboard:[[InlineKeyboardButton]]!",
    "InlineKeyboardButton": (
        "text:str! icon_custom_emoji_id:str style:str url:str callback_data:str web_app:any login_url:any "
        "switch_inline_query:str switch_inline_query_current_chat:str switch_inline_query_chosen_chat:any copy_text:any "
        "callback_game:any pay:bool"
    ),
    "ReplyKeyboardMarkup": (
        "keyboard:[[KeyboardButton]]! is_persistent:bool resize_keyboard:bool one_time_keyboard:bool "
        "input_field_placeholder:str selective:bool"
    ),
    "KeyboardButton": (
        "text:str! icon_custom_emoji_id:str style:str request_users:any request_chat:any request_managed_bot:any "
        "request_contact:bool request_location:bool request_poll:any web_app:any"
    ),
    "ReplyKeyboardRemove": "remove_keyboard:bool! selective:bool",
    "ForceReply": "force_reply:bool! input_field_placeholder:str selective:bool",
    "LinkPreviewOptions": ("is_disabled:bool url:str prefer_small_media:bool prefer_large_media:bool show_above_text:bool"),
    "ReplyParameters": (
        "message_id:int! chat_id:chat allow_sending_without_reply:bool quote:str quote_parse_mode:str "
        "quote_entities:[MessageEntity] quote_position:int checklist_task_id:int poll_option_id:str"
    ),
    "MessageEntity": "type:str! offset:int! length:int! url:str user:any language:str custom_emoji_id:str",
    "BotCommand": "command:str! description:str!",
    "MenuButton": "type:str! text:str web_app:any",
}
# (method or type, field) → shortest, longest, what Telegram says. Characters are counted, bytes where marked.
_LENGTHS = {
    ("sendMessage", "text"): (1, 4096, "message is too long"),
    ("editMessageText", "text"): (1, 4096, "message is too long"),
    ("sendPhoto", "caption"): (0, 1024, "message caption is too long"),
    ("sendDocument", "caption"): (0, 1024, "message caption is too long"),
    ("answerCallbackQuery", "text"): (0, 200, "MESSAGE_TOO_LONG"),
    ("setWebhook", "secret_token"): (1, 256, "secret token is too long"),
    ("setMyDescription", "description"): (0, 512, "BOT_DESCRIPTION_TOO_LONG"),
    ("setMyShortDescription", "short_description"): (0, 120, "BOT_SHORT_DESCRIPTION_TOO_LONG"),
    ("InlineKeyboardButton", "text"): (1, 256, "button text is empty or too long"),
    ("KeyboardButton", "text"): (1, 256, "keyboard button text must be non-empty"),
    ("BotCommand", "command"): (1, 32, "BOT_COMMAND_INVALID"),
    ("BotCommand", "description"): (1, 256, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ("ReplyKeyboardMarkup", "input_field_placeholder"): (1, 64, "input field placeholder is too long"),
}
_ACTIONS = tuple(
    name.partition(":")[0]
    for name in _TYPES["InlineKeyboardButton"].split()
    if name.partition(":")[0] not in {"text", "icon_custom_emoji_id", "style"}
)
_CHAT_ACTIONS = frozenset({"typing", "upload_photo", "upload_document", "find_location", "choose_sticker"})
_BUTTONS_MAX, _ROW_MAX = 100, 8
_PHOTO_MAX, _DOCUMENT_MAX = 10 * 1024 * 1024, 50 * 1024 * 1024


class Refused(Exception):
    """A call is refused with an HTTP status and the words of the error body."""

    def __init__(self, status: int, description: str, *, retry_after: int = 0) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in, or the id of one that the server has already."""

    filename: str = ""
    content: bytes = b""
    file_id: str = ""


def bad(description: str) -> Refused:
    """Telegram's 400 with these words."""
    return Refused(400, f"Bad Request: {description}")


def has_method(name: str) -> bool:
    """Whether the emulator has the method."""
    return name in _METHODS


def check(method: str, given: Mapping[str, Any], files: Mapping[str, Upload]) -> dict[str, Any]:
    """The parameters in their own types; the call is legal as far as it can be told without the server's state.

    Args:
        method: one that `has_method`.
        given: parameters as sent: strings from a form, any JSON value from a JSON body.
        files: uploaded files by their field name.

    Raises:
        Refused: with what Telegram would say, or in its manner.
    """
    left = dict(files)
    values: dict[str, Any] = {}
    fields = _fields(_METHODS[method])
    for name, value in {**given, **{name: None for name in files if name in fields}}.items():
        if name not in fields:
            raise bad(f"parameter {name} is unknown to {method}")
        kind, _ = fields[name]
        values[name] = _file(name, value, left) if kind == "file" else _value(kind, _loaded(kind, value), name)
        _check_length(method, name, values[name])
    if left:
        raise bad(f"uploaded file {min(left)} is referred to by no parameter")
    for name, (_, required) in fields.items():
        if required and name not in values:
            raise bad("message text is empty" if name == "text" else f"parameter {name} is required")
    _check_method(method, values)
    return values


def _fields(row: str) -> dict[str, tuple[str, bool]]:
    """Field name → type and whether it is required."""
    parts = (entry.partition(":") for entry in row.split())
    return {name: (kind.removesuffix("!"), kind.endswith("!")) for name, _, kind in parts}


def _loaded(kind: str, value: Any) -> Any:
    """JSON text where an object or list is due (forms carry it as text), else the value as it is."""
    if kind in {"str", "int", "bool", "chat"} or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f"can't parse JSON of type {kind}") from None


def _value(kind: str, value: Any, where: str) -> Any:
    """`value` in its own type.

    Raises:
        Refused: it is not of that type.
    """
    if kind == "any":
        return value
    if kind == "str":
        return _string(value, where)
    if kind in {"int", "chat"}:
        return _integer(value, where, names=kind == "chat")
    if kind == "bool":
        return _boolean(value, where)
    if kind.startswith("["):
        if not isinstance(value, list):
            raise bad(f"{where} must be an array")
        return [_value(kind[1:-1], entry, where) for entry in value]
    return _structure(kind, value, where)


def _string(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise bad(f"{where} must be a string")
    return value


def _integer(value: Any, where: str, *, names: bool) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value):
        return int(value)
    if names and isinstance(value, str) and re.fullmatch(r"@\w+", value):
        return value
    raise bad("chat_id is empty" if names and value == "" else f"{where} must be an integer")


def _boolean(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise bad(f"{where} must be a boolean")


def _structure(kind: str, value: Any, where: str) -> dict[str, Any]:
    """An object of the type, or of the one of several types whose required field it has."""
    if not isinstance(value, dict):
        raise bad(f"{where} must be an object")
    kinds = kind.split("|")
    fitting = [name for name in kinds if _required(name) <= value.keys()]
    if not fitting:
        raise bad(f"{where} lacks a required field of {kind}")
    name, fields = fitting[0], _fields(_TYPES[fitting[0]])
    built: dict[str, Any] = {}
    for field, entry in value.items():
        if field not in fields:
            raise bad(f"field {field} is unknown to {name}")
        built[field] = _value(fields[field][0], entry, field)
        _check_length(name, field, built[field])
    _check_structure(name, built)
    return built


def _required(kind: str) -> set[str]:
    return {name for name, (_, required) in _fields(_TYPES[kind]).items() if required}


def _file(name: str, value: Any, left: dict[str, Upload]) -> Upload:
    """The uploaded file that the parameter means, which is then no longer left over."""
    if name in left:
        return left.pop(name)
    if not isinstance(value, str) or not value:
        raise bad(f"there is no {name} in the request")
    if value.startswith("attach://"):
        try:
            return left.pop(value.removeprefix("attach://"))
        except KeyError:
            raise bad("there is no file attached under that name") from None
    if value.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    return Upload(file_id=value)


def _check_length(owner: str, field: str, value: Any) -> None:
    limit = _LENGTHS.get((owner, field))
    if limit is None:
        return
    shortest, longest, words = limit
    if shortest and len(value.strip()) < shortest and field == "text" and owner.endswith(("Message", "MessageText")):
        raise bad("message text is empty")
    if not shortest <= len(value) <= longest:
        raise bad(words)


def _check_structure(kind: str, value: dict[str, Any]) -> None:
    if kind == "InlineKeyboardButton":
        _check_inline_button(value)
    elif kind == "InlineKeyboardMarkup":
        _check_rows(value["inline_keyboard"])
    elif kind == "ReplyKeyboardMarkup":
        _check_rows(value["keyboard"])
    elif kind == "KeyboardButton":
        if sum(name.startswith("request_") for name in value) > 1:
            raise bad("a keyboard button can request one thing only")
    elif kind == "BotCommand" and not re.fullmatch(r"[a-z0-9_]{1,32}", value["command"]):
        raise bad("BOT_COMMAND_INVALID")


def _check_rows(rows: list[list[Any]]) -> None:
    if any(not row or len(row) > _ROW_MAX for row in rows) or sum(map(len, rows)) > _BUTTONS_MAX:
        raise bad("reply markup has an empty or overlong row, or too many buttons")


def _check_inline_button(button: dict[str, Any]) -> None:
    actions = [name for name in _ACTIONS if name in button]
    if not actions:
        raise bad("text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad("inline keyboard button must have exactly one action")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button:
        _check_url(button["url"])


def _check_url(url: str) -> None:
    """Telegram opens web addresses with a real host only; a bare `localhost` is refused."""
    parts = urlsplit(url)
    if parts.scheme == "tg":
        return
    if parts.scheme not in {"http", "https"} or "." not in (parts.hostname or ""):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _check_method(method: str, values: Mapping[str, Any]) -> None:
    """Rules that one method has on its own."""
    identified = "inline_message_id" in values or {"chat_id", "message_id"} <= values.keys()
    if method.startswith("edit") and not identified:
        raise bad("message identifier is not specified")
    for name, largest in (("photo", _PHOTO_MAX), ("document", _DOCUMENT_MAX)):
        if name in values:
            _check_upload(values[name], largest)
    if method == "setWebhook" and not re.fullmatch(r"[A-Za-z0-9_-]*", values.get("secret_token", "")):
        raise bad("secret token contains unallowed characters")
    if not 1 <= values.get("limit", 100) <= 100 or not len(values.get("commands", ())) <= 100:
        raise bad("there may be 1-100 updates and up to 100 commands")
    if values.get("action", "typing") not in _CHAT_ACTIONS:
        raise bad("wrong parameter action in request")


def _check_upload(upload: Upload, largest: int) -> None:
    if len(upload.content) > largest:
        raise Refused(413, "Request Entity Too Large")
    if not upload.content and not upload.file_id:
        raise bad("file must be non-empty")
