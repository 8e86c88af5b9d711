"""The rooms of the house: who may import whom (docs/architecture.md), and which library lives where."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "webhook", "ocr", "models", "locales")
CHANNELS = ("telegram", "whatsapp", "web", "terminal", "subscriber")
#: Where a library may be imported; everything else asks somebody who lives there.
HOMES = {
    "aiogram": ("bot.channels.", "webhook."),
    "httpx": ("bot.channels.", "webhook."),
    "fastapi": ("webhook.",),
    "starlette": ("webhook.",),
    "uvicorn": ("webhook.",),
    "click": ("webhook.",),
    "pydantic_settings": ("webhook.",),
    "pytesseract": ("ocr.tesseract",),
    "pillow_heif": ("ocr.",),
    "cryptography": ("models.ground.",),
    "obstore": ("models.ground.",),
    "alembic": ("models.migrations.",),
    "babel": ("locales.",),
    "fpdf": ("bot.papers.data_copy", "bot.papers.invitation_pages"),
    "segno": ("bot.papers.qr",),
}


@cache
def modules() -> list[tuple[str, ast.Module]]:
    """Every module of the house, by its dotted name."""
    return [
        (".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), ast.parse(path.read_text()))
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
    ]


def imports(tree: ast.Module) -> Iterator[str]:
    """Dotted names that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_keep_to_the_contracts() -> None:
    lint = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert lint.returncode == 0, lint.stdout


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_imported_only_where_it_lives(library: str) -> None:
    strangers = [
        name
        for name, tree in modules()
        if any(found.split(".")[0] == library for found in imports(tree)) and not f"{name}.".startswith(HOMES[library])
    ]
    assert strangers == []


def test_no_file_of_a_channel_imports_another_channels() -> None:
    seen: set[str] = set()
    for name, tree in modules():
        if not name.startswith("bot.channels."):
            continue
        mine = _channel(name)
        seen.add(mine)
        others = {_channel(found) for found in imports(tree) if found.startswith("bot.channels.")} - {mine, "port"}
        assert others == set(), name
    assert seen == {*CHANNELS, "port"}


def _channel(module: str) -> str:
    """ "telegram" for bot.channels.telegram_session."""
    return module.split(".")[2].partition("_")[0]


def test_an_init_file_holds_a_docstring_only() -> None:
    for room in ROOMS:
        for path in (ROOT / room).rglob("__init__.py"):
            body = ast.parse(path.read_text()).body
            assert len(body) == 1, path
            assert isinstance(body[0], ast.Expr), path


def test_the_linter_would_see_a_breach() -> None:
    """The rules above find what they are looking for, so that an empty answer means something."""
    assert set(imports(ast.parse("def late():\n    from bot.channels import web\n    import httpx.x"))) >= {
        "bot.channels.web",
        "httpx.x",
    }
    assert any("sqlmodel" in set(imports(tree)) for _, tree in modules())
