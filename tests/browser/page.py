"""What the tests of the chat's page share: a tab to open, and photos that tell how they lie."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from bot.messages import Photo
from tests.browser.conftest import Tab
from tests.browser.echo import Echo

Open = Callable[..., Tab]


def picture(folder: Path, *, size: tuple[int, int], turned: bool = False) -> Path:
    """A photo whose upper half is red when it is held upright."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0], size[1] // 2))
    exif = Image.Exif()
    if turned:  # as a camera held sideways stores it: turn by 90 degrees clockwise to see it upright
        image = image.transpose(Image.Transpose.ROTATE_90)
        exif[0x0112] = 6
    image.save(folder / "foto.jpg", exif=exif)
    return folder / "foto.jpg"


def received(echo: Echo, tab: Tab) -> Image.Image:
    """The photo as the house got it."""
    tab.phone.heard("Foto diterima")
    content = echo.taken[-1].content
    assert isinstance(content, Photo)
    [path] = [path for path in (echo_folder(echo) / "photo").iterdir() if path.is_file()]
    return Image.open(io.BytesIO(echo.store.keys.open(path.read_bytes(), "file")))


def echo_folder(echo: Echo) -> Path:
    return Path(str(echo.store.engine.url.database)).parent / "files"
