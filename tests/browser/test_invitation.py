"""An invitation's link in a browser: its code is the person's first words, stands in no address, and is said once."""

from __future__ import annotations

from collections.abc import Callable

from bot.messages import Text
from tests.browser.conftest import Tab
from tests.browser.echo import Echo

Open = Callable[..., Tab]
SAID = Text("/start u-KX4P72WQ")


def words(echo: Echo) -> list[object]:
    return [inbound.content for inbound in echo.taken]


def test_a_new_phone_says_the_code_instead_of_hello(open_tab: Open, echo: Echo) -> None:
    tab = open_tab("/chat#u=kx4p72wq")
    tab.phone.heard("Bapak/Ibu menulis: /start u-KX4P72WQ")
    assert words(echo) == [SAID]
    assert tab.page.url.endswith("/chat")
    assert not any("KX4P" in asked.upper() for asked in tab.asked)


def test_a_phone_that_has_a_talk_says_the_code_there_once_however_often_it_is_tapped(open_tab: Open, echo: Echo) -> None:
    open_tab("/chat").phone.heard("Selamat")
    for _ in range(2):
        open_tab("/chat#u=KX4P72WQ").phone.heard("Bapak/Ibu menulis: /start u-KX4P72WQ")
    assert words(echo) == [Text("/start"), SAID]


def test_what_is_no_code_is_no_invitation(open_tab: Open, echo: Echo) -> None:
    open_tab("/chat#u=KX4P-72WQ-and-more").phone.heard("Selamat")
    assert words(echo) == [Text("/start")]
