"""What Telegram can do, as data. Apart from the client, whose library takes seconds to load: a turn needs only this.

Source: core.telegram.org/bots/api (sendMessage, InlineKeyboardButton), read 2026-11-22.
"""

from bot.channels.port import Capabilities

CAPABILITIES = Capabilities(
    text_max=4096,
    buttons_max=12,  # Telegram allows 100; more than a screenful is no longer a choice
    button_label_max=40,  # no limit is published; a small phone shows about so much on a full row
    list_rows_max=0,
    row_label_max=0,
    row_description_max=0,
    identity_in_chat=True,
    can_ask_phone=True,
    can_send_photo=True,
    can_send_document=True,
    can_link=True,
    window_hours=0,
    can_edit=True,
    can_show=True,
)
