"""A person's hands and eyes at the web chat: what a test of a whole life says instead of selectors."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_S = 10.0


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a screen, asking nobody on the network for anything."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


class Phone:
    """One phone with the web chat open.

    Args:
        page: the page, or one of the demo's two phones (`page.frame_locator("#worker")`).
        patience_s: how long an answer may take.
    """

    def __init__(self, page: Page | FrameLocator, *, patience_s: float = PATIENCE_S) -> None:
        self.page = page
        self._patience_ms = patience_s * 1000

    @property
    def bubbles(self) -> Locator:
        """All bubbles with words, pictures or files, oldest first; the three dots of somebody typing are none."""
        return self.page.locator("#log .bubble:not(.typing)")

    def say(self, text: str) -> None:
        """The person types a text and sends it."""
        self.page.locator("#field").fill(text)
        self.page.locator(".send").click()

    def press(self, label: str) -> None:
        """The person presses a button of the last question: the one with this very label, else one that contains it."""
        enabled = self.page.locator("#log button.choice:enabled")
        exact = enabled.filter(has_text=_exactly(label))
        wanted = exact.or_(enabled.filter(has_text=label)).first
        expect(wanted).to_be_visible(timeout=self._patience_ms)
        (exact.first if exact.count() else wanted).click()

    def send_photo(self, path: Path | str) -> None:
        """The person takes a photo with the camera button."""
        self.page.locator("#camera").set_input_files(path)

    def send_file(self, path: Path | str) -> None:
        """The person sends a file as it is."""
        self.page.locator("#file").set_input_files(path)

    def heard(self, contains: str, timeout: float | None = None) -> str:
        """The last bubble of the other side with these words, whole, once it is there.

        Args:
            contains: a part of it.
            timeout: seconds to wait for it; the phone's patience when None.

        Raises:
            AssertionError: it did not come.
        """
        found = self.page.locator("#log .row.bot .bubble .text").filter(has_text=contains).last
        expect(found).to_be_visible(timeout=self._patience_ms if timeout is None else timeout * 1000)
        return found.inner_text()

    def said(self, contains: str) -> str:
        """The last own bubble with these words, once the server has it."""
        found = self.page.locator("#log .row.me .bubble").filter(has_text=contains).last
        expect(found.locator(".meta")).to_have_text(re.compile(r"\d\d\.\d\d"), timeout=self._patience_ms)
        return found.locator(".text").inner_text()

    def choices(self) -> list[str]:
        """The labels that can be pressed now."""
        return self.page.locator("#log button.choice:enabled").all_inner_texts()

    def talk(self) -> list[str]:
        """Everything that is shown, oldest first, each with its side: "bot: …" or "me: …"."""
        script = """nodes => nodes.map(node => (node.closest('.me') ? 'me: ' : 'bot: ')
            + Array.from(node.querySelectorAll('.text, .attached, img'))
                .map(part => part.innerText || part.alt || '').join(' | '))"""
        return [str(line) for line in self.bubbles.evaluate_all(script)]


def _exactly(label: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(label)}\s*$")
