"""What is installed is whole: the wheel has the data files, the locks agree, and the two commands are what they say."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "webhook", "ocr", "models", "locales")


def pinned(file: str) -> dict[str, str]:
    """Package → version of a lock file."""
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", (ROOT / file).read_text(), re.MULTILINE))


def project() -> dict[str, object]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    made = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def test_the_wheel_holds_every_file_of_the_rooms_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    wanted = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == wanted
    for example in (
        "locales/id/registration.po",
        "ocr/data/digits.npz",
        "ocr/data/sample-ktp.jpg",
        "models/catalogue/data/occupations.json",
        "models/catalogue/data/regions.tsv",
        "models/migrations/versions/2026-11-22-0300_first.py",
        "webhook/static/chat.html",
    ):
        assert example in held


def test_the_wheel_has_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    (points,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    assert "payung = webhook.cli:main" in wheel.read(points).decode()
    (licence,) = [name for name in wheel.namelist() if name.endswith("licenses/LICENSE")]
    assert b"Apache License" in wheel.read(licence)


def test_the_lock_of_the_tests_holds_all_of_the_other_in_the_same_versions() -> None:
    runtime, tests = pinned("requirements.txt"), pinned("requirements-dev.txt")
    assert len(runtime) > 40
    assert {name: tests.get(name) for name in runtime} == runtime


def test_the_builder_of_the_lock_is_the_one_that_the_project_asks_for() -> None:
    build = project()["build-system"]
    assert isinstance(build, dict)
    assert build["requires"] == [f"hatchling=={pinned('requirements.txt')['hatchling']}"]


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_pinned_package_has_hashes_and_no_registry_is_named(file: str) -> None:
    text = (ROOT / file).read_text()
    for entry in re.split(r"\n(?=[a-z0-9])", text.strip()):
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
    assert "://" not in text


def test_all_that_the_project_needs_is_locked() -> None:
    needed = project()["project"]
    assert isinstance(needed, dict)
    names = {re.split(r"[\[<>=~! ]", line)[0] for line in needed["dependencies"]}
    assert names <= set(pinned("requirements.txt"))


@pytest.mark.parametrize("script", ["payung", ".ci/run"])
def test_a_script_can_be_run_and_its_syntax_is_sound(script: str) -> None:
    path = ROOT / script
    assert path.stat().st_mode & 0o111
    shell = ["sh"] if path.read_text().startswith("#!/bin/sh\n") else ["bash"]
    subprocess.run([*shell, "-n", path], check=True)


def test_the_makefile_tells_its_targets() -> None:
    told = set(re.findall(r"^([a-z-]+):.*## \S", (ROOT / "Makefile").read_text(), re.MULTILINE))  # `make` may not be there
    assert told >= {"demo", "test", "bench", "migration", "help"}
